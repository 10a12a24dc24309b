"""A case says each thing once, in the order that matters, in the words of its rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assets.report.case import Fact, Origin, Row, case_view, origins, state_sv
from tests.assets.report.a_case import (
    AS_OF,
    CARDS,
    LODGED,
    MOVED,
    RULES,
    a_card,
    a_case,
    case_rows,
)


def test_hypotheses_are_told_with_their_signals() -> None:
    """By the statement written for them, else by the question; points count once."""
    told = [
        (one.text_sv, one.points, [card.place for card in one.cards]) for one in a_case().hypotheses
    ]
    assert told == [
        ("Den hyrda bostaden används av andra än den som hyr den.", 1.9, [1, 3]),
        ("Varför har båda lämnat samma nummer?", 0.3, [2]),
    ]


def test_facts_stand_in_the_order_of_the_rule_with_every_row_they_rest_on() -> None:
    lease, occupant = a_case().cards[0].facts
    assert lease == Fact(
        "Kontrakt från",
        "2023-06-01",
        [Origin("Hyreskontrakten", "tenancy/kontrakt.csv", [Row(7, MOVED)])],
    )
    assert occupant.value == "Mona Ask"
    [phone] = a_case().cards[1].facts
    assert phone.origins == [
        Origin("Hyreskontrakten", "tenancy/kontrakt.csv", [Row(8, None), Row(9, MOVED)])
    ]


def test_explanations_of_a_rule_stand_once_in_a_case() -> None:
    assert [card.explained_at for card in a_case().cards] == [None, None, 1]


def test_roles_are_those_that_the_persons_own_signals_name() -> None:
    """Role ids repeat between rules; a role is told with the label of the rule that gave it."""
    people = {one.id: one.roles_sv for one in a_case().members.people}
    assert people == {
        "lars": ["Kontraktsinnehavare", "Person med samma telefonnummer"],
        "karin": ["Mottagare av bidraget"],
        "mona": ["Uppges bo i den hyrda lägenheten"],
        "nils": ["Uppges bo i den hyrda lägenheten"],
    }


def test_signals_of_one_rule_are_told_apart_by_whom_they_are_about() -> None:
    """The person's number and name; the dwelling's letter where it is about no one."""
    lars, karin = "1\u00a0Lars <Ek>", "2\u00a0Karin Ek"
    assert [card.about_sv for card in a_case().cards] == [lars, karin, lars]
    rows = case_rows()
    first = replace(rows.cards[0], person_id=None)
    cards = case_view(replace(rows, cards=[first, *rows.cards[1:]]), RULES, AS_OF).cards
    assert cards[0].about_sv == "bostad\u00a0A"


def test_the_ledger_in_words() -> None:
    first = {"first_seen_on": date(2026, 9, 1)}
    said = [
        state_sv(CARDS[0]),
        state_sv(CARDS[1]),
        state_sv(a_card("s9", "x", state="continuing", **first)),
        state_sv(a_card("s9", "x", state="suspended", **first)),
        state_sv(a_card("s9", "x", state="reopened", **first)),
    ]
    assert said == [
        "Ny i natt.",
        "Kvar sedan 2026-09-01. Ändrat: telefonnummer.",
        "Kvar sedan 2026-09-01.",
        "Vilande, först sedd 2026-09-01.",
        "Åter öppen, först sedd 2026-09-01.",
    ]


def test_a_case_is_new_when_all_of_it_is() -> None:
    assert not a_case().is_new


def test_rows_of_several_files_are_gathered_by_file() -> None:
    lease, person = ("tenancy__leases", "b.csv"), ("registry__persons", "a.csv")
    rows = [(*lease, Row(9, LODGED)), (*person, Row(3, None)), (*lease, Row(2, None))]
    assert origins([*rows, rows[0]]) == [
        Origin("Folkbokföringen, personer", "a.csv", [Row(3, None)]),
        Origin("Hyreskontrakten", "b.csv", [Row(2, None), Row(9, LODGED)]),
    ]


def test_an_upper_estimate_is_named_as_such() -> None:
    assert [(one.sek_month, one.is_estimate) for one in a_case().sums] == [
        (20801.0, False),
        (12500.0, True),
    ]
