"""Makes an invented municipality: `make(people=20_000, seed=1, nights=..., out=...)`.

`make` writes deliveries and truth beside each other; `deliver` puts deliveries into an inbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from synthetic import (
    benefits,
    innocents,
    innocents_away,
    innocents_families,
    innocents_homes,
    innocents_money,
    innocents_register,
    leases,
    moves,
    names,
    numbers,
    people,
    places,
    planted,
    planted_families,
    registry_text,
    source_text,
    vehicles,
    writing,
)
from synthetic.parameters import Parameters
from synthetic.parts import WHOLE, Part
from synthetic.randomness import numpy_dice
from synthetic.stage import Stage, Truth
from synthetic.tables import Town

EPOCH = date(1970, 1, 1)
MUNICIPALITY = ("0181", "Södertälje")
NIGHT_WITHOUT_VEHICLES = 2
NEW_ON_SECOND_NIGHT = 2  # matters per 22 000 that only the second night shows
SMALLEST = 500

# For sizing only: how many people and flats a story takes on average.
PEOPLE_PER_PLANTED, PEOPLE_PER_INNOCENT, FLATS_PER_STORY = 6.2, 2.5, 1.6


def make(
    people: int,
    seed: int,
    nights: Sequence[date] | date,
    out: Path,
    *,
    municipality: tuple[str, str] = MUNICIPALITY,
    formats: Mapping[str, writing.Format] | None = None,
    one_file_per_landlord: bool = False,
    parameters: Parameters | None = None,
) -> None:
    """Writes `out/delivery/<date>/` per night and `out/truth/` for a town of about that size.

    The other arguments are those of `deliver`.
    """
    deliver(
        people,
        seed,
        nights,
        out / "delivery",
        truth=out / "truth",
        municipality=municipality,
        formats=formats,
        one_file_per_landlord=one_file_per_landlord,
        parameters=parameters,
    )


def deliver(
    people: int,
    seed: int,
    nights: Sequence[date] | date,
    inbox: Path,
    *,
    truth: Path | None = None,
    municipality: tuple[str, str] = MUNICIPALITY,
    formats: Mapping[str, writing.Format] | None = None,
    one_file_per_landlord: bool = False,
    parameters: Parameters | None = None,
    part: Part = WHOLE,
) -> list[Path]:
    """Writes `inbox/<date>/` per night, and the truth where it is wanted; returns the folders.

    The first night is the town; the second changes a few rows; the third has no vehicle extract.
    `formats` maps a table (`tenancy/kontrakt`) to csv, parquet or xlsx; csv where it says nothing.
    `part` keeps its numbers and places apart from those of a country's other parts (country.py).
    The same arguments give the same bytes. Raises ValueError for arguments that make no sense.
    """
    dates = [nights] if isinstance(nights, date) else list(nights)
    if people < SMALLEST:
        raise ValueError(f"people is {people}; a town has at least {SMALLEST}")
    if not dates or dates != sorted(set(dates)):
        raise ValueError("nights must be one or more dates in rising order")
    wrong = set((formats or {}).values()) - set(writing.FORMATS)
    if wrong:
        raise ValueError(f"unknown formats {sorted(wrong)}; allowed are {writing.FORMATS}")
    par = parameters or Parameters()
    as_of = (dates[0] - EPOCH).days
    town, told = invent(people, seed, as_of, municipality[1], par, part=part)
    tables = _texts(town, municipality[0], dates[0], seed, par)
    for night, on in enumerate(dates):
        shown = _shown(tables, night, seed)
        if one_file_per_landlord:
            shown = _per_landlord(shown)
        writing.delivery(inbox / on.isoformat(), on, municipality[0], shown, formats or {})
    if truth is not None:
        writing.truth(truth, town, _numbers(town), told)
    return [inbox / on.isoformat() for on in dates]


def invent(
    n_people: int, seed: int, as_of: int, municipality: str, par: Parameters, *,
    part: Part = WHOLE,
) -> tuple[Town, Truth]:  # fmt: skip
    """The town in index form and what is true about it; `as_of` in days since 1970."""
    told = sum(par.scaled(c, n_people) for c in par.planted_per_22_000.values())
    told_innocent = sum(par.scaled(c, n_people) for c in par.innocent_per_22_000.values())
    acting = PEOPLE_PER_PLANTED * told + PEOPLE_PER_INNOCENT * told_innocent
    edges = n_people * (par.share_deregistered + par.share_coordination_numbers)
    residents = sum(k[2] for k in places.SPECIAL) * max(
        1, round(n_people / places.PEOPLE_PER_SPECIAL_HOUSE)
    )
    ordinary = max(200, round(n_people - acting - edges - residents))
    reserved = round(FLATS_PER_STORY * (told + told_innocent)) + 60
    homes_needed = round(ordinary / people.MEAN_HOUSEHOLD * (1 + par.share_vacant))
    place = places.build(
        n_people, seed, municipality, par, part, n_dwellings=homes_needed, n_reserved=reserved
    )
    town = Town.empty(as_of, place.dwellings, part)
    _ordinary_life(town, place, ordinary, seed, par)
    stage = Stage(town, place, seed, par)
    _tell(stage, n_people, par)
    protected = town["people"].with_row_index("row").filter(pl.col("protection").is_not_null())
    for row in protected["row"].to_list():
        stage.innocent("protected_identity", int(row), None)
    for d in stage.special:
        stage.innocent("special_housing", None, d)
    stage.settle()
    return town, stage.truth


def _ordinary_life(town: Town, place: places.Places, n: int, seed: int, par: Parameters) -> None:
    set_aside = np.concatenate(
        [place.reserved_flats, place.reserved_small, place.special, place.industry]
    )
    free = np.setdiff1d(np.arange(town.dwellings.height), set_aside)
    homes = people.populate(town, free, n, seed, par)
    previous = moves.chain(town, homes, seed, par)
    vehicles.own(town, homes, previous, seed, par)
    moves.edges(town, homes, seed, par)
    tenants = leases.dwellings(town, homes, previous, seed, par)
    leases.parking(town, homes, tenants, seed, par)
    benefits.decide(town, homes, seed, par)
    _residents(town, place, seed)
    _protect(town, seed, par)


def _residents(town: Town, place: places.Places, seed: int) -> None:
    """People in care homes, student houses and other special housing, unrelated to each other."""
    rng = numpy_dice(seed, "residents")
    for i, d in enumerate(place.special):
        kind, _, n = places.SPECIAL[i % len(places.SPECIAL)]
        low, high = {"SPECIALBOSTAD_ALDRE": (72, 98), "SPECIALBOSTAD_STUDENT": (19, 29)}.get(
            kind, (19, 62)
        )
        origin = names.origins(rng, n)
        is_male = rng.random(n) < 0.5
        age = low + rng.random(n) * (high - low)
        town.add(
            "people",
            {
                "origin": origin,
                "is_male": is_male,
                "birth_on": (town.as_of - age * people.YEAR).astype(np.int64),
                "first": names.first_names(rng, origin, is_male),
                "last": names.last_names(rng, origin),
                "dwelling": np.repeat(int(d), n),
                "registered_on": town.as_of - rng.integers(20, 1500, n),
            },
        )


def _protect(town: Town, seed: int, par: Parameters) -> None:
    """Protects ordinary people, half of them with a hidden registration."""
    rng = numpy_dice(seed, "protect")
    table = town["people"]
    living = np.flatnonzero(table["dwelling"].is_not_null().to_numpy())
    n = max(2, round(table.height * par.share_protected))
    chosen = rng.choice(living, n, replace=False)
    skydd = np.full(table.height, None, dtype=object)
    skydd[chosen] = np.where(rng.random(n) < 0.5, "SEKRETESSMARKERING", "SKYDDAD_FOLKBOKFORING")
    town.tables["people"] = table.with_columns(
        protection=pl.Series(skydd.tolist(), dtype=pl.String)
    )


def _tell(stage: Stage, n_people: int, par: Parameters) -> None:
    stories = {**planted_families.STORIES, **planted.STORIES}
    for name, count in par.planted_per_22_000.items():
        for _ in range(par.scaled(count, n_people)):
            stories[name](stage)
    for _ in range(par.scaled(NEW_ON_SECOND_NIGHT, n_people)):
        planted.parking_opens(stage)
    told_in = (innocents, innocents_away, innocents_families, innocents_homes, innocents_money,
               innocents_register)  # fmt: skip
    look_alikes = {name: story for told in told_in for name, story in told.STORIES.items()}
    for name, count in par.innocent_per_22_000.items():
        for _ in range(par.scaled(count, n_people)):
            look_alikes[name](stage)


def _numbers(town: Town) -> pl.Series:
    """The personal number of every row in people, as text."""
    table = town["people"]
    allocated = numbers.allocate(
        table["birth_on"].to_numpy(),
        table["is_male"].to_numpy(),
        table["is_coordination"].to_numpy(),
        town.as_of,
        town.part,
    )
    return pl.Series("personnummer", allocated).cast(pl.String)


def _texts(
    town: Town, code: str, first_night: date, seed: int, par: Parameters
) -> dict[str, pl.DataFrame]:
    """Every table as text, all nights in one, in the order of the manifest."""
    number = _numbers(town)
    plates = pl.Series("plate", vehicles.plates(town["vehicles"].height, seed, town.part))
    month = first_night.replace(day=1).isoformat()
    return {
        "registry/personer": registry_text.personer(town, number, code, seed, par),
        "registry/relationer": registry_text.relationer(town, number),
        "registry/flyttningar": registry_text.flyttningar(town, number),
        "registry/lagenheter": registry_text.lagenheter(town),
        "tenancy/kontrakt": source_text.kontrakt(town, number, plates, seed, par),
        "benefits/beslut": source_text.beslut(town, number, month, seed, par),
        "vehicles/fordon": source_text.fordon(town, number, plates, seed, par),
    }


def _shown(tables: Mapping[str, pl.DataFrame], night: int, seed: int) -> dict[str, pl.DataFrame]:
    """What the sources deliver that night, in an order of its own each night."""
    shown = {}
    for path, table in tables.items():
        if path == "vehicles/fordon" and night == NIGHT_WITHOUT_VEHICLES:
            continue
        is_people = path == "registry/personer"
        seen = (registry_text.shown_on if is_people else source_text.on_night)(table, night)
        order = numpy_dice(seed, f"order/{path}/{night}").permutation(seen.height)
        shown[path] = seen[order]
    return shown


def _per_landlord(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The leases as one file per landlord."""
    split: dict[str, pl.DataFrame] = {}
    for path, table in tables.items():
        if path != "tenancy/kontrakt":
            split[path] = table
            continue
        for i, landlord in enumerate(sorted(table["hyresvard"].unique().to_list()), start=1):
            split[f"{path}_{i}"] = table.filter(pl.col("hyresvard") == landlord)
    return split
