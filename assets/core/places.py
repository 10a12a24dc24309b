"""Where every address text of the delivery is: `dwelling_keys` and `resolved_addresses`.

Each distinct text is read and resolved once. What it leaves open is asked again for each person,
since where people are registered and what they lease tells flats apart in texts without a flat
number: first by the person's own dwellings, then by earlier ones, then by closest kin's.
"""

from __future__ import annotations

from math import ceil

import duckdb
import polars as pl

from assets.core.identity import links_before
from assets.keyed import DWELLING_KEY, with_key
from assets.workspace import Counts, Workspace
from data_contracts.predicates import literal
from matching.resolve import read_texts, resolve_read
from matching.resolve_result import hints_may_change
from matching.resolve_scope import Register, prepare_register

QUESTION = ("text", "postcode", "city", "flat_number", "property", "n_rooms", "area_m2")
"""What makes two address questions the same question, but for the person's hints."""

ROW = ("row_id", "field")
ANSWER = ("dwelling_id", "entrance", "level", "certainty")

TABLES = """
create or replace temp table answered (
    text_id ubigint, dwelling_id varchar, entrance varchar, level varchar, certainty double,
    is_open boolean
);
create or replace temp table hinted (
    row_id bigint, field varchar, dwelling_id varchar, entrance varchar, level varchar,
    certainty double
);
"""

RESOLVED = f"""
create or replace temp view resolved as
select a.row_id, a.field, a.person_id, a.text_id, t.is_open,
    {", ".join(f"if(h.row_id is null, t.{name}, h.{name}) as {name}" for name in ANSWER)}
from asked a
join answered t using (text_id)
left join hinted h on h.row_id = a.row_id and h.field = a.field
"""
"""What the texts alone say, but for the rows that hints say more of."""

TEXTS_AT_ONCE = 150_000
"""Questions answered together: some 2.5 KB of memory each. It bounds memory, not the result."""

BUCKETS = 256
"""Parts that the questions are cut in by postcode, of which some are answered together."""

CONFIRMED = 0.8
"""Certainty of a wrong postcode that the person's own dwelling confirms: as much as `inferred`."""

OWN_HINTS = """
select person_id, list_sort(list(dwelling_id)) as dwelling_ids from (
    select person_id, dwelling_id from registered_places
    union select person_id, dwelling_id from leased_places
) where dwelling_id is not null and person_id in (select person_id from open_rows)
group by person_id
"""

FORMER_HINTS = """
select person_id, list_sort(list(distinct dwelling_id)) as dwelling_ids from resolved
where field = 'moved_from' and dwelling_id is not null
  and person_id in (select person_id from open_rows)
group by person_id
"""

KIN_HINTS = """
with asking as (
    select personnummer, person_id from person_ids
    where person_id in (select person_id from open_rows)
),
kin as (
    select a.person_id, r.related_personnummer as personnummer
    from kept_registry__relations r join asking a using (personnummer)
    union all
    select a.person_id, r.personnummer
    from kept_registry__relations r join asking a on a.personnummer = r.related_personnummer
)
select kin.person_id, list_sort(list(distinct p.dwelling_id)) as dwelling_ids
from kin
join person_ids k using (personnummer)
join registered_places p on p.person_id = k.person_id
group by kin.person_id
"""

HINTS = (OWN_HINTS, FORMER_HINTS, KIN_HINTS)
"""In the order in which they are believed: where the person lives or leases, lived, has kin."""

DWELLINGS = """
select dwelling_id, property, street_address, flat_number, postcode, city, n_rooms, area_m2
from dwelling_keys order by dwelling_id
"""

IS_UNSETTLED = f"entrance is not null and certainty < {CONFIRMED}"
"""Ambiguous, in another postcode, or told apart by size alone; and the house is known."""


