"""How people without a number are linked: by names, birth date and address."""

from __future__ import annotations

import polars as pl

from matching.linkage import Linkage
from matching.linkage_columns import Field

PEOPLE = Linkage(
    fields=(
        Field("given_name", "name", "given", swaps_with="family_name"),
        Field("family_name", "name", "family", swaps_with="given_name"),
        Field("birth_on", "digits", "birth"),
        Field("street", "text", "place"),
        Field("postcode", "digits", "place"),
    ),
    # Each block lets one or two things be wrong: a name, the date, the address.
    blocks=(
        ("birth_on", "family_name:start"),
        ("birth_on", "given_name:start"),
        ("birth_on", "postcode"),
        ("given_name:first", "family_name", "postcode"),
        ("given_name:first", "family_name", "birth_on:year"),
        ("given_name:first", "family_name", "birth_on:day"),
        ("given_name:first", "family_name", "street"),
        ("given_name:start", "street", "postcode"),
    ),
)
"""Columns given_name, family_name, birth_on (date), street (with its number), postcode."""

TENANTS = Linkage(
    fields=(
        Field("given_name", "name", "given", swaps_with="family_name"),
        Field("family_name", "name", "family", swaps_with="given_name"),
        Field("entrance", "code", "place"),
        Field("dwelling_id", "code", "place"),
    ),
    blocks=(
        ("dwelling_id",),
        ("entrance", "family_name:start"),
        ("entrance", "given_name:start"),
    ),
    recurs=True,
)
"""Leases against the people of their houses: given_name, family_name, entrance, dwelling_id."""


def names_in_two(names: pl.Expr) -> dict[str, pl.Expr]:
    """given_name and family_name of full names: `Lindqvist, Anna` or `Anna Lindqvist`. Where the
    order is another, the fields are swapped, which a linkage looks out for."""
    has_comma = names.str.contains(",", literal=True)
    return {
        "given_name": pl.when(has_comma)
        .then(names.str.extract(r",\s*(.*)$"))
        .otherwise(names.str.extract(r"^(.*\S)\s+\S+\s*$")),
        "family_name": pl.when(has_comma)
        .then(names.str.extract(r"^([^,]*),"))
        .otherwise(names.str.extract(r"(\S+)\s*$")),
    }
