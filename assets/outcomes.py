"""Outcomes: what people found when they looked, kept so that a night knows only what was known.

Every imported line stays in the home's state with the newest night there was when it came
(`known_after`). A night of date d reads lines with an earlier one, so running it again gives the
same tables whatever has been decided since. State holds ids, codes, days and the decider's
signature: nothing about the people it concerns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from assets import ledger
from assets.home import Home
from assets.outcome_file import COLUMNS, Fault, Line, read_lines, refuse
from assets.workspace import Counts
from data_contracts.errors import BoendesignalError
from rules.catalogue import Rule, load

INNOCENT = "innocent"
FOREVER = date(9999, 12, 31)
MAX_AHEAD = timedelta(days=366)
"""A decision later than this after the newest night has a mistyped year, and would never yield."""
MAX_SNOOZE = timedelta(days=731)
"""What is to rest longer is innocent, and then rests until a fact changes."""


@dataclass(frozen=True)
class Code:
    """What an outcome means for the rule and for the ranking."""

    title_sv: str
    is_decided: bool  # somebody found out: it counts in the rule's precision
    is_change: bool  # a register, a lease or a benefit was changed
    is_settling: bool  # the signal leaves the ranking until a fact changes


CODES = {
    "registration_changed": Code("Folkbokföringen ändrad", True, True, False),
    "lease_ended": Code("Hyresavtalet upphörde", True, True, False),
    "benefit_corrected": Code("Förmånen rättad", True, True, False),
    "clerical_error": Code("Skrivfel i en uppgift", True, False, True),
    INNOCENT: Code("Oskyldig förklaring", True, False, True),
    "not_reachable": Code("Gick inte att nå", False, False, False),
    "no_action": Code("Ingen åtgärd", True, False, False),
}

STATE_SQL = """
create table if not exists outcomes (
    signal_id varchar, case_id varchar, outcome varchar, explanation_id varchar, decided_on date,
    decided_by varchar, snooze_until date, known_after date, import_no integer
);
"""

# A line about a case falls on the signals it had on the last night before the decision.
STANDING = """
with known as (select * from outcomes where known_after < $before),
said as (
    select signal_id, outcome, explanation_id, decided_on, snooze_until, known_after, import_no,
        true as is_own, '' as said_of
    from known where signal_id is not null
    union all
    select c.signal_id, k.outcome, k.explanation_id, k.decided_on, k.snooze_until, k.known_after,
        k.import_no, false, k.case_id
    from known k
    join case_nights c on c.case_id = k.case_id
    where c.extract_date = (
        select max(n.extract_date) from case_nights n
        where n.case_id = k.case_id and n.extract_date <= least(k.decided_on, k.known_after)
    )
),
latest as (
    select * from said
    qualify row_number() over (
        partition by signal_id order by decided_on desc, is_own desc, import_no desc, said_of
    ) = 1
),
gone as (
    select signal_id from ledger_nights
    where cause = 'protection'
      and extract_date = (select max(extract_date) from ledger_nights where extract_date < $before)
),
judged as (
    select d.*, l.rule_id, l.rule_version, l.person_id, l.dwelling_id, l.extract_date as judged_on
    from latest d
    join ledger_nights l on l.signal_id = d.signal_id and l.last_seen_on = l.extract_date
    where l.extract_date <= least(d.decided_on, d.known_after)
      and d.signal_id not in (select signal_id from gone)
    qualify row_number() over (partition by d.signal_id order by l.extract_date desc) = 1
)
select signal_id, rule_id, rule_version, person_id, dwelling_id, outcome, explanation_id,
    decided_on, snooze_until, known_after, judged_on
from judged order by signal_id
"""


def prepare(state: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that outcomes are read with, where they are not there yet."""
    state.execute(STATE_SQL)
    state.execute(ledger.STATE_SQL)


def standing(state: duckdb.DuckDBPyConnection, before: date = FOREVER) -> pl.DataFrame:
    """The decision that holds for each signal, of those known before a night of that date.

    One row per signal, in order of signal_id: rule_id, rule_version, person_id and dwelling_id as
    they were on `judged_on`, the last night on which the signal was seen before the decision;
    outcome, explanation_id, decided_on, snooze_until, known_after. The latest decision holds; of
    one day, the signal's own before its case's, then the last imported. Signals that protection
    has closed are left out.
    """
    prepare(state)
    return state.sql(STANDING, params={"before": before}).pl()


def count_outcomes(home: Home) -> pl.DataFrame:
    """One row per rule and outcome that stands: rule_id, outcome, n_signals."""
    with home.state_beside_a_run() as state:
        found = standing(state)
    counted = found.group_by("rule_id", "outcome").agg(n_signals=pl.len())
    return counted.sort("rule_id", "outcome")


# -- import ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Subject:
    """A signal or a case that the home knows: when it was first seen, and by which rules."""

    first_seen_on: date
    rule_ids: tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    """What a line is judged by."""

    subjects: dict[tuple[str | None, str | None], _Subject]
    rules: dict[str, Rule]
    known_after: date


