"""Addresses -> dwellings of the dwelling register, with level, certainty and a reason.

In order: stable key (property, address, flat) -> same street, number, letter and flat within the
postcode -> the same without å ä ö -> typing errors in the street, within the postcode -> the post
town, only where the postcode has no such house. Number and letter must always be the very same.
An ambiguous address gets no dwelling. Pure functions; sources: sweden.md sections 3 and 8.
"""

from __future__ import annotations

import polars as pl

from matching.address_street import folded
from matching.addresses import parse_frame
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
    NO_LETTER,
    NO_NUMBER,
    build_scope,
    prepare_dwellings,
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
_WHOLE_REGISTER = "*"
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
    register = prepare_dwellings(dwellings)
    queries = _prepare_texts(texts)
    places = queries.filter(pl.col("kind").is_in(_PLACES))
    keyed = places.filter(pl.col("property_key").is_not_null())
    free = places.filter(pl.col("property_key").is_null())
    on_property = _search(
        keyed,
        register,
        pl.col("property_key"),
        "property",
        parameters,
        max_errors=parameters.max_errors,
    )
    found = [on_property, *_search_free(free, register, parameters)]
    return outcome(queries, pl.concat(found), register, parameters)


def _prepare_texts(texts: pl.DataFrame) -> pl.DataFrame:
    """One row per text: q (its row number), the parsed parts and the hints."""
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
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("q"),
        given["text_id"],
        property_key(given["property"]),
        pl.col("street_key").fill_null(""),
        pl.col("number").fill_null(NO_NUMBER),
        pl.col("letter").fill_null(NO_LETTER),
        pl.col("flat_number").cast(pl.Int32),
        fold=pl.when(~pl.col("street").str.contains(r"[^\x00-\x7f]")).then(
            folded(pl.col("street_key"))
        ),
        town=town_key(pl.col("city_key")),
        storey=pl.coalesce("storey", given["storey"]),
        hint_n_rooms=given["n_rooms"],
        hint_area_m2=given["area_m2"],
        tenant_dwelling_ids=given["tenant_dwelling_ids"],
    )


def _search(
    queries: pl.DataFrame,
    register: pl.DataFrame,
    block: pl.Expr,
    scope_name: str,
    parameters: ResolveParameters,
    *,
    max_errors: int,
) -> pl.DataFrame:
    """What one scope has for the queries: find_houses' row and the flat chosen."""
    blocked = queries.with_columns(block=block).filter(pl.col("block").is_not_null())
    wanted = register.with_columns(block=block).join(
        blocked.select("block").unique(), on="block", how="semi"
    )
    scope = build_scope(wanted, pl.col("block"))
    found = find_houses(blocked, scope, wanted, max_errors)
    chosen = choose_flats(found, blocked, scope, wanted, parameters.area_tolerance_m2)
    return (
        found.join(chosen, on="q", how="left")
        .join(
            scope.streets.select("street_id", "street_key", right_value="street"),
            on="street_id",
            how="left",
        )
        .with_columns(scope=pl.lit(scope_name))
        .select(
            "q", "scope", "status", "distance", "flat_state", "flat_method", "is_letter_missing",
            "n_fitting", "n_streets", "runner_up", "entrance", "is_home", "d", "right_value",
            right_key="street_key",
        )
    )  # fmt: skip


def _search_free(
    queries: pl.DataFrame, register: pl.DataFrame, parameters: ResolveParameters
) -> list[pl.DataFrame]:
    """Queries without a property: the postcode, then the post town where that has no such house."""
    inside = _search(
        queries,
        register,
        pl.col("postcode"),
        "postcode",
        parameters,
        max_errors=parameters.max_errors,
    )
    no_house = inside.filter(
        pl.col("status").is_in([NO_HOUSE, NO_NEAR_HOUSE])
        | ((pl.col("status") == NO_FLAT) & (pl.col("distance") >= 1))
    )
    no_street = queries.join(inside.filter(pl.col("status") != NO_STREET), on="q", how="anti")
    guessed = inside.filter(pl.col("status").is_in([ONE, MANY]) & (pl.col("distance") >= 1))
    by_name = queries.join(pl.concat([no_house, guessed]), on="q", how="semi")
    outside = pl.concat(
        [
            _search_town(no_street, register, parameters.max_errors_outside, parameters),
            _search_town(by_name, register, 0, parameters),
        ]
    )
    is_only_street = (pl.col("n_streets") == 1) | (pl.col("distance") < 1)
    outside = outside.filter(pl.col("status").is_in([ONE, MANY]) & is_only_street)
    # The very street stands elsewhere in the town with that house: a wrong postcode is as likely
    # as a typing error.
    rivals = guessed.join(outside, on="q", how="semi").select("q", rival=pl.lit(RIVAL))
    inside = inside.join(rivals, on="q", how="left").with_columns(
        status=pl.coalesce("rival", "status")
    )
    settled = outside.join(guessed, on="q", how="anti")
    return [inside.drop("rival").join(settled, on="q", how="anti"), settled]


def _search_town(
    queries: pl.DataFrame, register: pl.DataFrame, max_errors: int, parameters: ResolveParameters
) -> pl.DataFrame:
    """The post town named, else that of the postcode, else (both unknown) the whole register."""
    towns = register.group_by("postcode").agg(
        town_of_postcode=pl.when(pl.col("town").n_unique() == 1).then(pl.col("town").first())
    )
    located = queries.join(towns.drop_nulls(), on="postcode", how="left").with_columns(
        town=pl.coalesce("town", "town_of_postcode")
    )
    named = _search(located, register, pl.col("town"), "town", parameters, max_errors=max_errors)
    everywhere = _search(
        located.filter(pl.col("town").is_null()).with_columns(everywhere=pl.lit(_WHOLE_REGISTER)),
        register.with_columns(everywhere=pl.lit(_WHOLE_REGISTER)),
        pl.col("everywhere"),
        "register",
        parameters,
        max_errors=max_errors,
    )
    return pl.concat([named, everywhere])
