"""What every command shares: where it writes and which home it means."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

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
