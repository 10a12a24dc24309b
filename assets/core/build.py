"""The order of the core tables, and the check that each is what `rules/tables.yml` promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from assets.benefits import benefit_frame
from assets.core.care_of import resolve_care_of
from assets.core.holders import (
    Bearers,
    agree_names,
    build_lease_people,
    normalise_phones,
    place_strange_names,
)
from assets.core.households import build_households
from assets.core.identities import build_identity_pairs
from assets.core.identity import identify_people
from assets.core.places import key_dwellings, resolve_addresses
from assets.core.records import with_record_keys
from assets.keyed import with_key
from assets.workspace import Counts, Workspace
from data_contracts.errors import BoendesignalError

HERE = Path(__file__).parent
TABLES_FILE = HERE.parents[1] / "rules" / "tables.yml"


@dataclass(frozen=True)
class CoreTable:
    """One core asset: its name, what it is made from and how."""

    name: str
    deps: tuple[str, ...]
    build: Callable[[Workspace], Counts]


def from_sql(name: str) -> Callable[[Workspace], Counts]:
    """A stage that makes table `name` by the select statement in `<name>.sql`."""

    def build(ws: Workspace) -> Counts:
        with ws.connect() as con:
            n = create_table(con, ws, name)
        return {"rows": n}

    return build


def create_table(con: duckdb.DuckDBPyConnection, ws: Workspace, name: str) -> int:
    """Run `<name>.sql` into table `name`; the rows it holds."""
    with_key(con, ws.home)
    with_record_keys(con)
    query = (HERE / f"{name}.sql").read_text(encoding="utf-8")
    bound = {"as_of": ws.as_of} if "$as_of" in query else None
    con.execute(f"create or replace table {name} as {query}", bound)
    return int(con.sql(f"select count(*) from {name}").fetchall()[0][0])


def build_places(ws: Workspace) -> Counts:
    """Who is who and what is where: ids, dwellings, and every address text resolved."""
    counts = {**identify_people(ws), **key_dwellings(ws)}
    counts |= {**resolve_addresses(ws), **resolve_care_of(ws)}
    with ws.connect() as con:
        counts["unregistered_places"] = create_table(con, ws, "unregistered_places")
    return counts


def build_leases(ws: Workspace) -> Counts:
    """`core_leases`, after the holders without a number have been looked for by name
    and the names of those with one held against the register."""
    bearers = Bearers.load(ws)
    counts = build_lease_people(ws, bearers)
    agree_names(ws)
    place_strange_names(ws, bearers)
    with ws.connect() as con:
        return {**counts, "rows": create_table(con, ws, "core_leases")}


def build_decisions(ws: Workspace) -> Counts:
    """`core_decisions`, with what `assets/benefits.yml` says of each kind of benefit."""
    with ws.connect() as con:
        con.register("benefit_kinds", benefit_frame())
        return {"rows": create_table(con, ws, "core_decisions")}


def build_phones(ws: Workspace) -> Counts:
    """`core_phones`, after every notation has been normalised once."""
    normalise_phones(ws)
    with ws.connect() as con:
        return {"rows": create_table(con, ws, "core_phones")}


CORE = (
    CoreTable("resolved_addresses", ("kept",), build_places),
    CoreTable("core_persons", ("resolved_addresses",), from_sql("core_persons")),
    CoreTable("core_relations", ("core_persons",), from_sql("core_relations")),
    CoreTable("core_moves", ("resolved_addresses",), from_sql("core_moves")),
    CoreTable("core_dwellings", ("resolved_addresses",), from_sql("core_dwellings")),
    CoreTable("core_leases", ("resolved_addresses", "core_persons"), build_leases),
    CoreTable("core_decisions", ("resolved_addresses",), build_decisions),
    CoreTable("core_vehicles", ("resolved_addresses",), from_sql("core_vehicles")),
    CoreTable("core_phones", ("core_leases", "core_decisions"), build_phones),
    CoreTable(
        "core_observations",
        ("core_leases", "core_decisions", "core_vehicles", "core_moves"),
        from_sql("core_observations"),
    ),
    CoreTable(
        "core_ties",
        ("core_relations", "core_observations", "core_dwellings"),
        from_sql("core_ties"),
    ),
    CoreTable("core_households", ("core_ties", "core_leases"), build_households),
    CoreTable(
        "core_addresses",
        ("core_leases", "core_decisions", "core_vehicles", "core_moves"),
        from_sql("core_addresses"),
    ),
    CoreTable("core_identity_pairs", ("core_persons", "core_relations"), build_identity_pairs),
    CoreTable("core_invalid_numbers", ("kept",), from_sql("core_invalid_numbers")),
)


def check_schema(con: duckdb.DuckDBPyConnection) -> None:
    """Every core table has the columns and types that rules were promised; all offenders at once.

    Raises BoendesignalError naming table, column, what is there and what was promised.
    """
    promised = yaml.safe_load(TABLES_FILE.read_text(encoding="utf-8"))
    wrong = []
    for table, spec in promised.items():
        there = {name: kind for name, kind, *_ in con.sql(f"describe {table}").fetchall()}
        wrong += [
            f"{table}.{column}: {there.get(column, 'missing')}, promised {kind}"
            for column, kind in spec["columns"].items()
            if there.get(column) != kind
        ]
        wrong += [
            f"{table}.{column}: not in tables.yml"
            for column in there
            if column not in spec["columns"]
        ]
    if wrong:
        raise BoendesignalError(
            "Core tables differ from rules/tables.yml: " + "; ".join(wrong) + ". Mend the one that"
            " is wrong; rules are written against tables.yml."
        )
