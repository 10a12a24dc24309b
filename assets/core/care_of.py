"""Which flat a c/o address means where the text names only the house: that of the name's bearers.

`c/o Haddad, Sydhamnsvägen 17 A` says which of the house's flats when one of them, and one alone,
is the registered home of a Haddad. It says so more surely than where the writer or their kin live.
"""

from __future__ import annotations

import polars as pl

from assets.workspace import Counts, Workspace
from matching.name_forms import name_skeleton_expr

CERTAINTY = 0.8
"""As much as a flat told by the writer's own or kin's homes."""

ASKED = """
select r.row_id, r.entrance,
    coalesce(p.special_care_of, case when p.identity_type = 'SNR' then p.care_of end) as name
from resolved_addresses r
join kept_registry__persons p using (row_id)
where r.field = 'special' and r.level in ('ambiguous', 'inferred') and r.entrance is not null
order by r.row_id
"""

RESIDENTS = """
select distinct r.entrance, r.dwelling_id, p.last_name as name
from resolved_addresses r
join kept_registry__persons p using (row_id)
where r.field = 'registered' and r.dwelling_id is not null and p.deregistration_code is null
  and r.entrance in (select entrance from asked_in)
  and p.last_name is not null
order by r.entrance, r.dwelling_id, name
"""


def resolve_care_of(ws: Workspace) -> Counts:
    """Fill `resolved_addresses` in where a c/o name tells the flat; how many it told."""
    with ws.connect() as con:
        asked = con.sql(ASKED).pl()
        con.register("asked_in", asked)
        found = flats_by_surname(asked, con.sql(RESIDENTS).pl())
        con.register("found", found)
        con.execute(
            f"""
            update resolved_addresses r
            set dwelling_id = f.dwelling_id, level = 'inferred', certainty = {CERTAINTY}
            from found f where f.row_id = r.row_id and r.field = 'special'
            """
        )
    return {"addresses_by_care_of": found.height}


def flats_by_surname(asked: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """One row per asked row whose surname lives in exactly one flat: row_id, dwelling_id.

    asked: row_id, entrance, name (the last word counts); residents: entrance, dwelling_id, name.
    """
    surname = pl.col("name").str.strip_chars().str.split(" ").list.last()
    bearers = _by_word(residents, pl.col("name"))
    return (
        _by_word(asked.drop_nulls(), surname)
        .join(bearers, on=["entrance", "word"])
        .group_by("row_id")
        .agg(pl.col("dwelling_id").unique())
        .filter(pl.col("dwelling_id").list.len() == 1)
        .select("row_id", dwelling_id=pl.col("dwelling_id").list.first())
        .sort("row_id")
    )


def _by_word(names: pl.DataFrame, name: pl.Expr) -> pl.DataFrame:
    """One row per word of the name as it sounds; words of a letter or two tell nothing."""
    words = names.with_columns(word=name_skeleton_expr(name).str.split(" ")).explode("word")
    return words.filter(pl.col("word").str.len_chars() > 2)
