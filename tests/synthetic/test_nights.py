"""What changes from night to night is what truth/nights.csv says, and nothing else."""

from __future__ import annotations

import polars as pl

from tests.synthetic.a_town import Delivered


def _rows(delivered: Delivered, table: str, night: int) -> set[tuple[str | None, ...]]:
    return set(delivered.table(table, night).iter_rows())


def test_second_night_changes_only_what_truth_names(delivered: Delivered) -> None:
    """Ended and new parking leases, sold cars and newly protected people belong to the truth."""
    nights = delivered.truth("nights")
    named = set(nights["personnummer"])
    for table, column in {
        "tenancy/kontrakt": 4,
        "vehicles/fordon": 3,
        "registry/personer": 0,
    }.items():
        changed = _rows(delivered, table, 0) ^ _rows(delivered, table, 1)
        assert changed, table
        assert {row[column] for row in changed} <= named, table
    for table in ("registry/relationer", "registry/flyttningar", "registry/lagenheter",
                  "benefits/beslut"):  # fmt: skip
        assert _rows(delivered, table, 0) == _rows(delivered, table, 1), table


def test_truth_of_the_nights_has_every_state_and_cause(delivered: Delivered) -> None:
    """Closed by changed facts and by protection, and new ones numbered after the planted."""
    nights = delivered.truth("nights")
    planted = delivered.truth("planted")["case_id"]
    assert set(nights.select("second_night", "cause").iter_rows()) == {
        ("closed", "facts_changed"),
        ("closed", "protection"),
        ("new", None),
    }
    new = nights.filter(pl.col("second_night") == "new")["case_id"]
    assert set(new).isdisjoint(planted)
    assert set(nights["case_id"]) - set(new) <= set(planted)


def test_third_night_repeats_the_second_without_vehicles(delivered: Delivered) -> None:
    """Everything but the vehicle extract is as on the second night, in another order."""
    for table in ("registry/personer", "tenancy/kontrakt", "benefits/beslut"):
        assert _rows(delivered, table, 1) == _rows(delivered, table, 2), table
        assert not delivered.table(table, 1).equals(delivered.table(table, 2)), table
