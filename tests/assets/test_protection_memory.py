"""Who was flagged once is protected in every later night, and the state holds no plain value."""

from __future__ import annotations

import re
from datetime import date

from assets.home import Home
from tests.assets.a_town import AS_OF, LEASES, PERSONS, Town, number, place, run
from tests.assets.protected_patterns import (
    FLAGGED,
    HOME,
    MATE,
    NAME,
    SPELLINGS,
    assert_nowhere,
    flagged,
    secrets,
    strangers,
)


def test_a_flag_sticks_in_later_nights_and_only_there(tmp_path):
    """Flagged once, protected ever after, through a replaced number; earlier nights do not know."""
    home = Home.open(tmp_path)
    first, later, earlier = Town(), Town(), Town()
    for town in (first, later, earlier):
        strangers(town)
    flagged(first)
    run(tmp_path, first, home=home)
    town = later
    new_number = number("19840412", 981)
    town.person(FLAGGED, NAME, why="old row", leaves=True, successor_personnummer=new_number)
    town.person(new_number, NAME, HOME, why="new number, no flag", leaves=True)
    town.person(MATE, "Zoran Ali", HOME, why="flatmate", leaves=True)
    ws, _ = run(tmp_path, later, home=home, as_of=date(2026, 10, 2))
    assert later.passed(ws) == ([], [])
    last = Town()
    last.person(new_number, NAME, HOME, why="third night, the old row is gone", leaves=True)
    ws, _ = run(tmp_path, last, home=home, as_of=date(2026, 10, 3))
    assert last.passed(ws) == ([], [])
    earlier.person(FLAGGED, NAME, HOME, why="not yet flagged", leaves=False)
    ws, _ = run(tmp_path, earlier, home=home, as_of=date(2026, 9, 30))
    assert earlier.passed(ws) == ([], [])


def test_a_name_is_remembered_when_the_person_is_gone(tmp_path):
    """A later row without a number leaves by name and address, or name and birth date."""
    home = Home.open(tmp_path)
    first, later = Town(), Town()
    flagged(first)
    run(tmp_path, first, home=home)
    later.add(
        LEASES, "name and address", leaves=True, tenant_name="BARSOM Layla", **place(**SPELLINGS[0])
    )
    later.add(LEASES, "another name there", leaves=False, tenant_name="Ny Hyresgäst",
              **place(**SPELLINGS[0]))  # fmt: skip
    born = {"first_name": "Layla", "last_name": "Barsom", "birth_on": "1984-04-12"}
    later.add(PERSONS, "name and birth", leaves=True, rejected=True, personnummer="1984", **born)
    ws, _ = run(tmp_path, later, home=home, as_of=date(2026, 10, 2))
    assert later.passed(ws) == ([], [])


def test_the_state_holds_keyed_hashes_of_each_delivery_once(tmp_path):
    """Running a night again replaces what it remembered; nothing in the state is plain."""
    home = Home.open(tmp_path)

    def remembered() -> list[tuple]:
        with home.state_db() as state:
            return state.execute("from protected_keys order by all").fetchall()

    town = Town()
    flagged(town)
    ws, _ = run(tmp_path, town, home=home)
    once = remembered()
    run(tmp_path, town, home=home)
    assert remembered() == once
    assert {(row[0], row[2]) for row in once} == {
        (AS_OF, "number"),
        (AS_OF, "name_birth"),
        (AS_OF, "name_entrance"),
    }
    assert all(re.fullmatch("[0-9a-f]{64}", row[3]) for row in once)
    assert_nowhere(ws, secrets(town))
    other, _ = run(tmp_path / "other", town)
    with other.home.state_db() as state:
        assert not {row[3] for row in once} & {
            row[0] for row in state.execute("select key_hash from protected_keys").fetchall()
        }