def key_dwellings(ws: Workspace) -> Counts:
    """`dwelling_keys`: one row per dwelling in the dwelling register, with its stable id."""
    with ws.connect() as con:
        with_key(con, ws.home)
        con.register("known_links", links_before(ws, "dwelling_links"))
        renamed = _renamed(con, ws)
        con.register("renamed", renamed)
        con.execute(
            f"""
            create or replace table dwelling_keys as
            select d.key_id, coalesce(l.dwelling_id, r.dwelling_id, d.key_id) as dwelling_id,
                upper(trim(d.property)) as property_key, d.* exclude (key_id)
            from (
                select *, keyed_id({DWELLING_KEY.format("p")}) as key_id
                from kept_registry__dwellings p
            ) d
            left join known_links l using (key_id)
            left join renamed r using (key_id)
            order by d.row_id
            """
        )
        n = con.sql("select count(*) from dwelling_keys").fetchall()[0][0]
    return {"dwellings": n, "renamed_tonight": renamed.height}


def _renamed(con: duckdb.DuckDBPyConnection, ws: Workspace) -> pl.DataFrame:
    """Dwellings whose street changed its name since the last accepted night.

    Same property, house number and letter, flat, rooms and area; the old address is gone from the
    register, the new one was not in it, and the pair is unique both ways.
    """
    previous = ws.previous_night()
    file = previous / "kept_registry__dwellings.parquet" if previous else None
    if file is None or not file.exists():
        return pl.DataFrame(schema={"key_id": pl.String, "dwelling_id": pl.String})
    house = r"regexp_extract(upper({0}.street_address), '(\d+\s*[A-ZÅÄÖ]?)\s*$', 1)"
    same = (
        "upper(n.property) = upper(o.property) and n.flat_number is not distinct from o.flat_number"
        " and n.n_rooms is not distinct from o.n_rooms and n.area_m2 is not distinct from o.area_m2"
        f" and {house.format('n')} = {house.format('o')} and {house.format('n')} <> ''"
    )
    return con.sql(
        f"""
        with old as (
            select *, keyed_id({DWELLING_KEY.format("p")}) as key_id from {literal(str(file))} p
        ),
        new as (
            select *, keyed_id({DWELLING_KEY.format("p")}) as key_id from kept_registry__dwellings p
        ),
        pairs as (
            select n.key_id, coalesce(l.dwelling_id, o.key_id) as dwelling_id
            from new n join old o on {same}
            left join known_links l on l.key_id = o.key_id
            where n.key_id not in (select key_id from old)
              and o.key_id not in (select key_id from new)
        )
        select key_id, min(dwelling_id) as dwelling_id from pairs
        group by key_id having count(*) = 1
           and min(dwelling_id) in (select dwelling_id from pairs group by all having count(*) = 1)
        order by key_id
        """
    ).pl()


def resolve_addresses(ws: Workspace) -> Counts:
    """`resolved_addresses`: one row per source row and address field, resolved or not.

    Columns row_id, field, person_id (whose number the row has), dwelling_id, entrance, level,
    certainty.
    """
    with ws.connect() as con:
        con.execute(_asked_sql() + TABLES + RESOLVED)
        register = prepare_register(con.sql(DWELLINGS).pl())
        texts = _resolve(con, register)
        con.execute(_places_sql("registered_places", "registered"))
        con.execute("create or replace table leased_places as from registered_places limit 0")
        _resolve_with_hints(con, texts, register, ("lease",))
        con.execute(_places_sql("leased_places", "lease"))
        _resolve_with_hints(con, texts, register, ("special", "invoice", "stated", "vehicle"))
        con.execute(
            "create or replace table resolved_addresses as"
            f" select row_id, field, person_id, {', '.join(ANSWER)} from resolved"
        )
        counts = con.sql(
            "select level, count(*) from resolved_addresses where field in ('lease', 'stated',"
            " 'vehicle') group by level order by level"
        ).fetchall()
    return {f"addresses_{level}": n for level, n in counts}


