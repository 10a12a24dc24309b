"""What a source itself calls the record that a delivered row is about.

A `row_id` is a place in a file and moves when the file is sorted anew; a signal on a row that has
neither person nor dwelling needs a name that stays (`assets/ledger.py`).
"""

from __future__ import annotations

import duckdb

_NAMED_BY = {
    ("tenancy", "kept_tenancy__leases"): ("landlord", "lease_number"),
    # Without the period: a decision that is paid on is the same decision.
    ("benefits", "kept_benefits__decisions"): ("authority", "decision_number"),
    ("vehicles", "kept_vehicles__vehicles"): ("plate",),
    ("registry", "kept_registry__persons"): ("personnummer",),
    ("registry", "kept_registry__relations"): (
        "personnummer",
        "relation_type",
        "related_personnummer",
    ),
    ("registry", "kept_registry__moves"): ("personnummer", "from_on"),
}
"""Source and table: the columns that name a record. Rows may share a name, as a decision's do."""


def with_record_keys(con: duckdb.DuckDBPyConnection) -> None:
    """Make `record_keys` (row_id, source, record_key) known to this connection.

    One row per kept row. The key holds numbers of people: use it in `keyed_id(record_key)` alone.
    """
    tables = " union all ".join(
        f"select row_id, '{source}' as source, concat_ws('|', '{table}', "
        + ", ".join(f"coalesce(cast({column} as varchar), '')" for column in columns)
        + f") as record_key from {table}"
        for (source, table), columns in _NAMED_BY.items()
    )
    con.execute(f"create or replace temp view record_keys as {tables}")
