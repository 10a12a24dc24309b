"""Ids last from night to night: a person's through new numbers, a dwelling's through a new street
name. What is another person or another dwelling gets an id of its own."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from assets.core.identity import identify_people
from assets.core.places import key_dwellings
from tests.assets.a_core import Place, Street, remember

PLOT = "Södertälje Lina 1:1"


@pytest.fixture
def nights() -> list[Street]:
    """Three nights in a row, all empty."""
    return [Street(f"2026-10-0{day}") for day in (1, 2, 3)]


def ids(folder: Path, nights: list[Street]) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Each night's number -> person_id and label -> dwelling_id, the nights run in order."""
    found = []
    for night in nights:
        ws = night.passed(folder)
        identify_people(ws)
        key_dwellings(ws)
        with ws.connect() as con:
            people = con.sql("select personnummer, person_id from person_ids").fetchall()
            dwellings = con.sql(
                "select street_address || ' ' || flat_number, dwelling_id from dwelling_keys"
            ).fetchall()
        found.append((dict(people), dict(dwellings)))
        remember(ws)
    return found


def replaced(street: Street, old: str, new: str) -> None:
    """The register refers from the one's number to the other's."""
    [row] = [r for r in street.rows["registry/personer.csv"] if r["personnummer"] == old]
    row.update(
        avregistreringskod="GN", avregistreringsdatum="2026-10-01", hanvisning_personnummer=new
    )


def test_a_chain_of_replaced_numbers_is_one_person_from_its_first_night_on(tmp_path, nights):
    """One number, then a second, then a third while the first is forgotten."""
    first, second, third = nights
    one = first.person("anna", "1970-02-01", "Anna Ek")
    for night in (second, third):
        two = night.person("anna_2", "1970-02-02", "Anna Ek")
    second.person("anna", "1970-02-01", "Anna Ek")
    three = third.person("anna_3", "1970-02-03", "Anna Ek")
    replaced(second, one, two)
    replaced(third, two, three)

    [(alone, _), (both, _), (later, _)] = ids(tmp_path, nights)

    anna = alone[one]
    assert alone == {one: anna}
    assert both == {one: anna, two: anna}
    assert later == {two: anna, three: anna}


def test_numbers_that_replace_each_other_in_a_circle_stay_apart(tmp_path, nights):
    night, *_ = nights
    one = night.person("anna", "1970-02-01", "Anna Ek")
    two = night.person("eva", "1970-02-02", "Eva Alm")
    replaced(night, one, two)
    replaced(night, two, one)
    [(people, _)] = ids(tmp_path, [night])
    assert len({people[one], people[two]}) == 2


def test_an_organisation_is_no_person(tmp_path, nights):
    night, *_ = nights
    one = night.person("anna", "1970-02-01", "Anna Ek")
    night.vehicle("ABC12D", agare_id="5560360793", brukare_personnummer=one)
    [(people, _)] = ids(tmp_path, [night])
    assert list(people) == [one]


def test_a_street_renamed_twice_keeps_its_dwellings_ids(tmp_path, nights):
    streets = ("Björkvägen", "Tage Ekmans väg", "Ekmans väg")
    for night, street in zip(nights, streets, strict=True):
        night.person("anna", "1970-02-01", "Anna Ek")
        for house in ("1 A", "1 B"):
            for flat in ("1001", "1002"):
                night.dwelling(Place(PLOT, f"{street} {house}", flat))
    found = ids(tmp_path, nights)
    renamed = [
        {label.removeprefix(street): dwelling_id for label, dwelling_id in dwellings.items()}
        for street, (_, dwellings) in zip(streets, found, strict=True)
    ]
    assert len(set(renamed[0].values())) == 4
    assert all(one == other for one, other in pairwise(renamed))


def test_a_dwelling_unlike_the_one_that_is_gone_is_a_new_one(tmp_path, nights):
    """Another size, entrance, flat or plot, each on a property of its own."""
    before, after, _ = nights
    for night in (before, after):
        night.person("anna", "1970-02-01", "Anna Ek")
    for plot in range(4):
        before.dwelling(Place(f"{PLOT}{plot}", "Björkvägen 1 A", "1001"))
    after.dwelling(Place(f"{PLOT}0", "Tage Ekmans väg 1 A", "1001"), rooms=4)
    after.dwelling(Place(f"{PLOT}1", "Tage Ekmans väg 1 B", "1001"))
    after.dwelling(Place(f"{PLOT}2", "Tage Ekmans väg 1 A", "1002"))
    after.dwelling(Place(f"{PLOT}9", "Tage Ekmans väg 1 A", "1001"))
    [(_, first), (_, second)] = ids(tmp_path, [before, after])
    assert not set(first.values()) & set(second.values())
