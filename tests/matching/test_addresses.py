"""Guarantee: every way of writing an address that we know of is read into the same parts.

`address_cases.csv` holds one line per variant: those of sweden.md section 8 and one of every
shape in the practice deliveries. An empty cell means that the part must be None.
"""

from __future__ import annotations

import csv
from dataclasses import asdict
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.address_street import street_keys
from matching.addresses import Address, parse, parse_frame

CASES = list(
    csv.DictReader(
        (Path(__file__).parent / "address_cases.csv").open(encoding="utf-8"), delimiter="|"
    )
)
BROKEN = [
    "GranÃ¶vÃ¤gen 3 B",  # UTF-8 read as Windows-1252
    "Gran\u00c3\u00b6v\u00c3\u00a4gen 3 B",  # as ISO 8859-1
    "GRAN\u00c3\u0096V\u00c3\u0084GEN 3 B",  # capitals, as ISO 8859-1
    "GRANÃ–VÃ„GEN 3 B",  # capitals, as Windows-1252
    "granã¶vã¤gen 3 b",  # made lower case afterwards
    "GranÃƒÂ¶vÃƒÂ¤gen 3 B",  # twice
    "Gran√∂v√§gen 3 B",  # as Mac Roman
    "Grano\u0308va\u0308gen 3 B",  # decomposed (NFD)
    "GranoÌˆvaÌˆgen 3 B",  # decomposed, then read as Windows-1252
    "\ufeffGranövägen 3 B",  # byte order mark
    "Granövägen\u00a03\u00a0B",  # non-breaking spaces
    "GranövägenÂ\u00a03 B",  # the same, misread
    "  Granövägen 3 B   ",
    "Granövägen\n3 B",
    "Granövägen\u200b 3 B",
    "GRANÖVÄGEN 3B",
    "granöv. 3b",
]


def read(texts: list[str | None]) -> list[dict[str, object]]:
    nothing = [None] * len(texts)
    columns = {"text": texts, "postcode": nothing, "city": nothing, "flat_number": nothing}
    return parse_frame(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))).to_dicts()


@pytest.fixture(scope="module")
def parsed() -> dict[str, dict[str, object]]:
    return dict(zip(TEXTS, read(TEXTS), strict=True))


