"""What leaves a home, and when: ended runs, old nights, and published nights that are withdrawn.

Everything else stands. What `published/*` leads to is never deleted, and of the published nights
the newest always stays. Callers of `retention` hold `home.lock()`. Nothing here imports Dagster.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from assets.home import Home, Retention
from assets.published import as_date, flush_folder, point_latest, published_nights
from assets.workspace import Counts
from data_contracts.errors import BoendesignalError

LANDED = ("landing.duckdb", "landing.duckdb.wal", "spill")  # may concern protected people
PREPARED = "prepared"  # empty file: the run's result is whole and on disk
WORKED = ("work.duckdb", "work.duckdb.wal", PREPARED)
TRIALS = "try-"  # how the folders under runs/ begin in which rules are tried
LEAVING = ".leaving-"  # a folder on its way out; found again after a crash

WITHDRAWALS = """
create table if not exists withdrawals (
    extract_date date not null,
    run_id varchar not null,
    reason varchar not null,
    withdrawn_by varchar not null,
    withdrawn_at timestamp with time zone not null
)
"""


def discard_work(run_dir: Path) -> None:
    """Delete a run's work file, landing and spill; its result stays."""
    _delete(run_dir, (*LANDED, *WORKED))


def forget_trials(home: Home) -> None:
    """Delete the homes of trials that were killed: rows that had not passed the gate again may lie
    there. One that is at work holds its home and is left alone.
    """
    for state in home.runs.glob(f"{TRIALS}*/{home.state.name}"):
        trial = Home(state.parent)
        # no file: the trial has just ended, and cleans up itself
        with contextlib.suppress(BoendesignalError, FileNotFoundError), trial.lock():
            shutil.rmtree(trial.path)


def retention(home: Home, today: date, running: str | None = None) -> Counts:
    """Delete what has stood longer than the home's settings allow; returns what was deleted.

    Published nights go by extract date (not the newest one), kept nights likewise, runs by the day
    they last changed. What ended runs landed goes at once, whatever its age. `running` is the run
    that calls, which is left alone.
    """
    days = home.settings.retention if home.settings else Retention()  # type: ignore[call-arg]
    for leaving in [*home.runs.glob(f"{LEAVING}*"), *home.nights.glob(f"{LEAVING}*")]:
        shutil.rmtree(leaving)
    forget_trials(home)
    n_published = _purge_published(home, today - timedelta(days=days.published_days))
    n_runs = _purge_runs(home, today - timedelta(days=days.runs_days), running)
    n_nights = _purge_nights(home, today - timedelta(days=days.nights_days))
    return {
        "n_published_deleted": n_published,
        "n_runs_deleted": n_runs,
        "n_nights_deleted": n_nights,
    }


def withdraw(home: Home, extract_date: date, reason: str) -> None:
    """Take a published night away and record who did so, when and why, for ever.

    `latest` then names the newest night that remains, so withdrawing is the one act that moves it
    back. The run's private folder stays for the auditor until retention deletes it, and running the
    delivery again publishes the night anew. `reason` must name no person.
    Raises BoendesignalError for a night that is not published, or without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise BoendesignalError("A withdrawal needs a reason: say why, without naming a person.")
    with home.lock():
        nights = published_nights(home)
        if extract_date not in nights:
            standing = ", ".join(day.isoformat() for day in nights) or "none"
            raise BoendesignalError(
                f"No published night {extract_date.isoformat()} to withdraw. "
                f"Published nights: {standing}."
            )
        _record_withdrawal(home, extract_date, nights[extract_date].parent.name, reason)
        _unpublish(home, extract_date)


def withdrawals(home: Home) -> list[tuple[date, str, str, str, datetime]]:
    """Every withdrawal: extract date, run, reason, OS user, when (UTC); oldest first."""
    with home.state_db() as con:
        con.execute(WITHDRAWALS)
        query = "from withdrawals order by withdrawn_at, extract_date"
        return con.sql(query).fetchall()


def _record_withdrawal(home: Home, extract_date: date, run_id: str, reason: str) -> None:
    with home.state_db() as con:
        con.execute(WITHDRAWALS)
        con.execute(
            "insert into withdrawals values ($1, $2, $3, $4, $5)",
            [extract_date, run_id, reason, os_user(), datetime.now(UTC)],
        )


def os_user() -> str:
    """Who runs this, from the operating system and not from the environment."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _unpublish(home: Home, extract_date: date) -> None:
    point_latest(home, leaving=extract_date)  # first, so that `latest` never leads nowhere
    (home.published / extract_date.isoformat()).unlink()
    flush_folder(home.published)


def _purge_published(home: Home, before: date) -> int:
    nights = list(published_nights(home))
    old = [day for day in nights[:-1] if day < before]
    for day in old:
        _unpublish(home, day)
    return len(old)


def _purge_runs(home: Home, before: date, running: str | None) -> int:
    published = {folder.parent for folder in published_nights(home).values()}
    n_deleted = 0
    for run in _folders(home.runs):
        if run.name == running:
            continue
        if run.resolve() not in published and _changed_on(run) < before:
            _remove(run)
            n_deleted += 1
        else:
            _delete(run, LANDED)
    return n_deleted


def _purge_nights(home: Home, before: date) -> int:
    newest = max(published_nights(home), default=None)
    n_deleted = 0
    for night in _folders(home.nights):
        day = as_date(night.name)
        if day and day < before and day != newest:
            _remove(night)
            n_deleted += 1
    return n_deleted


def _folders(parent: Path) -> Iterator[Path]:
    yield from sorted(path for path in parent.iterdir() if path.is_dir() and not path.is_symlink())


def _changed_on(folder: Path) -> date:
    return datetime.fromtimestamp(folder.stat().st_mtime, UTC).date()


def _remove(folder: Path) -> None:
    """Delete a folder; renamed first, so that half a folder is never taken for a whole one."""
    leaving = folder.with_name(f"{LEAVING}{folder.name}")
    folder.rename(leaving)
    shutil.rmtree(leaving)


def _delete(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
