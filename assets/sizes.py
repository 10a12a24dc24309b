"""How large tables were: a table that shrank, or was mostly set aside, is not concluded from.

`accepted_deliveries` in the home's state keeps the sizes of accepted deliveries; a night is
compared with nights of an earlier extract date only, so that running an old one again gives the
same.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.home import Home, write_private
from assets.workspace import Workspace
from data_contracts.contract import Contract

SIZES_FILE = "accepted_sizes.json"  # in the run's folder: what `remember` will record


@dataclass(frozen=True)
class Size:
    """Rows of one table in this run, without protected ones."""

    n_kept: int
    n_quarantined: int


def rows_to_spare(contract: Contract, size: Size, last: int | None) -> int:
    """Rows between this size and the nearest limit; below 0 the table is too small to use.

    The limits: at least one row kept, a minimum share of what the last accepted delivery kept
    (`last`, None where there is none), and a maximum share of this delivery's rows set aside.
    """
    sizes, n_rows = contract.sizes, size.n_kept + size.n_quarantined
    fewest_kept = max(1, math.ceil(sizes.minimum_share_of_last * (last or 0)))
    most_aside = max(
        sizes.disregard_quarantined_rows, math.floor(sizes.maximum_quarantined_share * n_rows)
    )
    return min(size.n_kept - fewest_kept, most_aside - size.n_quarantined)


def last_sizes(home: Home, as_of: date) -> dict[str, int]:
    """Contract: rows kept in the last accepted delivery with an earlier extract date that had it.

    A table that was missing or suspended then does not count: the one before it does.
    """
    with home.state_db() as con:
        _create(con)
        return dict(
            con.execute(
                "select contract_id, arg_max(n_kept, extract_date) from accepted_deliveries"
                " where extract_date < ? group by contract_id order by contract_id",
                [as_of],
            ).fetchall()
        )


def note_sizes(ws: Workspace, usable: Mapping[str, Size]) -> None:
    """Keep the sizes of the tables that are used, in the run's folder, until it publishes."""
    kept = {name: size.n_kept for name, size in usable.items()}
    write_private(ws.dir / SIZES_FILE, json.dumps(kept, sort_keys=True).encode())


def remember(ws: Workspace) -> None:
    """Record the run's delivery as accepted; called when the run publishes. Safe to repeat."""
    kept = json.loads((ws.dir / SIZES_FILE).read_bytes())
    rows = [
        (ws.as_of, contract_id, n_kept, ws.delivery.manifest_sha256)
        for contract_id, n_kept in sorted(kept.items())
    ]
    with ws.home.state_db() as con:
        _create(con)
        con.begin()
        con.execute("delete from accepted_deliveries where extract_date = ?", [ws.as_of])
        con.executemany("insert into accepted_deliveries values (?, ?, ?, ?)", rows)
        con.commit()


def _create(con: duckdb.DuckDBPyConnection) -> None:
    """accepted_deliveries: one row per accepted delivery and table that was used."""
    con.execute("""
        create table if not exists accepted_deliveries (
            extract_date date not null,
            contract_id varchar not null,
            n_kept bigint not null,
            manifest_sha256 varchar not null
        )
        """)
