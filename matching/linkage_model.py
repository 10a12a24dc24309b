"""Weights: u counted, m and the number of matches found by expectation maximisation.

A pair is one of four things: one person, two relatives, two neighbours, two strangers. Neighbours
share an address and no more than strangers do besides; relatives a surname too, and now and then a
birth date (twins) or a given name (father and son). Without them twins would pass for one person
with a mistaken name, and a street and its postcode for two pieces of evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.linkage_columns import MISSING, Encoded
from matching.linkage_households import Households, count_households
from matching.linkage_levels import LEVELS, Comparison, Group

Rivals = Sequence[np.ndarray]
"""For each list in which a record is in at most one match, the rows of the pairs."""

ALIKE_RELATIVES = {"birth": 0.01, "given": 0.01}
"""Share of pairs of relatives who are born the same day, or bear one given name, beyond chance."""
SAMPLE = 20_000
"""Records of the left list whose pairs the parameters are found on."""
ROUNDS = 25
PRIOR_SAME, PRIOR_STRENGTH = 0.9, 20.0
"""Before anything is seen nine of ten values of one person are the same; that counts as twenty
matches seen, so that a handful of matches cannot make a field worthless or absolute."""
PRIOR_SWAPPED = 0.02


@dataclass(frozen=True)
class Parameters:
    """m: for each column the share of each level among matches. swapped: for the first column of
    fields that swap, the share of matches with the two exchanged. matches: expected number per
    record of the left list and record of the right, as `households` of relatives and neighbours."""

    m: dict[str, np.ndarray]
    swapped: dict[str, float]
    matches: float
    households: Households


@dataclass(frozen=True)
class Scores:
    """For each pair: weight (bits, of the fields alone); odds (log2, of one person against two; how
    many matches, relatives and neighbours there are is weighed in, rivals are not)."""

    weight: np.ndarray
    odds: np.ndarray


def fit(encoded: Encoded, left: np.ndarray, rivals: Rivals, groups: list[Group]) -> Parameters:
    """The parameters of these lists, found on the pairs of a sample of the left list."""
    drawn = SAMPLE / max(1, encoded.n_left)
    is_drawn = np.random.default_rng(0).random(encoded.n_left) < drawn
    rows = np.flatnonzero(is_drawn[left])
    n_pairs = max(1, is_drawn.sum() * encoded.n_right / (2 if encoded.is_one_list else 1))
    rivals, groups = [side[rows] for side in rivals], [group.take(rows) for group in groups]
    parameters = _before(encoded, groups)
    for _ in range(ROUNDS):
        match, against, is_swapped = _log_odds(parameters, groups)
        share = contested(match - against, rivals)
        parameters = Parameters(
            m=_levels_of_matches(groups, is_swapped, share),
            swapped=_swapped_of_matches(groups, is_swapped, share),
            matches=max(share.sum(), 0.5) / n_pairs,
            households=parameters.households,
        )
    return parameters


def score(parameters: Parameters, groups: list[Group]) -> Scores:
    match, against, _ = _log_odds(parameters, groups)
    return Scores(match - np.log2(parameters.matches), match - against)


def _before(encoded: Encoded, groups: list[Group]) -> Parameters:
    matches = 0.5 / max(encoded.n_left, encoded.n_right, 1)
    return Parameters(
        m={c.field.column: _prior(c.field.kind) for group in groups for c in group.direct},
        swapped={g.direct[0].field.column: PRIOR_SWAPPED for g in groups if g.crossed},
        matches=matches,
        households=count_households(encoded),
    )


def _prior(kind: str) -> np.ndarray:
    n_levels = len(LEVELS[kind])  # type: ignore[index]
    rest = (1 - PRIOR_SAME) / (n_levels - 1)
    return np.array([PRIOR_SAME, *[rest] * (n_levels - 1)])


def _log_odds(
    parameters: Parameters, groups: list[Group]
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray | None]]:
    """log2 of how likely a match is, and of how likely two people are (relatives, neighbours or
    strangers), both against strangers; per group with fields that swap, which pairs are read the
    other way round."""
    households = parameters.households
    counts = np.log2([parameters.matches, households.relatives, households.neighbours])
    totals = np.repeat(counts[:, None], len(groups[0].direct[0].level), axis=1)
    swapped: list[np.ndarray | None] = []
    for group in groups:
        weights, is_swapped = _group_weights(parameters, group)
        totals += weights
        swapped.append(is_swapped)
    match, relatives, neighbours = totals
    return match, np.logaddexp2(0.0, np.logaddexp2(relatives, neighbours)), swapped


def _group_weights(parameters: Parameters, group: Group) -> tuple[np.ndarray, np.ndarray | None]:
    """`_weights` of the fields, read the way round that speaks more for a match."""
    straight = _weights(parameters, group.direct)
    if group.is_crossed is None:
        return straight, None
    share = parameters.swapped[group.direct[0].field.column]
    straight += np.log2(1 - share)
    crossed = _weights(parameters, group.crossed) + np.log2(share)
    is_swapped = group.is_crossed & (crossed[0] > straight[0])
    return np.where(is_swapped, crossed, straight), is_swapped


def _weights(parameters: Parameters, comparisons: tuple[Comparison, ...]) -> np.ndarray:
    """Three rows, log2 against strangers: of a match, of relatives, of neighbours."""
    weights = np.zeros((3, len(comparisons[0].level)))
    match, relatives, neighbours = weights
    for comparison in comparisons:
        role = comparison.field.role
        ratio = _ratios(parameters.m[comparison.field.column], comparison)
        match += ratio
        if role in ("family", "place"):
            relatives += ratio
        if role in ALIKE_RELATIVES:
            relatives += _alike_by_kinship(comparison, ALIKE_RELATIVES[role])
        if role == "place":
            neighbours += ratio
    return weights


def _ratios(m: np.ndarray, comparison: Comparison) -> np.ndarray:
    """log2 m / u; 0 where a value is missing. People move: a place never speaks against."""
    ratio = np.log2(m)[np.maximum(comparison.level, 0)] - comparison.chance
    ratio[comparison.level == MISSING] = 0.0
    return np.maximum(ratio, 0.0) if comparison.field.role == "place" else ratio


def _alike_by_kinship(comparison: Comparison, share: float) -> np.ndarray:
    """log2 of how much commoner a level is among relatives than among strangers."""
    ratio = np.zeros(len(comparison.level))
    is_same = comparison.level == 0
    by_chance = np.log2(1 - share)
    ratio[is_same] = np.logaddexp2(np.log2(share) - comparison.chance[is_same], by_chance)
    return ratio


def contested(odds: np.ndarray, rivals: Rivals) -> np.ndarray:
    """Probability of each pair: its odds over those of all pairs that share a contested record
    with it, of itself, and of none."""
    weight = np.exp2(np.minimum(odds, 500.0))
    others = sum((np.bincount(rows, weight)[rows] - weight for rows in rivals), np.zeros(len(odds)))
    return weight / (1.0 + weight + others)


def _levels_of_matches(
    groups: list[Group], is_swapped: list[np.ndarray | None], share: np.ndarray
) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for group, swapped in zip(groups, is_swapped, strict=True):
        straight = share if swapped is None else np.where(swapped, 0.0, share)
        for comparison in group.direct:
            found[comparison.field.column] = PRIOR_STRENGTH * _prior(comparison.field.kind)
            found[comparison.field.column] += _counts(comparison, straight)
        for comparison in group.crossed:
            found[comparison.field.column] += _counts(comparison, share - straight)
    return {column: counts / counts.sum() for column, counts in found.items()}


def _counts(comparison: Comparison, share: np.ndarray) -> np.ndarray:
    is_known = comparison.level != MISSING
    n_levels = len(LEVELS[comparison.field.kind])
    return np.bincount(comparison.level[is_known], share[is_known], minlength=n_levels)


def _swapped_of_matches(
    groups: list[Group], is_swapped: list[np.ndarray | None], share: np.ndarray
) -> dict[str, float]:
    return {
        group.direct[0].field.column: float(
            (share[swapped].sum() + PRIOR_STRENGTH * PRIOR_SWAPPED) / (share.sum() + PRIOR_STRENGTH)
        )
        for group, swapped in zip(groups, is_swapped, strict=True)
        if swapped is not None
    }
