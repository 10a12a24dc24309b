"""rule.yml is read strictly: every wrong key and value is told with what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from data_contracts.errors import RuleError
from rules.model import RuleSpec
from tests.rules import a_rule

DOCS = Path(__file__).parents[2] / "docs" / "writing_a_rule.md"

WEIGHT = a_rule.SPEC["weight"]
WRONG: dict[str, dict[str, Any]] = {
    "titel_sv: unknown key 'titel_sv'; allowed: id, version,": {"titel_sv": "Fel"},
    "Did you mean title_sv?": {"titel_sv": "Fel"},
    "parameters.min_days.unitt: unknown key 'unitt'; allowed: default, unit, allowed, why, step. "
    "Did you mean unit?": {
        "parameters": {"min_days": {**a_rule.SPEC["parameters"]["min_days"], "unitt": "days"}}
    },
    "weight.steps.0.atmost: unknown key 'atmost'": {
        "weight": {**WEIGHT, "steps": [{**WEIGHT["steps"][0], "atmost": 1}]}
    },
    "lane: Input should be 'residency', 'tenancy'": {"lane": "tenency"},
    "clears_sv: is required and missing": {"clears_sv": None},
    "unknown core table 'core_person'; allowed: core_": {"reads": ["core_person"]},
    "unknown source 'vehicle'": {"uses": ["vehicle"]},
    "a source stands in needs or in uses: registry": {"uses": ["registry"]},
    "write it as: one row per (person_id, dwelling_id)": {"grain": "one row per person"},
    "unknown grain column 'name'": {"grain": "one row per (name)"},
    "explain_sv: stray {": {"explain_sv": "Hej {name"},
    "default 30 is outside allowed [31, 90]": {
        "parameters": {"min_days": {**a_rule.SPEC["parameters"]["min_days"], "allowed": [31, 90]}}
    },
    "status retired and `retired: {on: …, why: …}` go together": {"status": "retired"},
    "weight is required": {"weight": None},
    "give row: <column>, or rows: <list column>": {
        "evidence": [{"fact": "n_cars", "label_sv": "Bilar"}]
    },
    "id is 'other', the folder 'small_rule': make them one": {"id": "other"},
}


@pytest.mark.parametrize("sentence", WRONG, ids=lambda text: text[:40])
def test_wrong_rule_files(tmp_path: Path, sentence: str) -> None:
    """What is wrong, where, and what is allowed stands in the error, beginning with the file."""
    with pytest.raises(RuleError) as error:
        a_rule.rule(tmp_path, **WRONG[sentence])
    assert sentence in str(error.value)
    assert "small_rule/rule.yml: " in str(error.value)


def test_all_offenders_at_once(tmp_path: Path) -> None:
    """Three faults in one file are told in one error."""
    with pytest.raises(RuleError) as error:
        a_rule.rule(tmp_path, lane="x", status="y", version=0)
    assert [line.split(": ")[1] for line in str(error.value).splitlines()] == [
        "version",
        "status",
        "lane",
    ]


def test_a_key_that_stands_twice(tmp_path: Path) -> None:
    """YAML would take the last of two keys in silence; here it is an error."""
    folder = a_rule.write(tmp_path)
    file = folder / "rule.yml"
    file.write_text(file.read_text(encoding="utf-8") + "lane: tenancy\n", encoding="utf-8")
    with pytest.raises(RuleError, match="the key lane stands twice, keep one"):
        a_rule.load_one(folder)


def test_retired_with_a_date(tmp_path: Path) -> None:
    """`on:` is a key here, not YAML's word for true."""
    folder = a_rule.write(tmp_path, status="retired")
    file = folder / "rule.yml"
    text = file.read_text(encoding="utf-8") + "retired: {on: 2027-01-31, why: Superseded.}\n"
    file.write_text(text, encoding="utf-8")
    retired = a_rule.load_one(folder).spec.retired
    assert retired is not None
    assert retired.on.isoformat() == "2027-01-31"


def test_required_columns(tmp_path: Path) -> None:
    """The SQL must return grain, since, certainty and every fact that anything names."""
    assert a_rule.rule(tmp_path).spec.required_columns == [
        "person_id", "since_on", "certainty", "full_name", "n_cars", "sources", "person_row_id",
        "source_row_ids",
    ]  # fmt: skip


def test_every_key_is_documented() -> None:
    """docs/writing_a_rule.md has a line for every key of rule.yml."""
    text = DOCS.read_text(encoding="utf-8")
    assert [
        key for key in RuleSpec.model_fields if f"`{key}" not in text and key != "retired"
    ] == []
