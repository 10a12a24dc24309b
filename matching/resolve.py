"""Addresses -> dwellings of the dwelling register, with level, certainty and a reason.

In order: stable key (property, address, flat) -> same street, number, letter and flat within the
postcode -> the same without å ä ö -> typing errors in the street, within the postcode -> the post
town, only where the postcode has no such house. Number and letter must always be the very same.
An ambiguous address gets no dwelling. Pure functions; sources: sweden.md sections 3 and 8.
"""

from __future__ import annotations

import polars as pl

from matching.address_street import folded
from matching.addresses import distinct, parse_frame
from matching.resolve_houses import (
    MANY,
    NO_FLAT,
    NO_HOUSE,
    NO_NEAR_HOUSE,
    NO_STREET,
    ONE,
    choose_flats,
    find_houses,
)
from matching.resolve_parameters import ResolveParameters
from matching.resolve_result import RIVAL, outcome
from matching.resolve_scope import (
    POSTCODE,
    PROPERTY,
    REGISTER,
    TOWN,
    WHOLE_REGISTER,
    Register,
    Scope,
    block,
    house_code,
    prepare_register,
    property_key,
    town_key,
)

# Optional columns of `texts`, and their types.
HINTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "property": pl.String,
    "n_rooms": pl.Int32,
    "area_m2": pl.Float64,
    "storey": pl.Int32,
    "tenant_dwelling_ids": pl.List(pl.String),
}
_PLACES = ("street", "other")
_QUESTION = (
    "kind", "street_key", "fold", "house", "has_number", "flat_number", "flat_conflict", "postcode",
    "town", "property_key", "storey", "hint_n_rooms", "hint_area_m2", "tenant_dwelling_ids",
)  # fmt: skip
"""What makes two texts ask the same, however they are written."""
DEFAULTS = ResolveParameters()


def resolve(
    texts: pl.DataFrame, dwellings: pl.DataFrame, parameters: ResolveParameters = DEFAULTS
) -> pl.DataFrame:
    """One row per text, in the order given.

    texts: text_id, text, postcode, city, flat_number (its own column); optionally the HINTS.
    dwellings: dwelling_id, property, street_address, flat_number (null for a house), postcode,
    city, n_rooms, area_m2.
    Out: text_id, dwelling_id (null when not resolved), entrance (`property|street_address` when
    the building is known), level (key exact single inferred fuzzy folded wrong_postcode
    ambiguous none not_a_dwelling), certainty (0..1), score (0..100, likeness of the streets),
    runner_up_gap (score ahead of the next street that fits; the score itself without one; below
    zero where the tenant's own dwelling decides),
    n_candidates (dwellings or streets that fit), sentence, left_value and right_value (the two
    streets compared).
    """
    question = [name for name in texts.columns if name != "text_id"]
    first, which = distinct(texts, question)
    answers = resolve_read(read_texts(first), prepare_register(dwellings), parameters)
    return answers[which].with_columns(texts["text_id"])


def resolve_read(
    read: pl.DataFrame, register: Register, parameters: ResolveParameters = DEFAULTS
) -> pl.DataFrame:
    """`resolve`, for texts already read (`read_texts`) and a register already prepared."""
    first, which = distinct(read, _QUESTION)
    answers = _resolve_questions(first.with_row_index("q"), register, parameters)
    return answers[which].with_columns(read["text_id"], left_value=read["street"])


def _resolve_questions(
    queries: pl.DataFrame, register: Register, parameters: ResolveParameters
) -> pl.DataFrame:
    """One row per question, in the order given."""
    places = _near_blocks(queries.filter(pl.col("kind").is_in(_PLACES)))
    inside = _search(
        places.drop_nulls("block"), register.near, register, parameters.max_errors,
        parameters.area_tolerance_m2,
    )  # fmt: skip
    asked = _unanswered(places.filter(pl.col("scope") == POSTCODE), inside)
    if asked.is_empty():
        return outcome(queries, inside, register, parameters)
    outside = _search(
        _far_blocks(asked, register.towns), register.far, register,
        parameters.max_errors_outside, parameters.area_tolerance_m2,
    )  # fmt: skip
    return outcome(queries, _nearest(inside, outside, asked), register, parameters)


