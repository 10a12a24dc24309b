"""How people without a number are linked: by names, birth date and address."""

from __future__ import annotations

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
