"""The run's work file: open between stages while it is held, and never left locked."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from assets.home import Home, write_private
from assets.outcomes import count_outcomes
from assets.workspace import Workspace
from data_contracts.errors import BoendesignalError

OPEN_ELSEWHERE = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('from t')"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    delivery = SimpleNamespace(extract_date=date(2026, 10, 1), files=())
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


def test_two_who_write_one_file_leave_one_whole(tmp_path: Path) -> None:
    """Neither finds the other's half-written copy, and nothing is left beside the file."""
    file, contents = tmp_path / "state.json", {str(n).encode() * 100_000 for n in range(8)}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: write_private(file, content), [*contents] * 4))
    assert file.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """A folder stands in the file's place."""
    (tmp_path / "state.json" / "x").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        write_private(tmp_path / "state.json", b"secret")
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_command_beside_a_run_says_so(tmp_path: Path) -> None:
    """Another process has the state open, and the sentence says what to do."""
    home = Home.open(tmp_path / "home")
    held = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", held, str(home.state_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout
        writer.stdout.readline()
        with pytest.raises(BoendesignalError, match="A run is writing in this home"):
            count_outcomes(home)
        writer.communicate(b"\n")
    assert count_outcomes(home).is_empty()
