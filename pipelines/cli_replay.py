"""`rules try` and `rules run`: what one rule, or all of them, would have said of stored nights."""

from __future__ import annotations

import contextlib
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assets.home import Home, write_private
from data_contracts.errors import BoendesignalError
from pipelines.cli_common import HomeOption, err, out

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rich.table import Table

    from assets.rules_run import Engine

LEFT = 1  # columns that hold text


class EngineName(StrEnum):
    """Where rules run."""

    duckdb = "duckdb"
    spark = "spark"


def try_rule(
    folder: Annotated[Path, typer.Argument(help="A rule folder, as rules/x; it may be unlocked.")],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="A parameter of the tried version, as months=6; repeatable."),
    ] = None,
    nights: Annotated[int, typer.Option(min=1, help="The newest stored nights to look at.")] = 30,
    json_file: Annotated[
        Path | None, typer.Option("--json", dir_okay=False, help="Write the same here as JSON.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Run a changed or new rule over the stored nights, against the live version. Counts only."""
    from assets.replay import parameter, replay  # noqa: PLC0415 - Polars, DuckDB
    from assets.replay_report import report  # noqa: PLC0415

    if json_file and not json_file.parent.is_dir():
        raise BoendesignalError(f"Cannot write {json_file.name}: its folder does not exist.")
    given = dict(parameter(text) for text in settings or [])
    with err.status("Replaying the stored nights"):
        told = report(replay(Home.open(home), folder, given, nights))
    _print(told)
    if json_file:
        text = json.dumps(told, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        write_private(json_file, text.encode())


def run_rules(
    into: Annotated[
        Path,
        typer.Option(
            "--to", file_okay=False, help="A folder for the tables; they hold personal data."
        ),
    ],
    *,
    engine: Annotated[
        EngineName, typer.Option(help="Spark: pip install 'boendesignal[spark]'.")
    ] = EngineName.duckdb,
    nights: Annotated[int, typer.Option(min=1, help="The newest stored nights to look at.")] = 30,
    rule: Annotated[list[str] | None, typer.Option(help="Only this live rule; repeatable.")] = None,
    master: Annotated[
        str, typer.Option(help="Where Spark runs, as spark://host:7077; else on this machine.")
    ] = "local[*]",
    home: HomeOption = None,
) -> None:
    """Run the live rules over the stored nights, as known then; nothing is published."""
    from assets.rules_run import InDuckDB, run_rules_over  # noqa: PLC0415 - Polars, DuckDB

    opened = Home.open(home)
    chosen: AbstractContextManager[Engine]
    if engine is EngineName.spark:
        from assets.rules_on_spark import spark_engine  # noqa: PLC0415 - the extra

        chosen = spark_engine(opened, master)
    else:
        chosen = contextlib.nullcontext(InDuckDB())
    rows: list[list[Any]] = []
    with err.status("Running the rules over the stored nights"), chosen as on:
        for done in run_rules_over(opened, on, into, nights, rule or ()):
            counts = [done.n_computed, done.n_not_computed, done.n_signals]
            shown = [None] * len(counts) if done.why_not else counts
            rows.append([done.night.extract_date, *shown, done.why_not])
    out.print(_table("night", "rules", "not computed", "signals", "note", rows=rows))


def _print(told: dict[str, Any]) -> None:
    live = f"live v{told['live_version']}" if told["live_version"] else "no live version"
    chosen = ", ".join(f"{name} = {value}" for name, value in told["parameters"].items())
    _say(f"{told['rule_id']} v{told['tried_version']} tried against {live}.")
    _say(f"Parameters: {chosen or 'none'}.")
    for night in told["skipped"]:
        _say(f"Not replayed, {night['night']}: {night['why']}.")
    columns = ("night", "live", "tried", "added", "removed", "new_cases", "note")
    nights = [[night[name] for name in columns] for night in [*told["nights"], told["in_all"]]]
    out.print(
        _table("night", "live", "tried", "added", "removed", "new cases", "note", rows=nights)
    )
    _say(_cases(told["new_cases"]))
    for version in ("live", "tried"):
        _say(f"Precision, {version}: {_precision(told['precision'][version])}")
    if told["overlap"]:
        rows = [[one["rule_id"], one["signals"]] for one in told["overlap"]]
        out.print(_table("also signalled by, same person or dwelling", "tried signals", rows=rows))
    else:
        _say("No other live rule signals the same people or dwellings.")
    if told["flag_rates"]:
        rows = [
            [f"{one['by']}: {one['group']}", _few(one["people"]), _rate(one, "live"),
             _rate(one, "tried")]
            for one in told["flag_rates"]
        ]  # fmt: skip
        out.print(_table("group, newest night", "people", "live flags", "tried flags", rows=rows))
        _say("< 10: too few to be told, or one that the others would tell.")


def _cases(cases: dict[str, Any]) -> str:
    if cases["at_once"] is None:
        return "Expected new cases: not known, no night could be computed."
    week = "not known from one night" if cases["a_week"] is None else f"{cases['a_week']} a week"
    return f"Expected new cases: {cases['at_once']} at once, then {week}."


def _precision(found: dict[str, Any]) -> str:
    if not found["n_decided"]:
        return "no decided outcomes."
    low, high = (f"{found[end]:.0%}" for end in ("low", "high"))
    return (
        f"{found['n_changed']} of {found['n_decided']} decided signals led to a change "
        f"({found['precision']:.0%}, 95 % interval {low} to {high})."
    )


def _few(count: int | None) -> str:
    return "< 10" if count is None else f"{count:,}"


def _rate(row: dict[str, Any], version: str) -> str:
    count, people = row[version], row["people"]
    return "< 10" if count is None or not people else f"{count:,} ({count / people:.1%})"


def _say(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def _table(*columns: str, rows: list[list[Any]]) -> Table:
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, column in enumerate(columns):
        text = place < LEFT or column == "note"
        table.add_column(column, justify="left" if text else "right", no_wrap=not text)
    for row in rows:
        table.add_row(*("-" if cell is None else str(cell) for cell in row))
    return table