def _asked_sql() -> str:
    """`asked`: one row per source row and field; `asked_texts`: one per distinct question.

    A question is known by its hash: two of ten million share one once in 400 000 nights.
    """
    rows = " union all ".join(
        f"select '{field}' as field, * from ({FIELDS[field]})" for field in FIELDS
    )
    columns = ", ".join(QUESTION)
    return f"""
        create or replace temp table asked_rows as
            select r.row_id, r.field, i.person_id, {columns}, hash({columns}) as text_id
            from ({rows}) r left join person_ids i using (personnummer);
        create or replace temp table asked_texts as
            select text_id, {columns}, (hash(postcode) % {BUCKETS})::utinyint as bucket
            from asked_rows semi join (select min(rowid) as first from asked_rows group by text_id)
            on rowid = first;
        create or replace temp table asked as
            select row_id, field, person_id, text_id from asked_rows;
        drop table asked_rows;
    """


def _resolve(con: duckdb.DuckDBPyConnection, register: Register) -> pl.DataFrame:
    """`answered`: what the texts say by themselves, and whether hints may say more.

    Returns the texts that may be asked about again, as read. They are answered some postcodes at a
    time, so that a country's take no more memory than a town's.
    """
    [(n_texts,)] = con.sql("select count(*) from asked_texts").fetchall()
    buckets = ceil(BUCKETS / (n_texts // TEXTS_AT_ONCE + 1))
    asked_again = []
    for first in range(0, BUCKETS, buckets):
        some = "select * exclude (bucket) from asked_texts where bucket between $first and $last"
        bounds = {"first": first, "last": min(first + buckets, BUCKETS) - 1}
        texts = read_texts(con.sql(some, params=bounds).pl())
        answers = resolve_read(texts, register).with_columns(is_open=hints_may_change())
        con.register("answers", answers)
        con.execute(
            f"insert into answered select text_id, {', '.join(ANSWER)}, is_open from answers"
        )
        con.unregister("answers")
        open_texts = answers.filter(pl.col("is_open") | is_unsettled()).select("text_id")
        asked_again.append(texts.join(open_texts, on="text_id", how="semi"))
    con.execute("drop table asked_texts")
    return pl.concat(asked_again)


def is_unsettled() -> pl.Expr:
    """`IS_UNSETTLED` of a frame of answers."""
    return pl.col("entrance").is_not_null() & (pl.col("certainty") < CONFIRMED)


def _resolve_with_hints(
    con: duckdb.DuckDBPyConnection,
    texts: pl.DataFrame,
    register: Register,
    fields: tuple[str, ...],
) -> None:
    """What the texts leave open, with the first hints; what stays unsettled, with the others."""
    own, *others = HINTS
    found = _answers(_ask(con, fields, (own,), "is_open"), texts, register)
    _put(con, found)
    told = _answers(_ask(con, fields, tuple(others), IS_UNSETTLED), texts, register)
    told = told.filter("is_hinted")
    found = told.clear()
    for at in range(len(others)):
        settled = found.filter(~is_unsettled())
        later = told.filter(pl.col("hints_at") == at).join(settled, on=ROW, how="anti")
        found = pl.concat([found.join(later, on=ROW, how="anti"), later])
    _put(con, found)


def _ask(
    con: duckdb.DuckDBPyConnection, fields: tuple[str, ...], hints: tuple[str, ...], which: str
) -> pl.DataFrame:
    """One row per source row and kind of hint: row_id, field, text_id, hints, hints_at."""
    known = " union all ".join(
        f"select {at} as hints_at, * from ({h})" for at, h in enumerate(hints)
    )
    con.execute(
        f"""
        create or replace temp table open_rows as
            select row_id, field, person_id, text_id from resolved
            where field in {(*fields, "")} and person_id is not null and {which}
        """
    )
    return con.sql(
        f"""
        select row_id, field, text_id, array_to_string(h.dwelling_ids, ' ') as hints, hints_at
        from open_rows join ({known}) h using (person_id)
        """
    ).pl()


def _answers(asked: pl.DataFrame, texts: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The rows asked with their answers; `is_hinted`: the hints name the dwelling found.

    A wrong postcode that the hints confirm is as sure as what they tell of a flat.
    """
    questions = asked.select("text_id", "hints").unique().with_row_index("question_id")
    slices = questions.iter_slices(TEXTS_AT_ONCE) if questions.height else [questions]
    hints = pl.col("hints").str.split(" ")
    known = texts.drop("tenant_dwelling_ids")
    answers = pl.concat(
        resolve_read(
            some.join(known, on="text_id").select(
                pl.exclude("text_id", "hints", "question_id"),
                text_id="question_id",
                tenant_dwelling_ids=hints,
            ),
            register,
        ).select("text_id", *ANSWER)
        for some in slices
    )
    confirmed = pl.col("is_hinted") & (pl.col("level") == "wrong_postcode")
    return (
        asked.join(questions, on=["text_id", "hints"])
        .join(answers.rename({"text_id": "question_id"}), on="question_id")
        .with_columns(is_hinted=hints.list.contains(pl.col("dwelling_id")).fill_null(value=False))
        .with_columns(
            level=pl.when(confirmed).then(pl.lit("inferred")).otherwise("level"),
            certainty=pl.when(confirmed).then(CONFIRMED).otherwise("certainty"),
        )
        .select("row_id", "field", *ANSWER, "is_hinted", "hints_at")
    )


def _put(con: duckdb.DuckDBPyConnection, found: pl.DataFrame) -> None:
    """Answers found put in the place of those that stand in `hinted`."""
    con.register("found", found)
    con.execute(
        "delete from hinted h using found f where f.row_id = h.row_id and f.field = h.field;"
        f"insert into hinted select row_id, field, {', '.join(ANSWER)} from found"
    )
    con.unregister("found")


FIELDS = {
    "registered": """select row_id, personnummer, address as text, postcode, city, flat_number,
        property, null::integer as n_rooms, null::double as area_m2 from kept_registry__persons
        where property is not null""",
    "moved_from": """select row_id, personnummer, address as text, postcode, city, flat_number,
        property, null::integer as n_rooms, null::double as area_m2 from kept_registry__moves""",
    "lease": """select row_id, tenant_personnummer as personnummer, address as text, postcode, city,
        flat_number, null as property, n_rooms, area_m2 from kept_tenancy__leases
        where object_type = 'BOSTAD'""",
    "invoice": """select row_id, tenant_personnummer as personnummer, invoice_address as text,
        invoice_postcode as postcode, invoice_city as city, null as flat_number, null as property,
        null::integer as n_rooms, null::double as area_m2 from kept_tenancy__leases
        where invoice_address is not null""",
    "special": """select row_id, personnummer, coalesce(special_address, address) as text,
        coalesce(special_postcode, postcode) as postcode, coalesce(special_city, city) as city,
        null as flat_number, null as property, null::integer as n_rooms, null::double as area_m2
        from kept_registry__persons
        where special_address is not null or (identity_type = 'SNR' and address is not null)""",
    "stated": """select row_id, recipient_personnummer as personnummer, stated_address as text,
        stated_postcode as postcode, stated_city as city, null as flat_number, null as property,
        null::integer as n_rooms, null::double as area_m2 from kept_benefits__decisions
        where stated_address is not null""",
    "vehicle": """select row_id, coalesce(user_personnummer, owner_number) as personnummer,
        address as text, postcode, city, null as flat_number, null as property,
        null::integer as n_rooms, null::double as area_m2 from kept_vehicles__vehicles
        where address is not null""",
}


def _places_sql(table: str, field: str) -> str:
    return f"""
        create or replace table {table} as
        select distinct person_id, dwelling_id from resolved
        where field = '{field}' and person_id is not null and dwelling_id is not null
    """
