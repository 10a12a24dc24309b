"""A stage of the night as a Dagster asset: thin, and the only place where errors are made clean.

A stage is a plain function `stage(ws) -> counts`; `Table` says what it makes, and `stage_asset`
wraps both. Dagster keeps error texts and metadata for ever, so an exception that was not raised on
purpose leaves as its type and stage only; its detail goes to a private file in the run's folder.
"""

import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import dagster as dg
import duckdb

from assets.home import write_private
from assets.workspace import Workspace
from data_contracts.errors import BoendesignalError, is_fault

# What may be gone in a second try: a full disk, a lock, memory that another process held.
TRANSIENT = (OSError, MemoryError, duckdb.IOException, duckdb.OutOfMemoryException)
RETRY = dg.RetryPolicy(max_retries=1, delay=5)

REFUSED, UNEXPECTED = "refused", "unexpected"  # why a stage stopped

Counted = int | float | str
StageCounts = Mapping[str, Any]  # scalar counts, or counts per table


@dataclass(frozen=True)
class Table:
    """One node of the graph. Grain: one per table or file that a stage makes."""

    name: str
    group: str
    description: str
    deps: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset({"duckdb"})
    owners: tuple[str, ...] = ()
    tags: Mapping[str, str] | None = None
    metadata: Mapping[str, Any] | None = None
    code_version: str | None = None
    counted_as: str | None = None  # its key in the stage's counts, where that is not its name
    work_table: str | None = None  # the table in the work file whose rows are counted for it
    is_counted: bool = True  # whether its counts may be shown

    def spec(self) -> dg.AssetSpec:
        return dg.AssetSpec(
            self.name,
            deps=self.deps,
            group_name=self.group,
            description=self.description,
            kinds=set(self.kinds),
            owners=list(self.owners),
            tags=dict(self.tags or {}),
            metadata=dict(self.metadata or {}),
            code_version=self.code_version,
        )


@dataclass(frozen=True)
class Stage:
    """One step of the night: what it is called while it works, what it does and makes.

    `evaluate` makes the results of `checks` of what `run` returned, or of the refusal it raised.
    """

    name: str
    title: str
    run: Callable[[Workspace], Any]  # returns StageCounts, or what `evaluate` takes
    tables: tuple[Table, ...]
    checks: tuple[dg.AssetCheckSpec, ...] = ()
    evaluate: Callable[[Any], Sequence[dg.AssetCheckResult]] | None = None
    reads: Literal["delivery", "landing", "work"] = "work"  # what must be there before it
    is_last: bool = False


@dataclass(frozen=True)
class Ended:
    """What a stage says of itself; a failed one has the failure and what it found before it."""

    counts: StageCounts
    seconds: float
    checks: Sequence[dg.AssetCheckResult]
    failure: dg.Failure | None = None


class Night(Protocol):
    """What a stage needs of the run it is part of (pipelines/resources.py)."""

    def workspace(self, run: dg.DagsterRun) -> Workspace: ...

    def watch(self, run: dg.DagsterRun, stage: Stage) -> AbstractContextManager[None]: ...

    def note_failure(self, run: dg.DagsterRun, stage: Stage, text: str) -> None: ...


