"""A c/o name tells the flat of a house only where one flat, and one alone, is home to the name."""

from __future__ import annotations

import polars as pl
import pytest

from assets.core.care_of import flats_by_surname

RESIDENTS = pl.DataFrame(
    [
        ("h1", "d1", "Haddad"),
        ("h1", "d1", "Berg-Svensson"),
        ("h1", "d2", "Ek"),
        ("h1", "d3", "Ali"),
        ("h1", "d4", "Ali"),
        ("h2", "d5", "Melki"),
    ],
    schema=["entrance", "dwelling_id", "name"],
    orient="row",
)


@pytest.mark.parametrize(
    ("care_of", "dwelling_id"),
    [
        ("c/o Haddad", "d1"),
        ("C/O HADAD", "d1"),
        ("c/o Anna Haddad", "d1"),
        ("Haddad", "d1"),
        ("c/o Svensson", "d1"),
        ("c/o Berg Svensson", "d1"),
        ("c/o Ali", None),
        ("c/o Melki", None),
        ("c/o Haddad Ek", None),
        ("c/o Ek", None),
        ("c/o Godmanskontoret", None),
        ("c/o", None),
        (None, None),
    ],
)
def test_the_flat_of_a_care_of_name(care_of, dwelling_id):
    """A surname of two letters tells nothing, nor one that two flats have, nor another house's."""
    asked = pl.DataFrame({"row_id": [7], "entrance": ["h1"], "name": [care_of]})
    asked = asked.with_columns(pl.col("name").cast(pl.String))
    expected = [(7, dwelling_id)] if dwelling_id else []
    assert flats_by_surname(asked, RESIDENTS).rows() == expected
