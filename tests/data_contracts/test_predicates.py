"""Text becomes a value only in the form that the contract states, and never by guessing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.cleaning import cleaned_sql
from data_contracts.contract import Column, Contract, load_contracts
from data_contracts.numbers import read_numbers
from data_contracts.predicates import marked_sql, quoted, typed_sql
from matching.personnummer import normalise, parse_series

AS_OF = date(2026, 10, 1)
VECTORS = Path(__file__).resolve().parents[3] / "shared/testdata/personnummer"
VALID_NUMBERS = ("197002019805", "196803129813", "199904152387", "200106302391")


def contract_of(column_type: str, **more: object) -> Contract:
    """The relations contract with one column of the type, named v."""
    on_invalid = None if column_type in {"string", "code"} else "empty"
    column = Column(
        name="v",
        source="v",
        type=column_type,
        on_invalid=on_invalid,
        personal_data="none",
        description="Any value.",
        **more,
    )
    relations = load_contracts()["registry__relations"]
    return relations.model_copy(update={"columns": (column,), "quality": (), "key": ("v",)})


def typed(column_type: str, texts: list[str | None], **more: object) -> list[object]:
    """The values that the texts become."""
    contract = contract_of(column_type, **more)
    with duckdb.connect() as con:
        con.execute("create table given (v varchar, place integer)")
        con.executemany("insert into given values (?, ?)", [(t, i) for i, t in enumerate(texts)])
        rows = cleaned_sql(contract, {"v": "v"}, "given", "place")
        con.execute(f"create table text as {marked_sql(contract, f'({rows})')} order by place")
        read_numbers(con, contract, "text", AS_OF)
        rows = con.execute(
            f"select v from ({typed_sql(contract, 'text', 'place')}) order by place"
        ).fetchall()
    return [value for (value,) in rows]


@pytest.mark.parametrize(
    ("column_type", "text", "value"),
    [
        ("date", "2026-10-01", date(2026, 10, 1)),
        ("date", " 2026-10-01\t", date(2026, 10, 1)),
        ("date", "2026-02-30", None),
        ("date", "2026-1-01", None),
        ("date", "2026/10/01", None),
        ("date", "20261001", None),
        ("date", "2026-10-01 00:00:00", None),
        ("date", "-026-01-01", None),
        ("date", "0001-01-01", None),
        ("date", "infinity", None),
        ("date", "0000-00-00", None),
        ("integer", "3", 3),
        ("integer", "-3", -3),
        ("integer", "007", 7),
        ("integer", "3,0", None),
        ("integer", "3.7", None),
        ("integer", "1e3", None),
        ("integer", "9999999999", None),
        ("decimal", "8770,50", 8770.5),
        ("decimal", "8770", 8770.0),
        ("decimal", "-0,5", -0.5),
        ("decimal", "8770.50", None),
        ("decimal", "1.250", None),
        ("decimal", "8 770,50", None),
        ("decimal", "nan", None),
        ("decimal", ",5", None),
        ("postcode", "15134", "15134"),
        ("postcode", "151 34", "15134"),
        ("postcode", "SE-151 34", "15134"),
        ("postcode", "S-15134", "15134"),
        ("postcode", "05134", None),
        ("postcode", "1513", None),
        ("postcode", "FIN-00100", None),
        ("string", " A\u030asa\u00a0", "Åsa"),
        ("string", "\u200b \ufeff", None),
        ("string", "", None),
        ("code", "PNR", "PNR"),
        ("personnummer", "197002019805", "197002019805"),
        ("personnummer", "19700201-9805", "197002019805"),
        ("personnummer", "700201-9805", "197002019805"),
        ("personnummer", "7002019805", "197002019805"),
        ("personnummer", "090527+1474", "190905271474"),
        ("personnummer", "197002019804", None),
        ("personnummer", "197013019802", None),
        ("personnummer", "000000-0000", None),
        ("personnummer", "5560360793", None),
        ("personnummer_or_org", "5560360793", "5560360793"),
        ("personnummer_or_org", "556036-0793", "5560360793"),
        ("personnummer_or_org", "165560360793", "5560360793"),
        ("personnummer_or_org", "197002019805", "197002019805"),
        ("personnummer_or_org", "197002019804", None),
    ],
)
def test_a_text_becomes_its_value_or_nothing(column_type: str, text: str, value: object):
    """Strict forms only: what could be read two ways is not read."""
    assert typed(column_type, [text]) == [value]


def test_lost_leading_zeros_are_put_back():
    """Excel turns county 01 into 1 and flat 0901 into 901; words are left alone."""
    assert typed("code", ["1", "01", "A", None, "123"], width=2) == ["01", "01", "A", None, "123"]


@settings(max_examples=25)  # a list holds up to 30 texts
@given(
    st.lists(
        st.one_of(
            st.from_regex(r"(18|19|20)?[0-9]{6}[-+]?[0-9]{4}", fullmatch=True),
            st.sampled_from(VALID_NUMBERS),
            st.text(alphabet="0123456789-+ eE_.", min_size=8, max_size=14),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_personal_numbers_are_read_as_matching_reads_them(texts: list[str]):
    """The scan's short cut for plain numbers never disagrees with matching.personnummer."""
    assert typed("personnummer", list(texts)) == [normalise(text.strip(), AS_OF) for text in texts]


@pytest.mark.parametrize("name", ["allPins.json", "allCoords.json", "list.json"])
def test_every_public_vector_is_read_as_matching_reads_it(name: str):
    """The same over the tax agency's test numbers and the public list, valid and invalid."""
    if not VECTORS.exists():
        pytest.skip("../shared is not here")
    texts = sorted(_texts(json.loads((VECTORS / name).read_text())))
    numbers = parse_series(pl.Series(texts), AS_OF)["number"].to_list()
    contract = contract_of("personnummer")
    with duckdb.connect() as con:
        frame = pl.DataFrame({"v": texts, "place": range(len(texts))})
        con.register("frame", frame)
        con.execute(f"create view text as {marked_sql(contract, 'frame')}")
        read_numbers(con, contract, "text", AS_OF)
        rows = con.sql(f"select v, place from ({typed_sql(contract, 'text', 'place')})").pl()
    assert rows.sort("place")["v"].to_list() == numbers


def _texts(raw: object) -> set[str]:
    """Every text or whole number in the vectors that may be a personal number."""
    if isinstance(raw, dict):
        return set().union(*(_texts(value) for value in raw.values())) if raw else set()
    if isinstance(raw, list):
        return set().union(*(_texts(value) for value in raw)) if raw else set()
    return {str(raw)} if isinstance(raw, str | int) and not isinstance(raw, bool) else set()


def test_names_are_quoted():
    """A column name cannot end its quotation."""
    assert quoted('a"b') == '"a""b"'
