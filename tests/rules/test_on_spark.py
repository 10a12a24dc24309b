"""The same rules on two engines: functions on values that engines disagree about, every example."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.night_aside import StoredNight
from assets.rules_on_spark import OnSpark
from assets.rules_run import Engine, InDuckDB
from data_contracts.errors import RuleError
from rules import on_spark
from rules.catalogue import Rule, load, sources_of
from rules.engine import Computed, compute_by
from rules.examples import Example, Examples, boring_rows, load_examples, rows_of
from rules.lint import FUNCTIONS
from rules.tables import core_tables

pytestmark = pytest.mark.slow

TRAPS = """
select k, i::integer as i, j::integer as j, x::double as x, y::double as y, s, u, d, e, p, l
from (values
    (1, 1, 3, 0.5, 0.0, 'Åsa', 'åsa', date '2026-03-28', date '2026-03-30', true,
        ['a', null, 'x']),
    (2, -7, 2, 2.5, -0.5, ' a b ', 'a', date '2024-02-29', date '2025-03-01', false, []),
    (3, null, 0, -2.5, 1e16, '', 'b', date '1899-12-31', date '2100-01-01', null, null),
    (4, 2147483647, null, 0.1, 3.0, 'straße', 'ß', date '0001-01-01', date '1582-10-15', true,
        ['ß', 's']),
    (5, 0, 5, null, null, null, 'x', null, date '2026-10-01', true, ['x', 'b']),
    (6, 10, 10, 1234567.125, 7.0, 'ΟΔΟΣ İI', 'é', date '1582-10-04', null, false, [null]),
    (7, 2, 2, 1.5, 3.5, chr(160) || 'nb' || chr(9), null, date '1500-01-01', date '1500-03-01',
        null, ['x', null])
) v(k, i, j, x, y, s, u, d, e, p, l)
"""
SCALARS = [
    "abs(i)", "abs(x)", "array_contains(l, u)", "array_contains(l, 'q')", "array_length(l)",
    "cast(i as double)", "cast(p as double)", "cast(round(x) as bigint)", "coalesce(s, u)",
    "coalesce(i, x)", "concat_ws('-', s, u)", "concat_ws('-', s)", "date_diff('day', d, e)",
    "greatest(i, j)", "greatest(x, i)", "least(x, y)", "lower(s)", "lower(u)", "nullif(s, '')",
    "nullif(i, j)", "replace(s, 'a', 'åå')", "replace(s, '', 'z')", "round(x)", "round(y)",
    "i / nullif(j, 0)", "x / nullif(y, 0)", "i * x", "i - j", "s || u", "s < u", "d < e",
    "s like '%a%'", "s like '_sa'", "s in ('Åsa', null)", "s not in ('Åsa', '')", "[s]",
    "s is distinct from u", "case when p then i else x end", "p and i > 0", "not p", "i = x",
    "exists (select 1 from t as other where other.j = t.i)",
]  # fmt: skip
AGGREGATES = [
    "avg(i)", "avg(x)", "avg(i) filter (where false)", "bool_and(p)", "bool_or(p)",
    "bool_or(p) filter (where false)", "count(*)", "count(s)", "count(distinct p)",
    "count(i) filter (where p)", "max(s)", "min(s)", "min(u)", "max(d)", "max(p)", "sum(i)",
    "sum(x)", "sum(j) filter (where false)", "list(s order by s, k)", "list(i order by p, i, k)",
    "list(k order by d, k)", "list(u order by x, k)", "list(s order by u, k)",
]  # fmt: skip
WINDOWS = [
    "row_number() over (order by s, k)", "row_number() over (order by s desc, k)",
    "rank() over (order by p)", "dense_rank() over (order by p desc)",
    "lag(i) over (order by x, k)", "lead(s) over (partition by p order by d desc, k)",
    "sum(j) over (partition by p order by k)", "max(s) over (order by d)",
    "count(*) over (order by p)", "min(x) over (partition by p)", "bool_or(p) over (order by k)",
    "avg(i) over (order by p)",
]  # fmt: skip
# Different on purpose: what keeps lint from letting them in.
REFUSED = ["upper(u)", "trim(s)", "i / 0", "cast(x as integer)", "cast(y as varchar)"]


@pytest.fixture(scope="module")
def traps(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table `t` of both engines."""
    file = tmp_path_factory.mktemp("traps") / "t.parquet"
    duckdb.sql(f"copy ({TRAPS}) to '{file}' (format parquet)")
    spark.read.parquet(str(file)).createOrReplaceTempView("t")
    return file


