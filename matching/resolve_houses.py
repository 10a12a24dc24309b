"""From a written address to one house and its flats: number and letter must be the very same.

`find_houses` picks the street among the candidates that have the house (and the flat, where one
is named); `choose_flats` picks the dwelling in the house.
"""

from __future__ import annotations

import polars as pl

from matching.addresses import distinct
from matching.resolve_scope import FOLD, Register, Scope, flat_key, house_key
from matching.resolve_streets import candidate_streets

# What a query may find in a scope, as `status`.
ONE = "one"  # one dwelling fits
MANY = "many"  # several dwellings of one house fit
NO_FLAT = "no_flat"  # the house is there, the named flat is not
TIED_STREETS = "tied_streets"  # two streets are as near
NEARER_STREET = "nearer_street"  # a nearer street exists, without that house
NO_HOUSE = "no_house"  # the street is there (with or without å ä ö), the house is not
NO_NEAR_HOUSE = "no_near_house"  # only nearly equal streets, none has the house
NO_STREET = "no_street"

HOME = FOLD + 0.1
"""Typing errors by which a street is nearer where the asker is at home: Täppgatan 3 for somebody
who lives there and whose landlord writes Tappgatan 3, though there is a Tappgatan 3 too."""

_HINTS = ["storey", "hint_n_rooms", "hint_area_m2", "tenant_dwelling_ids"]


def find_houses(
    queries: pl.DataFrame, scope: Scope, register: Register, max_errors: int
) -> pl.DataFrame:
    """One row per query, with what was found in its block.

    In: q, scope, block, street_key, fold, seeks_near, house, flat_number, tenant_dwelling_ids.
    Out: q, scope, status, house_id, street_id, distance, flat_state (named | unlisted | missing |
    not_there), is_letter_missing, n_fitting, d and has_number (the dwelling, where one fits),
    n_streets, runner_up (distance of the next street that fits), entrance, is_home (the dwelling
    named may be the asker's own).
    """
    pairs, pair_id = distinct(queries, ["block", "street_key", "fold", "seeks_near"])
    candidates = candidate_streets(pairs.with_row_index("pair_id"), scope, max_errors)
    nearest = candidates.group_by("pair_id").agg(nearest=pl.col("distance").min())
    known = queries.select("q", "scope", "house", "flat_number", pair_id=pair_id).join(
        nearest, on="pair_id", how="left"
    )
    fits = (
        known.join(candidates, on="pair_id")
        .with_columns(key=house_key())
        .join(scope.houses, on="key")
        # A misspelt street without its letter leaves too little to go by.
        .filter((pl.col("distance") < 1) | ~pl.col("is_letter_missing"))
    )
    fits = (
        fits.join(_named(fits, scope, register), on=["q", "house_id"], how="left")
        .with_columns(flat_state=_flat_state())
        .with_columns(
            n_fitting=_n_fitting(),
            d=pl.when(pl.col("flat_state") == "named").then("numbered_d").otherwise("d"),
            has_number=pl.col("n_unnumbered") == 0,
        )
        .join(_homes(queries, scope, register.dwellings), on=["q", "house_id"], how="left")
        .with_columns(pl.col("is_home").fill_null(False))
    )
    return (
        known.select("q", "scope", "nearest")
        .join(_best_street(fits), on="q", how="left")
        .with_columns(status=_status())
    )


def _named(fits: pl.DataFrame, scope: Scope, register: Register) -> pl.DataFrame:
    """The flats named that the houses have: q, house_id, n_with_number, numbered_d."""
    asked = fits.select("q", "house_id", "flat_number").drop_nulls("flat_number")
    flats = asked.join(scope.members, on="house_id").select("q", "house_id", key=flat_key())
    return (
        flats.join(register.numbered, on="key")
        .group_by("q", "house_id")
        .agg(pl.col("n_with_number").sum(), pl.col("numbered_d").min())
    )


