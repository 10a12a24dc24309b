"""The proof that every rule folder must pass, shown on a small one with one thing wrong each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rules.checks import faults, forbidden_words
from rules.examples import Bench
from tests.rules import a_rule
from tests.rules.a_rule import EXAMPLES as EX
from tests.rules.a_rule import SQL, changed


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


def test_a_whole_folder_has_no_faults(tmp_path: Path, bench: Bench) -> None:
    """The small rule passes, so that each fault below is the change's own."""
    assert faults(a_rule.rule(tmp_path), bench) == []


EXAMPLE_FAULTS: dict[str, Callable[[], str]] = {
    "excluded explanation newly_moved has no example: add one with `innocent: newly_moved`": (
        lambda: changed(EX, "    innocent: newly_moved\n")
    ),
    "parameter min_days has no example with `parameter: min_days, at: below`": (
        lambda: changed(EX, "at: below", "at: limit")
    ),
    "uses vehicles and no example shows it missing: add one with `without: [vehicles]`": (
        lambda: EX[: EX.index("  - name: No vehicles")] + EX[EX.index("  - name: No leases") :]
    ),
    "example for unknown excluded explanation 'newly_move'": (
        lambda: changed(EX, "innocent: newly_moved", "innocent: newly_move")
    ),
    "example for unknown parameter 'max_days'; allowed: min_days": (
        lambda: changed(EX, "min_days\n    at: below", "max_days\n    at: below")
    ),
    "two examples are called 'No leases tonight.'": (
        lambda: changed(EX, "No vehicles tonight.", "No leases tonight.")
    ),
    "example 'Registered long ago.': expected:": lambda: changed(EX, "n_cars: 1\n", "n_cars: 2\n"),
    "is not at the limit of min_days: 1 more or less (days) changes nothing": (
        lambda: changed(EX, "registered_on: 2026-09-02", "registered_on: 2026-09-09")
    ),
    "unknown core table 'core_leases'; allowed: core_persons, core_vehicles": (
        lambda: changed(EX, "rows: {core_persons: {anna: {registered_on: 2026-09-02}}}",
                        "rows: {core_leases: {lease: {}}}")
    ),
    "core_persons: unknown column 'registred_on'": (
        lambda: changed(EX, "{registered_on: 2026-09-02}", "{registred_on: 2026-09-02}")
    ),
    "core_persons.registered_on is DATE, not int 2026": (
        lambda: changed(EX, "{registered_on: 2026-09-02}", "{registered_on: 2026}")
    ),
    "uses the word 'fusk'": lambda: changed(EX, "Registered for 29 days.", "Inget fusk alls."),
    "is silent for nobody": lambda: changed(
        changed(EX, "expect: []", "expect: [*fires]"), "    innocent: newly_moved\n", ""
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", EXAMPLE_FAULTS, ids=lambda text: text[:40])
def test_a_fault_of_the_examples_is_told_with_its_remedy(
    tmp_path: Path, bench: Bench, sentence: str
) -> None:
    """A missing, idle or wrong example is found by the sentence that says what to do."""
    found = faults(a_rule.rule(tmp_path, examples=EXAMPLE_FAULTS[sentence]()), bench)
    assert [fault for fault in found if sentence in fault], found


def test_an_idle_exclusion_is_found(tmp_path: Path, bench: Bench) -> None:
    """A marked line that can be deleted without making its example fire is a fault."""
    idle = "        and not coalesce(person.is_samordningsnummer, false) -- innocent: no_number\n"
    sql = changed(SQL, "where person.is_registered\n", "where person.is_registered\n" + idle)
    known = a_rule.SPEC["innocent_explanations"]
    added = {"id": "no_number", "text_sv": "Samordningsnummer.", "handled": "excluded"}
    examples = EX + (
        "  - name: Silent for another reason.\n    innocent: no_number\n"
        "    rows: {core_persons: {anna: {is_samordningsnummer: true, is_registered: false}}}\n"
        "    expect: []\n"
    )
    rule = a_rule.rule(tmp_path, sql, examples, innocent_explanations=[*known, added])
    assert faults(rule, bench) == [
        "small_rule: line 36 (innocent: no_number) can be deleted and no example marked "
        "`innocent: no_number` fires: add one that only this line keeps silent."
    ]


def test_a_rule_that_concludes_from_absence_shows_its_silence(tmp_path: Path, bench: Bench) -> None:
    """`concludes_from_absence` asks for an example of an incomplete person or dwelling."""
    found = faults(a_rule.rule(tmp_path, concludes_from_absence=True), bench)
    assert len(found) == 1
    assert "add an example with `kind: incomplete`" in found[0]


def test_sources_roles_features_and_placeholders(tmp_path: Path, bench: Bench) -> None:
    """All offenders come at once: an undeclared source, a missing role, a forbidden feature."""
    sql = changed(SQL, "where person.is_registered\n", "where person.is_registered\n"
                  "        and person.postcode is null\n")  # fmt: skip
    rule = a_rule.rule(
        tmp_path, sql, uses=["tenancy"], roles={"dwelling": {"id": "home", "label_sv": "Hem"}},
        clears_sv="TODO",
    )  # fmt: skip
    found = faults(rule, bench)
    for sentence in (
        "reads a table made from vehicles: add it to needs",
        "names person_id: add roles.person",
        "uses postcode, a forbidden feature",
        "'TODO' is a placeholder",
    ):
        assert [fault for fault in found if sentence in fault], sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bedrägeri med bidrag", ["bedrägeri"]),
        ("white list of architects", []),
        ("a hit on a target", ["hit", "target"]),
        ("en misstänkt uppgift", ["misstänk"]),
        ("personen är skyldig att anmäla", ["skyldig"]),
        ("flyttanmälan efter avbrott", []),
    ],
)
def test_forbidden_words(text: str, words: list[str]) -> None:
    """Words that decide what a person has done are found, words that only look like them not."""
    assert forbidden_words(text) == words
