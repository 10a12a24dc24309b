"""The protection gate: the first thing after landing, and the last that sees protected people.

Reads landing, writes `kept_*` and `quarantine_*` without anyone who is protected, remembers keyed
hashes of the flagged in the home's state, and deletes the landing file. Everything in between is in
temporary tables, so no byte of it reaches the run's work file. The only thing it tells is the
number of rows, and "< 10" when that is small; no name, number, address or count per table.

Who leaves: everyone flagged in any source or any earlier night; everyone one relation row away from
them, ended relations included; everyone registered in their dwelling. With them go every row with a
number of theirs, every row at their dwelling's address, and every row without a number whose name
and address, or name and birth date, are theirs. Those who lost a row without being protected stand
in `incomplete_personnummer` and `incomplete_dwellings`: rules that conclude from an absence stay
silent on them.
"""

from __future__ import annotations

import duckdb

from assets import protection_memory as memory
from assets import protection_reach as reach
from assets.keyed import DWELLING_KEY, with_key
from assets.protected_rows import told
from assets.protection_keys import (
    DWELLINGS,
    LEASES,
    PERSONS,
    VEHICLES,
    Part,
    create_views,
    landed_parts,
    people_of,
)
from assets.protection_match import create_places
from assets.workspace import LANDING, Counts, Workspace, view_file
from data_contracts.contract import load_contracts
from data_contracts.errors import BoendesignalError
from data_contracts.predicates import literal


def gate(ws: Workspace) -> Counts:
    """Landing -> kept and rejected rows without anyone who is protected.

    Raises BoendesignalError where nothing has landed, or a table that the gate does not know.
    """
    if not ws.landing_file.exists():
        raise BoendesignalError(
            "Nothing has landed in this run, or the gate has been there already. "
            "Land the delivery again and then pass the gate."
        )
    with ws.connect_with_landing() as con:
        parts = landed_parts(con)
        create_views(con, parts)
        create_places(con)
        memory.create_memory(con, ws)
        reach.find_flagged(con, parts, load_contracts())
        memory.remember(con, ws)
        reach.find_homes(con)
        reach.find_register_rows(con)
        reach.find_people(con)
        reach.find_rows(con)
        _write_kept(con, ws, parts)
        _write_incomplete(con, parts)
        _write_ids(con, ws)
        n_protected = con.execute("select count(*) from g_leaving").fetchall()[0][0]
    for file in ws.dir.glob(f"{ws.landing_file.name}*"):  # the file and its write-ahead log
        file.unlink()
    return {"protected_rows": told(n_protected)}


def keep_rows(con: duckdb.DuckDBPyConnection, ws: Workspace, part: Part, leaving: str) -> None:
    """The part's rows, less those whose row_id is in the table `leaving`: the night's Parquet file
    and the view on it.

    Written once: compressing every row is dear, and Parquet reads nearly as fast as a table. The
    same rows make the same bytes: they stay in landed order without being sorted again, which
    `not in` leaves alone as other joins may not.
    """
    file = ws.night / part.file_name
    con.execute(
        f"copy (select * from {part.landed} where row_id not in (select row_id from {leaving}))"
        f" to {literal(str(file))}"
        " (format parquet, parquet_version v2, compression zstd, preserve_order true)"
    )
    file.chmod(0o600)
    view_file(con, part.kept, file)


def _write_kept(con: duckdb.DuckDBPyConnection, ws: Workspace, parts: list[Part]) -> None:
    """Write `kept_<contract>`, `rejected_<contract>` and `gate_counts`.

    gate_counts: one row per contract; private, since a small number may point someone out.
    """
    for part in parts:
        keep_rows(con, ws, part, "g_leaving")
    # Which cells landing emptied is written before the gate, so it is filtered here.
    if con.execute("select 1 from duckdb_tables() where table_name = 'emptied_cells'").fetchall():
        con.execute("delete from emptied_cells where row_id in (select row_id from g_leaving)")
    rows = " union all ".join(
        f"select '{part.contract_id}' as contract_id, {part.is_rejected} as is_rejected, "
        f"(select count(*) from {part.landed}) as n, (select count(*) from {part.kept}) as n_kept"
        for part in parts
    )
    con.execute(f"""
        create or replace table gate_counts as
        select contract_id,
               sum(n) filter (not is_rejected) as n_landed,
               coalesce(sum(n) filter (is_rejected), 0) as n_rejected,
               sum(n - n_kept) filter (not is_rejected) as n_protected_kept,
               coalesce(sum(n - n_kept) filter (is_rejected), 0) as n_protected_rejected
        from ({rows}) group by contract_id order by contract_id
        """)


