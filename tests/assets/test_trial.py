"""Rules on trial are computed and kept apart: in `trial`, and nowhere else without a decision."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import duckdb
import openpyxl
import polars as pl
import pytest
import yaml

from assets import signals, trial
from assets.home import Home
from assets.ledger_states import BELOW_FLOOR
from assets.publish import publish
from assets.trial import compute_trial, quarter_begins, remember_forests
from assets.workspace import Workspace
from rules import forest as forests
from rules.catalogue import RULES, load_one
from rules.engine import points
from rules.tables import core_tables
from tests.assets.a_history import rule
from tests.assets.a_night import FACTS, a_home, a_run

UNUSUAL = load_one(RULES / "unusual_dwelling")
CARS = load_one(RULES / "many_vehicles")
THURSDAY, FRIDAY, JANUARY = date(2026, 10, 1), date(2026, 10, 2), date(2027, 1, 1)
LEFT_BY_EARLIER_STAGES = """
create table missing_sources (contract_id varchar, reason varchar);
create table source_files as
select 1 as file_no, 'registry__dwellings' as contract_id, 'lagenheter.csv' as source_file;
create table not_computed (rule_id varchar, reason varchar, source varchar);
create table rule_precision (rule_id varchar, rule_version integer, is_below_floor boolean);
"""
# 300 flats of one or two adults; d299 has nine adults of nine families, registered this year, and
# p1 owns ten cars. Row ids: file 1, the row's own number.
TOWN = """
insert into core_dwellings by name
select 'd' || n as dwelling_id, 'Gatan ' || n as label, 3 as n_rooms, false as is_special_housing,
    false as is_student_housing, false as is_incomplete, (1::bigint << 40) + n as row_id
