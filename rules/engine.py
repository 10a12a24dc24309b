"""Compute one rule: SQL in, signals out. No rule is known here by name.

The SQL runs in a database that holds nothing but the tables the rule reads, each filtered to the
sources it may see, so that neither a missing legal basis nor a slip in the SQL shows it more.
"""

from __future__ import annotations

import contextlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb
import polars as pl

from data_contracts.errors import RuleError
from rules import forest as forests
from rules.catalogue import Rule
from rules.model import MAY_BE_RETURNED, Number, RuleSpec, Step
from rules.strict import unknown
from rules.tables import certainty_factor_without_a_used_source, sources, view_filter
from rules.texts import as_text, listed, number, render

SEES = "sees_"  # + rule id: an in-memory database with nothing but the rule's filtered tables
AS_OF = "as_of"

SIGNALS = pl.Schema(
    {
        "signal_id": pl.String(),
        "rule_id": pl.String(),
        "rule_version": pl.Int32(),
        "lane": pl.String(),
        "person_id": pl.String(),
        "dwelling_id": pl.String(),
        "other_person_ids": pl.List(pl.String),
        "other_dwelling_ids": pl.List(pl.String),
        "since_on": pl.Date(),
        "certainty": pl.Float64(),
        "points": pl.Float64(),
        "points_sv": pl.String(),
        "explain_sv": pl.String(),
        "benefit_sek_month": pl.Float64(),
        "rent_sek_month": pl.Float64(),
    }
)
EVIDENCE = pl.Schema(
    {
        "signal_id": pl.String(),
        "fact": pl.String(),
        "label_sv": pl.String(),
        "value": pl.String(),
        "row_id": pl.Int64(),
    }
)
_TYPES: dict[str, pl.DataType] = {
    "since_on": pl.Date(),
    "certainty": pl.Float64(),
    "person_id": pl.String(),
    "dwelling_id": pl.String(),
    "other_person_id": pl.String(),
    "other_dwelling_id": pl.String(),
    "other_person_ids": pl.List(pl.String),
    "other_dwelling_ids": pl.List(pl.String),
    "benefit_sek_month": pl.Float64(),
    "rent_sek_month": pl.Float64(),
}
# Their messages speak of the SQL; those of other errors may hold a value of a row.
_ABOUT_THE_SQL = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)


# What the SQL returns, given the sources that the rule may see and a value for each parameter.
Run = Callable[[frozenset[str], Mapping[str, Number]], pl.DataFrame]


@dataclass(frozen=True)
class Computed:
    """What a rule gave, ordered by the rule's grain.

    own: the SQL's columns, signal_id first; signals: as SIGNALS; evidence: as EVIDENCE, one row
    per signal, fact and delivered row; forest: what judged them, of a rule that has one.
    """

    own: pl.DataFrame
    signals: pl.DataFrame
    evidence: pl.DataFrame
    forest: forests.Forest | None = None


def compute(
    con: duckdb.DuckDBPyConnection,
    rule: Rule,
    *,
    as_of: date,
    allowed_sources: frozenset[str] | set[str],
    key: bytes,
    parameters: Mapping[str, Number] | None = None,
    forest: forests.Forest | None = None,
) -> Computed:
    """The rule's signals on the extract date, from the core tables in the current schema.

    `allowed_sources`: those that are delivered and have a legal basis for this rule; `key`: the
    home's, for ids; `parameters`: values instead of the defaults; `forest`: of a rule that has one,
    the stored one; left out, it is fitted on tonight's rows. Raises RuleError when a needed source
    is not allowed, a parameter is outside its range, or the SQL breaks its promises.
    """

    def run(visible: frozenset[str], values: Mapping[str, Number]) -> pl.DataFrame:
        with seen_tables(con, rule.spec, visible):
            return run_sql(con, rule, as_of, values)

    return compute_by(
        run,
        rule,
        allowed_sources=allowed_sources,
        key=key,
        parameters=parameters,
        forest=forest,
    )


