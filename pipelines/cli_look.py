"""Commands that look at what is published, hand it over, or take it away."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from assets.home import Home
from pipelines.cli_common import HomeOption, NightOption, as_day, out


def status(
    home: HomeOption = None,
    max_age_days: Annotated[int, typer.Option(min=0, help="An older newest night is late.")] = 2,
) -> None:
    """Say how the home stands. Exit code: 0 ok, 1 late or missing, 2 partial, 3 failed."""
    from pipelines.status import look  # noqa: PLC0415 - Polars

    found = look(Home.open(home), datetime.now().date(), max_age_days)
    for line in found.lines:
        out.print(line, highlight=False, soft_wrap=True, markup=False)
    raise typer.Exit(found.code)


def trace(
    signal_id: Annotated[str, typer.Argument(help="Its id, or enough of the beginning.")],
    home: HomeOption = None,
    night: NightOption = None,
) -> None:
    """Show the delivered rows that a signal rests on. Shows personal data."""
    from assets.trace import render  # noqa: PLC0415
    from assets.trace import trace as find  # noqa: PLC0415

    out.print(render(find(Home.open(home), signal_id, as_day(night))))


def export(
    recipient: Annotated[str, typer.Option("--for", help="tenancy, benefit or audit.")],
    to: Annotated[Path | None, typer.Option("--to", help="The .xlsx file to write.")] = None,
    home: HomeOption = None,
    night: NightOption = None,
) -> None:
    """Write a workbook with only that recipient's sources."""
    from assets.excel import export as write  # noqa: PLC0415

    file = to or Path(f"signaler-{recipient}.xlsx")
    counts = write(Home.open(home), as_day(night), recipient, file)
    out.print(
        f"Written: {file} with {counts['n_signals']} signals; {counts['n_left_out']} rest on "
        "sources that this recipient may not have.",
        highlight=False,
        soft_wrap=True,
    )


def withdraw(
    night: Annotated[
        datetime, typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="A published night.")
    ],
    reason: Annotated[str, typer.Option(help="Why; without naming a person.")],
    home: HomeOption = None,
) -> None:
    """Take a published night away. The record of it stays."""
    from assets.retention import withdraw as take_away  # noqa: PLC0415

    take_away(Home.open(home), night.date(), reason)
    out.print(f"Withdrawn: {night.date()}. It is published anew if its delivery is run again.")
