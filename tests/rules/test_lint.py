"""The portable subset: everything outside it is told, and what is inside runs on Spark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlglot

from rules import lint
from tests.rules import a_rule
from tests.rules.a_rule import SQL, changed

DOCS = Path(__file__).parents[2] / "docs" / "sql.md"

OUTSIDE = {
    "the number 30 is literal: make it a $parameter": (">= $min_days", ">= 30"),
    "the text '30 days' holds a number": ("cast(1 as double)", "cast('30 days' as double)"),
    "reads core_leases, which is not in `reads`": ("from core_vehicles", "from core_leases"),
    "never reads core_vehicles: take it out of `reads`": ("from core_vehicles", "from core_leases"),
    "CTE vehicles reads core_vehicles and does more": (
        "from core_vehicles)", "from core_vehicles where is_in_traffic)",
    ),
    "imports come first": (
        "vehicles as (select * from core_vehicles),\nobservations as (select * from "
        "core_observations),\n\ncars as (",
        "observations as (select * from core_observations),\n\n"
        "early as (select * from persons),\nvehicles as (select * from core_vehicles),\n"
        "cars as (",
    ),
    "main.core_vehicles names a schema: write core_vehicles": (
        "from core_vehicles", "from main.core_vehicles",
    ),
    "CTE early is not used": ("cars as (", "early as (select * from persons),\ncars as ("),
    "the last select only selects": ("from signals", "from signals where n_cars > 0"),
    "the last select must read a CTE": ("select * from signals", "select 1"),
    "a query stands inside from or join": ("from vehicles\n", "from (select * from vehicles) v\n"),
    "any_value() is not in docs/sql.md": ("count(*)", "any_value(plate)"),
    "date_diff counts days only": ("date_diff('day'", "date_diff('month'"),
    "write list(x order by": ("list(row_id order by source, row_id)", "list(row_id)"),
    "order upwards": ("list(row_id order by source, row_id)", "list(row_id order by row_id desc)"),
    "into a CTE's where": ("row_id) as source_row_ids",
                           "row_id) filter (where is_current) as source_row_ids"),
    "qualify: number the rows": (
        "    group by owner_person_id",
        "    group by owner_person_id qualify row_number() over (order by owner_person_id) = 1",
    ),
    "limit: number the rows": ("    group by person_id", "    group by person_id limit 1"),
    "distinct on: number the rows": ("select owner_person_id",
                                     "select distinct on (owner_person_id) owner_person_id"),
    "interval: compare date_diff": (
        "where person.is_registered\n",
        "where person.is_registered and person.birth_on > $as_of - interval (1) day\n",
    ),
    "x / y: engines differ on zero": ("cast(1 as double)", "1 / cars.n_cars"),
    "//: engines round negative": ("cast(1 as double)", "cars.n_cars // 1"),
    "cast(… as int): engines differ": ("cast(1 as double)", "cast(cars.n_cars as integer)"),
    "cast(… as text): engines differ": ("cast(1 as double)", "cast(cars.n_cars as varchar)"),
    "upper() is not in docs/sql.md": ("person.full_name,", "upper(person.full_name) as full_name,"),
    "ilike: write lower(x) like": ("where person.is_registered\n",
                                   "where person.full_name ilike 'a%'\n"),
    "regular expressions: engines read them": ("where person.is_registered\n",
                                               "where person.full_name ~ 'a'\n"),
    "a backslash in a text": ("where person.is_registered\n",
                              "where person.full_name like 'a\\b'\n"),
    "x[i]: join the table": ("cast(1 as double)", "cars.n_cars[1]"),
    "filter (where …) over (…): Spark has none": (
        "count(*)", "sum(1) filter (where is_in_traffic) over ()",
    ),
    "distinct inside over (…): Spark has none": ("count(*)", "count(distinct plate) over ()"),
    "list(…) over (…): make the list": ("count(*)", "list(plate order by plate) over ()"),
    "$max_days stands in no `parameters`": (">= $min_days", ">= $max_days"),
    "parameter min_days is not used": (">= $min_days", ">= 1"),
    "must be one whole line `and not …`": ("        and date_diff", "        or date_diff"),
    "is excluded, and no line is marked `-- innocent: newly_moved`": (
        " -- innocent: newly_moved", "",
    ),
    "a line is marked `-- innocent: other`, and rule.yml excludes no such": (
        "-- innocent: newly_moved", "-- innocent: other",
    ),
    "write the mark as `-- innocent: id`": ("-- innocent: newly_moved", "-- (innocent) newly"),
    "signal.sql cannot be parsed": ("select * from signals", "select * from signals where ("),
    "signal.sql must be one": ("select * from signals", "select * from signals; select 1"),
}  # fmt: skip


@pytest.mark.parametrize("sentence", [one for one, change in OUTSIDE.items() if change])
def test_outside_the_subset(tmp_path: Path, sentence: str) -> None:
    """Each construct outside the subset is told with what to write instead."""
    change = OUTSIDE[sentence]
    assert change
    found = lint.faults(a_rule.rule(tmp_path, sql=changed(SQL, *change)))
    assert [fault for fault in found if sentence in fault], found


def test_inside_the_subset(tmp_path: Path) -> None:
    """The small rule is inside."""
    assert lint.faults(a_rule.rule(tmp_path)) == []


def test_documented_functions_are_those_allowed() -> None:
    """docs/sql.md lists every allowed function with its purpose, and no other."""
    table = re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", DOCS.read_text(encoding="utf-8"), re.M)
    assert dict(table) == lint.FUNCTIONS


def test_every_allowed_function_runs_and_translates() -> None:
    """Each allowed function is known to sqlglot, so that Spark gets its own name for it."""
    for name in sorted(set(lint.FUNCTIONS) - {"exists", "cast", "list"}):
        arguments = {"date_diff": "'day', a, b", "array_contains": "a, b", "count": "*"}.get(
            name, "a"
        )
        arguments = "a, b, c" if name in ("replace", "concat_ws") else arguments
        arguments = "" if name in ("row_number", "rank", "dense_rank") else arguments
        arguments = "a, b" if name == "nullif" else arguments
        parsed = sqlglot.parse_one(f"select {name}({arguments})", read="duckdb")
        assert not list(parsed.find_all(sqlglot.exp.Anonymous)), name


def test_marked_lines() -> None:
    """A mark belongs to its line; taking the line out leaves the rest as it was."""
    sql = "where a\n    and not b -- innocent: one\n    and not c -- unknown: two"
    assert lint.marked_lines(sql) == {1: "innocent: one", 2: "unknown: two"}
    assert lint.without_line(sql, 1) == "where a\n    and not c -- unknown: two"
