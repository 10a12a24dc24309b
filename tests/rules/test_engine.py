"""One rule computed: what it sees, what it gives, and what it must never let out."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data_contracts.errors import RuleError
from rules.catalogue import Rule
from rules.engine import EVIDENCE, SIGNALS, Computed, compute
from rules.examples import boring_rows
from rules.tables import core_tables
from tests.rules import a_rule
from tests.rules.a_rule import SQL, changed

AS_OF = date(2026, 10, 1)
ALL = frozenset({"registry", "vehicles", "tenancy"})
KEY = b"k" * 32


@pytest.fixture
def rule(tmp_path: Path) -> Rule:
    return a_rule.rule(tmp_path)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """Core tables with Anna (two leases' observations, one of a vehicle, three cars) and Bo."""
    connection = duckdb.connect(config={"threads": 1})
    for name, table in core_tables().items():
        connection.execute(table.ddl(name))
    put(
        connection,
        "core_persons",
        {"row_id": 101},
        {"person_id": "p2", "full_name": "Bo Alm", "row_id": 102},
    )
    for plate in ("ABC123", "ABC124", "ABC125", "ABC126"):
        put(connection, "core_vehicles", {"plate": plate})
    put(
        connection,
        "core_observations",
        {"row_id": 1101},
        {"row_id": 1102, "source": "vehicles"},
        {"row_id": 1103, "source": "benefits"},
    )
    return connection


def put(con: duckdb.DuckDBPyConnection, table: str, *rows: dict[str, object]) -> None:
    columns = list(core_tables()[table].columns)
    marks = ", ".join("?" * len(columns))
    for row in rows:
        cells = {**boring_rows()[table], **row}
        con.execute(f"insert into {table} values ({marks})", [cells.get(name) for name in columns])


def computed(con: duckdb.DuckDBPyConnection, rule: Rule, **changes: object) -> Computed:
    given = {"as_of": AS_OF, "allowed_sources": ALL, "key": KEY, **changes}
    return compute(con, rule, **given)  # type: ignore[arg-type]


def test_whole_signals(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Signals come in the order of the grain with ids, capped points and whole Swedish texts."""
    got = computed(con, rule)
    assert got.signals.schema == SIGNALS
    assert got.signals.drop("signal_id").rows() == [
        ("small_rule", 1, "residency", "p1", None, [], [], date(2015, 3, 1), 1.0, 1.8,
         "1 poäng: Uppgifterna stämmer inte överens. Därtill 0,8: Fler bilar än en. "
         "Säkerhet 100 % ger 1,8.",
         "Anna Ek har 4 bilar sedan 2015-03-01. Källor: tenancy och vehicles.", None, None),
        ("small_rule", 1, "residency", "p2", None, [], [], date(2015, 3, 1), 1.0, 1.0,
         "1 poäng: Uppgifterna stämmer inte överens. Säkerhet 100 % ger 1.",
         "Bo Alm har 0 bilar sedan 2015-03-01.", None, None),
    ]  # fmt: skip
    assert got.own.columns[0] == "signal_id"
    assert got.own["signal_id"].to_list() == got.signals["signal_id"].to_list()


def test_evidence_names_delivered_rows(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Each fact shown is linked to its row; lists give one evidence row for each of theirs."""
    got = computed(con, rule)
    anna, bo = got.own["signal_id"].to_list()
    assert got.evidence.schema == EVIDENCE
    assert sorted(got.evidence.rows()) == sorted([
        (anna, "full_name", "Namn", "Anna Ek", 101),
        (anna, "source", "Källa", "tenancy", 1101),
        (anna, "source", "Källa", "vehicles", 1102),
        (bo, "full_name", "Namn", "Bo Alm", 102),
    ])  # fmt: skip


def test_what_is_not_allowed_is_not_seen(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """A hidden source's table is empty, its rows elsewhere gone, and the text says so.

    Benefits are allowed tonight, but this rule neither needs nor uses them.
    """
    got = computed(con, rule, allowed_sources={"registry", "tenancy", "benefits"})
    assert got.own["n_cars"].to_list() == [0, 0]
    assert got.own["sources"].to_list() == [["tenancy"], None]
    assert got.signals["certainty"].to_list() == [0.8, 0.8]
    assert got.signals["explain_sv"][1] == (
        "Bo Alm har 0 bilar sedan 2015-03-01. Uppgifter från fordonsregistret saknas, och "
        "säkerheten är därför sänkt."
    )
    both = computed(con, rule, allowed_sources={"registry"})
    assert both.signals["certainty"].to_list() == [0.64, 0.64]
    assert "fordonsregistret och hyresvärdarnas kontrakt saknas" in both.signals["explain_sv"][0]


def test_a_needed_source_suspends(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Without a needed source the rule is not computed at all."""
    with pytest.raises(RuleError, match="needs registry, not among the allowed sources"):
        computed(con, rule, allowed_sources={"vehicles"})


def test_only_tables_in_reads_can_be_reached(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """A table that rule.yml does not read is not there, and the connection is left as it was."""
    sly = replace(rule, sql=changed(SQL, "from core_vehicles", "from core_leases"))
    with pytest.raises(RuleError, match="Table with name core_leases does not exist"):
        computed(con, sly)
    assert con.execute("select current_schema()").fetchall() == [("main",)]
    assert computed(con, rule).signals.height == 2


def test_ids_are_keyed_and_stay(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """The same grain gives the same id every night in one home, another in another home."""
    first = computed(con, rule).own["signal_id"].to_list()
    con.execute("update core_persons set registered_on = date '2014-01-01'")
    assert computed(con, rule).own["signal_id"].to_list() == first
    assert all(len(one) == 64 for one in first)
    other = computed(con, rule, key=b"another").own["signal_id"].to_list()
    assert not set(first) & set(other)


def test_the_order_of_rows_changes_nothing(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """The same rows in another order give identical frames."""
    before = computed(con, rule)
    for table in ("core_persons", "core_observations", "core_vehicles"):
        con.execute(f"create temp table t as select * from {table} order by row_id desc")
        con.execute(f"delete from {table}; insert into {table} from t; drop table t")
    after = computed(con, rule)
    assert before.own.equals(after.own)
    assert before.signals.equals(after.signals)
    assert before.evidence.equals(after.evidence)


def test_parameters(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """A given value replaces the default within its range; all wrong ones are told at once."""
    con.execute("update core_persons set registered_on = date '2026-09-10' where person_id = 'p2'")
    assert computed(con, rule).signals.height == 1
    assert computed(con, rule, parameters={"min_days": 21}).signals.height == 2
    with pytest.raises(RuleError) as error:
        computed(con, rule, parameters={"min_days": 91, "max_days": 1})
    assert str(error.value) == (
        "small_rule: unknown parameter 'max_days'; allowed: min_days. Did you mean min_days?\n"
        "small_rule: min_days = 91 days; allowed: 1 to 90."
    )


BROKEN = {
    "does not return n_cars, which rule.yml names": (
        "        coalesce(cars.n_cars, 0) as n_cars,\n", "",
    ),
    "returns city, which no text, step or evidence in rule.yml names": (
        "        person.full_name,\n", "        person.full_name, person.city,\n",
    ),
    "certainty is Int32, it must be Float64": ("cast(1 as double)", "1"),
    "since_on is String, it must be Date": ("person.registered_on as", "person.last_name as"),
    "2 rows with a certainty outside 0 to 1": ("cast(1 as double)", "cast(2 as double)"),
    "2 rows more than once for the same (person_id)": ("person.person_id,\n        person.r",
                                                       "'p0' as person_id,\n        person.r"),
    "2 rows without person_id, since_on or certainty": ("cast(1 as double)",
                                                        "cast(null as double)"),
    "1 rows with lists of rows and values of unequal length": (
        "placed.source_row_ids,", "[person.row_id] as source_row_ids,",
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", BROKEN)
def test_broken_promises_are_refused(
    con: duckdb.DuckDBPyConnection, rule: Rule, sentence: str
) -> None:
    """SQL that does not return what rule.yml says is refused, with counts and column names only."""
    con.execute("alter table core_persons add column city varchar")
    broken = replace(rule, sql=changed(SQL, *BROKEN[sentence]))
    with pytest.raises(RuleError) as error:
        computed(con, broken)
    assert sentence in str(error.value)
    assert "Anna" not in str(error.value)


def test_errors_hold_no_values(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """A failure on the rows names the kind of error, never the value that it failed on."""
    sql = changed(SQL, "cast(1 as double)", "cast(person.full_name as double)")
    with pytest.raises(RuleError) as error:
        computed(con, replace(rule, sql=sql))
    assert "Anna" not in str(error.value)
    assert "ConversionException" in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_many_signals_in_seconds(tmp_path: Path) -> None:
    """20 000 signals with texts and evidence take a second or two, so 100 000 some seconds."""
    rule = a_rule.rule(tmp_path)
    con = duckdb.connect(config={"threads": 1})
    for name, table in core_tables().items():
        con.execute(table.ddl(name))
    put(con, "core_persons", {})
    con.execute(
        "insert into core_persons by name select 'q' || i as person_id, true as is_registered, "
        "'Name ' || i as full_name, date '2015-01-01' as registered_on, i as row_id "
        "from range(20000) t(i)"
    )
    start = time.perf_counter()
    got = computed(con, rule)
    assert got.signals.height == 20001
    assert time.perf_counter() - start < 10


def test_random_insertion_order_of_many_rows(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Lists come in one order whatever order the rows were delivered in."""
    rows = [{"row_id": 1200 + n, "source": source} for n, source in enumerate(["tenancy"] * 5)]
    random.Random(1).shuffle(rows)
    put(con, "core_observations", *rows)
    own = computed(con, rule).own.filter(pl.col("person_id") == "p1")
    assert own["source_row_ids"].to_list() == [[1101, 1200, 1201, 1202, 1203, 1204, 1102]]
