"""Two numbers are offered as one person only where chance does not explain the likeness: twins,
fathers and sons and kin never, namesakes born the same day far below a coordination number."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.core.identities import build_identity_pairs, find_pairs

BORN = date(1990, 5, 17)


def person(
    person_id: str, first: str, last: str, born: date = BORN, **cells: Any
) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "first_name": first,
        "last_name": last,
        "birth_on": born,
        "is_samordningsnummer": False,
        "deregistration": None,
        "dwelling_id": None,
        "special_dwelling_id": None,
        "row_id": int(person_id[1:]),
        **cells,
    }


def coordinated(person_id: str, first: str, last: str, born: date = BORN, **cells: Any) -> Any:
    return person(person_id, first, last, born, is_samordningsnummer=True, **cells)


@pytest.fixture
def pairs_of(tmp_path: Path) -> Any:
    """core_identity_pairs as rows, of people and relations (pairs of ids)."""

    def build(people: list[dict[str, Any]], relations: list[tuple[str, str]] = []) -> list[tuple]:  # noqa: B006
        @contextlib.contextmanager
        def connect() -> Iterator[duckdb.DuckDBPyConnection]:
            with duckdb.connect(str(tmp_path / "work.duckdb")) as con:
                yield con

        with connect() as con:
            frame = pl.DataFrame(people, schema_overrides=TYPES)  # noqa: F841 - read by DuckDB
            con.execute("create or replace table core_persons as from frame")
            con.execute(
                "create or replace table core_relations(person_id text, related_person_id text)"
            )
            for one in relations:
                con.execute("insert into core_relations values (?, ?)", one)
        build_identity_pairs(SimpleNamespace(connect=connect))  # type: ignore[arg-type]
        with connect() as con:
            return con.sql("from core_identity_pairs").fetchall()

    return build


TYPES = dict.fromkeys(("deregistration", "dwelling_id", "special_dwelling_id"), pl.String)


def crowd(n: int, name: str = "", first_born: date = date(1991, 6, 1)) -> list[dict[str, Any]]:
    """Registered people, a day apart, of one name or each of their own."""
    return [
        person(f"p{1000 + i}", "Eva", name or own_name(i), first_born + timedelta(days=i))
        for i in range(n)
    ]


def own_name(i: int) -> str:
    """One that nobody else's sounds like."""
    syllables = ["ba", "da", "fa", "ga", "ka", "la", "ma", "na", "pa", "ra"]
    return "".join(syllables[int(digit)] for digit in f"{i:04}")


def test_a_coordination_number_with_the_name_and_birth_date_of_a_registered_person(pairs_of):
    people = [coordinated("p1", "Layla", "Sayed"), person("p2", "Layla", "Sayed")]
    assert pairs_of(people + crowd(3000)) == [("p2", "p1", "same", "same", False, 0.9678, 2, 1)]


@pytest.mark.parametrize(
    ("first", "last", "born", "levels"),
    [
        ("Layla", "Sayed", BORN, ("same", "same")),
        ("Leyla", "Sayed", BORN, ("variant", "same")),
        ("Layla", "Saeyd", BORN, ("variant", "same")),
        ("Layla Maria", "Sayed", BORN, ("same", "same")),
        ("Sayed", "Layla", BORN, ("same", "same")),
        ("Layla", "Sayed", date(1990, 5, 18), ("same", "near")),
        ("Layla", "Sayed", date(1990, 7, 17), ("same", "near")),
        ("Layla", "Sayed", date(1990, 7, 18), None),
        ("Layla", "Sayed", date(1991, 5, 17), None),
        ("Layla", "Saeyd", date(1990, 5, 18), None),
        ("Lina", "Sayed", BORN, None),
        ("Layla", "Melki", BORN, None),
    ],
)
def test_a_slip_is_forgiven_in_one_name_or_in_the_date_beside_a_coordination_number(
    first, last, born, levels
):
    people = [coordinated("p1", first, last, born), person("p2", "Layla", "Sayed")]
    found = find_pairs(_asked(people)).select(
        "person_id", "other_person_id", "name_level", "birth_level"
    )
    assert found.rows() == ([("p2", "p1", *levels)] if levels else [])


def test_day_and_month_exchanged_is_a_near_birth_date():
    people = [
        coordinated("p1", "Layla", "Sayed", date(1990, 3, 8)),
        person("p2", "Layla", "Sayed", date(1990, 8, 3)),
    ]
    assert find_pairs(_asked(people))["birth_level"].to_list() == ["near"]


