"""Guarantee: an address gets the one dwelling that it names, with the reason, or none.

Each case states level, dwelling, certainty and the whole sentence; the properties hold for any
texts and registers of a small world.
"""

from __future__ import annotations

from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.addresses import parse_frame
from matching.resolve import resolve
from matching.resolve_result import hints_may_change
from tests.matching.resolve_cases import CASES, REGISTER, Dwelling

SCHEMA = {
    "dwelling_id": pl.String, "property": pl.String, "street_address": pl.String,
    "flat_number": pl.String, "postcode": pl.String, "city": pl.String, "n_rooms": pl.Int32,
    "area_m2": pl.Float64,
}  # fmt: skip
TEXT_SCHEMA = {
    "text_id": pl.Int64, "text": pl.String, "postcode": pl.String, "city": pl.String,
    "flat_number": pl.String, "property": pl.String, "n_rooms": pl.Int32, "area_m2": pl.Float64,
    "storey": pl.Int32, "tenant_dwelling_ids": pl.List(pl.String),
}  # fmt: skip


def register(rows: list[Dwelling] | None = None) -> pl.DataFrame:
    return pl.DataFrame(REGISTER if rows is None else rows, schema=SCHEMA, orient="row")


def texts(*rows: dict[str, object]) -> pl.DataFrame:
    complete = [
        {"text_id": at, "postcode": "15100", "city": "Södertälje", **row}
        for at, row in enumerate(rows)
    ]
    return pl.DataFrame(complete, schema=TEXT_SCHEMA)


@pytest.fixture(scope="module")
def found() -> list[dict[str, object]]:
    return resolve(texts(*[row for _, row, _ in CASES]), register()).to_dicts()


@pytest.mark.parametrize("at", range(len(CASES)), ids=[name for name, _, _ in CASES])
def test_case(at: int, found: list[dict[str, object]]) -> None:
    """Level, dwelling, certainty and the whole sentence are those of the case."""
    got = found[at]
    expected = CASES[at][2]
    assert (got["level"], got["dwelling_id"], got["certainty"], got["sentence"]) == expected


def test_whole_row() -> None:
    """All columns of a resolved, an ambiguous and an unresolved row."""
    got = resolve(
        texts(
            {"text": "Grnaöv. 111a", "flat_number": "1101"},
            {"text": "Granövägen 111 A"},
            {"text": "Tappgatan 3"},
            {"text": "Okändgatan 1"},
        ),
        register(),
    )
    assert got.columns == [
        "text_id", "dwelling_id", "entrance", "level", "certainty", "score", "runner_up_gap",
        "n_candidates", "sentence", "left_value", "right_value",
    ]  # fmt: skip
    entrance = "Bo 2:1|Granövägen 111 A"
    assert got.drop("sentence").rows() == [
        (0, "a1101", entrance, "fuzzy", 0.9, 87.5, 87.5, 1, "Grnaöv.", "Granövägen"),
        (1, None, entrance, "ambiguous", 0.0, 100.0, 100.0, 3, "Granövägen", "Granövägen"),
        (2, "tapp", "Bo 8:1|Tappgatan 3", "exact", 0.8, 100.0, 6.2, 1, "Tappgatan", "Tappgatan"),
        (3, None, None, "none", 0.0, 0.0, 0.0, 0, "Okändgatan", None),
    ]


def test_texts_without_hints_and_without_rows() -> None:
    """The hints are optional, and no text gives no row."""
    plain = texts({"text": "Granövägen 5"}).select(
        "text_id", "text", "postcode", "city", "flat_number"
    )
    assert resolve(plain, register())["dwelling_id"].to_list() == ["house"]
    assert resolve(plain.clear(), register()).height == 0
    assert resolve(plain, register([]))["level"].to_list() == ["none"]


