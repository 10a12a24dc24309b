"""Landing: delivered rows typed by their contract, those that break a promise set aside.

Everything is first read as text; then one scan per table types it and evaluates every promise
whose failure means quarantine. Accepted and rejected rows both go to the run's private landing
file, since the protection gate must see them all before anything is counted or shown.

    landing.landing_<contract>    accepted rows, typed
    landing.rejected_<contract>   rows set aside, as text, with failed_key and reason
    landing.emptied_numbers       wrong numbers taken out of rows that were kept, as delivered
                                  (contract_id, row_id, slot, text): their birth date tells the gate
                                  whose row it is
    emptied_cells                 in the work file: where an unusable value was taken out of a row
                                  that was kept (contract_id, row_id, column_name); no values
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from assets.reading import read_text
from assets.workspace import LANDING, Counts, Workspace
from data_contracts.contract import Contract, load_contracts
from data_contracts.delivery import DeliveredFile
from data_contracts.numbers import read_numbers
from data_contracts.predicates import (
    RowCheck,
    duplicates_sql,
    invalid,
    literal,
    marks,
    quoted,
    row_checks,
    typed_sql,
    uniqueness,
)
from data_contracts.sentences import reason

ROWS_PER_FILE = 2**40  # row_id = file_no * ROWS_PER_FILE + source_row
TRACE = ("row_id", "source_file", "source_row")
EMPTIED_NUMBERS = (
    f"create table if not exists {LANDING}.emptied_numbers"
    " (contract_id varchar, row_id bigint, slot varchar, text varchar)"
)


def land(ws: Workspace) -> Counts:
    """Make the landing tables of every contract; a missing source gets empty ones.

    Returns rows landed and rejected in all; private, since protected rows are still among them.
    """
    counts: Counts = {"n_landed": 0, "n_rejected": 0}
    with ws.connect_with_landing() as con:
        begin_emptied_cells(con)
        for contract in load_contracts().values():
            n_landed, n_rejected = land_table(
                con, contract, ws.delivery.files_of(contract.id), ws.as_of
            )
            counts["n_landed"] = int(counts["n_landed"]) + n_landed
            counts["n_rejected"] = int(counts["n_rejected"]) + n_rejected
        keep_emptied_cells(con)
    return counts


def begin_emptied_cells(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create or replace temp table emptied_now"
        " (contract_id varchar, row_id bigint, column_name varchar)"
    )
    con.execute(f"drop table if exists {LANDING}.emptied_numbers")
    con.execute(EMPTIED_NUMBERS)


def keep_emptied_cells(con: duckdb.DuckDBPyConnection) -> None:
    """Where kept rows lost a value: in the work file, since the gate deletes the landing file."""
    con.execute("create or replace table emptied_cells as from emptied_now order by all")


def land_table(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    files: Sequence[DeliveredFile],
    as_of: date,
) -> tuple[int, int]:
    """Land one contract's files; returns (rows accepted, rows set aside)."""
    tables = _read_all(con, contract, files)
    read_numbers(con, contract, "delivered", as_of)
    landed, rejected = f"{LANDING}.landing_{contract.id}", f"{LANDING}.rejected_{contract.id}"
    con.execute(f"create or replace table {landed} as {typed_sql(contract, 'delivered', *TRACE)}")
    _find(con, contract, landed, as_of)
    con.execute(
        f"create or replace table {rejected} as"
        f" select d.* {_without_marks(contract)}, f.failed_key, {_reason(contract)} as reason"
        " from delivered d join findings f using (row_id)"
        " where f.failed_key is not null order by row_id"
    )
    con.execute(
        f"insert into emptied_now select {literal(contract.id)}, row_id, unnest(emptied)"
        " from findings where failed_key is null"
    )
    _keep_emptied_numbers(con, contract)
    _keep_accepted(con, contract, landed)
    con.execute("drop view delivered; drop table findings")
    for table in tables:
        con.execute(f"drop table {table}")
    [(n_landed, n_rejected)] = con.execute(
        f"select (select count(*) from {landed}), (select count(*) from {rejected})"
    ).fetchall()
    return n_landed, n_rejected