TEXTS: list[str | None] = [case["text"] for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_variant(case: dict[str, str], parsed: dict[str, dict[str, object]]) -> None:
    """The variant's parts are exactly those of its line."""
    got = parsed[case["text"]]
    assert {
        name: "" if got[name] is None else str(got[name]) for name in case if name != "text"
    } == {name: value for name, value in case.items() if name != "text"}


@pytest.mark.parametrize("text", BROKEN)
def test_broken_letters_are_put_right(text: str) -> None:
    """Every misreading and composition of one address gives one key, number and letter."""
    got = parse(text)
    assert (got.kind, got.street_key, got.number, got.letter) == ("street", "granöväg", 3, "B")


@pytest.mark.parametrize("text", [None, "", "   ", "\ufeff", " , "])
def test_no_address_is_empty(text: str | None) -> None:
    """Nothing in, nothing out, and said so."""
    assert asdict(parse(text)) == asdict(
        Address(kind="empty", **dict.fromkeys(
            ["care_of", "street", "street_key", "number", "letter", "flat_number",
             "landlord_flat_number", "storey", "side", "postcode", "city", "city_key"]
        ), flat_conflict=False)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [("15100", "15100"), ("151 00", "15100"), ("S-151 00", "15100"), ("SE-15100", "15100"),
     ("se 151 00", "15100"), ("151\u00a000", "15100"), ("15100.0", "15100"), ("1510", None),
     ("01510", None), ("151000", None), ("", None), (None, None), ("okänt", None)],
)  # fmt: skip
def test_postcode(postcode: str | None, expected: str | None) -> None:
    """Five digits from 10000; a lost first digit is an error, not padded."""
    assert parse("Storgatan 1", postcode).postcode == expected


@pytest.mark.parametrize(
    ("city", "expected"),
    [("SÖDERTÄLJE", "södertälje"), ("Södertälje  ", "södertälje"), ("SÃ¶dertÃ¤lje", "södertälje"),
     ("So\u0308derta\u0308lje", "södertälje"), ("Sodertalje", "sodertalje"),
     ("Stockholm Sweden", "stockholm"), ("", None), (None, None)],
)  # fmt: skip
def test_city(city: str | None, expected: str | None) -> None:
    """Case, padding, encoding and country vanish; å ä ö stay letters."""
    assert parse("Storgatan 1", None, city).city_key == expected


@pytest.mark.parametrize(
    ("text", "column", "flat", "landlord", "conflict"),
    [
        ("Storgatan 1 lgh 1101", "1102", "1102", None, True),
        ("Storgatan 1 lgh 1101", "1101", "1101", None, False),
        ("Storgatan 1 lgh 1101", None, "1101", None, False),
        ("Storgatan 1", "1101 ", "1101", None, False),
        ("Storgatan 1", "LGH 1101", "1101", None, False),
        ("Storgatan 1", "1101.0", "1101", None, False),
        ("Storgatan 1 lgh 1101", "25", "1101", "25", False),
        ("Storgatan 1 LÄG 458", "1101", "1101", "458", False),
        ("Storgatan 1", "0000", None, "0000", False),
    ],
)
def test_flat_column_wins(
    text: str, column: str | None, flat: str | None, landlord: str | None, conflict: bool
) -> None:
    """The flat number's own column is followed, and a different number in the text is told."""
    got = parse(text, None, None, column)
    assert (got.flat_number, got.landlord_flat_number, got.flat_conflict) == (
        flat,
        landlord,
        conflict,
    )


def test_letters_with_rings_and_dots_are_letters() -> None:
    """Hörnsgatan and Hornsgatan are different streets."""
    assert parse("Hörnsgatan 1").street_key != parse("Hornsgatan 1").street_key


def test_rows_stay_in_order_and_alone() -> None:
    """A row's parts do not depend on the rows beside it."""
    texts: list[str | None] = [*TEXTS, None, "Storgatan 1", *reversed(TEXTS)]
    assert read(texts) == [read([text])[0] if text is None else once for text, once in zip(
        texts, [*read(TEXTS), None, *read(["Storgatan 1"]), *reversed(read(TEXTS))], strict=True
    )]  # fmt: skip


FIRST_WORDS = st.sampled_from(["Norra", "Gamla", "Sankt", "N.", "S:t", "Ö:a", "Erik", "Ö"])
WORDS = FIRST_WORDS | st.sampled_from(["Berg", "Gran", "Ek", "Äng", "Lina", "Skog", "Torg", "Stor"])
ENDINGS = st.sampled_from(
    ["gatan", "vägen", " väg", " v", "v.", "g.", "g", "v", "stigen", "", " Allé", "berg", "gränd"]
)
STREETS = st.builds(
    lambda words, ending: " ".join(words) + ending,
    st.lists(WORDS, min_size=1, max_size=3),
    ENDINGS,
)


@settings(max_examples=10, deadline=None)
@given(st.lists(STREETS, min_size=1, max_size=40))
def test_street_key_is_idempotent(streets: list[str]) -> None:
    """The key of a key is that key."""
    once = street_keys(pl.Series(streets))
    assert street_keys(once).equals(once)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=40))
def test_any_text_is_read(texts: list[str]) -> None:
    """Whatever is typed gives one row per text and one of the known kinds."""
    rows = read(list(texts))
    assert len(rows) == len(texts)
    assert {row["kind"] for row in rows} <= {
        "street", "box", "poste_restante", "protected_mail", "range", "property_only", "empty",
        "other",
    }  # fmt: skip