from range(300) t(n);
insert into core_persons by name
select 'p' || n as person_id, 'd' || least(n // 2, 299) as dwelling_id, 'Namn ' || n as full_name,
    true as is_adult, true as is_registered, false as is_incomplete,
    (1::bigint << 40) + n as row_id
from range(607) t(n);
insert into core_households by name
select person_id, dwelling_id, true as is_adult,
    case when dwelling_id = 'd299' then person_id else dwelling_id end as group_id,
    case when dwelling_id = 'd299' then date '2026-09-01' else date '2015-03-01' end
        as registered_on
from core_persons;
insert into core_vehicles by name
select 'AAA' || n as plate, 'car' as vehicle_kind, true as is_in_traffic, 'p1' as owner_person_id,
    date '2026-05-01' as owned_since_on, (1::bigint << 40) + n as row_id
from range(10) t(n);
"""


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    monkeypatch.setattr(trial, "trial_rules", lambda: [UNUSUAL])
    monkeypatch.setattr(trial, "live_rules", lambda: [CARS])
    made = Home.open(tmp_path / "home")
    (made.state / "key").write_bytes(bytes(32))
    made.settle("0181")
    return made


def run(home: Home, day: date, *, more: str = "") -> Workspace:
    """A night's trial stage and what is remembered of it; `more` is SQL over the night's tables."""
    delivery = SimpleNamespace(extract_date=day, is_synthetic=True, files=())
    ws = Workspace(home, f"run-{day}-{len(list(home.runs.iterdir()))}", delivery, threads=1)  # type: ignore[arg-type]
    with ws.connect() as con:
        for name, table in core_tables().items():
            con.execute(table.ddl(name))
        con.execute(LEFT_BY_EARLIER_STAGES + TOWN + more)
    compute_trial(ws)
    remember_forests(ws)
    return ws


def rows(ws: Workspace, query: str) -> list[tuple]:
    with ws.connect() as con:
        return con.sql(query).fetchall()


def made(ws: Workspace) -> list[list[tuple]]:
    names = ("trial", "trial_evidence", "trial_models", "trial_used", "not_computed")
    return [rows(ws, f"select * from {name} order by all") for name in names]


def test_the_odd_dwelling_is_on_trial_with_its_reasons(home):
    """Nine families and ten cars stand out among 300 flats; each row says by what, and on what."""
    ws = run(home, THURSDAY)
    found = rows(
        ws,
        "select dwelling_id, rule_id, because, points, reasons_sv[1] from trial"
        " order by unusual_score desc",
    )
    assert [row[:4] for row in found] == [
        ("d299", "unusual_dwelling", "status_trial", 0.0),
        ("d0", "unusual_dwelling", "status_trial", 0.0),
    ]
    assert found[1][4].startswith("antal personbilar och lätta lastbilar i trafik 10 (")
    assert rows(ws, "select value, source_file, source_row from trial_evidence order by all") == [
        ("Gatan 0", "lagenheter.csv", 0),
        ("Gatan 299", "lagenheter.csv", 299),
    ]
    assert rows(ws, "select rule_id, sources from trial_used") == [
        ("unusual_dwelling", ["dwelling_register", "registry", "tenancy", "vehicles"])
    ]


def test_a_quarter_has_one_forest(home, monkeypatch):
    """Fitted on its first night; the next night judges by the stored one, and January anew."""
    first = run(home, THURSDAY)
    with monkeypatch.context() as patch:
        patch.setattr(forests, "fit", None)  # to call it would fail
        second = run(home, FRIDAY, more="delete from core_dwellings where dwelling_id = 'd7'")
    about = "select fitted_on, forest from trial_models"
    assert rows(second, about) == rows(first, about)
    assert rows(second, "select * from trial order by all") != []
    assert rows(run(home, JANUARY), "select fitted_on from trial_models") == [(JANUARY,)]
    assert quarter_begins(date(2026, 12, 31)) == date(2026, 10, 1)


def test_nights_run_again_in_any_order_give_the_same(home):
    """A night looks at forests of earlier nights alone, and keeps only its own."""
    days = (THURSDAY, FRIDAY, date(2026, 10, 3))
    before = {day: made(run(home, day)) for day in days}
    for day in (days[2], days[0], days[1], days[2]):
        assert made(run(home, day)) == before[day]


def test_a_missing_source_is_told(home):
    """Without vehicles nothing is judged, and the reason stands where all reasons stand."""
    ws = run(
        home, THURSDAY, more="insert into missing_sources values ('vehicles__vehicles', 'missing')"
    )
    assert rows(ws, "select * from trial") == rows(ws, "select * from trial_models") == []
    assert rows(ws, "select * from not_computed") == [
        ("unusual_dwelling", "source_missing", "vehicles__vehicles")
    ]


def test_a_town_of_few_dwellings_is_not_judged(home):
    """Fewer dwellings than a tree is grown from: computed, and nothing found."""
    ws = run(home, THURSDAY, more="delete from core_dwellings where row_id % 2 = 0")
    assert rows(ws, "select * from trial") == rows(ws, "select * from trial_models") == []
    assert rows(ws, "select rule_id from trial_used") == [("unusual_dwelling",)]


def test_a_rule_that_outcomes_put_back_goes_on_in_trial(home):
    """It is computed with its points and why, so that a new version can be weighed against it."""
    below = f"insert into rule_precision values ('many_vehicles', {CARS.spec.version}, true)"
    ws = run(home, THURSDAY, more=below)
    found = rows(
        ws,
        "select because, lane, person_id, dwelling_id, points, unusual_score, len(reasons_sv)"
        " from trial where rule_id = 'many_vehicles'",
    )
    stated, _ = points(CARS.spec, {"certainty": 1.0, "n_cars": 10})
    assert found == [(BELOW_FLOOR, "vehicle", "p1", "d0", stated, None, 1)]
    assert rows(ws, "select * from not_computed") == []  # the signals stage has told it already


def test_status_alone_moves_a_rule(monkeypatch):
    """The signals stage asks for live rules, this one for those on trial: none is in both."""
    rules = {
        "lease": rule("lease", 2.0, "sublet", status="trial"),
        "parking": rule("parking", 1.0, "let_on"),
        "draft": rule("draft", 1.0, "let_on", status="draft"),
    }
    for module in (trial, signals):
        monkeypatch.setattr(module, "load", lambda: rules)
    assert [one.id for one in trial.trial_rules()] == ["lease"]
    assert [one.id for one in signals.live_rules()] == ["parking"]


def shown_by_a_decision(home: Home) -> None:
    decision = {
        "feature": "trial_visible",
        "why": "beslutat",
        "decision_id": "KS 2026:1",
        "decided_by": "Kommunstyrelsen",
        "valid_from": THURSDAY,
    }
    home.legal_basis_file.write_text(yaml.safe_dump({"decisions": [decision]}), encoding="utf-8")


@pytest.mark.parametrize("is_decided", [False, True])
def test_investigators_see_it_by_decision_only(tmp_path, is_decided):
    """The file is there every night; database and workbook hold it while a decision does."""
    home = a_home(tmp_path)
    if is_decided:
        shown_by_a_decision(home)
    ws = a_run(home)
    with ws.connect() as con:
        con.execute("insert into trial by name select 't1' as signal_id, 'odd' as rule_id")
    publish(ws, FACTS)
    night = home.published / "2026-10-01"
    assert pl.read_parquet(night / "trial.parquet")["signal_id"].to_list() == ["t1"]
    with duckdb.connect(str(night / "boendesignal.duckdb"), read_only=True) as con:
        tables = {name for (name,) in con.sql("select table_name from duckdb_tables()").fetchall()}
    assert ("trial" in tables, "trial_evidence" in tables) == (is_decided, is_decided)
    assert "trial_models" not in tables
    sheets = openpyxl.load_workbook(night / "signaler.xlsx", read_only=True).sheetnames
    assert ("Regler på försök" in sheets) is is_decided
