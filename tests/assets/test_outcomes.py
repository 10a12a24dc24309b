"""Outcomes are kept once, the latest holds, and a night knows only what was known before it."""

from __future__ import annotations

from datetime import date

import pytest

from assets.outcomes import count_outcomes, import_outcomes, standing
from data_contracts.errors import BoendesignalError
from tests.assets.a_history import (
    EXPLANATION,
    FRIDAY,
    S1,
    S2,
    S3,
    SATURDAY,
    THURSDAY,
    decide,
    home,
    outcome_file,
    replace,
    run,
)

__all__ = ["home"]

INNOCENT = f"s1;;innocent;{EXPLANATION};2026-10-02;utr07;"


def held(home, before=date(2027, 1, 1)) -> list[tuple]:
    with home.state_db() as state:
        found = standing(state, before)
    return found.select("signal_id", "outcome", "decided_on", "judged_on").rows()


def test_the_same_line_again_changes_nothing(home, tmp_path):
    """Importing a file twice, or a line twice in one file, keeps it once."""
    run(home, THURSDAY, S1)
    assert decide(home, tmp_path, INNOCENT, INNOCENT) == {
        "lines": 2,
        "new": 1,
        "known_after": "2026-10-01",
    }
    run(home, FRIDAY, S1)
    assert decide(home, tmp_path, INNOCENT)["new"] == 0
    with home.state_db() as state:
        assert state.sql("from outcomes").fetchall() == [
            ("s1", None, "innocent", EXPLANATION, FRIDAY, "utr07", None, THURSDAY, 1)
        ]
    assert held(home) == [("s1", "innocent", FRIDAY, THURSDAY)]


def test_a_later_decision_replaces_an_earlier_however_they_come(home, tmp_path):
    """By the day it was taken; of one day the last imported."""
    run(home, THURSDAY, S1)
    decide(home, tmp_path, "s1;;lease_ended;;2026-10-09;utr07;")
    decide(home, tmp_path, "s1;;no_action;;2026-10-08;utr07;")
    assert held(home) == [("s1", "lease_ended", date(2026, 10, 9), THURSDAY)]
    decide(home, tmp_path, "s1;;benefit_corrected;;2026-10-09;utr08;")
    assert held(home) == [("s1", "benefit_corrected", date(2026, 10, 9), THURSDAY)]


def test_an_outcome_of_a_case_falls_on_the_signals_it_had_then(home, tmp_path):
    """Not on one that joined after the decision; a signal's own outcome of that day goes before."""
    run(home, THURSDAY, S1, S2)
    run(home, SATURDAY, S1, S2, replace(S3, case_id="s1"))
    decide(home, tmp_path, ";s1;lease_ended;;2026-10-02;utr07;", "s2;;no_action;;2026-10-02;utr07;")
    assert held(home) == [
        ("s1", "lease_ended", FRIDAY, THURSDAY),
        ("s2", "no_action", FRIDAY, THURSDAY),
    ]


def test_a_night_knows_only_what_was_known_before_it(home, tmp_path):
    """What came after a night is not there for it, so that running it again gives the same."""
    run(home, THURSDAY, S1)
    decide(home, tmp_path, INNOCENT)
    run(home, FRIDAY, S1)
    decide(home, tmp_path, "s1;;no_action;;2026-10-03;utr07;")
    assert [held(home, day) for day in (THURSDAY, FRIDAY)] == [
        [],
        [("s1", "innocent", FRIDAY, THURSDAY)],
    ]
    assert held(home, SATURDAY) == [("s1", "no_action", SATURDAY, FRIDAY)]


def test_an_outcome_of_a_protected_person_counts_nowhere(home, tmp_path):
    """Neither one that was there before the protection nor one that comes after it."""
    run(home, THURSDAY, S1, S3)
    decide(home, tmp_path, INNOCENT)
    run(home, FRIDAY, S3, gone=["p1"])
    decide(home, tmp_path, "s1;;lease_ended;;2026-10-03;utr07;", "s3;;no_action;;2026-10-03;u;")
    assert held(home) == [("s3", "no_action", SATURDAY, FRIDAY)]
    assert count_outcomes(home).rows() == [("parking", "no_action", 1)]


def test_state_holds_codes_and_days_only(home, tmp_path):
    """The columns are all there is: no text, name or number of anyone it concerns."""
    run(home, THURSDAY, S1)
    decide(home, tmp_path, INNOCENT)
    with home.state_db() as state:
        columns = state.sql("describe outcomes").fetchall()
    assert [(name, kind) for name, kind, *_ in columns] == [
        ("signal_id", "VARCHAR"),
        ("case_id", "VARCHAR"),
        ("outcome", "VARCHAR"),
        ("explanation_id", "VARCHAR"),
        ("decided_on", "DATE"),
        ("decided_by", "VARCHAR"),
        ("snooze_until", "DATE"),
        ("known_after", "DATE"),
        ("import_no", "INTEGER"),
    ]


def test_every_line_that_cannot_be_is_told_and_nothing_kept(home, tmp_path):
    """All offenders with what is allowed; the good lines of the file are not kept either."""
    run(home, THURSDAY, S1, S2)
    with pytest.raises(BoendesignalError) as refused:
        decide(
            home,
            tmp_path,
            INNOCENT,
            "s1;;fraud;;2026-10-03;utr07;",
            "s9;;no_action;;2026-10-03;utr07;",
            ";k9;no_action;;2026-10-03;utr07;",
            "s2;;innocent;;2026-10-03;utr07;",
            f"s2;;no_action;{EXPLANATION};2026-10-04;utr07;",
            "s1;;no_action;;2026-09-30;utr07;",
            "s1;;no_action;;2062-10-03;utr07;",
            "s1;;no_action;;2026-10-05;utr07;2026-10-05",
            "s1;;no_action;;2026-10-06;utr07;2029-10-06",
            "s1;;no_action;;2026-10-02;utr07;",
        )
    assert str(refused.value).splitlines()[1:] == [
        "line 3: outcome is no known code. Allowed: registration_changed, lease_ended, "
        "benefit_corrected, clerical_error, innocent, not_reachable, no_action.",
        "line 4: signal_id is not known in this home. Copy it whole from signals, cases or ledger.",
        "line 5: case_id is not known in this home. Copy it whole from signals, cases or ledger.",
        "line 6: explanation_id must be an innocent explanation of lease. Allowed: newly_moved, "
        "work_elsewhere.",
        "line 7: explanation_id goes with the outcome innocent only: leave it out.",
        "line 8: decided_on is before 2026-10-01, the first night it was seen.",
        "line 9: decided_on is more than a year after 2026-10-01, the newest night.",
        "lines 10 and 11: snooze_until must be after decided_on and at most two years later. What "
        "is to rest longer is innocent, and rests until a fact changes.",
        "line 12: another decision of the same day stands in line 2: keep one.",
    ]
    assert held(home) == []


def test_a_home_without_a_night_takes_no_outcomes(home, tmp_path):
    """No signal can be known there."""
    with pytest.raises(BoendesignalError, match="no night yet"):
        decide(home, tmp_path, INNOCENT)


def test_no_import_while_a_night_runs(home, tmp_path):
    """The night has read its outcomes already; what came into it halfway could not be repeated."""
    run(home, THURSDAY, S1)
    with home.lock(), pytest.raises(BoendesignalError, match="Another run holds this home"):
        import_outcomes(home, outcome_file(tmp_path, INNOCENT))
