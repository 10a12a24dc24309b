"""What is measured: the lists, what is weighed, and the goals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from bench.linkage import febrl
from bench.linkage.people import Rates, population, records
from matching.linkage import Linkage
from matching.linkage_people import PEOPLE

Lists = tuple[pl.DataFrame, pl.DataFrame | None]

OVERLAP, EACH = 400_000, 500_000
REGISTER_RATES = Rates(moved=0.08, name=0.10, birth=0.04, address=0.10)
ENTITIES, RECORDS = 850_000, 1_000_000
DUPLICATE_RATES = Rates(moved=0.25, name=0.20, birth=0.10, address=0.0)


@dataclass(frozen=True)
class Task:
    """lists: one list to dedupe or two to link, each with a column `entity`, the truth, which no
    matcher is given. The goals are the issue's; None where it names none."""

    group: str
    title: str
    lists: Callable[[], Lists]
    linkage: Linkage
    max_seconds: float | None = None
    min_f: float | None = None
    min_precision: float | None = None
    min_recall: float | None = None


def two_registers(overlap: int, each: int) -> Lists:
    """Both registers have mistakes of their own, at REGISTER_RATES."""
    people = population(2 * each - overlap, seed=1)
    left, right = people.head(each), people.tail(each)
    one = records(left, REGISTER_RATES, seed=2).sample(fraction=1, shuffle=True, seed=3)
    return one, records(right, REGISTER_RATES, seed=4).sample(fraction=1, shuffle=True, seed=5)


def one_list(n_entities: int, n_records: int) -> Lists:
    """Everyone once without mistakes; the further records, of people drawn at random (some twice),
    at DUPLICATE_RATES."""
    people = population(n_entities, seed=1)
    drawn = np.random.default_rng(2).integers(n_entities, size=n_records - n_entities)
    further = records(people[drawn], DUPLICATE_RATES, seed=3)
    return pl.concat([people, further]).sample(fraction=1, shuffle=True, seed=4), None


def _febrl4() -> Lists:
    return febrl.read("dataset4a"), febrl.read("dataset4b")


TASKS = {
    "febrl4": Task(
        "febrl", "FEBRL4, 5 000 x 5 000", _febrl4, febrl.WITHOUT_NUMBER,
        max_seconds=3, min_f=0.9965,
    ),
    "febrl4_number": Task(
        "febrl", "FEBRL4 with `soc_sec_id`", _febrl4, febrl.WITH_NUMBER, min_f=0.9996
    ),
    "febrl3": Task(
        "febrl", "FEBRL3, dedupe, 6 538 pairs", lambda: (febrl.read("dataset3"), None),
        febrl.WITHOUT_NUMBER, min_f=0.9945,
    ),
    "registers": Task(
        "registers", "Two registers, 500 000 x 500 000", lambda: two_registers(OVERLAP, EACH),
        PEOPLE, max_seconds=6, min_precision=0.999, min_recall=0.97,
    ),
    "dedupe": Task(
        "dedupe", "Dedupe, 1 000 000 records", lambda: one_list(ENTITIES, RECORDS), PEOPLE,
        max_seconds=70, min_precision=0.999, min_recall=0.95,
    ),
}  # fmt: skip
