"""What has stood long enough leaves; what is published, or newest, never does."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assets.home import Home
from assets.publish import publish
from assets.published import open_night, published_nights
from assets.retention import os_user, retention, withdraw, withdrawals
from data_contracts.errors import BoendesignalError
from tests.assets.a_night import FACTS, a_home, a_run

TODAY = date(2026, 10, 3)


def aged(folder: Path, days: int) -> None:
    """Let the folder have changed so many days before TODAY."""
    then = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC) - timedelta(days=days)
    os.utime(folder, (then.timestamp(), then.timestamp()))


def short_retention(home: Home, **days: int) -> None:
    settings = [f"  {name}_days: {value}" for name, value in days.items()]
    home.settings_file.write_text(
        "\n".join(["municipality_code: '0181'", "retention:", *settings]), encoding="utf-8"
    )


def ended_run(home: Home, name: str, days: int) -> Path:
    run = home.run_dir(name)
    for file in ("work.duckdb", "landing.duckdb"):
        (run / file).write_bytes(b"x")
    (run / "spill").mkdir()
    aged(run, days)
    return run


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_old_runs_go_and_published_ones_stay(tmp_path):
    """A run leaves after runs_days unless a night shows its result; landed rows leave at once."""
    home = a_home(tmp_path)
    publish(a_run(home, "shown"), FACTS)
    aged(home.runs / "shown", 400)
    ended_run(home, "old", 31)
    ended_run(home, "failed_today", 0)
    ended_run(home, "running", 40)
    assert retention(home, TODAY, running="running") == {
        "n_published_deleted": 0,
        "n_runs_deleted": 1,
        "n_nights_deleted": 0,
    }
    assert names(home.runs) == ["failed_today", "running", "shown"]
    assert names(home.runs / "failed_today") == ["work.duckdb"]
    assert names(home.runs / "running") == ["landing.duckdb", "spill", "work.duckdb"]
    assert open_night(home)[1].exists()


def test_old_nights_go_but_never_the_newest(tmp_path):
    """Published and kept nights leave after their days; the newest published one never does."""
    home = a_home(tmp_path)
    for run_id, day in [("a", date(2024, 1, 1)), ("b", date(2024, 6, 1)), ("c", date(2025, 1, 1))]:
        publish(a_run(home, run_id, day), FACTS)
        (home.nights / day.isoformat() / "sha").mkdir(parents=True)
        aged(home.runs / run_id, 400)
    short_retention(home, published=365, nights=30, runs=30)
    assert retention(home, TODAY) == {
        "n_published_deleted": 2,
        "n_runs_deleted": 2,
        "n_nights_deleted": 2,
    }
    assert names(home.published) == ["2025-01-01", "latest"]
    assert names(home.nights) == ["2025-01-01"]
    assert names(home.runs) == ["c"]
    assert retention(home, TODAY) == {
        "n_published_deleted": 0,
        "n_runs_deleted": 0,
        "n_nights_deleted": 0,
    }


def test_the_last_day_is_kept(tmp_path):
    """A night as old as the limit stays; a day later it goes."""
    home = a_home(tmp_path)
    short_retention(home, published=1, nights=1, runs=1)
    publish(a_run(home, "a", date(2026, 10, 2)), FACTS)
    publish(a_run(home, "b", date(2026, 10, 3)), FACTS)
    assert retention(home, TODAY)["n_published_deleted"] == 0
    assert retention(home, TODAY + timedelta(days=1))["n_published_deleted"] == 1


def test_a_half_deleted_folder_is_finished_next_time(tmp_path):
    """A crash while deleting leaves nothing that the next purge does not take."""
    home = a_home(tmp_path)
    (home.runs / ".leaving-x" / "result").mkdir(parents=True)
    (home.nights / ".leaving-2024-01-01").mkdir()
    retention(home, TODAY)
    assert names(home.runs) + names(home.nights) == []


def test_a_withdrawn_night_is_gone_and_remembered(tmp_path):
    """The link goes, latest falls back, the run stays, and who did it and why is on record."""
    home = a_home(tmp_path)
    for day in (1, 2):
        publish(a_run(home, f"run{day}", date(2026, 10, day)), FACTS)
    withdraw(home, date(2026, 10, 2), "  Fel kontraktsfil från hyresvärden. ")
    assert names(home.published) == ["2026-10-01", "latest"]
    assert os.readlink(home.published / "latest") == "2026-10-01"
    assert (home.runs / "run2" / "result" / "signals.parquet").exists()
    [(day, run_id, reason, who, when)] = withdrawals(home)
    assert (day, run_id, reason) == (
        date(2026, 10, 2),
        "run2",
        "Fel kontraktsfil från hyresvärden.",
    )
    assert who == os_user()
    assert datetime.now(UTC) - when < timedelta(minutes=1)

    publish(a_run(home, "again", date(2026, 10, 2)), FACTS)
    assert os.readlink(home.published / "latest") == "2026-10-02"
    assert len(withdrawals(home)) == 1


def test_withdrawing_the_only_night_leaves_no_latest(tmp_path):
    """Without a published night there is no `latest` that leads nowhere."""
    home = a_home(tmp_path)
    publish(a_run(home), FACTS)
    withdraw(home, date(2026, 10, 1), "Fel underlag")
    assert names(home.published) == []


def test_a_withdrawal_that_cannot_be_recorded_does_not_happen(tmp_path, monkeypatch):
    """No record, no withdrawal; and neither without a reason, a night, or while a run goes on."""
    home = a_home(tmp_path)
    publish(a_run(home), FACTS)
    night = date(2026, 10, 1)
    with pytest.raises(BoendesignalError, match="needs a reason"):
        withdraw(home, night, " ")
    with pytest.raises(BoendesignalError, match="Published nights: 2026-10-01"):
        withdraw(home, date(2026, 10, 9), "Fel underlag")
    with home.lock(), pytest.raises(BoendesignalError, match="Another run holds this home"):
        withdraw(home, night, "Fel underlag")

    def fails() -> str:
        raise OSError("the disk is full")

    monkeypatch.setattr("assets.retention.os_user", fails)
    with pytest.raises(OSError, match="the disk is full"):
        withdraw(home, night, "Fel underlag")
    assert list(published_nights(home)) == [night]
    assert withdrawals(home) == []


def test_a_trial_that_was_killed_leaves_at_once(tmp_path):
    """It may hold rows that have not passed the gate again; one that is at work is left alone."""
    home = a_home(tmp_path)
    for name in ("try-killed", "try-at_work"):
        trial = Home(home.runs / name)
        ended_run(trial, "night-2026-10-01", 0)
        trial.state.mkdir()
    with Home(home.runs / "try-at_work").lock():
        retention(home, TODAY)
    assert names(home.runs) == ["try-at_work"]
    assert (home.runs / "try-at_work/runs/night-2026-10-01/landing.duckdb").exists()
    retention(home, TODAY)
    assert names(home.runs) == []
