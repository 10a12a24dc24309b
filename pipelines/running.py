"""Run a night in this process, on the home's own Dagster instance, so that its UI shows the run."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets import expectations
from assets.home import Home
from data_contracts.errors import BoendesignalError, DeliveryRefused
from pipelines import deliveries
from pipelines.instance import bind
from pipelines.run_errors import RunFailed

if TYPE_CHECKING:
    import dagster as dg


ROOM = 1 << 20  # bytes; with less free, a file that could not be written is why a run failed


@dataclass(frozen=True)
class Ran:
    """A night that was published."""

    extract_date: str
    run_id: str
    folder: Path


def run_night(home: Home, folder: Path, *, replace: bool = False) -> Ran:
    """Run the delivery in the folder and publish it.

    Raises DeliveryRefused (or another BoendesignalError) when it must not be run as it is, and
    RunFailed when the program failed.
    """
    waiting = deliveries.at(folder)
    if not waiting.is_named_by_date:
        raise DeliveryRefused(
            f"The folder is named {waiting.name}; a delivery's folder is named by its extract date,"
            " written 2026-10-01."
        )
    deliveries.refuse_second(home, waiting.name, waiting.manifest_sha256, replace)
    run = execute(home, waiting, replace)
    return Ran(waiting.name, run.run_id, home.published / waiting.name)


def execute(
    home: Home,
    waiting: deliveries.Waiting,
    replace: bool = False,
    defs: dg.Definitions | None = None,
) -> dg.DagsterRun:
    """The night's job, in this process; returns the run, or raises as `run_night` does."""
    try:
        return _executed(home, waiting, replace, defs)
    except DeliveryRefused:
        raise
    except Exception:
        if shutil.disk_usage(home.path).free > ROOM:
            raise
    raise RunFailed(
        "The disk that holds the home is full. The last published night stands. Make room "
        "(the home's runs/ holds what failed runs left) and run the delivery again."
    )


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect garbage seldom: each time, Python walks a million objects that Dagster and Great
    Expectations keep for good, which was a tenth of a small town's night.
    """
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@rare_collections()
def _executed(
    home: Home, waiting: deliveries.Waiting, replace: bool, defs: dg.Definitions | None
) -> dg.DagsterRun:
    bind(home)
    expectations.judge()  # its process starts while this one loads Dagster
    from pipelines.instance import open_instance  # noqa: PLC0415
    from pipelines.requests import code_tag  # noqa: PLC0415 - Dagster takes 1 s

    job = (defs or _definitions()).resolve_job_def("nightly")
    tags = {
        **waiting.tags(),
        **code_tag(),
        deliveries.TAG_DELIVERY: str(waiting.path),
        **({deliveries.TAG_REPLACE: "yes"} if replace else {}),
    }
    with open_instance(home) as instance:
        instance.add_dynamic_partitions("deliveries", [waiting.name])
        result = job.execute_in_process(
            instance=instance,
            partition_key=waiting.name,
            tags=tags,
            raise_on_error=False,
        )
        if not result.success:
            raise failure(result.all_events)
        return result.dagster_run


def _definitions() -> dg.Definitions:
    from pipelines.definitions import defs  # noqa: PLC0415

    return defs


def failure(events: Sequence[Any]) -> BoendesignalError:
    """The error that the run's first failed step tells of."""
    for event in events:
        if event.is_step_failure and event.step_failure_data.user_failure_data:
            said = event.step_failure_data.user_failure_data
            kind = said.metadata["kind"].value
            return (DeliveryRefused if kind == "refused" else RunFailed)(said.description)
    for event in events:
        if event.is_failure and event.event_specific_data and event.event_specific_data.error:
            error = event.event_specific_data.error
            while error.cause:
                error = error.cause
            if error.cls_name == "BoendesignalError":
                return BoendesignalError(error.message.partition(": ")[2].strip())
            return RunFailed(f"The run stopped on {error.cls_name}. Dagster's UI shows where.")
    return RunFailed("The run did not end well. Dagster's UI shows where.")
