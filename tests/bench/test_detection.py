"""Detection does not get worse: two towns against the bars, and the bars' own arithmetic."""

from __future__ import annotations

import pytest

from bench.detection import below_bars, measure, read_bars, seeds_of
from bench.report import markdown
from bench.scoring import Score


def test_says_everything_that_is_below_the_bars() -> None:
    """One sentence per fault; what is at its bar is none, a class without a bar may have none."""
    one = Score(planted=10, listed=10, right=9, protected=1)
    one.innocents.update(twins=2, stale_lease=1)
    one.found.update(crowd=1, sublet=2)
    bars = {
        "precision": 0.9,
        "recall": 0.95,
        "innocents": {"stale_lease": 1},
        "typologies": {"crowd": 2, "sublet": 2},
    }
    assert below_bars(one, bars) == [
        "recall is 0.900, the bar 0.95",
        "twins: 2 wrong cases among the first K, at most 0",
        "crowd: 1 matters found, at least 2",
        "1 protected people in cases",
    ]


def test_seeds_are_a_range_or_a_list() -> None:
    assert (seeds_of("3-5"), seeds_of("4,1")) == ([3, 4, 5], [4, 1])


@pytest.mark.slow
def test_two_towns_do_no_worse_than_the_bars() -> None:
    """Precision and recall at K, every class of look-alikes and every typology; and the page of
    docs/detection.md can be made of what was measured."""
    bars = read_bars()
    measured = measure(bars["people"], bars["seeds"])
    assert not below_bars(measured.pooled, bars)
    assert markdown(measured).startswith("# Detection")
