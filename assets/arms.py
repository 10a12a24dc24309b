"""What the week's list catches and misses: precision of its ranked part beside its control arm.

The control arm is a random draw from the cases below the cut, so its precision is theirs, and what
the cut misses can be estimated. Weeks that had one are counted, for both, so that they compare. For
auditors alone: it tells of the draw.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import polars as pl

from assets.outcomes import CODES
from assets.precision import wilson
from assets.workspace import store
from rules.texts import number

ARMS = pl.Schema(
    {
        "arm": pl.String,
        "n_weeks": pl.Int32,
        "n_listed": pl.Int32,
        "n_cases": pl.Int32,
        "n_decided": pl.Int32,
        "n_changed": pl.Int32,
        "precision": pl.Float64,
        "precision_low": pl.Float64,
        "precision_high": pl.Float64,
        "share_of_changes": pl.Float64,
        "share_low": pl.Float64,
        "share_high": pl.Float64,
        "says_sv": pl.String,
    }
)
RANKED, CONTROL = "ranked", "control"
DECIMALS = 4

# A decided signal counts where its case was listed last, on or before the day of the decision. A
# case is decided when any of its signals is, and changed when any of them is.
COUNTS = """
with earlier as (select * from worklist_nights where extract_date < $as_of),
weeks as (
    select week, min(extract_date) as made_on from earlier
    group by week having bool_or(arm = 'control')
),
signals as (
    select w.week, w.arm, w.case_id, c.signal_id, w.extract_date
    from earlier w join case_nights c using (case_id, extract_date)
),
last_listed as (
    select s.week, s.arm, s.case_id, o.is_change
    from signals s
    join decided_in o on o.signal_id = s.signal_id and s.extract_date <= o.decided_on
    qualify row_number() over (partition by s.signal_id order by s.extract_date desc, s.case_id) = 1
),
cases_found as (
    select arm, week, case_id, bool_or(is_change) as is_change
    from last_listed where week in (select week from weeks) group by all
),
found as (
    select arm, count(*) as n_decided, count(*) filter (where is_change) as n_changed
    from cases_found group by arm
),
listed as (
    select arm, count(distinct (week, case_id)) as n_listed,
        count(distinct (week, case_id)) filter (where arm = 'ranked') as n_ranked
    from earlier where extract_date = listed_on and week in (select week from weeks) group by arm
),
standing as (
    select count(distinct (w.week, c.case_id)) as n_cases, count(distinct w.week) as n_weeks
    from weeks w join case_nights c on c.extract_date = w.made_on
)
select l.arm, t.n_weeks, l.n_listed,
    case when l.arm = 'ranked' then l.n_listed
        else t.n_cases - coalesce((select sum(n_ranked)::bigint from listed), 0) end as n_cases,
    coalesce(f.n_decided, 0) as n_decided, coalesce(f.n_changed, 0) as n_changed
from listed l cross join standing t left join found f using (arm)
order by l.arm desc
"""


def write_arm_precision(
    con: duckdb.DuckDBPyConnection, state: duckdb.DuckDBPyConnection, as_of: date
) -> int:
    """Make `arm_precision` of what was known before the night; returns its rows."""
    outcomes = con.sql("select signal_id, outcome, decided_on from standing_outcomes").pl()
    codes = {code: about.is_change for code, about in CODES.items() if about.is_decided}
    decided = outcomes.filter(pl.col("outcome").is_in(list(codes))).with_columns(
        is_change=pl.col("outcome").replace_strict(codes, return_dtype=pl.Boolean)
    )
    state.register("decided_in", decided)
    counts = state.sql(COUNTS, params={"as_of": as_of}).pl()
    state.unregister("decided_in")
    table = arm_precision(counts.to_dicts())
    store(con, "arm_precision", table)
    return table.height


def arm_precision(counts: list[dict[str, Any]]) -> pl.DataFrame:
    """As ARMS, one row per arm. `counts`: its first six columns.

    share_of_changes: of all changes that looking into every case would lead to, the share that
    lies in the arm's cases, each arm's precision standing for all of them. Its ends take both
    Wilson intervals at their worst, so they are wider than 95 %.
    """
    by_arm = {one["arm"]: one for one in counts}
    rows = []
    for arm, about in by_arm.items():
        low, high = wilson(about["n_changed"], about["n_decided"])
        precision = about["n_changed"] / about["n_decided"] if about["n_decided"] else None
        share = _share(arm, by_arm)
        told = {
            "precision": precision,
            "precision_low": low,
            "precision_high": high,
            **dict(zip(("share_of_changes", "share_low", "share_high"), share, strict=True)),
        }
        rounded = {
            name: None if one is None else round(one, DECIMALS) for name, one in told.items()
        }
        rows.append({**about, **rounded, "says_sv": _says(arm, about, rounded)})
    return pl.DataFrame(rows, schema=ARMS)


def _share(arm: str, by_arm: dict[str, dict[str, Any]]) -> tuple[float | None, ...]:
    """The arm's share of all changes, its least and its most; needs a decision in both arms."""
    others = [one for name, one in by_arm.items() if name != arm]
    if len(others) != 1 or not all(one["n_decided"] for one in by_arm.values()):
        return None, None, None
    own, other = (
        [one["n_cases"] * p for p in (one["n_changed"] / one["n_decided"], *_ends(one))]
        for one in (by_arm[arm], others[0])
    )
    pairs = ((own[0], other[0]), (own[1], other[2]), (own[2], other[1]))
    return tuple(mine / (mine + rest) if mine + rest else None for mine, rest in pairs)


def _ends(one: dict[str, Any]) -> tuple[float, float]:
    return wilson(one["n_changed"], one["n_decided"])


def _says(arm: str, about: dict[str, Any], told: dict[str, float | None]) -> str:
    where = "under gränsen" if arm == CONTROL else "över gränsen"
    if told["precision"] is None:
        return f"Inget ärende {where} är avgjort ännu."
    said = (
        f"{number(about['n_changed'])} av {number(about['n_decided'])} avgjorda ärenden {where} "
        f"ledde till en ändring (95 procents konfidensintervall: {_percent(told['precision_low'])} "
        f"till {_percent(told['precision_high'])} procent)."
    )
    if arm == RANKED or told["share_of_changes"] is None:
        return said
    return (
        f"{said} Av alla ändringar som finns att hitta missar listan uppskattningsvis "
        f"{_percent(told['share_of_changes'])} procent ({_percent(told['share_low'])} till "
        f"{_percent(told['share_high'])})."
    )


def _percent(share: float | None) -> str:
    return number(round(100 * (share or 0)))
