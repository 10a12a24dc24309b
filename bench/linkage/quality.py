"""How right a result is: pairs found against true pairs."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Quality:
    """Counts of pairs of records."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true

    @property
    def f(self) -> float:
        return 2 * self.right / (self.found + self.true)


def of_links(left: pl.Series, right: pl.Series, links: pl.DataFrame) -> Quality:
    """left, right: the entity of each record. links: left_index and right_index."""
    are_one = left.gather(links["left_index"]) == right.gather(links["right_index"])
    n_true = left.to_frame().join(right.to_frame(), on="entity").height
    return Quality(links.height, int(are_one.sum()), n_true)


def of_entities(truth: pl.Series, found: pl.Series) -> Quality:
    """All pairs of records that are joined, directly or through others, count as found."""
    both = pl.DataFrame({"truth": truth, "found": found})
    return Quality(_pairs(both, "found"), _pairs(both, "truth", "found"), _pairs(both, "truth"))


def _pairs(records: pl.DataFrame, *by: str) -> int:
    size = pl.col("len").cast(pl.Int64)
    return int(records.group_by(by).len().select((size * (size - 1) // 2).sum()).item())
