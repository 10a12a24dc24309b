"""What run.json says that only the run's own tables know: rules, parameters, decisions, counts.

Counts say nothing that would tell a small number of protected people: no rows delivered or kept
per table, and the rows that left as the gate tells them. Nothing here imports Dagster.
"""

from __future__ import annotations

from typing import Any

import duckdb

from assets import feedback
from assets.protected_rows import n_protected, told
from assets.workspace import Workspace
from data_contracts.legal_basis import LegalBasis
from rules.catalogue import Rule, load


def gather(ws: Workspace) -> dict[str, Any]:
    """`rules`, `decisions` and `counts` as RunRecord has them, and two parts of their own.

    `feedback`: what outcomes say; `trial`: the rules on trial. Reads decisions_used and trial_used
    (one row per computed rule), trial_models, gate_counts, missing_sources and what
    `assets.feedback` made.
    """
    with ws.connect() as con:
        used = con.sql("from decisions_used order by rule_id").fetchall()
        counts = _counts(con)
        outcomes = feedback.run_facts(ws, con)
        tried = con.sql("from trial_used order by rule_id").fetchall()
        fitted_on = dict(con.sql("select rule_id, fitted_on from trial_models").fetchall())
    rules = load()
    basis = ws.legal_basis
    cited = sorted({decision for *_, decisions in [*used, *tried] for decision in decisions})
    return {
        "rules": {rule: _rule(rules[rule], version, *rest) for rule, version, *rest in used},
        "decisions": {decision: _entries(basis, decision) for decision in cited},
        "counts": counts,
        "feedback": outcomes,
        "trial": {
            "shown_to_investigators_by": basis.deciding("trial_visible", ws.as_of),
            "rules": {
                rule: {
                    **_rule(rules[rule], version, *rest),
                    "forest_fitted_on": fitted_on.get(rule),
                }
                for rule, version, *rest in tried
            },
        },
    }


def _rule(rule: Rule, version: int, sources: list[str], decisions: list[str]) -> dict[str, Any]:
    """One rule as it was computed: what it saw, by which decisions, with which parameters."""
    spec = rule.spec
    return {
        "version": version,
        "title_sv": spec.title_sv,
        "lane": spec.lane,
        "sources": sources,
        "parameters": spec.defaults,
        "decisions": decisions,
        "columns_sv": {item.fact: item.label_sv for item in spec.evidence if not item.values},
    }


def _entries(basis: LegalBasis, decision_id: str) -> list[dict[str, Any]]:
    """What legal_basis.yml says of the decision: an entry for each source or pair it covers."""
    return [
        entry.model_dump(mode="json", exclude={"decision_id"})
        for entry in basis.entries
        if entry.decision_id == decision_id
    ]


def _counts(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    missing = con.sql("from missing_sources order by contract_id").fetchall()
    return {
        "protected_rows": told(n_protected(con)),
        "missing_sources": dict(missing),
    }
