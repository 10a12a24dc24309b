"""The gate's likeness of streets: what is ruled out without counting errors is rightly so."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.protection_match import _is_alike_street, _letters

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
