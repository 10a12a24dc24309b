"""How far two values agree, as a level; and how often values drawn at random agree that far (u).

name         text       digits     code       meaning
same         same       same       same
one_slip     one_slip   one_slip   -          a sign wrong, lost, added, or two exchanged
two_slips    two_slips  two_slips  -          two such; in names and texts of five letters
fewer_words  -          -          -          some names left out
initial      -          -          -          A for Anna
alike        alike      -          -          slips in at most 40 % of the letters
different    different  different  different
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist, cpdist

from matching.linkage_columns import MISSING, Encoded, Field, Kind, Texts

LEVELS: dict[Kind, tuple[str, ...]] = {
    "name": ("same", "one_slip", "two_slips", "alike", "fewer_words", "initial", "different"),
    "text": ("same", "one_slip", "two_slips", "alike", "different"),
    "digits": ("same", "one_slip", "two_slips", "different"),
    "code": ("same", "different"),
}
ALIKE = 0.4
"""Slips per letter of the longer text up to which two texts are alike."""
SAMPLE = 1000
"""Records of either list whose pairs, a million, show how often values agree by chance."""
_WHOLE = 100.0  # token_set_ratio where one text's words are all among the other's
_FEWER, _INITIAL, _OTHER_NAME = (
    LEVELS["name"].index(level) for level in ("fewer_words", "initial", "different")
)


@dataclass(frozen=True)
class Comparison:
    """One field, or one field against the one it swaps with, for each pair of a set.

    level: int8, MISSING where either value is. chance: log2 u of what the pair agrees on, the
    value's own frequency where it is the same on both sides.
    """

    field: Field
    level: np.ndarray
    chance: np.ndarray

    def take(self, rows: np.ndarray) -> Comparison:
        return Comparison(self.field, self.level[rows], self.chance[rows])


@dataclass(frozen=True)
class Group:
    """The comparisons of fields that swap, or of a field alone. `crossed` holds the fields read the
    other way round, only for the pairs of `is_crossed`: those where neither field agrees."""

    direct: tuple[Comparison, ...]
    crossed: tuple[Comparison, ...] = ()
    is_crossed: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> Group:
        return Group(
            tuple(one.take(rows) for one in self.direct),
            tuple(one.take(rows) for one in self.crossed),
            None if self.is_crossed is None else self.is_crossed[rows],
        )


def compare(encoded: Encoded, one: np.ndarray, other: np.ndarray) -> list[Group]:
    """The groups of fields, compared for the pairs (one[k], other[k])."""
    return [_compare_group(encoded, group, one, other) for group in encoded.groups]


def _compare_group(
    encoded: Encoded, group: tuple[Field, ...], one: np.ndarray, other: np.ndarray
) -> Group:
    direct = tuple(_compare_fields(encoded, field, field, one, other) for field in group)
    if len(group) == 1:
        return Group(direct)
    is_crossed = np.logical_and.reduce([comparison.level != 0 for comparison in direct])
    asked = np.flatnonzero(is_crossed)
    crossed = tuple(
        _spread(_compare_fields(encoded, field, swapped, one[asked], other[asked]), asked, len(one))
        for field, swapped in (group, group[::-1])
    )
    return Group(direct, crossed, is_crossed)


def _spread(comparison: Comparison, rows: np.ndarray, height: int) -> Comparison:
    level, chance = np.full(height, MISSING, np.int8), np.zeros(height, np.float32)
    level[rows], chance[rows] = comparison.level, comparison.chance
    return Comparison(comparison.field, level, chance)


def _compare_fields(
    encoded: Encoded, field: Field, against: Field, one: np.ndarray, other: np.ndarray
) -> Comparison:
    values = encoded.values[field.column]
    left, right = encoded.left[field.column], encoded.right[against.column]
    level = _levels(values, field.kind, left[one], right[other])
    by_chance = np.log2(chances(values, field.kind, left, right))
    chance = by_chance.astype(np.float32)[np.maximum(level, 0)]
    is_same = np.flatnonzero(level == 0)
    chance[is_same] = _log_frequencies(len(values), left, right)[left[one[is_same]]]
    return Comparison(field, level, chance)


def _log_frequencies(n_values: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """log2 of the share of people who have each value, of those with any."""
    shares = []
    for codes in (left, right):
        counts = np.bincount(codes[codes != MISSING], minlength=n_values)
        shares.append(counts / max(1, counts.sum()))
    with np.errstate(divide="ignore"):
        return np.log2((shares[0] + shares[1]) / 2).astype(np.float32)


def _levels(values: Texts, kind: Kind, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Level of each pair of codes; each distinct pair of values is compared once."""
    level = np.full(len(left), MISSING, np.int8)
    is_known = (left != MISSING) & (right != MISSING)
    level[is_known & (left == right)] = 0
    differing = np.flatnonzero(is_known & (left != right))
    keys = left[differing].astype(np.int64) * len(values) + right[differing]
    distinct, place = np.unique(keys, return_inverse=True)
    one, other = np.divmod(distinct, np.int64(max(1, len(values))))
    level[differing] = _grade_pairs(values.take(one), values.take(other), kind)[place]
    return level


