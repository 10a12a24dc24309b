"""One small night as the stages before publishing leave it, for the tests of what comes after.

Two cases: K1 (a tenancy signal and a benefit signal) and K2 (one tenancy signal of a parking lease,
whose holder's name begins with '='), a rule that found nothing and a data-quality row.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from assets.home import Home
from assets.published_tables import published_tables
from assets.workspace import Workspace

NIGHT = date(2026, 10, 1)
MANIFEST = "ab" * 32
LEASE_FILE, BENEFIT_FILE = "tenancy/kontrakt_söder.csv", "benefits/beslut.csv"
HOLDER, PARKER = "198001019804", "197905129818"

TABLES = """
create table signals as from (values
    ('s1aa', 'holder_registered_elsewhere', 2::integer, 'tenancy', 'k1', 'p1', 'd1',
        date '2025-03-01', 0.9, 1.44, 20801.0, 7500.0, 'Åsa Öberg har kontrakt men bor i Järna.',
        'not published'),
    ('s1bb', 'stated_address_differs', 1, 'benefit', 'k1', 'p1', 'd2',
        date '2025-04-01', 1.0, 2.0, 20801.0, 0.0, 'Bostadsbidrag för en annan bostad.', ''),
    ('s2aa', 'parking_without_car', 1, 'tenancy', 'k2', 'p2', null,
        date '2024-01-01', 1.0, 0.7, 0.0, 500.0, '=Cmd Ek hyr p-plats utan bil.', '')
) v(signal_id, rule_id, rule_version, lane, case_id, person_id, dwelling_id, since_on, certainty,
    points, benefit_sek_month, rent_sek_month, explain_sv, points_sv);

create table signal_holder_registered_elsewhere as from (values
    ('s1aa', 'p1', 'd1', 'Åsa Öberg', 'Storgatan 1 lgh 1101', date '2019-05-01', 7, [1::bigint])
) v(signal_id, person_id, dwelling_id, holder_name, lease_address, lease_from, n_days, row_ids);
create table signal_stated_address_differs as from (values
    ('s1bb', 'p1', 'd2', 'BOSTADSBIDRAG')
) v(signal_id, person_id, dwelling_id, benefit);
create table signal_parking_without_car as from (values
    ('s2aa', 'p2', '=Cmd Ek', '+46701740605', '@garage')
) v(signal_id, person_id, holder_name, phone, place);
create table signal_overcrowded_dwelling (signal_id varchar, dwelling_id varchar, n_adults integer);

create table cases as from (values
    ('k2', 2::integer, 0.7, 'P-plats utan bil', '0,7 poäng', 'tenancy', 1::integer, 0.0, 500.0),
    ('k1', 1, 3.44, 'Två bostäder', '2 + 1,44 poäng', 'benefit', 2, 20801.0, 7500.0)
) v(case_id, rank, score, title_sv, summary_sv, lane, n_signals, benefit_sek_month,
    rent_sek_month);
create table case_members as from (values
    ('k1', 'person', 'holder', '198001019804', null, null, null),
    ('k1', 'dwelling', 'leased', null, 'SÖDERTÄLJE BJÖRKEN 1', 'Storgatan 1', '1101'),
    ('k1', 'dwelling', 'registered', null, 'SÖDERTÄLJE ÅSEN 2', 'Ängsvägen 2', ''),
    ('k2', 'person', 'holder', '197905129818', null, null, null)
) v(case_id, member_kind, role, personnummer, fastighetsbeteckning, belagenhetsadress,
    lagenhetsnummer);

create table signal_evidence as from (values
    ('s1aa', 'lease', 'Storgatan 1', 'tenancy__leases', 'tenancy/kontrakt_söder.csv', 3),
    ('s1aa', 'registered', 'Ängsvägen 2', 'registry__persons', 'registry/personer.csv', 9),
    ('s1bb', 'stated', 'Storgatan 1', 'benefits__decisions', 'benefits/beslut.csv', 2),
    ('s2aa', 'lease', 'P 4', 'tenancy__leases', 'tenancy/kontrakt_söder.csv', 4),
    ('s2aa', 'car', '', 'vehicles__vehicles', 'vehicles/fordon.csv', 1)
) v(signal_id, fact, value, source_table, source_file, source_row);
create table data_quality as from (values
    ('unresolvable_address', null, null, 'Adressen pekar ut flera lägenheter.', 'tenancy__leases',
        'tenancy/kontrakt_söder.csv', 8, 's4dd')
) v(check_id, person_id, dwelling_id, explain_sv, source_table, source_file, source_row, signal_id);
create table not_computed as from (values
    ('unregistered_occupants', 'legal_basis', 'benefits + vehicles')
) v(rule_id, reason, source);
create table ledger as
select signal_id, rule_id, 'new' as state, null::varchar as cause,
    date '2026-10-01' as first_seen_on,
    date '2026-10-01' as last_seen_on, null::date as closed_on, null::varchar as what_changed_sv
