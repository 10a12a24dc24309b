"""Right, wrong and missed placements, per kind of dirt."""

from __future__ import annotations

import polars as pl


def judged(texts: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """One row per text, in the order of both: kind, level, score, runner_up_gap, and

    is_placed; is_right (placed in the dwelling meant); is_due (that dwelling is in the register and
    the text fits it alone); is_open (the text fits several dwellings, so that none may be chosen).
    """
    placed = answers["dwelling_id"]
    return texts.select(
        "kind",
        answers["level"],
        answers["score"],
        answers["runner_up_gap"],
        "is_open",
        is_placed=placed.is_not_null(),
        is_right=(placed == texts["dwelling_id"]).fill_null(value=False),
        is_due=pl.col("is_known") & ~pl.col("is_open"),
    )


def by_kind(rows: pl.DataFrame) -> pl.DataFrame:
    """Per kind, and `all`: texts, placed, precision (right of those placed), recall (right of those
    due), open_placed (texts that fit several dwellings and were placed all the same)."""
    every = rows.with_columns(kind=pl.lit("all"))
    n_right = pl.col("is_right").sum()
    return (
        pl.concat([rows, every])
        .group_by("kind", maintain_order=True)
        .agg(
            texts=pl.len(),
            placed=pl.col("is_placed").sum(),
            precision=n_right / pl.col("is_placed").sum(),
            recall=(pl.col("is_right") & pl.col("is_due")).sum() / pl.col("is_due").sum(),
            open_placed=(pl.col("is_open") & pl.col("is_placed")).sum(),
        )
        .sort(pl.col("kind") == "all", -pl.col("texts").cast(pl.Int64), "kind")
    )


def by_level(rows: pl.DataFrame) -> pl.DataFrame:
    """Per level of the answers placed: placed, precision, and how far ahead of the runner-up they
    are: the share without one, and the median gap (0..100) of the others."""
    has_rival = pl.col("runner_up_gap") != pl.col("score")  # without one the gap is the score
    return (
        rows.filter("is_placed")
        .group_by("level")
        .agg(
            placed=pl.len(),
            precision=pl.col("is_right").mean(),
            alone=(~has_rival).mean(),
            median_gap=pl.col("runner_up_gap").filter(has_rival).median(),
        )
        .sort(-pl.col("placed").cast(pl.Int64), "level")
    )
