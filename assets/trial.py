"""Rules on trial: computed like the live ones, in no case, no ledger and no signal table.

On trial are rules with `status: trial` and live rules that outcomes put back. `trial` is for those
who judge the rule; investigators see it when a decision `trial_visible` holds, and not before.

A rule with a forest is judged by a stored one. It is fitted on the first night of a quarter and
kept through it, so that a dwelling's score moves with what is registered of it and not with who
else is in the file. A night looks at forests of earlier nights only: a re-run gives the same.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from assets.feedback import rules_below_floor
from assets.ledger_states import BELOW_FLOOR
from assets.signals import Permitted, decided, live_rules, permit, refused
from assets.workspace import Counts, Workspace, store
from rules.catalogue import Rule, load
from rules.engine import EVIDENCE, Computed, compute
from rules.forest import REASONS, SCORE, Forest

STATUS_TRIAL = "status_trial"

STATE_SQL = """
create table if not exists trial_models (
    rule_id varchar, rule_version integer, rule_sha256 varchar, fitted_on date, forest varchar
);
"""
TRIAL = pl.Schema(
    {
        "signal_id": pl.String(),
        "rule_id": pl.String(),
        "rule_version": pl.Int32(),
        "because": pl.String(),
        "lane": pl.String(),
        "person_id": pl.String(),
        "dwelling_id": pl.String(),
        "since_on": pl.Date(),
        "certainty": pl.Float64(),
        "points": pl.Float64(),
        SCORE: pl.Float64(),
        "explain_sv": pl.String(),
        REASONS: pl.List(pl.String),
    }
)
MODELS = pl.Schema(
    {
        "rule_id": pl.String,
        "rule_version": pl.Int32,
        "rule_sha256": pl.String,
        "fitted_on": pl.Date,
        "forest": pl.String,
    }
)


def trial_rules() -> list[Rule]:
    """The rules whose folder says that they are on trial, in order of id."""
    return [rule for rule in load().values() if rule.spec.status == "trial"]


def compute_trial(ws: Workspace) -> dict[str, Counts]:
    """Make `trial`, `trial_evidence`, `trial_models` and `trial_used`; counts per table.

    trial_used: as `decisions_used`. What may not be computed is added to `not_computed`.
    """
    with ws.connect() as con:
        tried = tried_tonight(ws, con)
        stored = stored_forests(ws)
        trial, evidence = [pl.DataFrame(schema=TRIAL)], [pl.DataFrame(schema=EVIDENCE)]
        models = [pl.DataFrame(schema=MODELS)]
        for one, because in tried:
            if one.refusals:
                continue
            found, model = _computed(ws, con, one, stored)
            trial.append(as_trial(found, because))
            evidence.append(found.evidence)
            models.append(model)
        store(con, "trial", pl.concat(trial))
        store(con, "trial_rows", pl.concat(evidence))
        store(con, "trial_models", pl.concat(models))
        store(con, "trial_used", decided(one for one, _ in tried))
        by_status = [one for one, because in tried if because == STATUS_TRIAL]
        con.register("refused_in", refused(by_status))  # one that is back is listed already
        con.execute("insert into not_computed select * from refused_in")
        con.unregister("refused_in")
        _write_evidence(con)
    return {
        "trial": {"rows": sum(map(len, trial)), "rules": len(trial) - 1},
        "trial_evidence": {"rows": sum(map(len, evidence))},
        "trial_models": {"rows": sum(map(len, models))},
    }


def tried_tonight(ws: Workspace, con: duckdb.DuckDBPyConnection) -> list[tuple[Permitted, str]]:
    """What each rule on trial may see in this run, and why it is on trial."""
    basis = ws.legal_basis
    missing = dict(con.sql("select contract_id, reason from missing_sources").fetchall())
    live = {rule.id: rule for rule in live_rules()}
    back = [live[rule_id] for rule_id in sorted(rules_below_floor(con, live))]
    tried = [(rule, STATUS_TRIAL) for rule in trial_rules()] + [(one, BELOW_FLOOR) for one in back]
    return [(permit(rule, basis, missing, ws.as_of), because) for rule, because in tried]


def as_trial(found: Computed, because: str) -> pl.DataFrame:
    """The rule's signals as TRIAL. Its reasons are the forest's, or how its points came about."""
    has_forest = SCORE in found.own.columns
    signals = found.signals.with_columns(
        pl.lit(because).alias("because"),
        found.own[SCORE] if has_forest else pl.lit(None, pl.Float64).alias(SCORE),
        found.own[REASONS] if has_forest else pl.concat_list("points_sv").alias(REASONS),
    )
    return signals.select(pl.col(name).cast(kind) for name, kind in TRIAL.items())


def _computed(
    ws: Workspace,
    con: duckdb.DuckDBPyConnection,
    one: Permitted,
    stored: dict[str, tuple[date, Forest]],
) -> tuple[Computed, pl.DataFrame]:
    """What the rule gave, and as MODELS what it was judged by."""
    fitted_on, forest = stored.get(one.rule.sha256, (ws.as_of, None))
    found = compute(
        con,
        one.rule,
        as_of=ws.as_of,
        allowed_sources=one.sources,
        key=ws.home.key,
        forest=forest,
    )
    if found.forest is None:
        return found, pl.DataFrame(schema=MODELS)
    about = (one.rule.id, one.rule.spec.version, one.rule.sha256, fitted_on)
    return found, pl.DataFrame([(*about, found.forest.as_json())], schema=MODELS, orient="row")


def _write_evidence(con: duckdb.DuckDBPyConnection) -> None:
    """`trial_evidence`: as `signal_evidence`, with files and rows instead of row ids."""
    con.execute(
        "create or replace table trial_evidence as"
        " select distinct e.signal_id, e.fact, e.value, f.contract_id as source_table,"
        " f.source_file, e.row_id % (1::bigint << 40) as source_row"
        " from trial_rows e join source_files f on f.file_no = e.row_id >> 40"
    )


# -- stored forests ----------------------------------------------------------------------------


def stored_forests(ws: Workspace) -> dict[str, tuple[date, Forest]]:
    """Hash of a rule -> the day and the forest of the quarter's last earlier night with a fit."""
    with ws.home.state_db() as state:
        state.execute(STATE_SQL)
        rows = state.sql(
            "select rule_sha256, fitted_on, forest from trial_models"
            " where fitted_on >= $first and fitted_on < $as_of order by fitted_on",
            params={"first": quarter_begins(ws.as_of), "as_of": ws.as_of},
        ).fetchall()
    return {sha256: (fitted_on, Forest.from_json(text)) for sha256, fitted_on, text in rows}


def quarter_begins(day: date) -> date:
    """The first day of the calendar quarter."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def remember_forests(ws: Workspace) -> None:
    """Keep the forests that were fitted tonight; only this night's rows."""
    with ws.connect() as con:
        fitted = con.sql("from trial_models where fitted_on = $1", params=[ws.as_of]).pl()
    with ws.home.state_db() as state:
        state.execute(STATE_SQL)
        state.register("fitted_in", fitted)
        state.execute("begin")
        state.execute("delete from trial_models where fitted_on = ?", [ws.as_of])
        state.execute("insert into trial_models select * from fitted_in")
        state.execute("commit")
