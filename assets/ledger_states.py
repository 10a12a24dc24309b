"""What becomes of a signal from one night to the next: a pure decision, one row per signal.

A missing source suspends and never closes: the absence of a row is no evidence. A closure has a
cause, and a closed signal stays in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import polars as pl

NEW, CONTINUING, CHANGED = "new", "continuing", "changed"
SUSPENDED, CLOSED, REOPENED = "suspended", "closed", "reopened"
OPEN = (NEW, CONTINUING, CHANGED, SUSPENDED, REOPENED)

FACTS_CHANGED, RULE_CHANGED, ENTITY_CHANGED = "facts_changed", "rule_changed", "entity_changed"
PROTECTION, OUTCOME, SOURCE_MISSING = "protection", "outcome", "source_missing"
NO_LEGAL_BASIS = "legal_basis"
BELOW_FLOOR = "precision_below_floor"  # why a live rule is not computed: it is back in trial

LEDGER = pl.Schema(
    {
        "signal_id": pl.String,
        "rule_id": pl.String,
        "rule_version": pl.Int32,
        "person_id": pl.String,
        "dwelling_id": pl.String,
        "state": pl.String,
        "cause": pl.String,
        "first_seen_on": pl.Date,
        "last_seen_on": pl.Date,
        "closed_on": pl.Date,
        "what_changed_sv": pl.String,
    }
)


@dataclass(frozen=True)
class Night:
    """What the decision needs to know of tonight, beside the signals themselves."""

    as_of: date
    versions: dict[str, int]
    """Live rules and their versions; a rule that is not here is retired or back in trial."""
    suspended: dict[str, str] = field(default_factory=dict)
    """Rule -> cause, for rules that were not computed or lacked a source they use."""
    known_ids: frozenset[str] = frozenset()
    """Persons and dwellings that tonight's core tables hold."""
    protected_ids: frozenset[str] = frozenset()
    """Persons and dwellings that left at the protection gate tonight."""


def judge(
    before: pl.DataFrame, tonight: pl.DataFrame, changes: pl.DataFrame, night: Night
) -> pl.DataFrame:
    """Tonight's ledger, as LEDGER, in order of signal_id.

    before: the ledger of the last earlier night (LEDGER). tonight: signal_id, rule_id,
    rule_version, person_id, dwelling_id, is_settled (an outcome holds) of every signal computed.
    changes: signal_id, what_changed_sv for those whose facts differ from the last night seen.
    """
    return pl.concat(
        [_seen(before, tonight, changes, night), _unseen(before, tonight, night)]
    ).sort("signal_id")


def _seen(
    before: pl.DataFrame, tonight: pl.DataFrame, changes: pl.DataFrame, night: Night
) -> pl.DataFrame:
    known = before.select("signal_id", "first_seen_on", old="state", old_closed_on="closed_on")
    rows = tonight.join(known, on="signal_id", how="left").join(changes, on="signal_id", how="left")
    was_closed = pl.col("old") == CLOSED
    settled = pl.col("is_settled")
    state = (
        pl.when(settled)
        .then(pl.lit(CLOSED))
        .when(pl.col("old").is_null())
        .then(pl.lit(NEW))
        .when(was_closed)
        .then(pl.lit(REOPENED))
        .when(pl.col("what_changed_sv").is_not_null())
        .then(pl.lit(CHANGED))
        .otherwise(pl.lit(CONTINUING))
    )
    return rows.with_columns(
        state=state,
        cause=pl.when(settled).then(pl.lit(OUTCOME)),
        first_seen_on=pl.col("first_seen_on").fill_null(night.as_of),
        last_seen_on=pl.lit(night.as_of),
        closed_on=pl.when(settled).then(
            pl.when(was_closed).then("old_closed_on").otherwise(pl.lit(night.as_of))
        ),
        what_changed_sv=pl.when(state == CHANGED).then("what_changed_sv"),
    ).select(pl.col(name).cast(kind) for name, kind in LEDGER.items())


def _unseen(before: pl.DataFrame, tonight: pl.DataFrame, night: Night) -> pl.DataFrame:
    gone = before.join(tonight.select("signal_id"), on="signal_id", how="anti")
    causes = [
        _cause(night, *row)
        for row in gone.select("rule_id", "rule_version", "person_id", "dwelling_id").iter_rows()
    ]
    was_closed = pl.col("state") == CLOSED
    suspends = pl.col("new_cause").is_in([SOURCE_MISSING, NO_LEGAL_BASIS])
    state = pl.when(was_closed | ~suspends).then(pl.lit(CLOSED)).otherwise(pl.lit(SUSPENDED))
    return (
        gone.with_columns(new_cause=pl.Series(causes, dtype=pl.String))
        .with_columns(
            cause=pl.when(was_closed).then("cause").otherwise("new_cause"),
            closed_on=pl.when(was_closed)
            .then("closed_on")
            .when(~suspends)
            .then(pl.lit(night.as_of)),
            state=state,
            what_changed_sv=pl.lit(None, pl.String),
        )
        .select(pl.col(name).cast(kind) for name, kind in LEDGER.items())
    )


def _cause(
    night: Night, rule_id: str, rule_version: int, person_id: str | None, dwelling_id: str | None
) -> str:
    """Why a signal is not among tonight's; protection before all else, and absence never closes."""
    entities = {one for one in (person_id, dwelling_id) if one}
    if entities & night.protected_ids:
        return PROTECTION
    if rule_id in night.suspended:
        return night.suspended[rule_id]
    if night.versions.get(rule_id) != rule_version:
        return RULE_CHANGED
    return FACTS_CHANGED if entities <= night.known_ids else ENTITY_CHANGED