def compute_by(
    run: Run,
    rule: Rule,
    *,
    allowed_sources: frozenset[str] | set[str],
    key: bytes,
    parameters: Mapping[str, Number] | None = None,
    forest: forests.Forest | None = None,
) -> Computed:
    """As `compute`, on any engine that can `run` the rule's SQL."""
    spec = rule.spec
    missing = sorted(set(spec.needs) - allowed_sources)
    if missing:
        raise RuleError(
            f"{rule.id}: needs {', '.join(missing)}, not among the allowed sources: suspend it."
        )
    values = checked_parameters(spec, parameters or {})
    visible = frozenset(allowed_sources & (set(spec.needs) | set(spec.uses)))
    own = run(visible, values)
    if spec.forest:
        own = own.sort(spec.grain_columns)
        forest = forest or forests.fit(own, spec.forest)
        own = forests.judged(own, spec, forest, values[forests.MIN_SCORE])
    unseen = [name for name in spec.uses if name not in visible]
    return replace(finish(rule, own, key=key, unseen=unseen), forest=forest)


def finish(rule: Rule, own: pl.DataFrame, *, key: bytes, unseen: list[str]) -> Computed:
    """Check what the SQL returned and add ids, points, texts and evidence."""
    spec = rule.spec
    check_columns(rule, own)
    check_rows(rule, own)
    factor = round(certainty_factor_without_a_used_source() ** len(unseen), 4)
    own = own.sort(spec.grain_columns).with_columns((pl.col("certainty") * factor).round(4))
    ids = pl.Series("signal_id", signal_ids(key, spec, own), dtype=pl.String)
    own = own.insert_column(0, ids)
    return Computed(own, _signals(spec, own, unseen), _evidence(spec, own))


def checked_parameters(spec: RuleSpec, given: Mapping[str, Number]) -> dict[str, Number]:
    """The defaults with `given` over them; raises RuleError naming all that is not allowed."""
    faults = [
        f"{spec.id}: {unknown('parameter', name, list(spec.parameters) or ['none'])}"
        for name in given
        if name not in spec.parameters
    ]
    for name in sorted(set(given) & set(spec.parameters)):
        low, high = spec.parameters[name].allowed
        if not low <= given[name] <= high:
            unit = spec.parameters[name].unit
            faults.append(f"{spec.id}: {name} = {given[name]} {unit}; allowed: {low} to {high}.")
    if faults:
        raise RuleError("\n".join(faults))
    return {**spec.defaults, **given}


def bound_names(sql: str) -> set[str]:
    """The `$names` that the SQL uses, comments aside."""
    return set(re.findall(r"\$([a-z_][a-z0-9_]*)", re.sub(r"--[^\n]*", "", sql)))


def bindings(rule: Rule, as_of: date, parameters: Mapping[str, Number]) -> dict[str, Any]:
    """A value for each `$name` that the SQL uses; raises RuleError where one has none."""
    everything: dict[str, Any] = {**parameters, AS_OF: as_of}
    used = bound_names(rule.sql)
    unbound = sorted(used - set(everything))
    if unbound:
        raise RuleError(
            f"{rule.id}/signal.sql: ${', $'.join(unbound)} stands in no `parameters` of rule.yml."
        )
    return {name: everything[name] for name in sorted(used)}


@contextlib.contextmanager
def seen_tables(
    con: duckdb.DuckDBPyConnection, spec: RuleSpec, visible: frozenset[str] | set[str]
) -> Iterator[None]:
    """Within: unqualified names mean the rule's tables, filtered to what it may see."""
    database, schema = con.execute("select current_database(), current_schema()").fetchall()[0]
    home = f'"{database}"."{schema}"'
    seen = SEES + spec.id  # databases are attached for all connections, and rules run side by side
    con.execute(f"attach ':memory:' as {seen}")
    try:
        for table in spec.reads:
            condition = view_filter(table, visible)
            con.execute(
                f'create view {seen}."{table}" as select * from {home}."{table}" where {condition}'
            )
        con.execute(f"use {seen}")
        yield
    finally:
        con.execute(f"use {home}")
        con.execute(f"detach {seen}")


