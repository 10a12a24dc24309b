"""A night does no more work than its bars say: the guard that does not depend on the machine."""

import numpy as np
import pytest
from rapidfuzz import process

from assets.home import Home
from assets.workspace import Workspace
from bench.work import counting, over_bars, read_bars, work_of
from data_contracts.delivery import open_delivery


@pytest.mark.slow
def test_a_night_does_no_more_work_than_its_bars() -> None:
    bars = read_bars()
    done = work_of(bars["people"], bars["seed"])
    assert over_bars(done, bars["at_most"]) == []
    # A counter that counts nothing would never be over a bar.
    assert all(done[name] > most / 2 for name, most in bars["at_most"].items())


def test_pairs_are_counted_where_they_are_scored_and_the_scores_stay() -> None:
    words = ["Storgatan", "Ängsvägen"]
    with counting() as done:
        scores = process.cdist(words, [*words, "Björkvägen"])
    assert done == {"pairs_scored": 6}
    assert np.array_equal(scores, process.cdist(words, [*words, "Björkvägen"]))
    assert done["pairs_scored"] == 6


def test_what_a_cursor_is_asked_counts_too(delivery, tmp_path) -> None:
    """Rules are computed on cursors, side by side."""
    ws = Workspace(Home.open(tmp_path / "home"), "run", open_delivery(delivery.write()))
    with counting() as done, ws.connect() as con, con.cursor() as beside:
        con.execute("select 1")
        assert beside.sql("select 2").fetchall() == [(2,)]
    assert done == {"statements": 2}


def test_work_over_a_bar_is_named() -> None:
    done = {"statements": 11, "pairs_scored": 5}
    assert over_bars(done, {"statements": 10, "pairs_scored": 5}) == ["statements: 11, at most 10"]
