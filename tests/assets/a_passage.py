"""A gate that lets everyone through, so that acceptance is tested without the protection rules."""

from __future__ import annotations

from pathlib import Path

from assets.acceptance import accept
from assets.home import Home
from assets.landing import land
from assets.protection import keep_rows
from assets.protection_keys import Part
from assets.quality import CheckResult
from assets.workspace import Workspace
from data_contracts.contract import load_contracts
from data_contracts.delivery import open_delivery


def pass_through(ws: Workspace, protected: dict[str, int] | None = None) -> None:
    """Copy landing to kept_ and rejected_; `protected`: source rows that leave, by contract."""
    counts = []
    with ws.connect_with_landing() as con:
        for contract_id in load_contracts():
            leaves = f"source_row = {(protected or {}).get(contract_id, 0)}"
            numbers = {}
            for part in (Part(contract_id, False), Part(contract_id, True)):
                con.execute(
                    "create or replace temp table leaving as"
                    f" select row_id from {part.landed} where {leaves}"
                )
                keep_rows(con, ws, part, "leaving")
                con.execute("delete from emptied_cells where row_id in (from leaving)")
                [numbers[part.kept]] = con.execute(
                    f"select count(*), count(*) filter ({leaves}) from {part.landed}"
                ).fetchall()
            (n_landed, n_kept_out), (n_rejected, n_rejected_out) = numbers.values()
            counts.append((contract_id, n_landed, n_rejected, n_kept_out, n_rejected_out))
        con.execute(
            "create or replace table gate_counts (contract_id varchar, n_landed bigint,"
            " n_rejected bigint, n_protected_kept bigint, n_protected_rejected bigint)"
        )
        con.executemany("insert into gate_counts values (?, ?, ?, ?, ?)", counts)


def passed(
    folder: Path, home: Path, run_id: str = "run", protected: dict[str, int] | None = None
) -> Workspace:
    """A run that has landed and passed the gate."""
    ws = Workspace(Home.open(home), run_id, open_delivery(folder))
    with ws.held():
        land(ws)
        pass_through(ws, protected)
    return ws


def night(folder: Path, home: Path, run_id: str = "run") -> tuple[Workspace, list[CheckResult]]:
    """A run up to acceptance."""
    ws = passed(folder, home, run_id)
    return ws, accept(ws)
