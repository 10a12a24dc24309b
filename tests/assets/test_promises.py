"""Each promise of each contract: the valid batch keeps it, one batch breaks it and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.landing import begin_emptied_cells, keep_emptied_cells, land_table
from assets.quality import Measure, measure
from data_contracts.contract import Contract, Expectation, load_contracts
from data_contracts.delivery import DeliveredFile

AS_OF = date(2026, 10, 1)
FILES = {
    "registry__persons": "registry/personer.csv",
    "registry__relations": "registry/relationer.csv",
    "registry__moves": "registry/flyttningar.csv",
    "registry__dwellings": "registry/lagenheter.csv",
    "tenancy__leases": "tenancy/kontrakt.csv",
    "benefits__decisions": "benefits/beslut.csv",
    "vehicles__vehicles": "vehicles/fordon.csv",
}

# Contract and promise: the cells of the first row that break it. ALL: of every row; NO_ROWS: none.
ALL, NO_ROWS = "all rows", "no rows"
BREAKS: dict[str, dict[str, dict[str, str]]] = {
    "registry__persons": {
        "has_rows": {NO_ROWS: ""},
        "birth_on_is_known": {"fodelsedatum": ""},
        "birth_on_is_past": {"fodelsedatum": "2026-10-02", "civilstandsdatum": "",
                             "folkbokforingsdatum": "2026-10-02"},
        "registered_on_follows_birth": {"folkbokforingsdatum": "1969-01-01"},
        "civil_status_on_follows_birth": {"civilstandsdatum": "1969-01-01"},
        "flat_number_is_four_digits": {"lagenhetsnummer": "A101"},
        "successor_is_another_number": {"hanvisning_personnummer": "197002019805"},
        "replaced_number_has_successor": {"avregistreringskod": "GN",
                                          "avregistreringsdatum": "2026-01-01"},
        "deregistration_code_is_known": {
            "avregistreringskod": "XX",
            "avregistreringsdatum": "2026-01-01",
        },
        "deregistered_has_date": {"avregistreringskod": "AV"},
        "registered_have_date": {"folkbokforingsdatum": ""},
        "registered_have_address": {ALL: "", "utdelningsadress": ""},
        "registered_have_property": {"fastighetsbeteckning": ""},
    },
    "registry__relations": {
        "ends_after_start": {"till_datum": "1998-06-19"},
        "relates_two_people": {"relation_personnummer": "197002019805"},
    },
    "registry__moves": {
        "ends_after_start": {"till_datum": "2000-12-31"},
        "has_ended": {"till_datum": ""},
        "ended_by_extract_date": {"till_datum": "2026-10-02"},
        "flat_number_is_four_digits": {"lagenhetsnummer": "10011"},
    },
    "registry__dwellings": {
        "has_rows": {NO_ROWS: ""},
        "flat_number_is_four_digits": {"lagenhetsnummer": "11O1"},
        "n_rooms_is_plausible": {"antal_rum": "0"},
        "area_is_plausible": {"bostadsarea": "4,9"},
        "rooms_are_known": {ALL: "", "antal_rum": ""},
    },
    "tenancy__leases": {
        "ends_after_start": {"till_datum": "2010-04-30"},
        "has_start": {"fran_datum": ""},
        "tenants_have_numbers": {ALL: "", "hyresgast_personnummer": ""},
        "tenant_is_named": {"hyresgast_namn": ""},
        "holders_are_two_people": {"medhyresgast_personnummer": "197002019805"},
        "flat_number_is_four_digits": {"lagenhetsnummer": "B-1101"},
        "dwellings_have_address": {"adress": ""},
        "rent_is_plausible": {"manadshyra": "100000,01"},
        "n_rooms_is_plausible": {"antal_rum": "31"},
        "n_declared_lodgers_is_plausible": {"anmalda_inneboende": "-1"},
    },
    "benefits__decisions": {
        "ends_after_start": {"period_till": "2026-09-30"},
        "recipients_have_numbers": {ALL: "", "mottagare_personnummer": ""},
        "applicants_are_two_people": {"medsokande_personnummer": "197002019805"},
        "amount_is_plausible": {"manadsbelopp": "200000,01"},
        "housing_cost_is_plausible": {"uppgiven_boendekostnad": "-1"},
        "n_stated_adults_is_plausible": {"uppgivna_vuxna": "21"},
        "n_stated_children_is_plausible": {"uppgivna_barn": "-1"},
        "lodger_income_is_plausible": {"uppgiven_inneboendeinkomst": "100001"},
    },
    "vehicles__vehicles": {
        "plate_is_a_registration_number": {"registreringsnummer": "197002019805"},
        "owners_have_numbers": {ALL: "", "agare_id": ""},
        "owned_since_is_past": {"agare_sedan": "2026-10-02"},
    },
}  # fmt: skip

CASES = [
    pytest.param(contract, promise, id=f"{contract.id}-{promise.id}")
    for contract in load_contracts().values()
    for promise in contract.promises
]


def cells_that_break(contract: Contract, promise: Expectation) -> dict[str, str]:
    """The cells for a promise that columns and key imply follow from the promise."""
    if promise.id in BREAKS[contract.id]:
        return BREAKS[contract.id][promise.id]
    column = contract.by_name[promise.columns[0]]
    wrong = {
        "ExpectColumnValuesToBeOfType": "fel",
        "ExpectColumnValuesToNotBeNull": "",
        "ExpectColumnValuesToBeInSet": "OKÄND",
    }
    return {column.source: wrong[promise.expectation]}


def measured(delivery: Any, contract: Contract, rows: list[dict[str, str]]) -> Iterator[Measure]:
    """The contract's promises on a table with these rows."""
    path = FILES[contract.id]
    delivery.rows[path] = rows
    file = delivery.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(delivery.csv(path))
    delivered = DeliveredFile(
        path, Path(file), 1, contract.id, "csv", "utf-8", ";", rows=len(rows), sha256=""
    )
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as landing")
        begin_emptied_cells(con)
        land_table(con, contract, [delivered], AS_OF)
        keep_emptied_cells(con)
        landed, rejected = f"landing.landing_{contract.id}", f"landing.rejected_{contract.id}"
        yield from measure(con, contract, landed, rejected, AS_OF)


