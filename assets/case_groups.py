"""Which signals belong to one case: pure functions, no database and no Dagster.

A case gathers the signals that share a dwelling, or two dwellings that a recorded tie joins (the
same person, spouses or parents of one child, a holder and the lease). It never grows through a
hub: a dwelling with many ties joins nothing, and a case stays within a stated number of dwellings.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class CaseLimits:
    """Bounds on what one investigator can take in as one matter."""

    max_dwellings: int = 4
    """A paper divorce spans two dwellings, with a grown child three; beyond four it is a net."""
    max_ties_per_dwelling: int = 6
    """A dwelling tied to more others than this is a hub (an estate office, a care-of address)."""
    max_members: int = 30
    """People and dwellings in one case; a longer list is no lead."""
    min_score: float = 0.7
    """Natural log of 2: facts that would not even double the odds, were they certain, are nobody's
    morning. How certain they are says where the case stands."""


TIE_STRENGTH = {"same_person": 0, "spouse": 1, "former_spouse": 1, "co_parent": 2, "lease": 3}
"""Ties are taken strongest first, so that a bound cuts the weakest."""


class _Groups:
    """Disjoint sets of dwellings with a bound on their size."""

    def __init__(self, max_size: int) -> None:
        self.parent: dict[str, str] = {}
        self.size: dict[str, int] = {}
        self.max_size = max_size

    def find(self, node: str) -> str:
        self.parent.setdefault(node, node)
        self.size.setdefault(node, 1)
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, a: str, b: str) -> None:
        a, b = sorted((self.find(a), self.find(b)))
        if a != b and self.size[a] + self.size[b] <= self.max_size:
            self.parent[b] = a
            self.size[a] += self.size[b]


def group_dwellings(
    anchors: pl.DataFrame, ties: pl.DataFrame, limits: CaseLimits | None = None
) -> pl.DataFrame:
    """One row per anchor dwelling: dwelling_id, group_id (a dwelling that stands for the group).

    `anchors`: dwelling_id of every signal. `ties`: a, b (dwellings), tie (a key of TIE_STRENGTH).
    Only ties between two dwellings that both carry a signal count. Order of rows is irrelevant.
    """
    limits = limits or CaseLimits()
    known = set(anchors["dwelling_id"].drop_nulls().to_list())
    usable = (
        ties.filter(pl.col("a").is_in(list(known)) & pl.col("b").is_in(list(known)))
        .filter(pl.col("a") != pl.col("b"))
        .select(
            a=pl.min_horizontal("a", "b"),
            b=pl.max_horizontal("a", "b"),
            strength=pl.col("tie").replace_strict(TIE_STRENGTH, return_dtype=pl.Int64),
        )
        .group_by("a", "b")
        .agg(pl.col("strength").min())
        .sort("strength", "a", "b")
    )
    ends = pl.concat([usable.select(d="a"), usable.select(d="b")]).group_by("d").len()
    hubs = set(ends.filter(pl.col("len") > limits.max_ties_per_dwelling)["d"].to_list())
    groups = _Groups(limits.max_dwellings)
    for a, b, _ in usable.iter_rows():
        if a not in hubs and b not in hubs:
            groups.join(a, b)
    ordered = sorted(known)
    return pl.DataFrame(
        {"dwelling_id": ordered, "group_id": [groups.find(d) for d in ordered]},
        schema={"dwelling_id": pl.String, "group_id": pl.String},
    )


def count_points(signals: pl.DataFrame) -> pl.DataFrame:
    """What each signal adds to its case: signals that say the same thing twice count once.

    Within a case the strongest signal of each hypothesis counts in full, the others of that
    hypothesis not at all. Adds column `counted_points`; needs group_id, hypothesis, points,
    signal_id. Points are natural-log likelihood ratios times certainty, so they add up.
    """
    strongest = pl.struct("points", "signal_id").rank("ordinal", descending=True)
    return signals.with_columns(
        counted_points=pl.when(strongest.over("group_id", "hypothesis") == 1)
        .then(pl.col("points"))
        .otherwise(0.0)
    )


def worth_a_case(signals: pl.DataFrame, limits: CaseLimits | None = None) -> pl.DataFrame:
    """The signals of the groups whose counted points, were their facts certain, reach the limit.

    The others make no case.
    """
    score = if_certain(pl.col("counted_points")).sum().over("group_id").round(2)
    return signals.filter(score >= (limits or CaseLimits()).min_score)


def if_certain(points: pl.Expr) -> pl.Expr:
    """What the facts would say if they were certain; points are times certainty."""
    return pl.when(pl.col("certainty") > 0).then(points / pl.col("certainty")).otherwise(0)


def rank_cases(signals: pl.DataFrame, chances: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per case: case_id, group_id, rank, score, lane, lead_signal_id, n_signals.

    `signals` needs group_id, signal_id, lane, points, counted_points, first_seen_on, since_on.
    `chances` (group_id, p_change), where a decision lets calibration order the list, come first.
    A strict total order: score, then number of signals, then case id. A case's id is that of its
    earliest signal, so it stays while signals come and go around it.
    """
    if chances is None:
        chances = pl.DataFrame(schema={"group_id": pl.String, "p_change": pl.Float64})
    earliest = pl.col("signal_id").sort_by("first_seen_on", "since_on", "signal_id").first()
    lead = [pl.col("points"), pl.col("signal_id")]
    return (
        signals.group_by("group_id")
        .agg(
            case_id=earliest,
            score=pl.col("counted_points").sum().round(2),
            lane=pl.col("lane").sort_by(*lead, descending=[True, False]).first(),
            lead_signal_id=pl.col("signal_id").sort_by(*lead, descending=[True, False]).first(),
            n_signals=pl.len().cast(pl.Int32),
        )
        .join(chances.select("group_id", "p_change"), on="group_id", how="left")
        .sort(["p_change", "score", "n_signals", "case_id"], descending=[True, True, True, False])
        .drop("p_change")
        .with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32))
    )
