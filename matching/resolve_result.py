"""From what was found to the published row: level, certainty, score and the sentence.

A sentence names the method and the reason, never a name, number or address.
"""

from __future__ import annotations

import polars as pl

from matching.addresses import distinct
from matching.resolve_houses import (
    MANY,
    NEARER_STREET,
    NO_FLAT,
    NO_HOUSE,
    NO_NEAR_HOUSE,
    NO_STREET,
    ONE,
    TIED_STREETS,
)
from matching.resolve_parameters import ResolveParameters
from matching.resolve_scope import FOLD, Register

RIVAL = "rival_in_town"
_NEIGHBOURING_DIGITS = 3  # postcodes that share them are sorted at one office

NOT_A_DWELLING = {
    "box": "A post box is no dwelling.",
    "poste_restante": "Poste restante is no dwelling.",
    "protected_mail": "The tax agency's forwarding address is no dwelling.",
    "range": "A range of house numbers names a building, not a dwelling.",
    "property_only": "A property designation alone names no dwelling.",
    "empty": "No address is given.",
}
UNRESOLVED = {
    MANY: "Several flats fit and nothing tells which.",
    NO_FLAT: "The house is in the register, the flat number named is not.",
    TIED_STREETS: "Two streets are equally near to what is written.",
    NEARER_STREET: "A nearer street exists, but without that house number.",
    NO_HOUSE: "The street is in the register, that number and letter are not.",
    NO_NEAR_HOUSE: "No street like it has that number and letter.",
    NO_STREET: "No such street in the postcode or post town.",
    RIVAL: "A street nearly equal in the postcode and one equal elsewhere in the town both fit.",
}
AMBIGUOUS = [MANY, TIED_STREETS, NEARER_STREET, RIVAL]
SCOPES = {
    "property": "within the property",
    "postcode": "within the postcode",
    "town": "within the post town, since the postcode is missing or has no such house",
    "register": "within the whole register, since postcode and post town are unknown",
}
FLATS = {
    "number": "the flat number decides",
    "house": "the address is one house",
    "only": "it is the only dwelling there",
    "unlisted": "it is the only dwelling there, and the register has no flat number for it",
    "tenant": "the tenant is registered in just that flat there",
    "size": "rooms, area and storey fit just that flat",
    "size_not_tenant": "rooms, area and storey fit just that flat, "
    "though the tenant is registered in another one there",
}
_SENTENCE_RESTS_ON = [
    "kind", "is_place", "is_resolved", "status", "scope", "distance", "flat_method",
    "is_home", "is_letter_missing", "flat_conflict", "closeness", "has_property", "has_number",
]  # fmt: skip
_INFERRED = ["tenant", "size", "size_not_tenant"]


def outcome(
    queries: pl.DataFrame,
    found: pl.DataFrame,
    register: Register,
    parameters: ResolveParameters,
) -> pl.DataFrame:
    """One row per query, in order; columns as `resolve` says."""
    rows = queries.join(found, on="q", how="left", maintain_order="left")
    address = register.dwellings["a"].gather(rows["d"])
    rows = rows.with_columns(
        dwelling_id=register.dwellings["dwelling_id"].gather(rows["d"]),
        own_entrance=register.addresses["entrance"].gather(address),
        own_postcode=register.addresses["postcode"].gather(address),
        status=pl.when(pl.col("d").is_not_null() & (pl.col("status") == MANY))
        .then(pl.lit(ONE))
        .otherwise(pl.col("status").fill_null(NO_STREET)),
    ).with_columns(closeness=_closeness())
    rows = rows.with_columns(
        is_resolved=(pl.col("status") == ONE)
        & pl.col("d").is_not_null()
        & (pl.col("closeness") != "elsewhere"),
        has_property=pl.col("property_key").is_not_null(),
        is_place=pl.col("kind").is_in(["street", "other"]),
    )
    resolved = pl.col("is_resolved")
    is_house_known = pl.col("status").is_in([MANY, NO_FLAT]) & (pl.col("scope") != "register")
    return rows.with_columns(
        level=_level(),
        certainty=pl.when(resolved).then(_certainty(parameters)).otherwise(0.0).round(4),
        score=_score(pl.col("distance")),
        next_score=_score(pl.col("runner_up")),
        sentence=_sentences(rows),
    ).select(
        "text_id",
        dwelling_id=pl.when(resolved).then("dwelling_id"),
        entrance=pl.when(resolved).then("own_entrance").when(is_house_known).then("entrance"),
        level="level",
        certainty="certainty",
        score=pl.col("score").fill_null(0.0),
        runner_up_gap=(pl.col("score") - pl.col("next_score").fill_null(0.0))
        .fill_null(0.0)
        .round(1),
        n_candidates=_n_candidates(),
        sentence="sentence",
        left_value="street",
        right_value="right_value",
    )


