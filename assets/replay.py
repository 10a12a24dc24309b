"""Replay: a changed or new rule over the stored nights, as they were known then.

Each night's core tables are rebuilt from its kept rows in a private folder that is deleted after,
with the identities, the legal basis and the missing sources of that night. Nothing is published and
nothing is remembered. Whoever has been flagged as protected since stays out.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import polars as pl

from assets.core.build import CORE
from assets.home import Home
from assets.night_aside import AsKnown, NotStored, StoredNight, restore, stored_nights
from assets.outcomes import standing
from assets.replay_home import home_for_trying
from assets.signals import permit
from assets.workspace import Workspace
from data_contracts.delivery import Delivery, Manifest
from data_contracts.errors import BoendesignalError, RuleError
from data_contracts.legal_basis import LegalBasis
from rules.catalogue import RULES, Rule, load, load_one, read_lock
from rules.engine import SIGNALS, checked_parameters, compute
from rules.model import Number

# A signal stands where its dwelling is, else where its person lives or leases: as cases do.
FOUND_SQL = """
with placed as (
    select s.signal_id, s.person_id, s.dwelling_id,
        coalesce(s.dwelling_id, p.dwelling_id, l.dwelling_id, 'person ' || s.person_id)
            as anchor_id
    from signals_in s
    left join core_persons p on p.person_id = s.person_id
    left join (
        select holder_person_id, min(dwelling_id) as dwelling_id from core_leases
        where is_running and object_kind = 'dwelling' group by holder_person_id
    ) l on l.holder_person_id = s.person_id
)
select signal_id, person_id, dwelling_id, anchor_id from placed order by signal_id
"""
OTHERS_SQL = """
select l.signal_id, l.rule_id, l.person_id, l.dwelling_id, c.case_id is not null as is_in_case
from ledger_nights l left join case_nights c using (signal_id, extract_date)
where l.extract_date = $as_of and l.last_seen_on = l.extract_date and l.state <> 'closed'
order by l.signal_id
"""
# Bands as the law sees age: a child, may move out, working age, pension. No other trait is read.
PEOPLE_SQL = """
with homes as (
    select person_id, sum(is_adult::int) over household as n_adults,
        count(*) over household as n_people
    from core_households
    window household as (partition by dwelling_id, group_id)
)
select p.person_id, p.dwelling_id, p.is_adult,
    case when p.age_years is null then 'age unknown' when p.age_years < 18 then '0-17'
        when p.age_years < 30 then '18-29' when p.age_years < 45 then '30-44'
        when p.age_years < 65 then '45-64' when p.age_years < 80 then '65-79' else '80+' end
        as age_band,
    case when h.person_id is null then 'no known dwelling'
        when n_adults <= 1 and n_people = 1 then 'one adult'
        when n_adults <= 1 then 'one adult with children'
        when n_people = n_adults then 'several adults'
        else 'several adults with children' end as household
