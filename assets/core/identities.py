"""Pairs of numbers that may be one person: `core_identity_pairs`.

Same birth date and the same name, spelling and slips of the pen aside. Twins share the date but
not the given name, father and son the name but not the date; neither is a pair. Namesakes born the
same day do exist, so `certainty` weighs two things: how often one person gets two numbers of
these kinds, and how often the register holds such namesakes by mere chance. It rests on the
population register alone; what other sources add (a phone number in common) is the rule's matter.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb
import polars as pl

from assets.workspace import Counts, Workspace
from matching.name_batch import compare_columns
from matching.name_forms import name_key_expr, name_skeleton_expr
from matching.names import SAME_NAME

# How often a number has a second one beside it, the two never linked. To be calibrated when
# outcomes exist.
DOUBLES_WITH_COORDINATION_NUMBER = 0.02
"""Coordination numbers are given without the person's past being known, and seldom withdrawn."""
DOUBLES_AMONG_REGISTERED = 1e-5
"""The population register hardly ever counts one person twice."""

# How many more pairs chance makes where less agrees.
CHANCE_OF_VARIANT = 3.0
"""Other names lie within a slip of the pen."""
CHANCE_OF_NEAR_BIRTH = 500.0
"""Some forty dates differ in the day or the month alone, and few doubles have a mistaken date."""

SAME_PLACE_RATIO = 20.0
"""One person is placed in one dwelling under both numbers about every other time; strangers with
one name hardly ever, relatives with one name now and then."""

DAYS_OF_DECADE = 3652

PEOPLE = """
select person_id, concat_ws(' ', first_name, last_name) as name, first_name, last_name, birth_on,
    is_samordningsnummer as is_coordination, row_id
from core_persons
where birth_on between $first and $last and first_name is not null and last_name is not null
  and deregistration is null
order by person_id
"""

PEOPLE_AT_ONCE = 1_000_000
"""Some 500 bytes of memory each. Decades are taken together up to so many."""

DECADES = """
select year(birth_on) // 10 * 10 as decade, count(*) as n from core_persons
where birth_on is not null group by all order by all
"""

ASKED = """
create or replace temp table asked as
select person_id from pairs_in union select other_person_id from pairs_in
"""
"""The few whom the rest is about: a country's relations are not joined for them."""

TOGETHER = """
with places as (
    select person_id, unnest([dwelling_id, special_dwelling_id]) as dwelling_id
    from core_persons where person_id in (from asked)
)
select distinct a.person_id, b.person_id as other_person_id
from pairs_in q
join places a on a.person_id = q.person_id
join places b on b.person_id = q.other_person_id and b.dwelling_id = a.dwelling_id
"""

KIN = """
with known as (
    select person_id as a, related_person_id as b from core_relations
    where person_id in (from asked)
    union
    select related_person_id, person_id from core_relations
    where related_person_id in (from asked)
)
select q.person_id, q.other_person_id
from pairs_in q
join known k on k.a = q.person_id
join known o on o.b = k.b and o.a = q.other_person_id
union
select q.person_id, q.other_person_id
from pairs_in q
join known k on k.a = q.person_id and k.b = q.other_person_id
"""


def build_identity_pairs(ws: Workspace) -> Counts:
    """`core_identity_pairs`: one row per pair, the registered person first."""
    with ws.connect() as con:
        pairs = pl.concat([_pairs_of(con, *born) for born in _born(con)])
        con.register("pairs_in", pairs)
        con.execute(ASKED)
        key = ["person_id", "other_person_id"]
        together = con.sql(TOGETHER).pl().with_columns(is_same_place=pl.lit(True))
        rated = (
            pairs.join(con.sql(KIN).pl(), on=key, how="anti")
            .join(together, on=key, how="left")
            .with_columns(pl.col("is_same_place").fill_null(False))
            .select(
                *key,
                "name_level",
                "birth_level",
                "is_same_place",
                certainty=certainty(),
                row_id="row_id",
                other_row_id="other_row_id",
            )
        )
        con.register("rated_in", rated)
        con.execute(
            "create or replace table core_identity_pairs as select * from rated_in"
            " order by person_id, other_person_id"
        )
    return {"rows": rated.height}


def _born(con: duckdb.DuckDBPyConnection) -> list[tuple[date, date]]:
    """Periods of whole decades: nobody is compared with somebody of another."""
    periods: list[tuple[int, int]] = []
    n_together = 0
    for decade, n in con.sql(DECADES).fetchall():
        n_together += n
        if periods and n_together <= PEOPLE_AT_ONCE:
            periods[-1] = (periods[-1][0], decade)
        else:
            periods.append((decade, decade))
            n_together = n
    periods = periods or [(1900, 1900)]
    return [(date(first, 1, 1), date(last + 9, 12, 31)) for first, last in periods]


def _pairs_of(con: duckdb.DuckDBPyConnection, first: date, last: date) -> pl.DataFrame:
    """`find_pairs` among those born in the period, with both people's `chances`."""
    people = con.sql(PEOPLE, params={"first": first, "last": last}).pl()
    chance = chances(people)
    return (
        find_pairs(people)
        .join(chance, on="person_id")
        .join(chance, left_on="other_person_id", right_on="person_id", suffix="_other")
    )


