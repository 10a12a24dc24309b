"""A signal found innocent rests until a fact changes, and stays in the ledger all the while."""

from __future__ import annotations

from tests.assets.a_history import (
    EXPLANATION,
    FRIDAY,
    NEXT_MONDAY,
    S1,
    S3,
    SATURDAY,
    THURSDAY,
    decide,
    home,
    replace,
    rows,
    run,
)

__all__ = ["home"]

INNOCENT = f"s1;;innocent;{EXPLANATION};2026-10-01;utr07;"
LEDGER = "select signal_id, state, cause, first_seen_on, closed_on from ledger order by signal_id"
SETTLED = "from settled_signals"
CASES = "select case_id from cases order by rank"


def test_an_innocent_signal_leaves_the_ranking_and_stays_in_the_ledger(home, tmp_path):
    """Closed by its outcome with the night's date; the other signal goes on."""
    run(home, THURSDAY, S1, S3)
    decide(home, tmp_path, INNOCENT)
    ws = run(home, FRIDAY, S1, S3)
    assert rows(ws, SETTLED) == [("s1", "innocent")]
    assert rows(ws, CASES) == [("s3",)]
    assert rows(ws, LEDGER) == [
        ("s1", "closed", "outcome", THURSDAY, FRIDAY),
        ("s3", "continuing", None, THURSDAY, None),
    ]
    assert rows(run(home, SATURDAY, S1, S3), LEDGER)[0][-1] == FRIDAY


def test_a_changed_fact_reopens_it_for_good(home, tmp_path):
    """Also when the fact is later as it was: somebody must look again."""
    run(home, THURSDAY, S1)
    decide(home, tmp_path, INNOCENT)
    run(home, FRIDAY, S1)
    ws = run(home, SATURDAY, replace(S1, fact="another"))
    assert (rows(ws, SETTLED), rows(ws, CASES)) == ([], [("s1",)])
    assert rows(ws, LEDGER) == [("s1", "reopened", None, THURSDAY, None)]
    ws = run(home, NEXT_MONDAY, S1)
    assert (rows(ws, SETTLED), rows(ws, CASES)) == ([], [("s1",)])


def test_what_changed_before_the_file_came_counts(home, tmp_path):
    """The decision is about the facts of its own day, not of the day it was imported."""
    run(home, THURSDAY, S1)
    run(home, FRIDAY, replace(S1, fact="another"))
    decide(home, tmp_path, INNOCENT)
    assert rows(run(home, SATURDAY, replace(S1, fact="another")), SETTLED) == []
    decide(home, tmp_path, f"s1;;innocent;{EXPLANATION};2026-10-03;utr07;")
    assert rows(run(home, NEXT_MONDAY, replace(S1, fact="another")), SETTLED) == [
        ("s1", "innocent")
    ]


def test_a_missing_source_is_no_changed_fact(home, tmp_path):
    """A text that lacks a source tonight, or lacked it a night ago, opens nothing."""
    run(home, THURSDAY, S1)
    decide(home, tmp_path, INNOCENT)
    without = replace(S1, fact="without the leases")
    assert rows(run(home, FRIDAY, without, sources=("registry",)), SETTLED) == [("s1", "innocent")]
    assert rows(run(home, SATURDAY, S1), SETTLED) == [("s1", "innocent")]


def test_a_snooze_ends_on_its_day(home, tmp_path):
    """Any outcome may rest until a day; on that day the signal is back."""
    run(home, THURSDAY, S1, S3)
    decide(
        home,
        tmp_path,
        "s1;;not_reachable;;2026-10-01;utr07;2026-10-03",
        f"s3;;innocent;{EXPLANATION};2026-10-01;utr07;2026-10-05",
    )
    settled = [("s1", "not_reachable"), ("s3", "innocent")]
    assert rows(run(home, FRIDAY, S1, S3), SETTLED) == settled
    assert rows(run(home, SATURDAY, S1, S3), SETTLED) == settled[1:]
    assert rows(run(home, NEXT_MONDAY, S1, S3), SETTLED) == []


def test_other_outcomes_leave_the_ranking_alone(home, tmp_path):
    """A change that is decided shows when the registers show it, or may be snoozed till then."""
    run(home, THURSDAY, S1)
    decide(home, tmp_path, "s1;;lease_ended;;2026-10-01;utr07;")
    assert rows(run(home, FRIDAY, S1), SETTLED) == []


def test_a_protected_person_is_not_brought_back_by_an_outcome(home, tmp_path):
    """Closed by protection it stays, with or without a decision, and nothing counts it."""
    run(home, THURSDAY, S1, S3)
    decide(home, tmp_path, INNOCENT, "s3;;no_action;;2026-10-01;utr07;")
    ws = run(home, FRIDAY, S3, gone=["p1"])
    assert rows(ws, LEDGER)[0][:3] == ("s1", "closed", "protection")
    assert rows(ws, "select rule_id, n_outcomes from rule_precision") == [("parking", 1)]
    assert rows(ws, "select signal_id from standing_outcomes") == [("s3",)]


def test_running_a_night_again_gives_the_same(home, tmp_path):
    """Whatever was decided, and what nights came, in between."""
    queries = (SETTLED, LEDGER, CASES, "from rule_precision", "from calibration", "from worklist")
    run(home, THURSDAY, S1, S3)
    decide(home, tmp_path, INNOCENT)
    first = run(home, FRIDAY, S1, S3)
    before = [rows(first, query) for query in queries]
    decide(home, tmp_path, "s3;;lease_ended;;2026-10-02;utr07;", "s1;;no_action;;2026-10-02;utr07;")
    run(home, SATURDAY, S3)
    again = run(home, FRIDAY, S1, S3)
    assert [rows(again, query) for query in queries] == before