def run_sql(
    con: duckdb.DuckDBPyConnection, rule: Rule, as_of: date, parameters: Mapping[str, Number]
) -> pl.DataFrame:
    """What signal.sql returns; binds what it uses. Raises RuleError without any row's value."""
    bound = bindings(rule, as_of, parameters)
    try:
        return con.sql(rule.sql, params=bound).pl()
    except _ABOUT_THE_SQL as error:
        raise RuleError(f"{rule.id}/signal.sql: {error}") from None
    except duckdb.Error as error:
        raise RuleError(
            f"{rule.id}/signal.sql failed on the rows: {type(error).__name__}. Its message may "
            "hold values and is left out; run the rule's examples to find the cause."
        ) from None


def check_columns(rule: Rule, own: pl.DataFrame) -> None:
    """Raise RuleError when a column is missing, not named by rule.yml, or of another type."""
    spec = rule.spec
    required = spec.required_columns
    missing = [name for name in required if name not in own.columns]
    extra = [
        name
        for name in own.columns
        if name not in (*required, *MAY_BE_RETURNED, *(forests.JUDGED if spec.forest else ()))
    ]
    faults = []
    if missing:
        faults.append(f"does not return {', '.join(missing)}, which rule.yml names")
    if extra:
        faults.append(
            f"returns {', '.join(extra)}, which no text, step or evidence in rule.yml names"
        )
    types = {
        **_TYPES,
        **forests.JUDGED,
        **{item.row: pl.Int64() for item in spec.evidence if item.row},
    }
    types |= {item.rows: pl.List(pl.Int64) for item in spec.evidence if item.rows}
    faults += [
        f"{name} is {kind}, it must be {types[name]}"
        for name, kind in own.schema.items()
        if name in types and kind != types[name]
    ]
    if faults:
        raise RuleError(f"{rule.id}/signal.sql: " + "; ".join(faults) + ".")


def check_rows(rule: Rule, own: pl.DataFrame) -> None:
    """Raise RuleError, with counts only, when a row breaks what every signal promises."""
    spec = rule.spec
    grain = list(spec.grain_columns)
    no_value = pl.any_horizontal(pl.col([*grain, "since_on", "certainty"]).is_null())
    outside = ~pl.col("certainty").is_between(0, 1) | pl.col("certainty").is_nan()
    uneven = [
        pl.col(item.rows).list.len() != pl.col(item.values).list.len()
        for item in spec.evidence
        if item.rows and item.values
    ]
    counted = {
        f"without {', '.join(grain)}, since_on or certainty": no_value,
        "with a certainty outside 0 to 1": outside,
        f"more than once for the same ({', '.join(grain)})": pl.struct(grain).is_duplicated(),
        "with lists of rows and values of unequal length": pl.any_horizontal(False, *uneven),
    }
    found = own.select(test.sum().alias(what) for what, test in counted.items()).row(0)
    faults = [f"{n} rows {what}" for what, n in zip(counted, found, strict=True) if n]
    if faults:
        raise RuleError(f"{rule.id}/signal.sql returns " + "; ".join(faults) + ".")


def signal_ids(key: bytes, spec: RuleSpec, own: pl.DataFrame) -> list[str]:
    """HMAC-SHA256 over the rule's id and the ids in its grain: the same from night to night."""
    ids = own.select(spec.grain_columns).rows()
    return [
        hmac.digest(key, "\x1f".join([spec.id, *map(str, row)]).encode(), "sha256").hex()
        for row in ids
    ]


