"""Precision with its interval: never outside 0 and 1, and a floor that needs enough outcomes."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.precision import rule_precision, wilson
from tests.assets.a_history import RULES, rule


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 5_000))
    return draw(st.integers(0, n)), n


@given(shares())
def test_the_interval_holds_the_share_and_stays_within_bounds(share: tuple[int, int]):
    """0 <= low <= k/n <= high <= 1, and it is wider than nothing."""
    k, n = share
    low, high = wilson(k, n)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1
    assert low < high


@given(shares())
def test_the_interval_is_the_same_from_the_other_side(share: tuple[int, int]):
    """Those that changed and those that did not are two views of one thing."""
    k, n = share
    low, high = wilson(k, n)
    assert wilson(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(shares(), st.integers(2, 20))
def test_more_of_the_same_narrows_it(share: tuple[int, int], times: int):
    """Ten times as many outcomes with the same share say more."""
    k, n = share
    low, high = wilson(k, n)
    narrow_low, narrow_high = wilson(k * times, n * times)
    assert narrow_high - narrow_low < high - low


def test_known_intervals():
    """Newcombe's (1998) worked examples: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    assert [tuple(round(end, 4) for end in wilson(*share)) for share in
            [(81, 263), (15, 148), (0, 20), (1, 29), (0, 0)]] == [
        (0.2553, 0.3662),
        (0.0624, 0.1605),
        (0.0, 0.1611),
        (0.0061, 0.1718),
        (0.0, 1.0),
    ]  # fmt: skip


def judge(rule_id: str, rules=RULES, floors=None, **counts: int) -> dict:
    """The one row of a rule with that many of each outcome."""
    found = [(rule_id, 1, outcome) for outcome, n in counts.items() for _ in range(n)]
    table = rule_precision(
        pl.DataFrame(found, ["rule_id", "rule_version", "outcome"], orient="row"),
        rules,
        floors=floors or {},
        default_floor=0.2,
        min_decided=50,
    )
    return table.row(0, named=True)


def test_a_rule_is_said_whole():
    """Not reachable is no decision; the sentence has the numbers of the row."""
    assert judge("lease", lease_ended=12, innocent=40, no_action=8, not_reachable=5) == {
        "rule_id": "lease",
        "rule_version": 1,
        "n_outcomes": 65,
        "n_decided": 60,
        "n_changed": 12,
        "precision": 0.2,
        "precision_low": 0.1183,
        "precision_high": 0.3178,
        "floor": 0.2,
        "is_below_floor": False,
        "says_sv": "12 av 60 avgjorda signaler ledde till en ändring (95 procents "
        "konfidensintervall: 12 till 32 procent).",
    }


@pytest.mark.parametrize(
    ("n_changed", "n_innocent", "is_below"), [(9, 41, True), (10, 40, False), (0, 49, False)]
)
def test_a_rule_falls_below_its_floor_after_enough_outcomes(n_changed, n_innocent, is_below):
    """Below one in five of at least fifty: forty-nine are too few, one in five is not below."""
    row = judge("lease", registration_changed=n_changed, innocent=n_innocent)
    assert row["is_below_floor"] is is_below
    assert ("tillbaka på försök" in row["says_sv"]) is is_below


def test_a_floor_of_its_own():
    """What settings give one rule counts for that rule."""
    assert judge("lease", {**RULES}, {"lease": 0.5}, lease_ended=24, innocent=26)["is_below_floor"]
    assert not judge("lease", {**RULES}, {"parking": 0.5}, lease_ended=24, innocent=26)[
        "is_below_floor"
    ]


def test_a_clerical_error_is_what_the_data_quality_lane_looks_for():
    """There it is a change; elsewhere it is an innocent reason."""
    quality = {"flat": rule("flat", 1.0, "flat", lane="data_quality")}
    assert judge("flat", quality, clerical_error=3, innocent=1)["n_changed"] == 3
    assert judge("lease", clerical_error=3, innocent=1)["n_changed"] == 0


def test_nothing_decided_has_no_precision():
    """People that could not be reached tell nothing of the rule."""
    row = judge("lease", not_reachable=60)
    assert (row["precision"], row["precision_low"], row["precision_high"]) == (None, 0.0, 1.0)
    assert (row["is_below_floor"], row["says_sv"]) == (False, "Inget utfall är avgjort ännu.")
