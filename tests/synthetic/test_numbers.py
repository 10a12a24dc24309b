"""Personal numbers: valid, distinct, on the birth date while the test series lasts."""

from __future__ import annotations

import numpy as np

from synthetic import numbers

LAST_DAY = 20_727  # 2026-10-01


def _allocate(n: int, day: int, male: bool = False, coordination: bool = False) -> np.ndarray:
    birth = np.full(n, day)
    return numbers.allocate(birth, np.full(n, male), np.full(n, coordination), LAST_DAY)


def test_known_numbers() -> None:
    """The first two of a date carry it, with the test birth numbers of their sex."""
    day = int(np.datetime64("1980-02-16").astype(int))
    assert [str(n)[:11] for n in _allocate(2, day, male=True)] == ["19800216981", "19800216239"]
    assert [str(n)[:11] for n in _allocate(2, day)] == ["19800216980", "19800216238"]
    assert str(_allocate(1, day, coordination=True)[0])[:8] == "19800276"


def test_a_full_date_uses_free_dates_of_the_month_and_then_other_birth_numbers() -> None:
    """February 1981 has 2 x 28 test numbers per sex; the 57th person gets another birth number."""
    day = int(np.datetime64("1981-02-10").astype(int))
    made = _allocate(60, day)
    assert len(set(made.tolist())) == 60
    assert {str(n)[:6] for n in made} == {"198102"}
    is_test = np.isin(made // 10 % 1000, (980, 238))
    assert is_test.sum() == 56
    assert {str(n)[:8] for n in made[~is_test]} == {"19810210"}


def test_no_number_is_dated_after_the_extract() -> None:
    """Newborns of a crowded month never get a day that has not come."""
    made = _allocate(30, LAST_DAY - 1)
    assert max(int(str(n)[:8]) for n in made) <= 20_261_001


def test_check_digit() -> None:
    """The agency's own example, 19800101-9802... by weights 2 and 1."""
    assert numbers.luhn_digit(np.array([800101980, 640823323])).tolist() == [
        int(_by_hand("800101980")),
        4,
    ]


def _by_hand(nine: str) -> int:
    total = 0
    for i, c in enumerate(nine):
        product = int(c) * (2 if i % 2 == 0 else 1)
        total += product // 10 + product % 10
    return (10 - total % 10) % 10
