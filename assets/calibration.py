"""How likely it is that a case leads to a change: the stated weights, moved by what was found.

A logistic model over the rules of a case, in which the stated weights are the prior: each rule's
weight counts as `Prior.outcomes` imagined cases that came out exactly as the weight says (a
conditional-means prior; Bedrick, Christensen and Johnson 1996). Ten real outcomes then move a rule
a tenth of the way, a thousand nine tenths. Fitted to the imagined cases alone the model gives back
the stated weights, and so the score. Pure functions; scikit-learn is imported when outcomes exist.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from assets.case_groups import count_points
from assets.precision import wilson

DECIMALS = 4  # of a probability: what differs further on is arithmetic, not evidence
N_BINS = 10

RELIABILITY = pl.Schema(
    {
        "p_from": pl.Float64,
        "p_to": pl.Float64,
        "n_cases": pl.Int32,
        "n_changed": pl.Int32,
        "p_mean": pl.Float64,
        "share_changed": pl.Float64,
        "share_low": pl.Float64,
        "share_high": pl.Float64,
        "ece_part": pl.Float64,
    }
)


@dataclass(frozen=True)
class Prior:
    """What is believed before anything has been found out."""

    base_rate: float = 0.03
    """P(change) without any signal: 1.9 % of registrations were wrong in 2020, and 4 to 6 % of
    lets unpermitted (sweden.md 9.5)."""
    outcomes: int = 100
    """Imagined outcomes behind each weight: ten real ones move it little, a thousand much."""

    @property
    def base(self) -> float:
        """The base rate as log-odds."""
        return math.log(self.base_rate / (1 - self.base_rate))


@dataclass(frozen=True)
class Weight:
    """A rule's stated weight: its log-likelihood ratio and what it speaks for."""

    log_lr: float
    hypothesis: str


@dataclass(frozen=True)
class Model:
    """P(change) = logistic(base + sum over rules of weight x share of the rule's points)."""

    stated: Mapping[str, Weight]
    base: float
    weights: Mapping[str, float]  # rule -> log-odds that its full points add
    n_cases: int = 0  # decided cases behind it
    n_by_rule: Mapping[str, int] = field(default_factory=dict)

    def of_rule(self, rule_id: str) -> float:
        """P(change) of a case with nothing but that rule's signal, at its full weight."""
        return round(_logistic(self.base + self.weights[rule_id]), DECIMALS)


def fit(matters: pl.DataFrame, stated: Mapping[str, Weight], prior: Prior) -> Model:
    """The model after the decided cases in `matters` (as `decided_cases` gives them)."""
    rules = sorted(stated)
    weights = {rule: stated[rule].log_lr for rule in rules}
    if matters.is_empty():
        return Model(stated, prior.base, weights)
    import numpy as np  # noqa: PLC0415 - with scikit-learn 4 s, and only needed with outcomes
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    real = np.array([[shares.get(rule, 0.0) for rule in rules] for shares in _shares(matters)])
    imagined = np.vstack([np.zeros(len(rules)), np.eye(len(rules))])
    chance = np.array([_logistic(prior.base + more) for more in (0.0, *weights.values())])
    # Each imagined case stands twice: changed, weighing its chance, and not, weighing the rest.
    fitted = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10, max_iter=200).fit(
        np.vstack([imagined, imagined, real]),
        np.concatenate([np.ones(len(chance)), np.zeros(len(chance)), matters["is_change"]]),
        sample_weight=np.concatenate(
            [prior.outcomes * chance, prior.outcomes * (1 - chance), np.ones(len(real))]
        ),
    )
    touched = real != 0
    return Model(
        stated,
        float(fitted.intercept_[0]),
        dict(zip(rules, map(float, fitted.coef_[0]), strict=True)),
        len(real),
        dict(zip(rules, map(int, touched.sum(axis=0)), strict=True)),
    )


