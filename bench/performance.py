"""The performance benchmark: whole nights, started cold as a user starts them, at several sizes.

    python -m bench.performance [--people 22000,150000,1500000] [--repeat 5] [--towns DIR] [--write]

Each run is `boendesignal run` in a new process and a new home, and is followed by the floor
(bench/floor.py) on the same files, so that a slow moment of the machine meets both. Prints one
table; `--write` also puts it into docs/performance.md. Towns are made once and kept in DIR. Left
out, the sizes are the three above; five runs of each, and two from a million people on, where one
takes minutes. The country (`--people 10600000`) is asked for by name: its delivery takes 5 GiB of
memory to make, and the night and the delivery some 25 GB of disk in DIR.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from assets.home import Home
from bench.performance_page import Measured, Size, markdown, versions
from pipelines.instance import stage_seconds
from synthetic import country, town

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
NIGHT = date(2026, 10, 1)
PEOPLE = (22_000, 150_000, 1_500_000)
LARGE, REPEAT, REPEAT_LARGE = 1_000_000, 5, 2
SEED = 1
WATCHED = Path(__file__).with_name("watched.py")
COMMAND = ("-c", "from pipelines.cli import main; main()", "run")


@dataclass(frozen=True)
class Process:
    """One finished child, what it started included: wall and processor seconds, peak MiB."""

    wall: float
    cpu: float
    peak_mib: float


def measure(people: int, repeat: int | None, towns: Path) -> Size:
    """The town's night and the floor beside it, `repeat` times in turn."""
    repeat = repeat or (REPEAT_LARGE if people >= LARGE else REPEAT)
    delivery = town_of(people, towns)
    nights, floors, stages = [], [], []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory(prefix="boendesignal-bench-", dir=towns) as folder:
            home = Path(folder)
            nights.append(timed([*COMMAND, str(delivery), "--home", str(home)]))
            published = home / "published" / NIGHT.isoformat()
            floors.append(timed(["-m", "bench.floor", str(delivery), str(published)]))
            stages.append(stage_seconds(Home.open(home)))
        print(f"{people:>10,}: {nights[-1].wall:.1f} s", file=sys.stderr, flush=True)
    return Size(
        people=people,
        n_runs=repeat,
        n_rows=delivered_rows(delivery),
        wall=median(one.wall for one in nights),
        wall_range=(min(one.wall for one in nights), max(one.wall for one in nights)),
        cpu=median(one.cpu for one in nights),
        peak_mib=max(one.peak_mib for one in nights),
        floor=median(one.wall for one in floors),
        ratio=median(n.wall / f.wall for n, f in zip(nights, floors, strict=True)),
        stages={name: median(run[name] for run in stages) for name in stages[0]},
    )


def town_of(people: int, towns: Path) -> Path:
    """The delivery of the town of that size, made if it is not there, in a process of its own."""
    place = towns / f"town-{people}-{SEED}"
    if not place.exists():
        aside = towns / f"making-{people}-{SEED}"
        shutil.rmtree(aside, ignore_errors=True)
        make = "import sys; from bench.performance import make; make(*sys.argv[1:])"
        subprocess.run([sys.executable, "-c", make, str(people), str(aside)], check=True)
        aside.rename(place)
    return place / "delivery" / NIGHT.isoformat()


def make(people: str, place: str) -> None:
    """Make the town there, or the country; what a process of its own is started with."""
    inbox = Path(place) / "delivery"
    if int(people) > country.LARGEST_PART:
        country.deliver(int(people), SEED, NIGHT, inbox)
    else:
        town.deliver(int(people), SEED, NIGHT, inbox)


def timed(arguments: Sequence[str]) -> Process:
    """Run Python with the arguments. Raises CalledProcessError where it did not end well."""
    watched = [sys.executable, "-S", str(WATCHED), sys.executable, *arguments]
    said = subprocess.run(watched, stdout=subprocess.PIPE, check=True)
    return Process(**json.loads(said.stdout))


def delivered_rows(delivery: Path) -> int:
    from data_contracts.delivery import open_delivery  # noqa: PLC0415

    return sum(file.rows for file in open_delivery(delivery).files)


def measured(sizes: Iterable[Size]) -> Measured:
    """The benchmark's page, with what share of the time asked for the host gave to others."""
    before = processor_ticks()
    found = list(sizes)
    stolen, busy = (now - then for now, then in zip(processor_ticks(), before, strict=True))
    cores = os.cpu_count() or 1
    return Measured(date.today().isoformat(), versions(), cores, stolen / max(1, busy), found)


def processor_ticks() -> tuple[int, int]:
    """Since boot: those that the host gave to other machines, and all that were not idle."""
    user, nice, system, _, _, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    )
    return steal, user + nice + system + irq + softirq + steal


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", default=",".join(map(str, PEOPLE)), help="sizes, by commas")
    parser.add_argument("--repeat", type=int, help="runs of each size")
    parser.add_argument("--towns", type=Path, help="keep the towns here between runs")
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="boendesignal-towns-") as folder:
        towns = asked.towns or Path(folder)
        towns.mkdir(parents=True, exist_ok=True)
        sizes = [int(size) for size in asked.people.split(",")]
        page = markdown(measured(measure(size, asked.repeat, towns) for size in sizes))
    print(page)
    if asked.write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
