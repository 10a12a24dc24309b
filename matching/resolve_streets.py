"""Which streets of a block a written street may be: equal, equal without å ä ö, or nearly equal.

Distances count typing errors (optimal string alignment: a swap of neighbours is one). A street
compared without its Swedish letters is `FOLD` further away, so it never beats an equal one.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from matching.address_street import folded
from matching.resolve_scope import Scope, bare_ending

FOLD = 0.5
LETTERS_FOR_ONE_ERROR = 2  # letters of a street's own before its ending: `Ekvägen`, not `Åvägen`
LETTERS_FOR_MORE_ERRORS = 3
_CELLS = 40_000_000  # bytes of one distance matrix: bounds memory, not the result
_CANDIDATES = {"pair_id": pl.UInt32, "street_id": pl.UInt32, "distance": pl.Float32}


def candidate_streets(pairs: pl.DataFrame, scope: Scope, max_errors: int) -> pl.DataFrame:
    """Candidates for distinct written streets.

    In: pair_id, block, street_key, fold (null where the text has Swedish letters). Out:
    pair_id, street_id, distance. Nearly equal streets are sought only for a pair that has no
    equal one, with or without Swedish letters: an exact street never loses to a fuzzy one.
    """
    streets = scope.streets
    exact = pairs.join(streets, on=["block", "street_key"]).with_columns(distance=pl.lit(0.0))
    ascii_pairs = pairs.drop_nulls("fold").rename({"street_key": "key"})
    folds = pl.concat(
        [
            ascii_pairs.join(streets, left_on=["block", "fold"], right_on=["block", form])
            .filter(pl.col("key") != pl.col("street_key"))
            .select("pair_id", "street_id")
            for form in ("fold", "digraph")
        ]
    ).unique()
    found = pl.concat(
        [
            frame.select(pl.col(name).cast(kind) for name, kind in _CANDIDATES.items())
            for frame in (exact, folds.with_columns(distance=pl.lit(FOLD)))
        ]
    )
    if max_errors == 0:
        return found
    rest = pairs.join(found, on="pair_id", how="anti")
    return pl.concat([found, near_streets(rest, scope, max_errors)])


def near_streets(pairs: pl.DataFrame, scope: Scope, max_errors: int) -> pl.DataFrame:
    """Streets within `max_errors` typing errors, where these are plausible.

    One matrix per block: its distinct written streets against its streets.
    """
    wanted = pairs.filter(pl.col("street_key") != "").sort("block", "street_key", "pair_id")
    streets = scope.streets.join(wanted.select("block").unique(), on="block", how="semi")
    forms = _street_forms(streets)
    is_fold = pl.col("extra") > 0
    as_written = wanted.rename({"street_key": "form"})
    as_folded = wanted.drop_nulls("fold").rename({"fold": "form"})
    near = pl.concat(
        [
            pl.DataFrame(schema=_CANDIDATES),
            *_near_in_blocks(as_written, forms.filter(~is_fold), max_errors),
            *_near_in_blocks(as_folded, forms.filter(is_fold), max_errors),
        ]
    )
    return (
        near.group_by("pair_id", "street_id")
        .agg(pl.col("distance").min())
        .join(wanted.select("pair_id", written_key="street_key"), on="pair_id")
        .join(streets, on="street_id")
        .filter(_is_plausible())
        .select(pl.col(name).cast(kind) for name, kind in _CANDIDATES.items())
    )


def _is_plausible() -> pl.Expr:
    """Whether so many errors may be typing errors, rather than another street's name.

    The first letter is seldom mistyped, a short name has few letters to tell by, and someone
    who writes a whole `stigen` does not mean `vägen`.
    """
    errors = pl.col("distance").floor()
    written, street = pl.col("written_key"), pl.col("street_key")
    same_first = folded(written.str.slice(0, 1)) == folded(street.str.slice(0, 1))
    n_letters = pl.col("n_own_letters")
    other_ending = (bare_ending(written) != pl.col("ending")).fill_null(value=False)
    is_few = (
        pl.when(errors <= 1)
        .then(n_letters >= LETTERS_FOR_ONE_ERROR)
        .otherwise(same_first & (n_letters >= LETTERS_FOR_MORE_ERRORS))
    )
    return is_few & ~other_ending


def _street_forms(streets: pl.DataFrame) -> pl.DataFrame:
    """One row per street and form that texts are compared with: block, street_id, form, extra.

    A misspelt ending is not cut to its bare form, so `granövägne` is compared with `granövägen`
    and `grnaöväg` with `granöväg`. Forms without Swedish letters carry the extra distance FOLD.
    """
    plain = pl.concat(
        [
            streets.select("block", "street_id", form=pl.col(form), extra=pl.lit(0.0))
            for form in ("street_key", "written")
        ]
    ).unique()
    without = plain.with_columns(form=folded(pl.col("form")), extra=pl.lit(FOLD))
    without = without.join(plain, on=["street_id", "form"], how="anti")
    return pl.concat([plain, without]).sort("extra", "block", "street_id", "form")


def _near_in_blocks(
    texts: pl.DataFrame, choices: pl.DataFrame, max_errors: int
) -> list[pl.DataFrame]:
    by_block = {
        key[0]: (frame["form"].to_list(), frame["street_id"].to_numpy(), frame["extra"].to_numpy())
        for key, frame in choices.partition_by("block", as_dict=True).items()
    }
    found = []
    for (block,), frame in texts.partition_by("block", as_dict=True).items():
        if block not in by_block:
            continue
        forms, street_ids, extra = by_block[block]
        step = max(1, _CELLS // len(forms))
        for start in range(0, frame.height, step):
            part = frame.slice(start, step)
            matrix = cdist(
                part["form"].to_list(),
                forms,
                scorer=OSA.distance,
                score_cutoff=max_errors,
                dtype=np.uint8,
                workers=-1,
            )
            rows, columns = np.nonzero(matrix <= max_errors)
            found.append(
                pl.DataFrame(
                    {
                        "pair_id": part["pair_id"].to_numpy()[rows],
                        "street_id": street_ids[columns],
                        "distance": matrix[rows, columns] + extra[columns],
                    },
                    schema=_CANDIDATES,
                    strict=False,
                )
            )
    return found
