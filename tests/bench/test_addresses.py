"""Guarantee: dirty addresses find their dwelling, or none, and no work is done twice for it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest

from bench.addresses.register import REGISTER_COLUMNS, make_dwellings
from bench.addresses.scoring import by_kind, by_level, judged
from bench.addresses.work import counted
from bench.addresses.writing import KINDS, TEXT_COLUMNS, make_texts
from bench.work import over_bars
from matching.resolve import resolve

N_DWELLINGS, N_TEXTS = 5_000, 20_000
AT_MOST = {"texts_read": 9_483, "rows_compared": 11_000, "pairs_scored": 90_000}
"""Work: half of the texts repeat another, few are asked twice, and only misspelt ones scored."""
RECALL = {"one typing error": 0.99, "two typing errors": 0.99, "wrong postcode": 0.9}


@pytest.fixture(scope="module")
def measured() -> tuple[pl.DataFrame, Counter[str]]:
    """The texts judged, and the work done."""
    rng = np.random.default_rng(7)
    dwellings = make_dwellings(N_DWELLINGS, rng)
    texts = make_texts(dwellings, N_TEXTS, rng)
    register = dwellings.filter("is_known").select(REGISTER_COLUMNS)
    with counted() as done:
        answers = resolve(texts.select(TEXT_COLUMNS), register)
    return judged(texts, answers), done


@pytest.mark.parametrize("kind", [*KINDS, "all"])
def test_quality_by_kind_of_dirt(kind: str, measured: tuple[pl.DataFrame, Counter[str]]) -> None:
    """Right or not placed; found, unless nobody could tell; never one of several that fit."""
    [row] = by_kind(measured[0]).filter(pl.col("kind") == kind).to_dicts()
    assert row["texts"] >= 0.9 * N_TEXTS * KINDS.get(kind, 1)
    assert row["precision"] >= 0.999
    assert row["recall"] >= RECALL.get(kind, 0.999)
    assert row["open_placed"] == 0


def test_work_done(measured: tuple[pl.DataFrame, Counter[str]]) -> None:
    """Each different text is read once, and no more is compared and scored than the bars say."""
    done = measured[1]
    assert over_bars(done, AT_MOST) == []
    # A counter that counts nothing would never be over a bar.
    assert all(done[name] > most / 2 for name, most in AT_MOST.items())


def test_a_gap_is_told_for_each_answer(measured: tuple[pl.DataFrame, Counter[str]]) -> None:
    """The levels placed are told apart, and none is ahead of its runner-up by more than it has."""
    rows = measured[0]
    assert rows.filter("is_placed", pl.col("runner_up_gap") > pl.col("score")).is_empty()
    assert by_level(rows)["placed"].sum() == rows["is_placed"].sum()


def test_judging() -> None:
    """A wrong placement, a right one, one among several, and one left open."""
    texts = pl.DataFrame(
        {
            "kind": ["c/o"] * 4,
            "dwelling_id": ["a", "b", "c", "d"],
            "is_known": [True, True, True, True],
            "is_open": [False, False, True, True],
        }
    )
    answers = pl.DataFrame(
        {
            "dwelling_id": ["x", "b", "c", None],
            "level": ["exact", "exact", "exact", "ambiguous"],
            "score": [100.0] * 4,
            "runner_up_gap": [100.0, 100.0, 20.0, 100.0],
        }
    )
    rows = judged(texts, answers)
    assert by_kind(rows).row(0) == ("c/o", 4, 3, 2 / 3, 1 / 2, 1)
    assert by_level(rows).row(0) == ("exact", 3, 2 / 3, 2 / 3, 20.0)
