"""The town before it is written: every table with indexes instead of numbers and texts.

`person`, `dwelling`, `vehicle` are row positions; days are since 1970-01-01; null = none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from synthetic.parts import WHOLE, Part

INT, TEXT, YES = pl.Int64, pl.String, pl.Boolean
LAST_NIGHT = 9_999

DWELLINGS = {
    "property": TEXT,
    "flat_number": TEXT,
    "street": TEXT,
    "house_number": INT,
    "letter": TEXT,
    "postcode": TEXT,
    "city": TEXT,
    "area": TEXT,
    "n_rooms": INT,
    "area_m2": INT,
    "kind": TEXT,
    "tenure": TEXT,
    "rent": INT,
    "landlord": TEXT,
    "is_in_register": YES,
}
"""One row per place that someone can be registered on; those not in the register are premises."""

PEOPLE = {
    "origin": INT,
    "is_male": YES,
    "birth_on": INT,
    "first": INT,
    "middle": INT,
    "last": INT,
    "civil_status": TEXT,
    "civil_on": INT,
    "registered_on": INT,
    "dwelling": INT,
    "care_of": INT,
    "contact_dwelling": INT,  # a coordination number's contact address
    "special_dwelling": INT,
    "special_care_of": INT,
    "special_text": TEXT,  # a special address that is no dwelling: box, office
    "is_coordination": YES,
    "has_no_flat_number": YES,  # registered on the house, not on a flat of it
    "is_on_municipality": YES,  # registered on no dwelling: "på kommunen skriven"
    "protection": TEXT,
    "protected_from_night": INT,
    "deregistration": TEXT,
    "deregistered_on": INT,
    "successor": INT,
}
"""One row per number in the population register."""

PARENTS = {"child": INT, "parent": INT, "has_custody": YES}
MARRIAGES = {"one": INT, "other": INT, "from_on": INT, "to_on": INT}
MOVES = {"person": INT, "dwelling": INT, "from_on": INT, "to_on": INT}

LEASES = {
    "object_kind": TEXT,
    "lease_kind": TEXT,
    "dwelling": INT,  # the leased dwelling, or the one a parking place goes with
    "holder": INT,
    "named": INT,  # whose name the landlord typed, when not the holder's
    "named_last": INT,  # a last name the landlord still has, for instance from before marriage
    "named_text": TEXT,  # a tenant that is no person
    "co_holder": INT,
    "is_number_missing": YES,
    "is_number_mistyped": YES,
    "from_on": INT,
    "to_on": INT,
    "to_on_second_night": INT,
    "sublet_until": INT,
    "n_lodgers": INT,
    "invoice_dwelling": INT,
    "rent": INT,
    "plate_vehicle": INT,
    "phone_person": INT,
    "first_night": INT,
}
"""One row per lease in the landlords' files."""

DECISIONS = {
    "authority": TEXT,
    "benefit": TEXT,
    "recipient": INT,
    "co_applicant": INT,
    "amount": INT,
    "stated_dwelling": INT,
    "housing_cost": INT,
    "n_adults": INT,
    "n_children": INT,
    "lodger_income": INT,
    "phone_person": INT,
    "last_night": INT,
}
"""One row per benefit decision paid in the extract month."""

VEHICLES = {
    "kind": TEXT,
    "status": TEXT,
    "owner": INT,
    "company": TEXT,
    "company_number": TEXT,
    "user": INT,
    "address_dwelling": INT,
    "owned_since_on": INT,
    "last_night": INT,
}
"""One row per vehicle."""

SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "people": PEOPLE,
    "parents": PARENTS,
    "marriages": MARRIAGES,
    "moves": MOVES,
    "leases": LEASES,
    "decisions": DECISIONS,
    "vehicles": VEHICLES,
}

DEFAULTS: Mapping[str, Any] = {
    "is_coordination": False,
    "has_no_flat_number": False,
    "is_on_municipality": False,
    "is_number_missing": False,
    "is_number_mistyped": False,
    "civil_status": "OG",
    "object_kind": "BOSTAD",
    "lease_kind": "FORSTAHAND",
    "n_lodgers": 0,
    "first_night": 0,
    "last_night": LAST_NIGHT,
    "is_in_register": True,
}


@dataclass
class Town:
    """All tables of one town in index form, filled subject by subject."""

    as_of: int
    dwellings: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    part: Part = WHOLE

    @classmethod
    def empty(cls, as_of: int, dwellings: pl.DataFrame, part: Part = WHOLE) -> Town:
        tables = {name: pl.DataFrame(schema=s) for name, s in SCHEMAS.items()}
        return cls(as_of, dwellings, tables, part)

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self.tables[name]

    def add(self, name: str, columns: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        """Appends rows: columns as arrays, or single rows as mappings; the rest by default."""
        rows = frame(SCHEMAS[name], columns)
        self.tables[name] = pl.concat([self.tables[name], rows], how="vertical")


def frame(
    schema: Mapping[str, Any], columns: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> pl.DataFrame:
    """The rows in `schema`'s columns and types; a column not named holds its default or null."""
    given = (
        pl.DataFrame(columns, strict=False)
        if isinstance(columns, Mapping)
        else pl.DataFrame(list(columns), infer_schema_length=None, strict=False)
    )
    unknown = set(given.columns) - set(schema)
    if unknown:
        raise ValueError(f"unknown columns {sorted(unknown)}; allowed are {sorted(schema)}")
    cells = [
        (pl.col(name) if name in given.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
    ]
    filled = given.select(cells) if given.height else pl.DataFrame(schema=schema)
    return filled.with_columns(
        pl.col(name).fill_null(value) for name, value in DEFAULTS.items() if name in schema
    )


def nullable(values: Any, is_null: Any) -> pl.Series:
    """A series with nulls where the mask is true."""
    return pl.DataFrame({"v": values, "n": is_null}).select(
        pl.when(~pl.col("n")).then(pl.col("v"))
    )["v"]
