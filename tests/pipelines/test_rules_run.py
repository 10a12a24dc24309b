"""The practice nights replayed with every live rule, on DuckDB and on Spark: the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.home import Home
from assets.rules_on_spark import OnSpark
from assets.rules_run import InDuckDB, NightDone, run_rules_over
from tests.pipelines.conftest import PRACTICE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PRACTICE.exists(), reason="../shared is absent: no practice nights"),
]
NIGHTS = 3


@pytest.fixture(scope="module")
def in_duckdb(practice_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("duckdb")
    whole = list(run_rules_over(practice_home, InDuckDB(), into, NIGHTS))
    assert [done.why_not for done in whole] == [""] * NIGHTS
    return into


def tables(folder: Path) -> dict[str, pl.DataFrame]:
    return {
        str(file.relative_to(folder)): pl.read_parquet(file)
        for file in sorted(folder.rglob("*.parquet"))
    }


def test_a_replay_gives_what_was_published(practice_home: Home, in_duckdb: Path) -> None:
    """Each rule's own rows of each night, with the same rules and what was known then."""
    for night in sorted(in_duckdb.iterdir()):
        published = tables(practice_home.published / night.name / "signals")
        replayed = tables(night / "signals")
        assert replayed.keys() == published.keys()
        for name, table in published.items():
            assert_frame_equal(replayed[name].select(table.columns), table)


def test_both_engines_give_the_same_rows(
    practice_home: Home, in_duckdb: Path, spark: Any, tmp_path: Path
) -> None:
    """Every row of every published table: signals, evidence, not_computed, each rule's own."""
    done: list[NightDone] = list(run_rules_over(practice_home, OnSpark(spark), tmp_path, NIGHTS))
    assert [one.why_not for one in done] == [""] * NIGHTS
    here, there = tables(in_duckdb), tables(tmp_path)
    assert there.keys() == here.keys()
    for name, table in here.items():
        assert_frame_equal(there[name], table, rel_tol=1e-12, abs_tol=0)
    assert sum(one.n_signals for one in done) == sum(
        table.height for name, table in here.items() if name.endswith("/signals.parquet")
    )
    assert all(one.n_signals for one in done)
