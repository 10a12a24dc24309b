"""One case and one night as the report reads them: former spouses, two flats and a lodger."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from assets.report.case import CaseRows, CaseView, case_view
from assets.report.night import Decision, Lane, Night, RuleLine
from assets.report.page import Page
from assets.report.shapes import (
    Card,
    Chosen,
    Dwelling,
    Event,
    Evidence,
    Kin,
    Person,
    Span,
    Sum,
    Tie,
)

AS_OF = date(2026, 10, 1)
CASE = "k1"
DIVORCED, MOVED, LODGED = date(2023, 5, 2), date(2023, 6, 1), date(2025, 4, 1)
BJORK, EK = "Björkvägen 1 A lgh 1101", "Ekgatan 22 lgh 1204"


def a_rule(*facts: str, **labels: str) -> Any:
    """What the report takes of a rule: its roles and the order of its facts."""
    kinds = ("person", "dwelling", "other_persons", "other_dwellings")
    roles = {
        kind: SimpleNamespace(id=kind, label_sv=labels[kind]) if kind in labels else None
        for kind in kinds
    }
    evidence = [SimpleNamespace(fact=fact) for fact in facts]
    return SimpleNamespace(spec=SimpleNamespace(roles=SimpleNamespace(**roles), evidence=evidence))


RULES = {
    "unregistered_occupants": a_rule(
        "lease_from",
        "occupant",
        person="Kontraktsinnehavare",
        dwelling="Hyrd lägenhet",
        other_persons="Uppges bo i den hyrda lägenheten",
    ),
    "shared_phone": a_rule(
        "phone", person="Mottagare av bidraget", other_persons="Person med samma telefonnummer"
    ),
}


def a_card(signal_id: str, rule_id: str, **differing: Any) -> Card:
    told = {
        "case_id": CASE,
        "person_id": "lars",
        "dwelling_id": "ekgatan",
        "other_person_ids": ["mona"],
        "other_dwelling_ids": None,
        "title_sv": "Andra än de folkbokförda uppges bo i den hyrda lägenheten",
        "question_sv": "Vilka bor i lägenheten, och på vilka villkor?",
        "explain_sv": "Lars <Ek> hyr Ekgatan 22 lgh 1204 sedan 2023-06-01. Hyran är 7 500 kr.",
        "since_on": LODGED,
        "ruled_out_sv": ["Kontraktet är nytt."],
        "ask_sv": ["En inneboende, vilket inte kräver tillstånd."],
        "clears_sv": "Flyttanmälan eller inneboendeavtal.",
        "points": 1.9,
        "points_sv": "1,9 poäng: En annan källa placerar någon i lägenheten.",
        "counted_points": 1.9,
        "hypothesis": "dwelling_sublet",
        "state": "new",
        "first_seen_on": AS_OF,
        "what_changed_sv": None,
        **differing,
    }
    return Card(signal_id=signal_id, rule_id=rule_id, **told)


CARDS = [
    a_card("s1", "unregistered_occupants"),
    a_card(
        "s2",
        "shared_phone",
        dwelling_id=None,
        person_id="karin",
        other_person_ids=["lars"],
        title_sv="Samma telefonnummer hos två vuxna",
        question_sv="Varför har båda lämnat samma nummer?",
        explain_sv="Karin Ek och Lars <Ek> har lämnat samma telefonnummer.",
        since_on=MOVED,
        points=0.3,
        points_sv="0,3 poäng: Ett gemensamt nummer är vanligt.",
        counted_points=0.3,
        hypothesis="never_heard_of",
        state="changed",
        first_seen_on=date(2026, 9, 1),
        what_changed_sv="Ändrat: telefonnummer.",
    ),
    a_card(
        "s3",
        "unregistered_occupants",
        explain_sv="Nils Ask uppges bo där.",
        points=0.7,
        points_sv="0,7 poäng: Källorna är flera.",
        counted_points=0.0,
        other_person_ids=["nils"],
    ),
]


def fact(signal_id: str, name: str, label: str, value: str, row: int, **where: Any) -> Evidence:
    place = {
        "source_table": "tenancy__leases",
        "source_file": "tenancy/kontrakt.csv",
        "dated_on": MOVED,
        **where,
    }
    return Evidence(signal_id, name, label, value, source_row=row, **place)


PERSONS = {
    "source_table": "registry__persons",
    "source_file": "registry/personer.csv",
    "dated_on": None,
}
EVIDENCE = [
    fact("s1", "occupant", "Uppges bo där", "Mona Ask", 12, **PERSONS),
    fact("s1", "lease_from", "Kontrakt från", "2023-06-01", 7),
    fact("s2", "phone", "Telefonnummer", "079-998 76 54", 9),
    fact("s2", "phone", "Telefonnummer", "079-998 76 54", 8, dated_on=None),
]


def a_person(person_id: str, name: str, number: str, **differing: Any) -> Person:
    told = {
        "is_samordningsnummer": False,
        "deregistration": None,
        "deregistered_on": None,
        "is_subject": True,
        **differing,
    }
    return Person(CASE, person_id, name, number, **told)


PEOPLE = [
    a_person("karin", "Karin Ek", "198001019804"),
    a_person("lars", "Lars <Ek>", "197905129818"),
    a_person("mona", "Mona Ask", "199904752387", is_samordningsnummer=True, is_subject=False),
    a_person(
        "nils",
        "Nils Ask",
        "200106302391",
        deregistration="emigrated",
        deregistered_on=date(2026, 2, 1),
        is_subject=False,
    ),
]
DWELLINGS = [
    Dwelling(
        CASE, "bjork", BJORK, "Södertälje Lina 1:1", 4, 88.5, "let", False, False, True, 2, False
    ),
    Dwelling(
        CASE, "ekgatan", EK, "Södertälje Ronna 2:2", 2, 55.0, "let", False, True, True, 1, True
    ),
]
TIES = [
    Tie(CASE, "karin", "registered", "bjork", BJORK, date(2015, 3, 1), None),
    Tie(CASE, "karin", "lease", "bjork", BJORK, date(2015, 3, 1), None),
    Tie(CASE, "lars", "former", "bjork", BJORK, date(2015, 3, 1), MOVED),
    Tie(CASE, "lars", "invoice", "bjork", BJORK, None, None),
    Tie(CASE, "lars", "lease", "ekgatan", EK, MOVED, None),
    Tie(CASE, "lars", "registered", "ekgatan", EK, MOVED, None),
    Tie(CASE, "mona", "registered", None, "Granvägen 7", LODGED, None),
    Tie(CASE, "mona", "stated_address", "ekgatan", EK, None, None),
    Tie(CASE, "nils", "stated_house", "ekgatan", EK, None, None),
]
KIN = [
    Kin(CASE, "karin", "lars", "former_spouse"),
    Kin(CASE, "lars", "karin", "former_spouse"),
    Kin(CASE, "mona", "nils", "same_surname"),
    Kin(CASE, "nils", "mona", "same_surname"),
]
SPANS = [
    Span(CASE, "karin", "civil_status", None, DIVORCED, None),
    Span(CASE, "karin", "decision", None, AS_OF, None),
    Span(CASE, "karin", "decision", None, AS_OF, None),
    Span(CASE, "karin", "lease", "bjork", date(2015, 3, 1), None),
    Span(CASE, "karin", "parking", None, date(2024, 1, 1), date(2024, 2, 1)),
    Span(CASE, "karin", "registered", "bjork", date(2015, 3, 1), None),
    Span(CASE, "lars", "civil_status", None, date(2001, 5, 5), None),
    Span(CASE, "lars", "registered", "bjork", date(2015, 3, 1), MOVED),
    Span(CASE, "lars", "registered", "ekgatan", MOVED, None),
    Span(CASE, "mona", "registered", None, LODGED, None),
    Span(CASE, "nils", "deregistration", None, date(2026, 2, 1), None),
]
MOVES = ("registry__moves", "registry/flyttningar.csv")
EVENTS = [
    Event(CASE, MOVED, "registration", "Lars <Ek> folkbokförs på Ekgatan 22 lgh 1204.", *MOVES, 4),
    Event(CASE, MOVED, "registration", "Lars <Ek> folkbokförs på Ekgatan 22 lgh 1204.", *MOVES, 5),
]
SUMS = [
    Sum(CASE, "benefits_received", 20801.0, 5, "Bidrag och ersättningar."),
    Sum(
        CASE, "stated_cost_above_rent", 12500.0, 4, "Vad som anges som boendekostnad, minus hyran."
    ),
]


def case_rows() -> CaseRows:
    return CaseRows(
        Chosen(1, CASE, CARDS[0].title_sv, "tenancy", 2.2, 3),
        CARDS,
        EVIDENCE,
        PEOPLE,
        DWELLINGS,
        TIES,
        KIN,
        SPANS,
        EVENTS,
        SUMS,
        "Ännu inte kalibrerad: inget utfall har lästs in.",
    )


def a_case() -> CaseView:
    return case_view(case_rows(), RULES, AS_OF)


def a_night() -> Night:
    decision = Decision(
        id="KS 2026/1",
        sources_sv=["Folkbokföringen", "Folkbokföringen och hyresvärdarnas kontrakt"],
        purposes_sv=["Kontroll av hyresavtal."],
        statutes_sv=["Jordabalken 12 kap. 39 §"],
        decided_by="Kommunstyrelsen",
        valid_sv="från 2026-01-01",
        is_example=False,
    )
    return Night(
        n_by_state={"new": 3, "continuing": 1, "changed": 1, "suspended": 2, "closed": 4},
        n_cases=3,
        lanes=[
            Lane("Hyresavtal", [RuleLine("Andra än de folkbokförda uppges bo där", 4, 3, 4, 0)]),
            Lane("Fordon", [RuleLine("Bilplats utan fordon", None, 0, 0, 2)]),
        ],
        quality=[RuleLine("Ogiltigt personnummer", 1, 0, 0, 0)],
        closures=[("Uppgifterna har ändrats så att de går ihop", 4)],
        set_aside=[("Hyreskontrakten", "fran_datum", 7)],
        protected="< 10",
        refusals=[("Bilplats utan fordon", ["Fordonsregistret: saknas i leveransen"])],
        decisions=[decision],
    )


def a_page(**differing: Any) -> Page:
    told: dict[str, Any] = {
        "extract_date": AS_OF,
        "municipality_code": "0181",
        "is_synthetic": True,
        "night": a_night(),
        "cases": [a_case()],
        "unseen_sv": ["Fordonsregistret: saknas i leveransen"],
        **differing,
    }
    return Page(**told)
