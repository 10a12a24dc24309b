"""How a home stands: last delivery, last published night, what is suspended, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from assets.home import Home
from assets.published import published_nights, read_run
from pipelines import deliveries, night_log

OK, LATE, PARTIAL, FAILED = 0, 1, 2, 3
WHY = {  # reasons whose sources say less than what to do; not_computed.parquet has each
    "legal_basis": "no valid entry in the home's legal_basis.yml, see docs/legal_basis.md"
}


@dataclass(frozen=True)
class Status:
    """What `boendesignal status` prints and exits with: the worst of what it found."""

    lines: list[str]
    code: int


def look(home: Home, today: date, max_age_days: int) -> Status:
    """The home's state, as seen on the day `today`."""
    parts = [last_delivery(home), last_night(home, today, max_age_days), last_failure(home)]
    return Status([line for part in parts for line in part.lines], max(part.code for part in parts))


def last_delivery(home: Home) -> Status:
    """The newest complete delivery in the inbox; late when it is newer than what is published."""
    waiting = [one for one in deliveries.complete_deliveries(home) if one.is_named_by_date]
    runs = night_log.last_runs(home)
    if not waiting:
        ran = f" Newest that was run: {max(runs)}, {runs[max(runs)].state}." if runs else ""
        return Status([f"Last delivery: none in the inbox ({home.inbox}).{ran}"], OK)
    last = waiting[-1]
    run = runs.get(last.name)
    if run and run.manifest_sha256 == last.manifest_sha256:
        return Status([f"Last delivery: {last.name}, its run {run.state} at {run.at}."], OK)
    return Status([f"Last delivery: {last.name}, not run yet."], LATE)


def last_night(home: Home, today: date, max_age_days: int) -> Status:
    """The newest published night: its age, and what it lacks."""
    nights = published_nights(home)
    if not nights:
        return Status(["Last published night: none."], LATE)
    day, folder = max(nights.items())
    age = (today - day).days
    late = age > max_age_days
    lines = [
        f"Last published night: {day}, {age} days old"
        + (f": late, at most {max_age_days} are allowed." if late else ".")
    ]
    rules = not_computed(folder)
    lines += [f"Suspended: {line}" for line in rules]
    if not rules:
        lines.append(f"Suspended rules: none of {len(read_run(folder).rules)}.")
    return Status(lines, max(LATE if late else OK, PARTIAL if rules else OK))


def last_failure(home: Home) -> Status:
    """What failed after the last night was published, or is the last thing that was tried."""
    runs = sorted(night_log.last_runs(home).values(), key=lambda run: run.at)
    if not runs or runs[-1].state != "failed":
        return Status([], OK)
    run = runs[-1]
    return Status([f"Failed: the run for {run.extract_date} in {run.stage}. {run.text}"], FAILED)


def not_computed(folder: Path) -> list[str]:
    """One line for each reason, with the rules that were not computed for it."""
    rows = pl.read_parquet(folder / "not_computed.parquet")
    reasons: dict[str, set[str]] = {}
    for rule_id, reason, source in rows.select("rule_id", "reason", "source").iter_rows():
        told = WHY.get(reason, f"{reason} {source}".strip())
        reasons.setdefault(rule_id, set()).add(told)
    rules: dict[str, list[str]] = {}
    for rule_id, told_of in sorted(reasons.items()):
        rules.setdefault("; ".join(sorted(told_of)), []).append(rule_id)
    if len(rules) == 1 and not read_run(folder).rules:
        return [f"every rule ({why})" for why in rules]
    return [f"{', '.join(ids)} ({why})" for why, ids in sorted(rules.items())]
