"""Which pairs are worth a look: those that agree on all parts of some block.

A part is a column, or a coarser form of it after a colon: `family_name:start` (the first three
letters), `birth_on:year`, `birth_on:day` (month and day), `given_name:first` (the first word).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from matching.linkage_columns import MISSING, Encoded

MAX_PAIRS_PER_VALUE = 250_000
"""A value that five hundred people here and five hundred there share says nothing: a default date,
"unknown". Pairs that nothing else brings together are not looked at."""

Block = tuple[str, ...]

_FORMS: dict[str, pl.Expr] = {
    "start": pl.col("text").str.slice(0, 3),
    "first": pl.col("text").str.extract("^([^ ]+)"),
    "year": pl.col("text").str.slice(0, 4),
    "day": pl.col("text").str.slice(4, 4),
}
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def candidate_pairs(encoded: Encoded, blocks: tuple[Block, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers left and right of each pair once, in order; in one list left < right."""
    parts = {part: _part_codes(encoded, part) for block in blocks for part in block}
    found = [_pairs_of_block(encoded, [parts[part] for part in block]) for block in blocks]
    pairs = pl.concat(found).unique().sort("pair")["pair"].to_numpy()
    one, other = np.divmod(pairs, np.int64(max(encoded.n_right, 1)))
    return one.astype(np.int32), other.astype(np.int32)


def _part_codes(encoded: Encoded, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Codes, left and right, of a column or of a coarser form of it."""
    column, _, form = part.partition(":")
    left, right = encoded.left[column], encoded.right[column]
    if not form:
        return left, right
    texts = pl.DataFrame({"text": encoded.values[column].text.tolist()}, {"text": pl.String})
    coarse = texts.select(_FORMS[form].rank("dense").fill_null(MISSING + 1).cast(pl.Int32) - 1)
    code = np.append(coarse.to_series().to_numpy(), MISSING)  # the last is where MISSING points
    return code[left], code[right]


def _pairs_of_block(encoded: Encoded, parts: list[tuple[np.ndarray, np.ndarray]]) -> pl.DataFrame:
    """`pair`: left row times the number of right rows, plus the right row."""
    left = _keys([part[0] for part in parts])
    right = left if encoded.is_one_list else _keys([part[1] for part in parts])
    left, right = _with_company(left, right, encoded.is_one_list)
    pairs = left.lazy().join(right.lazy(), on="key", suffix="_right")
    if encoded.is_one_list:
        pairs = pairs.filter(pl.col("row") < pl.col("row_right"))
    return pairs.select(pair=pl.col("row") * encoded.n_right + pl.col("row_right")).collect()


def _with_company(
    left: pl.DataFrame, right: pl.DataFrame, is_one_list: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows whose key the other list has too, and not so often that it says nothing.

    Counted in buckets of keys: most keys are alone, and a join of those that are not is fast.
    """
    n_buckets = 1 << max(8, (left.height + right.height).bit_length() + 2)
    buckets = [
        (side["key"].to_numpy() % np.uint64(n_buckets)).astype(np.int64) for side in (left, right)
    ]
    counts = [np.bincount(bucket, minlength=n_buckets) for bucket in buckets]
    fewest = 1 if is_one_list else 0
    is_usable = (counts[0] > fewest) & (counts[1] > fewest)
    left, right = (
        side.filter(is_usable[bucket]) for side, bucket in zip((left, right), buckets, strict=True)
    )
    if (counts[0] * counts[1]).max(initial=0) <= MAX_PAIRS_PER_VALUE:
        return left, right
    sizes = left.group_by("key").len().join(right.group_by("key").len(), on="key")
    n_pairs = pl.col("len").cast(pl.Int64) * pl.col("len_right")
    usual = sizes.filter(n_pairs <= MAX_PAIRS_PER_VALUE)
    return left.join(usual, on="key", how="semi"), right


def _keys(parts: list[np.ndarray]) -> pl.DataFrame:
    """row and key of the rows where nothing is missing. Keys are hashes: two values with one key
    cost a comparison, no more."""
    rows = np.flatnonzero(np.logical_and.reduce([codes != MISSING for codes in parts]))
    key = np.zeros(len(rows), np.uint64)
    for codes in parts:
        key = (key + codes[rows].astype(np.uint64) + np.uint64(1)) * _FACTOR
        key ^= key >> np.uint64(29)
    return pl.DataFrame({"row": rows.astype(np.int64), "key": key})