def read_texts(texts: pl.DataFrame) -> pl.DataFrame:
    """The texts of `resolve`, read once however often they are asked about.

    One row per text: text_id, the parsed parts and the hints.
    """
    missing = [
        pl.lit(None, kind).alias(name) for name, kind in HINTS.items() if name not in texts.columns
    ]
    given = texts.with_columns(missing).with_columns(
        pl.col(name).cast(kind) for name, kind in HINTS.items()
    )
    parsed = parse_frame(
        given.select(pl.col("text", "postcode", "city", "flat_number").cast(pl.String))
    )
    return parsed.with_columns(
        given["text_id"],
        property_key(given["property"]),
        pl.col("street_key").fill_null(""),
        pl.col("flat_number").cast(pl.Int32),
        has_number=pl.col("number").is_not_null(),
        house=house_code(),
        fold=pl.when(~pl.col("street").str.contains(r"[^\x00-\x7f]")).then(
            folded(pl.col("street_key"))
        ),
        town=town_key(pl.col("city_key")),
        storey=pl.coalesce("storey", given["storey"]),
        hint_n_rooms=given["n_rooms"],
        hint_area_m2=given["area_m2"],
        tenant_dwelling_ids=given["tenant_dwelling_ids"],
    )


def _near_blocks(queries: pl.DataFrame) -> pl.DataFrame:
    """Where to look first: the property, or without one the postcode."""
    has_property = pl.col("property_key").is_not_null()
    return queries.with_columns(
        scope=pl.when(has_property).then(pl.lit(PROPERTY)).otherwise(pl.lit(POSTCODE)),
        seeks_near=pl.lit(value=True),
    ).with_columns(block=block(pl.col("scope"), pl.coalesce("property_key", "postcode")))


def _far_blocks(queries: pl.DataFrame, towns: pl.DataFrame) -> pl.DataFrame:
    """The post town named, else that of the postcode, else (both unknown) the whole register."""
    return (
        queries.join(towns, on="postcode", how="left")
        .with_columns(town=pl.coalesce("town", "town_of_postcode"))
        .with_columns(
            scope=pl.when(pl.col("town").is_null()).then(pl.lit(REGISTER)).otherwise(pl.lit(TOWN))
        )
        .with_columns(block=block(pl.col("scope"), pl.col("town").fill_null(WHOLE_REGISTER)))
    )


def _unanswered(queries: pl.DataFrame, inside: pl.DataFrame) -> pl.DataFrame:
    """Queries to look for outside their postcode, since that has no such street or house.

    `is_guessed`: the postcode has a house on a street nearly equal. Nearly equal streets are
    sought outside (`seeks_near`) only where the postcode has none at all.
    """
    status, is_near = pl.col("status"), pl.col("distance") >= 1
    has_no_house = status.is_in([NO_HOUSE, NO_NEAR_HOUSE]) | ((status == NO_FLAT) & is_near)
    return (
        queries.join(inside.select("q", "status", "distance"), on="q", how="left")
        .with_columns(
            status.fill_null(NO_STREET),
            is_guessed=(status.is_in([ONE, MANY]) & is_near).fill_null(value=False),
        )
        .filter((status == NO_STREET) | has_no_house | pl.col("is_guessed"))
        .with_columns(seeks_near=status == NO_STREET)
        .drop("status", "distance")
    )


def _search(
    queries: pl.DataFrame,
    scope: Scope,
    register: Register,
    max_errors: int,
    area_tolerance_m2: float,
) -> pl.DataFrame:
    """What the scope has for the queries: find_houses' row and the flat chosen."""
    found = find_houses(queries, scope, register, max_errors)
    chosen = choose_flats(found, queries, scope, register.dwellings, area_tolerance_m2)
    return (
        found.drop("d").join(chosen, on="q", how="left")
        .join(
            scope.streets.select("street_id", "street_key", right_value="street"),
            on="street_id",
            how="left",
        )
        .select(
            "q", "scope", "status", "distance", "flat_state", "flat_method", "is_letter_missing",
            "n_fitting", "n_streets", "runner_up", "entrance", "is_home", "d", "right_value",
            right_key="street_key",
        )
    )  # fmt: skip


def _nearest(inside: pl.DataFrame, outside: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """What the post town has counts where the postcode has no such house.

    Where the postcode had a street nearly equal and the very street stands elsewhere in the town
    with that house, a wrong postcode is as likely as a typing error: the two are rivals.
    """
    is_only_street = (pl.col("n_streets") == 1) | (pl.col("distance") < 1)
    fits = outside.filter(pl.col("status").is_in([ONE, MANY]) & is_only_street).join(
        asked.select("q", "is_guessed"), on="q"
    )
    settled = fits.filter(~pl.col("is_guessed")).drop("is_guessed")
    rivals = fits.filter("is_guessed").select("q", rival=pl.lit(RIVAL))
    kept = inside.join(settled, on="q", how="anti").join(rivals, on="q", how="left")
    return pl.concat(
        [kept.with_columns(status=pl.coalesce("rival", "status")).drop("rival"), settled]
    )
