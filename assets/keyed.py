"""Keyed ids: what a person or a dwelling is called outside its own row.

An id is a hash of the natural key with the home's secret before it: the same every night and on
every machine that holds the home, and nothing to anyone who does not.
"""

from __future__ import annotations

import duckdb

from assets.home import Home

ID_SQL = (
    "replace(replace("
    "base64(unhex(substr(sha256(getvariable('home_key') || {0}), 1, 18))), '+', '-'), '/', '_')"
)
"""12 characters, 72 bits: a collision among 10 million ids has a chance of one in 10^8."""

DWELLING_KEY = (
    "upper(trim({0}.property)) || '|' || upper(trim({0}.street_address)) || '|'"
    " || coalesce({0}.flat_number, '')"
)
"""The natural key of a row of the dwelling register; property and flat alone repeat."""


def with_key(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Make the home's key known to this connection, so that `keyed_id(text)` works."""
    con.execute("set variable home_key = ?", [home.key.hex()])
    con.execute(f"create or replace temp macro keyed_id(x) as {ID_SQL.format('x')}")
