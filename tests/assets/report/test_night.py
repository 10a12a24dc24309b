"""The night in numbers: what is not known is not nought, and nobody protected is told of."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assets.report.night import (
    Decision,
    RuleLine,
    closures,
    decision,
    read_night,
    refusals,
    rule_lines,
    unseen_sources,
)
from data_contracts.legal_basis import Entry, LegalBasis
from rules.tables import sources
from tests.assets.a_night import a_home, a_run


def a_rule(title_sv: str, lane: str = "tenancy", status: str = "live") -> Any:
    return SimpleNamespace(spec=SimpleNamespace(title_sv=title_sv, lane=lane, status=status))


RULES = {
    "bills": a_rule("Räkning till annan bostad"),
    "cars": a_rule("Många fordon", lane="vehicle"),
    "lodgers": a_rule("Andra uppges bo där"),
    "numbers": a_rule("Ogiltigt nummer", lane="data_quality"),
    "old": a_rule("Gammal regel", status="retired"),
    "older": a_rule("Äldre regel", status="retired"),
}


def test_each_rule_is_counted_by_the_ledger() -> None:
    """The most first; a rule that was not computed has no number; a retired one only to close."""
    states = [
        ("bills", "continuing", None, 2),
        ("bills", "reopened", None, 1),
        ("cars", "suspended", "source_missing", 5),
        ("lodgers", "changed", None, 1),
        ("lodgers", "closed", "outcome", 2),
        ("lodgers", "new", None, 4),
        ("old", "closed", "rule_changed", 3),
    ]
    assert rule_lines(states, RULES, {"cars"}) == {
        "tenancy": [
            RuleLine("Andra uppges bo där", n_open=5, n_new=4, n_closed=2, n_suspended=0),
            RuleLine("Räkning till annan bostad", n_open=3, n_new=0, n_closed=0, n_suspended=0),
            RuleLine("Gammal regel", n_open=0, n_new=0, n_closed=3, n_suspended=0),
        ],
        "vehicle": [RuleLine("Många fordon", n_open=None, n_new=0, n_closed=0, n_suspended=5)],
        "data_quality": [RuleLine("Ogiltigt nummer", 0, 0, 0, 0)],
    }


def test_a_closure_through_protection_cannot_be_told_from_others_that_are_gone() -> None:
    """One number for everyone who is no longer there, whatever took them away."""
    gone = "Personen eller bostaden finns inte längre i underlaget"
    states = [
        ("bills", "closed", "entity_changed", 1),
        ("bills", "closed", "facts_changed", 9),
        ("bills", "closed", "protection", 1),
        ("bills", "new", None, 5),
    ]
    assert closures(states) == [("Uppgifterna har ändrats så att de går ihop", 9), (gone, 2)]
    assert closures([("bills", "closed", "protection", 2)]) == [(gone, 2)]
    assert closures([("bills", "closed", "entity_changed", 2)]) == [(gone, 2)]


def test_why_rules_were_not_computed() -> None:
    refused = [
        ("cars", "legal_basis", "registry + vehicles"),
        ("cars", "source_missing", "vehicles__vehicles"),
        ("lodgers", "precision_below_floor", "outcomes"),
        ("on_trial", "legal_basis", "registry"),
    ]
    assert refusals(refused, RULES) == [
        (
            "Många fordon",
            [
                "Folkbokföringen och fordonsregistret: inget giltigt beslut om rättsligt stöd",
                "Fordonsregistret: saknas i leveransen",
            ],
        ),
        (
            "Andra uppges bo där",
            ["Utfallen: för få signaler ledde till en ändring, så regeln är åter på försök"],
        ),
    ]


def test_sources_that_nothing_was_seen_of() -> None:
    """A source that is not delivered, one that has shrunk, and one that may not be joined."""
    seen = [source for source in sources() if source != "benefits"]
    missing = {"vehicles__vehicles": "missing", "tenancy__leases": "shrunk"}
    assert unseen_sources(missing, seen) == [
        "Hyreskontrakten: är för liten för att användas",
        "Fordonsregistret: saknas i leveransen",
        "Bidragsbesluten: inget giltigt beslut om rättsligt stöd",
    ]
    assert unseen_sources({}, sources()) == []


def test_a_decision_is_told_with_all_that_it_covers() -> None:
    common = {
        "decision_id": "KS 2026/1",
        "decided_by": "Kommunstyrelsen",
        "purpose": "Kontroll.",
        "statute": "JB 12:39",
    }
    entries = (
        Entry(id="a", sources=("tenancy",), valid_from=date(2026, 1, 1), **common),
        Entry(
            id="b",
            sources=("registry", "tenancy"),
            valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31),
            **common,
        ),
        Entry(
            id="c",
            sources=("vehicles",),
            valid_from=date(2026, 1, 1),
            **{**common, "decision_id": "Annat"},
        ),
    )
    assert decision(LegalBasis(entries, (), is_synthetic=True), "KS 2026/1") == Decision(
        id="KS 2026/1",
        sources_sv=["Hyresvärdarnas kontrakt", "Folkbokföringen och hyresvärdarnas kontrakt"],
        purposes_sv=["Kontroll."],
        statutes_sv=["JB 12:39"],
        decided_by="Kommunstyrelsen",
        valid_sv="från 2026-01-01, från 2026-01-01 till 2026-12-31",
        is_example=False,
    )


def test_the_tables_of_a_night(tmp_path: Path) -> None:
    """What stands in the work file, without the trial lane and with few protected rows unsaid."""
    ws = a_run(a_home(tmp_path))
    with ws.connect() as con:
        con.execute("create table decisions_used (rule_id varchar, decisions varchar[])")
        con.execute("create table gate_counts (n_protected_kept int, n_protected_rejected int)")
        con.execute("insert into gate_counts values (3, 4), (2, 0)")
        con.execute(
            "insert into ledger values"
            " ('t', 'unusual', 'new', null, date '2026-10-01', date '2026-10-01', null, null),"
            " ('o', 'parking_without_car', 'closed', 'outcome', date '2026-08-01',"
            "  date '2026-08-01', date '2026-09-01', null)"
        )
        rules = {
            "holder_registered_elsewhere": a_rule("Annan adress"),
            "stated_address_differs": a_rule("Annan bostad", lane="benefit"),
            "parking_without_car": a_rule("P-plats utan bil"),
            "unusual": a_rule("Ovanlig bostad", lane="trial"),
        }
        night = read_night(ws, con, LegalBasis((), (), is_synthetic=True), rules)
    assert night.n_open == night.n("new") == 3
    assert night.n("closed") == 0  # closed a month ago
    assert [(lane.title_sv, len(lane.rules)) for lane in night.lanes] == [
        ("Hyresavtal", 2),
        ("Bidrag", 1),
    ]
    assert night.n_cases == 2
    assert night.protected == "< 10"
    assert night.set_aside == [("Hyreskontrakten", "fran_datum", 1)]
    assert night.most == 1
