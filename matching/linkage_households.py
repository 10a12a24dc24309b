"""How many relatives and neighbours a record has: others of its own list at the same address."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching.linkage_blocks import candidate_pairs
from matching.linkage_columns import Encoded
from matching.linkage_levels import LEVELS, compare

SAMPLE = 20_000
"""Records whose neighbours are counted."""
UNKNOWN = 1.0
"""Where the list has no surnames or no addresses: one relative and one neighbour are assumed."""


@dataclass(frozen=True)
class Households:
    """Expected number of relatives and of neighbours per record and other record of a list."""

    relatives: float
    neighbours: float


def count_households(encoded: Encoded) -> Households:
    """Counted in the left list, for a sample: pairs with one address to the letter whose given
    names and birth dates are different, which no records of one person are; relatives where the
    surname is one too. One more of each is taken for seen: none seen is not none there."""
    per_record = _per_record(encoded)
    return Households(*(number / max(1, encoded.n_left) for number in per_record))


def _per_record(encoded: Encoded) -> tuple[float, float]:
    by_role = {
        role: [field for field in encoded.fields if field.role == role]
        for role in ("place", "family", "given", "birth")
    }
    if not all(by_role.values()):
        return UNKNOWN, UNKNOWN
    asked = np.sort(np.random.default_rng(0).permutation(encoded.n_left)[:SAMPLE])
    sample = replace(
        encoded,
        fields=tuple(
            replace(field, swaps_with=None) for role in by_role for field in by_role[role]
        ),
        left={column: codes[asked] for column, codes in encoded.left.items()},
        right=encoded.left,
        n_left=len(asked),
        n_right=encoded.n_left,
        is_one_list=False,
    )
    one, other = candidate_pairs(sample, (tuple(field.column for field in by_role["place"]),))
    level = {
        comparison.field.column: (comparison.level, len(LEVELS[comparison.field.kind]) - 1)
        for group in compare(sample, one, other)
        for comparison in group.direct
    }
    are_two = [
        level[f.column][0] == level[f.column][1] for f in by_role["given"] + by_role["birth"]
    ]
    is_neighbour = np.logical_and.reduce(are_two)
    has_one_surname = np.logical_or.reduce([level[f.column][0] == 0 for f in by_role["family"]])
    n_neighbours = (is_neighbour & ~has_one_surname).sum() + 1
    n_relatives = (is_neighbour & has_one_surname).sum() + 1
    return n_relatives / max(1, len(asked)), n_neighbours / max(1, len(asked))
