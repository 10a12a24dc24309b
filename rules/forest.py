"""An Isolation Forest that is data: fitted by scikit-learn, stored and judged without it.

Liu, Ting and Zhou 2008: what few random splits set apart from the rest is unusual. A row's score is
2^(-h/c), where h is its mean path length over the trees and c that of an unsuccessful search among
as many rows as a tree was grown from: about 0.5 is ordinary, towards 1 is unusual.

Each split on a row's path makes what is left of it shorter or longer than was expected before it;
the difference is put down to the split's feature, as Palczewska et al. 2013 (arXiv:1312.1121) do
for random forests. So a row's reasons sum to its score: c - h is the sum over the features.

Features are whole numbers, so every limit is one, and a stored forest gives the same scores on any
machine: `as_json` and docs/trial.md say how to read it. Pure functions; numpy and scikit-learn
are imported when a rule with a forest is computed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from data_contracts.errors import RuleError
from rules.model import ForestSpec, RuleSpec
from rules.texts import number

if TYPE_CHECKING:
    import numpy as np

FORMAT = "boendesignal isolation forest 1"
SCORE, REASONS = "unusual_score", "reasons_sv"
MIN_SCORE = "min_score"  # the parameter that says from which score a row is a signal
JUDGED: dict[str, pl.DataType] = {SCORE: pl.Float64(), REASONS: pl.List(pl.String)}
DECIMALS = 4  # of a score: what differs further on is arithmetic
LOW, HIGH = 0.01, 0.99  # the ends of what is usual: 99 of 100 rows lie on that side of each
EULER = 0.5772156649015329

# A tree as JSON: the rows in a leaf, or [feature, limit, tree at most the limit, tree above it].
Node = int | list[Any]


@dataclass(frozen=True)
class Usual:
    """How a feature lies among the rows the forest was fitted on: 1st, 50th, 99th percentile."""

    low: int
    median: int
    high: int


@dataclass(frozen=True)
class Forest:
    """A fitted forest. `n_rows` were there, `n_fitted` of them were shown to the fit."""

    features: tuple[str, ...]
    usual: dict[str, Usual]
    rows_per_tree: int
    n_rows: int
    n_fitted: int
    fitted_with: str
    trees: tuple[Node, ...]

    @cached_property
    def branches(self) -> list[Branches]:
        """The trees as arrays."""
        return [Branches.of(tree, self.features) for tree in self.trees]

    def shortenings(self, rows: pl.DataFrame) -> np.ndarray:
        """Row x feature: by how much the feature makes the mean path shorter than expected."""
        import numpy as np  # noqa: PLC0415

        values = rows.select(self.features).cast(pl.Int64).to_numpy()
        total = np.zeros(values.shape)
        for tree in self.branches:
            tree.add_shortenings(values, total)
        return total / len(self.trees)

    def as_json(self) -> str:
        """The forest as text; the same forest gives the same text."""
        return json.dumps(
            {
                "format": FORMAT,
                "features": {
                    name: [usual.low, usual.median, usual.high]
                    for name, usual in self.usual.items()
                },
                "rows_per_tree": self.rows_per_tree,
                "n_rows": self.n_rows,
                "n_fitted": self.n_fitted,
                "fitted_with": self.fitted_with,
                "trees": self.trees,
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Forest:
        """The forest that `as_json` wrote; raises RuleError where the format is another."""
        told = json.loads(text)
        if told.get("format") != FORMAT:
            raise RuleError(f"A stored forest has the format {told.get('format')!r}, not {FORMAT}.")
        return cls(
            features=tuple(told["features"]),
            usual={name: Usual(*ends) for name, ends in told["features"].items()},
            rows_per_tree=told["rows_per_tree"],
            n_rows=told["n_rows"],
            n_fitted=told["n_fitted"],
            fitted_with=told["fitted_with"],
            trees=tuple(told["trees"]),
        )


@dataclass(frozen=True)
class Branches:
    """A tree as arrays, one place per node: feature (-1 in a leaf), limit, the two nodes below.

    `shorter`: how much shorter than expected the path is, once it has come to the node.
    """

    feature: np.ndarray
    limit: np.ndarray
    at_most: np.ndarray
    above: np.ndarray
    shorter: np.ndarray

    @classmethod
    def of(cls, tree: Node, features: Sequence[str]) -> Branches:
        import numpy as np  # noqa: PLC0415

        nodes: list[list[Any]] = []  # feature, limit, at_most, above, rows, rows of the parent

        def grow(node: Node, parent: int) -> int:
            place = len(nodes)
            nodes.append([-1, 0, 0, 0, n_rows(node), parent])
            if not isinstance(node, int):
                name, limit, at_most, above = node
                rows = nodes[place][4]
                nodes[place][:4] = (
                    features.index(name), limit, grow(at_most, rows), grow(above, rows),
                )  # fmt: skip
            return place

        grow(tree, 0)
        feature, limit, at_most, above, rows, parent = np.array(nodes, dtype=np.int64).T
        expected = np.array([path_length(n) for n in rows.tolist()])
        before = np.array([path_length(n) for n in parent.tolist()])
        return cls(feature, limit, at_most, above, before - 1 - expected)

    def add_shortenings(self, values: np.ndarray, total: np.ndarray) -> None:
        """Walk every row down to its leaf, adding each step to its split's feature."""
        import numpy as np  # noqa: PLC0415

        row = np.arange(len(values))
        node = np.zeros(len(values), dtype=np.int64)
        while True:
            feature = self.feature[node]
            inner = feature >= 0
            row, node, feature = row[inner], node[inner], feature[inner]
            if not row.size:
                return
            is_above = values[row, feature] > self.limit[node]
            node = np.where(is_above, self.above[node], self.at_most[node])
            total[row, feature] += self.shorter[node]


