"""What the command line says of a published night: its size, and its ten top cases with reasons."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from assets.home import Home
from assets.published import open_night, read_run
from pipelines.status import not_computed

N_TOP = 10


def summary(home: Home, extract_date: str) -> str:
    """What was published, what was not computed and why, and where it lies."""
    _, folder = open_night(home, date.fromisoformat(extract_date))
    rows = read_run(folder).published_rows
    missing = not_computed(folder)
    lines = [
        f"Published {extract_date}: {rows['cases']} cases, {rows['signals']} signals, "
        f"{rows['data_quality']} data-quality rows, {rows['quarantine']} rows in quarantine.",
        *([f"Not computed: {line}." for line in missing] or ["Every live rule was computed."]),
        f"In {home.published / extract_date}",
    ]
    return "\n".join(lines)


def top_cases(home: Home, n: int = N_TOP) -> RenderableType:
    """The first cases of the newest night, each with the reasons for its place."""
    _, folder = open_night(home)
    cases = _read(folder, "cases").sort("rank").head(n)
    signals = _read(folder, "signals").sort(["points", "signal_id"], descending=[True, False])
    return Group(*(_one(case, signals) for case in cases.iter_rows(named=True)))


def _one(case: dict[str, object], signals: pl.DataFrame) -> RenderableType:
    head = Text.assemble(
        "\n",
        (f"{case['rank']:>2}  {case['title_sv']}", "bold"),
        (f"   {_number(case['score'])} poäng", "dim"),
    )
    money = [
        f"{label} {_number(case[column])} kr/mån"
        for label, column in (("bidrag", "benefit_sek_month"), ("hyra", "rent_sek_month"))
        if case[column]
    ]
    reasons = [
        Padding(Text(f"– {signal['explain_sv']}"), (0, 0, 0, 4))
        for signal in signals.filter(pl.col("case_id") == case["case_id"]).iter_rows(named=True)
    ]
    return Group(
        head, *reasons, *([Padding(Text(", ".join(money), "dim"), (0, 0, 0, 4))] if money else [])
    )


def _number(value: object) -> str:
    """A number as Swedes write it: 20 801 or 5,3."""
    text = f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
    return text.removesuffix(".0").replace(",", "\u00a0").replace(".", ",")


def _read(folder: Path, table: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"{table}.parquet")
