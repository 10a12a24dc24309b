"""What a night knew beside its rows, kept so that a rule can be tried on it later.

Files in `nights/<date>/accepted/`: `as_known.json` (whose delivery, which sources were missing),
`incomplete_people.parquet` and `incomplete_dwellings.parquet` (keyed ids: who lost a row at the
gate must not be readable there), `emptied_cells.parquet` (contract_id, row_id, column_name).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb

from assets.home import Home, write_private
from assets.keyed import DWELLING_KEY, with_key
from assets.protection import gate
from assets.workspace import ACCEPTED, LANDING, Workspace
from data_contracts.contract import Contract, load_contracts
from data_contracts.errors import BoendesignalError
from data_contracts.predicates import literal

AS_KNOWN = "as_known.json"
_DWELLING = DWELLING_KEY.format("d")
_KEPT = {
    "incomplete_people": "select keyed_id(personnummer) as id from incomplete_personnummer",
    "incomplete_dwellings": f"select keyed_id({_DWELLING}) as id"
    " from (select *, address as street_address from incomplete_dwellings) d",
    "emptied_cells": "from emptied_cells",
}


class NotStored(BoendesignalError):
    """A night whose files do not tell all that was known then."""


@dataclass(frozen=True)
class AsKnown:
    """About one accepted delivery. `missing_sources`: contract -> 'missing' or 'shrunk'."""

    municipality_code: str
    is_synthetic: bool
    missing_sources: dict[str, str]


@dataclass(frozen=True)
class StoredNight:
    """One accepted night: its date and the folder its link leads to."""

    extract_date: date
    folder: Path

    @property
    def manifest_sha256(self) -> str:
        return self.folder.name

    def as_known(self) -> AsKnown:
        """Raises NotStored for a night that was kept before nights could be replayed."""
        file = self.folder / AS_KNOWN
        if not file.exists():
            raise NotStored(
                "it was kept without what was missing then; run its delivery again to replay it"
            )
        return AsKnown(**json.loads(file.read_text(encoding="utf-8")))


def stored_nights(home: Home, at_most: int) -> list[StoredNight]:
    """The newest accepted nights, the oldest of them first."""
    links = sorted(home.nights.glob(f"????-??-??/{ACCEPTED}"))[-at_most:]
    return [StoredNight(date.fromisoformat(link.parent.name), link.resolve()) for link in links]


def keep_aside(ws: Workspace) -> None:
    """Write what tonight knew into the night's folder; acceptance has been there before."""
    with ws.connect() as con:
        with_key(con, ws.home)
        missing = dict(
            con.sql("select contract_id, reason from missing_sources order by all").fetchall()
        )
        for name, query in _KEPT.items():
            file = ws.night / f"{name}.parquet"
            con.execute(
                f"copy (from ({query}) order by all) to {literal(str(file))}"
                " (format parquet, compression zstd)"
            )
            file.chmod(0o600)
    known = AsKnown(ws.delivery.municipality_code, ws.delivery.is_synthetic, missing)
    write_private(ws.night / AS_KNOWN, json.dumps(asdict(known), sort_keys=True).encode())


def restore(ws: Workspace, night: StoredNight, known: AsKnown) -> None:
    """The work file as it stood after acceptance, less those who have been flagged since.

    Whoever was flagged later leaves through the gate itself, with family, home and all; `ws` is of
    a home of its own, whose memory the gate may write. Raises NotStored where a file is not there
    or its contract has got columns since.
    """
    contracts = load_contracts().values()
    must_pass_again = _flagged_since(ws)
    accepted, rejected = (
        (f"{LANDING}.landing_", f"{LANDING}.rejected_") if must_pass_again else
        ("kept_", "rejected_")
    )  # fmt: skip
    with ws.connect_with_landing() as con:
        for contract in contracts:
            _load(con, f"{accepted}{contract.id}", night.folder / f"kept_{contract.id}.parquet")
            file = night.folder / f"quarantine_{contract.id}.parquet"
            _load(con, f"{rejected}{contract.id}", file)
            _assert_columns(con, f"{accepted}{contract.id}", contract)
        _load(con, "emptied_cells", night.folder / "emptied_cells.parquet")
    if must_pass_again:
        gate(ws)
    else:
        ws.landing_file.unlink(missing_ok=True)
    with ws.connect() as con:
        _restore_incomplete(con, ws.home, night)
        con.execute("create table missing_sources (contract_id varchar, reason varchar)")
        for row in known.missing_sources.items():
            con.execute("insert into missing_sources values (?, ?)", row)


def _flagged_since(ws: Workspace) -> bool:
    """Whether the home remembers a protected key that this night did not know of."""
    with ws.home.state_db() as state:
        [(n_since,)] = state.execute(
            "select count(*) from (select kind, key_hash from flags_known except"
            " select kind, key_hash from flags_known"
            " where extract_date < $as_of"
            " or (extract_date = $as_of and manifest_sha256 = $manifest))",
            {"as_of": ws.as_of, "manifest": ws.delivery.manifest_sha256},
        ).fetchall()
    return bool(n_since)


def _load(con: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
    if not file.exists():
        raise NotStored(f"{file.name} is not there; run its delivery again to replay it")
    con.execute(f"create table {table} as from read_parquet({literal(str(file))})")


def _assert_columns(con: duckdb.DuckDBPyConnection, table: str, contract: Contract) -> None:
    there = {name for name, *_ in con.sql(f"describe {table}").fetchall()}
    if new := sorted({column.name for column in contract.columns} - there):
        raise NotStored(
            f"the contract {contract.id} has got {', '.join(new)} since; run its delivery again"
        )


def _restore_incomplete(con: duckdb.DuckDBPyConnection, home: Home, night: StoredNight) -> None:
    """Who and what had lost rows that night, beside those of whom the gate says so now."""
    people, dwellings = (
        literal(str(night.folder / f"{name}.parquet"))
        for name in ("incomplete_people", "incomplete_dwellings")
    )
    with_key(con, home)
    con.execute("create table if not exists incomplete_personnummer (personnummer varchar)")
    con.execute(
        "create table if not exists incomplete_dwellings"
        " (property varchar, address varchar, flat_number varchar)"
    )
    con.execute(
        "insert into incomplete_personnummer select personnummer from kept_registry__persons"
        f" where keyed_id(personnummer) in (from {people})"
        " except from incomplete_personnummer"
    )
    con.execute(
        "insert into incomplete_dwellings select property, street_address, flat_number"
        f" from kept_registry__dwellings d where keyed_id({_DWELLING})"
        f" in (from {dwellings})"
        " except from incomplete_dwellings"
    )
