"""One run for each new complete delivery in the inbox."""

from __future__ import annotations

import dagster as dg

from assets.home import Home
from pipelines import deliveries
from pipelines.deliveries import Waiting
from pipelines.jobs import DELIVERIES, nightly
from pipelines.requests import code_tag, is_taken


@dg.sensor(
    job=nightly,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A delivery is complete when its manifest.json is there, which is written last.",
)
def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    home = Home.open()
    waiting = deliveries.complete_deliveries(home)
    new = [one for one in waiting if one.is_named_by_date and not is_taken(context.instance, one)]
    misnamed = [one.name for one in waiting if not one.is_named_by_date]
    second = [one for one in new if is_second(home, one)]
    if misnamed:
        context.log.warning(f"{len(misnamed)} folders in the inbox are not named by a date.")
    new = [one for one in new if one not in second]
    if not new:
        return dg.SkipReason(reason(len(waiting), len(misnamed), [one.name for one in second]))
    return dg.SensorResult(
        run_requests=[request(one) for one in new],
        dynamic_partitions_requests=[DELIVERIES.build_add_request([one.name for one in new])],
    )


def request(waiting: Waiting) -> dg.RunRequest:
    """One run for one delivery: the manifest's hash makes it the only one."""
    return dg.RunRequest(
        run_key=waiting.manifest_sha256,
        partition_key=waiting.name,
        tags={**waiting.tags(), **code_tag()},
    )


def is_second(home: Home, waiting: Waiting) -> bool:
    """Whether another delivery of the date is accepted: a person decides which one counts."""
    accepted = deliveries.accepted_manifest(home, waiting.name)
    return accepted not in (None, waiting.manifest_sha256)


def reason(n_waiting: int, n_misnamed: int, second: list[str]) -> str:
    """Why nothing starts, in a sentence."""
    if second:
        return (
            f"A second delivery for {', '.join(second)} lies in the inbox; another is accepted. "
            "To let it take the first one's place: boendesignal run FOLDER --replace"
        )
    if n_misnamed:
        return f"{n_misnamed} folders in the inbox are not named by a date, written 2026-10-01."
    return f"Nothing new: all {n_waiting} complete deliveries in the inbox have had their run."
