"""The life of a signal across nights: what opens, changes, waits and closes it, and why."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.ledger_states import CLOSED, LEDGER, OPEN, Night, judge

FIRST, SECOND = date(2026, 10, 1), date(2026, 10, 2)
SIGNALS = {
    "signal_id": pl.String,
    "rule_id": pl.String,
    "rule_version": pl.Int32,
    "person_id": pl.String,
    "dwelling_id": pl.String,
    "is_settled": pl.Boolean,
}


def signals(*rows: tuple) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SIGNALS, orient="row")


def changed(*rows: tuple[str, str]) -> pl.DataFrame:
    schema = {"signal_id": pl.String, "what_changed_sv": pl.String}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


NOTHING = pl.DataFrame(schema=LEDGER)
ONE = signals(("s1", "parking", 1, "p1", "d1", False))
OPENED = judge(NOTHING, ONE, changed(), Night(FIRST, {"parking": 1}))
EVERYBODY = frozenset({"p1", "d1"})


def the_only(ledger: pl.DataFrame) -> dict:
    return ledger.row(0, named=True)


def test_a_signal_seen_for_the_first_time_is_new():
    """First seen and last seen are tonight, nothing is closed."""
    assert the_only(OPENED) == {
        "signal_id": "s1", "rule_id": "parking", "rule_version": 1, "person_id": "p1",
        "dwelling_id": "d1", "state": "new", "cause": None, "first_seen_on": FIRST,
        "last_seen_on": FIRST, "closed_on": None, "what_changed_sv": None,
    }  # fmt: skip


def test_a_signal_seen_again_keeps_its_first_date():
    """Continuing without a change; changed when a fact differs, and it says which."""
    night = Night(SECOND, {"parking": 1}, known_ids=EVERYBODY)
    same = the_only(judge(OPENED, ONE, changed(), night))
    assert (same["state"], same["first_seen_on"], same["last_seen_on"]) == (
        "continuing",
        FIRST,
        SECOND,
    )
    other = the_only(judge(OPENED, ONE, changed(("s1", "Ändrat: antal platser.")), night))
    assert (other["state"], other["what_changed_sv"]) == ("changed", "Ändrat: antal platser.")


@pytest.mark.parametrize(
    ("night", "state", "cause"),
    [
        (Night(SECOND, {"parking": 1}, known_ids=EVERYBODY), "closed", "facts_changed"),
        (Night(SECOND, {"parking": 2}, known_ids=EVERYBODY), "closed", "rule_changed"),
        (Night(SECOND, {}, known_ids=EVERYBODY), "closed", "rule_changed"),
        (Night(SECOND, {"parking": 1}, known_ids=frozenset({"d1"})), "closed", "entity_changed"),
        (Night(SECOND, {"parking": 1}, {}, frozenset(), frozenset({"p1"})), "closed", "protection"),
        (
            Night(SECOND, {"parking": 1}, {"parking": "source_missing"}, EVERYBODY),
            "suspended",
            "source_missing",
        ),
    ],
)  # fmt: skip
def test_a_signal_that_is_gone_says_why(night: Night, state: str, cause: str):
    """Each cause of a closure, and a missing source, which only suspends."""
    row = the_only(judge(OPENED, signals(), changed(), night))
    assert (row["state"], row["cause"], row["first_seen_on"]) == (state, cause, FIRST)
    assert row["closed_on"] == (SECOND if state == "closed" else None)
    assert row["last_seen_on"] == FIRST


def test_a_closed_signal_that_comes_back_is_reopened():
    """A closed signal stays in the ledger with its date, and reopens under its first date."""
    third = SECOND + timedelta(days=1)
    closed = judge(OPENED, signals(), changed(), Night(SECOND, {"parking": 1}, known_ids=EVERYBODY))
    still = judge(closed, signals(), changed(), Night(third, {"parking": 2}))
    assert the_only(still)["closed_on"] == SECOND
    assert the_only(still)["cause"] == "facts_changed"
    back = judge(closed, ONE, changed(), Night(third, {"parking": 1}))
    assert (the_only(back)["state"], the_only(back)["first_seen_on"]) == ("reopened", FIRST)


def test_an_outcome_closes_a_signal_that_is_still_computed():
    """A signal found innocent is closed by its outcome, keeps its date, and stays in the ledger."""
    settled = ONE.with_columns(is_settled=True)
    night = Night(SECOND, {"parking": 1}, known_ids=EVERYBODY)
    row = the_only(judge(OPENED, settled, changed(), night))
    assert (row["state"], row["cause"], row["closed_on"]) == ("closed", "outcome", SECOND)
    later = judge(
        judge(OPENED, settled, changed(), night),
        settled,
        changed(),
        Night(date(2026, 10, 9), {"parking": 1}),
    )
    assert the_only(later)["closed_on"] == SECOND


@given(st.lists(st.sets(st.sampled_from("abcde")), min_size=1, max_size=6), st.data())
def test_nothing_is_ever_lost_and_absence_never_closes(nights: list[set[str]], data: st.DataObject):
    """Every signal ever seen stays in the ledger; while a source is missing nothing closes."""
    ledger, ever, first = NOTHING, set(), {}
    for place, present in enumerate(nights):
        day = FIRST + timedelta(days=place)
        is_missing = data.draw(st.booleans())
        shown = set() if is_missing else present
        night = Night(
            day,
            {"r": 1},
            suspended={"r": "source_missing"} if is_missing else {},
            known_ids=frozenset("pd"),
        )
        open_before = set(ledger.filter(pl.col("state").is_in(OPEN))["signal_id"])
        ledger = judge(
            ledger,
            signals(*[(s, "r", 1, "p", "d", False) for s in sorted(shown)]),
            changed(),
            night,
        )
        ever |= shown
        for one in shown:
            first.setdefault(one, day)
        assert set(ledger["signal_id"]) == ever
        assert dict(ledger.select("signal_id", "first_seen_on").iter_rows()) == first
        if is_missing:
            assert set(ledger.filter(pl.col("state").is_in(OPEN))["signal_id"]) == open_before
        assert ledger.filter(
            (pl.col("state") == CLOSED) != pl.col("closed_on").is_not_null()
        ).is_empty()
