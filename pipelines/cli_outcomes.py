"""Commands that take in what people found, and count it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assets.home import Home
from pipelines.cli_common import HomeOption, out, table

outcomes = typer.Typer(no_args_is_help=True, help="What people found: import it, or count it.")


@outcomes.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV with the columns of docs/feedback.md.")],
    home: HomeOption = None,
) -> None:
    """Take in outcomes from a CSV: all of its lines, or none where any is wrong."""
    from assets.outcomes import import_outcomes  # noqa: PLC0415 - Polars

    counts = import_outcomes(Home.open(home), file)
    out.print(
        f"{counts['lines']} lines, of which {counts['new']} new. They count from the first night "
        f"after {counts['known_after']}.",
        highlight=False,
        soft_wrap=True,
    )


@outcomes.command("list")
def list_outcomes(home: HomeOption = None) -> None:
    """Count the signals with an outcome, by rule and outcome; the latest decision of each."""
    from assets.outcomes import CODES, count_outcomes  # noqa: PLC0415 - Polars

    counted = count_outcomes(Home.open(home))
    if counted.is_empty():
        out.print("No outcomes yet: boendesignal outcomes import FILE.")
        return
    rows = table("rule", "outcome", "meaning")
    rows.add_column("signals", justify="right")
    for rule_id, outcome, n_signals in counted.iter_rows():
        rows.add_row(rule_id, outcome, CODES[outcome].title_sv, f"{n_signals:,}")
    out.print(rows)
