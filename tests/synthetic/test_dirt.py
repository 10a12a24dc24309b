"""Typed text is at least as dirty as a real delivery, and mostly still readable."""

from __future__ import annotations

import re

import polars as pl

from synthetic import dirt
from tests.synthetic.a_town import Delivered


def test_plain_and_mojibake() -> None:
    """The two ways in which Swedish letters get lost."""
    assert dirt.plain("Björkmossvägen Ö") == "Bjorkmossvagen O"
    assert dirt.mojibake("Granövägen") == "GranÃ¶vÃ¤gen"


def test_leases_hold_every_kind_of_dirt(delivered: Delivered) -> None:
    """Abbreviations, capitals, lost letters, glued entrances, storeys and flat numbers in text."""
    text = "\n".join(delivered.table("tenancy/kontrakt")["adress"])
    patterns = (
        *(r"v\. ?\d", r"g\. ?\d", r"^[A-ZÅÄÖ]{5,}", r"Ã", r"vagen", r"  "),  # the street
        *(r"\d[A-D]\b", r"\d [a-d]\b", r"\d tr$", r" nb$", r" bv$", r"t\.h\."),  # the stairs
        *(r" lgh \d{4}", r", lgh ", r" LGH ", r"lgh\.", r" \d{4}$", r" läg \d"),  # the flat
    )
    for pattern in patterns:
        assert re.search(pattern, text, re.MULTILINE), pattern


def test_names_and_numbers_as_landlords_type_them(delivered: Delivered) -> None:
    """Numbers are missing; names are turned, shouted, or lose letters that Latin-1 lacks."""
    leases = delivered.table("tenancy/kontrakt")
    missing = leases["hyresgast_personnummer"].null_count() / leases.height
    assert 0.05 < missing < 0.10
    names = leases["hyresgast_namn"].drop_nulls()
    assert names.str.contains(", ").sum() > 0
    assert names.str.contains(r"^[A-ZÅÄÖ -]+$").sum() > 0
    assert names.str.contains(r"\?").sum() > 0


def test_phones_come_in_every_notation(delivered: Delivered) -> None:
    """The same 079-9 numbers with plus, dash, blanks or nothing between."""
    phones = delivered.table("tenancy/kontrakt")["telefon"].drop_nulls()
    digits = phones.str.replace_all(r"\D", "").str.replace(r"^(0046|46|0)", "")
    assert set(digits.str.slice(0, 3)) == {"799"}
    assert set(digits.str.len_chars()) == {9}
    shapes = phones.str.replace_all(r"\d", "9").unique()
    assert shapes.len() >= 5


def test_most_lease_addresses_still_name_a_street_of_the_town(delivered: Delivered) -> None:
    """Three addresses in four begin with a street that the dwelling register has."""
    streets = delivered.table("registry/lagenheter")["belagenhetsadress"]
    known = set(streets.str.replace(r" \d.*$", ""))
    typed = delivered.table("tenancy/kontrakt")["adress"].str.replace(r"\s+\d.*$", "")
    assert typed.is_in(list(known)).mean() > 0.72  # type: ignore[operator]
    assert isinstance(typed, pl.Series)