def _keep_emptied_numbers(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    for column in contract.columns:
        if column.type.startswith("personnummer") and column.on_invalid == "empty":
            name = literal(column.name)
            con.execute(
                f"insert into {LANDING}.emptied_numbers"
                f" select {literal(contract.id)}, row_id, {name}, d.{quoted(column.name)}"
                " from delivered d join findings f using (row_id)"
                f" where f.failed_key is null and list_contains(f.emptied, {name})"
            )


def _read_all(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[DeliveredFile]
) -> list[str]:
    """The view `delivered`: the text of all files, with where each row came from."""
    tables, parts = [], []
    names = ", ".join([*(quoted(column.name) for column in contract.columns), *marks(contract)])
    for file in files:
        table = f"file_{file.file_no}"
        source_row = read_text(con, contract, file, table)
        tables.append(table)
        parts.append(
            f"select {names}, {file.file_no * ROWS_PER_FILE} + {source_row} as row_id,"
            f" {literal(file.path)} as source_file, {source_row} as source_row from {table}"
        )
    nothing = ", ".join(
        [
            *(f"null::varchar as {quoted(column.name)}" for column in contract.columns),
            *(f"null::boolean as {mark}" for mark in marks(contract)),
        ]
    )
    parts = parts or [
        f"select {nothing}, null::bigint as row_id, null::varchar as source_file,"
        " null::bigint as source_row where false"
    ]
    con.execute(f"create or replace temp view delivered as {' union all '.join(parts)}")
    return tables


def _keep_accepted(con: duckdb.DuckDBPyConnection, contract: Contract, landed: str) -> None:
    """Take the rejected rows out again, and the flags: cheaper than writing all rows twice."""
    con.execute(
        f"delete from {landed}"
        " where row_id in (select row_id from findings where failed_key is not null)"
    )
    for column in contract.columns:
        if column.can_be_invalid:
            con.execute(f"alter table {landed} drop column {invalid(column)}")


def _find(
    con: duckdb.DuckDBPyConnection, contract: Contract, typed_table: str, as_of: date
) -> None:
    """The table `findings`: one row per delivered row that is set aside or loses a value."""
    duplicates = find_duplicates(con, contract, typed_table)
    checks = [
        check
        for check in row_checks(contract, as_of, duplicates)
        if check.promise.on_failure == "quarantine"
    ]
    con.execute(
        f"create or replace temp table findings as select * from"
        f" (select row_id, {_first_broken(checks)} as failed_key, {_emptied(contract)} as emptied"
        f" from {typed_table} t) where failed_key is not null or len(emptied) > 0"
    )
    for table in duplicates.values():
        con.execute(f"drop table {table}")


def find_duplicates(
    con: duckdb.DuckDBPyConnection, contract: Contract, typed_relation: str
) -> dict[str, str]:
    """Temp tables with the keys that stand more than once, by promise; those with none left out."""
    found = {}
    for promise_id, columns in uniqueness(contract).items():
        table = f"repeated_{promise_id}"
        con.execute(
            f"create or replace temp table {table} as {duplicates_sql(columns, typed_relation)}"
        )
        if con.execute(f"select 1 from {table} limit 1").fetchall():
            found[promise_id] = table
        else:
            con.execute(f"drop table {table}")
    return found


def _first_broken(checks: list[RowCheck]) -> str:
    whens = [f"when {check.broken} then {literal(check.promise.id)}" for check in checks]
    return f"case {' '.join(whens)} end"


def _emptied(contract: Contract) -> str:
    """The columns whose value is taken out while the row stays."""
    flags = [
        f"case when {invalid(column)} then {literal(column.name)} end"
        for column in contract.columns
        if column.on_invalid == "empty"
    ]
    return f"list_filter([{', '.join(flags)}]::varchar[], lambda name: name is not null)"


def _without_marks(contract: Contract) -> str:
    names = marks(contract)
    return f"exclude ({', '.join(names)})" if names else ""


def _reason(contract: Contract) -> str:
    whens = [
        f"when {literal(promise.id)} then {literal(reason(promise))}"
        for promise in contract.promises
        if promise.on_failure == "quarantine"
    ]
    return f"case f.failed_key {' '.join(whens)} end"
