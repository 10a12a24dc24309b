"""The ledger: when each signal was first seen, night after night.

Kept in the home's state per extract date, so that a night looks only at earlier nights and a re-run
of an old one changes nothing but its own rows.
"""

from __future__ import annotations

import polars as pl

from assets.workspace import Workspace

STATE_SQL = """
create table if not exists signal_nights (
    extract_date date, signal_id varchar, rule_id varchar, rule_version integer, case_id varchar
);
"""


def first_seen(ws: Workspace, signals: pl.DataFrame) -> pl.DataFrame:
    """signal_id, first_seen_on: the first night each of these signals was published, or tonight."""
    with ws.home.state_db() as state:
        state.execute(STATE_SQL)
        seen = state.sql(
            "select signal_id, min(extract_date) as seen_on from signal_nights"
            " where extract_date < $as_of group by signal_id",
            params={"as_of": ws.as_of},
        ).pl()
    return (
        signals.select("signal_id")
        .join(seen, on="signal_id", how="left")
        .select("signal_id", first_seen_on=pl.col("seen_on").fill_null(ws.as_of))
    )


def remember_signals(ws: Workspace) -> None:
    """Write this night's published signals to the state, replacing this night's rows only."""
    with ws.connect() as con:
        rows = con.sql(
            "select signal_id, rule_id, rule_version, case_id from signals order by signal_id"
        ).pl()
    with ws.home.state_db() as state:
        state.execute(STATE_SQL)
        state.execute("begin")
        state.execute("delete from signal_nights where extract_date = ?", [ws.as_of])
        state.register("rows_in", rows)
        state.execute("insert into signal_nights select ?::date, * from rows_in", [ws.as_of])
        state.execute("commit")
