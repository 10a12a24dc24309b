"""Signals that an outcome settled: out of the ranking until a fact changes, still in the ledger.

Facts are compared as keyed marks: that something changed, never what it was.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import polars as pl

from assets.keyed import with_key
from assets.ledger import STATE_SQL
from assets.outcomes import CODES
from assets.workspace import Counts, Workspace
from rules.catalogue import Rule, load

# A fact that differed on any night since the decision reopens the signal for good. Nights on which
# the rule lacked a source that it saw then tell nothing: absence is no change.
STILL_SETTLED = """
with resting as (
    select o.signal_id, o.outcome, j.sources
    from standing_outcomes o
    join judged j using (signal_id)
    join all_signals s using (signal_id)
    where case
        when o.snooze_until is not null then o.snooze_until > $as_of
        else list_contains($settling, o.outcome)
    end
),
marks as (
    select signal_id, fact, mark from marks_since
    union all
    select m.signal_id, m.fact, m.mark
    from resting r
    join all_signals s using (signal_id)
    join decisions_used u on u.rule_id = s.rule_id and list_has_all(u.sources, r.sources)
    join fact_marks m on m.signal_id = r.signal_id
),
changed as (
    select signal_id from marks group by signal_id, fact having count(distinct mark) > 1
)
select signal_id, outcome from resting
where signal_id not in (select signal_id from changed)
order by signal_id
"""


def settle(ws: Workspace) -> Counts:
    """Make `fact_marks` and `settled_signals` (signal_id, outcome); counts per outcome.

    Settled is a signal of tonight whose standing outcome is innocent or a clerical error, or is
    snoozed until a later day, where no fact has differed on any night since it was judged. A snooze
    is an end: an innocent signal with one comes back on that day.
    """
    with ws.connect() as con:
        with_key(con, ws.home)
        mark_facts(con, load())
        judged, marks_since = _since_judged(ws, con)
        con.register("judged", judged)
        con.register("marks_since", marks_since)
        con.execute(
            f"create or replace table settled_signals as {STILL_SETTLED}",
            {"as_of": ws.as_of, "settling": [code for code, of in CODES.items() if of.is_settling]},
        )
        con.unregister("judged")
        con.unregister("marks_since")
        rows = con.sql(
            "select outcome, count(*) from settled_signals group by outcome order by outcome"
        ).fetchall()
    return {"signals": sum(n for _, n in rows), **dict(rows)}


def fact_columns(rule: Rule) -> list[str]:
    """The facts that make a signal changed when they differ: what its texts and evidence show."""
    rows = {name for item in rule.spec.evidence for name in (item.row, item.rows) if name}
    return [fact for fact in rule.spec.facts if fact not in rows]


def mark_facts(con: duckdb.DuckDBPyConnection, rules: Mapping[str, Rule]) -> None:
    """`fact_marks`: one row per signal and fact, its value as a keyed mark."""
    computed = [row[0] for row in con.sql("select rule_id from decisions_used").fetchall()]
    parts = [
        f"select signal_id, '{fact}' as fact, keyed_id(coalesce({fact}::varchar, '')) as mark"
        f' from "signal_{rule_id}"'
        for rule_id in sorted(computed)
        for fact in fact_columns(rules[rule_id])
    ]
    empty = "select '' as signal_id, '' as fact, '' as mark where false"
    con.execute(f"create or replace table fact_marks as {' union all '.join([empty, *parts])}")


def _since_judged(
    ws: Workspace, con: duckdb.DuckDBPyConnection
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(signal_id, sources that its rule saw when it was judged) and (signal_id, fact, mark).

    The marks are those of the night on which it was judged and of every earlier night since on
    which the rule saw at least those sources.
    """
    decided = con.sql("select signal_id, rule_id, judged_on from standing_outcomes").pl()
    with ws.home.state_db() as state:
        state.execute(STATE_SQL)
        state.register("decided_in", decided)
        judged = state.sql(
            "select d.signal_id, d.rule_id, d.judged_on, n.sources from decided_in d"
            " join rule_nights n on n.rule_id = d.rule_id and n.extract_date = d.judged_on"
            " order by d.signal_id"
        ).pl()
        state.register("judged_in", judged)
        marks = state.sql(
            "select m.signal_id, m.fact, m.mark from fact_marks m"
            " join judged_in j on j.signal_id = m.signal_id and m.extract_date >= j.judged_on"
            " join rule_nights n on n.rule_id = j.rule_id and n.extract_date = m.extract_date"
            " where m.extract_date < $as_of and list_has_all(n.sources, j.sources) order by all",
            params={"as_of": ws.as_of},
        ).pl()
    return judged.select("signal_id", "sources"), marks