def chances(people: pl.DataFrame) -> pl.DataFrame:
    """One row per person: `chance`, the expected number of namesakes born the same day.

    Those of the name born in the same decade, each as likely to be born on the day as others of
    the decade: on the first of January, given where the day is not known, more than on others.
    """
    decade = pl.col("birth_on").dt.year() // 10
    bearers = pl.len().over(_sound(pl.col("name")), decade)
    share_of_day = pl.max_horizontal(
        pl.len().over("birth_on") / pl.len().over(decade), 1 / DAYS_OF_DECADE
    )
    # The other of the pair may be one of the bearers by mistake, so one is never left out.
    namesakes = pl.max_horizontal(bearers.cast(pl.Int64) - 1, 1)
    return people.select("person_id", chance=namesakes * share_of_day)


def certainty() -> pl.Expr:
    """Probability of one person: doubles among all such pairs, doubles and namesakes."""
    doubles = (
        pl.when("has_coordination_number")
        .then(DOUBLES_WITH_COORDINATION_NUMBER)
        .otherwise(DOUBLES_AMONG_REGISTERED)
    ) * pl.when("is_same_place").then(SAME_PLACE_RATIO).otherwise(1.0)
    namesakes = (
        pl.max_horizontal("chance", "chance_other")
        * pl.when(pl.col("name_level") == "variant").then(CHANCE_OF_VARIANT).otherwise(1.0)
        * pl.when(pl.col("birth_level") == "near").then(CHANCE_OF_NEAR_BIRTH).otherwise(1.0)
    )
    return (doubles / (doubles + namesakes)).round(4)


def find_pairs(people: pl.DataFrame) -> pl.DataFrame:
    """Each pair once, with name_level (`same` or `variant`), birth_level (`same` or `near`) and
    has_coordination_number.

    Two numbers of one kind must have one name to the letter: a variant may be a twin. Where one is
    a coordination number a slip of the pen is forgiven in either name, or else in the date. Every
    block is within a birth date and one name (or both, in either order), or a birth year and the
    whole name.
    """
    keyed = people.with_columns(key=_per_name(pl.col("name"), name_key_expr))
    registered = keyed.filter(~pl.col("is_coordination"))
    coordinated = keyed.filter("is_coordination")
    found = [_of_one_kind(registered), _of_one_kind(coordinated)]
    same_day = registered.join(coordinated, on="birth_on", how="semi")
    parts = ("first_name", "last_name", "name")
    found += [_of_two_kinds(same_day, coordinated, part) for part in parts]
    found += [_born_nearby(registered, coordinated)]
    return (
        pl.concat(found)
        .sort("person_id", "other_person_id", "name_level")
        .unique(["person_id", "other_person_id"], keep="first", maintain_order=True)
    )


def _of_one_kind(people: pl.DataFrame) -> pl.DataFrame:
    # Few share both, and they are told faster than a population is joined with itself.
    alike = people.filter(pl.struct("birth_on", "key").is_duplicated())
    pairs = alike.join(alike, on=["birth_on", "key"], suffix="_other")
    return _as_pairs(
        pairs.filter(pl.col("person_id") < pl.col("person_id_other")), pl.lit("same"), "same"
    )


def _of_two_kinds(registered: pl.DataFrame, coordinated: pl.DataFrame, part: str) -> pl.DataFrame:
    """One birth date, one name that sounds alike, and the whole name the same or nearly."""
    sound = _sound(pl.col(part))
    pairs = registered.with_columns(sound=sound).join(
        coordinated.with_columns(sound=sound), on=["birth_on", "sound"], suffix="_other"
    )
    compared = compare_columns(pairs, "name", "name_other")
    near = pl.concat([pairs, compared.select("score", "level")], how="horizontal").filter(
        pl.col("score") >= SAME_NAME
    )
    is_same = pl.col("level").is_in(["same", "fewer_names", "reversed"])
    return _as_pairs(
        near, pl.when(is_same).then(pl.lit("same")).otherwise(pl.lit("variant")), "same"
    )


def _born_nearby(registered: pl.DataFrame, coordinated: pl.DataFrame) -> pl.DataFrame:
    """One name to the letter, and birth dates of one year that differ in the day or the month, or
    have the two exchanged. Another year may be a father and son."""
    year = pl.col("birth_on").dt.year()
    pairs = registered.with_columns(year=year).join(
        coordinated.with_columns(year=year), on=["key", "year"], suffix="_other"
    )
    day, month = pl.col("birth_on").dt.day(), pl.col("birth_on").dt.month()
    other_day, other_month = pl.col("birth_on_other").dt.day(), pl.col("birth_on_other").dt.month()
    is_exchanged = (day == other_month) & (month == other_day)
    is_near = (day == other_day) | (month == other_month) | is_exchanged
    differs = pl.col("birth_on") != pl.col("birth_on_other")
    return _as_pairs(pairs.filter(differs & is_near), pl.lit("same"), "near")


def _as_pairs(pairs: pl.DataFrame, name_level: pl.Expr, birth_level: str) -> pl.DataFrame:
    return pairs.select(
        "person_id",
        other_person_id="person_id_other",
        name_level=name_level,
        birth_level=pl.lit(birth_level),
        has_coordination_number=pl.col("is_coordination") | pl.col("is_coordination_other"),
        row_id="row_id",
        other_row_id="row_id_other",
    )


def _sound(names: pl.Expr) -> pl.Expr:
    """Names as they sound."""
    return _per_name(names, name_skeleton_expr)


def _per_name(names: pl.Expr, form: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """A form of the names; each distinct one is worked out once."""

    def formed(some: pl.Series) -> pl.Series:
        rows = some.to_frame("name")
        distinct = rows.unique().with_columns(form=form(pl.col("name")))
        return rows.join(distinct, on="name", how="left", maintain_order="left")["form"]

    return names.map_batches(formed, return_dtype=pl.String)
