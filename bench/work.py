"""How much work a night does: the guard that CI runs in place of seconds, which vary.

Counted over a small town, from landing to publishing: statements sent to DuckDB, pairs of texts
that rapidfuzz scored, rows of the work file's tables, bytes in what is published. A change that
scores each pair twice, or asks DuckDB once per row, shows here whatever the machine.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any
from unittest.mock import patch

import duckdb
import yaml
from rapidfuzz import process

from assets.home import Home
from assets.workspace import Workspace
from bench.town_night import NIGHT
from data_contracts.delivery import open_delivery
from pipelines.stages import night
from synthetic import town

BARS = Path(__file__).with_name("work_bars.yml")
SCORERS = ("cdist", "cpdist")
SCORING_MODULES = ("assets.protection", "assets.core.build")  # with all that they import


def work_of(people: int, seed: int) -> dict[str, int]:
    """statements, pairs_scored, rows_made and bytes_published of one night of a new town."""
    with tempfile.TemporaryDirectory(prefix="boendesignal-work-") as folder:
        place = Path(folder)
        town.make(people, seed, NIGHT, place / "town")
        delivery = open_delivery(place / "town" / "delivery" / NIGHT.isoformat())
        home = Home.open(place / "home")
        home.settle(delivery.municipality_code)
        ws = Workspace(home, "work", delivery)
        *earlier, publishing = night()
        for module in SCORING_MODULES:
            import_module(module)
        with counting() as done:
            for stage in earlier:
                stage.run(ws)
            done["rows_made"] = rows_made(ws)
            publishing.run(ws)
        done["bytes_published"] = sum(
            file.stat().st_size for file in ws.result.rglob("*.*") if file.is_file()
        )
        return dict(done)


def rows_made(ws: Workspace) -> int:
    """Rows in all tables of the work file."""
    with ws.connect() as con:
        tables = [name for (name,) in con.sql("select table_name from duckdb_tables()").fetchall()]
        counts = [con.sql(f'select count(*) from "{name}"').fetchall()[0][0] for name in tables]
    return sum(counts)


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Count statements and scored pairs while inside."""
    done = Counter[str]()
    with ExitStack() as patches:
        patches.enter_context(patch.object(Workspace, "connect", _counted_connect(done)))
        for name in SCORERS:
            original = getattr(process, name)
            for module in _using(original):
                patches.enter_context(patch.object(module, name, _counted_scorer(done, original)))
        yield done


def _using(function: Callable[..., Any]) -> list[Any]:
    """The loaded modules that have the function under its own name."""
    name, ours = function.__name__, ("matching", "assets", "rapidfuzz.process")
    modules = [module for key, module in sys.modules.items() if key.startswith(ours)]
    return [module for module in modules if getattr(module, name, None) is function]


def _counted_scorer(done: Counter[str], original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def scored(*args: Any, **kwargs: Any) -> Any:
        matrix = original(*args, **kwargs)
        done["pairs_scored"] += matrix.size
        return matrix

    return scored


def _counted_connect(done: Counter[str]) -> Callable[..., Any]:
    original = Workspace.connect

    @contextmanager
    def connect(ws: Workspace) -> Iterator[Any]:
        with original(ws) as con:
            yield _Counted(con, done)

    return connect


class _Counted:
    """A connection that counts what is asked of it and of its cursors, in any thread."""

    _one_at_a_time = Lock()

    def __init__(self, con: duckdb.DuckDBPyConnection, done: Counter[str]) -> None:
        self._con, self._done = con, done

    def __getattr__(self, name: str) -> Any:
        if name in {"execute", "sql", "executemany"}:
            with self._one_at_a_time:
                self._done["statements"] += 1
        return getattr(self._con, name)

    def cursor(self) -> _Counted:
        return _Counted(self._con.cursor(), self._done)

    def __enter__(self) -> _Counted:
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()


def over_bars(done: dict[str, int], bars: dict[str, int]) -> list[str]:
    """A sentence for each kind of work that is more than its bar."""
    return [
        f"{name}: {done.get(name, 0):,}, at most {most:,}"
        for name, most in bars.items()
        if done.get(name, 0) > most
    ]


def read_bars() -> dict[str, Any]:
    """people, seed and `at_most`: kind of work -> count."""
    return yaml.safe_load(BARS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    bars = read_bars()
    print(work_of(bars["people"], bars["seed"]), over_bars({}, bars["at_most"]))
