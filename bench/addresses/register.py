"""An invented dwelling register of any size, shaped like a Swedish region.

About 22 dwellings a street, 14 streets a postcode and 25 000 dwellings a post town; two thirds of
the streets are houses, the rest blocks of flats with entrances by letter. Street names are pairs of
stems, so that many differ by a letter or two, and recur from town to town.
"""

from __future__ import annotations

import numpy as np
import polars as pl

STEM_TEXT = (
    "Al Ask Asp Berg Björk Björn Brunn Dal Ek Falk Fjäll Fors Glim Gran Hassel Hav Hed Holm Hög "
    "Järn Kal Klint Kvarn Lind Ljung Lund Lä Mås Nord Näck Orr Ring Rosen Rud Röd Sel Sjö Skog "
    "Sten Ström Sund Säl Tall Tegel Torp Tun Ugg Vall Vik Vind Väst Ång Åker Älv Ängs Öst"
)
STEMS = STEM_TEXT.split()
TOWNS = [a + b for b in ("köping", "tälje", "stad", "hamn", "vik", "sund", "by") for a in STEMS]
ENDINGS = ("vägen", "gatan", "stigen", "gränd", "backen", "torget")
DIRECTIONS = ("Norra ", "Södra ", "Östra ", "Västra ")
DWELLINGS_PER_STREET, DWELLINGS_PER_TOWN, STREETS_PER_POSTCODE = 22, 25_000, 14
SHARE_OF_HOUSES = 0.65
"""Streets of one-family houses."""
SHARE_WITH_DIRECTION = 0.05
SHARE_ACROSS_POSTCODES = 0.1
"""Streets whose high numbers have the next postcode."""
SHARE_DOUBLE = 0.001
"""Houses whose address another house bears too, on another property."""
SHARE_LOST = 0.02
"""Streets, and as many entrances, that people write though the register lacks them."""
REGISTER_COLUMNS = (
    "dwelling_id", "property", "street_address", "flat_number", "postcode", "city", "n_rooms",
    "area_m2",
)  # fmt: skip
ADDRESS = ("town", "street", "number", "letter", "flat_number")


def make_dwellings(n_dwellings: int, rng: np.random.Generator) -> pl.DataFrame:
    """`n_dwellings` in the register and a few that it lacks (`is_known` false).

    One row per dwelling: the columns of `matching.resolve.resolve`, the parts of the address
    (street, number, letter, town) `n_alike` and
    `n_in_entrance`: dwellings of the register with the same parts, and without the flat number.
    """
    streets = _streets(max(20, round(n_dwellings * 1.04 / DWELLINGS_PER_STREET)), rng)
    flats = _flats(_entrances(streets, rng), rng)
    flats = flats.filter(pl.col("is_known").cum_sum() <= n_dwellings)
    address = pl.concat_str(
        "street", pl.lit(" "), "number", pl.col("letter").str.replace(r"^(.)", " $1")
    )
    n = flats.height
    return flats.select(
        *ADDRESS,
        "postcode",
        "is_known",
        pl.format("d{}", pl.int_range(pl.len()).cast(pl.String).str.zfill(9)).alias("dwelling_id"),
        pl.format("Kvarteret {}:{}", "street_id", "entrance").alias("property"),
        address.alias("street_address"),
        city=pl.col("town"),
        n_rooms=pl.Series(rng.integers(1, 6, n), dtype=pl.Int32),
        area_m2=pl.Series(rng.integers(25, 140, n).astype(float)),
        n_alike=pl.col("is_known").sum().over(ADDRESS),
        n_in_entrance=pl.col("is_known").sum().over(ADDRESS[:-1]),
    )


def _streets(n: int, rng: np.random.Generator) -> pl.DataFrame:
    """One row per street: street_id, street, town, postcode, next_postcode, has_flats, is_lost."""
    pairs = [a + b.lower() + end for a in STEMS for b in STEMS if a != b for end in ENDINGS]
    names = rng.permutation(pairs)
    n_towns = min(max(2, n * DWELLINGS_PER_STREET // DWELLINGS_PER_TOWN), len(TOWNS))
    size = rng.lognormal(0, 0.8, n_towns)
    town = np.sort(rng.choice(n_towns, n, p=size / size.sum()))
    rank = np.arange(n) - np.searchsorted(town, town)
    name = names[(rng.integers(names.size, size=n_towns)[town] + rank) % names.size]
    direction = np.where(
        rng.random(n) < SHARE_WITH_DIRECTION, np.array(DIRECTIONS)[rng.integers(4, size=n)], ""
    )
    block = rank // STREETS_PER_POSTCODE
    place = pl.Series(town * 1000 + block).rank("dense").to_numpy() - 1
    postcode = 10_000 + place * 85_000 // (place.max() + 2)
    codes = np.append(np.unique(postcode), 97_000)
    return pl.DataFrame(
        {
            "street_id": np.arange(n),
            "street": np.char.add(direction, name),
            "town": np.array(TOWNS)[town],
            "postcode": postcode.astype(str),
            "next_postcode": codes[np.searchsorted(codes, postcode) + 1].astype(str),
            "is_across": rng.random(n) < SHARE_ACROSS_POSTCODES,
            "has_flats": rng.random(n) > SHARE_OF_HOUSES,
            "is_lost": rng.random(n) < SHARE_LOST,
        }
    )


def _entrances(streets: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """One row per entrance: the street's columns, number, letter, entrance (a row number)."""
    has_flats = streets["has_flats"].to_numpy()
    n_numbers = np.where(
        has_flats, rng.integers(1, 5, streets.height), rng.integers(4, 21, streets.height)
    )
    row = np.repeat(np.arange(streets.height), n_numbers)
    number = np.arange(row.size) - np.repeat(np.cumsum(n_numbers) - n_numbers, n_numbers) + 1
    n_letters = np.where(has_flats[row], rng.integers(1, 5, row.size), 1)
    is_double = ~has_flats[row] & (rng.random(row.size) < SHARE_DOUBLE)
    times = np.where(is_double, 2, n_letters)
    at = np.repeat(np.arange(row.size), times)
    letter = np.arange(at.size) - np.repeat(np.cumsum(times) - times, times)
    letters = np.where((n_letters > 1)[at], np.array(list("ABCD"))[letter], "")
    entrances = streets[row[at]].with_columns(
        number=pl.Series(number[at] * 2 - 1), letter=pl.Series(letters), entrance=np.arange(at.size)
    )
    is_second_half = pl.Series(number[at] * 2 > n_numbers[row[at]])
    is_kept = pl.Series(rng.random(at.size) >= SHARE_LOST)
    return entrances.with_columns(
        postcode=pl.when(pl.col("is_across") & is_second_half)
        .then("next_postcode")
        .otherwise("postcode"),
        is_known=~pl.col("is_lost") & is_kept,
    )


def _flats(entrances: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """One row per dwelling: two to four flats on each of two to five floors, or one house."""
    has_flats = entrances["has_flats"].to_numpy()
    per_floor = np.where(has_flats, rng.integers(2, 4, entrances.height), 1)
    n_flats = np.where(has_flats, per_floor * rng.integers(2, 5, entrances.height), 1)
    row = np.repeat(np.arange(entrances.height), n_flats)
    at = np.arange(row.size) - np.repeat(np.cumsum(n_flats) - n_flats, n_flats)
    code = (at // per_floor[row] + 10) * 100 + at % per_floor[row] + 1
    flats = entrances[row].with_columns(flat=pl.Series(code).cast(pl.String))
    return flats.with_columns(flat_number=pl.when("has_flats").then("flat"))
