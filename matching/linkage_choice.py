"""Which pairs are kept: each record in at most one link, or all records of one person together."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from matching.linkage_model import rivalled


def one_to_one(
    one: np.ndarray, other: np.ndarray, odds: np.ndarray, min_probability: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs kept, in order; their probability, their lead in bits (nan: nobody else came near).

    Above one half no record can be in two pairs. What is kept leaves the contest, which may settle
    its rivals; so in rounds until nothing more is kept.
    """
    probability = np.zeros(len(odds))
    is_kept = np.zeros(len(odds), bool)
    open_pairs = np.flatnonzero(odds > -20)
    while len(open_pairs):
        shares = rivalled(odds[open_pairs], one[open_pairs], other[open_pairs])
        won = open_pairs[shares >= min_probability]
        if not len(won):
            break
        is_kept[won], probability[won] = True, shares[shares >= min_probability]
        is_taken_left, is_taken_right = _marked(one, won), _marked(other, won)
        open_pairs = open_pairs[
            ~is_taken_left[one[open_pairs]] & ~is_taken_right[other[open_pairs]]
        ]
    kept = np.flatnonzero(is_kept)
    return kept, probability[kept], odds[kept] - _runner_up(one, other, odds, kept)


def _marked(rows: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    mark = np.zeros(rows.max() + 1, bool)
    mark[rows[pairs]] = True
    return mark


def _runner_up(
    one: np.ndarray, other: np.ndarray, odds: np.ndarray, kept: np.ndarray
) -> np.ndarray:
    """The best odds among the other pairs of either record; nan without any."""
    rest = odds.copy()
    rest[kept] = -np.inf
    best = -np.inf
    for rows in (one, other):
        of_row = np.full(rows.max(initial=0) + 1, -np.inf)
        np.maximum.at(of_row, rows, rest)
        best = np.maximum(best, of_row[rows[kept]])
    return np.where(np.isneginf(best), np.nan, best)


def entities(one: np.ndarray, other: np.ndarray, height: int) -> np.ndarray:
    """For each record the first record of those it is joined with, directly or through others."""
    joined = coo_matrix((np.ones(len(one), np.int8), (one, other)), shape=(height, height))
    _, label = connected_components(joined, directed=False)
    first = np.full(label.max(initial=0) + 1, height)
    np.minimum.at(first, label, np.arange(height))
    return first[label]
