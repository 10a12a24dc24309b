"""Where every address text of the delivery is: `dwelling_keys` and `resolved_addresses`.

Distinct texts are resolved once. Registry rows carry the stable key (property, address, flat) and
go first, since where people are registered and what they lease tells flats apart in texts without
a flat number: first by the person's own dwellings, then by earlier ones, then by closest kin's.
"""

from __future__ import annotations

import duckdb
import polars as pl

from assets.core.identity import links_before
from assets.keyed import DWELLING_KEY, with_key
from assets.workspace import Counts, Workspace
from matching.resolve import resolve

QUESTION = ["text", "postcode", "city", "flat_number", "property", "n_rooms", "area_m2", "hints"]
"""What makes two address questions the same question."""

CONFIRMED = 0.8
"""Certainty of a wrong postcode that the person's own dwelling confirms: as much as `inferred`."""

OWN_HINTS = """
select person_id, list(distinct dwelling_id order by dwelling_id) as dwelling_ids from (
    select person_id, dwelling_id from registered_places
    union all select person_id, dwelling_id from leased_places
) where dwelling_id is not null group by person_id
"""

FORMER_HINTS = """
select i.person_id, list(distinct a.dwelling_id order by a.dwelling_id) as dwelling_ids
from kept_registry__moves m
join person_ids i using (personnummer)
join resolved_addresses a on a.row_id = m.row_id and a.field = 'moved_from'
where a.dwelling_id is not null
group by i.person_id
"""

KIN_HINTS = """
with kin as (
    select personnummer, related_personnummer from kept_registry__relations
    union
    select related_personnummer, personnummer from kept_registry__relations
)
select i.person_id, list(distinct p.dwelling_id order by p.dwelling_id) as dwelling_ids
from kin
join person_ids i using (personnummer)
join person_ids k on k.personnummer = kin.related_personnummer
join registered_places p on p.person_id = k.person_id
group by i.person_id
"""

NO_HINTS = "select null::varchar as person_id, null::varchar[] as dwelling_ids where false"

HINTS = (OWN_HINTS, FORMER_HINTS, KIN_HINTS)
"""In the order in which they are believed: where the person lives or leases, lived, has kin."""

DWELLINGS = """
select dwelling_id, property, street_address, flat_number, postcode, city, n_rooms, area_m2
from dwelling_keys order by dwelling_id
"""

IS_UNSETTLED = f"entrance is not null and certainty < {CONFIRMED}"
"""Ambiguous, in another postcode, or told apart by size alone; and the house is known."""

