"""Check one file against its contract, before it is part of a delivery. Counts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from assets.landing import begin_emptied_cells, land_table
from assets.workspace import LANDING
from data_contracts.contract import Contract, load_contracts, matches
from data_contracts.delivery import DeliveredFile
from data_contracts.errors import DeliveryRefused
from data_contracts.scan import scan_text


@dataclass(frozen=True)
class Broken:
    """One promise that some rows break."""

    promise: str
    rows: int
    on_failure: str
    why: str


@dataclass(frozen=True)
class Checked:
    """How a file stands against its contract."""

    contract_id: str
    rows: int
    rows_kept: int
    broken: list[Broken]


def check_file(file: Path, contract_id: str | None) -> Checked:
    """Read the file as landing would. Raises DeliveryRefused where it cannot be read."""
    contract = chosen(file, contract_id)
    delivered = as_delivered(file.resolve(), contract)
    with duckdb.connect() as con:
        con.execute(f"attach ':memory:' as {LANDING}")
        begin_emptied_cells(con)
        kept, set_aside = land_table(con, contract, [delivered], date.today())
        broken = con.sql(
            f"select failed_key, count(*) from {LANDING}.rejected_{contract.id}"
            " group by all order by 2 desc, 1"
        ).fetchall()
    why = {promise.id: promise for promise in contract.promises}
    found = [Broken(key, n, why[key].on_failure, why[key].why) for key, n in broken]
    return Checked(contract.id, kept + set_aside, kept, found)


def chosen(file: Path, contract_id: str | None) -> Contract:
    """The contract named, or the only one whose files are named so."""
    contracts = load_contracts()
    if contract_id in contracts:
        return contracts[contract_id]
    path = f"{file.resolve().parent.name}/{file.name}"
    fits = [c for c in contracts.values() if any(matches(p, path) for p in c.arrival.files)]
    if contract_id is None and len(fits) == 1:
        return fits[0]
    raise DeliveryRefused(
        f"{path} belongs to {len(fits)} contracts, and --contract is {contract_id or 'not given'}. "
        f"Give --contract with one of: {', '.join(contracts)}."
    )


def as_delivered(file: Path, contract: Contract) -> DeliveredFile:
    """The file as if a manifest named it, with the number of records that it has."""
    form = file.suffix.removeprefix(".").lower()
    if not file.is_file() or form not in contract.arrival.formats:
        raise DeliveryRefused(
            f"{file.name}: no such file, or not one of {', '.join(contract.arrival.formats)}."
        )
    encoding, rows = (
        text_form(file, contract.arrival.encoding)
        if form == "csv"
        else (contract.arrival.encoding, table_height(file, form))
    )
    return DeliveredFile(
        path=f"{file.parent.name}/{file.name}",
        file=file,
        file_no=1,
        contract_id=contract.id,
        format=form,
        encoding=encoding,
        delimiter=contract.arrival.delimiter,
        rows=rows,
        sha256="",
    )


def text_form(file: Path, expected: str) -> tuple[str, int]:
    """The file's encoding (the contract's, else the one every text is valid in) and its rows."""
    for encoding in (expected, "utf-8", "iso-8859-1"):
        scan = scan_text(file, encoding)
        if not scan.problem:
            return encoding, max(0, scan.n_records - 1)
    raise DeliveryRefused(f"{file.name}: {scan.problem}.")


def table_height(file: Path, form: str) -> int:
    """Data records of a Parquet file or a workbook's first sheet."""
    import polars as pl  # noqa: PLC0415

    frame = pl.read_parquet(file) if form == "parquet" else pl.read_excel(file)
    return frame.height
