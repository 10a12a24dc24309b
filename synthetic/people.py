"""Households of every ordinary kind, with their relations. Everyone here is innocent.

Roles in a household: A and B (partners, or A alone), children under 18, grown children who still
live at home, a grandparent, and former partners, who live alone elsewhere in town.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic import names
from synthetic.parameters import Parameters
from synthetic.randomness import Bools, Ints, numpy_dice, pick
from synthetic.tables import Town, nullable

YEAR = 365.25

# kind, share, age of A from, to, has a partner, mean children, grown child, grandparent
KINDS: tuple[tuple[str, float, int, int, bool, float, bool, bool], ...] = (
    ("single", 0.29, 20, 66, False, 0, False, False),
    ("single_old", 0.10, 66, 95, False, 0, False, False),
    ("couple", 0.15, 22, 66, True, 0, False, False),
    ("couple_old", 0.10, 66, 90, True, 0, False, False),
    ("family", 0.21, 24, 52, True, 1.9, False, False),
    ("lone_parent", 0.08, 23, 52, False, 1.6, False, False),
    ("family_grown", 0.045, 43, 62, True, 0.4, True, False),
    ("three_generations", 0.01, 33, 50, True, 1.9, False, True),
    ("lone_grown", 0.015, 43, 62, False, 0, True, False),
)
LONE_PARENT = 5
MEAN_HOUSEHOLD = 2.05  # people per household of the mix above, former partners included
CHILD_SHARES = {1.9: (0.32, 0.44, 0.16, 0.06, 0.02), 1.6: (0.55, 0.33, 0.12), 0.4: (1.0,)}


@dataclass(frozen=True)
class Households:
    """One row per household; people are positions in `town["people"]`, -1 = none."""

    dwelling: Ints
    since_on: Ints
    head: Ints
    partner: Ints
    n_adults: Ints
    n_children: Ints


@dataclass
class _Role:
    """People of one role: one row each, with the household they belong to."""

    household: Ints
    birth: Ints
    is_male: Bools
    origin: Ints
    last: Ints


def _days(rng: np.random.Generator, age: Ints | np.ndarray, as_of: int) -> Ints:
    return (as_of - 3 - np.floor((age + rng.random(age.size)) * YEAR)).astype(np.int64)


def populate(town: Town, free: Ints, people: int, seed: int, par: Parameters) -> Households:
    """Fills `town` with about `people` people living in the `free` dwellings."""
    rng = numpy_dice(seed, "people")
    n = max(1, min(free.size, round(people / MEAN_HOUSEHOLD)))
    draft = _draft(rng, n, town.as_of, par)
    roles = draft.roles
    household = np.concatenate([r.household for r in roles])
    birth = np.concatenate([r.birth for r in roles])
    origin = np.concatenate([r.origin for r in roles])
    is_male = np.concatenate([r.is_male for r in roles])
    size = np.bincount(household, minlength=n)
    n_children = np.bincount(draft.children.household, minlength=n)
    dwelling = _assign(rng, town, free, size, n_children)
    since = _since(rng, n, draft.a.birth, town.as_of, par)
    registered = np.maximum(since[household] + _joined_later(rng, household, draft), birth)
    registered = np.where(registered > town.as_of - 2, since[household], registered)
    status, status_on = _civil(rng, draft, town.as_of)
    middle = names.first_names(rng, origin, is_male)
    town.add(
        "people",
        {
            "origin": origin,
            "is_male": is_male,
            "birth_on": birth,
            "first": names.first_names(rng, origin, is_male),
            "middle": nullable(middle, rng.random(household.size) > 0.45),
            "last": np.concatenate([r.last for r in roles]),
            "civil_status": status.tolist(),
            "civil_on": nullable(status_on, status == "OG"),
            "registered_on": registered,
            "dwelling": dwelling[household],
        },
    )
    _relate(town, draft, par)
    _wed(town, draft, status, status_on)
    return Households(dwelling, since, np.arange(n), draft.partner, size - n_children, n_children)


@dataclass
class _Draft:
    """Households before they have homes: one row each, and the people of every role."""

    kind: Ints  # row of KINDS; -1 for a former partner who lives alone
    a: _Role
    b: _Role
    former: Ints  # households that are someone's former partner, ...
    former_of: Ints  # ... and the lone parents whose they are
    is_married: Bools
    married_on: Ints
    children: _Role
    grown: _Role
    elders: _Role

    @property
    def roles(self) -> tuple[_Role, ...]:
        """In the order in which people stand in the town's table."""
        with_partner = np.flatnonzero(_flag(self.kind, 4))
        return (self.a, _subset(self.b, with_partner), self.children, self.grown, self.elders)

    @property
    def start(self) -> Ints:
        """The first row of each role."""
        return np.cumsum([0] + [r.birth.size for r in self.roles])

    @property
    def partner(self) -> Ints:
        """The person row of B per household, -1 = none."""
        has_partner = _flag(self.kind, 4)
        return np.where(has_partner, self.kind.size + np.cumsum(has_partner) - 1, -1)