def stage_asset(stage: Stage, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """The stage as one step with a node for each of its tables."""

    @dg.multi_asset(
        name=stage.name,
        specs=[table.spec() for table in stage.tables],
        check_specs=list(stage.checks),
        partitions_def=partitions,
        required_resource_keys={"night"},
        retry_policy=RETRY,
        description=stage.title,
    )
    def step(context: dg.AssetExecutionContext) -> Iterator[Any]:
        ended = perform(stage, context.resources.night, context.run)
        if ended.failure:
            yield from ended.checks
            raise ended.failure
        for table in stage.tables:
            key = dg.AssetKey(table.name)
            yield dg.MaterializeResult(
                asset_key=key,
                metadata=table_metadata(stage, table, ended),
                check_results=[check for check in ended.checks if check.asset_key == key],
            )

    return step


def perform(stage: Stage, night: Night, run: dg.DagsterRun) -> Ended:
    """Run the stage. Raises nothing: the failure is returned, and holds no value from a delivery.

    It is made outside the except blocks, where it would take the first error's text along.
    """
    found: Sequence[dg.AssetCheckResult] = ()
    started = time.perf_counter()
    try:
        ws = night.workspace(run)
        check_earlier_stages_ran(stage, ws)
        with night.watch(run, stage):
            returned = stage.run(ws)
            counts = {**rows_in_work(stage, ws), **(returned if isinstance(returned, dict) else {})}
            found = stage.evaluate(returned) if stage.evaluate else ()
        return Ended(counts, seconds_since(started), found)
    except BoendesignalError as error:
        text, may_retry, kind = str(error), False, REFUSED
        if stage.evaluate and hasattr(error, "results"):
            found = stage.evaluate(error.results)
    except BaseException as error:
        if not is_fault(error):
            raise
        text, may_retry = unexpected(stage, night, run, error), isinstance(error, TRANSIENT)
        kind = UNEXPECTED
    night.note_failure(run, stage, text)
    failure = dg.Failure(
        text, metadata={"stage": stage.name, "kind": kind}, allow_retries=may_retry
    )
    return Ended({}, seconds_since(started), found, failure)


def rows_in_work(stage: Stage, ws: Workspace) -> dict[str, int]:
    """Rows of the work file's tables that the stage's tables name, by table."""
    counted = {table.name: table.work_table for table in stage.tables if table.work_table}
    if not counted:
        return {}
    columns = ", ".join(f'(select count(*) from "{name}")' for name in counted.values())
    with ws.connect() as con:
        [row] = con.sql(f"select {columns}").fetchall()
    return dict(zip(counted, row, strict=True))


def seconds_since(started: float) -> float:
    return round(time.perf_counter() - started, 3)


def check_earlier_stages_ran(stage: Stage, ws: Workspace) -> None:
    """A table materialised alone has nothing to be made from: say so and what to do."""
    needed = {"landing": ws.landing_file, "work": ws.work_file}.get(stage.reads)
    if needed and not needed.exists():
        raise BoendesignalError(
            "This step reads what earlier steps of the same run made, and this run has none. "
            "A night is made whole: run the job `nightly` for the partition. A failed run can be "
            "re-executed `from failure`, unless it failed before the protection gate had passed."
        )


def unexpected(stage: Stage, night: Night, run: dg.DagsterRun, error: BaseException) -> str:
    """What may be said of an error nobody foresaw; the detail goes to a private file."""
    kind = type(error).__name__
    try:
        file = night.workspace(run).dir / f"error_{stage.name}.txt"
        write_private(file, detail(stage, error).encode())
    except Exception:
        return f"{stage.title}: stopped on {kind} before the run had a folder for the detail."
    return (
        f"{stage.title}: stopped on {kind}. The published tables stand. The detail, which may hold "
        f"personal data, is in runs/{file.parent.name}/{file.name} of the home."
    )


def detail(stage: Stage, error: BaseException) -> str:
    """The error with its texts; before the gate has passed, where it came from only.

    Such a text may quote the row of a protected person, and the file outlives the run.
    """
    if stage.reads == "work":
        return "".join(traceback.format_exception(error))
    told: list[str] = []
    chain: BaseException | None = error
    while chain:
        told += [*traceback.format_tb(chain.__traceback__), f"{type(chain).__name__}\n"]
        chain = chain.__cause__ or chain.__context__
    return "".join(told)


def table_metadata(stage: Stage, table: Table, ended: Ended) -> dict[str, Counted]:
    """Counts of the table and the step's duration; never anything about a person."""
    if not table.is_counted:
        return {"step_seconds": ended.seconds}
    of_table = ended.counts.get(table.counted_as or table.name, {})
    if not isinstance(of_table, Mapping):
        of_table = {"rows": of_table}
    if len(stage.tables) == 1:
        scalars = {k: v for k, v in ended.counts.items() if not isinstance(v, Mapping)}
        of_table = {**scalars, **of_table}
    counts = dict(of_table)
    if isinstance(counts.get("rows"), int):
        counts["dagster/row_count"] = counts.pop("rows")
    return {**counts, "step_seconds": ended.seconds}
