"""The worklist of the week: which cases to take up, whatever the morning.

The first cases by rank, as many as investigators can take, with a bound on how many one rule may
lead; and, once a decision allows it, a random control arm from below the cut. Made on the first
night of an ISO week and kept through it: a case that leaves frees no place, since the week's work
is spent on it. Chance is a keyed hash of week and case, so a re-run draws the same.
"""

from __future__ import annotations

import hmac
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from assets.arms import CONTROL, RANKED, write_arm_precision
from assets.calibrated import write_calibration
from assets.home import WorklistSettings
from assets.ledger import STATE_SQL as LEDGER_SQL
from assets.workspace import Counts, Workspace, remember_rows, store

CONTROL_ARM = "control_arm"  # the feature that a decision must allow

STATE_SQL = """
create table if not exists worklist_nights (
    week varchar, case_id varchar, arm varchar, place integer, listed_on date, extract_date date
);
"""
LISTED = pl.Schema(
    {
        "week": pl.String,
        "case_id": pl.String,
        "arm": pl.String,
        "place": pl.Int32,  # None: it was on the week's list and has left the cases
        "listed_on": pl.Date,
    }
)

# A case is the one it was where it holds a signal that it held when it last stood.
EARLIER_THIS_WEEK = """
with last as (
    select * from worklist_nights
    where week = $week and extract_date = (
        select max(extract_date) from worklist_nights where week = $week and extract_date < $as_of
    )
)
select l.case_id, l.arm, l.place, l.listed_on, n.signal_id
from last l
left join case_nights n on n.case_id = l.case_id and n.extract_date = (
    select max(m.extract_date) from case_nights m
    where m.case_id = l.case_id and m.extract_date < $as_of
)
order by l.listed_on, l.place nulls last, l.case_id, n.signal_id
"""


@dataclass(frozen=True)
class Candidate:
    """A case of tonight. Grain: one per case, in order of rank."""

    case_id: str
    lead_rule_id: str


@dataclass(frozen=True)
class Listed:
    """A case on the week's list; `is_gone` where tonight has no such case."""

    case_id: str
    arm: str
    listed_on: date
    is_gone: bool = False


@dataclass(frozen=True)
class Places:
    """How many cases the list holds."""

    capacity: int
    max_of_one_rule: int
    n_control: int  # 0 without a decision

    @classmethod
    def of(cls, capacity: int, settings: WorklistSettings, *, has_control: bool) -> Places:
        return cls(
            capacity,
            max(1, math.floor(round(capacity * settings.max_share_of_one_rule, 6))),
            math.ceil(round(capacity * settings.control_share, 6)) if has_control else 0,
        )