UNSETTLED = f"""
join (from resolved_addresses where {IS_UNSETTLED}) r
  on r.row_id = f.row_id and r.field = f.field
where h.dwelling_ids is not null
"""


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
            select keyed_id({DWELLING_KEY.format("d")}) as key_id,
                coalesce(l.dwelling_id, r.dwelling_id, keyed_id({DWELLING_KEY.format("d")}))
                    as dwelling_id,
                upper(trim(d.property)) as property_key, d.*
            from kept_registry__dwellings d
            left join known_links l on l.key_id = keyed_id({DWELLING_KEY.format("d")})
            left join renamed r on r.key_id = keyed_id({DWELLING_KEY.format("d")})
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
        with old as (select *, keyed_id({DWELLING_KEY.format("p")}) as key_id from '{file}' p),
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

    Columns row_id, field, dwelling_id, entrance, level, certainty, sentence.
    """
    with ws.connect() as con:
        with_key(con, ws.home)
        dwellings = con.sql(DWELLINGS).pl()
        con.execute(
            "create or replace table resolved_addresses (row_id bigint, field varchar,"
            " dwelling_id varchar, entrance varchar, level varchar, certainty double,"
            " sentence varchar)"
        )
        _resolve(con, dwellings, ("registered", "moved_from"), NO_HINTS)
        con.execute(_places_sql("registered_places", "kept_registry__persons", "registered"))
        con.execute(
            "create or replace table leased_places as select * from registered_places limit 0"
        )
        _resolve_with_hints(con, dwellings, ("lease",))
        con.execute(_places_sql("leased_places", "kept_tenancy__leases", "lease"))
        _resolve_with_hints(con, dwellings, ("special", "invoice", "stated", "vehicle"))
        counts = con.sql(
            "select level, count(*) from resolved_addresses where field in ('lease', 'stated',"
            " 'vehicle') group by level order by level"
        ).fetchall()
    return {f"addresses_{level}": n for level, n in counts}


def _resolve_with_hints(
    con: duckdb.DuckDBPyConnection, dwellings: pl.DataFrame, fields: tuple[str, ...]
) -> None:
    """All texts with the first hints; what those leave unsettled with the others, in its houses."""
    first, *others = HINTS
    _resolve(con, dwellings, fields, first)
    for hints in others:
        houses = con.sql(
            f"select distinct entrance from resolved_addresses where {IS_UNSETTLED}"
            f" and field in {(*fields, '')}"
        ).pl()["entrance"]
        house = pl.concat_str(pl.col("property"), pl.lit("|"), pl.col("street_address"))
        _resolve(con, dwellings.filter(house.is_in(houses.implode())), fields, hints, again=True)


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


def _places_sql(table: str, source: str, field: str) -> str:
    number = "tenant_personnummer" if field == "lease" else "personnummer"
    return f"""
        create or replace table {table} as
        select distinct i.person_id, a.dwelling_id
        from {source} s
        join person_ids i on i.personnummer = s.{number}
        join resolved_addresses a on a.row_id = s.row_id and a.field = '{field}'
        where a.dwelling_id is not null
    """


def _resolve(
    con: duckdb.DuckDBPyConnection,
    dwellings: pl.DataFrame,
    fields: tuple[str, ...],
    hints: str,
    *,
    again: bool = False,
) -> None:
    """Resolve the texts of some fields, each distinct question once.

    `again`: only those left unsettled, and only answers that the hints give.
    """
    texts = " union all ".join(
        f"select '{field}' as field, * from ({FIELDS[field]})" for field in fields
    )
    rows = con.sql(
        f"select f.*, array_to_string(h.dwelling_ids, ' ') as hints from ({texts}) f"
        f" left join person_ids i using (personnummer) left join ({hints}) h using (person_id)"
        + (UNSETTLED if again else "")
        + " order by f.row_id, f.field"
    ).pl()
    questions = rows.select(QUESTION).unique(maintain_order=True).with_row_index("text_id")
    answers = resolve(
        questions.with_columns(tenant_dwelling_ids=pl.col("hints").str.split(" ")).drop("hints"),
        dwellings,
    )
    found = (
        rows.join(questions, on=QUESTION, nulls_equal=True)
        .join(answers, on="text_id")
        .with_columns(is_hinted=_is_hinted())
        .filter(pl.col("is_hinted") | (not again))
        .with_columns(confirmed=pl.col("is_hinted") & (pl.col("level") == "wrong_postcode"))
        .with_columns(
            level=pl.when("confirmed").then(pl.lit("inferred")).otherwise("level"),
            certainty=pl.when("confirmed").then(CONFIRMED).otherwise("certainty"),
        )
        .select("row_id", "field", "dwelling_id", "entrance", "level", "certainty", "sentence")
        .sort("row_id", "field")
    )
    con.register("found", found)
    if again:
        con.execute(
            "delete from resolved_addresses r using found f"
            " where r.row_id = f.row_id and r.field = f.field"
        )
    con.execute("insert into resolved_addresses select * from found")
    con.unregister("found")


def _is_hinted() -> pl.Expr:
    """Whether the one dwelling that fits is where the person lives, lived or has kin."""
    hints = pl.col("hints").str.split(" ")
    return hints.list.contains(pl.col("dwelling_id")).fill_null(False)
