"""`contract_report.html`: what the delivery kept of its contracts, as one page in Swedish.

Counts only, and none from before the protection gate: a delivered count beside a kept one would
tell how many rows concern protected people. No scripts and nothing fetched from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.protected_rows import told
from assets.quality import CheckResult
from data_contracts.contract import Contract
from data_contracts.delivery import Delivery

TEMPLATE = Path(__file__).with_suffix(".html.j2")

CONSEQUENCES_SV = {
    "stop": "leveransen avvisas",
    "suspend": "källan används inte i natt",
    "quarantine": "raden läggs undan",
    "warn": "varning",
}
STATES_SV = {"missing": "Saknas i leveransen", "shrunk": "För liten, används inte", "": "Används"}


@dataclass(frozen=True)
class TableSection:
    """One table of the report."""

    id: str
    owner: str
    grain: str
    purpose: str
    version: int
    n_kept: int
    n_quarantined: int
    state_sv: str
    results: Sequence[CheckResult]

    @property
    def broken(self) -> list[CheckResult]:
        return [result for result in self.results if not result.passed]


def section(
    contract: Contract, n_kept: int, n_quarantined: int, state: str, results: Sequence[CheckResult]
) -> TableSection:
    """The contract's part of the report. `state`: missing, shrunk or empty."""
    return TableSection(
        contract.id,
        contract.owner,
        contract.grain,
        contract.purpose,
        contract.version,
        n_kept,
        n_quarantined,
        STATES_SV[state],
        results,
    )


def render(delivery: Delivery, tables: Sequence[TableSection], n_protected: int) -> str:
    """The page. The same input gives the same bytes."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["number"] = number_sv
    results = [result for table in tables for result in table.results]
    context: Mapping[str, object] = {
        "extract_date": delivery.extract_date.isoformat(),
        "municipality_code": delivery.municipality_code,
        "is_synthetic": delivery.is_synthetic,
        "n_promises": len(results),
        "n_broken": sum(not result.passed for result in results),
        "n_refusing": sum(result.is_refusal for result in results),
        "protected": shown_protected(n_protected),
        "tables": tables,
        "consequences": CONSEQUENCES_SV,
    }
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(context)


def shown_protected(n_rows: int) -> str:
    """What is said about protected rows, as the page writes it."""
    said = told(n_rows)
    return said if isinstance(said, str) else number_sv(said)


def number_sv(number: int) -> str:
    """12 345 with no-break spaces."""
    return f"{number:,}".replace(",", "\u00a0")
