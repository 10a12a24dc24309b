"""Personal numbers for invented people, from the tax agency's test series while they last.

The agency keeps birth numbers 980, 981, 238 and 239 for tests: two women and two men per birth
date. When a date is used up, a free one on another day of the month is taken, as the law allows
(FOL 18 §), so the birth date and the number differ. Only when the month is full do other birth
numbers follow: for one person in eleven in a town of 100 000, for six in seven of a million.
Deliveries always say `synthetic`.
"""

from __future__ import annotations

import numpy as np

from synthetic.parts import WHOLE, Part
from synthetic.randomness import Bools, Ints

TEST = np.array([(980, 238), (981, 239)])
OTHER = np.array([[n for n in range(last, 99, -2) if n not in TEST] for last in (998, 999)])
"""Birth numbers of women and, below them, of men, in the order in which they are given out."""
COORDINATION_DAYS = 60


def luhn_digit(nine_digits: Ints) -> Ints:
    """The check digit of each nine-digit number (weights 2, 1, 2, ...)."""
    total = np.zeros_like(nine_digits)
    rest = nine_digits.copy()
    for position in range(9):
        product = (rest % 10) * (2 if position % 2 == 0 else 1)
        total += product // 10 + product % 10
        rest //= 10
    return (10 - total % 10) % 10


def allocate(
    birth_on: Ints, is_male: Bools, is_coordination: Bools, last_day: int, part: Part = WHOLE
) -> Ints:
    """One valid 12-digit number per person, all different, also from those of other parts.

    `birth_on` and `last_day` are days since 1970; no number is dated after `last_day`. The test
    series is the first part's; the rest of the birth numbers is dealt out among all. Raises
    ValueError where a month has more people of one sex than birth numbers.
    """
    series = is_male.astype(np.int64) + 2 * is_coordination
    day, birth_number = birth_on.copy(), np.zeros_like(birth_on)
    left = np.arange(day.size)
    for given in ((TEST,) if part.index == 0 else ()) + (OTHER[:, part.index :: part.of],):
        dated, place = _placed(day[left], series[left], given.shape[1], last_day)
        found = place >= 0
        rows = left[found]
        day[rows] = dated[found]
        birth_number[rows] = given[is_male[rows].astype(np.int64), place[found]]
        left = left[~found]
    if left.size:
        raise ValueError("more people are born in one month than there are birth numbers")
    return _assemble(day, birth_number, is_coordination)


def _rank_within(key: Ints) -> Ints:
    """0, 1, 2, ... for the first, second, third row with the same key, in row order."""
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.r_[True, ordered[1:] != ordered[:-1]] if key.size else np.zeros(0, bool)
    first = np.maximum.accumulate(np.where(starts, np.arange(key.size), 0))
    rank = np.empty(key.size, dtype=np.int64)
    rank[order] = np.arange(key.size) - first
    return rank


def _placed(day: Ints, series: Ints, per_date: int, last_day: int) -> tuple[Ints, Ints]:
    """Each row's date and its place there, 0 to `per_date` - 1; -1 where its month is full."""
    place = _rank_within(day * 4 + series)
    crowded = np.flatnonzero(place >= per_date)
    if crowded.size:
        moved, day_moved, place_moved = _nearby(day, series, crowded, per_date, last_day)
        place[crowded] = -1
        day[moved], place[moved] = day_moved, place_moved
    return day, place


def _month(day: Ints) -> Ints:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _nearby(
    day: Ints, series: Ints, crowded: Ints, per_date: int, last_day: int
) -> tuple[Ints, Ints, Ints]:
    """For those who find a free number in their month: row, its day, its place."""
    days = np.arange(day.min() - 31, last_day + 1)
    free_day, free_place, free_key = [], [], []
    for kind in range(4):
        taken = np.bincount(day[series == kind] - days[0], minlength=days.size)
        left = np.clip(per_date - taken, 0, per_date)
        free = np.repeat(days, left)
        free_day.append(free)
        free_place.append(np.repeat(np.minimum(taken, per_date), left) + _rank_within(free))
        free_key.append(_month(free) * 4 + kind)
    free_days, places, keys = map(np.concatenate, (free_day, free_place, free_key))
    order = np.argsort(keys, kind="stable")
    free_days, places, keys = free_days[order], places[order], keys[order]
    wanted = _month(day[crowded]) * 4 + series[crowded]
    slot = np.searchsorted(keys, wanted) + _rank_within(wanted)
    found = slot < np.searchsorted(keys, wanted, side="right")
    return crowded[found], free_days[slot[found]], places[slot[found]]


def _assemble(day: Ints, birth_number: Ints, is_coordination: Bools) -> Ints:
    date = day.astype("datetime64[D]")
    year = date.astype("datetime64[Y]").astype(np.int64) + 1970
    month = _month(day) % 12 + 1
    in_month = day - date.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + 1
    in_month = in_month + COORDINATION_DAYS * is_coordination
    eight = year * 10_000 + month * 100 + in_month
    nine = (eight % 1_000_000) * 1000 + birth_number
    return (eight * 1000 + birth_number) * 10 + luhn_digit(nine)
