"""What the translation to Spark adds to sqlglot's; that both engines agree is test_on_spark's."""

from __future__ import annotations

import pytest
import sqlglot

from rules.catalogue import load
from rules.spark_sql import faults, to_spark

SAID = {
    # collect_list forgets `order by`, and structs put nulls first
    "list(a order by b)": "TRANSFORM(ARRAY_SORT(COLLECT_LIST(STRUCT(b IS NULL AS n0, b AS k0, "
    "a AS x))), r -> r.x)",
    "lower(a)": "LOWER(TRANSLATE(a, 'İΣ', 'iσ'))",
    "array_contains(a, b)": "CASE WHEN NOT a IS NULL AND NOT b IS NULL THEN "
    "COALESCE(ARRAY_CONTAINS(a, b), FALSE) END",
    "date_diff('day', a, b)": "DATEDIFF(DAY, a, b)",
    "row_number() over (order by a)": "ROW_NUMBER() OVER (ORDER BY a NULLS LAST)",
    "a >= $min_days": "a >= :min_days",
}


@pytest.mark.parametrize("duckdb", SAID)
def test_said_in_spark(duckdb: str) -> None:
    """Each on one line, as Spark is asked."""
    tree = sqlglot.parse_one(f"select {duckdb} as x from t", read="duckdb")
    assert " ".join(to_spark(tree).split()) == f"SELECT {SAID[duckdb]} AS x FROM t"


def test_what_sqlglot_refuses_is_named() -> None:
    """Its own words come through with what they are about."""
    tree = sqlglot.parse_one("select arg_max(a, b, 3) from t", read="duckdb")
    [fault] = faults(tree)
    assert "cannot be written in Spark SQL" in fault
    assert "ArgMax" in fault


def test_every_rule_can_be_said() -> None:
    """None of the catalogue's rules holds what Spark lacks or computes otherwise."""
    rules = load(locked=False).values()
    found = {rule.id: faults(sqlglot.parse_one(rule.sql, read="duckdb")) for rule in rules}
    assert not {rule: told for rule, told in found.items() if told}
