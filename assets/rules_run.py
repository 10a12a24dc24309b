"""The live rules over many stored nights, as they were known then, on DuckDB or on Apache Spark.

For a new catalogue over years of nights. Nothing is published and nothing is remembered: the
tables lie in a folder that the caller names, `<extract_date>/` for each night, as in `published/`:
signals, evidence, not_computed, and signals/<rule_id> with the rule's own columns.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb
import polars as pl

from assets.home import OFFLINE, Home, private_folder
from assets.night_aside import AsKnown, NotStored, StoredNight, stored_nights
from assets.replay import rebuilt
from assets.replay_home import home_for_trying
from assets.retention import TRIALS
from assets.signals import Permitted, live_rules, permit, refused
from data_contracts.errors import BoendesignalError, RuleError
from data_contracts.legal_basis import LegalBasis
from data_contracts.predicates import literal
from rules.catalogue import Rule
from rules.engine import Computed, Run, compute_by, run_sql, seen_tables
from rules.model import Number
from rules.strict import did_you_mean
from rules.tables import core_tables


class Engine(Protocol):
    """What builds nights and runs rules. `at_once`: nights, and rules, side by side."""

    at_once: int

    def build(self, home: Home, nights: Sequence[StoredNight], place: Path) -> list[str]:
        """Write each night's core tables below `place`; why a night could not be, else ''."""

    def running(self, core: Path, rule: Rule, night: StoredNight) -> Run:
        """How the rule is run over a night's core tables."""


class InDuckDB:
    """One machine: night after night, rule after rule, each on all cores."""

    at_once = 1

    def build(self, home: Home, nights: Sequence[StoredNight], place: Path) -> list[str]:
        return [build_core(home, night, place) for night in nights]

    def running(self, core: Path, rule: Rule, night: StoredNight) -> Run:
        def run(visible: frozenset[str], values: Mapping[str, Number]) -> pl.DataFrame:
            with duckdb.connect(config={"temp_directory": str(core), **OFFLINE}) as con:
                for table in rule.spec.reads:
                    file = literal(str(core / f"{table}.parquet"))
                    con.execute(f"create view {table} as from read_parquet({file})")
                with seen_tables(con, rule.spec, visible):
                    return run_sql(con, rule, night.extract_date, values)

        return run


@dataclass(frozen=True)
class NightDone:
    """What one night gave, in counts. `why_not`: why it could not be replayed, else ''."""

    night: StoredNight
    n_signals: int = 0
    n_computed: int = 0
    n_not_computed: int = 0
    why_not: str = ""


def run_rules_over(
    home: Home, engine: Engine, into: Path, at_most: int, ids: Sequence[str] = ()
) -> Iterator[NightDone]:
    """Run the live rules (only `ids`, where any is given) over the newest `at_most` nights.

    Raises RuleError for an id that is no live rule, BoendesignalError without any night.
    """
    rules = _chosen(ids)
    nights = stored_nights(home, at_most)
    if not nights:
        raise BoendesignalError("This home has no accepted night. Run a delivery first.")
    if not into.exists():  # the caller's own folder keeps its rights
        private_folder(into)
    for first in range(0, len(nights), engine.at_once):
        wave = nights[first : first + engine.at_once]
        with tempfile.TemporaryDirectory(prefix=TRIALS, dir=home.runs) as folder:
            why_not = engine.build(home, wave, Path(folder))
            with ThreadPoolExecutor(engine.at_once) as pool:
                for night, why in zip(wave, why_not, strict=True):
                    if why:
                        yield NightDone(night, why_not=why)
                    else:
                        yield _run_night(
                            home, engine, pool, rules, night, place=Path(folder), into=into
                        )


def build_core(home: Home, night: StoredNight, place: Path, threads: int | None = None) -> str:
    """Write the night's core tables to `place/<date>/<table>.parquet`; why it cannot be, else ''.

    Opens a trial home of its own, so that it can run in many processes at once.
    """
    core = core_folder(place, night)
    try:
        with (
            home_for_trying(home) as trial,
            rebuilt(trial, night, threads) as ws,
            ws.connect() as con,
        ):
            for table in core_tables():
                file = core / f"{table}.parquet"
                con.execute(
                    f"copy {table} to {literal(str(file))} (format parquet, compression zstd)"
                )
                file.chmod(0o600)
    except NotStored as error:
        return str(error)
    return ""


def core_folder(place: Path, night: StoredNight) -> Path:
    """Where a night's core tables lie."""
    return private_folder(place / night.extract_date.isoformat())


def _chosen(ids: Sequence[str]) -> list[Rule]:
    live = {rule.id: rule for rule in live_rules()}
    faults = [f"No live rule {one!r}.{did_you_mean(one, live)}" for one in ids if one not in live]
    if faults:
        raise RuleError(" ".join(faults))
    return [live[one] for one in ids or live]


def _run_night(
    home: Home,
    engine: Engine,
    pool: ThreadPoolExecutor,
    rules: Sequence[Rule],
    night: StoredNight,
    *,
    place: Path,
    into: Path,
) -> NightDone:
    """Compute the night's rules side by side and write what they gave."""
    known = night.as_known()
    permitted = _permitted(home, rules, night, known)
    allowed = [one for one in permitted if not one.refusals]

    def compute(one: Permitted) -> Computed:
        run = engine.running(core_folder(place, night), one.rule, night)
        return compute_by(run, one.rule, allowed_sources=one.sources, key=home.key)

    found = dict(zip([one.rule.id for one in allowed], pool.map(compute, allowed), strict=True))
    _write_night(into / night.extract_date.isoformat(), found, refused(permitted))
    return NightDone(
        night,
        n_signals=sum(one.signals.height for one in found.values()),
        n_computed=len(found),
        n_not_computed=len(permitted) - len(found),
    )


def _permitted(
    home: Home, rules: Sequence[Rule], night: StoredNight, known: AsKnown
) -> list[Permitted]:
    basis = LegalBasis.load(home.legal_basis_file, known.is_synthetic)
    return [permit(rule, basis, known.missing_sources, night.extract_date) for rule in rules]


def _write_night(folder: Path, found: dict[str, Computed], not_computed: pl.DataFrame) -> None:
    tables = {f"signals/{rule}": one.own.sort("signal_id") for rule, one in found.items()}
    if found:
        tables["signals"] = pl.concat(one.signals for one in found.values()).sort("signal_id")
        tables["evidence"] = pl.concat(one.evidence for one in found.values())
    tables["not_computed"] = not_computed
    private_folder(folder / "signals")
    for name, table in tables.items():
        file = folder / f"{name}.parquet"
        table.write_parquet(file)
        file.chmod(0o600)
