"""Who and what a landed row names, in one shape for every contract and for rejected rows alike.

Rejected rows are text as delivered, so every one of their columns may hold a number. Everything
here is a temporary table or view: nothing of it is written to the run's work file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from assets.landing import EMPTIED_NUMBERS
from assets.workspace import LANDING
from data_contracts.contract import Contract, load_contracts
from data_contracts.errors import BoendesignalError
from data_contracts.predicates import literal


@dataclass(frozen=True)
class Named:
    """A person that a row names: the number's column and, where there are any, name and birth."""

    number: str
    name: tuple[str, ...] = ()
    birth: str | None = None


@dataclass(frozen=True)
class Placed:
    """An address in a row, and the number columns of those whose address it is.

    With `property` it is an address of the population or dwelling register, where an empty flat
    number means a house; without, it is free text, where an empty flat number means unknown.
    """

    kind: str
    text: str
    postcode: str
    city: str
    of: tuple[str, ...]
    flat: str | None = None
    property: str | None = None
    care_of: str | None = None


@dataclass(frozen=True)
class Shape:
    """What the rows of one contract name."""

    people: tuple[Named, ...] = ()
    places: tuple[Placed, ...] = ()


PERSONS, RELATIONS = "registry__persons", "registry__relations"
DWELLINGS, VEHICLES, LEASES = "registry__dwellings", "vehicles__vehicles", "tenancy__leases"
_TENANTS = ("tenant_personnummer", "co_tenant_personnummer")
_APPLICANTS = ("recipient_personnummer", "co_applicant_personnummer")
_ADDRESS = ("address", "postcode", "city")

SHAPES: dict[str, Shape] = {
    PERSONS: Shape(
        (
            Named("personnummer", ("first_name", "middle_name", "last_name"), "birth_on"),
            Named("successor_personnummer"),
        ),
        (
            Placed(
                "registered", *_ADDRESS, ("personnummer",), "flat_number", "property", "care_of"
            ),
            Placed(
                *("special", "special_address", "special_postcode", "special_city"),
                of=("personnummer",),
                care_of="special_care_of",
            ),
        ),
    ),
    RELATIONS: Shape((Named("personnummer"), Named("related_personnummer"))),
    "registry__moves": Shape(
        (Named("personnummer"),),
        (Placed("moved", *_ADDRESS, ("personnummer",), "flat_number", "property"),),
    ),
    DWELLINGS: Shape(
        (),
        (Placed("dwelling", "street_address", "postcode", "city", (), "flat_number", "property"),),
    ),
    LEASES: Shape(
        (
            Named("tenant_personnummer", ("tenant_name",)),
            Named("co_tenant_personnummer", ("co_tenant_name",)),
        ),
        (
            Placed("leased", *_ADDRESS, _TENANTS, "flat_number"),
            Placed("invoiced", "invoice_address", "invoice_postcode", "invoice_city", _TENANTS),
        ),
    ),
    "benefits__decisions": Shape(
        (Named("recipient_personnummer"), Named("co_applicant_personnummer")),
        (Placed("stated", "stated_address", "stated_postcode", "stated_city", _APPLICANTS),),
    ),
    VEHICLES: Shape(
        (Named("owner_number", ("owner_name",)), Named("user_personnummer")),
        (Placed("vehicle", *_ADDRESS, ("owner_number", "user_personnummer")),),
    ),
}

# A name that a source has masked ("PERSONUPPGIFT SKYDDAD"), and the tax agency's forwarding
# address, whose ö may be broken.
MASKED_NAME = r"(?i)\bskyddad|\bsekretess|\bpersonuppgift"
AGENCY_ADDRESS = r"(?i)skatteverket|rmedlingsuppdrag|\bbox\s*2820\b.*\b403\s?20\b"
# Written in any notation; the last ten digits tell two people apart who were not born on the same
# day of two centuries, and those leave together. Dashes are of any length, blanks of any kind.
_DASH = r"[-+\s\x{a0}\x{2010}-\x{2015}]{0,3}"
_NUMBER = rf"(?:\d{{2}})?(?:\d{{6}}|\d{{2}}[-./]\d{{2}}[-./]\d{{2}}){_DASH}\d{{4}}"


