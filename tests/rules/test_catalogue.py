"""Every rule there is and every rule to come: proved, locked and told in README.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_contracts.errors import RuleError
from rules import catalogue
from rules.checks import faults
from rules.examples import Bench
from rules.readme import readme
from tests.rules import a_rule


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize("rule_id", sorted(catalogue.load(locked=False)))
def test_every_rule_proves_itself(rule_id: str, bench: Bench) -> None:
    """Each rule fires and stays silent, each exclusion and limit is proved, each text is fit.

    All offenders come at once, each with its remedy; `python -m rules check ID` tells the same.
    """
    found = faults(catalogue.load(locked=False)[rule_id], bench)
    assert not found, "\n".join(found)


def test_every_rule_is_locked() -> None:
    """A change of rule.yml or signal.sql without a new version stops here."""
    found = catalogue.lock_faults(catalogue.load(locked=False))
    assert not found, "\n".join(found)


def test_readme_is_written_anew() -> None:
    """rules/README.md says what the folders say."""
    text = (catalogue.RULES / "README.md").read_text(encoding="utf-8")
    assert text == readme(catalogue.load(locked=False)), "run: python -m rules lock"


def test_titles_and_hypotheses_tell_rules_apart() -> None:
    """No two rules have the same title, so that a reader can tell signals apart."""
    titles = [rule.spec.title_sv for rule in catalogue.load(locked=False).values()]
    assert sorted(titles) == sorted(set(titles))


def test_a_change_needs_a_new_version(tmp_path: Path) -> None:
    """Changed content under a locked version is refused by load and by lock, with the remedy."""
    a_rule.write(tmp_path)
    with pytest.raises(RuleError, match="version 1 is not locked"):
        catalogue.load(tmp_path)
    catalogue.write_lock(catalogue.load(tmp_path, locked=False), tmp_path)
    assert list(catalogue.load(tmp_path)) == ["small_rule"]

    a_rule.write(tmp_path, title_sv="En annan rubrik")
    with pytest.raises(RuleError, match="Set version: 2 in rule"):
        catalogue.load(tmp_path)
    with pytest.raises(RuleError, match="Set version: 2"):
        catalogue.write_lock(catalogue.load(tmp_path, locked=False), tmp_path)

    a_rule.write(tmp_path, title_sv="En annan rubrik", version=2)
    catalogue.write_lock(catalogue.load(tmp_path, locked=False), tmp_path)
    assert sorted(catalogue.read_lock(tmp_path)["small_rule"]) == [1, 2]
    assert catalogue.load(tmp_path)["small_rule"].spec.version == 2


def test_a_rule_is_never_deleted(tmp_path: Path) -> None:
    """A locked rule whose folder is gone stops the load: it is retired instead."""
    folder = a_rule.write(tmp_path)
    catalogue.write_lock(catalogue.load(tmp_path, locked=False), tmp_path)
    for file in folder.iterdir():
        file.unlink()
    with pytest.raises(RuleError, match="bring the folder back with status: retired"):
        catalogue.load(tmp_path)


def test_sources_and_pairs(tmp_path: Path) -> None:
    """A legal basis is asked for every pair needed; a used source that can be hidden is apart."""
    rule = a_rule.rule(tmp_path, needs=["registry", "tenancy"], uses=["vehicles"])
    assert catalogue.sources_of(rule) == {"registry", "tenancy", "vehicles"}
    assert catalogue.required_sources(rule) == {"registry", "tenancy"}
    assert catalogue.required_pairs(rule) == [("registry", "tenancy")]
    assert catalogue.optional_sources(rule) == {"vehicles"}
    assert catalogue.optional_pairs(rule, "vehicles") == [
        ("registry", "vehicles"),
        ("tenancy", "vehicles"),
    ]


def test_a_source_mixed_into_a_table_cannot_be_hidden(tmp_path: Path) -> None:
    """Households are made from leases too, so a rule that reads them needs that legal basis."""
    rule = a_rule.rule(tmp_path, reads=["core_households"], uses=["tenancy"])
    assert catalogue.required_sources(rule) == {"registry", "tenancy"}
    assert catalogue.optional_sources(rule) == frozenset()
    assert catalogue.undeclared_sources(rule) == []
    bare = a_rule.rule(tmp_path, reads=["core_households"], uses=[])
    assert catalogue.undeclared_sources(bare) == ["tenancy"]