def hints_may_change() -> pl.Expr:
    """Of an answer without hints: whether the asker's own dwellings may lead to another.

    They tell apart flats and streets. They cannot where the very house stands on the very street,
    one dwelling fits, and no other street fits.
    """
    is_sure = pl.col("level").is_in(["key", "exact", "single"])
    return ~(is_sure & (pl.col("runner_up_gap") == pl.col("score")))


def _closeness() -> pl.Expr:
    """Outside the postcode: how far the delivered postcode is from the dwelling's."""
    given, own = pl.col("postcode"), pl.col("own_postcode")
    same_digits = pl.sum_horizontal(
        (given.str.slice(place, 1) == own.str.slice(place, 1)).cast(pl.Int8) for place in range(5)
    )
    is_near = (same_digits >= 4) | (
        given.str.slice(0, _NEIGHBOURING_DIGITS) == own.str.slice(0, _NEIGHBOURING_DIGITS)
    )
    return (
        pl.when(~pl.col("scope").is_in(["town", "register"]))
        .then(pl.lit("inside"))
        .when((pl.col("scope") == "register") & given.is_not_null() & ~is_near)
        .then(pl.lit("elsewhere"))
        .when(pl.col("scope") == "register")
        .then(pl.lit("unknown"))
        .when(given.is_null() | is_near)
        .then(pl.lit("near"))
        .otherwise(pl.lit("far"))
    )


def _level() -> pl.Expr:
    """The weakest link names the level."""
    distance = pl.col("distance")
    return (
        pl.when(~pl.col("is_place"))
        .then(pl.lit("not_a_dwelling"))
        .when(~pl.col("is_resolved"))
        .then(
            pl.when(pl.col("status").is_in(AMBIGUOUS) & (pl.col("closeness") != "elsewhere"))
            .then(pl.lit("ambiguous"))
            .otherwise(pl.lit("none"))
        )
        .when(pl.col("scope").is_in(["town", "register"]))
        .then(pl.lit("wrong_postcode"))
        .when(pl.col("flat_method").is_in(_INFERRED) | pl.col("is_letter_missing"))
        .then(pl.lit("inferred"))
        .when(distance >= 1)
        .then(pl.lit("fuzzy"))
        .when(distance == FOLD)
        .then(pl.lit("folded"))
        .when(pl.col("flat_method").is_in(["only", "unlisted"]))
        .then(pl.lit("single"))
        .when(pl.col("scope") == "property")
        .then(pl.lit("key"))
        .otherwise(pl.lit("exact"))
    )