def broken(measures: Iterator[Measure]) -> dict[str, int]:
    """Promise: rows that break it, for those outside their limits."""
    return {
        found.check: found.n_failed
        for found in measures
        if (found.minimum is not None and found.value < found.minimum)
        or (found.maximum is not None and found.value > found.maximum)
    }


@pytest.mark.parametrize("contract", load_contracts().values(), ids=lambda contract: contract.id)
def test_the_valid_batch_keeps_every_promise(delivery, contract: Contract):
    """Nothing is broken, and no promise goes unmeasured."""
    measures = list(measured(delivery, contract, delivery.rows[FILES[contract.id]]))
    assert broken(iter(measures)) == {}
    assert {found.check for found in measures} == {promise.id for promise in contract.promises}


@pytest.mark.parametrize(("contract", "promise"), CASES)
def test_one_batch_breaks_the_promise_and_nothing_else(delivery, contract, promise):
    """Exactly the promised thing is noticed, on exactly the rows that break it."""
    rows = deepcopy(delivery.rows[FILES[contract.id]])
    if promise.id == "key_is_unique":
        rows.append(deepcopy(rows[0]))
        assert broken(measured(delivery, contract, rows)) == {"key_is_unique": 2}
        return
    cells = cells_that_break(contract, promise)
    if NO_ROWS in cells:
        rows = []
    else:
        for row in rows if ALL in cells else rows[:1]:
            row.update({name: value for name, value in cells.items() if name != ALL})
    n_failed = 0 if NO_ROWS in cells or "Proportion" in promise.expectation else 1
    assert broken(measured(delivery, contract, rows)) == {promise.id: n_failed}


def test_every_promise_in_the_list_exists():
    """A renamed promise takes its batch along."""
    for contract in load_contracts().values():
        assert {promise.id for promise in contract.quality} <= set(BREAKS[contract.id])
        assert set(BREAKS[contract.id]) <= {promise.id for promise in contract.promises}
