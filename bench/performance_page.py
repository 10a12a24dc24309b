"""docs/performance.md: what was measured, of what, on what, and against which goal."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

GOALS = {  # people: seconds, MiB (two cores, 24 GiB)
    22_000: (15, 1024),
    150_000: (25, 1536),
    1_500_000: (90, 3072),
    10_600_000: (480, 6144),
}
PACKAGES = ("boendesignal", "dagster", "duckdb", "great-expectations", "polars", "rapidfuzz")
NOTES = Path(__file__).with_name("performance_notes.md")  # what is left and why, by hand


@dataclass(frozen=True)
class Size:
    """One town's nights: medians over `n_runs` cold runs; seconds, MiB."""

    people: int
    n_runs: int
    n_rows: int
    wall: float
    wall_range: tuple[float, float]
    cpu: float
    peak_mib: float
    floor: float
    ratio: float
    stages: dict[str, float]


@dataclass(frozen=True)
class Measured:
    """A whole benchmark."""

    measured_on: str
    versions: dict[str, str]
    cores: int
    stolen: float  # of the processor time asked for, the share that went to other machines
    sizes: list[Size]


def versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def markdown(measured: Measured) -> str:
    """The page: totals, microseconds per person, stages, notes."""
    parts = [
        "# Performance",
        "`make bench` measures it: `boendesignal run` in a new process and a new home, cold start "
        "included. The floor is DuckDB reading the same delivered files and writing the same "
        "published bytes, started in turn with each night.",
        f"Measured {measured.measured_on} on {measured.cores} cores: "
        + ", ".join(f"{name} {number}" for name, number in measured.versions.items())
        + f". Of the processor time asked for, the host gave {measured.stolen:.0%} to others.",
        _table(
            ("People", "Rows", "Runs", "Night s", "Range", "Goal s", "CPU s", "Peak MiB",
             "Goal MiB", "Floor s", "Night / floor", "µs a person"),
            [_totals(size) for size in measured.sizes],
        ),
        "## By stage",
        "Median seconds; `start and Dagster` is what no stage accounts for: imports, the asset "
        "graph, the event log.",
        _stages(measured.sizes),
        NOTES.read_text(encoding="utf-8").strip(),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _totals(size: Size) -> list[str]:
    seconds, mib = GOALS.get(size.people, ("", ""))
    low, high = size.wall_range
    return [
        f"{size.people:,}",
        f"{size.n_rows:,}",
        str(size.n_runs),
        f"{size.wall:.1f}",
        f"{low:.1f}-{high:.1f}",
        str(seconds),
        f"{size.cpu:.1f}",
        f"{size.peak_mib:.0f}",
        str(mib),
        f"{size.floor:.1f}",
        f"{size.ratio:.1f}",
        f"{1e6 * size.wall / size.people:.0f}",
    ]


def _stages(sizes: list[Size]) -> str:
    names = list(dict.fromkeys(name for size in sizes for name in size.stages))
    rows = [[name, *(f"{size.stages.get(name, 0):.2f}" for size in sizes)] for name in names]
    rest = [f"{size.wall - sum(size.stages.values()):.2f}" for size in sizes]
    return _table(
        ("Stage", *(f"{size.people:,}" for size in sizes)), [*rows, ["start and Dagster", *rest]]
    )


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(header), *(list(row) for row in rows)]
    ruler = ["---", *("---:" for _ in lines[0][1:])]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], ruler, *lines[1:]))
