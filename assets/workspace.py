"""What every stage of one run shares: the home, the delivery, the date and the work file.

One DuckDB file per run (`runs/<run_id>/work.duckdb`), deleted when the run has published. Landed
rows, which may concern protected people, stand in a second file that the gate reads and deletes.
Nothing here imports Dagster; stages are plain functions `stage(ws) -> dict of counts`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from assets.home import OFFLINE, Home, Settings, private_folder
from data_contracts.delivery import Delivery
from data_contracts.legal_basis import LegalBasis
from data_contracts.predicates import literal

if TYPE_CHECKING:
    import polars as pl

Counts = dict[str, int | float | str]

LANDING = "landing"  # schema name under which the landing file is attached
MEMORY, MEMORY_LARGE = "2GB", "3GB"  # DuckDB's share, beyond which it spills
LARGE_ROWS = 20_000_000  # delivered; some four million people
ACCEPTED = "accepted"  # link in nights/<extract_date>/ to the delivery that counts


@dataclass
class Workspace:
    """One run's private place. Grain: one per run."""

    home: Home
    run_id: str
    delivery: Delivery
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)
    is_held: bool = field(default=False, init=False)
    _open_file: duckdb.DuckDBPyConnection | None = field(default=None, init=False, repr=False)

    @property
    def as_of(self) -> date:
        """The extract date: the only 'today' any stage may know."""
        return self.delivery.extract_date

    @property
    def legal_basis(self) -> LegalBasis:
        """What holds for a delivery of this kind. Raises LegalBasisError."""
        return LegalBasis.load(self.home.legal_basis_file, self.delivery.is_synthetic)

    @property
    def settings(self) -> Settings:
        """The home's; before it has any, the usual ones."""
        code = self.delivery.municipality_code
        return self.home.settings or Settings(municipality_code=code)  # type: ignore[call-arg]

    @property
    def dir(self) -> Path:
        return self.home.run_dir(self.run_id)

    @property
    def night(self) -> Path:
        """Kept and quarantined rows as Parquet, on their way to `nights/`."""
        return private_folder(self.dir / "night")

    @property
    def result(self) -> Path:
        """What will be published."""
        return private_folder(self.dir / "result")

    @property
    def work_file(self) -> Path:
        return self.dir / "work.duckdb"

    @property
    def landing_file(self) -> Path:
        return self.dir / "landing.duckdb"

    def previous_night(self) -> Path | None:
        """The kept rows of the last accepted delivery with an earlier extract date, or None."""
        dates = sorted(
            folder
            for folder in self.home.nights.glob("????-??-??")
            if folder.name < self.as_of.isoformat()
        )
        accepted = [link for folder in dates if (link := folder / ACCEPTED).exists()]
        return accepted[-1].resolve() if accepted else None

    @contextlib.contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the run's work file, with its own temporary tables; closed whatever
        happens (a leaked lock blocks the night).
        """
        with contextlib.closing(self._cursor() if self.is_held else self._open()) as con:
            yield con

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Leave the work file open between stages: opening and flushing it takes 75 ms a time."""
        self.is_held = True
        try:
            yield
        finally:
            self.is_held = False
            self.release()

    def release(self) -> None:
        """Close the work file, so that it can be deleted."""
        if self._open_file:
            self._open_file.close()
        self._open_file = None

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if not self._open_file:
            self._open_file = self._open()
        return self._open_file.cursor()

    def _open(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(str(self.work_file), config=self.config())
        # Takes longer than all else of writing a table, and the file lives for one run. DuckDB
        # heeds it only once it is open.
        con.execute("set disabled_compression_methods = 'dict_fsst'")
        self.work_file.chmod(0o600)
        return con

    @contextlib.contextmanager
    def connect_with_landing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The work file with the landing file attached as schema `landing`."""
        with self.connect() as con:
            con.execute(f"attach {literal(str(self.landing_file))} as {LANDING}")
            try:
                self.landing_file.chmod(0o600)
                yield con
            finally:
                con.execute(f"detach {LANDING}")

    def config(self) -> dict[str, str | bool | int | float | list[str]]:
        """DuckDB settings: bounded memory, spill inside the run's folder, no downloads."""
        spill = private_folder(self.dir / "spill")
        n_rows = sum(file.rows for file in self.delivery.files)
        return {
            "memory_limit": MEMORY if n_rows < LARGE_ROWS else MEMORY_LARGE,
            "threads": self.threads,
            "temp_directory": str(spill),
            **OFFLINE,
        }


def store(con: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """The frame as a table of the work file."""
    con.register("frame_in", frame)
    con.execute(f'create or replace table "{table}" as select * from frame_in')
    con.unregister("frame_in")


def view_file(con: duckdb.DuckDBPyConnection, view: str, file: Path) -> None:
    """The rows of a Parquet file under a name in the work file."""
    con.execute(f"create or replace view {view} as from read_parquet({literal(str(file))})")


def remember_rows(
    state: duckdb.DuckDBPyConnection, as_of: date, rows: Mapping[str, pl.DataFrame]
) -> None:
    """Put a night's rows in the place of those that its extract date had in the home's state.

    Each table has `extract_date` last. All of the tables, or none.
    """
    state.execute("begin")
    for table, frame in rows.items():
        state.execute(f"delete from {table} where extract_date = ?", [as_of])
        state.register("rows_in", frame)
        state.execute(f"insert into {table} select *, ?::date from rows_in", [as_of])
        state.unregister("rows_in")
    state.execute("commit")
