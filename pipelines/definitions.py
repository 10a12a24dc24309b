"""What Dagster loads: every asset, check, job, schedule, sensor and resource, by name."""

from __future__ import annotations

import dagster as dg

from assets.base import stage_asset
from pipelines.jobs import DELIVERIES, housekeeping, nightly
from pipelines.resources import NightResource
from pipelines.schedules import every_morning, every_night
from pipelines.sensors import inbox
from pipelines.stages import night, source_systems

defs = dg.Definitions(
    assets=[*source_systems(), *(stage_asset(stage, DELIVERIES) for stage in night())],
    jobs=[nightly, housekeeping],
    schedules=[every_night, every_morning],
    sensors=[inbox],
    resources={"night": NightResource()},
    executor=dg.in_process_executor,
)
