"""The address benchmark: dirty addresses against a dwelling register, both from one seed.

    python -m bench.addresses [--size 1000000] [--texts 5000000] [--repeat 5] [--write]

Prints time, processor time, peak memory and what was right, per kind of dirt; `--write` also puts
it into docs/addresses.md. Making the data is not timed, reading and indexing the register is.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np

from bench.addresses.page import Measured, markdown
from bench.addresses.register import REGISTER_COLUMNS, make_dwellings
from bench.addresses.scoring import by_kind, by_level, judged
from bench.addresses.work import counted
from bench.addresses.writing import TEXT_COLUMNS, make_texts
from bench.performance_page import versions
from matching.resolve import resolve

PAGE = Path(__file__).parents[2] / "docs" / "addresses.md"
SEED = 20261001
TEXTS_PER_DWELLING = 5


def measure(n_dwellings: int, n_texts: int, repeat: int) -> Measured:
    """Resolve the same texts `repeat` times; answers are judged once, since all are the same."""
    rng = np.random.default_rng(SEED)
    dwellings = make_dwellings(n_dwellings, rng)
    texts = make_texts(dwellings, n_texts, rng)
    register = dwellings.filter("is_known").select(REGISTER_COLUMNS)
    del dwellings
    asked = texts.select(TEXT_COLUMNS)
    seconds: list[float] = []
    cpu: list[float] = []
    for _ in range(repeat):
        began, cpu_began = time.perf_counter(), time.process_time()
        with counted() as done:
            answers = resolve(asked, register)
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - cpu_began)
        print(f"{seconds[-1]:.1f} s, {cpu[-1]:.1f} s of processor", file=sys.stderr, flush=True)
    rows = judged(texts, answers)
    return Measured(
        measured_on=date.today().isoformat(),
        versions=versions(),
        cores=os.cpu_count() or 1,
        load=max(os.getloadavg()),
        n_dwellings=register.height,
        n_texts=texts.height,
        seconds=seconds,
        cpu=cpu,
        peak_gib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        work=dict(done),
        kinds=by_kind(rows),
        levels=by_level(rows),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=1_000_000, help="dwellings")
    parser.add_argument("--texts", type=int, help="addresses; five per dwelling if not given")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="also write docs/addresses.md")
    asked = parser.parse_args()
    n_texts = asked.texts or asked.size * TEXTS_PER_DWELLING
    page = markdown(measure(asked.size, n_texts, asked.repeat))
    print(page)
    if asked.write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
