"""Personal numbers as delivered, read by `matching.personnummer`: the table `read_numbers`.

Nearly every delivered number is twelve plain digits, which the typing scan recognises by itself.
The few others (ten digits, separators, the 29th of February, fillers, typing errors, organisation
numbers) are read here once per distinct text, before the scan looks them up.
"""

from __future__ import annotations

from datetime import date

import duckdb

from data_contracts.contract import Contract
from data_contracts.predicates import READ_NUMBERS, not_plain_sql


def read_numbers(
    con: duckdb.DuckDBPyConnection, contract: Contract, relation: str, as_of: date
) -> None:
    """Make the temp table `read_numbers`: text, number (twelve digits, NULL where invalid).

    `relation` is marked text (`predicates.marked_sql`). Ten digits get the century that the extract
    date makes likeliest.
    """
    from matching.personnummer import parse_series  # noqa: PLC0415 - imports polars

    con.execute(f"create or replace temp table {READ_NUMBERS} (text varchar, number varchar)")
    sql = not_plain_sql(contract, relation)
    texts = con.sql(sql).pl()["text"] if sql else None
    if texts is None or texts.is_empty():
        return  # as a rule: reading nothing would take 20 ms a table
    con.register("read_frame", parse_series(texts, as_of).select(texts, "number"))
    con.execute(f"insert into {READ_NUMBERS} from read_frame")
    con.unregister("read_frame")
