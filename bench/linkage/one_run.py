"""One measurement in a process of its own, so that its peak memory is its own.

    python -m bench.linkage.one_run FOLDER TASK (ours | splink)

Reads the lists from FOLDER (Parquet), prints one line of JSON. The clock runs from the frames in
memory to the pairs; reading, imports and scoring are not in it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path

import polars as pl

from bench.linkage.beside import best, splink_pairs
from bench.linkage.quality import Quality, of_entities, of_links
from bench.linkage.tasks import TASKS
from matching.linkage import DEDUPE, LINK, dedupe, link


def main(folder: Path, task: str, method: str) -> None:
    left = pl.read_parquet(folder / "left.parquet")
    right_file = folder / "right.parquet"
    right = pl.read_parquet(right_file) if right_file.exists() else None
    if method == "splink":
        import splink  # noqa: F401, PLC0415 - so that importing it is not in its time
    began = time.perf_counter(), time.process_time()
    threshold, quality, ended = (_ours if method == "ours" else _splink)(task, left, right)
    found = {
        "seconds": ended[0] - began[0],
        "cpu_seconds": ended[1] - began[1],
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
        "load": os.getloadavg()[0],
        "threshold": threshold,
        **asdict(quality),
    }
    print(json.dumps(found))


_Run = tuple[float, Quality, tuple[float, float]]


def _ours(task: str, left: pl.DataFrame, right: pl.DataFrame | None) -> _Run:
    linkage = TASKS[task].linkage
    if right is None:
        entities = dedupe(left.drop("entity"), linkage).entities
        ended = time.perf_counter(), time.process_time()
        return DEDUPE, of_entities(left["entity"], entities), ended
    links = link(left.drop("entity"), right.drop("entity"), linkage)
    ended = time.perf_counter(), time.process_time()
    return LINK, of_links(left["entity"], right["entity"], links), ended


def _splink(task: str, left: pl.DataFrame, right: pl.DataFrame | None) -> _Run:
    pairs = splink_pairs(task, left, right)
    ended = time.perf_counter(), time.process_time()
    return *best(left, right, pairs), ended


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
