"""The jobs: `nightly` makes every table of one delivery, `housekeeping` lets go of what is old."""

from datetime import UTC, datetime

import dagster as dg

from assets.home import Home
from pipelines.housekeeping import clean

DELIVERIES = dg.DynamicPartitionsDefinition(name="deliveries")  # one per extract date

# The UI and the command line tell what a run does; a thousand debug lines on the terminal do not.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}

nightly = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    config=QUIET,
    description="One delivery, from what the sources handed over to what is published.",
)


@dg.op(description="Old runs, nights and events go, as HOME/settings.yml says.")
def clean_up(context: dg.OpExecutionContext) -> None:
    home = Home.open()
    with home.lock():
        counts = clean(home, context.instance, datetime.now(UTC), running=context.run_id)
    context.add_output_metadata(counts)


@dg.job(config=QUIET, description="Delete what has stood longer than the home's settings allow.")
def housekeeping() -> None:
    clean_up()
