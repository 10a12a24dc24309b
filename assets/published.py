"""Where published nights stand and what each one's run.json says. Nothing here imports Dagster.

`published/<extract_date>` -> `../runs/<run_id>/result`, `published/latest` -> `<extract_date>`.
Readers resolve a link once (`open_night`) and go on reading that run's folder, whatever is
published meanwhile; retention leaves a replaced run standing for `retention.runs_days`.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assets.home import Home
from data_contracts.errors import BoendesignalError

LATEST = "latest"
RUN_FILE = "run.json"
DATABASE = "boendesignal.duckdb"
WORKBOOK = "signaler.xlsx"
REPORT = "contract_report.html"
MORNING_REPORT = "report.html"


class RuleRecord(BaseModel):
    """One computed rule in run.json. `lane` and `sources` decide who may be handed its signals."""

    model_config = ConfigDict(extra="allow", frozen=True)
    version: int
    title_sv: str
    lane: str
    sources: list[str]
    parameters: dict[str, Any] = {}
    decisions: list[str] = []  # keys of RunRecord.decisions
    columns_sv: dict[str, str] = {}  # Swedish headings of the rule's own columns


class TrialRecord(BaseModel):
    """What run.json says of the rules on trial: the computed ones, by rule id."""

    model_config = ConfigDict(extra="allow", frozen=True)
    rules: dict[str, RuleRecord] = {}


class RunRecord(BaseModel):
    """run.json: what the night was computed from. Grain: one per published night."""

    model_config = ConfigDict(extra="allow", frozen=True)
    run_id: str
    published_at: str  # UTC, ISO 8601
    extract_date: date
    municipality_code: str
    is_synthetic: bool
    manifest_sha256: str
    code_version: str
    inputs: list[dict[str, Any]]  # path, contract_id, sha256 of each delivered file
    rules: dict[str, RuleRecord]
    decisions: dict[str, list[dict[str, Any]]] = {}  # id -> its entries in legal_basis.yml
    counts: dict[str, Any] = {}
    published_rows: dict[str, int] = {}  # table -> rows
    trial: TrialRecord = TrialRecord()


def read_run(folder: Path) -> RunRecord:
    """The run.json of a published night's folder."""
    try:
        return RunRecord.model_validate_json((folder / RUN_FILE).read_bytes())
    except (OSError, ValidationError):
        raise BoendesignalError(
            f"The published night in {folder.parent.name} has no readable {RUN_FILE}. "
            "Run the delivery again to publish it whole."
        ) from None


def published_nights(home: Home) -> dict[date, Path]:
    """Extract date -> folder of each published night, oldest first, links resolved."""
    nights = {}
    for link in home.published.iterdir():
        extract_date = as_date(link.name)
        if extract_date and link.is_symlink() and link.exists():
            nights[extract_date] = link.resolve()
    return dict(sorted(nights.items()))


def open_night(home: Home, extract_date: date | None = None) -> tuple[date, Path]:
    """The night of that date, or the newest one; its folder stays readable while others publish."""
    nights = published_nights(home)
    wanted = extract_date or max(nights, default=None)
    if wanted is None:
        raise BoendesignalError("Nothing is published in this home yet. Run a delivery first.")
    if wanted not in nights:
        standing = ", ".join(day.isoformat() for day in nights) or "none"
        raise BoendesignalError(
            f"No published night {wanted.isoformat()}. Published nights: {standing}."
        )
    return wanted, nights[wanted]


def point(link: Path, target: str | Path) -> None:
    """Make `link` a symlink to `target` in one step; a reader sees the old target or the new."""
    aside = link.with_name(f".{link.name}.new")
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    os.replace(aside, link)
    flush_folder(link.parent)


def point_latest(home: Home, leaving: date | None = None) -> None:
    """Let `latest` name the newest published night but `leaving`; without one it is taken away.

    Publishing adds nights, so it only ever moves `latest` forward; withdrawing and retention take
    nights away and may move it back.
    """
    newest = max(published_nights(home).keys() - {leaving}, default=None)
    link = home.published / LATEST
    if newest is None:
        link.unlink(missing_ok=True)
        flush_folder(home.published)
    elif not link.is_symlink() or os.readlink(link) != newest.isoformat():
        point(link, newest.isoformat())


def flush_folder(folder: Path) -> None:
    """Make the folder's entries survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def seal(folder: Path) -> None:
    """Files 0600, folders 0700, all of it on disk: what a symlink will name survives a crash."""
    for within, _, files in os.walk(folder, topdown=False):
        for name in files:
            file = Path(within, name)
            file.chmod(0o600)
            with file.open("rb") as handle:
                os.fsync(handle.fileno())
        Path(within).chmod(0o700)
        flush_folder(Path(within))
    flush_folder(folder.parent)
    flush_folder(folder.parent.parent)


def as_date(name: str) -> date | None:
    """The date that a folder is named by, `2026-10-01` only; None for any other name."""
    try:
        day = date.fromisoformat(name)
    except ValueError:
        return None
    return day if day.isoformat() == name else None