def on_both(spark: Any, file: Path, sql: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    with duckdb.connect() as con:
        con.execute(f"create view t as from '{file}'")
        return con.sql(sql).pl(), on_spark.query(spark, sql, {}, "traps")


@pytest.mark.parametrize("kind", ["scalars", "aggregates", "windows"])
def test_functions_agree(spark: Any, traps: Path, kind: str) -> None:
    """Nulls, zeros, halves, overflow's edge, old dates, and letters with two capitals."""
    told, rest = {
        "scalars": (SCALARS, "order by k"),
        "aggregates": (AGGREGATES, ""),
        "windows": (WINDOWS, "order by k"),
    }[kind]
    columns = ", ".join(f"{one} as c{place}" for place, one in enumerate(told))
    here, there = on_both(spark, traps, f"select {columns} from t {rest}")
    wrong = {
        one: (here[f"c{place}"].to_list(), there[f"c{place}"].to_list())
        for place, one in enumerate(told)
        if here[f"c{place}"].to_list() != there[f"c{place}"].to_list()
    }
    assert not wrong


def test_every_allowed_function_is_among_them() -> None:
    """A function that is let into docs/sql.md is measured here."""
    told = " ".join([*SCALARS, *AGGREGATES, *WINDOWS])
    assert [name for name in FUNCTIONS if f"{name}(" not in told.replace(" (", "(")] == []


@pytest.mark.parametrize("refused", REFUSED)
def test_what_lint_refuses_does_differ(spark: Any, traps: Path, refused: str) -> None:
    """Each refusal has its reason; one that has lost it can go."""
    sql = f"select {refused} as c from t order by k"
    try:
        here, there = on_both(spark, traps, sql)
    except RuleError:
        return
    assert here["c"].to_list() != there["c"].to_list()


def test_small_letters_agree(spark: Any, tmp_path: Path) -> None:
    """Latin, Greek, Cyrillic and more, alone and inside a word.

    But U+1C89, a Cyrillic letter that Unicode got in 2024, after Java 17.
    """
    file = tmp_path / "t.parquet"
    duckdb.sql(
        "copy (select i, chr(i::integer) as c from range(1, 9472) r(i)) "
        f"to '{file}' (format parquet)"
    )
    spark.read.parquet(str(file)).createOrReplaceTempView("t")
    sql = "select i, lower(c) as alone, lower('A' || c || 'Ö') as inside from t order by i"
    here, there = on_both(spark, file, sql)
    differ = here.filter((here["alone"] != there["alone"]) | (here["inside"] != there["inside"]))
    assert differ["i"].to_list() == [0x1C89]


FAILS = """
import sys
from pathlib import Path
from data_contracts.errors import RuleError
from rules.on_spark import query, session
place, file = map(Path, sys.argv[1:])
spark = session(place, "local[1]")
spark.read.parquet(str(file)).createOrReplaceTempView("t")
try:
    query(spark, "select cast(s as double) as x from t", {}, "small_rule")
except RuleError as error:
    print(error)
def fails(batches):
    for batch in batches:
        raise ValueError(str(batch.to_pylist()))
        yield batch
try:
    spark.table("t").mapInArrow(fails, "x double").toArrow()
except Exception as error:
    print(error.getCondition())
"""


def test_failures_hold_no_values(spark: Any, tmp_path: Path) -> None:
    """Neither the message nor what Spark writes to a terminal, in Java and in Python."""
    file = tmp_path / "t.parquet"
    duckdb.sql(f"copy (select 'Anna Ek' as s) to '{file}' (format parquet)")
    done = subprocess.run(
        [sys.executable, "-c", FAILS, str(tmp_path), str(file)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert "small_rule/signal.sql failed on Spark: CAST_INVALID_INPUT" in done.stdout
    assert "PYTHON_EXCEPTION" in done.stdout
    assert "Anna" not in done.stdout + done.stderr


@pytest.mark.parametrize("rule_id", list(load(locked=False)))
def test_examples_agree(spark: Any, tmp_path: Path, rule_id: str) -> None:
    """All of a rule's examples side by side, each with ids of its own: whole signals agree.

    DuckDB gives as many as the examples expect, so nothing is lost by laying them together.
    """
    rule = load(locked=False)[rule_id]
    examples = load_examples(rule)
    unseen = sorted({example.without for example in examples.examples})
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda without: same_signals(spark, tmp_path, rule, without), unseen))


def same_signals(spark: Any, place: Path, rule: Rule, without: tuple[str, ...]) -> None:
    examples = load_examples(rule)
    chosen = [one for one in examples.examples if one.without == without]
    core = core_files(
        place / "-".join(("without", *without)), rule, side_by_side(rule, examples, chosen)
    )
    as_of = examples.as_of or boring_rows()["as_of"]
    here = run(InDuckDB(), core, rule, as_of, without)
    there = run(OnSpark(spark), core, rule, as_of, without)
    assert here.own.height == sum(len(one.expect) for one in chosen)
    for part in ("own", "signals", "evidence"):
        assert_frame_equal(getattr(there, part), getattr(here, part), rel_tol=1e-12, abs_tol=0)


def run(
    engine: Engine,
    core: Path,
    rule: Rule,
    as_of: Any = None,
    without: Sequence[str] = (),
) -> Computed:
    night = StoredNight(as_of or boring_rows()["as_of"], core)
    sources = sources_of(rule) - set(without)
    by_hand = load_examples(rule).forest
    return compute_by(
        engine.running(core, rule, night),
        rule,
        allowed_sources=sources,
        key=b"examples",
        forest=by_hand.fitted() if by_hand else None,
    )


NAMES_ONE = ("_id", "_number", "personnummer", "plate", "phone", "property", "address")


def side_by_side(rule: Rule, examples: Examples, chosen: list[Example]) -> dict[str, list[dict]]:
    """The rows of all examples, with ids, numbers and addresses that no other example has."""
    tables: dict[str, list[dict]] = {table: [] for table in rule.spec.reads}
    for place, example in enumerate(chosen):
        for table, rows in rows_of(examples.base, example.rows, rule.spec.reads).items():
            tables[table] += [
                {name: own(place, name, value) for name, value in row.items()} for row in rows
            ]
    return tables


def own(place: int, column: str, value: Any) -> Any:
    if column == "row_id" or column.endswith("_row_id"):
        return value if value is None else place * 1_000_000 + value
    return f"{place}-{value}" if isinstance(value, str) and column.endswith(NAMES_ONE) else value


def core_files(folder: Path, rule: Rule, rows: dict[str, list[dict]]) -> Path:
    """The core tables that a rule reads as Parquet, complete rows or with boring cells."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds: dict[str, Any] = {
        "VARCHAR": pl.String, "INTEGER": pl.Int32, "BIGINT": pl.Int64, "DATE": pl.Date,
        "BOOLEAN": pl.Boolean, "DOUBLE": pl.Float64,
    }  # fmt: skip
    for table in rule.spec.reads:
        columns = core_tables()[table].columns
        whole = [{**boring_rows()[table], **row} for row in rows.get(table, [])]
        schema = {name: kinds[kind] for name, kind in columns.items()}
        pl.DataFrame(whole, schema=schema).write_parquet(folder / f"{table}.parquet")
    return folder
