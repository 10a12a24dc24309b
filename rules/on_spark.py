"""The same rules on Apache Spark (optional extra `boendesignal[spark]`, and Java 17).

Core tables are Parquet files that DuckDB wrote, `<folder>/<table>.parquet`. A rule's SQL is
translated (`spark_sql`); ids, points, texts and evidence are made by the same code as always.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import sqlglot

from data_contracts.errors import BoendesignalError, RuleError
from rules.catalogue import Rule
from rules.engine import Run, bindings, run_sql
from rules.model import Number
from rules.spark_sql import to_spark
from rules.tables import core_tables, view_filter

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_IN_SPARK = {"VARCHAR": "string", "INTEGER": "int"}  # the other types have the same name
SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # overflow and bad casts stop, as they do in DuckDB
    "spark.sql.session.timeZone": "UTC",
    # Dates before 1582 are read as DuckDB wrote them.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.executorEnv.POLARS_MAX_THREADS": "1",  # a task is one core's work
    "spark.scheduler.mode": "FAIR",  # rules side by side share the cores
    "spark.ui.enabled": "false",  # shows the SQL of running rules to anybody on the network
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",  # a failed task would be logged with the value that it failed on
}
REPEAT_VALUES = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")  # of failed queries
ON_THIS_MACHINE = "local[*]"  # as many tasks as it has cores
HERE_ONLY = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


def session(
    place: Path, master: str = ON_THIS_MACHINE, more: Mapping[str, str] | None = None
) -> SparkSession:
    """A Spark session that keeps what it spills in `place`; the caller stops it.

    `master`: as Spark writes it, such as spark://host:7077. Raises BoendesignalError without
    PySpark or Java.
    """
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415 - an optional extra
        from pyspark.logger import PySparkLogger  # noqa: PLC0415
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError:
        raise BoendesignalError(
            "PySpark is not installed. Install the extra: pip install 'boendesignal[spark]'."
        ) from None
    for name in REPEAT_VALUES:
        PySparkLogger.getLogger(name).disabled = True
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("boendesignal")
    spill = {"spark.local.dir": str(place), "spark.sql.warehouse.dir": str(place / "warehouse")}
    for name, value in {
        **SETTINGS,
        **spill,
        **(HERE_ONLY if master.startswith("local[") else {}),
        **(more or {}),
    }.items():
        builder = builder.config(name, value)
    try:
        return builder.master(master).getOrCreate()
    except (PySparkException, OSError) as error:
        raise BoendesignalError(
            f"Spark did not start ({type(error).__name__}). It needs Java 17: on Debian "
            "apt-get install openjdk-17-jre-headless."
        ) from None


def running(spark: SparkSession, folder: Path, rule: Rule, as_of: date) -> Run:
    """How `engine.compute_by` runs this rule on Spark, over the core tables in `folder`."""

    def run(visible: frozenset[str], values: Mapping[str, Number]) -> pl.DataFrame:
        # Views of its own, so that rules and nights can run side by side.
        own_session = spark.newSession()
        for table in rule.spec.reads:
            seen = _table(own_session, folder, table).where(view_filter(table, visible))
            seen.createOrReplaceTempView(table)
        found = query(own_session, rule.sql, bindings(rule, as_of, values), rule.id)
        return found.cast(_schema(rule, as_of, values))

    return run


def query(spark: SparkSession, sql: str, bound: Mapping[str, Any], rule_id: str) -> pl.DataFrame:
    """What DuckDB's `sql` returns on Spark. Raises RuleError without any row's value."""
    from pyspark.errors import (  # noqa: PLC0415 - an optional extra
        AnalysisException,
        PySparkException,
    )

    try:
        told = spark.sql(to_spark(_parsed(sql)), args=dict(bound))
        return pl.DataFrame(told.toArrow())
    except AnalysisException as error:  # speaks of the SQL
        raise RuleError(f"{rule_id}/signal.sql on Spark: {error}") from None
    except PySparkException as error:
        raise RuleError(
            f"{rule_id}/signal.sql failed on Spark: {error.getCondition() or type(error).__name__}."
            " Its message may hold values and is left out."
        ) from None


def _parsed(sql: str) -> sqlglot.exp.Select:
    tree = sqlglot.parse_one(sql, read="duckdb")
    assert isinstance(tree, sqlglot.exp.Select), "lint lets nothing else through"
    return tree


def _table(spark: SparkSession, folder: Path, name: str) -> Any:
    """A core table as tables.yml promises it; Spark need not look into the file for that."""
    columns = core_tables()[name].columns
    schema = ", ".join(f"`{one}` {_IN_SPARK.get(kind, kind)}" for one, kind in columns.items())
    return spark.read.schema(schema).parquet(str(folder / f"{name}.parquet"))


def _schema(rule: Rule, as_of: date, values: Mapping[str, Number]) -> pl.Schema:
    """The types that DuckDB gives the rule's columns: counts are wider there than in Spark."""
    with duckdb.connect(config={"threads": 1}) as con:
        for name in rule.spec.reads:
            con.execute(core_tables()[name].ddl(name))
        return run_sql(con, rule, as_of, values).schema