def points(spec: RuleSpec, facts: Mapping[str, Any]) -> tuple[float, str]:
    """A signal's points and how they came about, in Swedish.

    Points = (log-likelihood ratio + steps) x certainty, two decimals; 0 in lanes without points.
    """
    weight = spec.weight
    if weight is None:
        return 0.0, "Signalen ger inga poäng."
    certainty = facts["certainty"]
    added = [(step, _step_points(step, facts[step.fact])) for step in weight.steps]
    total = round((weight.log_lr + sum(more for _, more in added)) * certainty, 2)
    parts = [f"{number(weight.log_lr)} poäng: {weight.reason_sv}"]
    parts += [f"Därtill {number(more)}: {step.reason_sv}" for step, more in added if more]
    return (
        total,
        f"{' '.join(parts)} Säkerhet {as_text('certainty', certainty)} ger {number(total)}.",
    )


def _step_points(step: Step, value: Number | None) -> float:
    over = max(0.0, float(value or 0) - step.above)
    return round(min(step.at_most, step.log_lr_each * over), 4)


def _signals(spec: RuleSpec, own: pl.DataFrame, unseen: list[str]) -> pl.DataFrame:
    note = unseen_sv(unseen)
    told = [
        (*points(spec, facts), render(spec.explain_sv, facts) + note)
        for facts in own.iter_rows(named=True)
    ]
    made = own.with_columns(
        pl.lit(spec.id).alias("rule_id"),
        pl.lit(spec.version, pl.Int32).alias("rule_version"),
        pl.lit(spec.lane).alias("lane"),
        pl.Series("points", [score for score, _, _ in told], pl.Float64),
        pl.Series("points_sv", [text for _, text, _ in told], pl.String),
        pl.Series("explain_sv", [text for _, _, text in told], pl.String),
        _others(own, "other_person_id").alias("other_person_ids"),
        _others(own, "other_dwelling_id").alias("other_dwelling_ids"),
    )
    return made.select(
        pl.col(name).cast(kind) if name in made.columns else pl.lit(None, kind).alias(name)
        for name, kind in SIGNALS.items()
    )


def _others(own: pl.DataFrame, single: str) -> pl.Expr:
    """The `…_ids` list of a signal, with the single other of its grain, never null."""
    empty = pl.lit([], pl.List(pl.String))
    many = pl.col(f"{single}s").fill_null(empty) if f"{single}s" in own.columns else empty
    if single in own.columns:
        one = pl.concat_list(pl.col(single)).list.drop_nulls()
        return pl.concat_list(many, one).list.unique(maintain_order=True)
    return many


def unseen_sv(unseen: list[str]) -> str:
    """The sentence about used sources that the rule could not see; empty when it saw all."""
    if not unseen:
        return ""
    named = listed([sources()[source].name_sv for source in unseen])
    return f" Uppgifter från {named} saknas, och säkerheten är därför sänkt."


def _evidence(spec: RuleSpec, own: pl.DataFrame) -> pl.DataFrame:
    """One row per signal, fact and delivered row, in the order that rule.yml lists the facts."""
    parts = [pl.DataFrame(schema={**EVIDENCE, "place": pl.Int32})]
    for place, item in enumerate(spec.evidence):
        shown = own.select(
            "signal_id",
            pl.lit(item.fact).alias("fact"),
            pl.lit(item.label_sv).alias("label_sv"),
            _value(own, item.values or item.fact, is_per_row=bool(item.values)).alias("value"),
            pl.col(item.row or item.rows or "").alias("row_id"),
            pl.lit(place, pl.Int32).alias("place"),
        )
        if item.rows:
            shown = shown.filter(pl.col("row_id").list.len() > 0)
            shown = shown.explode("value", "row_id") if item.values else shown.explode("row_id")
        parts.append(shown.drop_nulls("row_id").select(parts[0].columns))
    return pl.concat(parts).sort("signal_id", "place", "row_id", maintain_order=True).drop("place")


def _value(own: pl.DataFrame, name: str, *, is_per_row: bool) -> pl.Series:
    """A fact as text, one per signal, or a list of texts where each row has its own."""
    if is_per_row:
        texts = [[as_text(name, one) for one in many or []] for many in own[name].to_list()]
        return pl.Series(name, texts, pl.List(pl.String))
    return pl.Series(name, [as_text(name, one) for one in own[name].to_list()], pl.String)
