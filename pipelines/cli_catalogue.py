"""Commands that show the catalogues: rules and contracts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli_common import OK, REFUSED, out, print_rows
from pipelines.cli_replay import run_rules, try_rule

if TYPE_CHECKING:
    from data_contracts.contract import Contract
    from rules.model import RuleSpec

rules = typer.Typer(
    no_args_is_help=True, help="The rules: list, show or try one, or run them all again."
)
contracts = typer.Typer(no_args_is_help=True, help="The contracts: list them, or check a file.")
rules.command("try")(try_rule)
rules.command("run")(run_rules)


@rules.command("list")
def list_rules() -> None:
    """Every rule with its lane, status and title."""
    from rules.catalogue import load  # noqa: PLC0415

    specs = [rule.spec for rule in load().values()]
    print_rows(
        ("rule", "version", "status", "lane", "title"),
        [(one.id, str(one.version), one.status, one.lane, one.title_sv) for one in specs],
    )


@rules.command("show")
def show_rule(rule_id: Annotated[str, typer.Argument(help="As `rules list` names it.")]) -> None:
    """What a rule seeks, what it weighs, what clears it and what it cannot see."""
    from data_contracts.errors import RuleError  # noqa: PLC0415
    from rules.catalogue import load  # noqa: PLC0415
    from rules.strict import did_you_mean  # noqa: PLC0415

    known = load()
    if rule_id not in known:
        raise RuleError(
            f"No rule {rule_id!r}.{did_you_mean(rule_id, known)} Known: {', '.join(known)}."
        )
    for heading, lines in _chapters(known[rule_id].spec):
        out.print(f"[bold]{heading}[/bold]")
        for line in lines:
            out.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)


def _chapters(spec: RuleSpec) -> Iterator[tuple[str, list[str]]]:
    from rules.readme import steps_of  # noqa: PLC0415

    yield f"{spec.title_sv} ({spec.id} v{spec.version}, {spec.status})", [spec.question_sv]
    yield "Seeks", [spec.description, f"Grain: {spec.grain}. Lane: {spec.lane}."]
    yield "Sources", [f"needs {', '.join(spec.needs)}", f"uses {', '.join(spec.uses) or 'no more'}"]
    if spec.weight:
        first = f"{spec.weight.log_lr} for {spec.weight.hypothesis}: {spec.weight.why}"
        yield "Weight", [first, *steps_of(spec.weight)]
    yield (
        "Parameters",
        [
            f"{name} = {one.default} {one.unit} ({one.allowed[0]} to {one.allowed[1]}): {one.why}"
            for name, one in spec.parameters.items()
        ],
    )
    innocent = [f"{one.id} ({one.handled}): {one.text_sv}" for one in spec.innocent_explanations]
    yield "Innocent explanations", innocent
    yield "What clears it", [spec.clears_sv]
    yield "Blind spots", list(spec.blind_spots)


@contracts.command("list")
def list_contracts() -> None:
    """Every contract with its version, files, promises and owner."""
    from data_contracts.contract import load_contracts  # noqa: PLC0415

    print_rows(
        ("contract", "version", "promises", "files", "owner"),
        [
            (one.id, str(one.version), str(len(one.promises)), _files(one), one.owner)
            for one in load_contracts().values()
        ],
    )


def _files(contract: Contract) -> str:
    return ", ".join(contract.arrival.files)


@contracts.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="A file as a source would deliver it.")],
    contract: Annotated[
        str | None, typer.Option(help="Which contract; else as the file's path says.")
    ] = None,
) -> None:
    """Check one file against its contract, before it is part of a delivery. Counts only."""
    from assets.file_check import check_file  # noqa: PLC0415 - Great Expectations: 4 s

    report = check_file(file, datetime.now().date(), contract)
    broken = [result for result in report.results if not result.passed]
    if broken:
        print_rows(
            ("promise", "rows that break it", "then", "why"),
            [(one.check, f"{one.n_failed:,}", one.on_failure, one.why) for one in broken],
        )
    else:
        out.print("Every promise is kept.")
    aside = f"{report.n_quarantined:,} would be set aside"
    out.print(f"{report.contract_id}: {report.n_rows:,} rows, {aside}.")
    raise typer.Exit(REFUSED if broken else OK)