def n_rows(node: Node) -> int:
    """How many of the tree's own rows came to the node."""
    return node if isinstance(node, int) else n_rows(node[2]) + n_rows(node[3])


def path_length(n: int) -> float:
    """Mean path of an unsuccessful search in a binary tree of n rows (Liu et al. 2008, eq. 1)."""
    if n <= 1:
        return 0.0
    return 1.0 if n == 2 else 2 * (math.log(n - 1) + EULER) - 2 * (n - 1) / n


def fit(rows: pl.DataFrame, spec: ForestSpec) -> Forest | None:
    """The forest of these rows, in their order; the same rows and seed give the same forest.

    A tree is grown from `rows_per_tree` rows only, so beyond `fit_at_most` a random sample is
    shown to the fit: a whole country takes no longer than a town. None where there are too few
    rows for one tree: nobody can say then what is usual.
    """
    if rows.height < spec.rows_per_tree:
        return None
    import numpy as np  # noqa: PLC0415
    import sklearn  # noqa: PLC0415 - 1 s, and only on the night of a fit
    from sklearn.ensemble import IsolationForest  # noqa: PLC0415

    shown = rows.select(list(spec.features))
    if rows.height > spec.fit_at_most:
        chance = np.random.default_rng(spec.seed)
        shown = shown[np.sort(chance.choice(rows.height, spec.fit_at_most, replace=False))]
    values = shown.cast(pl.Int64).to_numpy()
    fitted = IsolationForest(
        n_estimators=spec.n_trees,
        max_samples=spec.rows_per_tree,
        random_state=spec.seed,
    ).fit(values.astype(np.float32))
    low, median, high = np.quantile(values, [LOW, 0.5, HIGH], axis=0, method="inverted_cdf")
    names = tuple(spec.features)
    return Forest(
        features=names,
        usual={
            name: Usual(int(low[at]), int(median[at]), int(high[at]))
            for at, name in enumerate(names)
        },
        rows_per_tree=spec.rows_per_tree,
        n_rows=rows.height,
        n_fitted=len(values),
        fitted_with=f"scikit-learn {sklearn.__version__}",
        trees=tuple(_as_node(tree.tree_, names) for tree in fitted.estimators_),
    )


def _as_node(tree: Any, names: Sequence[str], at: int = 0) -> Node:
    """A scikit-learn tree as `Node`. Of whole numbers, x <= 2.4 is x <= 2."""
    if tree.children_left[at] < 0:
        return int(tree.n_node_samples[at])
    return [
        names[tree.feature[at]],
        math.floor(tree.threshold[at]),
        _as_node(tree, names, tree.children_left[at]),
        _as_node(tree, names, tree.children_right[at]),
    ]


def judged(
    rows: pl.DataFrame, spec: RuleSpec, forest: Forest | None, min_score: float
) -> pl.DataFrame:
    """The rows whose score is at least `min_score`, with `unusual_score` and `reasons_sv`.

    Every distinct set of values is judged once: dwellings of a town have a few hundred. Without a
    forest there is nothing to judge by, and no row is left.
    """
    about = spec.forest
    if forest is None:
        empty = [pl.lit(None, kind).alias(name) for name, kind in JUDGED.items()]
        return rows.clear().with_columns(empty)
    if about is None or tuple(about.features) != forest.features:
        raise RuleError(f"{spec.id}: the forest was fitted on other features than the rule has.")
    alike = rows.select(forest.features).unique(maintain_order=True)
    shorter = forest.shortenings(alike)
    usual = path_length(forest.rows_per_tree)
    scores = 2 ** ((shorter.sum(axis=1) - usual) / usual)
    alike = alike.with_columns(
        pl.Series(SCORE, scores, pl.Float64).round(DECIMALS), pl.Series("at", range(alike.height))
    ).filter(pl.col(SCORE) >= min_score)
    reasons = [
        reasons_sv(dict(zip(forest.features, shorter[row["at"]], strict=True)), row, about, forest)
        for row in alike.iter_rows(named=True)
    ]
    alike = alike.drop("at").with_columns(pl.Series(REASONS, reasons, JUDGED[REASONS]))
    return rows.join(alike, on=forest.features, how="inner", maintain_order="left")


def reasons_sv(
    shorter: dict[str, float], row: dict[str, Any], spec: ForestSpec, forest: Forest
) -> list[str]:
    """The features that set the row apart, the strongest first, with what is usual.

    Each has its share of all that made the path shorter; at most `n_reasons` of them.
    """
    apart = {name: by for name, by in shorter.items() if by > 0}
    strongest = sorted(apart, key=lambda name: (-round(apart[name], DECIMALS), name))
    return [
        f"{spec.features[name].label_sv} {number(row[name])} "
        f"({number(round(100 * apart[name] / sum(apart.values())))} % av avvikelsen; "
        f"99 av 100 bostäder har {_usual_sv(row[name], forest.usual[name])})"
        for name in strongest[: spec.n_reasons]
    ]


def _usual_sv(value: int, usual: Usual) -> str:
    if value < usual.median:
        return f"minst {number(usual.low)}"
    return f"högst {number(usual.high)}"
