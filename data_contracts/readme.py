"""`data_contracts/README.md`, made from the contracts: `python -m data_contracts.readme`."""

from __future__ import annotations

from collections.abc import Iterable

from data_contracts.contract import FOLDER, Column, Contract, Expectation, load_contracts

FILE = FOLDER / "README.md"

_INTRODUCTION = """\
# Data contracts

What the source tables promise. Made from `*/contract.yml` by `python -m data_contracts.readme`;
change the contracts, not this page.

`stop` refuses the delivery, `quarantine` sets the row aside with the failing key and the reason,
`warn` is a visible check and the row stays. A column with `on_invalid: empty` keeps its row and
loses the value, counted as a warning. A column that no contract knows stops the delivery; one that
is ignored by name is never read. How files arrive stands in `docs/connect.md`, what bad input leads
to in `docs/bad_input.md`.
"""


def readme() -> str:
    """The page, from the contracts alone."""
    contracts = list(load_contracts().values())
    parts = [_INTRODUCTION, _overview(contracts), *map(_chapter, contracts)]
    return "\n".join(parts)


def _overview(contracts: Iterable[Contract]) -> str:
    rows = [
        (
            f"[{contract.id}](#{contract.id})",
            contract.grain,
            contract.legal_basis,
            "yes" if contract.required else "no, a missing source",
        )
        for contract in contracts
    ]
    return _table(("Contract", "Grain", "Legal basis", "Required"), rows)


def _chapter(contract: Contract) -> str:
    arrival, sizes = contract.arrival, contract.sizes
    facts = [
        f"- **Owner:** {contract.owner}",
        f"- **Purpose:** {contract.purpose}",
        f"- **Version:** {contract.version}. **Key:** {', '.join(contract.key)}.",
        f"- **Arrives as:** {', '.join(f'`{pattern}`' for pattern in arrival.files)} in "
        f"{', '.join(arrival.formats)}; CSV in {arrival.encoding}, `{arrival.delimiter}` between "
        "fields, where the manifest says nothing else.",
        f"- **Size:** at least {sizes.minimum_share_of_last:.0%} of the last accepted delivery, at "
        f"most {sizes.maximum_quarantined_share:.0%} quarantined (up to "
        f"{sizes.disregard_quarantined_rows} rows never count), else `{sizes.on_shrink}`. "
        f"{sizes.why}",
        *(f"- **Ignored:** `{name}`. {why}" for name, why in contract.ignored_columns.items()),
    ]
    columns = _table(
        ("Column", "Source", "Type", "Empty", "Personal data", "Meaning"),
        [_column(column) for column in contract.columns],
    )
    promises = _table(
        ("Promise", "Great Expectations class", "If broken", "Why"),
        [_promise(promise) for promise in contract.promises],
    )
    return "\n".join([f"## {contract.id}", "", *facts, "", columns, promises])


def _column(column: Column) -> tuple[str, ...]:
    codes = ", ".join(f"`{code}` {meaning}" for code, meaning in column.codes.items())
    none = ""
    if column.protection:
        shown = " or ".join(
            f"`{value}`" if value else "empty" for value in column.protection.means_none
        )
        none = f" Protection flag: only {shown} means none."
    return (
        column.name,
        f"`{column.source}`",
        column.type,
        "may be" if column.nullable else "never",
        column.personal_data.replace("_", " "),
        column.description + (f" Codes: {codes}." if codes else "") + none,
    )


def _promise(promise: Expectation) -> tuple[str, ...]:
    given = ", ".join(
        f"{key}={_shown(value)}" for key, value in promise.arguments.items() if key != "value_set"
    )
    mostly = "" if promise.mostly == 1 else f", mostly={promise.mostly}"
    condition = f" where {promise.row_condition}" if promise.row_condition else ""
    return (
        promise.id,
        f"{promise.expectation}({given}{mostly}){condition}",
        promise.on_failure,
        promise.why,
    )


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    cells = ("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
    return "\n".join(cells) + "\n"


if __name__ == "__main__":
    FILE.write_text(readme(), encoding="utf-8")