def test_decades_taken_one_by_one_give_the_same_pairs(pairs_of, monkeypatch):
    """A country's people do not fit in memory together."""
    people = [
        row
        for n, born in enumerate([date(1979, 12, 31), date(1980, 1, 1), date(1989, 12, 31), BORN])
        for row in (
            person(f"p{n}1", "Layla", "Sayed", born),
            coordinated(f"p{n}2", "Layla", "Sayed", born),
        )
    ]
    together = pairs_of(people + crowd(200))
    monkeypatch.setattr("assets.core.identities.PEOPLE_AT_ONCE", 1)
    assert pairs_of(people + crowd(200)) == together
    assert [row[:2] for row in together] == [(f"p{n}1", f"p{n}2") for n in range(4)]


def test_two_numbers_of_one_kind_must_have_one_name_to_the_letter():
    """Mariam and Maryam, born the same day, are as a rule twins."""
    for kind in (person, coordinated):
        twins = [kind("p1", "Mariam", "Murad"), kind("p2", "Maryam", "Murad")]
        assert find_pairs(_asked(twins)).rows() == []
        same = [kind("p1", "Mariam", "Murad"), kind("p2", "MARIAM", "murad")]
        assert find_pairs(_asked(same)).select("person_id", "other_person_id").rows() == [
            ("p1", "p2")
        ]


@pytest.mark.parametrize(
    "relations",
    [[("p1", "p3"), ("p2", "p3")], [("p3", "p1"), ("p2", "p3")], [("p1", "p2")]],
)
def test_kin_are_no_pair(pairs_of, relations):
    people = [person("p1", "Ali", "Isa"), person("p2", "Ali", "Isa"), person("p3", "Sara", "Can")]
    assert pairs_of(people, relations) == []


def test_deregistered_people_and_the_nameless_are_no_pair(pairs_of):
    people = [
        coordinated("p1", "Layla", "Sayed"),
        person("p2", "Layla", "Sayed", deregistration="dead"),
        person("p3", "Layla", None),
    ]
    assert pairs_of(people) == []


def test_registered_namesakes_born_the_same_day_are_far_below_a_coordination_number(pairs_of):
    registered = [person("p1", "Layla", "Sayed"), person("p2", "Layla", "Sayed")]
    assert pairs_of(registered + crowd(3000)) == [("p1", "p2", "same", "same", False, 0.0148, 1, 2)]


def test_a_common_name_is_weaker_than_a_rare_one(pairs_of):
    """The name's bearers of the decade, not of the register: a name has its time."""
    people = [coordinated("p1", "Eva", "Alm"), person("p2", "Eva", "Alm")]
    certainties = [
        pairs_of([*people, *bearers])[0][5]
        for bearers in (
            crowd(3000),
            [*crowd(3000), *crowd(3000, "Alm", date(1960, 6, 1))],
            [*crowd(20, "Alm"), *crowd(3000)[20:]],
            crowd(3000, "Alm"),
        )
    ]
    assert certainties == [0.9678, 0.9678, 0.5884, 0.0099]


def test_a_birth_date_that_many_share_tells_little(pairs_of):
    """The first of January is given where the day of birth is not known."""
    new_year = date(1990, 1, 1)
    people = [
        coordinated("p1", "Layla", "Sayed", new_year),
        person("p2", "Layla", "Sayed", new_year),
    ]
    others = [person(f"p{10 + i}", own_name(i), "Ask", new_year) for i in range(98)]
    assert pairs_of([*people, *others, *crowd(2900)])[0][5] == 0.375


def test_a_dwelling_that_the_register_places_both_in_speaks_for_one_person(pairs_of):
    apart = [person("p1", "Layla", "Sayed", dwelling_id="d1"), person("p2", "Layla", "Sayed")]
    together = [*apart[:1], {**apart[1], "special_dwelling_id": "d1"}]
    certainties = [pairs_of([*people, *crowd(3000)])[0][4:6] for people in (apart, together)]
    assert certainties == [(False, 0.0148), (True, 0.2309)]


def _asked(people: list[dict[str, Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(people, schema_overrides=TYPES)
    return frame.select(
        "person_id",
        "first_name",
        "last_name",
        "birth_on",
        "row_id",
        name=pl.concat_str("first_name", "last_name", separator=" "),
        is_coordination="is_samordningsnummer",
    )