@dataclass(frozen=True)
class Part:
    """The accepted or the rejected rows of one contract."""

    contract_id: str
    is_rejected: bool

    @property
    def landed(self) -> str:
        return f"{LANDING}.{'rejected' if self.is_rejected else 'landing'}_{self.contract_id}"

    @property
    def kept(self) -> str:
        return f"{'rejected' if self.is_rejected else 'kept'}_{self.contract_id}"

    @property
    def file_name(self) -> str:
        return f"{'quarantine' if self.is_rejected else 'kept'}_{self.contract_id}.parquet"

    def text(self, column: str) -> str:
        """SQL: a text column; rejected rows may hold empty text where accepted ones hold NULL."""
        return f"nullif(trim({column}), '')" if self.is_rejected else column

    def ten(self, column: str) -> str:
        """SQL: the last ten digits of a number column, NULL where there are fewer."""
        digits = f"regexp_replace({column}, '\\D', '', 'g')" if self.is_rejected else column
        return f"case when length({digits}) >= 10 then right({digits}, 10) end"

    def birth(self, named: Named) -> str:
        """SQL: yymmdd of the birth date, else of the number, even of a broken one."""
        if self.is_rejected:
            of_number = birth_in(named.number)
            given = f"nullif(right(regexp_replace({named.birth}, '\\D', '', 'g'), 6), '')"
        else:
            of_number = f"substr({named.number}, 3, 6)"
            given = f"strftime({named.birth}, '%y%m%d')"
        return f"coalesce({given}, {of_number})" if named.birth else of_number


def landed_parts(con: duckdb.DuckDBPyConnection) -> list[Part]:
    """The accepted and rejected rows of every contract, in the order of SHAPES.

    A table that the gate does not know stops the run, since it cannot pass; so does one that did
    not land, since a missing source lands empty.
    """
    rows = con.execute(
        "select table_name from duckdb_tables() where database_name = ?", [LANDING]
    ).fetchall()
    landed = {name for (name,) in rows if name.startswith(("landing_", "rejected_"))}
    parts = [
        Part(contract_id, is_rejected) for contract_id in SHAPES for is_rejected in (False, True)
    ]
    known = {part.landed.removeprefix(f"{LANDING}.") for part in parts}
    if landed != known:
        raise BoendesignalError(
            f"The protection gate knows the tables {', '.join(sorted(known))}; of these "
            f"{', '.join(sorted(known - landed)) or 'none'} did not land, and it does not know "
            f"{', '.join(sorted(landed - known)) or 'no other'}. Land every contract, and add the "
            "columns of a new one to assets/protection_keys.py."
        )
    return parts


def create_views(con: duckdb.DuckDBPyConnection, parts: list[Part]) -> None:
    """Make the views `g_person`, `g_number` and `g_address`, and `g_owner`, over all landed rows.

    g_person: one row per person slot of a row (ten digits, name, yymmdd of the birth).
    g_number: one row per number in a row, in a column of its own or in any text.
    g_address: one row per address of a row.
    g_owner: one row per kind of address and number slot whose address it is.
    """
    filled = [p for p in parts if con.execute(f"select 1 from {p.landed} limit 1").fetchall()]
    parts = filled or parts  # an empty table costs planning in every query that reads a view
    con.execute(EMPTIED_NUMBERS)  # rows from a stored night land without it
    people = [sql for part in parts for sql in (*_people(part), *_people_of_emptied(con, part))]
    _view(con, "g_person", iter(people))
    said = [_numbers_in_text(part) for part in parts]
    said += [_numbers_said(f"from {LANDING}.emptied_numbers")]
    con.execute(f"create or replace temp table g_said_number as {' union all '.join(said)}")
    numbers = "select contract_id, row_id, ten from g_person where ten is not null"
    _view(con, "g_number", iter((numbers, "from g_said_number")))
    _view(con, "g_address", (sql for part in parts for sql in _addresses(part)))
    con.execute("create or replace temp table g_owner (kind varchar, slot varchar)")
    owners = [
        (placed.kind, slot)
        for shape in SHAPES.values()
        for placed in shape.places
        for slot in placed.of
    ]
    con.executemany("insert into g_owner values (?, ?)", owners)


