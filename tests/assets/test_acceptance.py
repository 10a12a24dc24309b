"""Acceptance judges, records and refuses; it loses no row and shows no person."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from assets import expectations
from assets.acceptance import REPORT, PromisesBroken, accept
from assets.home import Home
from assets.protection import keep_rows
from assets.protection_keys import Part
from assets.sizes import last_sizes, remember
from assets.workspace import Workspace
from data_contracts.contract import load_contracts
from data_contracts.delivery import open_delivery
from data_contracts.errors import BoendesignalError
from tests.assets.a_passage import night, passed

PRACTICE = Path(__file__).resolve().parents[3] / "shared/deliveries/practice/delivery"


def rows(ws: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with ws.connect() as con:
        return con.execute(sql).fetchall()


def test_a_valid_delivery_keeps_every_promise(delivery, tmp_path):
    """Every promise of every contract is judged, and held."""
    ws, results = night(delivery.write(), tmp_path / "home")
    assert [result for result in results if not result.passed] == []
    expected = {
        (contract.id, check)
        for contract in load_contracts().values()
        for check in (
            "is_delivered",
            "rows_add_up",
            "size_is_plausible",
            *(promise.id for promise in contract.promises),
        )
    }
    assert {(result.contract_id, result.check) for result in results} == expected
    assert rows(ws, "from missing_sources") == []
    assert rows(ws, "from quarantine") == []


def test_what_is_set_aside_is_recorded_and_counted(delivery, tmp_path):
    """A quarantined row is in `quarantine`, in the promise's count and in the night's Parquet."""
    delivery.rows["registry/personer.csv"][2]["fodelsedatum"] = "1999-02-31"
    delivery.rows["tenancy/kontrakt.csv"][1]["hyresgast_personnummer"] = "197002019804"
    ws, results = night(delivery.write(), tmp_path / "home")
    assert rows(ws, "from quarantine") == [
        (
            "registry__persons",
            "registry/personer.csv",
            3,
            "birth_on_is_valid",
            "birth_on is not a valid date. A value that is no date cannot be used.",
        )
    ]
    broken = [
        (r.contract_id, r.check, r.on_failure, r.n_evaluated, r.n_failed)
        for r in results
        if not r.passed
    ]
    assert broken == [
        ("registry__persons", "birth_on_is_valid", "quarantine", 4, 1),
        ("tenancy__leases", "tenant_personnummer_is_valid", "warn", 2, 1),
    ]
    files = f"'{ws.night}/quarantine_registry__persons.parquet'"
    assert rows(ws, f"select source_row, birth_on, failed_key from {files}") == [
        (3, "1999-02-31", "birth_on_is_valid")
    ]


def test_protected_rows_leave_every_count(delivery, tmp_path):
    """What the gate took is in no table, count or mark; the report says '< 10' and no more."""
    delivery.rows["tenancy/kontrakt.csv"][1]["hyresgast_personnummer"] = "197002019804"
    ws = passed(delivery.write(), tmp_path / "home", protected={"tenancy__leases": 2})
    results = accept(ws)
    assert [r.check for r in results if not r.passed] == []
    assert rows(ws, "from emptied_cells") == []
    page = (ws.dir / REPORT).read_text(encoding="utf-8")
    assert "personuppgifter: <strong>&lt; 10</strong>" in page


def test_a_lost_row_is_a_fault_of_the_program(delivery, tmp_path):
    """kept + quarantined + protected = delivered is asserted for every table."""
    ws = passed(delivery.write(), tmp_path / "home")
    with ws.connect() as con:
        con.execute(
            "create or replace view kept_benefits__decisions as"
            f" from '{ws.night}/kept_benefits__decisions.parquet' where source_row <> 1"
        )
    with pytest.raises(BoendesignalError, match="benefits__decisions: kept, quarantined and prot"):
        accept(ws)


def test_a_large_night_lets_the_judge_go(delivery, tmp_path, monkeypatch):
    """It needs what Great Expectations holds; after a small one the next need not wait for it."""
    asked = expectations.judge()
    folder = delivery.write()
    night(folder, tmp_path / "small")
    assert expectations.judge() is asked
    monkeypatch.setattr("assets.acceptance.MANY_ROWS", 1)
    night(folder, tmp_path / "large")
    assert not asked.is_there
    assert expectations.judge() is not asked


def test_a_stop_refuses_after_everything_is_recorded(delivery, tmp_path):
    """The refusal names promise and remedy; results and report are there to be read."""
    for row in delivery.rows["registry/personer.csv"]:
        row["utdelningsadress"] = ""
    ws = passed(delivery.write(), tmp_path / "home")
    with pytest.raises(PromisesBroken) as caught:
        accept(ws)
    assert (
        "registry__persons: registered_have_address is broken: measured 0, allowed at least 0.5"
    ) in str(caught.value)
    refused = [r for r in caught.value.results if r.is_refusal]
    assert [(r.contract_id, r.check) for r in refused] == [
        ("registry__persons", "registered_have_address")
    ]
    assert rows(ws, "select check_name from quality_results where not passed") == [
        ("registered_have_address",)
    ]
    assert "leveransen avvisades" in (ws.dir / REPORT).read_text(encoding="utf-8")


def test_the_nights_files_are_the_same_bytes_every_time(delivery, tmp_path):
    """Same delivery, same Parquet and report, whatever the run and the number of threads."""
    folder = delivery.write()

    def made(run_id: str, threads: int) -> dict[str, str]:
        ws = passed(folder, tmp_path / "home", run_id)
        ws.threads = threads
        accept(ws)
        files = [*sorted(ws.night.iterdir()), ws.dir / REPORT]
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    first = made("one", 1)
    assert made("two", 4) == first
    assert len(first) == 2 * len(load_contracts()) + 1


def test_a_large_table_is_kept_in_its_order_however_many_threads_write_it(delivery, tmp_path):
    """Several row groups are written side by side, and are the same bytes still."""

    def made(run_id: str, threads: int) -> bytes:
        ws = Workspace(Home.open(tmp_path / "home"), run_id, folder)
        ws.threads = threads
        part = Part("registry__relations", False)
        with ws.connect_with_landing() as con:
            con.execute(f"create table {part.landed} as select range as row_id from range(600_000)")
            con.execute("create temp table leaving as from range(0, 600_000, 7) as rows(row_id)")
            keep_rows(con, ws, part, "leaving")
            rows = con.execute(f"select row_id from {part.kept}").fetchnumpy()["row_id"]
        assert (rows[1:] > rows[:-1]).all()
        assert len(rows) == 600_000 - 85_715
        return (ws.night / part.file_name).read_bytes()

    folder = open_delivery(delivery.write())
    assert made("one", 1) == made("two", 2) == made("four", 4)


def test_files_are_for_their_owner_only(delivery, tmp_path):
    """0600 and 0700."""
    ws, _ = night(delivery.write(), tmp_path / "home")
    files = [*ws.night.iterdir(), ws.dir / REPORT, ws.work_file]
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}
    assert oct(ws.night.stat().st_mode & 0o777) == "0o700"


def test_a_table_that_shrank_is_suspended_until_it_is_back(delivery, tmp_path):
    """Sizes are held against the last accepted delivery of an earlier date that was used."""
    home = tmp_path / "home"
    first, _ = night(_dated(delivery, "2026-10-01", n_vehicles=10), home, "one")
    remember(first)
    second, results = night(_dated(delivery, "2026-10-02", n_vehicles=7), home, "two")
    assert rows(second, "from missing_sources") == [("vehicles__vehicles", "shrunk")]
    assert [(r.check, r.on_failure) for r in results if not r.passed] == [
        ("size_is_plausible", "suspend")
    ]
    remember(second)
    assert last_sizes(second.home, second.as_of)["vehicles__vehicles"] == 10
    third, _ = night(_dated(delivery, "2026-10-03", n_vehicles=8), home, "three")
    assert rows(third, "from missing_sources") == []  # 8 of 10, not of 7
    again, _ = night(_dated(delivery, "2026-10-01", n_vehicles=10), home, "again")
    assert rows(again, "from missing_sources") == []  # looks at no later night


def _dated(delivery, extract_date: str, n_vehicles: int) -> Path:
    delivery.folder = delivery.folder.parent / extract_date
    vehicle = {**delivery.rows["vehicles/fordon.csv"][0]}
    delivery.rows["vehicles/fordon.csv"] = [
        {**vehicle, "registreringsnummer": f"ABC{number:03}"} for number in range(n_vehicles)
    ]
    return delivery.write(extract_date=extract_date)


def test_a_missing_source_is_a_visible_check(delivery, tmp_path):
    """Nothing is judged of a table that did not come, but that it did not is told."""
    del delivery.rows["vehicles/fordon.csv"]
    ws, results = night(delivery.write(), tmp_path / "home")
    own = [(r.check, r.passed) for r in results if r.contract_id == "vehicles__vehicles"]
    assert own == [("is_delivered", False)]
    assert rows(ws, "from missing_sources") == [("vehicles__vehicles", "missing")]


def test_the_report_is_self_contained_and_holds_counts_only(delivery, tmp_path):
    """No script, nothing fetched, no cell of any row; every promise in Swedish."""
    delivery.rows["registry/personer.csv"][2]["fodelsedatum"] = "1999-02-31"
    ws, _ = night(delivery.write(), tmp_path / "home")
    page = (ws.dir / REPORT).read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|<img|src=|url\(|https?:|@import", page)
    cells = {
        value
        for table in delivery.rows.values()
        for row in table
        for value in row.values()
        if len(value) > 4 and value != "2026-10-01"
    }
    assert [value for value in cells if value in page] == []
    assert '<html lang="sv">' in page
    assert "prefers-color-scheme: dark" in page
    assert '<th scope="row">birth_on är ett datum (ÅÅÅÅ-MM-DD).</th>' in page
    assert page.count("<h1>") == 1


@pytest.mark.parametrize("name", ["2026-10-01", "2026-10-02", "2026-10-03"])
def test_the_practice_nights_are_accepted(tmp_path, name: str):
    """One cancelled lease is all that our contracts find in a delivery we did not make."""
    if not PRACTICE.exists():
        pytest.skip("../shared is not here")
    _, results = night(PRACTICE / name, tmp_path)
    broken = [(r.contract_id, r.check, r.n_failed) for r in results if not r.passed]
    expected = [("tenancy__leases", "ends_after_start", 1)]
    if name == "2026-10-03":
        expected.append(("vehicles__vehicles", "is_delivered", 0))
    assert broken == expected
