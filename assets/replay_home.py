"""A home of its own for trying a rule: reads what the real one remembers, and writes nothing there.

A private folder under the home's `runs/`, so that personal data stays on its disk and the next
night takes what a killed trial leaves. Its state is a copy of the tables that looking back needs.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from assets import ledger, outcomes
from assets.core import identity
from assets.home import Home, private_folder, write_private
from assets.retention import TRIALS
from data_contracts.errors import BoendesignalError
from data_contracts.predicates import literal

_COPIED = ("person_links", "dwelling_links", "ledger_nights", "case_nights", "outcomes")
FLAGS_SQL = """
create table protected_keys (
    extract_date date, manifest_sha256 varchar, kind varchar, key_hash varchar
);
create table flags_known as from protected_keys;
"""
LONG_AGO = "date '0001-01-01'"  # the gate reads earlier nights: in a trial all flags are earlier


@contextlib.contextmanager
def home_for_trying(home: Home) -> Iterator[Home]:
    """Within: a home with the key, settings, legal basis, nights and memory of `home`."""
    with tempfile.TemporaryDirectory(prefix=TRIALS, dir=home.runs) as folder:
        trial = Home(Path(folder))
        for one in (trial.state, trial.runs, trial.published):
            private_folder(one)
        with trial.lock():  # while it is held, no night takes the folder for a killed trial's
            trial.nights.symlink_to(home.nights)
            write_private(trial.state / "key", home.key)
            for file in (home.settings_file, home.legal_basis_file):
                if file.exists():
                    shutil.copy(file, trial.path / file.name)
            _copy_memory(home, trial)
            yield trial


def _copy_memory(home: Home, trial: Home) -> None:
    """The tables that looking back needs, and every protected key as though known long ago."""
    with trial.state_db() as state:
        for statements in (identity.STATE_SQL, ledger.STATE_SQL, outcomes.STATE_SQL, FLAGS_SQL):
            state.execute(statements)
        if not home.state_file.exists():
            return
        try:
            state.execute(f"attach {literal(str(home.state_file))} as real (read_only)")
        except duckdb.IOException:
            raise BoendesignalError(
                "A run is writing in this home. Wait until it ends, and try the rule again."
            ) from None
        there = {
            name
            for (name,) in state.execute(
                "select table_name from duckdb_tables() where database_name = 'real'"
            ).fetchall()
        }
        for table in set(_COPIED) & there:
            state.execute(f"insert into {table} by name from real.{table}")
        if "protected_keys" in there:
            state.execute("insert into flags_known by name from real.protected_keys")
            state.execute(
                f"insert into protected_keys select distinct {LONG_AGO}, '', kind, key_hash"
                " from flags_known"
            )
        state.execute("detach real")
