"""The stage `report`: read the night and its worklist, write `report.html` in the run's folder.

The same tables give the same bytes: no clock and no run id stands on the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import duckdb
import polars as pl

from assets.home import write_private
from assets.published import MORNING_REPORT
from assets.report import shapes
from assets.report.case import CaseRows, case_view
from assets.report.night import read_night, unseen_sources
from assets.report.page import Page, render
from assets.visible import visible_sources
from assets.workspace import Counts, Workspace
from rules.catalogue import load
from rules.tables import sources

READ = {  # field of CaseRows -> what is read into it
    "cards": shapes.Card,
    "people": shapes.Person,
    "dwellings": shapes.Dwelling,
    "ties": shapes.Tie,
    "kin": shapes.Kin,
    "spans": shapes.Span,
    "events": shapes.Event,
    "sums": shapes.Sum,
}


def build_report(ws: Workspace) -> Counts:
    """Write the morning report; counts of its cases and its size."""
    rules = load()
    basis = ws.legal_basis
    with ws.connect() as con:
        visible = visible_sources(basis, ws)
        choose(con)
        show(con, visible)
        missing = dict(con.sql("select contract_id, reason from missing_sources").fetchall())
        night = read_night(ws, con, basis, rules)
        cases = [case_view(rows, rules, ws.as_of) for rows in read_cases(con)]
    page = Page(
        ws.as_of,
        ws.delivery.municipality_code,
        ws.delivery.is_synthetic,
        night,
        cases,
        unseen_sources(missing, visible),
    )
    content = render(page).encode()
    write_private(ws.dir / MORNING_REPORT, content)
    return {"cases": len(cases), "bytes": len(content)}


def choose(con: duckdb.DuckDBPyConnection) -> None:
    """`chosen`: the worklist's cases that stand tonight."""
    con.execute(
        "create or replace temp table chosen as"
        " select place, case_id from worklist where case_id in (select case_id from cases)"
    )


def show(con: duckdb.DuckDBPyConnection, visible: Sequence[str]) -> None:
    """What the queries hold to, beside `chosen`: see `shapes`."""
    rows = [(source, contract) for source in visible for contract in sources()[source].contracts]
    schema = {"source": pl.String, "contract_id": pl.String}
    con.register("visible_contracts", pl.DataFrame(rows, schema=schema, orient="row"))
    con.execute(
        "create or replace temp view visible_sources as"
        " select distinct source from visible_contracts"
    )
    for kind in ("person", "dwelling"):
        con.execute(
            f"create or replace temp view chosen_{kind}s as"
            f" select distinct m.case_id, m.member_id as {kind}_id"
            " from case_members m join chosen using (case_id)"
            f" where m.member_kind = '{kind}'"
        )


def read_cases(con: duckdb.DuckDBPyConnection) -> list[CaseRows]:
    """The chosen cases, in the order of the worklist."""
    found: dict[str, dict[str, list[Any]]] = {
        name: _by(shapes.fetch(con, shape), "case_id") for name, shape in READ.items()
    }
    evidence = _by(shapes.fetch(con, shapes.Evidence), "signal_id")
    said = _calibration(con)
    cases = []
    for case in shapes.fetch(con, shapes.Chosen):
        own = {name: rows.get(case.case_id, []) for name, rows in found.items()}
        facts = [one for card in own["cards"] for one in evidence.get(card.signal_id, [])]
        cases.append(
            CaseRows(case, evidence=facts, calibration_sv=said.get(case.case_id, ""), **own)
        )
    return cases


def _by(rows: Sequence[Any], key: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _calibration(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """case_id -> how sure the points are, where the night says so."""
    if not con.sql("select 1 from duckdb_tables() where table_name = 'calibration'").fetchall():
        return {}
    return dict(
        con.sql(
            "select case_id, says_sv from calibration join chosen using (case_id) order by case_id"
        ).fetchall()
    )
