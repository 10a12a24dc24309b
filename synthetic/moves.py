"""Earlier addresses: each household took over a flat that another one left, as in a chain."""

from __future__ import annotations

import numpy as np

from synthetic import names
from synthetic.parameters import Parameters
from synthetic.people import Households
from synthetic.randomness import Ints, numpy_dice
from synthetic.tables import Town, nullable


def chain(town: Town, homes: Households, seed: int, par: Parameters) -> Ints:
    """Adds moves within the town; returns the previous dwelling per household, -1 = none.

    The previous dwelling is one whose present household came later, so nobody's history collides
    with who lives there now.
    """
    rng = numpy_dice(seed, "moves")
    n = homes.dwelling.size
    order = np.argsort(homes.since_on, kind="stable")
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    follower = place + rng.integers(1, 40, n)
    moved = (rng.random(n) < par.share_with_history) & (follower < n)
    previous = np.full(n, -1)
    previous[moved] = homes.dwelling[order[follower[moved]]]

    people = town["people"]
    household = household_of(town, homes)
    since = people["registered_on"].to_numpy()
    birth = people["birth_on"].to_numpy()
    came_along = (previous[household] >= 0) & (since == homes.since_on[household])
    came_along &= birth < since - 30
    person = np.flatnonzero(came_along)
    earliest = np.maximum(birth[person], since[person] - rng.integers(300, 3600, person.size))
    town.add(
        "moves",
        {
            "person": person,
            "dwelling": previous[household[person]],
            "from_on": np.minimum(earliest, since[person] - 30),
            "to_on": since[person],
        },
    )
    return previous


def household_of(town: Town, homes: Households) -> Ints:
    """The household of every person that `people.populate` made."""
    lookup = np.full(town.dwellings.height, -1)
    lookup[homes.dwelling] = np.arange(homes.dwelling.size)
    return lookup[town["people"]["dwelling"].to_numpy()]


def edges(town: Town, homes: Households, seed: int, par: Parameters) -> None:
    """The register's edges: c/o lines, special addresses, deregistered, coordination numbers.

    Some tenants have got a new number (GN): the landlord still has the old one, which is added
    here as its own row with the hint to the new, and takes over the lease.
    """
    rng = numpy_dice(seed, "edges")
    people = town["people"]
    n = people.height
    last = people["last"].to_numpy()
    other = rng.integers(0, n, n)
    care = rng.random(n) < par.share_care_of
    special = rng.random(n) < par.share_special_address
    boxed = special & (rng.random(n) < 0.3)
    box = np.array([f"Box {k}" for k in rng.integers(10, 990, n)], dtype=object)
    dwelling = people["dwelling"].to_numpy()
    # Post goes to the parents, a partner or a summer cottage: here another home of the same name.
    same = _namesake_homes(rng, last, dwelling)
    town.tables["people"] = people.with_columns(
        care_of=nullable(last[other], ~care),
        special_dwelling=nullable(same, ~special | boxed | (same < 0)),
        special_text=nullable(box.tolist(), ~boxed),
    )
    _deregistered(rng, town, round(n * par.share_deregistered), last)
    _coordination(rng, town, round(n * par.share_coordination_numbers))


def _namesake_homes(rng: np.random.Generator, last: Ints, dwelling: Ints) -> Ints:
    """For each person the dwelling of someone with the same last name (perhaps their own)."""
    order = np.argsort(last, kind="stable")
    shifted = np.roll(order, rng.integers(1, 50))
    home = np.full(last.size, -1)
    same = last[order] == last[shifted]
    home[order[same]] = dwelling[shifted[same]]
    return home


def _deregistered(rng: np.random.Generator, town: Town, n: int, last: Ints) -> None:
    people = town["people"]
    model = rng.choice(last.size, n, replace=False)
    code = rng.choice(["AV", "UV", "OB", "GN", "TA"], n, p=[0.48, 0.28, 0.13, 0.09, 0.02])
    tenants = rng.permutation(np.flatnonzero((people["birth_on"] < town.as_of - 8000).to_numpy()))[
        :n
    ]
    birth = people["birth_on"].to_numpy()[model] - np.where(
        code == "AV", rng.integers(0, 9000, n), 0
    )
    birth = np.maximum(birth, town.as_of - 40_000 + rng.integers(0, 4000, n))
    source = np.where(code == "GN", tenants, model)
    replaced = code == "GN"
    first = people["first"].to_numpy()[source]
    town.add(
        "people",
        {
            "origin": people["origin"].to_numpy()[source],
            "is_male": people["is_male"].to_numpy()[source],
            "birth_on": np.where(replaced, people["birth_on"].to_numpy()[source], birth),
            "first": first,
            "middle": people["middle"][source],
            "last": last[source],
            "is_coordination": replaced & (rng.random(n) < 0.4),
            "deregistration": code,
            "deregistered_on": town.as_of - rng.integers(20, 1000, n),
            "successor": nullable(source, ~replaced),
        },
    )


def _coordination(rng: np.random.Generator, town: Town, n: int) -> None:
    origin = names.origins(rng, n)
    is_male = rng.random(n) < 0.6
    homes = town["people"]["dwelling"].to_numpy()
    contact = homes[rng.integers(0, homes.size, n)].astype(float)
    shown = (rng.random(n) < 0.3) & ~np.isnan(contact)
    town.add(
        "people",
        {
            "origin": origin,
            "is_male": is_male,
            "birth_on": town.as_of - rng.integers(7000, 22_000, n),
            "first": names.first_names(rng, origin, is_male),
            "last": names.last_names(rng, origin),
            "contact_dwelling": nullable(np.nan_to_num(contact), ~shown),
            "is_coordination": np.ones(n, bool),
        },
    )
