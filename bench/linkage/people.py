"""Invented people in households, and their records with mistakes. Seeded: the same every time.

Relatives share surname and home, some share a birth date (twins) or a given name (father and son):
what a matcher must not take for one person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from bench.linkage.names import MEN, WOMEN, given_names, streets, surnames
from bench.linkage.slips import misdate, misname, slip

AS_OF = date(2026, 1, 1)
SIZES = (0.40, 0.30, 0.12, 0.12, 0.06)  # households of 1 to 5
TWINS, JUNIORS, SECOND_NAMES, SHARED_SURNAME = 0.015, 0.02, 0.7, 0.65
PEOPLE_PER_POSTCODE, HOMES_PER_ENTRANCE = 600, 4


@dataclass(frozen=True)
class Rates:
    """Shares of records that have moved since, or have a mistake."""

    moved: float
    name: float
    birth: float
    address: float


def population(n: int, seed: int) -> pl.DataFrame:
    """One row per person: entity, given_name, family_name, birth_on, street and number, postcode.

    A household is one or two adults and their children; two adults share a surname in 65 % of
    them. Children have a parent's surname; 1.5 % of them are born the day their sibling was, 2 %
    bear the first adult's given name.
    """
    draw = np.random.default_rng(seed)
    sizes = draw.choice(5, int(n / 2.1), p=SIZES) + 1
    home = np.repeat(np.arange(len(sizes)), sizes)[:n]
    assert len(home) == n, "too few households were drawn"
    first = np.searchsorted(home, home)  # row of the household's first adult
    place = np.arange(n) - first
    family = surnames().draw(draw, n)
    is_shared = (place > 1) | ((place == 1) & (draw.random(n) < SHARED_SURNAME))
    family = np.where(is_shared, family[first], family)
    given = _given(draw, n)
    given = np.where((place > 1) & (draw.random(n) < JUNIORS), given[first], given)
    born = _birth_days(draw, n, place)
    is_twin = (place > 2) & (draw.random(n) < TWINS)
    born = np.where(is_twin, np.roll(born, 1), born)
    addresses = _addresses(draw, n)
    address = draw.integers(addresses.height, size=len(sizes))[home]
    return pl.DataFrame(
        {
            "entity": np.arange(n, dtype=np.int32),
            "given_name": given.tolist(),
            "family_name": family.tolist(),
            "birth_on": pl.Series(born.astype(np.int32)).cast(pl.Date),
            "street": addresses["street"].gather(address),
            "postcode": addresses["postcode"].gather(address),
        }
    )


def _given(draw: np.random.Generator, n: int) -> np.ndarray:
    is_woman = draw.random(n) < 0.5
    pools = given_names(WOMEN, seed=3), given_names(MEN, seed=4)
    one, two = (np.where(is_woman, pools[0].draw(draw, n), pools[1].draw(draw, n)) for _ in "12")
    return np.where(draw.random(n) < SECOND_NAMES, one + " " + two, one)


def _birth_days(draw: np.random.Generator, n: int, place: np.ndarray) -> np.ndarray:
    """Days since 1970; adults of 20 to 95, children of a household below 20. Two in a hundred are
    registered on the first of January, their day not known."""
    age = np.where(place > 1, draw.random(n) * 20, 20 + draw.triangular(0, 25, 75, n))
    day = ((AS_OF - date(1970, 1, 1)).days - age * 365.25).astype("datetime64[D]")
    first_of_january = day.astype("datetime64[Y]").astype("datetime64[D]")
    return np.where(draw.random(n) < 0.02, first_of_january, day).astype(np.int64)


def _addresses(draw: np.random.Generator, n: int) -> pl.DataFrame:
    """street, postcode: the entrances of a region, some hundred people to a postcode."""
    names = np.array(streets(), object)
    n_entrances = max(10, int(n / 2.1 / HOMES_PER_ENTRANCE))
    postcodes = 10_000 + draw.permutation(80_000)[: max(2, n // PEOPLE_PER_POSTCODE)]
    postcode = draw.integers(len(postcodes), size=n_entrances)
    street = names[(postcode * 7919 + draw.integers(8, size=n_entrances) * 104_729) % len(names)]
    number = draw.integers(1, 80, size=n_entrances).astype(str).astype(object)
    return pl.DataFrame(
        {"street": (street + " " + number).tolist(), "postcode": postcodes[postcode].astype(str)}
    )


def records(people: pl.DataFrame, rates: Rates, seed: int) -> pl.DataFrame:
    """The same rows as another register has them: moved or not, with mistakes at the given rates,
    each kind independent of the others."""
    draw = np.random.default_rng(seed)
    rows = people.to_dict(as_series=False)
    n = people.height
    for k in np.flatnonzero(draw.random(n) < rates.moved):
        other = int(draw.integers(n))
        rows["street"][k] = people["street"][other]
        rows["postcode"][k] = people["postcode"][other]
    for k in np.flatnonzero(draw.random(n) < rates.name):
        rows["given_name"][k], rows["family_name"][k] = misname(
            rows["given_name"][k], rows["family_name"][k], draw
        )
    for k in np.flatnonzero(draw.random(n) < rates.birth):
        rows["birth_on"][k] = misdate(rows["birth_on"][k], draw)
    for k in np.flatnonzero(draw.random(n) < rates.address):
        column = "street" if draw.random() < 0.75 else "postcode"
        rows[column][k] = slip(rows[column][k], draw)
    return pl.DataFrame(rows, schema=people.schema)
