"""Tenants without a number are found in the house where the names allow it, and nobody else is."""

from __future__ import annotations

import polars as pl
import pytest

from assets.core.holders import Bearers, holders_by_name

N = 600


def word(number: int) -> str:
    """A name of its own for each number below a thousand, not near another's."""
    syllables = ("ba", "du", "fe", "gi", "ko", "la", "mu", "ne", "pi", "ro")
    return "".join(syllables[int(digit)] for digit in f"{number:03}").capitalize()


CROWD = [
    (f"p{k:03}", f"{word(373 * k % 797)} {word(211 * k % 997)}", f"e{k // 8}", f"d{k // 2}")
    for k in range(N)
]
LEASES = [  # one in twenty still in the tenant's former surname
    (k, name if k % 20 else f"{name.split()[0]} {word(k // 20 + 900)}", entrance, flat)
    for k, (_, name, entrance, flat) in enumerate(CROWD)
]


def holder(
    name: str,
    *people: tuple[str, str, str, str],
    entrance: str | None = "x",
    flat: str | None = "f",
) -> tuple[str, str | None] | None:
    """Who holds a lease of flat `f` in house `x` in that name, and the flat that the name tells."""
    bearers = pl.DataFrame(
        [*CROWD, *people], ["person_id", "name", "entrance", "dwelling_id"], orient="row"
    )
    leases = pl.DataFrame(
        [*LEASES, (N, name, entrance, flat)],
        ["row_id", "name", "entrance", "dwelling_id"],
        orient="row",
    ).with_columns(role=pl.lit("holder"))
    found = holders_by_name(leases, Bearers.of(bearers))
    assert found.filter(pl.col("row_id") < N)["person_id"].to_list() == [p[0] for p in CROWD]
    rows = found.filter(pl.col("row_id") == N).select("person_id", "dwelling_id").rows()
    return rows[0] if rows else None


ANNA = ("anna", "Anna Svensson", "x", "f")


@pytest.mark.parametrize(
    "name", ["Anna Svensson", "SVENSSON, ANNA", "A Svensson", "Svensson, A", "Anna Ström"]
)
def test_the_one_who_lives_in_the_flat(name: str) -> None:
    """To the letter, with an initial, or with a surname that has changed since."""
    assert holder(name, ANNA) == ("anna", None)


@pytest.mark.parametrize("name", ["Johan Svensson", "Johanna Svensson", "Anton Svensson", "Bo Ek"])
def test_a_relative_or_stranger_in_the_flat_is_not_the_tenant(name: str) -> None:
    """However near the given name: a brother stays when a sister moves."""
    assert holder(name, ANNA) is None


def test_two_namesakes_of_a_house_leave_the_lease_without_a_holder() -> None:
    assert holder("Anna Svensson", ANNA, ("other", "Anna Svensson", "x", "g")) is None
    assert holder("A Svensson", ANNA, ("other", "Alma Svensson", "x", "f")) is None


def test_the_name_tells_the_flat_where_the_address_does_not() -> None:
    assert holder("Anna Svensson", ANNA, flat=None) == ("anna", "f")


def test_the_only_bearer_of_a_name_lives_elsewhere() -> None:
    assert holder("Anna Svensson", ("anna", "Anna Svensson", "y", "h")) == ("anna", None)
    assert holder("A Svensson", ("anna", "Anna Svensson", "y", "h")) is None
    assert holder("Anna Svensson", ANNA, entrance=None, flat=None) == ("anna", None)
