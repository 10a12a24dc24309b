"""Stable ids: a person keeps one id through new numbers, a dwelling through a renamed street.

An id is a keyed hash of the first natural key it was seen with, so it needs no counter and comes
out the same whatever night is run again. Only exceptions are remembered in the home's state:
numbers and dwellings whose id is not the hash of their own key (`person_links`, `dwelling_links`).
"""

from __future__ import annotations

import polars as pl

from assets.keyed import with_key
from assets.workspace import Counts, Workspace, remember_rows
from data_contracts.contract import load_contracts

STATE_SQL = """
create table if not exists person_links (number_id varchar, person_id varchar, extract_date date);
create table if not exists dwelling_links (key_id varchar, dwelling_id varchar, extract_date date);
"""


def links_before(ws: Workspace, table: str) -> pl.DataFrame:
    """Remembered exceptions from nights with an earlier extract date, the latest word first."""
    columns = {
        "person_links": ("number_id", "person_id"),
        "dwelling_links": ("key_id", "dwelling_id"),
    }
    key, value = columns[table]
    with ws.home.state_db() as state:
        state.execute(STATE_SQL)
        return state.sql(
            f"select {key}, arg_max({value}, extract_date) as {value} from {table} "
            f"where extract_date < $as_of group by {key} order by {key}",
            params={"as_of": ws.as_of},
        ).pl()


def identify_people(ws: Workspace) -> Counts:
    """`person_ids`: one row per personal number that any kept row mentions.

    Columns personnummer, person_id, first_number (the oldest of its chain of replaced numbers).
    A chain of hänvisningar (A -> B -> C) is one person; numbers are never joined by name.
    """
    with ws.connect() as con:
        with_key(con, ws.home)
        con.register("person_links", links_before(ws, "person_links"))
        mentions = " union all ".join(
            f"select {column.name} as personnummer from kept_{contract.id}"
            for contract in load_contracts().values()
            for column in contract.columns
            if column.type in ("personnummer", "personnummer_or_org")
        )
        con.execute(
            f"""
            create or replace table person_ids as
            with recursive
            mentioned as (
                -- ten digits are an organisation's
                select distinct personnummer from ({mentions}) where length(personnummer) = 12
            ),
            replaced as (
                select personnummer as old, min(successor_personnummer) as new
                from kept_registry__persons
                where successor_personnummer is not null
                  and successor_personnummer <> personnummer
                group by personnummer
            ),
            -- A number that was replaced or replaces is in a chain; nearly none is.
            chain(personnummer, first_number, depth) as (
                select personnummer, personnummer, 0
                from mentioned
                where personnummer in (select old from replaced)
                  and personnummer not in (select new from replaced)
                union
                select replaced.new, chain.first_number, chain.depth + 1
                from chain join replaced on replaced.old = chain.personnummer
                where chain.depth < 20
            ),
            first_seen as (
                select personnummer, min(first_number) as first_number from chain group by all
                union all
                -- a circle of replacements has no first number; each number then stands alone
                select personnummer, personnummer from mentioned
                where personnummer not in (select personnummer from chain)
            ),
            keyed as (select *, keyed_id(personnummer) as number_id from first_seen)
            select f.personnummer, f.first_number,
                coalesce(own.person_id, first.person_id, f.first_id) as person_id
            from (
                select *, case when first_number = personnummer then number_id
                    else keyed_id(first_number) end as first_id
                from keyed
            ) f
            left join person_links own on own.number_id = f.number_id
            left join person_links first on first.number_id = f.first_id
            order by f.personnummer
            """
        )
        [(numbers, people, clash)] = con.sql(
            "select sum(n)::bigint, count(*), count(*) filter (is_joined) from ("
            " select count(*) as n, min(first_number) <> max(first_number) as is_joined"
            " from person_ids group by person_id)"
        ).fetchall()
    return {"numbers": numbers, "people": people, "joined_in_earlier_nights": clash}


def remember_identity(ws: Workspace) -> None:
    """Write this night's exceptions to the home's state; a re-run replaces its own rows only."""
    with ws.connect() as con:
        with_key(con, ws.home)
        people = con.sql(
            "select keyed_id(personnummer) as number_id, person_id from person_ids "
            "where keyed_id(personnummer) <> person_id order by 1"
        ).pl()
        dwellings = con.sql(
            "select key_id, dwelling_id from dwelling_keys where key_id <> dwelling_id order by 1"
        ).pl()
    with ws.home.state_db() as state:
        state.execute(STATE_SQL)
        remember_rows(state, ws.as_of, {"person_links": people, "dwelling_links": dwellings})
