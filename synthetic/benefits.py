"""Benefit decisions with the amounts of 2025/2026 (SFB 15, 18, 97; SoF 2025:468)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from synthetic.parameters import Parameters
from synthetic.people import YEAR, Households
from synthetic.randomness import Bools, Ints, numpy_dice, pick
from synthetic.tables import Town, nullable

CHILD_ALLOWANCE = 1250
LARGE_FAMILY = (0, 0, 150, 730, 1740, 2990)  # by number of children; 1 250 for each beyond five
MAINTENANCE = ((7, 1673), (15, 1823), (18, 2223))  # until the child turns this age
HOUSING_SPECIAL = (0, 1500, 2000, 2650)
HOUSING_FROM, HOUSING_TO = 1400, (0, 5300, 5900, 6600)
NORM_SINGLE, NORM_COUPLE, NORM_CHILD = 3910, 7050, 3400
NORM_COMMON = (0, 1270, 1400, 1770, 2010, 2310, 2620, 2810)
FK, SOC, PM, AF = "FORSAKRINGSKASSAN", "SOCIALTJANSTEN", "PENSIONSMYNDIGHETEN", "ARBETSFORMEDLINGEN"


def large_family(n_children: Ints) -> Ints:
    """Flerbarnstillägg for that many children."""
    beyond = np.maximum(n_children - 5, 0) * CHILD_ALLOWANCE
    return np.array(LARGE_FAMILY)[np.minimum(n_children, 5)] + beyond


def maintenance(age_years: Ints | np.ndarray) -> Ints:
    """Underhållsstöd for a child of that age; 0 for adults."""
    amount = np.zeros(np.shape(age_years), dtype=np.int64)
    for until, kronor in reversed(MAINTENANCE):
        amount[age_years < until] = kronor
    return amount


def housing_allowance(cost: Ints, n_children: Ints, share: np.ndarray) -> Ints:
    """Bostadsbidrag: half the cost between the limits, plus the special part, less income."""
    k = np.minimum(n_children, 3)
    half = (np.clip(cost, HOUSING_FROM, np.array(HOUSING_TO)[k]) - HOUSING_FROM) / 2
    full = np.where(k > 0, half + np.array(HOUSING_SPECIAL)[k], 1300)
    return np.maximum(np.round(full * share / 100) * 100, 100).astype(np.int64)


def income_support(n_adults: Ints, n_children: Ints, cost: Ints, income: Ints) -> Ints:
    """Ekonomiskt bistånd: the national norm and the housing cost, less income."""
    size = np.minimum(n_adults + n_children, 7)
    norm = np.where(n_adults > 1, NORM_COUPLE, NORM_SINGLE) + NORM_CHILD * n_children
    need = norm + np.array(NORM_COMMON)[size] + cost - income
    return np.clip(np.round(need / 50) * 50, 500, None).astype(np.int64)


def decide(town: Town, homes: Households, seed: int, par: Parameters) -> None:
    """Adds the decisions of ordinary households; what they state is true."""
    rng = numpy_dice(seed, "benefits")
    home = _Home(town, homes)
    _for_children(rng, town, home, par)
    _maintenance(rng, town, homes, home)
    _housing(rng, town, homes, home, par)
    _support(rng, town, homes, home, par)
    _pensioners(rng, town, homes, home, par)
    _single_people(rng, town, home, par)


class _Home:
    """What the decisions need of each household, as arrays."""

    def __init__(self, town: Town, homes: Households) -> None:
        people = town["people"]
        self.dwelling = people["dwelling"].fill_null(-1).to_numpy()
        self.birth = people["birth_on"].to_numpy()
        self.age = np.floor((town.as_of - self.birth) / YEAR).astype(np.int64)
        self.rent = town.dwellings["rent"].to_numpy()
        lookup = np.full(town.dwellings.height, -1)
        lookup[homes.dwelling] = np.arange(homes.dwelling.size)
        self.household = np.where(
            self.dwelling >= 0, lookup[np.maximum(self.dwelling, 0)], -1
        )  # fmt: skip
        self.is_male = people["is_male"].to_numpy()
        self.mother = np.where(
            self.is_male[homes.head] & (homes.partner >= 0), homes.partner, homes.head
        )


def _add(town: Town, authority: str, benefit: str, columns: Mapping[str, Any]) -> None:
    n = len(columns["recipient"])
    town.add(
        "decisions",
        {"authority": np.repeat(authority, n), "benefit": np.repeat(benefit, n), **columns},
    )


def _for_children(rng: np.random.Generator, town: Town, home: _Home, par: Parameters) -> None:
    child = np.flatnonzero((home.age < 16) & (home.household >= 0))
    count = np.bincount(home.household[child], minlength=home.mother.size)
    rows = np.flatnonzero(count)
    split = rng.random(rows.size) < par.share_child_allowance_split
    parents = town["parents"].filter(pl.col("has_custody"))
    partner = np.full(home.mother.size, -1)
    grown = parents["parent"].to_numpy()
    here = home.household[grown]
    second = (here >= 0) & (grown != home.mother[np.maximum(here, 0)])
    partner[here[second]] = grown[second]
    split &= partner[rows] >= 0
    recipient = home.mother[rows]
    total = CHILD_ALLOWANCE * count[rows]
    amount = np.where(split, total // 2, total)
    _add(town, FK, "BARNBIDRAG", {"recipient": recipient, "amount": amount})
    other = partner[rows[split]]
    _add(town, FK, "BARNBIDRAG", {"recipient": other, "amount": total[split] // 2})
    many = count[rows] > 1
    extra = large_family(count[rows[many]])
    _add(town, FK, "FLERBARNSTILLAGG", {"recipient": recipient[many], "amount": extra})


def _maintenance(
    rng: np.random.Generator, town: Town, homes: Households, home: _Home
) -> None:  # fmt: skip
    """For lone parents, with the children who live with them."""
    alone = (homes.partner < 0) & (homes.n_children > 0)
    rows = np.flatnonzero(alone & (rng.random(alone.size) < 0.75))
    per_child = np.where(home.household >= 0, maintenance(home.age), 0)
    total = np.bincount(
        np.maximum(home.household, 0), weights=per_child, minlength=alone.size
    ).astype(np.int64)  # fmt: skip
    rows = rows[total[rows] > 0]
    _add(
        town,
        FK,
        "UNDERHALLSSTOD",
        {
            "recipient": homes.head[rows],
            "amount": total[rows],
            "stated_dwelling": homes.dwelling[rows],
        },
    )


def _cost(rng: np.random.Generator, rent: Ints) -> Ints:
    """Stated housing cost: the rent, for some with electricity or rounded."""
    extra = np.where(rng.random(rent.size) < 0.15, rng.integers(50, 450, rent.size), 0)
    return np.where(rng.random(rent.size) < 0.1, np.round(rent / 100) * 100, rent + extra).astype(
        np.int64
    )


def _household_rows(
    homes: Households, home: _Home, rows: Ints, cost: Ints
) -> dict[str, Any]:  # fmt: skip
    recipient = home.mother[rows]
    partner = np.where(recipient == homes.head[rows], homes.partner[rows], homes.head[rows])
    return {
        "recipient": recipient,
        "co_applicant": nullable(partner, homes.partner[rows] < 0),
        "stated_dwelling": homes.dwelling[rows],
        "housing_cost": cost,
        "n_adults": homes.n_adults[rows],
        "n_children": homes.n_children[rows],
    }


def _housing(
    rng: np.random.Generator, town: Town, homes: Households, home: _Home, par: Parameters
) -> None:
    young = (home.age[homes.head] < 29) & (homes.n_children == 0) & (homes.n_adults <= 2)
    draw = rng.random(homes.head.size)
    wanted = np.where(
        homes.n_children > 0, draw < par.share_housing_allowance, young & (draw < 0.06)
    )
    rows = np.flatnonzero(wanted)
    cost = _cost(rng, home.rent[homes.dwelling[rows]])
    share = 0.35 + 0.6 * rng.random(rows.size)
    amount = housing_allowance(cost, homes.n_children[rows], share)
    _add(town, FK, "BOSTADSBIDRAG",
         {**_household_rows(homes, home, rows, cost), "amount": amount})  # fmt: skip


def _support(
    rng: np.random.Generator, town: Town, homes: Households, home: _Home, par: Parameters
) -> None:
    working = (home.age[homes.head] < 65) & (homes.n_adults <= 2)
    rows = np.flatnonzero(working & (rng.random(working.size) < par.share_income_support))
    cost = _cost(rng, home.rent[homes.dwelling[rows]])
    income = rng.integers(0, 9000, rows.size)
    adults, children = homes.n_adults[rows], homes.n_children[rows]
    columns = _household_rows(homes, home, rows, cost)
    columns["amount"] = income_support(adults, children, cost, income)
    columns["lodger_income"] = nullable(np.zeros(rows.size), rng.random(rows.size) < 0.3)
    _add(town, SOC, "EKONOMISKT_BISTAND", columns)


def _pensioners(
    rng: np.random.Generator, town: Town, homes: Households, home: _Home, par: Parameters
) -> None:
    old = (home.age[homes.head] >= 66) & (
        rng.random(homes.head.size) < par.share_pension_supplement
    )
    rows = np.flatnonzero(old)
    _add(
        town,
        PM,
        "BOSTADSTILLAGG",
        {
            "recipient": homes.head[rows],
            "stated_dwelling": homes.dwelling[rows],
            "housing_cost": home.rent[homes.dwelling[rows]],
            "n_adults": homes.n_adults[rows],
            "amount": rng.integers(6, 150, rows.size) * 50,
        },
    )


# benefit, authority, share of adults aged from-to, amounts from-to, lives somewhere stated
PERSONAL = (
    ("SJUKPENNING", FK, 0.009, 20, 66, 6000, 14_000),
    ("SJUKERSATTNING", FK, 0.006, 30, 66, 8800, 14_800),
    ("AKTIVITETSERSATTNING", FK, 0.03, 19, 29, 10_500, 14_900),
    ("ETABLERINGSERSATTNING", AF, 0.002, 20, 60, 4200, 11_100),
    ("NYSTARTSJOBB", AF, 0.007, 20, 64, 6500, 15_000),
    ("ASSISTANSERSATTNING", FK, 0.001, 20, 70, 25_000, 60_000),
)


def _single_people(rng: np.random.Generator, town: Town, home: _Home, par: Parameters) -> None:
    for benefit, authority, share, low, high, least, most in PERSONAL:
        entitled: Bools = (home.age >= low) & (home.age < high) & (home.household >= 0)
        rows = np.flatnonzero(entitled & (rng.random(entitled.size) < share))
        amounts = rng.integers(least // 100, most // 100, rows.size) * 100
        _add(town, authority, benefit,
             {"recipient": rows, "amount": amounts,
              "stated_dwelling": home.dwelling[rows]})  # fmt: skip
    newcomer = np.flatnonzero(
        town["people"]["is_coordination"].to_numpy()
        & town["people"]["deregistration"].is_null().to_numpy()
    )
    newcomer = newcomer[rng.random(newcomer.size) < 0.2]
    contact = town["people"]["contact_dwelling"][newcomer]
    _add(
        town,
        AF,
        "ETABLERINGSERSATTNING",
        {
            "recipient": newcomer,
            "amount": pick(rng, (4200, 5700, 7200, 9200, 11_100), [1] * 5, newcomer.size),
            "stated_dwelling": contact,
        },
    )
