"""The night's schedule: it runs what the sensor has not, and fails where nothing new has come."""

from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from assets.home import Home
from data_contracts.errors import BoendesignalError
from pipelines import deliveries
from pipelines.schedules import every_morning, every_night
from tests.pipelines.fakes import definitions, deliver

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def tick(instance: dg.DagsterInstance, at: datetime | None = None) -> object:
    context = dg.build_schedule_context(
        instance=instance, scheduled_execution_time=at or datetime.now(STOCKHOLM)
    )
    return every_night(context)


def test_it_runs_at_a_quarter_past_four_in_stockholm() -> None:
    """Local time, summer and winter."""
    assert (every_night.cron_schedule, every_night.execution_timezone) == (
        "15 4 * * *",
        "Europe/Stockholm",
    )
    assert every_night.default_status == dg.DefaultScheduleStatus.RUNNING
    assert every_morning.default_status == dg.DefaultScheduleStatus.RUNNING


def test_it_runs_what_the_sensor_has_not(home: Home, instance: dg.DagsterInstance) -> None:
    """With the sensor's own run key and tags, and the partition added."""
    folder = deliver(home.inbox, "2026-10-01")
    [request] = tick(instance)  # type: ignore[misc]
    assert request.run_key == deliveries.at(folder).manifest_sha256
    assert request.partition_key == "2026-10-01"
    assert instance.get_dynamic_partitions("deliveries") == ["2026-10-01"]


def test_it_is_content_when_the_sensor_has_run_the_delivery(
    home: Home, instance: dg.DagsterInstance
) -> None:
    """The night's work is done: nothing to run and nothing to cry about."""
    folder = deliver(home.inbox, "2026-10-01")
    instance.create_run_for_job(
        definitions().resolve_job_def("nightly"), tags=deliveries.at(folder).tags()
    )
    result = tick(instance)
    assert isinstance(result, dg.SkipReason)
    assert result.skip_message == "Tonight's delivery has had its run: the sensor saw it."


def test_it_fails_when_nothing_new_has_come(home: Home, instance: dg.DagsterInstance) -> None:
    """A silent source must be seen: the tick fails and says what to do."""
    with pytest.raises(BoendesignalError, match=r"^No new delivery has come to .* for 24 hours\."):
        tick(instance)


def test_yesterdays_run_does_not_count(home: Home, instance: dg.DagsterInstance) -> None:
    """Only the last 24 hours do."""
    folder = deliver(home.inbox, "2026-10-01")
    instance.create_run_for_job(
        definitions().resolve_job_def("nightly"), tags=deliveries.at(folder).tags()
    )
    with pytest.raises(BoendesignalError, match="No new delivery"):
        tick(instance, datetime(2100, 1, 2, 4, 15, tzinfo=STOCKHOLM))
