"""Commands that make something: a night, a synthetic town, room."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from assets.home import Home
from pipelines.cli_common import HomeOption, out

DeliveryArgument = Annotated[
    Path, typer.Argument(metavar="DELIVERY", help="Folder named by extract date, with manifest.")
]
PeopleOption = Annotated[int, typer.Option(min=500, help="People in the town.")]
SeedOption = Annotated[int, typer.Option(help="The same seed makes the same town.")]
DateOption = Annotated[
    datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="Extract date of the delivery.")
]
DEMO_DATE = datetime(2026, 10, 1)


def run(
    delivery: DeliveryArgument,
    home: HomeOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of another delivery of that date.")
    ] = False,
) -> None:
    """Run a delivery through the night's job and publish it."""
    _run(delivery, home, replace)


def demo(
    home: HomeOption = None,
    people: PeopleOption = 20_000,
    seed: SeedOption = 1,
) -> None:
    """Make a synthetic town, run a night on it and show the ten top cases."""
    from pipelines.summary import top_cases  # noqa: PLC0415 - Polars

    opened = Home.open(home)
    only_synthetic(opened)
    with out.status(f"Making a town of {people:,} people …"):
        folder = make_town(opened, people, seed)
    _run(folder, opened.path, replace=True)
    out.print(top_cases(opened))
    shown = opened.path if opened.path != Path("home").resolve() else Path("home")
    out.print(
        f"\nThe tables lie in [bold]{shown}/published/latest[/bold] (Parquet, boendesignal.duckdb, "
        f"signaler.xlsx).\nThe Dagster UI, with the run and its lineage:\n"
        f"  [bold]make ui HOME_DIR={shown}[/bold]   then open http://127.0.0.1:3000\n"
        f"One signal, down to the delivered rows:\n"
        f"  [bold].venv/bin/boendesignal trace SIGNAL_ID --home {shown}[/bold]",
        highlight=False,
        soft_wrap=True,
    )


def synth(
    folder: Annotated[Path, typer.Argument(help="Gets delivery/<date>/ and truth/.")],
    people: PeopleOption = 20_000,
    seed: SeedOption = 1,
    extract_date: DateOption = DEMO_DATE,
    nights: Annotated[int, typer.Option(min=1, max=3, help="Nights in a row from that date.")] = 1,
) -> None:
    """Write a delivery of a synthetic town, with the truth beside it: nobody in it exists."""
    from synthetic import town  # noqa: PLC0415 - Polars

    days = [extract_date.date() + timedelta(days=night) for night in range(nights)]
    with out.status(f"Making a town of {people:,} people …"):
        town.make(people, seed, days, folder)
    for day in days:
        out.print(f"Written: {folder / 'delivery' / day.isoformat()}", soft_wrap=True)


def housekeeping(home: HomeOption = None) -> None:
    """Delete what has stood longer than the home's settings allow."""
    from pipelines.housekeeping import clean  # noqa: PLC0415
    from pipelines.instance import open_instance  # noqa: PLC0415 - Dagster

    opened = Home.open(home)
    with opened.lock(), open_instance(opened) as instance:
        counts = clean(opened, instance, datetime.now(UTC))
    out.print(", ".join(f"{name} {n}" for name, n in counts.items()))


def _run(delivery: Path, home: Path | None, replace: bool) -> None:
    from pipelines.progress import reporting  # noqa: PLC0415
    from pipelines.running import run_night  # noqa: PLC0415
    from pipelines.summary import summary  # noqa: PLC0415

    opened = Home.open(home)
    with reporting(out):
        ran = run_night(opened, delivery, replace=replace)
    out.print(summary(opened, ran.extract_date), highlight=False, soft_wrap=True)


def only_synthetic(home: Home) -> None:
    """Raise BoendesignalError where the home holds a real night: no demo is mixed with it."""
    from assets.published import published_nights, read_run  # noqa: PLC0415
    from data_contracts.errors import BoendesignalError  # noqa: PLC0415

    if any(not read_run(folder).is_synthetic for folder in published_nights(home).values()):
        raise BoendesignalError(
            "This home holds nights of real people: a demo does not belong there. Give another "
            "--home."
        )


def make_town(home: Home, people: int, seed: int) -> Path:
    """The demo's delivery in the home's inbox, in the place of an earlier demo's."""
    from synthetic import town  # noqa: PLC0415 - Polars

    shutil.rmtree(home.inbox / f"{DEMO_DATE:%Y-%m-%d}", ignore_errors=True)
    [folder] = town.deliver(people, seed, DEMO_DATE.date(), home.inbox)
    return folder
