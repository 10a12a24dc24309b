"""`calibration`: how likely a change is, said beside the rank of each case and for each rule."""

from __future__ import annotations

import duckdb
import polars as pl

from assets.calibration import Model, chances
from assets.feedback import calibrated, stated_weights
from assets.workspace import Counts, store
from rules.catalogue import load
from rules.texts import number

NOT_YET_SV = "Ännu inte kalibrerad: inget utfall har lästs in."

CALIBRATION = pl.Schema(
    {
        "rule_id": pl.String,
        "case_id": pl.String,
        "p_change": pl.Float64,
        "n_outcomes": pl.Int32,
        "says_sv": pl.String,
    }
)


def write_calibration(con: duckdb.DuckDBPyConnection) -> Counts:
    """Make `calibration`: one row per computed rule with a weight, and one per case."""
    rules = load()
    model = calibrated(con, rules)
    computed = [row[0] for row in con.sql("select rule_id from decisions_used").fetchall()]
    of_rules = sorted(set(computed) & set(stated_weights(rules)))
    signals = con.sql(
        "select case_id as group_id, rule_id, counted_points from case_points"
        " order by case_id, rule_id, signal_id"
    ).pl()
    table = calibration_table(model, of_rules, signals)
    store(con, "calibration", table)
    return {"rows": table.height, "cases_behind": model.n_cases if model else 0}


def calibration_table(
    model: Model | None, rule_ids: list[str], signals: pl.DataFrame
) -> pl.DataFrame:
    """As CALIBRATION. `signals`: group_id (the case), rule_id, counted_points."""
    rows: list[tuple[str | None, str | None, float | None, int, str]]
    if model is None:
        cases = signals["group_id"].unique().sort().to_list()
        rows = [(rule_id, None, None, 0, NOT_YET_SV) for rule_id in rule_ids]
        rows += [(None, case_id, None, 0, NOT_YET_SV) for case_id in cases]
        return pl.DataFrame(rows, schema=CALIBRATION, orient="row")
    rows = []
    for rule_id in rule_ids:
        p, n = model.of_rule(rule_id), model.n_by_rule.get(rule_id, 0)
        rows.append((rule_id, None, p, n, _says(p, n, "med bara den här signalen", "regeln")))
    for case_id, p, n in chances(model, signals).iter_rows():
        rows.append((None, case_id, p, n, _says(p, n, "som det här", "ärendets regler")))
    return pl.DataFrame(rows, schema=CALIBRATION, orient="row")


def _says(p: float, n: int, like_sv: str, of_sv: str) -> str:
    expected = f"Av 100 ärenden {like_sv} väntas {number(round(100 * p))} leda till en ändring."
    if n == 0:
        return f"Ännu inte kalibrerad för {of_sv}. {expected} Det följer av de angivna vikterna."
    said = "avgjort ärende" if n == 1 else "avgjorda ärenden"
    return f"{expected} Beräknat på de angivna vikterna och {number(n)} {said}."
