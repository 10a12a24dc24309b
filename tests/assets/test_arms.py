"""Precision of the list beside its control arm: what the cut misses, told to auditors alone."""

from __future__ import annotations

import polars as pl
import pytest

from assets.arms import arm_precision
from assets.precision import wilson
from assets.published_tables import published_tables
from tests.assets.a_history import (
    EXPLANATION,
    FRIDAY,
    NEXT_MONDAY,
    THURSDAY,
    decide,
    home,
    replace,
    rows,
    run,
)
from tests.assets.test_worklist import MANY, allow_control

__all__ = ["home"]

COUNTS = (
    "select arm, n_weeks, n_listed, n_cases, n_decided, n_changed from arm_precision order by arm"
)
TUESDAY = NEXT_MONDAY.replace(day=6)


def control_case(ws) -> str:
    [(case_id,)] = rows(ws, "select case_id from worklist_audit where arm = 'control'")
    return case_id


def arms(*counts: tuple[str, int, int, int]) -> list[dict]:
    """arm, n_cases, n_decided, n_changed of one week."""
    return [
        {"arm": arm, "n_weeks": 1, "n_listed": 10, "n_cases": n, "n_decided": d, "n_changed": c}
        for arm, n, d, c in counts
    ]


def test_outcomes_of_both_arms_are_counted_by_case(home, tmp_path):
    """Two of three ranked cases and the one from below the cut led to a change; nights before the
    outcomes know nothing of them."""
    allow_control(home)
    control = control_case(run(home, THURSDAY, *MANY))
    decide(
        home,
        tmp_path,
        ";s00;lease_ended;;2026-10-01;utr07;",
        "s01;;registration_changed;;2026-10-01;utr07;",
        f"s02;;innocent;{EXPLANATION};2026-10-01;utr07;",
        "s03;;not_reachable;;2026-10-01;utr07;",
        f"{control};;lease_ended;;2026-10-01;utr07;",
    )
    ws = run(home, FRIDAY, *MANY)
    assert rows(ws, COUNTS) == [("control", 1, 1, 10, 1, 1), ("ranked", 1, 10, 10, 3, 2)]
    said = dict(rows(ws, "select arm, share_of_changes from arm_precision"))
    assert said == {"control": 0.6, "ranked": 0.4}  # ten cases x 1, and ten cases x 2/3
    assert rows(run(home, THURSDAY, *MANY), COUNTS) == []


def test_an_outcome_counts_where_the_case_was_listed_last(home, tmp_path):
    """A control case that is ranked the week after, and then decided, says nothing of the cut."""
    allow_control(home)
    control = control_case(run(home, THURSDAY, *MANY))
    risen = [replace(one, points=99.0 if one.signal_id == control else one.points) for one in MANY]
    monday = run(home, NEXT_MONDAY, *risen)
    assert (control, "ranked") in rows(monday, "select case_id, arm from worklist_audit")
    decide(home, tmp_path, f"{control};;lease_ended;;2026-10-05;utr07;")
    found = rows(run(home, TUESDAY, *risen), "select arm, n_decided, n_changed from arm_precision")
    assert sorted(found) == [("control", 0, 0), ("ranked", 1, 1)]


def test_without_a_control_arm_there_is_nothing_to_compare(home, tmp_path):
    """Weeks without one are not counted: the table is empty."""
    run(home, THURSDAY, *MANY)
    decide(home, tmp_path, "s01;;lease_ended;;2026-10-01;utr07;")
    assert rows(run(home, FRIDAY, *MANY), COUNTS) == []


def test_whoever_is_protected_since_counts_nowhere(home, tmp_path):
    """The outcome of a person who has left at the gate is in neither arm."""
    allow_control(home)
    run(home, THURSDAY, *MANY)
    decide(home, tmp_path, "s01;;lease_ended;;2026-10-01;utr07;")
    ws = run(home, FRIDAY, *MANY, gone=["p1"])
    assert rows(ws, "select sum(n_decided) from arm_precision") == [(0,)]


def test_shares_and_their_ends():
    """Twenty of forty above, one of ten below among ninety cases: 64 % lie below, as the
    whole texts say; each end takes both intervals at their worst."""
    table = arm_precision(arms(("ranked", 10, 40, 20), ("control", 90, 10, 1)))
    [control] = table.filter(pl.col("arm") == "control").to_dicts()
    (low, high), (other_low, other_high) = wilson(1, 10), wilson(20, 40)
    assert control["share_of_changes"] == pytest.approx(9 / (9 + 5), abs=1e-4)
    assert control["share_low"] == pytest.approx(90 * low / (90 * low + 10 * other_high), abs=1e-4)
    assert control["share_high"] == pytest.approx(
        90 * high / (90 * high + 10 * other_low), abs=1e-4
    )
    assert table["says_sv"].to_list() == [
        "20 av 40 avgjorda ärenden över gränsen ledde till en ändring (95 procents "
        "konfidensintervall: 35 till 65 procent).",
        "1 av 10 avgjorda ärenden under gränsen ledde till en ändring (95 procents "
        "konfidensintervall: 2 till 40 procent). Av alla ändringar som finns att hitta missar "
        "listan uppskattningsvis 64 procent (20 till 91).",
    ]
    assert table["share_of_changes"].sum() == pytest.approx(1, abs=1e-3)


def test_what_is_not_known_stays_empty():
    """Without a decision in both arms no share is told; without any in one, no precision."""
    table = arm_precision(arms(("ranked", 10, 5, 1), ("control", 90, 0, 0)))
    assert table["share_of_changes"].to_list() == [None, None]
    assert table["precision"].to_list() == [0.2, None]
    assert table["says_sv"][1] == "Inget ärende under gränsen är avgjort ännu."
    nothing = arm_precision(arms(("ranked", 10, 5, 0), ("control", 90, 3, 0)))
    assert nothing["share_of_changes"].to_list() == [None, None]


def test_it_is_for_auditors_alone():
    """What the control arm gave would tell investigators of it."""
    assert published_tables()["arm_precision"].is_for_auditors
    assert not published_tables()["arm_precision"].shown_by
