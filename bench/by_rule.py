"""What each rule's signals rest on: planted matters, look-alikes, or neither. Pure functions."""

from __future__ import annotations

import polars as pl

from bench.scoring import Truth, with_keys

KINDS = ("planted", "innocent", "neutral", "neither")


def by_rule(signal_members: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """One row per rule: rule_id, signals, and how many of them are of each of KINDS.

    `signal_members`: signal_id, rule_id and what `with_keys` needs, one row per person and dwelling
    that a signal names. A signal is `planted` when it names anyone or any dwelling of a planted
    matter, else `innocent` when it names a look-alike, else `neutral` when it names a dwelling
    where someone from a planted matter is registered.
    """
    keyed = with_keys(signal_members)
    planted = [*truth.matters["key"], *sorted(truth.involved)]
    neutral = truth.neutral["dwelling_key"].to_list()
    told = pl.DataFrame(
        {
            "key": [*planted, *truth.innocents["key"], *neutral],
            "kind": [0] * len(planted) + [1] * truth.innocents.height + [2] * len(neutral),
        },
        schema={"key": pl.String, "kind": pl.Int64},
    )
    first = told.filter(pl.col("key") != "").group_by("key").agg(pl.col("kind").min())
    kind = pl.col("kind").fill_null(KINDS.index("neither")).min()
    signals = keyed.join(first, on="key", how="left").group_by("rule_id", "signal_id").agg(kind)
    return (
        signals.group_by("rule_id")
        .agg(
            pl.len().alias("signals"),
            *((pl.col("kind") == i).sum().alias(name) for i, name in enumerate(KINDS)),
        )
        .sort("rule_id")
    )


def pool(tables: list[pl.DataFrame]) -> pl.DataFrame:
    """The tables of several towns added up."""
    summed = pl.concat(tables).group_by("rule_id").agg(pl.all().sum())
    return summed.sort("rule_id")
