"""What the home remembers of protected people: keyed hashes, and the night each was seen.

`state.duckdb`, table protected_keys: one row per delivery, kind and key. It is written as soon as
the flags are read, so that a flag in a delivery that is refused later still counts for later
nights. A night reads only nights with an earlier extract date, so that running it again gives the
same.
"""

from __future__ import annotations

import duckdb

from assets.protection_keys import people_of
from assets.protection_match import name_key
from assets.workspace import Workspace

_BLOCK = 64  # bytes in a block of SHA-256, to which HMAC pads its key
_TABLE = (
    "create table if not exists protected_keys "
    "(extract_date date, manifest_sha256 varchar, kind varchar, key_hash varchar)"
)


def create_memory(con: duckdb.DuckDBPyConnection, ws: Workspace) -> None:
    """Make `g_earlier` (kind, key_hash), what earlier nights remembered, and `g_key` to hash by."""
    padded = ws.home.key.ljust(_BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in padded) for pad in (0x36, 0x5C))
    con.execute('create or replace temp table g_key ("inner" blob, "outer" blob)')
    con.execute("insert into g_key values (?, ?)", [inner, outer])
    with ws.home.state_db() as state:
        state.execute(_TABLE)
        earlier = state.sql(
            "select distinct kind, key_hash from protected_keys where extract_date < ?"
            " order by all",
            params=[ws.as_of],
        ).pl()
    con.register("g_remembered", earlier)
    con.execute("create or replace temp table g_earlier as from g_remembered")
    con.unregister("g_remembered")


def hashed(expression: str) -> str:
    """SQL: HMAC-SHA256 of a text with the home's key, in hexadecimal; needs `g_key` in `from`."""
    return f'sha256(g_key."outer" || unhex(sha256(g_key."inner" || encode({expression}))))'


def known_from_earlier(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether any earlier night remembered anything; where none did nothing needs hashing."""
    return bool(con.execute("select count(*) from g_earlier").fetchall()[0][0])


def earlier_numbers() -> str:
    """SQL: the ten digits of tonight's numbers that an earlier night remembers."""
    return f"""
        select ten from (select distinct ten from g_number) as tonight, g_key
        where {hashed("ten")} in (select key_hash from g_earlier where kind = 'number')"""


def earlier_names() -> str:
    """SQL: tonight's rows without a number whose name and birth date, or name and entrance, an
    earlier night remembers."""
    return f"""
        select row_id
        from (select row_id, {_name_and_birth()} as said
              from g_unnumbered where birth is not null), g_key
        where {hashed("said")} in (select key_hash from g_earlier where kind = 'name_birth')
        union
        select row_id
        from (select row_id, {_name_and_entrance()} as said
              from g_unnumbered join g_place using (row_id) join g_line using (line)
              where is_dwelling), g_key
        where {hashed("said")} in (select key_hash from g_earlier where kind = 'name_entrance')"""


def remember(con: duckdb.DuckDBPyConnection, ws: Workspace) -> None:
    """Keep tonight's flagged people, replacing what this very delivery said before."""
    keys = con.sql(f"""
        with flagged as materialized (
            from {people_of("g_flagged_row")} semi join g_flagged_row using (row_id, slot)
            union
            from {people_of("g_marked where slot is null")}
        ),
        place as materialized (from g_place semi join flagged using (row_id)),
        said as (
            select 'number' as kind, ten as said from g_flagged
            union
            select 'name_birth', {_name_and_birth()} from flagged where birth is not null
            union
            select 'name_entrance', {_name_and_entrance()}
            from flagged
            join g_owner using (slot)
            join place using (row_id, kind)
            join g_line using (line)
            where is_dwelling
        )
        select distinct kind, {hashed("said")} as key_hash
        from said, g_key where said is not null order by all
        """).pl()
    delivery = [ws.as_of, ws.delivery.manifest_sha256]
    with ws.home.state_db() as state:
        state.register("tonight", keys)
        state.begin()
        state.execute(
            "delete from protected_keys where extract_date = ? and manifest_sha256 = ?", delivery
        )
        state.execute(
            "insert into protected_keys select ?, ?, kind, key_hash from tonight", delivery
        )
        state.commit()


def _name_and_birth() -> str:
    return f"{name_key('name')} || chr(31) || birth"


def _name_and_entrance() -> str:
    entrance = "concat_ws(chr(31), g_line.postcode, street, number::varchar, letter)"
    return f"{name_key('name')} || chr(31) || {entrance}"
