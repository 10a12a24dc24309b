"""Free text -> the parts of a Swedish address. Vectorised; `parse` wraps the one implementation.

A text is split once at its house number. What stands before it and after it repeats between
rows, so both are read once per distinct value (address_street.py, address_tail.py) and joined
back. Sources of the rules: sweden.md sections 3 and 8.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import count

import polars as pl

from matching.address_street import parse_heads, repaired, where
from matching.address_tail import FLAT_IN_COLUMN, parse_tails
from matching.address_words import UNIT_WORDS

# `LGH 1101, Storgatan 12`: a unit line above the street goes behind it.
_UNIT_FIRST = rf"(?i)^\s*((?:{UNIT_WORDS})[.:\s]*[0-9]{{4}})[\s,;]+(.*\pL.*)$"
_AT_NUMBER = (
    r"(?s)^(?P<head>(?:\s*[0-9]{1,2}:[aeAE]\s)?[^0-9]*)"
    r"(?:(?P<number>[0-9]{1,4})(?P<tail>[^0-9].*)?)?$"
)
_LOWEST_POSTCODE = 10000  # Swedish postcodes begin at 10000; a lost first digit is not padded


@dataclass(frozen=True)
class Address:
    """One parsed address. Every part that the text does not hold is None."""

    kind: str  # street box poste_restante protected_mail range property_only empty other
    care_of: str | None
    street: str | None  # as written, repaired
    street_key: str | None  # lower case, no spaces, abbreviations expanded; å ä ö kept
    number: int | None
    letter: str | None  # A-Z
    flat_number: str | None  # four digits, the dwelling register's; the column wins over the text
    landlord_flat_number: str | None  # the landlord's own number, not comparable
    flat_conflict: bool  # the text and the column name different flats
    storey: int | None  # floor digits of flat numbers: 10 = entrance level, 11 = one flight up
    side: str | None  # left right
    postcode: str | None  # five digits, 10000 or above
    city: str | None
    city_key: str | None


def parse(
    text: str | None,
    postcode: str | None = None,
    city: str | None = None,
    flat: str | None = None,
) -> Address:
    """One address; see `parse_frame`."""
    columns = {"text": [text], "postcode": [postcode], "city": [city], "flat_number": [flat]}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return Address(**parse_frame(frame).row(0, named=True))


def parse_frame(texts: pl.DataFrame) -> pl.DataFrame:
    """Parse one address per row.

    In: string columns `text`, `postcode`, `city`, `flat_number`. Out: the fields of `Address`,
    one row per row in, in the same order.
    """
    split = texts.select(
        where(pl.col("text"), _UNIT_FIRST, lambda some: some.str.replace(_UNIT_FIRST, "${2} ${1}"))
        .str.extract_groups(_AT_NUMBER)
        .alias("split"),
        "text",
        "postcode",
        "city",
        column_flat="flat_number",
    ).unnest("split")
    split = split.with_columns(head=pl.coalesce("head", "text"))
    for column, compute in (
        ("head", parse_heads),
        ("tail", parse_tails),
        ("postcode", _postcodes),
        ("city", _cities),
        ("column_flat", parse_flat_columns),
    ):
        split = once_per_value(split, column, compute)
    has_number = pl.col("number").is_not_null()
    split = split.with_columns(
        care_of=pl.when(has_number).then("care_of").otherwise("care_of_alone"),
        # `LGH 1101` alone: the number is the flat's, not a house's.
        flat_in_text=pl.when(pl.col("place") == "unit").then("number").otherwise("flat_in_text"),
    )
    parsed = split.with_columns(
        number=pl.col("number").cast(pl.Int32),
        care_of=pl.coalesce("care_of", "tail_care_of"),
        flat_number=pl.coalesce("flat_in_column", "flat_in_text"),
        landlord_flat_number=pl.coalesce("landlord_in_text", "landlord_in_column"),
        flat_conflict=(pl.col("flat_in_column") != pl.col("flat_in_text")).fill_null(value=False),
    )
    split = once_per_value(parsed, "postcode_in_text", _postcodes_in_text)
    split = once_per_value(split, "city_in_text", _cities_in_text)
    return (
        split.with_columns(
            kind=_kind(),
            postcode=pl.coalesce("clean_postcode", "clean_postcode_in_text"),
            city=pl.coalesce("clean_city", "clean_city_in_text"),
            city_key=pl.coalesce("city_key", "city_key_in_text"),
        )
        .with_columns(
            pl.when(pl.col("kind").is_in(["street", "range", "other"]))
            .then(pl.col(name).replace("", None) if name.startswith("street") else pl.col(name))
            .alias(name)
            for name in ("street", "street_key", "number", "letter")
        )
        .select(field.name for field in fields(Address))
    )


def once_per_value(
    frame: pl.DataFrame, column: str, compute: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """`compute` on the column's distinct values, joined back; row order kept."""
    values = compute(frame.select(pl.col(column).unique()))
    return frame.join(values, on=column, how="left", nulls_equal=True, maintain_order="left")


