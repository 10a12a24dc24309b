"""One phone number has one spelling, however it was typed, and fillers tie nobody together."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.phones import normalise, normalise_expr

ONE_NUMBER = [
    "0799987654",
    "079-998 76 54",
    "079-9987654",
    "079 998 76 54",
    " 079/998.76.54 ",
    "(079) 998 76 54",
    "+46799987654",
    "+46 79 998 76 54",
    "+46 (0)79 998 76 54",
    "+46 (0) 79-998 76 54",
    "+460799987654",
    "0046799987654",
    "0046 (0)79 998 76 54",
    "00 46 79 998 76 54",
    "46799987654",
    "799987654",
    "079\u2013998\u00a076\u00a054",
]
OTHERS = [
    ("08-465 004 99", "+46846500499"),
    ("08-46 50 04", "+468465004"),
    ("031-390 06 99", "+46313900699"),
    ("046-39 00 69", "+4646390069"),  # Lund's area code is no country code
    ("+46 46 39 00 69", "+4646390069"),
    ("0980-31 92 99", "+46980319299"),
    ("4646390069", "+4646390069"),
]
NO_NUMBERS = [
    "",
    "-",
    "saknas",
    "079-998 76",  # a mobile number is never so short
    "079-998 76 540",
    "08-1234",
    "1234567",
    "46390069",  # a lost zero or a lost plus: nobody can tell
    "0799987654, 08-46500499",
    "0799987654 anknytning 3",
    "+358 40 123 45 67",
    "+47 22 22 22 22",
    "070-000 00 00",
    "0700000000",
    "0000000000",
    "079-999 99 99",
    "070-123 45 67",
    "000799987654",
]


@pytest.mark.parametrize("text", ONE_NUMBER)
def test_every_notation_is_the_same_number(text: str) -> None:
    """Country codes, zeros, brackets and separators change nothing."""
    assert normalise(text) == "+46799987654"


@pytest.mark.parametrize(("text", "expected"), OTHERS)
def test_area_codes(text: str, expected: str) -> None:
    """Landline numbers of every length keep their area code."""
    assert normalise(text) == expected


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_none(text: str) -> None:
    """A cell that cannot be dialled in Sweden, or a filler, gives None."""
    assert normalise(text) is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.from_regex(r"(\+46|0046|46|0)?[ (]?0?\)?[1-9][0-9 ()-]{5,13}", fullmatch=True),
            st.text("0123456789+-() /x", max_size=16),
        ),
        max_size=20,
    )
)
def test_the_column_says_what_the_scalar_says(texts: list[str]) -> None:
    """`normalise_expr` gives each text's `normalise`, and normalising twice changes nothing."""
    cases = [*ONE_NUMBER, *(text for text, _ in OTHERS), *NO_NUMBERS, *texts]
    frame = pl.DataFrame({"x": pl.Series([*cases, None], dtype=pl.String)})
    column = frame.select(normalise_expr(pl.col("x"))).to_series().to_list()
    assert column == [*(normalise(text) for text in cases), None]
    assert [normalise(phone) for phone in column if phone] == [phone for phone in column if phone]
