"""Publishing is whole or not at all, and the same content gives the same bytes."""

from __future__ import annotations

import json
import os
import shutil
import stat
import threading
from datetime import date
from pathlib import Path

import duckdb
import pytest

from assets import publish as publishing
from assets import retention
from assets.home import Home
from assets.publish import prepare, publish
from assets.published import open_night, published_nights, read_run
from assets.published_tables import DEFINITION, published_tables, render_page
from data_contracts.errors import BoendesignalError
from tests.assets.a_night import FACTS, MANIFEST, NIGHT, a_home, a_run, content

# Every step before the swap, by where publish() looks it up.
STEPS = [
    (publishing, "build"),
    (publishing, "computed_rules"),
    (publishing, "check_columns"),
    (publishing, "write_tables"),
    (publishing, "build_database"),
    (publishing, "check_keys"),
    (publishing, "run_json"),
    (publishing, "write_private"),
    (publishing, "write_signal_workbook"),
    (publishing.shutil, "copyfile"),
    (publishing, "seal"),
    (publishing, "point"),
]


# Published tables that the fixture night has no rows of.
EMPTY = sorted(
    set(published_tables())
    - {"signals", "cases", "case_members", "signal_evidence", "data_quality", "not_computed"}
    - {"quarantine", "ledger"}
)


def refuse(*args, **kwargs) -> None:
    raise OSError("the disk is full")


def rows(file: Path, columns: str = "*") -> list[tuple]:
    return duckdb.sql(f"select {columns} from read_parquet('{file}')").fetchall()


def test_publishes_every_table_and_returns_their_rows(tmp_path):
    """A published night holds each table as Parquet and in DuckDB, and the counts say how many."""
    home = a_home(tmp_path)
    ws = a_run(home)
    for page in ("contract_report.html", "report.html"):
        (ws.dir / page).write_text("<p>räknat</p>")
    counts = publish(ws, FACTS)

    night = home.published / "2026-10-01"
    assert os.readlink(night) == "../runs/run1/result"
    assert counts == {
        "signals": 3,
        "cases": 2,
        "case_members": 4,
        "signal_evidence": 5,
        "data_quality": 1,
        "not_computed": 1,
        "quarantine": 1,
        "ledger": 3,
        **dict.fromkeys(EMPTY, 0),
        "signal_holder_registered_elsewhere": 1,
        "signal_overcrowded_dwelling": 0,
        "signal_parking_without_car": 1,
        "signal_stated_address_differs": 1,
    }
    assert sorted(
        str(path.relative_to(night)) for path in night.rglob("*") if path.is_file()
    ) == sorted(
        [
            *(f"{name}.parquet" for name in EMPTY),
            "boendesignal.duckdb",
            "case_members.parquet",
            "cases.parquet",
            "contract_report.html",
            "data_quality.parquet",
            "ledger.parquet",
            "not_computed.parquet",
            "quarantine.parquet",
            "report.html",
            "run.json",
            "signal_evidence.parquet",
            "signaler.xlsx",
            "signals.parquet",
            "signals/holder_registered_elsewhere.parquet",
            "signals/overcrowded_dwelling.parquet",
            "signals/parking_without_car.parquet",
            "signals/stated_address_differs.parquet",
        ]
    )
    con = duckdb.connect(str(night / "boendesignal.duckdb"), read_only=True)
    in_database = {
        name: con.sql(f"select count(*) from {name}").fetchall()[0][0]
        for (name,) in con.sql("select table_name from duckdb_tables()").fetchall()
    }
    con.close()
    hidden = ("worklist_audit", "arm_precision", "trial", "trial_evidence", "trial_models")
    for_auditors = {name: counts.pop(name) for name in hidden}
    assert (in_database, for_auditors) == (counts, dict.fromkeys(hidden, 0))
    assert rows(night / "cases.parquet", "case_id, rank") == [("k1", 1), ("k2", 2)]


def test_published_columns_are_those_of_the_definition(tmp_path):
    """Column names, order and types are the definition's; a stage's own column stays at home."""
    home = a_home(tmp_path)
    publish(a_run(home), FACTS)
    for name, table in published_tables().items():
        file = home.published / "latest" / f"{name}.parquet"
        found = duckdb.sql(f"describe select * from read_parquet('{file}')").fetchall()
        assert [(row[0], row[1]) for row in found] == [
            (column, spec.type) for column, spec in table.columns.items()
        ]


def test_page_says_what_is_published():
    """docs/published.md agrees with the definition; remake it when this fails."""
    page = Path(__file__).resolve().parents[2] / "docs" / "published.md"
    assert page.read_text(encoding="utf-8") == render_page()


def test_every_column_is_explained():
    """No published table or column is without a sentence on what it holds."""
    assert DEFINITION.exists()
    unsaid = [
        f"{name}.{column}"
        for name, table in published_tables().items()
        for column, spec in table.columns.items()
        if len(spec.says) < 8 or not spec.says.endswith(".") or not spec.title_sv
    ]
    assert unsaid == []
    assert [
        name for name, table in published_tables().items() if "One row per" not in table.grain
    ] == []


