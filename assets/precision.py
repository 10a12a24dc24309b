"""How often a rule's signals led to a change, and how sure that share is: pure functions."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from assets.outcomes import CODES
from rules.catalogue import Rule
from rules.texts import number

Z95 = 1.959964  # 95 % of a normal distribution lies within this many standard deviations

PRECISION = pl.Schema(
    {
        "rule_id": pl.String,
        "rule_version": pl.Int32,
        "n_outcomes": pl.Int32,
        "n_decided": pl.Int32,
        "n_changed": pl.Int32,
        "precision": pl.Float64,
        "precision_low": pl.Float64,
        "precision_high": pl.Float64,
        "floor": pl.Float64,
        "is_below_floor": pl.Boolean,
        "says_sv": pl.String,
    }
)


def wilson(successes: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a share; (0, 1) where nothing is known.

    Unlike the plain one it stays within 0 and 1 and says something for 0 or n of n.
    """
    if n == 0:
        return 0.0, 1.0
    share, zz = successes / n, z * z
    middle = (share + zz / (2 * n)) / (1 + zz / n)
    reach = z / (1 + zz / n) * math.sqrt(share * (1 - share) / n + zz / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, middle - reach)
    high = 1.0 if successes == n else min(1.0, middle + reach)
    return low, high


def is_change(outcome: str, lane: str) -> bool:
    """Whether the outcome says that the signal was right.

    A clerical error is what the data-quality lane looks for, and an innocent reason in the others.
    """
    return CODES[outcome].is_change or (lane == "data_quality" and outcome == "clerical_error")


def rule_precision(
    standing: pl.DataFrame,
    rules: Mapping[str, Rule],
    *,
    floors: Mapping[str, float],
    default_floor: float,
    min_decided: int,
) -> pl.DataFrame:
    """One row per rule and version with outcomes, as PRECISION.

    `standing`: rule_id, rule_version, outcome of every decided signal. Precision is the share of
    decided signals that led to a change. A version is below its floor when that share is, and at
    least `min_decided` are decided.
    """
    rows = []
    for (rule_id, version), found in sorted(
        standing.group_by("rule_id", "rule_version"), key=lambda part: part[0]
    ):
        lane = rules[rule_id].spec.lane if rule_id in rules else ""
        outcomes = found["outcome"].to_list()
        n_decided = sum(CODES[outcome].is_decided for outcome in outcomes)
        n_changed = sum(is_change(outcome, lane) for outcome in outcomes)
        floor = floors.get(rule_id, default_floor)
        precision = n_changed / n_decided if n_decided else None
        is_below = n_decided >= min_decided and precision is not None and precision < floor
        low, high = wilson(n_changed, n_decided)
        rows.append(
            {
                "rule_id": rule_id,
                "rule_version": version,
                "n_outcomes": len(outcomes),
                "n_decided": n_decided,
                "n_changed": n_changed,
                "precision": None if precision is None else round(precision, 4),
                "precision_low": round(low, 4),
                "precision_high": round(high, 4),
                "floor": floor,
                "is_below_floor": is_below,
                "says_sv": _says(n_changed, n_decided, (low, high), floor if is_below else None),
            }
        )
    return pl.DataFrame(rows, schema=PRECISION)


def _says(n_changed: int, n_decided: int, reach: tuple[float, float], floor: float | None) -> str:
    if not n_decided:
        return "Inget utfall är avgjort ännu."
    low, high = (number(round(100 * end)) for end in reach)
    said = (
        f"{number(n_changed)} av {number(n_decided)} avgjorda signaler ledde till en ändring "
        f"(95 procents konfidensintervall: {low} till {high} procent)."
    )
    if floor is None:
        return said
    return (
        f"{said} Det är under golvet, {number(round(100 * floor, 1))} procent: regeln är tillbaka "
        "på försök och ger inga signaler förrän den har ändrats."
    )
