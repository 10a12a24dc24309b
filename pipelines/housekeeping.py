"""Retention of everything a home keeps, Dagster's event log included: Dagster has none itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from assets.home import Home, Retention
from assets.retention import retention
from assets.workspace import Counts

if TYPE_CHECKING:
    from dagster import DagsterInstance


def clean(
    home: Home, instance: DagsterInstance, now: datetime, running: str | None = None
) -> Counts:
    """Delete what is older than the settings allow; returns counts. Callers hold `home.lock()`."""
    days = home.settings.retention if home.settings else Retention()  # type: ignore[call-arg]
    counts = retention(home, now.date(), running)
    before = now - timedelta(days=days.dagster_days)
    return {**counts, "n_dagster_runs_deleted": purge_dagster(instance, before, running)}


def purge_dagster(instance: DagsterInstance, before: datetime, running: str | None) -> int:
    """Delete Dagster's records of every ended run from before that moment."""
    from dagster import DagsterRunStatus, RunsFilter  # noqa: PLC0415 - 1 s, and only needed here

    from pipelines.storage import PooledEventLog  # noqa: PLC0415

    ended = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
    found = instance.get_runs(filters=RunsFilter(statuses=ended, created_before=before))
    old = [run for run in found if run.run_id != running]
    for run in old:
        instance.delete_run(run.run_id)
        if isinstance(instance.event_log_storage, PooledEventLog):
            instance.event_log_storage.purge(run.run_id)
    return len(old)