def _draft(rng: np.random.Generator, n: int, as_of: int, par: Parameters) -> _Draft:
    n_former = round(n * KINDS[LONE_PARENT][1] * par.share_former_partner_here)
    kind = pick(rng, range(len(KINDS)), [k[1] for k in KINDS], n)
    former_of = rng.permutation(np.flatnonzero(kind == LONE_PARENT))[: min(n_former, n // 4)]
    kind[rng.permutation(np.flatnonzero(kind == 0))[: former_of.size]] = -1
    former_of = former_of[: int((kind == -1).sum())]
    a, b = _partners(rng, kind, former_of, as_of)
    is_married, married_on = _marriages(rng, kind, (a, b), as_of, par)
    children, grown, elders = _relatives(rng, kind, a, b, as_of)
    former = np.flatnonzero(kind == -1)
    return _Draft(kind, a, b, former, former_of, is_married, married_on, children, grown, elders)


def _at_least(rng: np.random.Generator, age: float, as_of: int, n: int) -> Ints:
    """The latest birth dates for that age, spread over four years so that no date is crowded."""
    latest = as_of - round(age * YEAR)
    return latest - rng.integers(0, 1460, n)


def _flag(kind: Ints, column: int) -> Bools:
    """A yes/no column of `KINDS` per household; former partners (-1) are single."""
    return np.array([bool(k[column]) for k in KINDS] + [False])[kind]


def _subset(role: _Role, rows: Ints) -> _Role:
    return _Role(
        role.household[rows],
        role.birth[rows],
        role.is_male[rows],
        role.origin[rows],
        role.last[rows],
    )


def _partners(
    rng: np.random.Generator, kind: Ints, former_of: Ints, as_of: int
) -> tuple[_Role, _Role]:
    """A of every household, and B for every household (used only where there is one)."""
    n = kind.size
    low = np.array([k[2] for k in KINDS] + [20])[kind]
    high = np.array([k[3] for k in KINDS] + [66])[kind]
    age = low + np.floor(rng.random(n) * (high - low))
    origin = names.origins(rng, n)
    is_male = rng.random(n) < np.where(kind == LONE_PARENT, 0.2, 0.5)
    last = names.last_names(rng, origin)
    birth = _days(rng, age, as_of)
    former = np.flatnonzero(kind == -1)
    birth[former] = np.minimum(
        birth[former_of] + np.round(rng.normal(-600, 900, former.size)).astype(np.int64),
        _at_least(rng, 22, as_of, former.size),
    )
    is_male[former] = ~is_male[former_of]
    origin[former] = origin[former_of]
    last[former] = np.where(
        rng.random(former.size) < 0.4, last[former_of], names.last_names(rng, origin[former])
    )
    rows = np.arange(n)
    a = _Role(rows, birth, is_male, origin, last)
    origin_b = np.where(rng.random(n) < 0.08, names.origins(rng, n), origin)
    birth_b = birth + np.round(rng.normal(0, 1000, n)).astype(np.int64)
    birth_b = np.minimum(birth_b, _at_least(rng, 20, as_of, n))
    same_sex = rng.random(n) < 0.02
    last_b = names.last_names(rng, origin_b)
    b = _Role(rows, birth_b, np.where(same_sex, is_male, ~is_male), origin_b, last_b)
    return a, b


def _marriages(
    rng: np.random.Generator, kind: Ints, couple: tuple[_Role, _Role], as_of: int, par: Parameters
) -> tuple[Bools, Ints]:
    """Who is married since when; spouses often share a last name, which is set here."""
    a, b = couple
    n = kind.size
    with_children = np.array([k[5] > 0 for k in KINDS] + [False])[kind]
    is_old = np.array([k[2] >= 66 for k in KINDS] + [False])[kind]
    share = np.where(
        is_old, 0.92, np.where(with_children, par.share_married_with_children,
                               par.share_married_without)
    )  # fmt: skip
    is_married = _flag(kind, 4) & (rng.random(n) < share)
    earliest = np.maximum(a.birth, b.birth) + round(19 * YEAR)
    on = earliest + np.floor(rng.random(n) ** 1.6 * (as_of - 60 - earliest)).astype(np.int64)
    same = is_married & (rng.random(n) < par.share_same_last_name)
    b.last[same] = a.last[same]
    return is_married, on


def _since(rng: np.random.Generator, n: int, birth: Ints, as_of: int, par: Parameters) -> Ints:
    """The day the household moved in: not before A was 18."""
    years = np.minimum(rng.exponential(par.mean_years_in_dwelling, n), 45)
    since = as_of - 5 - np.floor(years * YEAR).astype(np.int64)
    return np.maximum(since, np.minimum(birth + round(18.2 * YEAR), as_of - 40))


def _relatives(
    rng: np.random.Generator, kind: Ints, a: _Role, b: _Role, as_of: int
) -> tuple[_Role, _Role, _Role]:
    """Children (never twins here), grown children and grandparents of every household."""
    two = _flag(kind, 4)
    youngest = np.where(two, np.maximum(a.birth, b.birth), a.birth)
    mean = np.array([k[5] for k in KINDS] + [0.0])[kind]
    count = np.zeros(kind.size, dtype=np.int64)
    for value, shares in CHILD_SHARES.items():
        rows = np.flatnonzero(mean == value)
        count[rows] = rng.choice(len(shares), rows.size, p=shares) + 1
        if value < 1:
            count[rows] *= rng.random(rows.size) < value
    oldest = np.maximum(youngest + round(19 * YEAR), as_of - round(17.9 * YEAR))
    room = np.maximum(as_of - 40 - oldest, 0)
    first = oldest + np.floor(rng.random(kind.size) * room).astype(np.int64)
    h = np.repeat(np.arange(kind.size), count)
    k = np.arange(h.size) - np.repeat(np.cumsum(count) - count, count)
    birth = first[h] + k * rng.integers(400, 1400, h.size)
    kept = (birth < as_of - 10) & (birth > as_of - round(18 * YEAR))
    h, birth = h[kept], birth[kept]
    children = _offspring(rng, a, h, birth)
    g = np.flatnonzero(_flag(kind, 6))
    earliest = np.maximum(youngest[g] + round(19 * YEAR), as_of - round(25 * YEAR))
    grown_birth = earliest + np.floor(
        rng.random(g.size) * np.maximum(as_of - round(18.1 * YEAR) - earliest, 0)
    ).astype(np.int64)
    grown = _offspring(rng, a, g, np.minimum(grown_birth, _at_least(rng, 18.1, as_of, g.size)))
    e = np.flatnonzero(_flag(kind, 7))
    elder_birth = a.birth[e] - np.round((24 + 11 * rng.random(e.size)) * YEAR).astype(np.int64)
    elders = _Role(e, elder_birth, rng.random(e.size) < 0.25, a.origin[e], a.last[e])
    return children, grown, elders


def _offspring(rng: np.random.Generator, a: _Role, household: Ints, birth: Ints) -> _Role:
    return _Role(
        household, birth, rng.random(household.size) < 0.51, a.origin[household], a.last[household]
    )


def _assign(rng: np.random.Generator, town: Town, free: Ints, size: Ints, n_children: Ints) -> Ints:
    """A dwelling per household, large ones for large households, with some disorder."""
    chosen = rng.permutation(free)[: size.size]
    rooms = town.dwellings["n_rooms"].to_numpy()[chosen] + rng.normal(0, 0.45, chosen.size)
    need = size + 0.25 * n_children + rng.normal(0, 0.5, size.size)
    dwelling = np.empty(size.size, dtype=np.int64)
    dwelling[np.argsort(need, kind="stable")] = chosen[np.argsort(rooms, kind="stable")]
    return dwelling


def _joined_later(rng: np.random.Generator, household: Ints, draft: _Draft) -> Ints:
    """Days after the household began that unmarried partners moved in; 0 for the others."""
    later = np.zeros(household.size, dtype=np.int64)
    partners = np.arange(draft.start[1], draft.start[2])
    joins = ~draft.is_married[household[partners]] & (rng.random(partners.size) < 0.3)
    later[partners[joins]] = rng.integers(60, 1500, int(joins.sum()))
    return later


def _civil(rng: np.random.Generator, draft: _Draft, as_of: int) -> tuple[np.ndarray, Ints]:
    """Civil status and its date for everyone, in the order of the roles."""
    n, n_people = draft.kind.size, int(draft.start[-1])
    status = np.full(n_people, "OG", dtype=object)
    on = np.zeros(n_people, dtype=np.int64)
    partners = np.arange(draft.start[1], draft.start[2])
    at = draft.roles[1].household
    status[:n][draft.is_married] = "G"
    status[partners[draft.is_married[at]]] = "G"
    on[:n], on[partners] = draft.married_on, draft.married_on[at]
    lonely = ~_flag(draft.kind, 4)
    age = (as_of - draft.a.birth) / YEAR
    draw = rng.random(n)
    ended = as_of - 200 - np.floor(rng.random(n) * np.maximum(age - 30, 1) * 300).astype(np.int64)
    divorced = lonely & (age > 32) & (draw < 0.32)
    widowed = lonely & (age > 66) & (draw > 0.5)
    status[:n][divorced], status[:n][widowed] = "S", "Ä"
    on[:n] = np.where(divorced | widowed, ended, on[:n])
    elders = np.arange(draft.start[4], n_people)
    status[elders] = "Ä"
    on[elders] = as_of - rng.integers(400, 5000, elders.size)
    one_divorce = status[draft.former_of] == "S"
    on[draft.former[one_divorce]] = on[draft.former_of[one_divorce]]
    return status, on


def _relate(town: Town, draft: _Draft, par: Parameters) -> None:
    """Parents of every child, former partners among them; the grandparent is A's parent."""
    partner = draft.partner
    ex_of = np.full(draft.kind.size, -1)
    ex_of[draft.former_of] = draft.former
    for role, first in ((draft.children, draft.start[2]), (draft.grown, draft.start[3])):
        child = first + np.arange(role.birth.size)
        _parents(town, child, role.household, np.ones(child.size, bool))
        # One stepparent family in ten: the partner is not the children's parent.
        own = (partner[role.household] >= 0) & ((role.household * 7919) % 100 >= 10)
        _parents(town, child[own], partner[role.household[own]], own[own])
        ex = ex_of[role.household]
        left = ex >= 0
        shared = (ex * 104_729) % 100 < par.share_custody_shared * 100
        _parents(town, child[left], ex[left], shared[left])
    elder = draft.start[4] + np.arange(draft.elders.birth.size)
    _parents(town, draft.elders.household, elder, np.zeros(elder.size, bool))


def _parents(town: Town, child: Ints, parent: Ints, has_custody: Bools) -> None:
    town.add("parents", {"child": child, "parent": parent, "has_custody": has_custody})


def _wed(town: Town, draft: _Draft, status: np.ndarray, status_on: Ints) -> None:
    """Marriages, and ended ones between divorced former partners."""
    wed = np.flatnonzero(draft.is_married)
    town.add(
        "marriages",
        {"one": wed, "other": draft.partner[wed], "from_on": draft.married_on[wed]},
    )
    both = (status[draft.former] == "S") & (status[draft.former_of] == "S")
    one, other = draft.former_of[both], draft.former[both]
    ended = status_on[one]
    births = town["people"]["birth_on"].to_numpy()
    eldest = np.maximum(births[one], births[other])
    began = np.minimum(eldest + round(20 * YEAR), ended - 900)
    town.add("marriages", {"one": one, "other": other, "from_on": began, "to_on": ended})
