"""Who holds each lease: by number where there is one, else by name and place, or not at all.

A name alone says little in a municipality with two hundred of the same: it counts only among
people registered at the leased address, or where nobody else in the register bears it.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assets.workspace import Counts, Workspace
from matching.linkage import link
from matching.linkage_people import TENANTS, names_in_two
from matching.name_batch import compare_columns, known_words, match_names
from matching.name_forms import name_skeleton_expr
from matching.phones import normalise_expr

CERTAINTY_AT_ADDRESS = 0.95
"""The one person registered at that address with that name; a namesake next door is rare."""
CERTAINTY_ONLY_BEARER = 0.7
"""The one person in the register with that name; the tenant may live in another municipality."""

BY_NUMBER = """
create or replace table lease_people as
select l.row_id, r.role, i.person_id, true as is_by_number, 1.0::double as certainty,
    null::varchar as dwelling_id
from kept_tenancy__leases l
cross join (values ('holder'), ('co_holder')) r(role)
join person_ids i on i.personnummer = case r.role
    when 'holder' then l.tenant_personnummer else l.co_tenant_personnummer end
"""

NAMELESS_NUMBERS = """
select l.row_id, 'holder' as role, l.tenant_name as name, a.entrance, a.dwelling_id
from kept_tenancy__leases l
left join resolved_addresses a on a.row_id = l.row_id and a.field = 'lease'
where l.tenant_personnummer is null and l.tenant_name is not null
union all
select l.row_id, 'co_holder', l.co_tenant_name, a.entrance, a.dwelling_id
from kept_tenancy__leases l
left join resolved_addresses a on a.row_id = l.row_id and a.field = 'lease'
where l.co_tenant_personnummer is null and l.co_tenant_name is not null
order by row_id, role
"""

BEARERS = """
select p.person_id, p.full_name as name, a.entrance, p.dwelling_id
from core_persons p
left join resolved_addresses a on a.row_id = p.row_id and a.field = 'registered'
where p.is_adult
order by p.person_id
"""

TYPED_NAMES = """
select l.row_id, l.tenant_name as typed, p.full_name as registered
from kept_tenancy__leases l
join lease_people h on h.row_id = l.row_id and h.role = 'holder' and h.is_by_number
join core_persons p on p.person_id = h.person_id
where l.tenant_name is not null
order by l.row_id
"""

STRANGE_NAMES = """
select l.row_id, 'holder' as role, l.tenant_name as name, a.entrance, a.dwelling_id
from kept_tenancy__leases l
join name_agreements n using (row_id)
join resolved_addresses a on a.row_id = l.row_id and a.field = 'lease'
where n.agreement = 'different' and a.dwelling_id is null and a.entrance is not null
order by l.row_id
"""

AGREEMENT = {
    **dict.fromkeys(("same", "fewer_names", "reversed"), "same"),
    **dict.fromkeys(("variant", "double_surname", "typo", "initial", "incomplete"), "variant"),
    "other_middle_name": "variant",
    "other_surname": "other_surname",
    "other_given_name": "relative",
    "different": "different",
    "missing": "unknown",
}


@dataclass(frozen=True)
class Bearers:
    """The adults of the register. people: person_id, name, entrance, dwelling_id, sound."""

    people: pl.DataFrame
    known: frozenset[str]  # words of their names that are no slip of the pen

    @classmethod
    def of(cls, people: pl.DataFrame) -> Bearers:
        """From person_id, name, entrance, dwelling_id; one row per person."""
        return cls(_with_sound(people), known_words(people["name"]))

    @classmethod
    def load(cls, ws: Workspace) -> Bearers:
        with ws.connect() as con:
            return cls.of(con.sql(BEARERS).pl())


def build_lease_people(ws: Workspace, bearers: Bearers) -> Counts:
    """`lease_people`: one row per lease row and role (holder, co_holder) whose person is known.

    Columns row_id, role, person_id, is_by_number, certainty, dwelling_id (the flat that the name
    tells where the address alone did not).
    """
    with ws.connect() as con:
        con.execute(BY_NUMBER)
        wanted = con.sql(NAMELESS_NUMBERS).pl()
        found = holders_by_name(wanted, bearers)
        con.register("found", found)
        con.execute("insert into lease_people select * from found")
        n_by_number = con.sql("select count(*) from lease_people where is_by_number").fetchall()
    return {
        "by_number": n_by_number[0][0],
        "by_name": found.height,
        "without_holder": wanted.height - found.height,
    }


def holders_by_name(wanted: pl.DataFrame, bearers: Bearers) -> pl.DataFrame:
    """Leases without a number and the one person whom name and place, or name alone, point out.

    A name at the address to the letter or sound first; then one that the house makes sure of, an
    initial or a changed surname; last the only bearer.

    wanted: row_id, role, name, entrance, dwelling_id. Two people who fit alike leave the lease
    without a holder.
    """
    at_address = _matched(wanted, bearers, "entrance", CERTAINTY_AT_ADDRESS)
    lease = ["row_id", "role"]
    in_house = _linked(wanted, bearers).join(at_address, on=lease, how="anti")
    found = pl.concat([at_address, in_house])
    rest = wanted.join(found, on=lease, how="anti")
    only_bearer = _matched(_with_sound(rest), bearers, "sound", CERTAINTY_ONLY_BEARER)
    return pl.concat([found, only_bearer]).sort(lease)


def _linked(wanted: pl.DataFrame, bearers: Bearers) -> pl.DataFrame:
    """Tenants whom name, house and flat together make one person of the house (`TENANTS`).

    Another given name is another person, however near it is: a brother stays when a sister moves.
    """
    asked = wanted.drop_nulls("entrance")
    people = bearers.people.join(asked, on="entrance", how="semi", maintain_order="left")
    parts = names_in_two(pl.col("name"))
    links = link(asked.with_columns(**parts), people.with_columns(**parts), TENANTS)
    tenants, found = asked[links["left_index"]], people[links["right_index"]]
    pairs = tenants.select("name", "entrance", "row_id", "role", "dwelling_id").with_columns(
        found.select("person_id", bearer="name", home="dwelling_id", home_entrance="entrance"),
        probability=links["probability"],
    )
    level = compare_columns(pairs, "name", "bearer", bearers.known)["level"]
    is_one = level.replace_strict(AGREEMENT).is_in(["same", "variant", "other_surname"])
    is_at_home = pl.col("entrance") == pl.col("home_entrance")
    return _held(
        pairs.filter(is_one).filter(is_at_home), pl.col("probability"), CERTAINTY_AT_ADDRESS
    )


def _with_sound(named: pl.DataFrame) -> pl.DataFrame:
    """The rows with the skeleton of their name; each distinct name is worked out once."""
    distinct = named.select(pl.col("name").unique())
    sounds = distinct.with_columns(sound=name_skeleton_expr(pl.col("name")))
    return named.join(sounds, on="name", how="left", maintain_order="left")


def _matched(wanted: pl.DataFrame, bearers: Bearers, block: str, certainty: float) -> pl.DataFrame:
    """The one bearer in each lease's block; the bearer's flat where the address left it open."""
    asked = wanted.drop_nulls(block)
    matches = match_names(asked, bearers.people, on=block, known=bearers.known)
    found = pl.concat([asked, matches.select("right_index", "score")], how="horizontal")
    people = bearers.people.with_row_index("right_index").select(
        "right_index", "person_id", home="dwelling_id", home_entrance="entrance"
    )
    return _held(found.join(people, on="right_index"), pl.col("score"), certainty)


def _held(found: pl.DataFrame, likeness: pl.Expr, certainty: float) -> pl.DataFrame:
    """Rows of `lease_people`: the bearer's flat is told where the address left it open."""
    same_house = pl.col("dwelling_id").is_null() & (pl.col("entrance") == pl.col("home_entrance"))
    return found.select(
        "row_id",
        "role",
        "person_id",
        is_by_number=pl.lit(False),
        certainty=(likeness * certainty).round(4),
        dwelling_id=pl.when(same_house).then("home"),
    )


