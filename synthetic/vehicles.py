"""Vehicles of ordinary people: owned, leased, laid up, with addresses from before a move."""

from __future__ import annotations

import numpy as np

from synthetic.numbers import luhn_digit
from synthetic.parameters import Parameters
from synthetic.parts import Part
from synthetic.people import YEAR, Households
from synthetic.randomness import Ints, numpy_dice, permuted, pick
from synthetic.tables import Town, nullable

KINDS = ("PERSONBIL", "MC", "MOPED_KLASS_I", "SLAP", "LATT_LASTBIL")
KIND_SHARES = (0.915, 0.028, 0.022, 0.022, 0.013)
COMPANIES = ("Leasing i Norden AB", "Mälarbilar Leasing AB", "Tjänstebilar i Tälje AB")
LETTERS = "ABCDEFGHJKLMNOPRSTUWXYZ"  # I, Q, V are not used on plates
LAST = "0123456789ABCDEF"


def own(town: Town, homes: Households, previous: Ints, seed: int, par: Parameters) -> None:
    rng = numpy_dice(seed, "vehicles")
    people = town["people"]
    n_living = int(homes.head.size)
    dwelling = people["dwelling"].fill_null(-1).to_numpy()
    adult = (people["birth_on"].to_numpy() < town.as_of - 19 * YEAR) & (dwelling >= 0)
    keeper = np.flatnonzero(adult & (rng.random(people.height) < par.share_car_per_adult))
    second = keeper[rng.random(keeper.size) < 0.06]
    keeper = np.r_[keeper, second]
    n = keeper.size
    is_company = rng.random(n) < par.share_company_owned
    lookup = np.full(town.dwellings.height, -1)
    lookup[homes.dwelling] = np.arange(n_living)
    household = lookup[dwelling[keeper]]
    before = np.where(household >= 0, previous[np.maximum(household, 0)], -1)
    stale = (rng.random(n) < par.share_stale_vehicle_address) & (before >= 0)
    adult_on = people["birth_on"].to_numpy()[keeper] + round(18 * YEAR)
    owned = town.as_of - np.minimum(
        rng.integers(30, 3300, n), np.maximum(town.as_of - adult_on, 20)
    )  # fmt: skip
    town.add(
        "vehicles",
        {
            "kind": np.where(is_company, "PERSONBIL", pick(rng, KINDS, KIND_SHARES, n)),
            "status": np.where(rng.random(n) < par.share_laid_up, "AVSTALLD", "I_TRAFIK"),
            "owner": nullable(keeper, is_company),
            "company": nullable(rng.choice(COMPANIES, n), ~is_company),
            "user": nullable(keeper, ~is_company),
            "address_dwelling": np.where(stale, before, dwelling[keeper]),
            "owned_since_on": owned,
        },
    )


def plates(n: int, seed: int, part: Part) -> list[str]:
    """n different plates of the Swedish form ABC123 or ABC12D."""
    size = len(LETTERS) ** 3 * 100 * len(LAST)
    code = part.own(permuted(np.arange(n), size // part.of, seed))
    parts = []
    for base, alphabet in ((len(LAST), LAST), (10, "0123456789"), (10, "0123456789")):
        code, digit = np.divmod(code, base)
        parts.append(np.array(list(alphabet))[digit])
    for _ in range(3):
        code, digit = np.divmod(code, len(LETTERS))
        parts.append(np.array(list(LETTERS))[digit])
    text = parts[-1]
    for before in reversed(parts[:-1]):
        text = np.char.add(text, before)
    return [str(t) for t in text]


def company_number(k: int) -> str:
    """An invented organisation number: 559990-559999 have not been given to anyone."""
    nine = 559_990_000 + k % 10_000
    return f"{nine}{int(luhn_digit(np.array([nine]))[0])}"
