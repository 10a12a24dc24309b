"""Every value that the tables may hold has its Swedish words, and texts are shown unbroken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets.ledger_states import (
    ENTITY_CHANGED,
    FACTS_CHANGED,
    OPEN,
    OUTCOME,
    PROTECTION,
    RULE_CHANGED,
)
from assets.report.members import LINES
from assets.report.words import hypothesis_sv, personnummer_sv, sources_sv, table_sv, whole, words
from data_contracts.contract import load_contracts

TABLES_YML = Path(__file__).resolve().parents[3] / "rules" / "tables.yml"


def values_of(column: str, table: str) -> set[str]:
    """The values that rules/tables.yml names in its comment on a column of a table."""
    text = TABLES_YML.read_text("utf-8")
    part = text[text.index(f"\n{table}:") :]
    [said] = re.findall(rf"^    {column}: \w+ +# (.*)$", part, re.MULTILINE)[:1]
    return set(re.findall(r"\b[a-z]+(?:_[a-z]+)*\b", said.split(";")[0]))


def test_every_tie_and_every_kind_of_kin_has_words() -> None:
    told = words()
    assert values_of("kind", "core_observations") - {"lease"} <= set(told.ties)
    assert values_of("tie", "core_ties") == set(told.kin)
    assert {tie.line for tie in told.ties.values()} == set(LINES) == set(told.lines) - {"kin"}


def test_every_state_and_cause_of_the_ledger_has_words() -> None:
    assert set(words().states) == set(OPEN)
    causes = {FACTS_CHANGED, RULE_CHANGED, ENTITY_CHANGED, PROTECTION, OUTCOME}
    assert set(words().closures) == causes


def test_every_source_table_and_value_of_a_column_has_words() -> None:
    assert set(load_contracts()) <= set(words().tables)
    assert values_of("deregistration", "core_persons") - {"empty", "when", "registered"} == set(
        words().deregistrations
    )
    assert values_of("tenure", "core_dwellings") == set(words().tenures)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("registry + benefits", "Folkbokföringen och bidragsbesluten"),
        ("tenancy__leases", "Hyreskontrakten"),
        ("outcomes", "Utfallen"),
        ("not_yet_named", "Not_yet_named"),
    ],
)
def test_sources(text: str, shown: str) -> None:
    assert sources_sv(text) == shown


def test_what_has_no_words_is_told_as_it_is() -> None:
    """A new rule or contract needs no line here to be shown."""
    assert table_sv("water__meters") == "water__meters"
    assert hypothesis_sv("new_matter", "Vem bor här?") == "Vem bor här?"


def test_dates_and_sums_are_not_broken_and_all_else_is_escaped() -> None:
    assert whole("<b> sedan 2026-10-01, 10 303 kr.") == (
        '&lt;b&gt; sedan <span class="nb">2026-10-01</span>, <span class="nb">10 303 kr</span>.'
    )


def test_a_personnummer_is_shown_with_its_hyphen() -> None:
    assert personnummer_sv("198001019804") == "19800101-9804"