def _grade_pairs(left: Texts, right: Texts, kind: Kind) -> np.ndarray:
    """Levels of pairs of texts that are not the same."""
    if kind == "code":
        return np.ones(len(left), np.int8)
    texts = left.text.tolist(), right.text.tolist()
    slips = cpdist(*texts, scorer=OSA.distance, dtype=np.int32, workers=-1)
    level = _grade(slips, np.maximum(left.length, right.length), kind)
    if kind == "name":
        wordy = np.flatnonzero((left.spaces != right.spaces) & (level > 1))
        texts = left.text[wordy].tolist(), right.text[wordy].tolist()
        shared = cpdist(*texts, scorer=fuzz.token_set_ratio, score_cutoff=_WHOLE, workers=-1)
        level[wordy[shared == _WHOLE]] = _FEWER
        _grade_initials(level, left.first, right.first)
    return level


def chances(values: Texts, kind: Kind, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """u: the share of each level among a million pairs of records drawn at random."""
    draw = np.random.default_rng(0)
    one, other = (
        draw.choice(known, min(SAMPLE, len(known)), replace=False)
        for known in (left[left != MISSING], right[right != MISSING])
    )
    n_levels = len(LEVELS[kind])
    if kind == "code":
        level = one[:, None] != other[None, :]
    else:
        level = _grade_all(values.take(one), values.take(other), kind)
    counts = np.bincount(level.ravel(), minlength=n_levels)
    return (counts + 0.5) / (counts.sum() + 0.5 * n_levels)


def _grade_all(left: Texts, right: Texts, kind: Kind) -> np.ndarray:
    """Levels of every text of one list with every one of the other."""
    texts = left.text.tolist(), right.text.tolist()
    slips = cdist(*texts, scorer=OSA.distance, dtype=np.uint8, workers=-1)
    level = _grade(slips, np.maximum(left.length[:, None], right.length[None, :]), kind)
    if kind == "name":
        wordy = np.flatnonzero(left.spaces > 0)
        texts = left.text[wordy].tolist(), right.text.tolist()
        shared = cdist(*texts, scorer=fuzz.token_set_ratio, score_cutoff=_WHOLE, workers=-1)
        level[wordy] = np.where((shared == _WHOLE) & (level[wordy] > 1), _FEWER, level[wordy])
        first = np.broadcast_arrays(left.first[:, None], right.first[None, :])
        _grade_initials(level, *first)
    return level


def _grade(slips: np.ndarray, longest: np.ndarray, kind: Kind) -> np.ndarray:
    if kind == "digits":
        return np.minimum(slips, 3).astype(np.int8)
    is_alike = slips <= ALIKE * longest
    level = np.where(is_alike, np.where(slips <= 2, 2, 3), len(LEVELS[kind]) - 1)
    return np.where(slips <= 1, slips, level).astype(np.int8)


def _grade_initials(level: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
    """In place; first letters as `Texts` has them, initials negative."""
    is_initial = ((left < 0) | (right < 0)) & (level > 0)
    level[is_initial] = _OTHER_NAME
    level[is_initial & (np.abs(left) == np.abs(right))] = _INITIAL