def _homes(queries: pl.DataFrame, scope: Scope, dwellings: pl.DataFrame) -> pl.DataFrame:
    """Houses where the text may name the asker's own dwelling: q, house_id, is_home."""
    homes = (
        queries.select("q", named="flat_number", dwelling_id="tenant_dwelling_ids")
        .explode("dwelling_id")
        .drop_nulls("dwelling_id")
        .join(dwellings.select("dwelling_id", "a", "flat_number"), on="dwelling_id")
        .join(scope.members, on="a")
    )
    is_that_flat = pl.col("named").is_null() | (pl.col("named") == pl.col("flat_number"))
    return (
        homes.filter(is_that_flat.fill_null(False))
        .select("q", "house_id", is_home=pl.lit(True))
        .unique()
    )


def _flat_state() -> pl.Expr:
    return (
        pl.when(pl.col("flat_number").is_null())
        .then(pl.lit("missing"))
        .when(pl.col("n_with_number").is_not_null())
        .then(pl.lit("named"))
        .when((pl.col("n_dwellings") == 1) & (pl.col("n_unnumbered") == 1))
        .then(pl.lit("unlisted"))
        .otherwise(pl.lit("not_there"))
    )


def _n_fitting() -> pl.Expr:
    state = pl.col("flat_state")
    return (
        pl.when(state == "named")
        .then("n_with_number")
        .when(state == "not_there")
        .then(0)
        .otherwise("n_dwellings")
    )


def _best_street(fits: pl.DataFrame) -> pl.DataFrame:
    """Per query the nearest street that fits, how many are as near, how far the next is."""
    misfit, nearness = pl.col("misfit"), pl.col("nearness")
    kept = [
        "house_id", "street_id", "distance", "flat_state", "is_letter_missing", "n_fitting", "d",
        "has_number",
    ]  # fmt: skip
    rows = fits.select(
        "q",
        *kept,
        "entrance",
        "is_home",
        misfit=pl.col("n_fitting") == 0,
        nearness=pl.col("distance") - HOME * pl.col("is_home").cast(pl.Float32),
    )
    # Nearly every query has one row: only the others are sorted and counted.
    alone = rows.filter(pl.col("q").is_unique()).with_columns(
        n_streets=(~misfit).cast(pl.UInt32),
        n_nearest=pl.lit(1, pl.UInt32),
        runner_up=pl.lit(None, pl.Float32),
    )
    several = (
        rows.filter(pl.col("q").is_duplicated())
        .sort("q", "misfit", "nearness", "street_id")
        .group_by("q", maintain_order=True)
        .agg(
            pl.exclude("q").first(),
            n_streets=(~misfit).sum(),
            n_nearest=((nearness == nearness.first()) & (misfit == misfit.first())).sum(),
            runner_up=pl.col("distance").filter(~misfit).slice(1, 1).first(),
        )
    )
    return pl.concat([alone, several.select(alone.columns)], how="vertical_relaxed")


def _status() -> pl.Expr:
    distance, nearest = pl.col("distance"), pl.col("nearest")
    # A text without Swedish letters may mean either twin (Tappgatan, Täppgatan): the one that
    # has the house. Otherwise a nearer street without the house says the number is wrong.
    is_twin = (nearest == 0) & (distance == FOLD)
    return (
        pl.when(nearest.is_null())
        .then(pl.lit(NO_STREET))
        .when(distance.is_null())
        .then(pl.when(nearest <= FOLD).then(pl.lit(NO_HOUSE)).otherwise(pl.lit(NO_NEAR_HOUSE)))
        .when(pl.col("n_nearest") > 1)
        .then(pl.lit(TIED_STREETS))
        .when((nearest < distance) & ~is_twin & ~pl.col("is_home"))
        .then(pl.lit(NEARER_STREET))
        .when("misfit")
        .then(pl.lit(NO_FLAT))
        .when(pl.col("n_fitting") == 1)
        .then(pl.lit(ONE))
        .otherwise(pl.lit(MANY))
    )


