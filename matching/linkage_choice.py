"""Which pairs are kept: each record in at most one link, or all records of one person together."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from matching.linkage_model import Rivals, contested

_HOPELESS = -20.0  # log2 odds; such a pair never wins, and takes next to nothing from others


def choose(
    odds: np.ndarray, rivals: Rivals, min_probability: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs kept, in order; their probability, their lead in bits (nan: nobody else came near).

    Above one half no contested record can be in two pairs. What is kept leaves the contest, which
    may settle its rivals; so in rounds until nothing more is kept.
    """
    probability = np.zeros(len(odds))
    is_open = odds > _HOPELESS
    while is_open.any():
        rows = np.flatnonzero(is_open)
        share = contested(odds[rows], [side[rows] for side in rivals])
        won = rows[share >= min_probability]
        if not len(won):
            break
        probability[won] = share[share >= min_probability]
        is_open[won] = False
        for side in rivals:
            is_taken = np.zeros(side.max() + 1, bool)
            is_taken[side[won]] = True
            is_open &= ~is_taken[side]
    kept = np.flatnonzero(probability)
    return kept, probability[kept], odds[kept] - _runner_up(odds, rivals, kept)


def _runner_up(odds: np.ndarray, rivals: Rivals, kept: np.ndarray) -> np.ndarray:
    """The best odds among the other pairs of either record; nan without any."""
    rest = odds.copy()
    rest[kept] = -np.inf
    best = np.full(len(kept), -np.inf)
    for side in rivals:
        of_record = np.full(side.max(initial=0) + 1, -np.inf)
        np.maximum.at(of_record, side, rest)
        best = np.maximum(best, of_record[side[kept]])
    return np.where(np.isneginf(best), np.nan, best)


def entities(one: np.ndarray, other: np.ndarray, height: int) -> np.ndarray:
    """For each record the first record of those it is joined with, directly or through others."""
    joined = coo_matrix((np.ones(len(one), np.int8), (one, other)), shape=(height, height))
    _, label = connected_components(joined, directed=False)
    first = np.full(label.max(initial=0) + 1, height)
    np.minimum.at(first, label, np.arange(height))
    return first[label]