NUMBERS = st.integers(1, 3)
LETTERS = st.sampled_from(["", "A", "B"])
FLATS = st.sampled_from([None, "1001", "1101", "1102"])
STREETS = st.sampled_from(
    ["Björkmossvägen", "Björnmossvägen", "Granövägen", "Granavägen", "Täppgatan", "Tappgatan"]
)
POSTCODES = st.sampled_from(["15100", "15101", "15243"])
WRITTEN = STREETS | st.sampled_from(
    ["Björmossvägen", "Granvägen", "Granovagen", "granöv.", "TAPPGATAN", "Tppgatan", "Grnaövgen"]
)
WORLD = st.lists(
    st.tuples(STREETS, NUMBERS, LETTERS, FLATS, POSTCODES), min_size=1, max_size=30, unique=True
)
ADDRESSES = st.lists(
    st.tuples(WRITTEN, NUMBERS, LETTERS, FLATS, POSTCODES | st.none()), min_size=1, max_size=30
)


def world(rows: list[tuple[str, int, str, str | None, str]]) -> pl.DataFrame:
    return register(
        [
            (f"d{at:02d}", "Bo 1:1", f"{street} {number} {letter}".strip(), flat, code,
             "Södertälje", 2, 60.0)
            for at, (street, number, letter, flat, code) in enumerate(rows)
        ]
    )  # fmt: skip


def written(rows: list[tuple[str, int, str, str | None, str | None]]) -> pl.DataFrame:
    return texts(
        *[
            {"text": f"{street} {number}{letter}", "flat_number": flat, "postcode": code}
            for street, number, letter, flat, code in rows
        ]
    )


@settings(max_examples=10, deadline=None)
@given(WORLD, ADDRESSES)
def test_never_across_number_letter_or_flat(
    dwellings: list[tuple[str, int, str, str | None, str]],
    addresses: list[tuple[str, int, str, str | None, str | None]],
) -> None:
    """A resolved address has the dwelling's number, letter and flat wherever it names them."""
    there = world(dwellings)
    parts = parse_frame(there.rename({"street_address": "text"}))
    own = dict(zip(there["dwelling_id"], parts.iter_rows(named=True), strict=True))
    for row, (_, number, letter, flat, _) in zip(
        resolve(written(addresses), there).iter_rows(named=True), addresses, strict=True
    ):
        if row["dwelling_id"] is None:
            continue
        dwelling = own[row["dwelling_id"]]
        assert dwelling["number"] == number
        assert (dwelling["letter"] or "") == letter or (letter == "" and row["certainty"] <= 0.7)
        assert dwelling["flat_number"] in (flat, None) or flat is None
        assert (row["level"] == "wrong_postcode") <= (row["certainty"] <= 0.6)


@settings(max_examples=6, deadline=None)
@given(WORLD, ADDRESSES, st.randoms(use_true_random=False))
def test_order_changes_nothing(
    dwellings: list[tuple[str, int, str, str | None, str]],
    addresses: list[tuple[str, int, str, str | None, str | None]],
    random: Random,
) -> None:
    """Neither the order of the dwellings nor that of the texts changes a row."""
    there, asked = world(dwellings), written(addresses)
    shuffled = list(range(there.height))
    random.shuffle(shuffled)
    once = resolve(asked, there)
    assert resolve(asked, there[shuffled]).equals(once)
    assert resolve(asked.reverse(), there).reverse().equals(once)


TWINS = st.tuples(
    st.sampled_from(["Täppgatan", "Tappgatan"]), st.just(1), st.just(""), FLATS, st.just("15100")
)
HINTED = st.lists(st.sampled_from(["d00", "d01", "d02"]), min_size=1, max_size=2)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(TWINS, min_size=3, max_size=6, unique=True),
    st.lists(TWINS, min_size=8, max_size=8, unique=True),
    HINTED,
)
def test_an_answer_beyond_hints_is_the_same_with_them(
    dwellings: list[tuple[str, int, str, str | None, str]],
    addresses: list[tuple[str, int, str, str | None, str | None]],
    at_home: list[str],
) -> None:
    """Whatever dwellings are the asker's own, only answers that hints may change change."""
    there, asked = world(dwellings), written(addresses)
    without = resolve(asked, there)
    hinted = asked.with_columns(tenant_dwelling_ids=pl.Series([at_home] * asked.height))
    is_sure = without.select(~hints_may_change()).to_series()
    assert resolve(hinted, there).filter(is_sure).equals(without.filter(is_sure))