from signals;
create table quarantine as from (values
    ('tenancy__leases', 'tenancy/kontrakt_söder.csv', 5, 'from_on', 'not a date')
) v(contract_id, source_file, source_row, failed_key, reason);
"""


def rule(title_sv: str, lane: str, *sources: str, **more: Any) -> dict[str, Any]:
    """A rule's entry in run.json."""
    return {"version": 1, "title_sv": title_sv, "lane": lane, "sources": list(sources), **more}


FACTS: dict[str, Any] = {
    "rules": {
        "holder_registered_elsewhere": rule(
            "Hyresgäst folkbokförd på annan adress än kontraktet",
            "tenancy",
            "registry",
            "dwelling_register",
            "tenancy",
            decisions=["KS 2026/1"],
            columns_sv={"holder_name": "Hyresgäst", "lease_address": "Kontraktets adress"},
        ),
        "stated_address_differs": rule(
            "Bidrag för en annan bostad", "benefit", "registry", "dwelling_register", "benefits"
        ),
        "parking_without_car": rule(
            "P-plats utan bil", "tenancy", "registry", "tenancy", "vehicles"
        ),
        "overcrowded_dwelling": rule(
            "Fler vuxna än rummen räcker till", "residency", "registry", "dwelling_register"
        ),
        "unresolvable_address": rule(
            "Adress som inte kan kopplas till en bostad", "data_quality", "tenancy"
        ),
    },
    "trial": {
        "rules": {
            "unusual_dwelling": rule(
                "Bostad som skiljer sig från de flesta", "trial", "tenancy", decisions=["KS 2026/1"]
            )
        }
    },
    "decisions": {"KS 2026/1": [{"statute": "OSL 10 kap. 2 §", "decided_by": "Kommunstyrelsen"}]},
    "counts": {"protected": "< 10"},
}


def a_home(tmp_path: Path) -> Home:
    home = Home.open(tmp_path / "home")
    home.settle("0181")
    return home


def a_run(
    home: Home, run_id: str = "run1", night: date = NIGHT, shuffled: bool = False
) -> Workspace:
    """A run whose stages are done; `shuffled` leaves the same rows in another physical order."""
    delivery = SimpleNamespace(
        extract_date=night,
        municipality_code="0181",
        is_synthetic=True,
        manifest_sha256=MANIFEST,
        files=[
            SimpleNamespace(
                path=LEASE_FILE, contract_id="tenancy__leases", sha256="cd" * 32, rows=1
            )
        ],
    )
    ws = Workspace(home, run_id, delivery)  # type: ignore[arg-type]
    with ws.connect() as con:
        con.execute(TABLES)
        make_the_rest_empty(con)
        if shuffled:
            for (name,) in con.sql("select table_name from duckdb_tables()").fetchall():
                con.execute(f"create or replace table {name} as from {name} order by all desc")
    return ws


def make_the_rest_empty(con: duckdb.DuckDBPyConnection) -> None:
    """Published tables that the fixture gives no rows: a night without any is a night too."""
    for name, table in published_tables().items():
        columns = ", ".join(f"{column} {about.type}" for column, about in table.columns.items())
        con.execute(f"create table if not exists {name} ({columns})")


def keep_delivered_rows(home: Home, night: date = NIGHT) -> Path:
    """The night's accepted lease rows under nights/, as acceptance keeps them."""
    folder = home.night_dir(night, MANIFEST)
    folder.mkdir(parents=True)
    con = duckdb.connect()
    con.execute(
        "copy (select 3::bigint as row_id, 'L-17' as lease_number, '[red]Åsa\x1b[2J' as "
        f"tenant_name, null as plate, '{LEASE_FILE}' as source_file, 3::bigint as source_row) "
        f"to '{folder / 'kept_tenancy__leases.parquet'}'"
    )
    con.close()
    return folder


def content(folder: Path) -> dict[str, bytes]:
    """Every file below the folder that must be the same each time: path -> bytes."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix in {".parquet", ".xlsx"}
    }
