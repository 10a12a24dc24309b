"""Areas, streets, buildings and dwellings. Every property designation is invented."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.parameters import Parameters
from synthetic.parts import Part
from synthetic.randomness import Ints, numpy_dice, pick
from synthetic.tables import DWELLINGS, frame

LANDLORDS = ("Telge Bostäder AB", "Granudden Fastigheter AB", "Hyresbostäder i Mälaren HB")
LANDLORD_SHARES = (0.78, 0.14, 0.08)

# name, post town, postcode, streets. Traps on purpose: streets one letter apart in one postcode
# (Björkmossvägen, Björnmossvägen; Tappgatan, Täppgatan; Lindmovägen, Lundmovägen), -vägen beside
# -gatan, one street name in two post towns (Storgatan, Kyrkvägen), split compounds.
_AREAS: tuple[tuple[str, str, str, str], ...] = (
    ("Geneta", "Södertälje", "15252", "Granövägen, Lagmansvägen, Lagmansgatan, Prästgårdsvägen"),
    ("Ronna", "Södertälje", "15231", "Klockarvägen, Robert Anbergs väg, Ronnavägen, Läraregatan"),
    ("Hovsjö", "Södertälje", "15258", "Tranbärsvägen, Hovsjövägen, Gröndalsvägen, Kvarnbergaleden"),
    ("Fornhöjden", "Södertälje", "15243", "Björkmossvägen, Björnmossvägen, Erik Dahlbergs väg"),
    ("Saltskog", "Södertälje", "15166", "Tappgatan, Täppgatan, Brunnsängsvägen, Saltskogsvägen"),
    (
        "Centrum",
        "Södertälje",
        "15171",
        "Storgatan, Västra Kanalgatan, S:t Ragnhildsgatan, Jovisgatan",
    ),
    ("Lina", "Södertälje", "15269", "Lina Allé, Torpavägen, Sydhamnsvägen, Granbacken"),
    ("Järna", "Järna", "15330", "Mölnbovägen, Turingegatan, Storgatan, Patron Pehrs väg"),
    ("Mariekälla", "Södertälje", "15134", "Mariekällgatan, Stenvägen, Holmfastvägen, Skogsgränd"),
    ("Enhörna", "Enhörna", "15595", "Sandviksvägen, Ekvägen, Kyrkvägen, Gamla Strängnäsvägen"),
    ("Östertälje", "Södertälje", "15257", "Lindmovägen, Lundmovägen, Östra Bangatan, Villagatan"),
    ("Pershagen", "Södertälje", "15139", "Pershagsvägen, Södra Badvägen, Rosenlundsstigen"),
    ("Hölö", "Hölö", "15392", "Kyrkvägen, Gamla Vägen, Ankarstigen, Lidavägen"),
    ("Mölnbo", "Mölnbo", "15332", "Mejerivägen, Norra Banvägen, Södra Banvägen"),
)
_STEM_TEXT = (
    "Al Ask Asp Berg Björk Brunn Dal Ek Falk Fjäll Fors Glim Gran Hassel Hav Hed Holm Hög Järn "
    "Kal Klint Kvarn Lind Ljung Lund Lä Måsen Nord Näck Orr Ring Rosen Rud Röd Sel Sjö Skog Sten "
    "Ström Sund Säl Tall Tegel Torp Tun Ugg Vall Vik Vind Väst Ång Åker Älv Ängs Öst"
)
_STEMS = _STEM_TEXT.split()
_ENDINGS = ("vägen", "gatan", "stigen", "gränd", "backen")
INDUSTRY = ("Industri", "Södertälje", "15138", ("Lagervägen", "Industrivägen", "Morabergsvägen"))
SPECIAL = (
    ("SPECIALBOSTAD_ALDRE", "Solhemsvägen", 40),
    ("SPECIALBOSTAD_STUDENT", "Campusvägen", 50),
    ("SPECIALBOSTAD_OVRIG", "Vårdvägen", 24),
)
"""Kind, street and how many live there; one row each in the dwelling register, as in practice."""
PEOPLE_PER_SPECIAL_HOUSE = 20_000

MEAN_BUILDING = 31  # flats, with the entrances, floors and flats per floor drawn below
ROOMS = (1, 2, 3, 4, 5)
ROOM_SHARES = (0.13, 0.34, 0.33, 0.15, 0.05)
ROOM_M2 = (0, 37, 57, 76, 93, 112, 132, 150)


@dataclass(frozen=True)
class Places:
    """Dwellings, and which of them the stories may furnish themselves."""

    dwellings: pl.DataFrame
    reserved_flats: Ints  # let flats with a number, empty
    reserved_small: Ints  # co-operative flats and houses, empty
    special: Ints
    industry: Ints


def build(
    people: int, seed: int, municipality: str, par: Parameters, part: Part, *, n_dwellings: int,
    n_reserved: int,
) -> Places:  # fmt: skip
    """About `n_dwellings` ordinary dwellings and at least `n_reserved` empty let flats."""
    rng = numpy_dice(seed, "places")
    total = n_dwellings + 2 * n_reserved
    streets = _streets(max(10, round(total / par.dwellings_per_area)), part)
    flats = _flats(rng, round(total * (1 - par.share_houses)), streets, municipality, par)
    # Houses begin where the slabs' numbers end, so that no address has both.
    first = int(flats["house_number"].to_numpy().max()) + 2
    houses = _houses(rng, round(total * par.share_houses), streets, municipality, first)
    n_special = max(1, round(people / PEOPLE_PER_SPECIAL_HOUSE))
    special = _special(n_special, municipality)
    counts = (
        par.planted_per_22_000["non_residential"],
        *(par.innocent_per_22_000[name] for name in ("caretaker_home", "new_house")),
    )
    industry = _industry(sum(par.scaled(count, people) for count in counts) + 3)
    everything = pl.concat([flats, houses, special, _named(industry, municipality)])
    let = np.flatnonzero(
        ((flats["tenure"] == "HYRESRATT") & flats["flat_number"].is_not_null()).to_numpy()
    )
    other = np.r_[
        np.flatnonzero((flats["tenure"] == "BOSTADSRATT").to_numpy()),
        flats.height + np.arange(houses.height),
    ]
    at = flats.height + houses.height
    return Places(
        everything.with_columns(
            postcode=part.postcode(pl.col("postcode")), city=part.post_town(pl.col("city"))
        ),
        rng.permutation(let)[:n_reserved],
        rng.permutation(other)[: n_reserved // 2],
        at + np.arange(special.height),
        at + special.height + np.arange(industry.height),
    )


def _streets(n_areas: int, part: Part) -> pl.DataFrame:
    """One row per street; areas beyond the known ones get compound names, other ones in each part.

    Postcodes and post towns are those of the first region.
    """
    rows = []
    for i in range(n_areas):
        if i < len(_AREAS):
            area, city, postcode, names = _AREAS[i]
            rows += [(area, city, postcode, name) for name in names.split(", ")]
        else:
            k = i - len(_AREAS)
            stem, second = _STEMS[k % len(_STEMS)], _STEMS[(k * 7 + 3 + part.index) % len(_STEMS)]
            area = f"{stem}{second.lower()}a" + (
                f" {k // len(_STEMS) + 1}" if k >= len(_STEMS) else ""
            )
            postcode = str(16000 + 7 * k)
            rows += [
                (area, "Södertälje", postcode, f"{stem}{second.lower()}{ending}")
                for ending in _ENDINGS[:4]
            ]
    return pl.DataFrame(rows, schema=["area", "city", "postcode", "street"], orient="row")


def _house_numbers(rng: np.random.Generator, street: Ints, start: int) -> Ints:
    """Growing numbers along each street, odd and even, none twice."""
    order = np.argsort(street, kind="stable")
    steps = rng.integers(1, 6, street.size)
    run = np.cumsum(steps)
    firsts = np.r_[True, street[order][1:] != street[order][:-1]]
    base = np.maximum.accumulate(np.where(firsts, run, 0))
    numbers = np.empty(street.size, dtype=np.int64)
    numbers[order] = run - base + start
    return numbers


def _flats(
    rng: np.random.Generator, n: int, streets: pl.DataFrame, municipality: str, par: Parameters
) -> pl.DataFrame:
    n_buildings = max(4, n // MEAN_BUILDING)
    lone = rng.random(n_buildings) < par.share_numberless_building
    entrances = np.where(lone, 1, pick(rng, (1, 2, 3, 4), (0.35, 0.3, 0.25, 0.1), n_buildings))
    floors = np.where(lone, 1, rng.integers(3, 8, n_buildings))
    per_floor = np.where(lone, 1, rng.integers(2, 5, n_buildings))
    street = np.sort(rng.integers(0, streets.height, n_buildings))
    number = _house_numbers(rng, street, 1)
    let = rng.random(n_buildings) < par.share_let_buildings
    landlord = pick(rng, LANDLORDS, LANDLORD_SHARES, n_buildings)

    size = entrances * floors * per_floor
    b = np.repeat(np.arange(n_buildings), size)
    k = np.arange(b.size) - np.repeat(np.cumsum(size) - size, size)
    entrance, rest = np.divmod(k, (floors * per_floor)[b])
    floor, position = np.divmod(rest, per_floor[b])
    stack = rng.integers(0, 2**31, n_buildings)[b] + 7 * entrance + 31 * position
    draw = ((stack * 2_654_435_761) % 1009) / 1009  # same position, same plan on every floor
    rooms = np.searchsorted(np.cumsum(ROOM_SHARES), draw, side="right") + 1
    rooms = np.minimum(rooms, len(ROOMS))
    m2 = np.array(ROOM_M2)[rooms] + rng.integers(-6, 7, b.size)
    rent = 1900 + 74 * m2 + 450 * rooms + rng.integers(-700, 900, b.size)
    letters = np.where(entrances[b] > 1, np.array(list("ABCD"))[entrance], "")
    flat = (1001 + 100 * floor + position).astype(str)
    s = streets[street[b]]
    designation = _designation(municipality, s["area"], street[b], number[b], 1000)
    return frame(
        DWELLINGS,
        {
            "property": designation,
            "flat_number": pl.Series(np.where(lone[b], "", flat)).replace("", None),
            "street": s["street"],
            "house_number": number[b],
            "letter": letters,
            "postcode": s["postcode"],
            "city": s["city"],
            "area": s["area"],
            "n_rooms": rooms,
            "area_m2": m2,
            "kind": np.repeat("FLERBOSTADSHUS", b.size),
            "tenure": np.where(let[b], "HYRESRATT", "BOSTADSRATT"),
            "rent": rent,
            "landlord": landlord[b],
        },
    )


def _designation(
    municipality: str, area: pl.Series, street: Ints, number: Ints, offset: int
) -> pl.Series:
    """An invented property designation: one per street and house number."""
    blocks = pl.DataFrame({"area": area, "block": street * 3 + 1, "unit": offset + number})
    return blocks.select(
        pl.format("{} {} {}:{}", pl.lit(municipality), "area", "block", "unit").alias("p")
    )["p"]


def _houses(
    rng: np.random.Generator, n: int, streets: pl.DataFrame, municipality: str, first: int
) -> pl.DataFrame:
    street = np.sort(rng.integers(0, streets.height, n))
    number = _house_numbers(rng, street, first)
    rooms = pick(rng, (4, 5, 6, 7), (0.2, 0.4, 0.25, 0.15), n)
    s = streets[street]
    return frame(
        DWELLINGS,
        {
            "property": _designation(municipality, s["area"], street, number, 20_000),
            "flat_number": pl.Series([None] * n, dtype=pl.String),
            "street": s["street"],
            "house_number": number,
            "letter": np.repeat("", n),
            "postcode": s["postcode"],
            "city": s["city"],
            "area": s["area"],
            "n_rooms": rooms,
            "area_m2": 24 * rooms + rng.integers(-8, 20, n),
            "kind": np.repeat("SMAHUS", n),
            "tenure": np.repeat("AGANDERATT", n),
            "rent": rng.integers(7000, 14000, n),
        },
    )


def _special(n_each: int, municipality: str) -> pl.DataFrame:
    rows = [
        {
            "property": f"{municipality} Vård {5 + 3 * k}:{10 * (i + 1)}",
            "street": street,
            "house_number": 1 + 2 * k,
            "letter": "",
            "postcode": "15136",
            "city": "Södertälje",
            "area": "Centrum",
            "n_rooms": 1,
            "area_m2": 28,
            "kind": kind,
            "tenure": "SPECIAL",
            "rent": 7200,
        }
        for k in range(n_each)
        for i, (kind, street, _) in enumerate(SPECIAL)
    ]
    return frame(DWELLINGS, rows)


def _industry(n: int) -> pl.DataFrame:
    area, city, postcode, streets = INDUSTRY
    return pl.DataFrame(
        {
            "area": [area] * n,
            "city": [city] * n,
            "postcode": [postcode] * n,
            "street": [streets[i % len(streets)] for i in range(n)],
            "house_number": [7 + 4 * (i // len(streets)) for i in range(n)],
        }
    )


def _named(industry: pl.DataFrame, municipality: str) -> pl.DataFrame:
    """Premises: places without a dwelling, which the dwelling register does not know."""
    n = industry.height
    return frame(
        DWELLINGS,
        {
            "property": [f"{municipality} {INDUSTRY[0]} {31 + i}:{62 + i}" for i in range(n)],
            **{c: industry[c] for c in industry.columns},
            "letter": [""] * n,
            "kind": ["LOKAL"] * n,
            "tenure": ["SPECIAL"] * n,
            "rent": [0] * n,
            "is_in_register": [False] * n,
        },
    )