def test_same_content_gives_the_same_bytes(tmp_path):
    """Rows in another physical order, another run, another clock: identical Parquet and Excel."""
    home = a_home(tmp_path)
    first = a_run(home, "run1")
    publish(first, FACTS)
    second = a_run(home, "run2", shuffled=True)
    publish(second, FACTS)
    assert content(first.result) == content(second.result)
    assert len(content(first.result)) == 13 + len(EMPTY)


def test_run_json_says_what_the_night_rests_on(tmp_path):
    """run.json holds input hashes, versions, decisions and counts, run id and clock."""
    home = a_home(tmp_path)
    publish(a_run(home), FACTS)
    record = read_run(open_night(home)[1])
    said = json.loads(record.model_dump_json(exclude={"published_at", "code_version"}))
    assert said["run_id"] == "run1"
    assert said["manifest_sha256"] == MANIFEST
    assert said["inputs"] == [
        {
            "path": "tenancy/kontrakt_söder.csv",
            "contract_id": "tenancy__leases",
            "sha256": "cd" * 32,
        }
    ]
    assert said["rules"]["holder_registered_elsewhere"]["decisions"] == ["KS 2026/1"]
    assert said["counts"] == {"protected": "< 10"}
    assert record.code_version.startswith("0.1.0")


def test_files_are_private_and_work_is_gone(tmp_path):
    """Files 0600, folders 0700; after the swap the work file, landing and spill are deleted."""
    home = a_home(tmp_path)
    ws = a_run(home)
    ws.landing_file.write_bytes(b"landed")
    publish(ws, FACTS)
    modes = {
        str(path.relative_to(home.path)): stat.S_IMODE(path.lstat().st_mode)
        for path in home.path.rglob("*")
        if not path.is_symlink()
    }
    assert {name for name, mode in modes.items() if mode not in (0o600, 0o700)} == set()
    assert sorted(path.name for path in ws.dir.iterdir()) == ["result"]


@pytest.fixture(scope="module")
def home_with_a_night(tmp_path_factory) -> Path:
    home = a_home(tmp_path_factory.mktemp("published"))
    publish(a_run(home, "run1"), FACTS)
    return home.path


@pytest.mark.parametrize(
    ("module", "step", "nth_call"),
    [(*step, 1) for step in STEPS] + [(os, "replace", nth) for nth in range(1, 5)],
)
def test_failure_before_the_swap_leaves_the_last_night_standing(  # noqa: PLR0917 - fixtures
    tmp_path, monkeypatch, home_with_a_night, module, step, nth_call
):
    """Whatever fails before the swap, readers keep the last night; the next attempt succeeds."""
    home = Home.open(shutil.copytree(home_with_a_night, tmp_path / "home", symlinks=True))
    before = {name: os.readlink(home.published / name) for name in os.listdir(home.published)}
    standing = content(home.published / "latest")
    ws = a_run(home, "run2", shuffled=True)
    (ws.dir / "contract_report.html").write_text("<p>räknat</p>")
    real = getattr(module, step)

    calls = []

    def fails(*args, **kwargs):
        calls.append(args)
        if len(calls) < nth_call:
            return real(*args, **kwargs)
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(module, step, fails)
        with pytest.raises(OSError, match="the disk is full"):
            publish(ws, FACTS)
    assert {
        name: os.readlink(home.published / name)
        for name in os.listdir(home.published)
        if not name.startswith(".")
    } == before
    assert content(home.published / "latest") == standing

    publish(ws, FACTS)  # a retry of the same run
    assert os.readlink(home.published / "2026-10-01") == "../runs/run2/result"


def test_a_retry_after_the_swap_only_finishes(tmp_path, monkeypatch):
    """When cleaning up fails, the night stands; a second call does not touch what readers read."""
    home = a_home(tmp_path)
    ws = a_run(home)
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "point_latest", refuse)
        with pytest.raises(OSError, match="the disk is full"):
            publish(ws, FACTS)
    stamp = (ws.result / "run.json").read_bytes()
    assert publish(ws, FACTS)["signals"] == 3
    assert (ws.result / "run.json").read_bytes() == stamp
    assert os.readlink(home.published / "latest") == "2026-10-01"
    assert not ws.work_file.exists()


def test_latest_only_moves_forward(tmp_path):
    """A re-run of an older night is published under its date and leaves `latest` where it is."""
    home = a_home(tmp_path)
    for run_id, day in [("a", 2), ("b", 1), ("c", 3), ("d", 2)]:
        publish(a_run(home, run_id, date(2026, 10, day)), FACTS)
    assert os.readlink(home.published / "latest") == "2026-10-03"
    assert {day.day: folder.parent.name for day, folder in published_nights(home).items()} == {
        1: "b",
        2: "d",
        3: "c",
    }


