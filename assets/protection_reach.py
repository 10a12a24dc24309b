"""How far protection reaches: who is flagged, who leaves with them, and which rows name them.

Every function makes one temporary table that the next one reads. People are known by the last ten
digits of their number (`ten`), rows by `row_id`, which no two rows of a
delivery share.
"""

from __future__ import annotations

import duckdb

from assets import protection_memory as memory
from assets.protection_keys import (
    MASKED_NAME,
    PERSONS,
    RELATIONS,
    Part,
    flagged_rows,
    people_of,
)
from assets.protection_match import is_same_house, name_key, near, same_names
from data_contracts.contract import Contract

# A property has a name and a number; "PÅ KOMMUNEN SKRIVEN" and other placeholders have no number.
_PROPERTY = r"\pL.*[0-9]"
_CARE_OF = r"(?i)^\s*c\s*/\s*o\b[\s:.]*"
# A house that the dwelling register does not know holds a family. More people than this at one
# address without flat numbers is a placeholder or an institution, and one flag must not sweep it.
MOST_RESIDENTS_OF_AN_UNKNOWN_HOUSE = 50


def find_flagged(
    con: duckdb.DuckDBPyConnection, parts: list[Part], contracts: dict[str, Contract]
) -> None:
    """Make `g_marked` (rows that bear a mark, and whose number slot it concerns; NULL = all),
    `g_alias` (numbers that are one person), `g_flagged` (ten) and `g_flagged_row` (where they are).

    A mark is a protection flag, a masked name or the tax agency's forwarding address. A flag on a
    row whose number is nobody's falls on everyone of that name and birth date.
    """
    flags = " union all ".join(flagged_rows(parts, contracts)) or "select null where false"
    con.execute(f"""
        create or replace temp table g_marked as
        select row_id, null::varchar as slot from ({flags}) as flag(row_id)
        union
        select row_id, slot from g_person where regexp_matches(name, '{MASKED_NAME}')
        union
        select row_id, slot from g_place join g_owner using (kind) where is_agency
        """)
    con.execute(f"""
        create or replace temp table g_unnumbered as
        with known as (
            select ten from g_person
            where contract_id = '{PERSONS}' and slot = 'personnummer' and not is_rejected
              and ten in (select ten from g_person where is_rejected)
        )
        select * from g_person
        where name is not null
          and (ten is null or (is_rejected and ten not in (select ten from known)))
        """)
    _create_aliases(con, parts)
    earlier = memory.earlier_numbers() if memory.known_from_earlier(con) else ""
    con.execute(f"""
        create or replace temp table g_seed as
        select ten from g_person join g_marked using (row_id, slot) where ten is not null
        union
        select ten from g_number join g_marked using (row_id) where slot is null
        union
        select person.ten
        from g_unnumbered as marked
        join g_marked using (row_id)
        join g_person as person
          on person.birth = marked.birth and {name_key("person.name")} = {name_key("marked.name")}
        where g_marked.slot is null and marked.contract_id = '{PERSONS}'
          and person.contract_id = '{PERSONS}' and person.ten is not null
        {"union " + earlier if earlier else ""}
        """)
    _create_closed(con, "g_flagged", "select ten from g_seed")
    _create_rows_of(con, "g_flagged_row", "g_flagged")


def _create_rows_of(con: duckdb.DuckDBPyConnection, table: str, people: str) -> None:
    """Make `table` (row_id, slot, ten): where the numbers of `people` stand in a column of theirs.

    One look at every row; who asks more of these people asks of these rows.
    """
    con.execute(f"""
        create or replace temp table {table} as
        select row_id, slot, ten from g_person where ten in (select ten from {people})
        """)


def _create_aliases(con: duckdb.DuckDBPyConnection, parts: list[Part]) -> None:
    one, other = "personnummer", "successor_personnummer"
    pairs = " union all ".join(
        f"select {part.ten(one)} as one, {part.ten(other)} as other from {part.landed} "
        f"where {one} is not null and {other} is not null"
        for part in parts
        if part.contract_id == PERSONS
    )
    con.execute(f"""
        create or replace temp table g_alias as
        select one, other from ({pairs}) union select other, one from ({pairs})
        """)