def choose_flats(
    found: pl.DataFrame,
    queries: pl.DataFrame,
    scope: Scope,
    dwellings: pl.DataFrame,
    area_tolerance_m2: float,
) -> pl.DataFrame:
    """The dwelling of each query whose status is ONE or MANY; q without a choice is left out.

    Out: q, d, flat_method: number (the flat is named), house (no flat has a number there),
    only (one dwelling, no flat named), unlisted (one dwelling, without the number named),
    tenant (the tenant is registered in just that one), size (rooms, area and storey fit just
    that one), size_not_tenant (the same, though the tenant is registered in another).
    """
    sure = found.filter(pl.col("status") == ONE).select("q", "d", flat_method=_sure_method())
    hints = queries.select("q", "flat_number", *_HINTS).filter(
        pl.any_horizontal(pl.col(_HINTS).is_not_null())
    )
    asked = found.filter(pl.col("status") == MANY).select("q", "house_id", "flat_state")
    flats = dwellings.select(pl.exclude("flat_number"), own_number="flat_number")
    options = asked.join(hints, on="q").join(scope.members, on="house_id").join(flats, on="a")
    is_named = pl.col("flat_state") == "named"
    options = options.filter(~is_named | (pl.col("own_number") == pl.col("flat_number")))
    return pl.concat([sure, _hinted(options, area_tolerance_m2)])


def _sure_method() -> pl.Expr:
    return (
        pl.when(pl.col("flat_state") == "named")
        .then(pl.lit("number"))
        .when(pl.col("flat_state") == "unlisted")
        .then(pl.lit("unlisted"))
        .when(~pl.col("has_number"))
        .then(pl.lit("house"))
        .otherwise(pl.lit("only"))
    )


def _hinted(options: pl.DataFrame, tolerance: float) -> pl.DataFrame:
    """Several flats fit: the tenant's own, else the only one of that size and storey."""
    size = _HINTS[:3]
    known = options.with_columns(
        is_alike=_agrees(pl.col("storey") == pl.col("floor"), "storey", "floor", unknown=False)
        & _agrees(pl.col("hint_n_rooms") == pl.col("n_rooms"), "hint_n_rooms", "n_rooms")
        & _agrees(
            (pl.col("hint_area_m2") - pl.col("area_m2")).abs() <= tolerance,
            "hint_area_m2",
            "area_m2",
        ),
        is_own=pl.col("tenant_dwelling_ids")
        .list.contains(pl.col("dwelling_id"))
        .fill_null(value=False),
        has_size=pl.any_horizontal(pl.col(size).is_not_null()),
    )
    both = pl.col("is_own") & pl.col("is_alike")
    return (
        known.group_by("q", maintain_order=True)
        .agg(
            n_both=both.sum(),
            n_own=pl.col("is_own").sum(),
            n_alike=(pl.col("is_alike") & pl.col("has_size")).sum(),
            own=pl.col("d").filter(both).first(),
            alike=pl.col("d").filter("is_alike").first(),
        )
        .with_columns(
            flat_method=pl.when(pl.col("n_both") == 1)
            .then(pl.lit("tenant"))
            .when((pl.col("n_alike") == 1) & (pl.col("n_own") == 0))
            .then(pl.lit("size"))
            .when(pl.col("n_alike") == 1)
            .then(pl.lit("size_not_tenant"))
        )
        .drop_nulls("flat_method")
        .select(
            "q",
            d=pl.when(pl.col("flat_method") == "tenant").then("own").otherwise("alike"),
            flat_method="flat_method",
        )
    )


def _agrees(equal: pl.Expr, hint: str, value: str, *, unknown: bool = True) -> pl.Expr:
    """True where the hint is missing; `unknown` where the register does not know the value."""
    return (
        pl.when(pl.col(hint).is_null())
        .then(pl.lit(value=True))
        .when(pl.col(value).is_null())
        .then(pl.lit(unknown))
        .otherwise(equal)
    )
