"""Signals: every live rule, computed where its sources are delivered and its legal basis holds.

What is not computed is listed with its reason; nothing is guessed around a missing source.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial

import duckdb
import polars as pl

from assets.feedback import OUTCOMES, rules_below_floor
from assets.ledger_states import BELOW_FLOOR
from assets.workspace import Counts, Workspace, store
from data_contracts.legal_basis import LegalBasis
from rules.catalogue import Rule, load, optional_sources, required_sources
from rules.engine import EVIDENCE, SIGNALS, Computed, compute
from rules.tables import core_tables, sources

NOT_COMPUTED = pl.Schema({"rule_id": pl.String, "reason": pl.String, "source": pl.String})


@dataclass(frozen=True)
class Permitted:
    """What one rule may see tonight, and why not where it may not be computed."""

    rule: Rule
    sources: frozenset[str]
    decisions: tuple[str, ...]
    refusals: tuple[tuple[str, str], ...]  # (reason, source)


def live_rules() -> list[Rule]:
    """The rules that publish signals, in order of id; those on trial are in `assets.trial`."""
    return [rule for rule in load().values() if rule.spec.status == "live"]


def permit(rule: Rule, basis: LegalBasis, missing: dict[str, str], as_of: date) -> Permitted:
    """Which sources the rule may see on the extract date.

    `missing`: contract -> reason ('missing' or 'shrunk'). A needed source without delivery or legal
    basis refuses the rule; a used one is hidden from it.
    """
    required = required_sources(rule)
    refusals = [
        (f"source_{missing[contract]}", contract)
        for source in sorted(required)
        for contract in sources()[source].contracts
        if contract in missing and reads_contract(rule, contract)
    ]
    permission = basis.permits(required, as_of)
    refusals += [("legal_basis", gap) for gap in permission.missing]
    seen, decisions = set(required), list(permission.decisions)
    for source in sorted(optional_sources(rule)):
        extra = basis.permits({*seen, source}, as_of)
        delivered = not set(sources()[source].contracts) & set(missing)
        if extra.is_permitted and delivered:
            seen.add(source)
            decisions = extra.decisions
    return Permitted(rule, frozenset(seen), tuple(sorted(decisions)), tuple(refusals))


def reads_contract(rule: Rule, contract: str) -> bool:
    """Whether a core table that the rule reads is made from the contract.

    Tables whose rows carry a source are made from every contract of the sources they may show.
    """
    tables = [core_tables()[name] for name in rule.spec.reads]
    return any(contract in table.made_from or not table.made_from for table in tables)


def permits_tonight(ws: Workspace, con: duckdb.DuckDBPyConnection) -> list[Permitted]:
    """What every live rule may see in this run; one that is back in trial is refused."""
    basis = ws.legal_basis
    missing = dict(con.sql("select contract_id, reason from missing_sources").fetchall())
    rules = live_rules()
    in_trial = rules_below_floor(con, {rule.id: rule for rule in rules})
    return [
        Permitted(rule, frozenset(), (), ((BELOW_FLOOR, OUTCOMES),))
        if rule.id in in_trial
        else permit(rule, basis, missing, ws.as_of)
        for rule in rules
    ]


def compute_signals(ws: Workspace) -> dict[str, Counts]:
    """Compute every permitted rule; counts per rule id.

    Makes signal_<rule_id> (the rule's own columns), all_signals, all_evidence, not_computed and
    decisions_used (rule_id, sources, decisions).
    """
    with ws.connect() as con:
        permitted = permits_tonight(ws, con)
        computed = [one for one in permitted if not one.refusals]
        # Planning a rule's SQL is work for one core: two rules side by side take both.
        with ThreadPoolExecutor(ws.threads) as pool:
            results = pool.map(partial(_compute, ws, con), computed)
        found = dict(zip((one.rule.id for one in computed), results, strict=True))
        for rule_id, its in found.items():
            store(con, f"signal_{rule_id}", its.own)
        none = pl.DataFrame(schema=SIGNALS), pl.DataFrame(schema=EVIDENCE)
        store(con, "all_signals", pl.concat([none[0], *(its.signals for its in found.values())]))
        store(con, "all_evidence", pl.concat([none[1], *(its.evidence for its in found.values())]))
        store(con, "not_computed", refused(permitted))
        store(con, "decisions_used", decided(permitted))
    return {one.rule.id: _counts(one, found.get(one.rule.id)) for one in permitted}


def _compute(ws: Workspace, con: duckdb.DuckDBPyConnection, one: Permitted) -> Computed:
    with con.cursor() as own:
        return compute(own, one.rule, as_of=ws.as_of, allowed_sources=one.sources, key=ws.home.key)


def _counts(one: Permitted, found: Computed | None) -> Counts:
    if found is None:
        return {"not_computed": one.refusals[0][0]}
    return {
        "signals": found.signals.height,
        "version": one.rule.spec.version,
        "decisions": ", ".join(one.decisions),
    }


def refused(permitted: Iterable[Permitted]) -> pl.DataFrame:
    """`not_computed`: one row per rule, reason and source."""
    rows = [(p.rule.id, reason, source) for p in permitted for reason, source in p.refusals]
    return pl.DataFrame(sorted(set(rows)), schema=NOT_COMPUTED, orient="row")


def decided(permitted: Iterable[Permitted]) -> pl.DataFrame:
    """`decisions_used`: one row per computed rule, with what it saw and by which decisions."""
    rows = [
        (p.rule.id, p.rule.spec.version, sorted(p.sources), list(p.decisions))
        for p in permitted
        if not p.refusals
    ]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "rule_id": pl.String,
        "rule_version": pl.Int32,
        "sources": pl.List(pl.String),
        "decisions": pl.List(pl.String),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