def _create_closed(con: duckdb.DuckDBPyConnection, table: str, seed: str) -> None:
    """Make `table` (ten): the seed and every earlier or later number of the same people."""
    con.execute(f"""
        create or replace temp table {table} as
        with recursive closed(ten) as (
            select ten from ({seed}) where ten is not null
            union
            select other from closed join g_alias on one = ten where other is not null
        )
        select ten from closed
        """)


def find_homes(con: duckdb.DuckDBPyConnection) -> None:
    """Make `g_home` (line, property, flat, is_single): the dwellings that flagged people are
    registered in, where the key is complete; and `g_near_home`, every line near one.

    Without a flat number the key is complete for a house, or for the only dwelling at its address.
    """
    con.execute(f"""
        create or replace temp table g_candidate as
        with theirs as (
            select row_id, kind from g_flagged_row join g_owner using (slot)
            union
            select row_id, 'registered' from g_marked where slot is null
        )
        select distinct line, street, number, letter, postcode, property, g_place.flat
        from g_place semi join theirs using (row_id, kind) join g_line using (line)
        where kind = 'registered' and is_dwelling and regexp_matches(property, '{_PROPERTY}')
        """)
    con.execute("""
        create or replace temp table g_at_entrance as
        with entrance as materialized (
            from g_line semi join g_candidate using (street, number, letter)
        ),
        everyone as (
            select street, number, letter, postcode, property, g_place.flat, kind
            from g_place join entrance using (line)
            where kind in ('dwelling', 'registered') and property is not null
        ),
        dwellings as (
            select street, number, letter, postcode, property, flat,
                   bool_or(kind = 'dwelling') as is_in_register,
                   count(*) filter (kind = 'registered') as n_residents
            from everyone group by all
        )
        -- where the dwelling register knows the entrance, it alone says which dwellings are there
        select * from dwellings
        qualify is_in_register or not bool_or(is_in_register)
            over (partition by street, number, letter, postcode)
        """)
    con.execute(f"""
        create or replace temp table g_home as
        with counted as (
            select *, count(*) over (partition by street, number, letter, postcode) as n_dwellings
            from g_at_entrance
        ),
        judged as (
            select g_candidate.line, g_candidate.property, g_candidate.flat,
                   coalesce(max(n_dwellings), 1) = 1
                       and coalesce(bool_and(counted.flat = g_candidate.flat), true) as is_single,
                   coalesce(bool_or(is_in_register), false) as is_register_there,
                   bool_or(is_in_register and counted.flat is null
                           and counted.property = g_candidate.property) as is_house,
                   max(n_residents) as n_residents
            from g_candidate
            left join counted
              on counted.street = g_candidate.street and counted.number = g_candidate.number
             and counted.letter = g_candidate.letter
             and counted.postcode is not distinct from g_candidate.postcode
            group by g_candidate.line, g_candidate.property, g_candidate.flat
        )
        select line, property, flat, is_single from judged
        where flat is not null or is_house
           or (is_single and (is_register_there
               or n_residents <= {MOST_RESIDENTS_OF_AN_UNKNOWN_HOUSE}))
        """)
    con.execute(f"create or replace temp table g_near_home as {near('g_home')}")


def find_register_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Make `g_in_home` (row_id, kind): the register's rows of a home."""
    con.execute(f"""
        create or replace temp table g_in_home as
        select distinct row_id, kind
        from g_place
        join g_near_home as nearby using (line)
        join g_home as home on home.line = nearby.other
        where is_register and same_letter
          and (is_single
               or ((g_place.property = home.property or g_place.property is null)
                   and g_place.flat is not distinct from home.flat))
        union
        -- on one property a misspelt street is the same street; without an address nobody can say
        -- which entrance it is, and it may be theirs
        select row_id, kind
        from g_place
        join g_home as home
          on home.property = g_place.property and home.flat is not distinct from g_place.flat
        join g_line as theirs on theirs.line = home.line
        join g_street as theirs_street on theirs_street.street = theirs.street
        left join g_line as mine on mine.line = g_place.line
        left join g_street as mine_street on mine_street.street = mine.street
        where is_register
          and ((g_place.line is null and home.flat is not null)
               or {is_same_house("mine", "theirs")})
        """)