def test_readers_see_one_night_whole_while_others_publish(tmp_path):
    """A reader that opened a night goes on reading it, and a path through `latest` always works."""
    home = a_home(tmp_path)
    publish(a_run(home, "run0"), FACTS)
    stop, failures, n_reads = threading.Event(), [], 0

    def read() -> None:
        nonlocal n_reads
        con = duckdb.connect()
        while not stop.is_set():
            _, folder = open_night(home)
            for name, wanted in [("signals", 3), ("case_members", 4)]:
                found = con.execute(f"select count(*) from '{folder / name}.parquet'").fetchall()
                if found != [(wanted,)]:
                    failures.append(found)
            n_reads += 1

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 5):
        publish(a_run(home, f"run{number}"), FACTS)
    stop.set()
    reader.join()
    assert failures == []
    assert n_reads > 0


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("drop table cases", "cases lacks case_id, rank"),
        ("alter table signals drop column lane", "signals lacks lane"),
        ("alter table signal_parking_without_car drop column signal_id", "lacks signal_id"),
        ("insert into signals from signals limit 1", "signals.signal_id is empty or repeated"),
        ("update signals set case_id = 'k9'", "signals.case_id is not in cases (3 rows)"),
        ("delete from signals where signal_id = 's2aa'", "signal_evidence.signal_id is not in"),
        ("drop table signal_parking_without_car", "signals.rule_id has no table of its own"),
        ("delete from signal_parking_without_car", "signals of parking_without_car are not in"),
        ('create table "signal_../x" (signal_id varchar)', "Rule ids name files"),
        ("create table signal_new_rule (signal_id varchar)", "the facts lack the rules new_rule"),
    ],
)
def test_wrong_tables_are_not_published(tmp_path, broken, said):
    """A missing column, a broken key or a rule without facts stops before anything is swapped."""
    home = a_home(tmp_path)
    ws = a_run(home)
    with ws.connect() as con:
        con.execute(broken)
    with pytest.raises(BoendesignalError) as error:
        publish(ws, FACTS)
    assert said in str(error.value)
    assert published_nights(home) == {}


def test_facts_are_checked(tmp_path):
    """Facts without rules, or a rule without sources, name the place that is wrong."""
    home = a_home(tmp_path)
    facts = {"rules": {"overcrowded_dwelling": {"version": 1, "title_sv": "x", "lane": "tenancy"}}}
    with pytest.raises(BoendesignalError, match=r"rules\.overcrowded_dwelling\.sources"):
        publish(a_run(home), facts)
    with pytest.raises(BoendesignalError, match="wrong at rules"):
        publish(a_run(home, "run2"), {})


def test_nothing_published_is_said_plainly(tmp_path):
    """Opening a night that is not there says which are."""
    home = a_home(tmp_path)
    with pytest.raises(BoendesignalError, match="Nothing is published"):
        open_night(home)
    publish(a_run(home), FACTS)
    (home.published / "20261002").symlink_to("../runs/run1/result")  # not a night's name
    with pytest.raises(BoendesignalError, match="Published nights: 2026-10-01"):
        open_night(home, date(2026, 10, 2))
    assert open_night(home) == (NIGHT, (home.runs / "run1" / "result"))


def test_code_version_is_the_package_where_git_is_not(monkeypatch):
    """Without git the version alone is said; with it, the commit too."""
    assert "+" in publishing.code_version()
    monkeypatch.setattr(publishing.subprocess, "run", refuse)
    assert publishing.code_version() == "0.1.0"
    assert retention.os_user()


def test_what_is_prepared_is_not_shown_and_not_built_again(tmp_path, monkeypatch):
    """The home remembers a night between the two: nothing that can fail is left for afterwards."""
    home = a_home(tmp_path)
    ws = a_run(home)
    rows = prepare(ws, FACTS)
    assert published_nights(home) == {}
    before = content(ws.result)
    monkeypatch.setattr(publishing, "build", None)
    assert publish(ws) == rows
    assert list(published_nights(home)) == [NIGHT]
    assert content(ws.result) == before
    assert prepare(ws) == rows  # what is shown is left alone


def test_a_result_that_was_not_finished_is_built_again(tmp_path, monkeypatch):
    """A run killed while it built: half a result is never shown."""
    home = a_home(tmp_path)
    ws = a_run(home)
    with monkeypatch.context() as broken:
        broken.setattr(publishing, "seal", _full)
        with pytest.raises(OSError, match="no space"):
            prepare(ws, FACTS)
    assert not (ws.dir / "prepared").exists()
    (ws.result / "signals.parquet").write_bytes(b"half")
    publish(ws, FACTS)
    assert duckdb.sql(f"from '{home.published}/latest/signals.parquet'").fetchall()


def _full(_: Path) -> None:
    raise OSError("no space left on device")