from core_persons p left join homes h using (person_id)
where p.is_registered order by p.person_id
"""


@dataclass(frozen=True)
class Found:
    """What one version gave on one night; `signals` as FOUND_SQL with points, or why not."""

    signals: pl.DataFrame | None
    why_not: str = ""


@dataclass(frozen=True)
class Night:
    """One replayed night. others: as OTHERS_SQL with anchor_id; people: as PEOPLE_SQL."""

    stored: StoredNight
    live: Found
    tried: Found
    others: pl.DataFrame
    people: pl.DataFrame


@dataclass
class Replay:
    """Everything that the report is made from; ids only, kept in memory."""

    tried: Rule
    live: Rule | None
    values: dict[str, Number]
    nights: list[Night] = field(default_factory=list)
    skipped: list[tuple[StoredNight, str]] = field(default_factory=list)
    outcomes: pl.DataFrame = field(default_factory=pl.DataFrame)


def replay(home: Home, folder: Path, given: Mapping[str, Number], at_most: int) -> Replay:
    """The rule in `folder`, with `given` parameters, over the newest `at_most` nights.

    Raises RuleError where the rule or a parameter is wrong, BoendesignalError without any night.
    """
    tried = load_one(folder.resolve())
    values = checked_parameters(tried.spec, given)
    stored = stored_nights(home, at_most)
    if not stored:
        raise BoendesignalError(
            "This home has no accepted night to try a rule on. Run a delivery first: "
            "boendesignal run DELIVERY --home DIR."
        )
    done = Replay(tried, live_version(tried, stored[-1]), values)
    with home_for_trying(home) as trial:
        for night in stored:
            try:
                done.nights.append(_replay_night(trial, night, done))
            except NotStored as error:
                done.skipped.append((night, str(error)))
        with trial.state_db() as state:
            done.outcomes = standing(state)
    return done


def live_version(tried: Rule, newest: StoredNight) -> Rule | None:
    """The live version that the tried one stands against; None for a rule that is not live yet.

    The catalogue's, as long as it is locked as it stands; where it is being changed in place, what
    the newest night was computed with.
    """
    for folder in (RULES / tried.id, newest.folder / "rules" / tried.id):
        if not (folder / "rule.yml").exists():
            continue
        rule = load_one(folder)
        if rule.sha256 in read_lock(RULES).get(tried.id, {}).values():
            return rule if rule.spec.status == "live" else None
    return None


def other_live_rules(tried: Rule) -> list[str]:
    """Ids of the live rules beside the tried one."""
    rules = load(RULES, locked=False).values()
    return [rule.id for rule in rules if rule.spec.status == "live" and rule.id != tried.id]


# -- one night ---------------------------------------------------------------------------------


@contextlib.contextmanager
def rebuilt(trial: Home, night: StoredNight, threads: int | None = None) -> Iterator[Workspace]:
    """Within: the night's core tables, as known then; its tables go before the next one's are made.

    `trial`: from `home_for_trying`; `threads`: without it, one for each core. Raises NotStored.
    """
    known = night.as_known()
    ws = Workspace(trial, f"night-{night.extract_date}", _delivery(night, known))
    ws.threads = threads or ws.threads
    try:
        with ws.held():
            restore(ws, night, known)
            for table in CORE:
                table.build(ws)
            yield ws
    finally:
        shutil.rmtree(ws.dir)


def _replay_night(trial: Home, night: StoredNight, about: Replay) -> Night:
    known = night.as_known()
    with rebuilt(trial, night) as ws:
        with trial.state_db() as state:
            others = state.sql(OTHERS_SQL, params={"as_of": ws.as_of}).pl()
        with ws.connect() as con:
            return Night(
                stored=night,
                live=_placed(con, _compute(ws, con, about.live, {}, known)),
                tried=_placed(con, _compute(ws, con, about.tried, about.values, known)),
                others=_with_anchor(con, others),
                people=con.sql(PEOPLE_SQL).pl(),
            )


def _compute(
    ws: Workspace,
    con: duckdb.DuckDBPyConnection,
    rule: Rule | None,
    values: Mapping[str, Number],
    known: AsKnown,
) -> Found:
    """The rule's signals where that night's sources and decisions allow it; none of no rule."""
    if rule is None:
        return Found(pl.DataFrame(schema=SIGNALS))
    basis = LegalBasis.load(ws.home.legal_basis_file, known.is_synthetic)
    permitted = permit(rule, basis, known.missing_sources, ws.as_of)
    if permitted.refusals:
        return Found(None, "; ".join(f"{why} {what}" for why, what in permitted.refusals))
    found = compute(
        con,
        rule,
        as_of=ws.as_of,
        allowed_sources=permitted.sources,
        key=ws.home.key,
        parameters=values,
    )
    return Found(found.signals)


def _placed(con: duckdb.DuckDBPyConnection, found: Found) -> Found:
    if found.signals is None:
        return found
    return replace(found, signals=_with_anchor(con, found.signals))


def _with_anchor(con: duckdb.DuckDBPyConnection, signals: pl.DataFrame) -> pl.DataFrame:
    """The signals' ids with the dwelling they stand at; other columns that were there stay."""
    con.register("signals_in", signals.select("signal_id", "person_id", "dwelling_id"))
    placed = con.sql(FOUND_SQL).pl()
    con.unregister("signals_in")
    kept = ("rule_id", "is_in_case", "points", "certainty")
    beside = [name for name in kept if name in signals.columns]
    return placed.join(signals.select("signal_id", *beside), on="signal_id")


def _delivery(night: StoredNight, known: AsKnown) -> Delivery:
    """The night's delivery as far as a stage asks; its files are not needed any more."""
    manifest = Manifest(
        extract_date=night.extract_date.isoformat(),
        municipality_code=known.municipality_code,
        synthetic=known.is_synthetic,
        files=(),
    )
    return Delivery(
        path=night.folder,
        manifest=manifest,
        extract_date=night.extract_date,
        municipality_code=known.municipality_code,
        is_synthetic=known.is_synthetic,
        manifest_sha256=night.manifest_sha256,
        files=(),
    )


def parameter(text: str) -> tuple[str, Number]:
    """`name=value` as given on the command line; raises RuleError where it is no number."""
    name, _, value = text.partition("=")
    try:
        number: Number = int(value) if value.lstrip("+-").isdigit() else float(value)
    except ValueError:
        raise RuleError(f"--set {name}: write name=value with a number, as months=6.") from None
    return name.strip(), number
