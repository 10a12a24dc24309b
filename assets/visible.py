"""Which sources may stand together in a case: a case shows people across everything it holds.

A rule sees only sources that its legal basis joins (rules/engine.py). What gathers signals of many
rules, and shows money and events beside them, is a join too and is held to the same decisions.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from assets.workspace import Workspace
from data_contracts.legal_basis import LegalBasis
from rules.tables import core_tables, sources, view_filter


def visible_sources(basis: LegalBasis, ws: Workspace) -> list[str]:
    """The sources that may all be joined tonight.

    In the order of sources.yml; one that lacks a basis with those before it is not shown.
    """
    visible: list[str] = []
    for source in sources():
        if basis.permits([*visible, source], ws.as_of).is_permitted:
            visible.append(source)
    return visible


def show_only_visible(con: duckdb.DuckDBPyConnection, ws: Workspace) -> list[str]:
    """Let the core tables' names mean their visible rows in this connection; returns the sources.

    Temporary views come before tables of the same name.
    """
    visible = visible_sources(ws.legal_basis, ws)
    if len(visible) < len(sources()):
        _hide(con, visible)
    return visible


def _hide(con: duckdb.DuckDBPyConnection, visible: Sequence[str]) -> None:
    [(database, schema)] = con.execute("select current_database(), current_schema()").fetchall()
    for table in core_tables():
        con.execute(
            f'create or replace temp view "{table}" as'
            f' select * from "{database}"."{schema}"."{table}" where {view_filter(table, visible)}'
        )