def find_people(con: duckdb.DuckDBPyConnection) -> None:
    """Make `g_leaving_person` (ten): the flagged, everyone one relation row away in either
    direction, everyone registered in a home, and all their other numbers; and `g_leaving_row`
    (where those numbers are)."""
    _create_closed(
        con,
        "g_leaving_person",
        f"""
        select ten from g_flagged
        union select ten from {people_of("g_flagged_row")} where contract_id = '{RELATIONS}'
        union select ten from g_in_home join g_owner using (kind)
              join {people_of("g_in_home")} using (row_id, slot) where kind = 'registered'""",
    )
    _create_rows_of(con, "g_leaving_row", "g_leaving_person")


def find_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Make `g_leaving` (row_id): every row that leaves."""
    _create_at_home(con)
    _create_by_name(con)
    earlier = "union " + memory.earlier_names() if memory.known_from_earlier(con) else ""
    con.execute(f"""
        create or replace temp table g_leaving as
        select row_id from g_marked
        union
        select row_id from g_leaving_row
        union
        select row_id from g_said_number where ten in (select ten from g_leaving_person)
        union
        select row_id from g_in_home
        union
        select row_id from g_at_home
        union
        select row_id from g_by_name
        {earlier}
        """)


def _create_at_home(con: duckdb.DuckDBPyConnection) -> None:
    """Make `g_at_home` (row_id): rows whose free-text address is a home's.

    A text that names the entrance of a block of flats and no flat may be the home's, and leaves,
    unless it is a neighbour's: someone else whom some row places in another flat there.
    """
    con.execute("""
        create or replace temp table g_by_entrance as
        select row_id, kind, home.line as home, is_register,
               case when is_single then true
                    when is_register then row_id in (select row_id from g_in_home)
                    when g_place.flat is null or home.flat is null then null
                    else g_place.flat = home.flat end as is_home
        from g_place
        join g_near_home as nearby using (line)
        join g_home as home on home.line = nearby.other
        where same_letter
        """)
    con.execute(f"""
        create or replace temp table g_at_home as
        with placed as (
            select row_id, home, is_home, kind, ten, {name_key("name")} as name
            from g_by_entrance join g_owner using (kind)
            join {people_of("g_by_entrance")} using (row_id, slot)
        ),
        neighbour as (
            select home, ten, name from placed
            where not is_home and kind <> 'moved' and ten is not null
              and ten not in (select ten from g_leaving_person)
        )
        select row_id from g_by_entrance where is_home and not is_register
        union
        select row_id from g_by_entrance
        where is_home is null and row_id not in (
            select placed.row_id from placed join neighbour using (home)
            where placed.ten = neighbour.ten
               or (placed.ten is null and placed.name = neighbour.name)
        )
        """)


def _create_by_name(con: duckdb.DuckDBPyConnection) -> None:
    """Make `g_by_name` (row_id): rows without a number whose name and birth date, or name and
    address in any row of theirs, are those of someone who leaves. A c/o name has no number."""
    con.execute("""
        create or replace temp table g_their_line as
        select distinct ten, line
        from g_leaving_row join g_owner using (slot) join g_place using (row_id, kind)
        where line is not null
        """)
    con.execute(f"create or replace temp table g_near_them as {near('g_their_line')}")
    con.execute(f"""
        create or replace temp table g_namesake as
        with theirs as (
            select distinct ten, name, birth
            from {people_of("g_leaving_row")} semi join g_leaving_row using (row_id, slot)
            where name is not null
        ),
        mine as (
            select row_id, name from g_unnumbered
            union
            select row_id, regexp_replace(care_of, '{_CARE_OF}', '') from g_place
            where care_of is not null
        )
        select row_id, mine.name, theirs.name as other
        from mine
        join g_place using (row_id)
        join g_near_them as nearby using (line)
        join g_their_line on g_their_line.line = nearby.other
        join theirs on theirs.ten = g_their_line.ten
        union
        select row_id, mine.name, theirs.name
        from g_unnumbered as mine join theirs using (birth)
        """)
    pairs = con.sql("select distinct name, other from g_namesake order by all").pl()
    con.register("g_same_name", same_names(pairs))
    con.execute("""
        create or replace temp table g_by_name as
        select distinct row_id from g_namesake join g_same_name using (name, other)
        """)
    con.unregister("g_same_name")
