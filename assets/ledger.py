"""The ledger: what became of every signal, night after night, and what the home remembers of it.

Kept in the home's state per extract date, so that a night looks only at earlier nights and a re-run
of an old one changes nothing but its own rows. Facts are remembered as keyed marks, which tell
that something changed and never what it was: state holds no name, number or address.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from assets.home import Home
from assets.ledger_states import (
    BELOW_FLOOR,
    LEDGER,
    NO_LEGAL_BASIS,
    PROTECTION,
    SOURCE_MISSING,
    Night,
    judge,
)
from assets.workspace import Counts, Workspace, remember_rows
from rules.catalogue import Rule, load

STATE_SQL = """
create table if not exists ledger_nights (
    signal_id varchar, rule_id varchar, rule_version integer, person_id varchar,
    dwelling_id varchar, state varchar, cause varchar, first_seen_on date, last_seen_on date,
    closed_on date, what_changed_sv varchar, extract_date date
);
create table if not exists fact_marks (
    signal_id varchar, fact varchar, mark varchar, extract_date date
);
create table if not exists case_nights (case_id varchar, signal_id varchar, extract_date date);
create table if not exists point_nights (
    case_id varchar, signal_id varchar, rule_id varchar, points double, extract_date date
);
create table if not exists rule_nights (rule_id varchar, sources varchar[], extract_date date);
"""

LAST_NIGHT = "(select max(extract_date) from ledger_nights where extract_date < $as_of)"


def build_ledger(ws: Workspace) -> Counts:
    """`ledger`: one row per signal ever seen up to tonight, with its state and cause.

    Reads settled_signals and fact_marks, which `assets.settled` makes.
    """
    rules = load()
    with ws.connect() as con:
        with ws.home.state_db() as state:
            state.execute(STATE_SQL)
            before = _before(state, ws)
            marks = _marks_before(state, ws)
            sources = _sources_before(state, ws)
        con.register("marks_before", marks)
        con.register("before_in", before)
        night = _night(ws, con, rules, sources)
        ledger = judge(before, _tonight(con), _changes(con, rules, night), night)
        con.register("ledger_in", ledger)
        con.execute("create or replace table ledger as select * from ledger_in order by signal_id")
    states = ledger.group_by("state").len().sort("state")
    return {"signals": ledger.height, **dict(states.iter_rows())}


def _tonight(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return con.sql(
        "select signal_id, rule_id, rule_version, person_id, dwelling_id,"
        " signal_id in (select signal_id from settled_signals) as is_settled from all_signals"
    ).pl()


def _night(
    ws: Workspace,
    con: duckdb.DuckDBPyConnection,
    rules: dict[str, Rule],
    sources_before: dict[str, set[str]],
) -> Night:
    """Versions of live rules, those that could not see what they saw before, and which people and
    dwellings of signals before (`before_in`) are known tonight.

    A rule that fell below its floor is back in trial: it is not live, and what it opened closes.
    """
    reasons = dict(
        con.sql(
            "select rule_id, min(reason) from not_computed group by rule_id order by rule_id"
        ).fetchall()
    )
    in_trial = {rule_id for rule_id, reason in reasons.items() if reason == BELOW_FLOOR}
    versions = {
        rule.id: rule.spec.version
        for rule in rules.values()
        if rule.spec.status == "live" and rule.id not in in_trial
    }
    suspended = {
        rule_id: NO_LEGAL_BASIS if reason == "legal_basis" else SOURCE_MISSING
        for rule_id, reason in reasons.items()
        if rule_id in versions
    }
    for rule_id, seen in con.sql("select rule_id, sources from decisions_used").fetchall():
        if sources_before.get(rule_id, set()) - set(seen):
            suspended[rule_id] = SOURCE_MISSING
    ids = con.sql(
        "select person_id as id from core_persons"
        " where person_id in (select person_id from before_in)"
        " union select dwelling_id from core_dwellings"
        " where dwelling_id in (select dwelling_id from before_in)"
    ).pl()["id"]
    gone = con.sql("select id from protected_ids").pl()["id"]
    return Night(
        as_of=ws.as_of,
        versions=versions,
        suspended=suspended,
        known_ids=frozenset(ids.to_list()),
        protected_ids=frozenset(gone.to_list()),
    )


# -- facts -------------------------------------------------------------------------------------


def _changes(con: duckdb.DuckDBPyConnection, rules: dict[str, Rule], night: Night) -> pl.DataFrame:
    """signal_id, what_changed_sv: which facts differ from the last night the signal was seen.

    A rule that lacks a source tonight says less than it knows; that is no change.
    """
    labels = {item.fact: item.label_sv for rule in rules.values() for item in rule.spec.evidence}
    differing = con.sql(
        "select m.signal_id, m.fact from fact_marks m join marks_before b"
        " on b.signal_id = m.signal_id and b.fact = m.fact and b.mark <> m.mark"
        " join all_signals s on s.signal_id = m.signal_id"
        " where not list_contains($suspended, s.rule_id) order by m.signal_id, m.fact",
        params={"suspended": sorted(night.suspended)},
    ).pl()
    return (
        differing.with_columns(label=pl.col("fact").replace(labels).str.to_lowercase())
        .group_by("signal_id", maintain_order=True)
        .agg(pl.col("label").unique(maintain_order=True))
        .select(
            "signal_id", what_changed_sv=pl.format("Ändrat: {}.", pl.col("label").list.join(", "))
        )
    )


# -- the home's state --------------------------------------------------------------------------


def _before(state: duckdb.DuckDBPyConnection, ws: Workspace) -> pl.DataFrame:
    return state.sql(
        f"select {', '.join(LEDGER.names())} from ledger_nights where extract_date = {LAST_NIGHT}"
        " order by signal_id",
        params={"as_of": ws.as_of},
    ).pl()


def _marks_before(state: duckdb.DuckDBPyConnection, ws: Workspace) -> pl.DataFrame:
    """The marks of the last night on which each signal was seen with every source there."""
    return state.sql(
        """
        with widest as (
            select rule_id, max(len(sources)) as n_sources from rule_nights
            where extract_date < $as_of group by rule_id
        ),
        whole_nights as (
            select rule_id, extract_date from rule_nights r join widest w using (rule_id)
            where len(r.sources) = w.n_sources and r.extract_date < $as_of
        )
        select m.signal_id, m.fact, arg_max(m.mark, m.extract_date) as mark
        from fact_marks m
        join ledger_nights l on l.signal_id = m.signal_id and l.extract_date = m.extract_date
        join whole_nights n on n.rule_id = l.rule_id and n.extract_date = m.extract_date
        group by m.signal_id, m.fact
        """,
        params={"as_of": ws.as_of},
    ).pl()


def _sources_before(state: duckdb.DuckDBPyConnection, ws: Workspace) -> dict[str, set[str]]:
    """Everything each rule has ever seen: a source that stays away keeps its signals suspended."""
    rows = state.sql(
        "select rule_id, list_distinct(flatten(list(sources))) from rule_nights"
        " where extract_date < $as_of group by rule_id",
        params={"as_of": ws.as_of},
    ).fetchall()
    return {rule_id: set(sources) for rule_id, sources in rows}


def remember_signals(ws: Workspace) -> None:
    """Write this night's ledger, marks, cases and what rules saw; only this night's rows."""
    tables = {
        "ledger_nights": "select * from ledger",
        "fact_marks": "select * from fact_marks",
        "case_nights": "select case_id, signal_id from signals where case_id is not null",
        "point_nights": "select case_id, signal_id, rule_id, points from case_points",
        "rule_nights": "select rule_id, sources from decisions_used",
    }
    with ws.connect() as con:
        rows = {table: con.sql(f"{query} order by all").pl() for table, query in tables.items()}
    with ws.home.state_db() as state:
        state.execute(STATE_SQL)
        remember_rows(state, ws.as_of, rows)


def closed_by_protection(home: Home, after: date) -> list[str]:
    """Ids of the signals that a later night closed because somebody has become protected."""
    with home.state_beside_a_run() as state:
        state.execute(STATE_SQL)
        rows = state.execute(
            "select distinct signal_id from ledger_nights"
            " where cause = $cause and extract_date > $after order by signal_id",
            {"cause": PROTECTION, "after": after},
        ).fetchall()
    return [signal_id for (signal_id,) in rows]
