"""One file held against its contract, before it is part of a delivery: for whoever writes it.

Nothing is stored, and the answer holds counts only. The protection gate is not passed here: the
counts stay on the screen of the one who holds the file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from assets.home import OFFLINE
from assets.landing import begin_emptied_cells, keep_emptied_cells, land_table
from assets.quality import CheckResult, judge, measure
from assets.reading import count_records
from assets.workspace import LANDING
from data_contracts.contract import Contract, load_contracts, matches
from data_contracts.delivery import DeliveredFile
from data_contracts.errors import DeliveryRefused
from data_contracts.scan import scan_text


@dataclass(frozen=True)
class FileReport:
    """How one file keeps its contract."""

    contract_id: str
    encoding: str
    n_rows: int
    n_quarantined: int
    results: list[CheckResult]


def check_file(file: Path, as_of: date, contract_id: str | None = None) -> FileReport:
    """Read and judge the file as a night on `as_of` would. Raises DeliveryRefused.

    Without `contract_id` the file's folder and name tell, as in a delivery (`tenancy/x.csv`).
    """
    contract = _contract(file.resolve(), contract_id)
    delivered = _as_delivered(file.resolve(), contract)
    with duckdb.connect(config={**OFFLINE}) as con:
        con.execute(f"attach ':memory:' as {LANDING}")
        begin_emptied_cells(con)
        n_kept, n_rejected = land_table(con, contract, [delivered], as_of)
        keep_emptied_cells(con)
        landed, rejected = f"{LANDING}.landing_{contract.id}", f"{LANDING}.rejected_{contract.id}"
        results = judge(measure(con, contract, landed, rejected, as_of))
    return FileReport(contract.id, delivered.encoding, n_kept + n_rejected, n_rejected, results)


def _contract(file: Path, contract_id: str | None) -> Contract:
    contracts = load_contracts()
    path = f"{file.parent.name}/{file.name}"
    fits = [c for c in contracts.values() if any(matches(p, path) for p in c.arrival.files)]
    if contract_id in contracts:
        return contracts[contract_id]
    if contract_id is None and len(fits) == 1:
        return fits[0]
    if not file.is_file():
        raise DeliveryRefused(f"{path} is not a file. Is it there?")
    raise DeliveryRefused(
        f"{path}: which contract? Name one of: {', '.join(contracts)}."
        if contract_id is None
        else f"There is no contract {contract_id}. Allowed: {', '.join(contracts)}."
    )


def _as_delivered(file: Path, contract: Contract) -> DeliveredFile:
    """The file as its manifest entry would name it, in the first encoding that fits."""
    form = file.suffix.removeprefix(".").lower()
    if not file.is_file() or form not in contract.arrival.formats:
        allowed = ", ".join(contract.arrival.formats)
        raise DeliveryRefused(f"{file.name}: no such file, or not one of {allowed}.")
    delivered = DeliveredFile(
        path=f"{file.parent.name}/{file.name}",
        file=file,
        file_no=1,
        contract_id=contract.id,
        format=form,
        encoding=contract.arrival.encoding,
        delimiter=contract.arrival.delimiter,
        rows=0,
        sha256="",
    )
    if form != "csv":
        return replace(delivered, rows=count_records(contract, delivered))
    for encoding in dict.fromkeys((contract.arrival.encoding, "utf-8", "iso-8859-1")):
        scan = scan_text(file, encoding)
        if not scan.problem:
            return replace(delivered, encoding=encoding, rows=max(scan.n_records - 1, 0))
    raise DeliveryRefused(f"{file.name}: {scan.problem}.")
