"""Core tables, sources and the boring rows agree with each other."""

from __future__ import annotations

from datetime import date

from rules.examples import boring_rows, rows_of
from rules.tables import core_tables, sources, sources_of_table, view_filter


def test_every_contract_has_one_source() -> None:
    """What tables are made from is covered by sources.yml, each contract by one source."""
    made_from = {contract for table in core_tables().values() for contract in table.made_from}
    contracts = [contract for source in sources().values() for contract in source.contracts]
    assert made_from <= set(contracts)
    assert len(contracts) == len(set(contracts))


def test_every_table_has_a_complete_boring_row() -> None:
    """boring_rows.yml has every table and column, in the order and type of tables.yml."""
    rows = {name: row for name, row in boring_rows().items() if name != "as_of"}
    assert isinstance(boring_rows()["as_of"], date)
    assert {name: list(row) for name, row in rows.items()} == {
        name: list(table.columns) for name, table in core_tables().items()
    }
    rows_of({}, {name: {"row": {}} for name in rows}, tuple(rows))  # raises on a wrong type


def test_row_ids_of_tables_do_not_meet() -> None:
    """Row ids in examples tell the tables apart: a hundred for each."""
    ids = [row["row_id"] for name, row in boring_rows().items() if name != "as_of"]
    assert sorted(ids) == [100 * (place + 1) for place in range(len(ids))]


def test_sources_of_table() -> None:
    """Sources follow from made_from; a table with a source per row has none of its own."""
    assert sources_of_table("core_dwellings") == {"registry", "dwelling_register"}
    assert sources_of_table("core_vehicles") == {"vehicles"}
    assert sources_of_table("core_observations") == frozenset()


def test_view_filter() -> None:
    """Rows with a source are filtered, a table of a hidden source is empty, a mixed one whole."""
    assert view_filter("core_observations", ["tenancy", "registry"]) == (
        "source in ('registry', 'tenancy')"
    )
    assert view_filter("core_observations", []) == "false"
    assert view_filter("core_vehicles", ["registry"]) == "false"
    assert view_filter("core_dwellings", ["registry"]) == "true"
