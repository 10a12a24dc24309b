"""The address benchmark in words and tables: Markdown for docs/addresses.md and the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import polars as pl

from bench.report import table


@dataclass(frozen=True)
class Measured:
    """One benchmark: with what, how long each run took, and what came of it."""

    measured_on: str
    versions: dict[str, str]
    cores: int
    load: float  # highest load average at the end: above the number of cores, others ran beside it
    n_dwellings: int
    n_texts: int
    seconds: list[float]
    cpu: list[float]
    peak_gib: float
    work: dict[str, int]
    kinds: pl.DataFrame  # as scoring.by_kind makes it
    levels: pl.DataFrame  # as scoring.by_level makes it


HEAD = """\
# Addresses

How fast and how well dirty addresses find their dwelling. Made by `python -m bench.addresses
--write`; `tests/bench/test_addresses.py` guards quality and work done at a small size.

Register and addresses are invented by `bench/addresses/` from one seed: streets named by two stems
and an ending (many differ by a letter or two, and names recur from town to town), houses and blocks
of flats, streets across two postcodes, two houses with one address, and 4 % of the entrances that
people write missing from the register. Each address has one kind of dirt beside varying notations
of letter, flat number and postcode; as in the practice night, half of the texts repeat another.
None has a tenant, rooms or area to go by, which in a night settle flats without a number.
"""
GOALS = """\
The goals of the project: 5 million addresses against 1 million dwellings in at most 20 s on two
cores; precision at least 0.999; recall at least 0.99 with one or two typing errors and 0.9 with a
wrong postcode; no placement where several dwellings fit.
"""


def markdown(measured: Measured) -> str:
    """The whole page."""
    return "\n".join(
        [
            HEAD,
            GOALS,
            *_made_with(measured),
            "## Time",
            "",
            *_time(measured),
            "## Kinds of dirt",
            "",
            "Precision: right of those placed. Recall: right of those whose dwelling is in the",
            "register and the only one that fits. Open: fits several dwellings, yet was placed.",
            "",
            *_kinds(measured.kinds),
            "## Levels, and the gap to the runner-up",
            "",
            "Every answer carries its gap: how far its street's likeness (0..100) is ahead of the",
            "next street that has the house. Alone: no other street has it.",
            "",
            *_levels(measured.levels),
        ]
    )


def _made_with(measured: Measured) -> Iterator[str]:
    versions = ", ".join(f"{name} {version}" for name, version in measured.versions.items())
    yield f"Measured on {measured.measured_on} on {measured.cores} cores with {versions}."
    yield f"Load average meanwhile: {measured.load:.1f}. Above the number of cores, other programs"
    yield "took part of the processor, and the processor seconds are the measure."
    yield ""


def _time(measured: Measured) -> Iterator[str]:
    heads = ("addresses", "dwellings", "runs", "median s", "least s", "median processor s",
             "peak GiB")  # fmt: skip
    row = (
        _spaced(measured.n_texts),
        _spaced(measured.n_dwellings),
        str(len(measured.seconds)),
        f"{median(measured.seconds):.1f}",
        f"{min(measured.seconds):.1f}",
        f"{median(measured.cpu):.1f}",
        f"{measured.peak_gib:.1f}",
    )
    yield from table(heads, [row])
    work = ", ".join(f"{_spaced(n)} {name.replace('_', ' ')}" for name, n in measured.work.items())
    yield f"Work done: {work}. Peak memory is the process's, addresses and register included."
    yield ""


def _kinds(kinds: pl.DataFrame) -> Iterator[str]:
    rows = [
        (row["kind"], _spaced(row["texts"]), _spaced(row["placed"]), f"{row['precision']:.4f}",
         f"{row['recall']:.4f}", _spaced(row["open_placed"]))
        for row in kinds.iter_rows(named=True)
    ]  # fmt: skip
    yield from table(("kind", "texts", "placed", "precision", "recall", "open"), rows)


def _levels(levels: pl.DataFrame) -> Iterator[str]:
    rows = [
        (row["level"], _spaced(row["placed"]), f"{row['precision']:.4f}", f"{row['alone']:.4f}",
         "" if row["median_gap"] is None else f"{row['median_gap']:.1f}")
        for row in levels.iter_rows(named=True)
    ]  # fmt: skip
    yield from table(("level", "placed", "precision", "alone", "median gap of the rest"), rows)


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")
