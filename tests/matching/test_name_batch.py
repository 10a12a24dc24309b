"""By the column, names are compared as they are one by one."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.name_batch import COMPARISON_SCHEMA, compare_columns, match_names
from matching.names import compare_names

PAIRS = Path(__file__).with_name("name_pairs.csv")
DELIVERY = Path(__file__).resolve().parents[3] / "shared/deliveries/practice/delivery/2026-10-01"
WORDS = ["Anna", "maria", "Ek", "Ek,", "Åsa", "al", "von", "Berg-Ek", "Dbo", "Ã–berg,", "E", "Li?d"]


def assert_as_scalar(pairs: list[tuple[str, str]]) -> None:
    frame = pl.DataFrame(pairs, schema={"a": pl.String, "b": pl.String}, orient="row")
    found = compare_columns(frame, "a", "b")
    assert found.schema == COMPARISON_SCHEMA
    expected = [compare_names(left, right) for left, right in pairs]
    assert found.rows() == [(one.score, one.level, one.sentence) for one in expected]


def test_the_column_says_what_the_scalar_says() -> None:
    """On the labelled pairs, in their order and with repeats, nothing differs."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        pairs = [(row["left"], row["right"]) for row in csv.DictReader(file, delimiter=";")]
    assert_as_scalar([*pairs, *pairs[:10], *((right, left) for left, right in pairs)])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)] * 2), max_size=15
    )
)
def test_the_quick_way_is_the_same_way(pairs: list[tuple[str, str]]) -> None:
    """The vectorised shortcut for plain names agrees with the full comparison."""
    assert_as_scalar(pairs)


def test_null_is_a_missing_name() -> None:
    """A null name is compared as an empty one."""
    frame = pl.DataFrame({"a": [None, "Anna Ek"], "b": ["Anna Ek", None]})
    assert compare_columns(frame, "a", "b")["level"].to_list() == ["missing", "missing"]


def test_each_tenant_is_found_in_the_own_dwelling() -> None:
    """One row per tenant: found, ambiguous between namesakes, or nobody, with both names."""
    tenants = pl.DataFrame(
        {
            "dwelling": ["d1", "d1", "d2", "d3", "d9", "d1"],
            "tenant": ["MALKI, GABRIEL", "Johan Ek", "Gabriel Malki", "Muhamed Hasan", "A B", None],
        }
    )
    people = pl.DataFrame(
        {
            "dwelling": ["d1", "d1", "d2", "d2", "d3", "d3", "d1"],
            "person": [
                "Gabriella Malki",
                "Gabriel Malki",
                "Gabriel Malki",
                "Gabriel Elias Malki",
                "Mahmoud Hassan",
                "Mohammed Hassan",
                "Johanna Ek",
            ],
        }
    )
    found = match_names(
        tenants, people, on="dwelling", left_name="tenant", right_name="person"
    ).drop("sentence")
    assert found.rows() == [
        (0, 1, 1.0, "same", "MALKI, GABRIEL", "Gabriel Malki", 3, False),
        (1, None, 0.0, "different", "Johan Ek", None, 3, False),
        (2, None, 1.0, "same", "Gabriel Malki", "Gabriel Malki", 2, True),
        (3, 5, 0.8649, "variant", "Muhamed Hasan", "Mohammed Hassan", 2, False),
        (4, None, 0.0, "different", "A B", None, 0, False),
        (5, None, 0.0, "different", "", None, 3, False),
    ]


def test_a_register_that_knows_both_names_keeps_them_apart() -> None:
    """A surname that three people bear is no slip for the one that another bears."""
    tenants = pl.DataFrame({"block": [1], "name": ["Zelda Barsam"]})
    people = pl.DataFrame({"block": [1, 2, 2, 2], "name": ["Zelda Barsim", *["Ada Barsim"] * 3]})
    assert match_names(tenants, people, on="block")["right_index"].to_list() == [0]
    more = pl.concat([people, pl.DataFrame({"block": [2] * 3, "name": ["Ida Barsam"] * 3})])
    assert match_names(tenants, more, on="block")["right_index"].to_list() == [None]


def test_a_crowd_of_namesakes_is_counted_and_is_nobody() -> None:
    """However many bear the name, and though one of another spelling is among them."""
    tenants = pl.DataFrame({"block": [1, 1], "name": ["Ada Barsim", "Adda Barsim"]})
    people = pl.DataFrame({"block": [1] * 301, "name": [*["Ada Barsim"] * 300, "Adda Barsim"]})
    found = match_names(tenants, people, on="block").select(
        "right_index", "n_candidates", "is_ambiguous"
    )
    assert found.rows() == [(None, 301, True), (300, 301, False)]


def test_nothing_to_match() -> None:
    """Empty frames give an empty result with the same columns."""
    empty = pl.DataFrame(schema={"block": pl.Int64, "name": pl.String})
    found = match_names(empty, empty, on="block")
    assert (found.height, found.columns[:3]) == (0, ["left_index", "right_index", "score"])


@pytest.mark.skipif(
    not DELIVERY.exists(), reason="../shared/deliveries is not beside this checkout"
)
def test_tenants_of_the_practice_delivery() -> None:
    """By name and address alone no tenant is taken for another, and 98 in 100 are found."""
    people = read("registry/personer.csv", "utf-8").select(
        "personnummer",
        name=pl.concat_str("fornamn", "mellannamn", "efternamn", separator=" ", ignore_nulls=True),
        block=pl.col("utdelningsadress").str.to_lowercase(),
    )
    tenants = (
        read("tenancy/kontrakt.csv", "iso-8859-1")
        .select(typed="hyresgast_namn", personnummer="hyresgast_personnummer")
        .join(people, on="personnummer", maintain_order="left")
        .drop_nulls("block")
    )
    found = match_names(tenants, people, on="block", left_name="typed")
    numbers = people["personnummer"].gather(found["right_index"].drop_nulls())
    truth = tenants["personnummer"].filter(found["right_index"].is_not_null())
    assert (numbers == truth).all()
    assert numbers.len() >= 0.98 * tenants.height


def read(path: str, encoding: str) -> pl.DataFrame:
    text = (DELIVERY / path).read_text(encoding=encoding)
    return pl.read_csv(text.encode(), separator=";", infer_schema=False)