def import_outcomes(home: Home, file: Path) -> Counts:
    """Keep the file's lines; returns how many were new. All of it or nothing.

    A line that is kept already changes nothing. Raises BoendesignalError with every wrong line.
    """
    lines, faults = read_lines(file)
    with home.lock(), home.state_db() as state:
        prepare(state)
        known = _known(state)
        faults += [fault for line in lines for fault in _faults(line, known)]
        refuse(file, [*faults, *_contradictions(lines)])
        kept = set(state.execute(f"select {', '.join(COLUMNS)} from outcomes").fetchall())
        new = sorted({line.content for line in lines} - kept, key=repr)
        _insert(state, new, known.known_after)
    return {"lines": len(lines), "new": len(new), "known_after": str(known.known_after)}


def _insert(
    state: duckdb.DuckDBPyConnection, contents: list[tuple[Any, ...]], known_after: date
) -> None:
    if not contents:
        return
    [(last,)] = state.execute("select coalesce(max(import_no), 0) from outcomes").fetchall()
    state.execute("begin")
    state.executemany(
        f"insert into outcomes values ({', '.join('?' * (len(COLUMNS) + 2))})",
        [[*content, known_after, last + 1] for content in contents],
    )
    state.execute("commit")


def _known(state: duckdb.DuckDBPyConnection) -> _Known:
    [(known_after,)] = state.execute("select max(extract_date) from ledger_nights").fetchall()
    if known_after is None:
        raise BoendesignalError(
            "This home has no night yet, so no signal can have an outcome. Run a delivery first."
        )
    rows = state.execute(
        "select signal_id, null, min(first_seen_on), list(distinct rule_id)"
        " from ledger_nights group by signal_id"
        " union all"
        " select null, c.case_id, min(c.extract_date), list(distinct l.rule_id)"
        " from case_nights c join ledger_nights l using (signal_id, extract_date)"
        " group by c.case_id"
    ).fetchall()
    subjects = {
        (signal_id, case_id): _Subject(first, tuple(sorted(rule_ids)))
        for signal_id, case_id, first, rule_ids in rows
    }
    return _Known(subjects, load(), known_after)


def _faults(line: Line, known: _Known) -> Iterator[Fault]:
    """What the line says that cannot be; cells that were wrong in form are told already."""
    subject = known.subjects.get(line.subject)
    if line.outcome and line.outcome not in CODES:
        yield Fault(line.number, f"outcome is no known code. Allowed: {', '.join(CODES)}.")
    if bool(line.signal_id) != bool(line.case_id) and not subject:
        what = "signal_id" if line.signal_id else "case_id"
        yield Fault(
            line.number,
            f"{what} is not known in this home. Copy it whole from signals, cases or ledger.",
        )
    if line.outcome in CODES:
        yield from _explanation_faults(line, subject, known.rules)
    yield from _day_faults(line, subject, known.known_after)


def _explanation_faults(
    line: Line, subject: _Subject | None, rules: dict[str, Rule]
) -> Iterator[Fault]:
    if line.outcome != INNOCENT:
        if line.explanation_id:
            yield Fault(
                line.number, f"explanation_id goes with the outcome {INNOCENT} only: leave it out."
            )
    elif subject:
        allowed = sorted(
            {
                explanation.id
                for rule_id in subject.rule_ids
                if rule_id in rules
                for explanation in rules[rule_id].spec.innocent_explanations
            }
        )
        if line.explanation_id not in allowed:
            yield Fault(
                line.number,
                f"explanation_id must be an innocent explanation of {', '.join(subject.rule_ids)}. "
                f"Allowed: {', '.join(allowed)}.",
            )


def _day_faults(line: Line, subject: _Subject | None, known_after: date) -> Iterator[Fault]:
    if not line.decided_on:
        return
    if subject and line.decided_on < subject.first_seen_on:
        yield Fault(
            line.number,
            f"decided_on is before {subject.first_seen_on}, the first night it was seen.",
        )
    if line.decided_on > known_after + MAX_AHEAD:
        yield Fault(
            line.number, f"decided_on is more than a year after {known_after}, the newest night."
        )
    earliest, last = line.decided_on + timedelta(days=1), line.decided_on + MAX_SNOOZE
    if line.snooze_until and not earliest <= line.snooze_until <= last:
        yield Fault(
            line.number,
            "snooze_until must be after decided_on and at most two years later. What is to rest "
            f"longer is {INNOCENT}, and rests until a fact changes.",
        )


def _contradictions(lines: Iterable[Line]) -> Iterator[Fault]:
    """Two different decisions of one day on one signal or case: nobody can tell which holds."""
    first: dict[Any, Line] = {}
    for line in lines:
        earlier = first.setdefault((line.subject, line.decided_on), line)
        if any(line.subject) and line.decided_on and earlier.content != line.content:
            yield Fault(
                line.number,
                f"another decision of the same day stands in line {earlier.number}: keep one.",
            )
