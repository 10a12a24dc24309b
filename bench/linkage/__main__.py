"""The yardsticks of `matching.linkage`, Splink beside it in the same run.

    python -m bench.linkage [febrl] [registers] [dedupe] [--repeats 3] [--write]

Prints one table; `--write` also puts the page into docs/linkage.md, and then all groups are run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.linkage.report import Measured, machine, markdown, versions
from bench.linkage.tasks import TASKS

PAGE = Path(__file__).parents[2] / "docs" / "linkage.md"
GROUPS = ("febrl", "registers", "dedupe")
METHODS = ("ours", "splink")
REPEATS = 3
HEAVY = ("registers", "dedupe")  # where Splink needs many minutes: once is enough


def measure(groups: list[str], repeats: int, methods: tuple[str, ...]) -> Iterator[Measured]:
    """One row per task and method, each repeat in a process of its own."""
    for name, task in TASKS.items():
        if task.group not in groups:
            continue
        with tempfile.TemporaryDirectory() as folder:
            left, right = task.lists()
            left.write_parquet(Path(folder) / "left.parquet")
            if right is not None:
                right.write_parquet(Path(folder) / "right.parquet")
            del left, right
            for method in methods:
                n_runs = 1 if method == "splink" and task.group in HEAVY else repeats
                yield Measured(task, method, [_run(folder, name, method) for _ in range(n_runs)])


def _run(folder: str, task: str, method: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.linkage.one_run", folder, task, method]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"{task} {method}: {found}", file=sys.stderr, flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("groups", nargs="*", help=f"of {', '.join(GROUPS)}; without any, all")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--without-splink", action="store_true")
    parser.add_argument("--write", action="store_true", help="also write docs/linkage.md")
    asked = parser.parse_args()
    unknown = set(asked.groups) - set(GROUPS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(GROUPS)}")
    is_whole = set(asked.groups) in (set(), set(GROUPS)) and not asked.without_splink
    if asked.write and not is_whole:
        parser.error("--write needs all groups, with Splink")
    methods = METHODS[:1] if asked.without_splink else METHODS
    measured = list(measure(asked.groups or list(GROUPS), asked.repeats, methods))
    page = markdown(measured, date.today(), machine(), versions())
    print(page)
    if asked.write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
