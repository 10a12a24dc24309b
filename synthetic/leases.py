"""Leases on dwellings, parking places and garages of ordinary households."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.parameters import Parameters
from synthetic.people import YEAR, Households
from synthetic.randomness import Ints, numpy_dice, pick
from synthetic.tables import Town, nullable

PARKING_RENTS = (250, 275, 310, 420, 520, 640)


def dwellings(
    town: Town, homes: Households, previous: Ints, seed: int, par: Parameters
) -> Ints:  # fmt: skip
    """Adds the households' leases; returns the tenant household rows."""
    rng = numpy_dice(seed, "leases")
    let = (town.dwellings["tenure"] == "HYRESRATT").to_numpy()
    n = homes.dwelling.size
    has_lease = let[homes.dwelling] & (rng.random(n) < par.share_let_flats_delivered)
    rows = np.flatnonzero(has_lease)
    partner = homes.partner[rows]
    swap = (partner >= 0) & (rng.random(rows.size) < 0.4)
    holder = np.where(swap, partner, homes.head[rows])
    other = np.where(swap, homes.head[rows], partner)
    joint = (partner >= 0) & (rng.random(rows.size) < par.share_co_tenant)
    dwelling = homes.dwelling[rows]
    registered = town["people"]["registered_on"].to_numpy()[holder].astype(np.int64)
    town.add(
        "leases",
        {
            "dwelling": dwelling,
            "holder": _old_numbers(town, holder),
            "co_holder": nullable(other, ~joint),
            "is_number_missing": rng.random(rows.size) < par.share_number_missing,
            "is_number_mistyped": rng.random(rows.size) < par.share_number_mistyped,
            "from_on": registered - rng.integers(0, 45, rows.size),
            "rent": town.dwellings["rent"].to_numpy()[dwelling],
            "invoice_dwelling": nullable(
                homes.dwelling[rng.integers(0, n, rows.size)],
                rng.random(rows.size) >= par.share_bill_elsewhere,
            ),
        },
    )
    _ended(rng, town, homes, previous, par)
    return rows


def _old_numbers(town: Town, holder: Ints) -> Ints:
    """Landlords keep a tenant's old number: holders that it was replaced for hold by the old."""
    people = town["people"].with_row_index("row").filter(pl.col("deregistration") == "GN")
    old = np.arange(town["people"].height)
    old[people["successor"].to_numpy().astype(np.int64)] = people["row"].to_numpy()
    return old[holder]


def _ended(
    rng: np.random.Generator,
    town: Town,
    homes: Households,
    previous: Ints,
    par: Parameters,
) -> None:
    """Leases of the households that moved away from a let flat and are still in the file."""
    let = (town.dwellings["tenure"] == "HYRESRATT").to_numpy()
    left = np.flatnonzero((previous >= 0) & let[np.maximum(previous, 0)])
    left = left[rng.random(left.size) < par.share_ended_lease_kept * 4]
    dwelling = previous[left]
    adult_on = town["people"]["birth_on"].to_numpy()[homes.head[left]] + round(18 * YEAR)
    began = homes.since_on[left] - rng.integers(400, 4000, left.size)
    town.add(
        "leases",
        {
            "dwelling": dwelling,
            "holder": homes.head[left],
            "is_number_missing": rng.random(left.size) < par.share_number_missing,
            "from_on": np.minimum(np.maximum(began, adult_on), homes.since_on[left] - 30),
            "to_on": np.minimum(homes.since_on[left] + rng.integers(0, 60, left.size),
                                town.as_of - 1),
            "rent": town.dwellings["rent"].to_numpy()[dwelling] - 300,
        },
    )  # fmt: skip


def parking(town: Town, homes: Households, tenants: Ints, seed: int, par: Parameters) -> None:
    """Parking places and garages of tenants with a car; the plate is one of the household's."""
    rng = numpy_dice(seed, "parking")
    car = cars_of_households(town, homes)
    rows = tenants[(car[tenants] >= 0) & (rng.random(tenants.size) < par.share_parking * 2.2)]
    owner = town["vehicles"]["owner"].fill_null(-1).to_numpy()[car[rows]]
    user = town["vehicles"]["user"].fill_null(-1).to_numpy()[car[rows]]
    adult = np.where(owner >= 0, owner, user)
    by_owner = rng.random(rows.size) < 0.8
    holder = np.where(by_owner & (adult >= 0), adult, homes.head[rows])
    n = rows.size
    adult_on = town["people"]["birth_on"].to_numpy()[holder] + round(18 * YEAR)
    since = np.minimum(np.maximum(homes.since_on[rows], adult_on), town.as_of - 30)
    span = np.maximum(town.as_of - since, 1)
    town.add(
        "leases",
        {
            "object_kind": pick(rng, ("PPLATS", "GARAGE"), (0.91, 0.09), n),
            "dwelling": homes.dwelling[rows],
            "holder": holder,
            "is_number_missing": rng.random(n) < par.share_number_missing,
            "from_on": since + np.floor(rng.random(n) * span).astype(np.int64),
            "rent": pick(rng, PARKING_RENTS, (0.2, 0.2, 0.3, 0.12, 0.12, 0.06), n),
            "plate_vehicle": nullable(car[rows], rng.random(n) >= par.share_plate_on_lease),
        },
    )


def cars_of_households(town: Town, homes: Households) -> Ints:
    """One car in traffic per household that owns or uses one, as a row of vehicles; else -1."""
    lookup = np.full(town.dwellings.height, -1)
    lookup[homes.dwelling] = np.arange(homes.dwelling.size)
    cars = (
        town["vehicles"]
        .with_row_index("row")
        .filter((pl.col("kind") == "PERSONBIL") & (pl.col("status") == "I_TRAFIK"))
        .with_columns(keeper=pl.coalesce("owner", "user"))
        .drop_nulls("keeper")
    )
    home = town["people"]["dwelling"].fill_null(-1).to_numpy()[cars["keeper"].to_numpy()]
    car = np.full(homes.dwelling.size, -1)
    known = (home >= 0) & (lookup[np.maximum(home, 0)] >= 0)
    car[lookup[home[known]]] = cars["row"].to_numpy()[known]
    return car
