"""People and dwellings get the numbers and letters by which tables and pictures name them."""

from __future__ import annotations

import pytest

from assets.report.members import Edge, letter, members
from tests.assets.report.a_case import DWELLINGS, KIN, PEOPLE, TIES, a_case, a_person


def test_whoever_a_signal_is_about_comes_first_with_the_family_beside() -> None:
    """The former spouses are one family, the nearest dwelling's first; a surname makes none."""
    found = a_case().members
    assert [(one.number, one.name, one.family) for one in found.people] == [
        (1, "Lars <Ek>", 0),
        (2, "Karin Ek", 0),
        (3, "Mona Ask", 1),
        (4, "Nils Ask", 2),
    ]
    assert [(one.letter, one.id) for one in found.dwellings] == [("A", "ekgatan"), ("B", "bjork")]


def test_the_ties_of_a_person_in_words() -> None:
    """Dwellings of the case by letter, others by address, kin by number; what else is known."""
    lars, _, mona, nils = a_case().members.people
    assert lars.ties_sv == [
        "Folkbokförd: bostad A, sedan 2023-06-01",
        "Hyr: bostad A, sedan 2023-06-01",
        "Hyresavin skickas till: bostad B",
        "Tidigare folkbokförd: bostad B, från 2015-03-01, till 2023-06-01",
        "Tidigare make eller maka: 2",
    ]
    assert mona.notes_sv == ["samordningsnummer"]
    assert mona.ties_sv == [
        "Folkbokförd: Granvägen 7, sedan 2025-04-01",
        "Uppgiven adress i bidragsbeslut: bostad A",
        "Samma efternamn, släktskap antas: 4",
    ]
    assert nils.notes_sv == ["avregistrerad 2026-02-01: utvandrad"]
    assert nils.ties_sv == [
        "Uppgiven adress i bidragsbeslut, utan lägenhetsnummer: samma hus som bostad A",
        "Samma efternamn, släktskap antas: 3",
    ]


def test_edges_of_the_picture() -> None:
    """One per line; an earlier registration is drawn only where no other tie leads."""
    assert a_case().members.edges == [
        Edge(1, "A", "registered"),
        Edge(1, "A", "lease"),
        Edge(1, "B", "placed"),
        Edge(2, "B", "registered"),
        Edge(2, "B", "lease"),
        Edge(3, "A", "placed"),
        Edge(3, None, "registered"),
        Edge(4, "A", "house"),
    ]


def test_the_order_of_rows_is_irrelevant() -> None:
    """Numbers follow from who people are, not from the order in which they were read."""
    backwards = members(PEOPLE[::-1], DWELLINGS, TIES[::-1], KIN[::-1], {})
    forwards = members(PEOPLE, DWELLINGS, TIES, KIN, {})
    assert [one.id for one in backwards.people] == [one.id for one in forwards.people]
    assert backwards.edges == forwards.edges


def test_namesakes_are_told_apart_by_number() -> None:
    same = [a_person("b", "Bo Ek", "198001019804"), a_person("a", "Bo Ek", "197905129818")]
    assert [one.id for one in members(same, [], [], [], {}).people] == ["a", "b"]


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (29, "AD")])
def test_letters(place: int, name: str) -> None:
    assert letter(place) == name
