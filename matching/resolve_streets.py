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
from matching.resolve_scope import FOLD, Scope, bare_ending

LETTERS_FOR_ONE_ERROR = 2  # letters of a street's own before its ending: `Ekvägen`, not `Åvägen`
LETTERS_FOR_MORE_ERRORS = 3
_CELLS = 40_000_000  # bytes of one distance matrix: bounds memory, not the result
_CELLS_FOR_THREADS = 100_000  # below it, starting threads takes longer than comparing
_CANDIDATES = {"pair_id": pl.UInt32, "street_id": pl.UInt32, "distance": pl.Float32}


def candidate_streets(pairs: pl.DataFrame, scope: Scope, max_errors: int) -> pl.DataFrame:
    """Candidates for distinct written streets.

    In: pair_id, block, street_key, fold (null where the text has Swedish letters), seeks_near.
    Out: pair_id, street_id, distance. Nearly equal streets are sought only where asked for, and
    for a pair that has no equal one, with or without Swedish letters: an exact street never loses
    to a fuzzy one.
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
    rest = pairs.filter("seeks_near").join(found, on="pair_id", how="anti")
    return pl.concat([found, near_streets(rest, scope, max_errors)])


def near_streets(pairs: pl.DataFrame, scope: Scope, max_errors: int) -> pl.DataFrame:
    """Streets within `max_errors` typing errors, where these are plausible.

    One matrix per block: its distinct written streets against its streets.
    """
    wanted = pairs.filter(pl.col("street_key") != "")
    if wanted.is_empty():
        return pl.DataFrame(schema=_CANDIDATES)
    blocks = scope.streets.select("block", "block_id").unique()
    texts = pl.concat(
        wanted.select("block", "pair_id", form=form, extra=pl.lit(extra))
        for form, extra in (("street_key", 0.0), ("fold", FOLD))
    )
    texts = texts.drop_nulls("form").join(blocks, on="block").sort("extra", "block_id")
    near = _near_in_blocks(texts, scope.forms, max_errors)
    return (
        near.group_by("pair_id", "street_id")
        .agg(pl.col("distance").min())
        .join(wanted.select("pair_id", written_key="street_key"), on="pair_id")
        .join(scope.streets, on="street_id")
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


def _near_in_blocks(texts: pl.DataFrame, forms: pl.DataFrame, max_errors: int) -> pl.DataFrame:
    """Texts and forms of one block and `extra` against each other; both come sorted by these."""
    rows, columns, distances = [], [], []
    written, known = texts["form"].to_list(), forms["form"].to_list()
    spans = _spans(texts).join(_spans(forms), on=["block_id", "extra"])
    for text_at, n_texts, form_at, n_forms in spans.select(
        pl.exclude("block_id", "extra")
    ).iter_rows():
        step = max(1, _CELLS // n_forms)
        for start in range(text_at, text_at + n_texts, step):
            matrix = cdist(
                written[start : min(start + step, text_at + n_texts)],
                known[form_at : form_at + n_forms],
                scorer=OSA.distance,
                score_cutoff=max_errors,
                dtype=np.uint8,
                workers=-1 if n_texts * n_forms > _CELLS_FOR_THREADS else 1,
            )
            row, column = np.nonzero(matrix <= max_errors)
            rows.append(row + start)
            columns.append(column + form_at)
            distances.append(matrix[row, column])
    if not rows:
        return pl.DataFrame(schema=_CANDIDATES)
    text, form = texts[np.concatenate(rows)], forms[np.concatenate(columns)]
    return pl.DataFrame(
        [
            text["pair_id"],
            form["street_id"],
            (pl.Series("distance", np.concatenate(distances)) + form["extra"]).cast(pl.Float32),
        ]
    )


def _spans(sorted_rows: pl.DataFrame) -> pl.DataFrame:
    """Where the rows of each block and `extra` begin, and how many they are."""
    return (
        sorted_rows.with_row_index("at")
        .group_by("block_id", "extra", maintain_order=True)
        .agg(pl.col("at").first(), n=pl.len())
    )
