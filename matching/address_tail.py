"""What stands after the house number: letter, flat, storey, side, c/o, postcode and city.

Pure Polars expressions on a column of distinct tails; each step takes what it knows out of the
text, so that a later step cannot read it again (`2 tr` is no letter t, `151 71` no flat).
"""

from __future__ import annotations

import polars as pl

from matching.address_street import repaired
from matching.address_words import (
    GROUND_FLOOR_WORDS,
    NUMBER_WORDS,
    STOREY_WORDS,
    UNIT_WORDS,
)

# A flat number's floor: 10 is the entrance level. Below 08 or above 40 (30 storeys up) a number
# in free text is far likelier the landlord's own (`0201`) than the dwelling register's.
FLAT_IN_TEXT = r"^(?:0[89]|[123][0-9]|40)(?:0[1-9]|[1-9][0-9])$"
FLAT_IN_COLUMN = r"^(?:0[1-9]|[1-9][0-9])(?:0[1-9]|[1-9][0-9])$"
ENTRANCE_FLOOR = 10

_CARE_OF = r"(?i)[\s,;(/]*(?:c\s?[/\\]\s?o[.:,]?|℅)\s*(.*)$"
_RANGE = r"^\s*[a-z]?\s*[-–—]\s*(?:[0-9]{1,3}(?:[^0-9]|$)|[a-z](?:[^\pL]|$))"
_POSTCODE = r"(?:^|[,;\s])(?:se?[-\s]?)?([1-9][0-9]{2}\s?[0-9]{2})(?:[,;\s]+(\pL[\pL\s,]*))?$"
_RIGHT = r"(?:^|[\s,;0-9])(t\.\s?h\.?|t\s?h|höger|hö)(?:$|[\s,;.])"
_LEFT = r"(?:^|[\s,;0-9])(t\.\s?v\.?|t\s?v|vänster|vä)(?:$|[\s,;.])"
_YARD = r"(?:^|[\s,;])(?:över gården|ö\.?\s?g\.?|gårdshuset|g\.?\s?h\.?)(?:$|[\s,;.])"
_STOREYS = rf"(?:^|[\s,;]|[a-z])([0-9]{{1,2}})\s*(?:{STOREY_WORDS})\b\.?(?:\s*upp)?"
_STOREYS_IN_WORDS = rf"(?:^|[\s,;])({'|'.join(NUMBER_WORDS)})\s+(?:{STOREY_WORDS})\b\.?(?:\s*upp)?"
_GROUND = rf"(?:^|[\s,;])(?:{GROUND_FLOOR_WORDS})(?:$|[\s,;])"
_UNIT = rf"(?:^|[^\pL])(?:{UNIT_WORDS})[\s.:#-]*(?:nr[\s.:]*)?([0-9]{{1,5}})(?:$|[^0-9])"
_BARE_FLAT = r"(?:^|[\s,;/a-z-])([0-9]{4})$"
_ENTRANCE = r"(?:^|[\s,;])(?:uppgång|uppg|ingång|ing)[\s.]*([a-z])(?:$|[^\pL])"
_LETTER = r"^\s*([a-z])(?:$|[^\pL])"


def parse_tails(tails: pl.DataFrame) -> pl.DataFrame:
    """Distinct texts after the number -> the parts they hold.

    In: one column `tail`. Out: one row per tail with `tail`, `tail_care_of`, `letter`,
    `flat_in_text`, `landlord_in_text`, `storey`, `side`, `postcode_in_text`, `city_in_text`,
    `tail_place` (range | property_only | null).
    """
    rest = pl.col("rest")
    frame = tails.with_columns(clean=repaired(pl.col("tail")).fill_null(""))
    frame = frame.with_columns(
        tail_care_of=pl.col("clean").str.extract(_CARE_OF).replace("", None),
        rest=pl.col("clean").str.replace(_CARE_OF, "").str.to_lowercase(),
    )
    frame = frame.with_columns(
        tail_place=pl.when(rest.str.contains(r"^\s?:[0-9]"))
        .then(pl.lit("property_only"))
        .when(rest.str.contains(_RANGE))
        .then(pl.lit("range")),
        postcode_in_text=rest.str.extract(_POSTCODE, 1),
        city_in_text=rest.str.extract(_POSTCODE, 2),
        rest=rest.str.replace(_POSTCODE, ""),
    )
    frame = frame.with_columns(
        side=pl.when(rest.str.contains(_RIGHT))
        .then(pl.lit("right"))
        .when(rest.str.contains(_LEFT))
        .then(pl.lit("left")),
        rest=rest.str.replace(_RIGHT, " ").str.replace(_LEFT, " ").str.replace(_YARD, " "),
    )
    frame = frame.with_columns(storey=_storey(rest), rest=_without_storey(rest))
    frame = frame.with_columns(
        unit=pl.coalesce(
            rest.str.extract(_UNIT), rest.str.strip_chars(" ,;.").str.extract(_BARE_FLAT)
        ),
        letter=pl.coalesce(rest.str.extract(_LETTER), rest.str.extract(_ENTRANCE)),
    )
    is_flat = pl.col("unit").str.contains(FLAT_IN_TEXT)
    return frame.select(
        "tail",
        "tail_care_of",
        pl.col("letter").str.to_uppercase(),
        flat_in_text=pl.when(is_flat).then("unit"),
        landlord_in_text=pl.when(~is_flat).then("unit"),
        storey="storey",
        side="side",
        postcode_in_text="postcode_in_text",
        city_in_text="city_in_text",
        tail_place="tail_place",
    )


def _storey(rest: pl.Expr) -> pl.Expr:
    """Floor digits of flat numbers: entrance level 10, one flight up 11."""
    flights = pl.coalesce(
        rest.str.extract(_STOREYS),
        rest.str.extract(_STOREYS_IN_WORDS).replace(NUMBER_WORDS),
    ).cast(pl.Int32, strict=False)
    return (
        pl.when(flights.is_not_null())
        .then(flights + ENTRANCE_FLOOR)
        .when(rest.str.contains(_GROUND))
        .then(pl.lit(ENTRANCE_FLOOR, pl.Int32))
    )


def _without_storey(rest: pl.Expr) -> pl.Expr:
    # The letter before `B2 tr` belongs to the house and stays.
    kept = rest.str.replace(rf"([0-9]{{1,2}})\s*(?:{STOREY_WORDS})\b\.?(?:\s*upp)?", " ")
    return kept.str.replace(_STOREYS_IN_WORDS, " ").str.replace(_GROUND, " ")
