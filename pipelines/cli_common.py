"""What every command shares: where it writes and which home it means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from rich.table import Table

OK, REFUSED, USAGE, FAILED = 0, 1, 2, 3  # exit codes; `status` has its own, see docs/cli.md

out = Console()
err = Console(stderr=True)

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="The municipality's home; else $BOENDESIGNAL_HOME, else ./home."),
]
NightOption = Annotated[
    datetime | None,
    typer.Option("--night", formats=["%Y-%m-%d"], help="A published night; else the newest."),
]


def as_day(moment: datetime | None) -> date | None:
    """Typer knows moments; a night is a day."""
    return moment.date() if moment else None


def table(*columns: str) -> Table:
    """A table without lines; its first column holds ids, which are copied and so never cut."""
    from rich.table import Table  # noqa: PLC0415

    made = Table(box=None, pad_edge=False, header_style="bold")
    made.add_column(columns[0], no_wrap=True, overflow="ignore")
    for column in columns[1:]:
        made.add_column(column)
    return made


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table with one line for each row however narrow the terminal, to read and to grep."""
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    for place, row in enumerate((columns, *rows)):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        line = "  ".join(cells).rstrip()
        out.print(
            line, style=None if place else "bold", markup=False, highlight=False, soft_wrap=True
        )
