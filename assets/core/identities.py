"""Pairs of numbers that may be one person: `core_identity_pairs`.

Same birth date and the same name, spelling and slips of the pen aside. Twins share the date but
not the given name, father and son the name but not the date; neither is a pair. Namesakes born the
same day do exist, so a pair is a question, surer where both are placed in one dwelling.
"""

from __future__ import annotations

import polars as pl

from assets.workspace import Counts, Workspace
from matching.name_batch import match_names
from matching.name_forms import name_skeleton_expr

CERTAINTY_WITH_COORDINATION_NUMBER = 0.8
"""One has a coordination number: given before registration, and meant to be replaced by it."""
CERTAINTY_BOTH_REGISTERED = 0.4
"""Both are registered people: namesakes born the same day are as likely."""
CERTAINTY_GAIN_SAME_PLACE = 0.2
"""Both are placed in one dwelling."""

PEOPLE = """
select person_id, first_name, last_name, concat_ws(' ', first_name, last_name) as name, birth_on,
    is_samordningsnummer, row_id
from core_persons
where birth_on is not null and first_name is not null and last_name is not null
  and deregistration is null
order by person_id
"""

TOGETHER = """
with places as (
    select person_id, dwelling_id from core_observations where is_current
    union select person_id, dwelling_id from core_persons where dwelling_id is not null
)
select distinct a.person_id, b.person_id as other_person_id
from pairs_in q
join places a on a.person_id = q.person_id
join places b on b.person_id = q.other_person_id and b.dwelling_id = a.dwelling_id
"""


def build_identity_pairs(ws: Workspace) -> Counts:
    """`core_identity_pairs`: one row per pair, the registered person first."""
    with ws.connect() as con:
        people = con.sql(PEOPLE).pl()
        pairs = find_pairs(people)
        con.register("pairs_in", pairs)
        together = con.sql(TOGETHER).pl().with_columns(is_same_place=pl.lit(True))
        rated = pairs.join(together, on=["person_id", "other_person_id"], how="left").select(
            "person_id",
            "other_person_id",
            "name_level",
            pl.lit("same").alias("birth_level"),
            pl.col("is_same_place").fill_null(False),
            certainty=_certainty(),
            row_id="row_id",
            other_row_id="other_row_id",
        )
        con.register("rated_in", rated)
        con.execute(
            "create or replace table core_identity_pairs as select * from rated_in"
            " order by person_id, other_person_id"
        )
    return {"rows": rated.height}


def _certainty() -> pl.Expr:
    base = (
        pl.when("has_coordination_number")
        .then(CERTAINTY_WITH_COORDINATION_NUMBER)
        .otherwise(CERTAINTY_BOTH_REGISTERED)
    )
    gain = pl.col("is_same_place").fill_null(False) * CERTAINTY_GAIN_SAME_PLACE
    return ((base + gain) * pl.col("score")).round(4)


def find_pairs(people: pl.DataFrame) -> pl.DataFrame:
    """Each pair once, with name_level (`same` or `variant`) and score.

    Blocked by birth date and the sound of one of the two names, so that a slip in the other does
    not hide the pair and no block holds a whole birthday. A person is paired with one other at
    most; several equally good ones are namesakes, and silent.
    """
    found = [_pairs_by(people, part) for part in ("first_name", "last_name")]
    return (
        pl.concat(found)
        .sort("person_id", "other_person_id", "score", descending=[False, False, True])
        .unique(["person_id", "other_person_id"], keep="first", maintain_order=True)
    )


def _pairs_by(people: pl.DataFrame, part: str) -> pl.DataFrame:
    blocked = people.with_columns(sound=name_skeleton_expr(pl.col(part)))
    crowded = blocked.filter(pl.len().over("birth_on", "sound") > 1)
    odd, even = crowded, crowded
    both = odd.join(even, on=["birth_on", "sound"], suffix="_other").filter(
        pl.col("person_id") != pl.col("person_id_other")
    )
    # The registered person first; among equals the smaller id, so that each pair stands once.
    ordered = both.filter(
        (pl.col("is_samordningsnummer") < pl.col("is_samordningsnummer_other"))
        | (
            (pl.col("is_samordningsnummer") == pl.col("is_samordningsnummer_other"))
            & (pl.col("person_id") < pl.col("person_id_other"))
        )
    ).with_row_index("pair")
    matches = match_names(
        ordered.select("pair", "name"), ordered.select("pair", name="name_other"), on="pair"
    )
    return (
        pl.concat([ordered, matches.select("right_index", "score", "level")], how="horizontal")
        .drop_nulls("right_index")
        .select(
            "person_id",
            other_person_id="person_id_other",
            name_level=pl.when(pl.col("level").is_in(["same", "fewer_names", "reversed"]))
            .then(pl.lit("same"))
            .otherwise(pl.lit("variant")),
            has_coordination_number=pl.col("is_samordningsnummer")
            | pl.col("is_samordningsnummer_other"),
            score="score",
            row_id="row_id",
            other_row_id="row_id_other",
        )
    )
