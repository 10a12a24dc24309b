"""The night's schedule: it runs what the sensor has not, and fails where nothing new has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from assets.home import Home
from data_contracts.errors import BoendesignalError
from pipelines import deliveries
from pipelines.deliveries import TAG_MANIFEST
from pipelines.jobs import DELIVERIES, housekeeping, nightly
from pipelines.requests import is_taken
from pipelines.sensors import is_second, request

NEW_WITHIN = timedelta(hours=24)


@dg.schedule(
    job=nightly,
    cron_schedule="15 4 * * *",
    execution_timezone="Europe/Stockholm",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Runs what the sensor has not; the tick fails when no delivery has come for a day.",
)
def every_night(context: dg.ScheduleEvaluationContext) -> Sequence[dg.RunRequest] | dg.SkipReason:
    home = Home.open()
    new = [
        one
        for one in deliveries.complete_deliveries(home)
        if one.is_named_by_date and not is_taken(context.instance, one) and not is_second(home, one)
    ]
    if new:
        context.instance.add_dynamic_partitions(str(DELIVERIES.name), [one.name for one in new])
        return [request(one) for one in new]
    at = context.scheduled_execution_time.astimezone(UTC)
    if came_since(context.instance, at - NEW_WITHIN):
        return dg.SkipReason("Tonight's delivery has had its run: the sensor saw it.")
    raise BoendesignalError(
        f"No new delivery has come to {home.inbox} for {NEW_WITHIN // timedelta(hours=1)} hours. "
        "The last published night stands. Ask the sources; a delivery is complete when its "
        "manifest.json is there, in a folder named by the extract date."
    )


def came_since(instance: dg.DagsterInstance, moment: datetime) -> bool:
    """Whether any delivery has had its first run since."""
    recent = instance.get_runs(dg.RunsFilter(created_after=moment))
    return any(TAG_MANIFEST in run.tags for run in recent)


every_morning = dg.ScheduleDefinition(
    name="every_morning",
    job=housekeeping,
    cron_schedule="30 5 * * *",
    execution_timezone="Europe/Stockholm",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="What has stood longer than the home's settings allow is deleted.",
)