def _certainty(parameters: ResolveParameters) -> pl.Expr:
    """Street times flat times what is odd; a postcode that does not fit caps it."""
    p, distance = parameters, pl.col("distance")
    errors = distance.floor()
    street = (
        pl.when(distance == 0)
        .then(p.certainty_exact)
        .when(errors == 0)
        .then(p.certainty_folded)
        .when(errors == 1)
        .then(p.certainty_one_error)
        .otherwise(p.certainty_two_errors)
    )
    flat = pl.col("flat_method").replace_strict(
        {
            "number": p.certainty_exact,
            "house": p.certainty_exact,
            "only": p.certainty_only_flat,
            "unlisted": p.certainty_unlisted_flat,
            "tenant": p.certainty_by_tenant,
            "size": p.certainty_by_size,
            "size_not_tenant": p.certainty_by_size_not_tenant,
        },
        default=None,
    )
    is_narrow = ((pl.col("runner_up") - distance) <= p.narrow_gap_errors) & ~pl.col("is_home")
    odd = (
        pl.when(is_narrow).then(p.certainty_narrow_gap).otherwise(1.0)
        * pl.when("is_letter_missing").then(p.certainty_no_letter).otherwise(1.0)
        * pl.when("flat_conflict").then(p.certainty_flat_conflict).otherwise(1.0)
    )
    cap = pl.col("closeness").replace_strict(
        {
            "inside": 1.0,
            "near": p.certainty_near_postcode,
            "far": p.certainty_far_postcode,
            "unknown": p.certainty_no_town,
            "elsewhere": 0.0,
        }
    )
    return pl.min_horizontal(street * flat * odd, cap)


def _score(distance: pl.Expr) -> pl.Expr:
    """Likeness of the street keys, 0..100."""
    longest = pl.max_horizontal(
        pl.col("street_key").str.len_chars(), pl.col("right_key").str.len_chars(), pl.lit(1)
    )
    return (100 * (1 - distance.cast(pl.Float64) / longest)).clip(0, 100).round(1)


def _n_candidates() -> pl.Expr:
    return (
        pl.when(pl.col("status").is_in([TIED_STREETS, RIVAL]))
        .then(pl.col("n_streets").clip(2))
        .otherwise(pl.col("n_fitting"))
        .fill_null(0)
        .cast(pl.Int32)
    )


def _sentences(rows: pl.DataFrame) -> pl.Series:
    """The sentence of each row: there are few outcomes, and many rows share each."""
    outcomes, which = distinct(rows, _SENTENCE_RESTS_ON)
    return outcomes.select(_sentence()).to_series().gather(which)


def _sentence() -> pl.Expr:
    distance = pl.col("distance")
    street = (
        pl.when(distance == 0)
        .then(pl.lit("Same street"))
        .when(distance == FOLD)
        .then(pl.lit("Same street but for å, ä, ö"))
        .when(distance.floor() == 1)
        .then(pl.lit("Street with one typing error"))
        .otherwise(pl.lit("Street with two typing errors"))
    )
    same = (
        pl.when("is_letter_missing").then(pl.lit("number")).otherwise(pl.lit("number and letter"))
    )
    conflict = pl.when("flat_conflict").then(
        pl.lit(" The text names another flat than the flat column, which is followed.")
    )
    home = pl.when(pl.col("is_home") & (distance > 0)).then(pl.lit(", where the tenant is at home"))
    resolved = pl.concat_str(
        street,
        home.fill_null(""),
        pl.lit(", same "),
        same,
        pl.lit(" "),
        pl.col("scope").replace_strict(SCOPES, default=None),
        pl.lit("; "),
        pl.col("flat_method").replace_strict(FLATS, default=None),
        pl.lit("."),
        conflict.fill_null(""),
    )
    unknown_property = pl.col("has_property") & (pl.col("status") == NO_STREET)
    return (
        pl.when(~pl.col("is_place"))
        .then(pl.col("kind").replace_strict(NOT_A_DWELLING, default=None))
        .when("is_resolved")
        .then(resolved)
        .when(pl.col("closeness") == "elsewhere")
        .then(pl.lit("The only such house lies in another part of the country than the postcode."))
        .when(unknown_property)
        .then(pl.lit("The property, or that street on it, is not in the dwelling register."))
        .when(~pl.col("has_number"))
        .then(pl.lit("The address has no house number."))
        .otherwise(pl.col("status").replace_strict(UNRESOLVED, default=None))
    )
