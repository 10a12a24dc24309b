"""How many rows left at the protection gate, and all that is ever said of it."""

from __future__ import annotations

import duckdb

SMALL = 10  # a count below this could point someone out; sweden.md section 9.7, point 8


def n_protected(con: duckdb.DuckDBPyConnection) -> int:
    """The number; private."""
    [(n_rows,)] = con.sql(
        "select coalesce(sum(n_protected_kept + n_protected_rejected), 0)::bigint from gate_counts"
    ).fetchall()
    return int(n_rows)


def told(n_rows: int) -> int | str:
    """What may be said: nobody, few and many look alike up to nine rows."""
    return f"< {SMALL}" if n_rows < SMALL else n_rows
