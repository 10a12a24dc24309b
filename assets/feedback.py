"""What earlier nights' outcomes say tonight: of each signal, of each rule, of how sure the list is.

Made before the signals, since a rule that has turned out wrong too often is not computed. Reads the
home's state and who left at the gate; nothing decided about a protected person counts anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import polars as pl

from assets.calibration import Model, Prior, Weight, decided_cases, fit, reliability
from assets.home import Feedback, Home
from assets.outcomes import CODES, prepare, standing
from assets.precision import is_change, rule_precision
from assets.workspace import Counts, Workspace, store
from data_contracts.errors import BoendesignalError
from rules.catalogue import Rule, load

OUTCOMES = "outcomes"  # what a rule back in trial lacks: `not_computed.source`
ORDERS_THE_LIST = "ranking_by_calibration"
PRIOR = Prior()
_BASE = ""  # the row of `calibration_model` that holds the base odds

DECIDED = pl.Schema(
    {
        "case_id": pl.String,
        "signal_id": pl.String,
        "rule_id": pl.String,
        "points": pl.Float64,
        "is_change": pl.Boolean,
        "known_after": pl.Date,
    }
)


def weigh_outcomes(ws: Workspace) -> dict[str, Counts]:
    """Make `standing_outcomes`, `rule_precision`, `calibration_model` and `reliability`.

    standing_outcomes: one row per signal with a decision known before tonight. calibration_model:
    one row per rule with a weight (rule_id '' is the base), empty while there is no outcome.
    """
    rules = load()
    with ws.connect() as con:
        gone = con.sql("select id from protected_ids").pl()["id"].to_list()
        with ws.home.state_db() as state:
            prepare(state)
            found = standing(state, ws.as_of)
            found = found.filter(
                ~pl.col("person_id").is_in(gone).fill_null(False)
                & ~pl.col("dwelling_id").is_in(gone).fill_null(False)
            )
            matters = decided_cases(_judged(state, found, rules), stated_weights(rules))
        curve, ece = reliability(matters, stated_weights(rules), PRIOR)
        precision = _precision(ws.home, found, rules)
        store(con, "standing_outcomes", found)
        store(con, "rule_precision", precision)
        store(con, "calibration_model", _as_table(fit(matters, stated_weights(rules), PRIOR)))
        store(con, "reliability", curve)
    return {
        "rule_precision": {"rows": precision.height, "outcomes": found.height},
        "reliability": {"rows": curve.height, "cases": matters.height, "ece": ece or 0.0},
    }


def stated_weights(rules: Mapping[str, Rule]) -> dict[str, Weight]:
    """The weight of every rule that has one."""
    return {
        rule.id: Weight(rule.spec.weight.log_lr, rule.spec.weight.hypothesis)
        for rule in rules.values()
        if rule.spec.weight
    }


def rules_below_floor(con: duckdb.DuckDBPyConnection, rules: Mapping[str, Rule]) -> set[str]:
    """Rules whose present version is back in trial; `weigh_outcomes` has been there before."""
    rows = con.sql(
        "select rule_id, rule_version from rule_precision where is_below_floor"
    ).fetchall()
    return {
        rule_id
        for rule_id, version in rows
        if rule_id in rules and rules[rule_id].spec.version == version
    }


def calibrated(con: duckdb.DuckDBPyConnection, rules: Mapping[str, Rule]) -> Model | None:
    """The model of `calibration_model`; None while nothing is calibrated."""
    rows = {
        rule_id: (weight, n_cases)
        for rule_id, weight, n_cases in con.sql("from calibration_model").fetchall()
    }
    if not rows:
        return None
    base, n_cases = rows.pop(_BASE)
    return Model(
        stated_weights(rules),
        base,
        {rule_id: weight for rule_id, (weight, _) in rows.items()},
        n_cases,
        {rule_id: n for rule_id, (_, n) in rows.items()},
    )


def model_that_orders(
    ws: Workspace, con: duckdb.DuckDBPyConnection, rules: Mapping[str, Rule]
) -> Model | None:
    """The model where a decision in force lets it order the list; else None, and points do."""
    basis = ws.legal_basis
    return calibrated(con, rules) if basis.allows(ORDERS_THE_LIST, ws.as_of) else None


def run_facts(ws: Workspace, con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What run.json says of outcomes: how many, what they did to rules, how sure the list is."""
    basis = ws.legal_basis
    [(n_cases, ece)] = con.sql("select sum(n_cases), sum(ece_part) from reliability").fetchall()
    [(n_outcomes,)] = con.sql("select coalesce(sum(n_outcomes), 0) from rule_precision").fetchall()
    return {
        "n_signals_with_outcome": int(n_outcomes),
        "back_in_trial": sorted(rules_below_floor(con, load())),
        "settings": settings(ws.home).model_dump(mode="json"),
        "calibration": {
            "says": f"calibrated on {n_cases} decided cases" if n_cases else "not yet calibrated",
            "base_rate": PRIOR.base_rate,
            "outcomes_behind_each_weight": PRIOR.outcomes,
            "expected_calibration_error": None if ece is None else round(ece, 4),
            "orders_the_list": basis.deciding(ORDERS_THE_LIST, ws.as_of),
        },
        "control_arm": basis.deciding("control_arm", ws.as_of),
    }


def settings(home: Home) -> Feedback:
    return home.settings.feedback if home.settings else Feedback()


def _precision(home: Home, found: pl.DataFrame, rules: Mapping[str, Rule]) -> pl.DataFrame:
    feedback = settings(home)
    if unknown := sorted(set(feedback.rule_floors) - set(rules)):
        raise BoendesignalError(
            f"{home.settings_file.name}: feedback.rule_floors names unknown rules: "
            f"{', '.join(unknown)}. Rules: {', '.join(rules)}."
        )
    return rule_precision(
        found,
        rules,
        floors=feedback.rule_floors,
        default_floor=feedback.precision_floor,
        min_decided=feedback.min_decided,
    )


def _judged(
    state: duckdb.DuckDBPyConnection, found: pl.DataFrame, rules: Mapping[str, Rule]
) -> pl.DataFrame:
    """As DECIDED: the decided signals, with case and points of the last night they had any."""
    state.register("found_in", found)
    rows = state.sql(
        "select p.case_id, p.signal_id, p.rule_id, p.points, f.outcome, f.known_after"
        " from found_in f"
        " join point_nights p on p.signal_id = f.signal_id and p.extract_date <= f.judged_on"
        " qualify row_number() over (partition by p.signal_id order by p.extract_date desc) = 1"
        " order by p.signal_id"
    ).fetchall()
    state.unregister("found_in")
    lanes = {rule.id: rule.spec.lane for rule in rules.values()}
    decided = [
        (case_id, signal_id, rule_id, points, is_change(outcome, lanes.get(rule_id, "")), known)
        for case_id, signal_id, rule_id, points, outcome, known in rows
        if CODES[outcome].is_decided
    ]
    return pl.DataFrame(decided, schema=DECIDED, orient="row")


def _as_table(model: Model) -> pl.DataFrame:
    rows = [(_BASE, model.base, model.n_cases)] if model.n_cases else []
    if rows:
        rows += [
            (rule_id, weight, model.n_by_rule[rule_id]) for rule_id, weight in model.weights.items()
        ]
    schema = {"rule_id": pl.String, "weight": pl.Float64, "n_cases": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row")