def agree_names(ws: Workspace) -> None:
    """`name_agreements`: the typed name of a holder known by number against the register's.

    One row per lease row: row_id, agreement (same variant other_surname relative different).
    """
    with ws.connect() as con:
        typed = con.sql(TYPED_NAMES).pl()
        levels = compare_columns(typed, "typed", "registered")["level"]
        agreed = typed.select("row_id", agreement=levels.replace_strict(AGREEMENT))
        con.register("agreed", agreed)
        con.execute("create or replace table name_agreements as select * from agreed")


def place_strange_names(ws: Workspace, bearers: Bearers) -> None:
    """`flats_by_name`: row_id, dwelling_id, certainty of leases whose number is one person's, whose
    name is another's, and whose address says the house: the flat there of whoever bears the name.
    """
    with ws.connect() as con:
        strange = con.sql(STRANGE_NAMES).pl()
        found = _matched(strange, bearers, "entrance", CERTAINTY_AT_ADDRESS)
        con.register("found", found.drop_nulls("dwelling_id").sort("row_id"))
        con.execute(
            "create or replace table flats_by_name as"
            " select row_id, dwelling_id, certainty from found"
        )


def normalise_phones(ws: Workspace) -> None:
    """`phone_numbers`: raw notation -> +46…, one row per notation that is a phone number."""
    with ws.connect() as con:
        raw = con.sql(
            "select phone as raw from kept_tenancy__leases where phone is not null union"
            " select phone from kept_benefits__decisions where phone is not null order by raw"
        ).pl()
        numbers = raw.with_columns(phone=normalise_expr(pl.col("raw"))).drop_nulls()
        con.register("numbers_in", numbers)
        con.execute("create or replace table phone_numbers as select * from numbers_in")
