"""The gate's likeness of streets: what is ruled out without counting errors is rightly so."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.protection_match import _is_alike_street, _letters, create_places

WORDS = st.text("abåz ", max_size=12)


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        yield con


def is_alike(con: duckdb.DuckDBPyConnection, mine: str, theirs: str, *, counts_all: bool) -> bool:
    """Whether two streets are alike; `counts_all`: with every letter mask the same."""
    letters = "0" if counts_all else _letters("fold")
    of = f"(select fold, fold as stem, {letters} as letters from (select ?::varchar as fold))"
    sql = f"select {_is_alike_street('mine', 'theirs')} from {of} mine, {of} theirs"
    return con.execute(sql, [mine, theirs]).fetchall()[0][0]


@given(mine=WORDS, theirs=WORDS)
def test_letters_rule_out_no_street_that_is_alike(con, mine, theirs):
    counted = is_alike(con, mine, theirs, counts_all=True)
    assert is_alike(con, mine, theirs, counts_all=False) == counted


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ("granovagen", "granovgaen", True),
        ("granovagen", "granbvxgen", True),
        ("granovagen", "granbvxgez", False),
        ("asvag", "alvvag", False),
    ],
)
def test_one_wrong_letter_in_four_and_two_at_most(con, mine, theirs, expected):
    assert is_alike(con, mine, theirs, counts_all=False) is expected


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_texts_parsed_a_few_at_a_time_are_all_parsed(con, monkeypatch, at_once):
    """A country's texts do not fit in memory together; five here, one of them twice."""
    monkeypatch.setattr("assets.protection_match.TEXTS_AT_ONCE", at_once)
    con.execute("""
        create or replace temp table g_address as
        select n as row_id, 'stated' as kind, false as is_register,
               'Ekgatan ' || (n % 5 + 1) || ' B' as text, '15252' as postcode, 'Järna' as city,
               null::varchar as flat, null::varchar as property, null::varchar as care_of
        from range(6) r(n);
        create or replace temp view g_owner as select 'stated' as kind, 'who' as slot;
        create or replace temp view g_person as select 1 as row_id, 'who' as slot, '1' as ten
        """)
    create_places(con)
    assert con.sql("select street, number, letter from g_line order by number").fetchall() == [
        ("ekgata", number, "B") for number in range(1, 6)
    ]
    assert con.sql("select street, fold, stem from g_street").fetchall() == [
        ("ekgata", "ekgata", "ek")
    ]
    placed = con.sql("select row_id, number from g_place join g_line using (line) order by row_id")
    assert placed.fetchall() == [(n, n % 5 + 1) for n in range(6)]
