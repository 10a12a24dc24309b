"""The performance benchmark: what it measures of a process, and the page it writes."""

import json
from pathlib import Path

import duckdb
import pytest

from bench.floor import read_and_write
from bench.performance import processor_ticks, timed, town_of
from bench.performance_page import Measured, Size, markdown


def test_a_process_is_measured_by_the_kernel() -> None:
    work = "b = bytearray(80 << 20); sum(range(3_000_000))"
    idle, busy = timed(["-c", "pass"]), timed(["-c", work])
    assert busy.wall > idle.wall > 0
    assert busy.cpu > idle.cpu
    assert busy.peak_mib > idle.peak_mib + 60


def test_memory_is_that_of_all_that_it_started() -> None:
    work = "b = bytearray(60 << 20)"
    start = f"import subprocess, sys; {work}; subprocess.run([sys.executable, '-c', {{!r}}])"
    alone = timed(["-c", start.format("pass")])
    both = timed(["-c", start.format(f"{work}; import time; time.sleep(0.2)")])
    assert both.peak_mib > alone.peak_mib + 40


def test_what_the_host_takes_is_part_of_what_was_asked_for() -> None:
    before = processor_ticks()
    sum(range(20_000_000))
    stolen, busy = processor_ticks()
    assert busy > before[1]
    assert 0 <= before[0] <= stolen < busy


def test_a_failed_run_is_no_measurement() -> None:
    with pytest.raises(Exception, match="returned non-zero exit status 3"):
        timed(["-c", "raise SystemExit(3)"])


def test_a_town_is_made_once(tmp_path: Path) -> None:
    made = town_of(500, tmp_path)
    manifest = made / "manifest.json"
    before = manifest.stat().st_mtime_ns
    assert town_of(500, tmp_path) == made
    assert manifest.stat().st_mtime_ns == before


def test_the_floor_reads_all_that_is_delivered_and_writes_all_that_is_published(
    tmp_path: Path,
) -> None:
    delivery, published, target = (tmp_path / name for name in ("in", "out", "floor"))
    for folder in (delivery, published, target):
        folder.mkdir()
    (delivery / "a.csv").write_text("n,word\n1,å\n2,ö\n", encoding="utf-8")
    (delivery / "b.csv").write_bytes("n\n1\n\x96\n".encode("latin-1"))
    files = [{"path": "a.csv"}, {"path": "b.csv", "encoding": "iso-8859-1"}]
    (delivery / "manifest.json").write_text(json.dumps({"files": files}))
    duckdb.execute(f"copy (select 1 as n) to '{published / 't.parquet'}' (format parquet)")
    (published / "page.html").write_text("<p>")
    read, written = read_and_write(delivery, published, target)
    assert read == sum(file.stat().st_size for file in delivery.glob("*.csv"))
    assert written == sum(file.stat().st_size for file in published.iterdir())
    assert duckdb.execute(f"from '{target / 'written.parquet'}'").fetchall() == [(1,)]


def test_the_page_shows_totals_goals_and_what_no_stage_accounts_for() -> None:
    size = Size(
        people=22_000,
        n_runs=5,
        n_rows=110_000,
        wall=13.04,
        wall_range=(12.5, 14.0),
        cpu=15.2,
        peak_mib=640.4,
        floor=0.5,
        ratio=26.1,
        stages={"land": 1.5, "gate": 0.54},
    )
    page = markdown(Measured("2026-11-23", {"duckdb": "2.0.0"}, 2, 0.163, [size]))
    assert "Measured 2026-11-23 on 2 cores: duckdb 2.0.0. Of the processor time asked" in page
    assert "the host gave 16% to others." in page
    assert (
        "| 22,000 | 110,000 | 5 | 13.0 | 12.5-14.0 | 15 | 15.2 | 640 | 1024 | 0.5 | 26.1 | 593 |"
        in page
    )
    assert "| land | 1.50 |\n| gate | 0.54 |\n| start and Dagster | 11.00 |" in page
