"""The command line `boendesignal`. Commands are documented in docs/cli.md, exit codes too.

Nothing heavy is imported before a command needs it: `--help` answers in a moment.
"""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape
from typer.core import TyperGroup
from typer.exceptions import TyperException

from data_contracts.errors import BoendesignalError, is_fault
from pipelines import cli_catalogue, cli_look, cli_night, cli_outcomes
from pipelines.cli_common import FAILED, REFUSED, err
from pipelines.run_errors import RunFailed

DEBUG = "BOENDESIGNAL_DEBUG"  # set: an unexpected error is shown whole, personal data and all
ROOT = Path(__file__).resolve().parents[1]


class Group(TyperGroup):
    """Turns every error into a sentence and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, TyperException):
            raise  # ended on purpose, or the command line itself was wrong
        except BoendesignalError as error:
            text, code = str(error), FAILED if isinstance(error, RunFailed) else REFUSED
        except BaseException as error:
            if os.environ.get(DEBUG) or not is_fault(error):
                raise
            text, code = unforeseen(error), FAILED
        err.print(f"[red]{escape(text)}[/red]", highlight=False, soft_wrap=True)
        raise typer.Exit(code)


def unforeseen(error: BaseException) -> str:
    """Where the program broke; not the error's own text, which may hold a value of a row."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if is_ours(Path(f.filename))]
    where = (
        f" in {Path(frames[-1].filename).relative_to(ROOT)}:{frames[-1].lineno}" if frames else ""
    )
    return (
        f"The program stopped on {type(error).__name__}{where}. That is a fault in the program, "
        f"not in what you gave it. {DEBUG}=1 shows it whole, with any personal data it holds."
    )


def is_ours(file: Path) -> bool:
    return ROOT in file.parents and "site-packages" not in file.parts


app = typer.Typer(
    cls=Group,
    name="boendesignal",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Finds recorded facts about housing that do not fit together, for people to look into.",
)
app.command()(cli_night.run)
app.command()(cli_night.demo)
app.command()(cli_night.synth)
app.command()(cli_look.status)
app.command()(cli_look.trace)
app.command()(cli_look.export)
app.command()(cli_look.withdraw)
app.command()(cli_night.housekeeping)
app.add_typer(cli_catalogue.rules, name="rules")
app.add_typer(cli_catalogue.contracts, name="contracts")
app.add_typer(cli_outcomes.outcomes, name="outcomes")


def main() -> None:
    """Entry point. What it writes is its owner's alone."""
    os.umask(0o077)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # idle threads that wait by spinning
    app()
