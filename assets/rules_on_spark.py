"""Nights and rules on Apache Spark, for years of nights at once (optional extra).

Nights go to the tasks as Arrow batches: a task rebuilds its night's core tables with DuckDB and the
same functions for addresses, names and numbers as any night, and writes them where every executor
reads: the home, which must lie on storage that they share. Rules run as Spark SQL.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from assets.home import Home
from assets.night_aside import StoredNight
from assets.retention import TRIALS
from assets.rules_run import build_core
from data_contracts.errors import BoendesignalError
from rules import on_spark
from rules.catalogue import Rule
from rules.engine import Run

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

BUILT = "place int, why_not string"
"""One row per night: its place in the list, and why it could not be rebuilt, else ''."""


@contextlib.contextmanager
def spark_engine(home: Home, master: str = on_spark.ON_THIS_MACHINE) -> Iterator[OnSpark]:
    """Within: Spark at `master` (see `rules.on_spark.session`), spilling inside the home."""
    with tempfile.TemporaryDirectory(prefix=TRIALS, dir=home.runs) as place:
        spark = on_spark.session(Path(place), master)
        try:
            yield OnSpark(spark)
        finally:
            spark.stop()


class OnSpark:
    """As `assets.rules_run.Engine`: as many nights and rules at once as Spark has cores."""

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark
        self.at_once = spark.sparkContext.defaultParallelism

    def build(self, home: Home, nights: Sequence[StoredNight], place: Path) -> list[str]:
        """Raises BoendesignalError where a task fails; its message may hold values, ours not."""
        from pyspark.errors import PySparkException  # noqa: PLC0415 - an optional extra

        def rebuild(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                places = batch.column("id").to_pylist()
                why_not = [build_core(home, nights[one], place, threads=1) for one in places]
                yield pa.record_batch([pa.array(places, pa.int32()), why_not], ["place", "why_not"])

        one_a_task = self.spark.range(0, len(nights), numPartitions=len(nights))
        try:
            built = one_a_task.mapInArrow(rebuild, BUILT).toArrow()
        except PySparkException as error:
            raise BoendesignalError(
                f"A night could not be rebuilt on Spark ({error.getCondition()}). Does every "
                "executor reach the home and have boendesignal installed?"
            ) from None
        told: Mapping[int, str] = dict(
            zip(built["place"].to_pylist(), built["why_not"].to_pylist(), strict=True)
        )
        return [told[one] for one in range(len(nights))]

    def running(self, core: Path, rule: Rule, night: StoredNight) -> Run:
        return on_spark.running(self.spark, core, rule, night.extract_date)
