"""The run's work file: open between stages while it is held, and never left locked."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from assets.home import Home
from assets.workspace import Workspace

OPEN_ELSEWHERE = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('from t')"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    delivery = SimpleNamespace(extract_date=date(2026, 10, 1))
    return Workspace(Home.open(tmp_path / "home"), "run", delivery)  # type: ignore[arg-type]


def opens_elsewhere(ws: Workspace) -> bool:
    """Whether another process can open the work file and sees table t."""
    command = [sys.executable, "-c", OPEN_ELSEWHERE, str(ws.work_file)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def make_table(ws: Workspace) -> None:
    with ws.connect() as con:
        con.execute("create table t as select 1 as n")
        con.execute("create temp table mine as select 1")


def test_the_file_is_closed_after_each_stage_that_runs_alone(ws: Workspace) -> None:
    make_table(ws)
    assert opens_elsewhere(ws)


def test_held_stages_share_the_file_and_not_their_temporary_tables(ws: Workspace) -> None:
    with ws.held():
        make_table(ws)
        with ws.connect() as con:
            assert con.sql("select n from t").fetchall() == [(1,)]
            with pytest.raises(duckdb.CatalogException):
                con.sql("from mine").fetchall()
        assert not opens_elsewhere(ws)
    assert opens_elsewhere(ws)


def test_holding_makes_no_file_before_a_stage_needs_it(ws: Workspace) -> None:
    """A table materialised alone is told that nothing is there to make it from."""
    with ws.held():
        assert not ws.work_file.exists()


def test_a_failed_stage_leaves_no_lock(ws: Workspace) -> None:
    def stage() -> None:
        with ws.held():
            make_table(ws)
            raise RuntimeError("full disk")

    with pytest.raises(RuntimeError, match="full disk"):
        stage()
    assert opens_elsewhere(ws)
    assert ws.work_file.stat().st_mode & 0o777 == 0o600