def people_of(rows: str) -> str:
    """SQL: the people whom the rows in a table (or part of one) name.

    Rows first, and materialised so that it stays so: names are put together for these few only.
    """
    of_rows = f"from g_person where row_id in (select row_id from {rows})"
    return f"(with few as materialized ({of_rows}) from few)"


def _view(con: duckdb.DuckDBPyConnection, name: str, selects: Iterator[str]) -> None:
    con.execute(f"create or replace temp view {name} as " + " union all ".join(selects))


def _people(part: Part) -> Iterator[str]:
    for named in SHAPES[part.contract_id].people:
        name = (
            f"nullif(trim(concat_ws(' ', {', '.join(named.name)})), '')" if named.name else "null"
        )
        yield f"""
            select '{part.contract_id}' as contract_id, row_id,
                   {str(part.is_rejected).lower()} as is_rejected, '{named.number}' as slot,
                   {part.ten(named.number)} as ten, {name}::varchar as name,
                   {part.birth(named)} as birth
            from {part.landed}"""


def _people_of_emptied(con: duckdb.DuckDBPyConnection, part: Part) -> Iterator[str]:
    """Those whose wrong number landing took out: what they are called, and born when."""
    for named in SHAPES[part.contract_id].people:
        of_slot = f"contract_id = '{part.contract_id}' and slot = '{named.number}'"
        emptied = f"from {LANDING}.emptied_numbers where {of_slot}"
        if not named.name or part.is_rejected or not con.execute(emptied).fetchall():
            continue
        yield f"""
            select contract_id, row_id, false as is_rejected, slot, null::varchar as ten,
                   nullif(trim(concat_ws(' ', {", ".join(named.name)})), '') as name,
                   {birth_in("text")} as birth
            from ({emptied}) join {part.landed} using (row_id)"""


def birth_in(number: str) -> str:
    """SQL: yymmdd of a number as somebody wrote it, even of a broken one."""
    digits = f"regexp_replace({number}, '\\D', '', 'g')"
    return f"nullif(substr({digits}, case when length({digits}) > 10 then 3 else 1 end, 6), '')"


def _numbers_in_text(part: Part) -> str:
    """A note beside a name, a number in the wrong column; of a rejected row everything is text."""
    texts = ", ".join(
        f"case when strlen({column.name}) >= 10 then {column.name} end"
        for column in load_contracts()[part.contract_id].columns
        if part.is_rejected or column.type in ("string", "code")
    )
    return _numbers_said(
        f"select '{part.contract_id}' as contract_id, row_id,"
        f" concat_ws(chr(31), {texts}) as text from {part.landed}"
    )


def _numbers_said(texts: str) -> str:
    """SQL: every number in the texts of a select of contract_id, row_id, text."""
    return f"""
        select contract_id, row_id, right(regexp_replace(found, '\\D', '', 'g'), 10) as ten
        from (
            select contract_id, row_id, unnest(regexp_extract_all(text, '{_NUMBER}')) as found
            from ({texts})
        )"""


def _addresses(part: Part) -> Iterator[str]:
    for placed in SHAPES[part.contract_id].places:
        is_register = placed.property is not None
        property_ = f"lower({part.text(placed.property)})" if placed.property else "null"
        care_of = part.text(placed.care_of) if placed.care_of else "null"
        flat = f"nullif(regexp_extract({placed.flat}, '[0-9]{{4}}'), '')" if placed.flat else "null"
        text = part.text(placed.text)
        yield f"""
            select row_id, '{placed.kind}' as kind, {str(is_register).lower()} as is_register,
                   {text} as text, {placed.postcode} as postcode, {placed.city} as city,
                   {flat}::varchar as flat, {property_}::varchar as property,
                   {care_of}::varchar as care_of
            from {part.landed}
            where coalesce({text}, {property_}, {care_of}) is not null"""


def flagged_rows(parts: list[Part], contracts: dict[str, Contract]) -> list[str]:
    """SQL selects of the row_id of rows whose protection column holds more than "none"."""
    return [
        f"select row_id from {part.landed} where coalesce(trim({column.name}), '')"
        f" not in ({', '.join(map(literal, column.protection.means_none))})"
        for part in parts
        for column in contracts[part.contract_id].protection_columns
        if column.protection is not None
    ]
