"""A gate that lets everyone through, so that acceptance is tested without the protection rules."""

from __future__ import annotations

from pathlib import Path

from assets.acceptance import accept
from assets.home import Home
from assets.landing import land
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
            for made, landed in (("kept", "landing"), ("rejected", "rejected")):
                source = f"landing.{landed}_{contract_id}"
                con.execute(
                    f"create or replace table {made}_{contract_id} as from {source}"
                    f" where not ({leaves})"
                )
                [numbers[made]] = con.execute(
                    f"select count(*), count(*) filter ({leaves}) from {source}"
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
