"""The detection benchmark: ten invented towns through the night, scored against their truth.

    python -m bench.detection [--seeds 1-10] [--people 22000] [--write]

Prints the page; `--write` also puts it into docs/detection.md. Takes some minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

import yaml

from bench.by_rule import by_rule, pool
from bench.report import Measured, markdown
from bench.scoring import Score, score
from bench.town_night import run_town
from rules.catalogue import LOCK, RULES

PAGE = Path(__file__).parents[1] / "docs" / "detection.md"
BARS = Path(__file__).with_name("detection_bars.yml")
PEOPLE = 22_000
SEEDS = range(1, 11)


def measure(people: int, seeds: Sequence[int]) -> Measured:
    """Runs and scores one town per seed."""
    scores: dict[int, Score] = {}
    tables, look_alikes, began = [], Counter[str](), time.monotonic()
    for seed in seeds:
        found, truth = run_town(people, seed)
        scores[seed] = score(found.cases, found.members, truth)
        tables.append(by_rule(found.signal_members, truth))
        look_alikes.update(truth.benign["benign_class"])
        print(f"seed {seed}: {in_short(scores[seed])}", file=sys.stderr, flush=True)
    return Measured(
        measured_on=date.today().isoformat(),
        versions=versions(),
        people=people,
        scores=scores,
        rules=pool(tables),
        look_alikes=look_alikes,
        mean_seconds=(time.monotonic() - began) / len(seeds),
    )


def in_short(one: Score) -> str:
    innocents = ", ".join(f"{kind} {n}" for kind, n in sorted(one.innocents.items())) or "none"
    return f"precision {one.precision:.3f}, recall {one.recall:.3f}, look-alikes: {innocents}"


def versions() -> dict[str, str]:
    """What the numbers depend on; the rules by the hash of their lock."""
    lock = hashlib.sha256((RULES / LOCK).read_bytes()).hexdigest()
    packages = {name: version(name) for name in ("boendesignal", "duckdb", "polars", "rapidfuzz")}
    return {**packages, "rules": lock[:12]}


def below_bars(pooled: Score, bars: dict) -> list[str]:
    """A sentence for everything that is worse than the bars; empty when nothing is.

    `bars`: precision, recall (at least), innocents (class -> wrong cases among the first K, at
    most; a class that is not named, none), typologies (name -> matters found, at least).
    """
    faults = [
        f"{name} is {value:.3f}, the bar {bars[name]}"
        for name, value in (("precision", pooled.precision), ("recall", pooled.recall))
        if value < bars[name]
    ]
    faults += [
        f"{kind}: {n} wrong cases among the first K, at most {bars['innocents'].get(kind, 0)}"
        for kind, n in sorted(pooled.innocents.items())
        if n > bars["innocents"].get(kind, 0)
    ]
    faults += [
        f"{name}: {pooled.found[name]} matters found, at least {least}"
        for name, least in bars["typologies"].items()
        if pooled.found[name] < least
    ]
    if pooled.protected:
        faults.append(f"{pooled.protected} protected people in cases")
    return faults


def read_bars() -> dict:
    return yaml.safe_load(BARS.read_text(encoding="utf-8"))


def seeds_of(text: str) -> list[int]:
    """`1-10` or `3,5,8`."""
    low, dash, high = text.partition("-")
    return list(range(int(low), int(high) + 1)) if dash else [int(s) for s in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=PEOPLE, help="size of each town")
    parser.add_argument("--seeds", type=seeds_of, default=list(SEEDS), help="1-10 or 3,5,8")
    parser.add_argument("--write", action="store_true", help="also write docs/detection.md")
    asked = parser.parse_args()
    page = markdown(measure(asked.people, asked.seeds))
    print(page)
    if asked.write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