def _write_ids(con: duckdb.DuckDBPyConnection, ws: Workspace) -> None:
    """Write `protected_ids(id)`: the keyed ids of people and dwellings that leave.

    For the ledger alone, which must close what an earlier night published about them.
    """
    with_key(con, ws.home)
    con.execute(f"""
        create or replace table protected_ids as
        select keyed_id(personnummer) as id from {LANDING}.landing_{PERSONS}
        where right(personnummer, 10) in (select ten from g_leaving_person)
        union
        select keyed_id({DWELLING_KEY.format("d")}) from {LANDING}.landing_{DWELLINGS} d
        where row_id in (select row_id from g_leaving)
        order by id
        """)


def _write_incomplete(con: duckdb.DuckDBPyConnection, parts: list[Part]) -> None:
    """Write who and what lost rows to the gate without being protected.

    incomplete_personnummer(personnummer): one row per registered person named in a row that left,
    who gave the plate of a vehicle that left, or who shares a dwelling with someone who left.
    incomplete_dwellings(property, address, flat_number): one row per dwelling in the dwelling
    register, in its own words, that a row which left may have been about.
    """
    plates = " union all ".join(
        f"select row_id, upper(regexp_replace(plate, '\\s', '', 'g')) as plate, "
        f"{part.contract_id == LEASES} as is_lease from {part.landed} where plate is not null"
        for part in parts
        if part.contract_id in (LEASES, VEHICLES)
    )
    con.execute(f"""
        create or replace temp table g_touched as
        with plate as ({plates}),
        left_home as (
            select line, property, flat from g_place semi join g_leaving using (row_id)
            where kind = 'registered' and line is not null
        ),
        there as materialized (
            from g_place semi join left_home using (line) where kind = 'registered'
        ),
        stays as (
            select row_id, kind from there
            join left_home on left_home.line = there.line
                          and left_home.property is not distinct from there.property
                          and left_home.flat is not distinct from there.flat
        )
        select ten from g_number semi join g_leaving using (row_id)
        union
        select ten from g_number semi join (
            from plate as lease where is_lease and plate in
                (select plate from plate semi join g_leaving using (row_id) where not is_lease)
        ) using (row_id)
        union
        select ten from stays join g_owner using (kind)
        join {people_of("stays")} using (row_id, slot)
        """)
    con.execute(f"""
        create or replace table incomplete_personnummer as
        select distinct personnummer from kept_{PERSONS}
        where right(personnummer, 10) in (select ten from g_touched)
        order by personnummer
        """)
    con.execute("""
        create or replace table incomplete_dwellings as
        with gone as (
            select street, number, letter, postcode, is_register, kind, g_place.flat
            from g_place semi join g_leaving using (row_id) join g_line using (line)
            where is_dwelling
        ),
        home_of_someone as (
            select distinct street, number, letter, postcode from gone where kind = 'registered'
        ),
        entrance as materialized (from g_line semi join gone using (street, number, letter)),
        stays as (
            select row_id, street, number, letter, postcode, g_place.flat
            from g_place anti join g_leaving using (row_id) join entrance using (line)
            where kind = 'dwelling'
        )
        select distinct dwelling.property, dwelling.street_address as address, dwelling.flat_number
        from stays
        join gone on gone.street = stays.street and gone.number = stays.number
                 and gone.letter = stays.letter
                 and gone.postcode is not distinct from stays.postcode
        join kept_registry__dwellings as dwelling using (row_id)
        -- A text without a flat number may be about any flat there, unless someone who left lived
        -- at the entrance: then it was about theirs.
        where gone.flat is not distinct from stays.flat
           or (gone.flat is null and not gone.is_register
               and (stays.street, stays.number, stays.letter, stays.postcode)
                   not in (from home_of_someone))
        order by all
        """)