def iso_week(day: date) -> str:
    """`2026-W40`: the week of a night, which is that of its extract date."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def by_quota(
    candidates: Sequence[Candidate], n: int, max_of_one_rule: int, led: Counter[str]
) -> list[Candidate]:
    """The first `n` by rank, no rule leading more than its most while cases of others wait.

    `led`: how many cases of the list each rule leads already. Places that only cases above the
    bound are left for go to those, by rank. The result is in order of rank.
    """
    led, within = Counter(led), set[str]()
    for one in candidates:
        if len(within) < n and led[one.lead_rule_id] < max_of_one_rule:
            led[one.lead_rule_id] += 1
            within.add(one.case_id)
    beyond = [one.case_id for one in candidates if one.case_id not in within]
    chosen = within | set(beyond[: max(0, n - len(within))])
    return [one for one in candidates if one.case_id in chosen]


def draw(candidates: Sequence[Candidate], n: int, key: bytes, week: str) -> list[Candidate]:
    """`n` of them at random: those with the lowest keyed hash of week and case.

    A case's own number does not depend on which others there are.
    """
    return sorted(candidates, key=lambda one: (_number(key, week, one.case_id), one.case_id))[:n]


def mixed(
    ranked: Sequence[Candidate], control: Sequence[Candidate], key: bytes, week: str
) -> list[tuple[Candidate, str]]:
    """The ranked in their order with the control cases at places of chance among them."""
    placed = [(one, RANKED) for one in ranked]
    for one in control:
        place = _number(key, f"place {week}", one.case_id) % (len(placed) + 1)
        placed.insert(place, (one, CONTROL))
    return placed


def make_list(
    candidates: Sequence[Candidate],
    earlier: Sequence[Listed],
    places: Places,
    *,
    as_of: date,
    key: bytes,
) -> list[Listed]:
    """The week's list on that night, in order; those that are gone last.

    `candidates`: tonight's cases by rank. `earlier`: the list of the week's night before, empty on
    the first. Control cases are drawn on the first night only, and leave when no decision holds.
    """
    week = iso_week(as_of)
    kept = [one for one in earlier if one.arm == RANKED or places.n_control]
    standing = {one.case_id for one in kept if not one.is_gone}
    waiting = [one for one in candidates if one.case_id not in standing]
    led = Counter(one.lead_rule_id for one in candidates if one.case_id in standing)
    n_free = max(0, places.capacity - sum(one.arm == RANKED for one in kept))
    ranked = by_quota(waiting, n_free, places.max_of_one_rule, led)
    taken = {one.case_id for one in ranked}
    below = [one for one in waiting if one.case_id not in taken]
    control = [] if earlier else draw(below, places.n_control, key, week)
    new = [Listed(one.case_id, arm, as_of) for one, arm in mixed(ranked, control, key, week)]
    return sorted([*kept, *new], key=lambda one: one.is_gone)


def build_worklist(ws: Workspace) -> dict[str, Counts]:
    """`worklist`, `worklist_audit` and `arm_precision` for auditors, and `calibration`.

    The worklist does not say which cases are control; the audit does.
    """
    has_control = ws.legal_basis.allows(CONTROL_ARM, ws.as_of)
    places = Places.of(ws.settings.capacity, ws.settings.worklist, has_control=has_control)
    with ws.connect() as con:
        earlier = _earlier(ws, con)
        listed = make_list(_candidates(con), earlier, places, as_of=ws.as_of, key=ws.home.key)
        store(con, "week_list", _as_table(listed, iso_week(ws.as_of)))
        con.execute(WORKLIST)
        con.execute(WORKLIST_AUDIT)
        rows = con.sql(
            "select (select count(*) from worklist), (select count(*) from worklist_audit)"
        ).fetchall()[0]
        with ws.home.state_db() as state:
            n_arms = write_arm_precision(con, state, ws.as_of)
        calibration = write_calibration(con)
    return {
        "worklist": {"rows": rows[0]},
        "worklist_audit": {"rows": rows[1]},
        "arm_precision": {"rows": n_arms},
        "calibration": calibration,
    }


def remember_worklist(ws: Workspace) -> None:
    """Keep the week's list as it stood tonight; only this night's rows."""
    with ws.connect() as con:
        listed = con.sql("select week, case_id, arm, place, listed_on from week_list").pl()
    with ws.home.state_db() as state:
        state.execute(STATE_SQL)
        remember_rows(state, ws.as_of, {"worklist_nights": listed})


LEADS = """
create or replace temp view leads as
select case_id, rule_id as lead_rule_id from case_points
qualify row_number() over (partition by case_id order by points desc, signal_id) = 1
"""

WORKLIST = """
create or replace table worklist as
select week, place, case_id, listed_on from week_list where place is not null order by place
"""

WORKLIST_AUDIT = """
create or replace table worklist_audit as
select w.week, w.case_id, w.arm, w.place, w.listed_on, c.rank, l.lead_rule_id
from week_list w left join cases c using (case_id) left join leads l using (case_id)
order by w.place nulls last, w.case_id
"""


def _candidates(con: duckdb.DuckDBPyConnection) -> list[Candidate]:
    con.execute(LEADS)
    rows = con.sql(
        "select case_id, lead_rule_id from cases join leads using (case_id) order by rank"
    ).fetchall()
    return [Candidate(*row) for row in rows]


def _earlier(ws: Workspace, con: duckdb.DuckDBPyConnection) -> list[Listed]:
    """The list of the week's night before, by the ids that its cases have tonight."""
    with ws.home.state_db() as state:
        state.execute(STATE_SQL)
        state.execute(LEDGER_SQL)
        before = state.sql(
            EARLIER_THIS_WEEK, params={"week": iso_week(ws.as_of), "as_of": ws.as_of}
        ).fetchall()
    tonight = dict(con.sql("select signal_id, case_id from case_points").fetchall())
    rank = dict(con.sql("select case_id, rank from cases").fetchall())
    held: dict[tuple[str, str, date], set[str]] = {}
    for case_id, arm, _, listed_on, signal_id in before:
        cases = held.setdefault((case_id, arm, listed_on), set())
        cases |= {tonight[one] for one in (signal_id,) if one in tonight}
    found: dict[str, Listed] = {}
    for (case_id, arm, listed_on), cases in held.items():
        now = min(cases, key=lambda one: rank[one], default=None)
        found.setdefault(now or case_id, Listed(now or case_id, arm, listed_on, now is None))
    return list(found.values())


def _as_table(listed: Sequence[Listed], week: str) -> pl.DataFrame:
    rows = [
        (week, one.case_id, one.arm, None if one.is_gone else place, one.listed_on)
        for place, one in enumerate(listed, 1)
    ]
    return pl.DataFrame(rows, schema=LISTED, orient="row")


def _number(key: bytes, *words: str) -> int:
    """A number of chance that only the holder of the key can foresee."""
    said = "\x1f".join(["worklist", *words]).encode()
    return int.from_bytes(hmac.digest(key, said, "sha256")[:8])