def decided_cases(decided: pl.DataFrame, stated: Mapping[str, Weight]) -> pl.DataFrame:
    """One row per decided case: case_id, known_after, is_change, rule_ids, shares.

    `decided`: case_id, signal_id, rule_id, points (as of the night it was judged), is_change,
    known_after of each decided signal. Signals of one case are one matter, changed when any of
    them was; of each hypothesis the strongest counts, as in the score. `shares` are counted points
    as shares of the rule's stated weight. Rules without a stated weight are left out.
    """
    about = pl.DataFrame(
        [(rule, weight.log_lr, weight.hypothesis) for rule, weight in stated.items()],
        schema={"rule_id": pl.String, "log_lr": pl.Float64, "hypothesis": pl.String},
        orient="row",
    )
    known = decided.join(about, on="rule_id").rename({"case_id": "group_id"})
    return (
        count_points(known)
        .sort("group_id", "rule_id", "signal_id")
        .group_by("group_id", maintain_order=True)
        .agg(
            pl.col("known_after").max(),
            pl.col("is_change").any(),
            rule_ids=pl.col("rule_id").filter(pl.col("counted_points") > 0),
            shares=(pl.col("counted_points") / pl.col("log_lr")).filter(
                pl.col("counted_points") > 0
            ),
        )
        .rename({"group_id": "case_id"})
        .filter(pl.col("rule_ids").list.len() > 0)
    )


def chances(model: Model, signals: pl.DataFrame) -> pl.DataFrame:
    """One row per case: group_id, p_change, n_outcomes (decided cases behind its rules).

    `signals` needs group_id, rule_id, counted_points. A case rests on as many outcomes as the best
    known of its rules has.
    """
    rules = sorted(model.stated)
    per_rule = pl.DataFrame(
        {
            "rule_id": rules,
            "odds_each": [model.weights[rule] / model.stated[rule].log_lr for rule in rules],
            "n": [model.n_by_rule.get(rule, 0) for rule in rules],
        },
        schema={"rule_id": pl.String, "odds_each": pl.Float64, "n": pl.Int32},
    )
    odds = model.base + (pl.col("counted_points") * pl.col("odds_each")).sum()
    return (
        signals.sort("group_id", "rule_id", "counted_points")
        .join(per_rule, on="rule_id", how="left", maintain_order="left")
        .group_by("group_id", maintain_order=True)
        .agg(
            p_change=(1 / (1 + (-odds).exp())).round(DECIMALS),
            n_outcomes=pl.col("n").filter(pl.col("counted_points") > 0).max().fill_null(0),
        )
        .sort("group_id")
    )


def reliability(
    matters: pl.DataFrame, stated: Mapping[str, Weight], prior: Prior
) -> tuple[pl.DataFrame, float | None]:
    """Said against found, as RELIABILITY, and the expected calibration error (None without any).

    Every case is judged by the model of the months before its outcome was known, so no outcome
    speaks for itself. ECE is the sum of `ece_part`: the distance between said and found in each
    tenth, weighted by its share of the cases.
    """
    said = _foretold(matters, stated, prior)
    bins = said.group_by((pl.col("p") * N_BINS).floor().clip(0, N_BINS - 1).alias("bin")).agg(
        p_mean=pl.col("p").mean(), n=pl.len(), k=pl.col("is_change").sum()
    )
    rows = []
    for tenth, p_mean, n, k in bins.sort("bin").iter_rows():
        low, high = wilson(k, n)
        gap = n / said.height * abs(p_mean - k / n)
        shares = [round(share, DECIMALS) for share in (p_mean, k / n, low, high, gap)]
        rows.append((tenth / N_BINS, (tenth + 1) / N_BINS, n, k, *shares))
    table = pl.DataFrame(rows, schema=RELIABILITY, orient="row")
    return table, round(float(table["ece_part"].sum()), DECIMALS) if rows else None


def _foretold(matters: pl.DataFrame, stated: Mapping[str, Weight], prior: Prior) -> pl.DataFrame:
    """case_id, p, is_change: what the model of earlier months said of each decided case."""
    parts = [pl.DataFrame(schema={"case_id": pl.String, "p": pl.Float64, "is_change": pl.Boolean})]
    dated = matters.with_columns(month=pl.col("known_after").dt.truncate("1mo"))
    for month in dated["month"].unique().sort():
        model = fit(matters.filter(dated["month"] < month), stated, prior)
        now = matters.filter(dated["month"] == month)
        odds = [
            model.base + sum(model.weights[rule] * share for rule, share in shares.items())
            for shares in _shares(now)
        ]
        foretold = pl.Series("p", [round(_logistic(one), DECIMALS) for one in odds], pl.Float64)
        parts.append(now.select("case_id", foretold, "is_change"))
    return pl.concat(parts)


def _shares(matters: pl.DataFrame) -> list[dict[str, float]]:
    """Of each case: rule -> share of its stated weight. A rule counts once in a case."""
    rows = matters.select("rule_ids", "shares").iter_rows()
    return [dict(zip(rules, shares, strict=True)) for rules, shares in rows]


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
