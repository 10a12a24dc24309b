"""Who is the same person in two lists, or twice in one, where no number tells?

Record linkage after Fellegi and Sunter (A theory for record linkage, JASA 64, 1969): each field of
a pair agrees to some level; a level that is commoner among records of one person (m) than among
records drawn at random (u) speaks for a match, in proportion to m / u. Nothing is learnt from known
matches: u is counted and m found by expectation maximisation on the very lists (`linkage_model`).
`LINK` and `DEDUPE` are the only thresholds, and fixed.

    link(left, right, linkage)    each record of one list has at most one in the other
    dedupe(people, linkage)       any number of records may be one person

A missing value says nothing. A changed address is never evidence against a match: people move.
Relatives share a surname, a home and sometimes a birth date; they are a class of their own in the
model, so that twins are told from one person with an error in the name.

Row numbers of the given frames are `left_index` and `right_index`; weights and leads are in bits.
A column that a frame lacks raises polars' ColumnNotFoundError.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from matching.linkage_blocks import Block, candidate_pairs
from matching.linkage_choice import choose, entities
from matching.linkage_columns import MISSING, Encoded, Field, encode
from matching.linkage_levels import LEVELS, Group, compare
from matching.linkage_model import Rivals, Scores, contested, fit, score

LINK = 0.9
"""Least probability of a link, the rivals for either record weighed in."""
DEDUPE = 0.97
"""Least probability of a pair in one list: there one wrong pair joins all records of two people."""


@dataclass(frozen=True)
class Linkage:
    """What is weighed, and which pairs are looked at.

    fields: the columns that are weighed. blocks: a pair is looked at when it agrees on all parts
    of some block (`linkage_blocks`). recurs: a person of the right list may be in several records
    of the left, as a tenant with two leases; else in one.
    """

    fields: tuple[Field, ...]
    blocks: tuple[Block, ...]
    recurs: bool = False


@dataclass(frozen=True)
class Duplicates:
    """pairs: as `link` gives them, without lead, left_index < right_index. entities: for each row
    of the list the number of its person, which is the row number of that person's first record."""

    pairs: pl.DataFrame
    entities: pl.Series


def link(
    left: pl.DataFrame, right: pl.DataFrame, linkage: Linkage, min_probability: float = LINK
) -> pl.DataFrame:
    """One row per link, a record in at most one (one of the right list in several where people
    recur): left_index, right_index, probability, weight, a `<column>_level` per field,
    lead (to the runner-up for either record; null without one)."""
    pairs = _candidates(encode(left, right, linkage.fields), linkage)
    kept, probability, lead = choose(pairs.scores.odds, pairs.rivals, min_probability)
    return pairs.table(kept, probability).with_columns(lead=pl.Series(lead, nan_to_null=True))


def dedupe(people: pl.DataFrame, linkage: Linkage, min_probability: float = DEDUPE) -> Duplicates:
    """The pairs of records that are one person, and the person of each record."""
    pairs = _candidates(encode(people, None, linkage.fields), linkage)
    probability = contested(pairs.scores.odds, pairs.rivals)
    kept = np.flatnonzero(probability >= min_probability)
    return Duplicates(
        pairs=pairs.table(kept, probability[kept]),
        entities=pl.Series("entity", entities(pairs.left[kept], pairs.right[kept], people.height)),
    )


@dataclass(frozen=True)
class _Pairs:
    """The pairs looked at, and what was found of them."""

    left: np.ndarray
    right: np.ndarray
    rivals: Rivals
    groups: list[Group]
    scores: Scores

    def table(self, kept: np.ndarray, probability: np.ndarray) -> pl.DataFrame:
        columns = {
            "left_index": self.left[kept],
            "right_index": self.right[kept],
            "probability": probability,
            "weight": self.scores.weight[kept],
        }
        levels = {
            f"{comparison.field.column}_level": _named(comparison.level[kept], comparison.field)
            for group in self.groups
            for comparison in group.direct
        }
        return pl.DataFrame({**columns, **levels})


def _candidates(encoded: Encoded, linkage: Linkage) -> _Pairs:
    left, right = candidate_pairs(encoded, linkage.blocks)
    rivals = [] if encoded.is_one_list else [left] if linkage.recurs else [left, right]
    groups = compare(encoded, left, right)
    scores = score(fit(encoded, left, rivals, groups), groups)
    return _Pairs(left, right, rivals, groups, scores)


def _named(level: np.ndarray, field: Field) -> pl.Series:
    names = [*LEVELS[field.kind], "missing"]
    codes = np.where(level == MISSING, len(names) - 1, level)
    return pl.Series(codes.astype(np.uint8)).cat.to(pl.Enum(names))