def distinct(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[pl.DataFrame, pl.Series]:
    """The first row of each combination of the columns, and for each row which of them it is."""
    row = pl.struct(columns)
    for seed in count(step=2):
        hashes = frame.select(key=row.hash(seed), check=row.hash(seed + 1))
        first = hashes["key"].arg_unique()
        keys = hashes["key"][first].to_frame().with_row_index("at")
        which = hashes.join(keys, on="key", how="left", maintain_order="left")["at"]
        # Two different rows with one hash: about one chance in a million with five million rows.
        if hashes["check"][first].gather(which).equals(hashes["check"]):
            break
    return frame[first], which


def clean_postcode(postcode: pl.Expr) -> pl.Expr:
    """`S-151 00`, `151 00`, `15100.0` -> `15100`; anything that is no postcode -> null."""
    digits = (
        postcode.str.to_uppercase()
        .str.replace_all(r"[\p{Cc}\p{Cf}\p{Z}]", "")
        .str.replace(r"^SE?-?", "")
        .str.replace(r"\.0+$", "")
    )
    is_postcode = digits.str.contains(r"^[0-9]{5}$") & (
        digits.cast(pl.Int32, strict=False) >= _LOWEST_POSTCODE
    )
    return pl.when(is_postcode).then(digits)


def city_key(city: pl.Expr) -> pl.Expr:
    """`SÖDERTÄLJE ` -> `södertälje`; a country behind the city is dropped."""
    return (
        repaired(city)
        .str.to_lowercase()
        .str.replace(r"[\s,]+(?:sweden|sverige)$", "")
        .str.strip_chars(" ,.")
        .replace("", None)
    )


def _postcodes(values: pl.DataFrame) -> pl.DataFrame:
    return values.with_columns(clean_postcode=clean_postcode(pl.col("postcode")))


def _postcodes_in_text(values: pl.DataFrame) -> pl.DataFrame:
    return values.with_columns(clean_postcode_in_text=clean_postcode(pl.col("postcode_in_text")))


def _cities(values: pl.DataFrame) -> pl.DataFrame:
    return values.with_columns(
        clean_city=repaired(pl.col("city")).replace("", None), city_key=city_key(pl.col("city"))
    )


def _cities_in_text(values: pl.DataFrame) -> pl.DataFrame:
    key = city_key(pl.col("city_in_text"))
    return values.with_columns(clean_city_in_text=key.str.to_titlecase(), city_key_in_text=key)


def parse_flat_columns(values: pl.DataFrame) -> pl.DataFrame:
    """The flat number's own column: four digits with a floor, else the landlord's own number."""
    digits = (
        repaired(pl.col("column_flat"))
        .str.replace(rf"(?i)^(?:{UNIT_WORDS})[\s.:]*", "")
        .str.replace(r"\.0+$", "")
        .replace("", None)
    )
    is_flat = digits.str.contains(FLAT_IN_COLUMN)
    return values.with_columns(
        flat_in_column=pl.when(is_flat).then(digits),
        landlord_in_column=pl.when(~is_flat).then(digits),
    )


def _kind() -> pl.Expr:
    has_number = pl.col("number").is_not_null()
    place = pl.col("place")
    return (
        pl.when(place.is_in(["box", "poste_restante", "protected_mail"]))
        .then(place)
        .when(place == "unit")
        .then(pl.lit("empty"))
        .when(pl.col("tail_place").is_not_null())
        .then("tail_place")
        .when((place == "street") & has_number)
        .then(pl.lit("street"))
        .when(~has_number & (pl.col("care_of").is_not_null() | (place == "empty")))
        .then(pl.lit("empty"))
        .otherwise(pl.lit("other"))
    )
