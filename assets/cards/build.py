"""Make the cards: `signal_cards`, `case_timeline`, `case_economy`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from assets.benefits import benefit_frame
from assets.visible import show_only_visible
from assets.workspace import Counts, Workspace
from rules.catalogue import Rule, load
from rules.model import Explanation

HERE = Path(__file__).parent
SQL_TABLES = ("case_timeline", "case_economy")


def build_cards(ws: Workspace) -> Counts:
    """The evidence cards of every case and signal of the night."""
    with ws.connect() as con:
        used = con.sql("select rule_id, sources from decisions_used").fetchall()
        cards = rule_cards(load(), {rule_id: set(seen) for rule_id, seen in used})
        show_only_visible(con, ws)
        con.register("benefit_kinds", benefit_frame())
        con.register("rule_cards", cards)
        for table in SQL_TABLES:
            query = (HERE / f"{table}.sql").read_text(encoding="utf-8")
            con.execute(f"create or replace table {table} as {query}")
        con.execute(
            "create or replace table signal_cards as"
            " select s.signal_id, s.case_id, r.title_sv, r.question_sv, s.explain_sv, s.since_on,"
            " r.ruled_out_sv, r.ask_sv, r.clears_sv, s.points, s.points_sv"
            " from signals s join rule_cards r using (rule_id) order by s.signal_id"
        )
        counts = {
            table: con.sql(f"select count(*) from {table}").fetchall()[0][0]
            for table in (*SQL_TABLES, "signal_cards")
        }
    return {**counts}


def rule_cards(rules: Mapping[str, Rule], seen: Mapping[str, Collection[str]]) -> pl.DataFrame:
    """What every signal of a rule says alike tonight: one row per rule.

    `seen`: the sources that each computed rule saw. ruled_out_sv: innocent explanations that the
    data excludes; ask_sv: those to ask about, among them what only a source that was not seen
    could have ruled out.
    """

    def is_ruled_out(rule: Rule, one: Explanation) -> bool:
        is_seen = one.rests_on is None or one.rests_on in seen.get(rule.id, ())
        return one.handled == "excluded" and is_seen

    rows = [
        (
            rule.id,
            rule.spec.title_sv,
            rule.spec.question_sv,
            [one.text_sv for one in rule.spec.innocent_explanations if is_ruled_out(rule, one)],
            [one.text_sv for one in rule.spec.innocent_explanations if not is_ruled_out(rule, one)],
            rule.spec.clears_sv,
        )
        for rule in rules.values()
    ]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "rule_id": pl.String,
        "title_sv": pl.String,
        "question_sv": pl.String,
        "ruled_out_sv": pl.List(pl.String),
        "ask_sv": pl.List(pl.String),
        "clears_sv": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
