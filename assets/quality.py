"""What a delivery's tables keep of their promises, judged by Great Expectations.

One scan per table counts, for every promise, the rows it speaks of and those that break it. The
counts become a metrics frame of one row (a column per promise: the share of rows that keep it, or
the aggregate itself), and Great Expectations validates that frame: it owns thresholds, severities
and the result document. On the rows themselves it would need 30 s for what DuckDB counts in one.
Counts only: no value of a row comes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import duckdb

from assets import expectations
from assets.landing import find_duplicates
from data_contracts.contract import Contract, Expectation
from data_contracts.numbers import read_numbers
from data_contracts.predicates import (
    invalid,
    literal,
    marked_sql,
    quoted,
    row_checks,
    table_checks,
    typed_sql,
    uniqueness,
)
from data_contracts.sentences import promise_sv

SEVERITY = {"stop": "critical", "suspend": "critical", "quarantine": "warning", "warn": "info"}


@dataclass(frozen=True)
class Measure:
    """One promise measured on one table, before anyone has judged it."""

    contract_id: str
    check: str  # the promise's id
    expectation: str  # Great Expectations class
    on_failure: str  # stop, suspend, quarantine or warn
    why: str
    says_sv: str
    value: float  # share of the rows that keep it, or the aggregate
    minimum: float | None
    maximum: float | None
    n_evaluated: int
    n_failed: int

    @property
    def column(self) -> str:
        return f"{self.contract_id}.{self.check}"


@dataclass(frozen=True)
class CheckResult:
    """One promise judged. Grain: contract and check. Holds counts and shares, never values."""

    contract_id: str
    check: str
    expectation: str
    on_failure: str
    why: str
    says_sv: str
    value: float
    minimum: float | None
    maximum: float | None
    n_evaluated: int
    n_failed: int
    passed: bool

    @property
    def is_refusal(self) -> bool:
        return self.on_failure == "stop" and not self.passed

    @property
    def allowed(self) -> str:
        """The limits in words."""
        if self.minimum == self.maximum:
            return f"exactly {self.minimum:g}"
        limits = {"at least": self.minimum, "at most": self.maximum}
        return ", ".join(f"{says} {limit:g}" for says, limit in limits.items() if limit is not None)


# -- measuring -------------------------------------------------------------------------------


def measure(
    con: duckdb.DuckDBPyConnection, contract: Contract, kept: str, rejected: str, as_of: date
) -> list[Measure]:
    """Every promise of the contract, measured on kept and rejected rows together."""
    _create_measured(con, contract, kept, rejected, as_of)
    duplicates = find_duplicates(con, contract, _may_repeat(contract))
    rows, tables = row_checks(contract, as_of, duplicates), table_checks(contract)
    parts = ["count(*)", *(check.value for check in tables)]
    for check in rows:
        broken = f"({check.broken} or coalesce(failed_key = {literal(check.promise.id)}, false))"
        if check.promise.on_failure == "quarantine":
            broken = f"case when failed_key is null then false else {broken} end"
        parts += [f"count(*) filter ({check.applies} or {broken})", f"count(*) filter ({broken})"]
    [(n_rows, *counted)] = con.execute(f"select {', '.join(parts)} from measured t").fetchall()
    con.execute("drop view measured")
    for table in duplicates.values():
        con.execute(f"drop table {table}")
    values, counts = counted[: len(tables)], iter(counted[len(tables) :])
    measures = [
        _measured(contract, check.promise, (check.minimum, check.maximum), value, n_rows)
        for check, value in zip(tables, values, strict=True)
    ]
    for check, n, n_failed in zip(rows, counts, counts, strict=True):
        limits = (check.promise.mostly, 1.0)
        share = (n - n_failed) / n if n else 1.0  # of no rows, all keep it
        measures.append(_measured(contract, check.promise, limits, share, n, n_failed=n_failed))
    return measures


def _measured(
    contract: Contract,
    promise: Expectation,
    limits: tuple[float | None, float | None],
    value: float,
    n_evaluated: int,
    *,
    n_failed: int = 0,
) -> Measure:
    return Measure(
        contract_id=contract.id,
        check=promise.id,
        expectation=promise.expectation,
        on_failure=promise.on_failure,
        why=promise.why,
        says_sv=promise_sv(promise),
        value=float(value),
        minimum=limits[0],
        maximum=limits[1],
        n_evaluated=n_evaluated,
        n_failed=n_failed,
    )


def _may_repeat(contract: Contract) -> str:
    """The rows among which a key may stand twice: landing set all of them aside, where it must."""
    sets_aside = all(
        promise.on_failure == "quarantine"
        for promise in contract.promises
        if promise.id in uniqueness(contract)
    )
    return "(from measured where failed_key is not null)" if sets_aside else "measured"


def _create_measured(
    con: duckdb.DuckDBPyConnection, contract: Contract, kept: str, rejected: str, as_of: date
) -> None:
    """The view `measured`: kept and rejected rows typed, with what was invalid in each."""
    marked = f"({marked_sql(contract, rejected)})"
    read_numbers(con, contract, marked, as_of)
    names = ", ".join(quoted(column.name) for column in contract.columns)
    flags = "".join(
        f", coalesce(list_contains(e.emptied, {literal(column.name)}), false) as {invalid(column)}"
        for column in contract.columns
        if column.can_be_invalid
    )
    con.execute(f"""
        create or replace temp view measured as
        select {names}, row_id, null::varchar as failed_key{flags}
        from {kept} left join (
            select row_id, list(column_name) as emptied from emptied_cells
            where contract_id = {literal(contract.id)} group by row_id
        ) e using (row_id)
        union all by name
        {typed_sql(contract, marked, "row_id", "failed_key")}
        """)


# -- judging ---------------------------------------------------------------------------------


def judge(measures: Sequence[Measure]) -> list[CheckResult]:
    """What Great Expectations says of the measures, in their order."""
    if not measures:
        return []
    succeeded = _validate(measures)
    return [CheckResult(**asdict(m), passed=succeeded[m.column]) for m in measures]


def _validate(measures: Sequence[Measure]) -> dict[str, bool]:
    """Metric column -> whether Great Expectations says that the promise was kept."""
    return expectations.judge().succeeded(
        [
            {
                "column": m.column,
                "value": m.value,
                "minimum": m.minimum,
                "maximum": m.maximum,
                "severity": SEVERITY[m.on_failure],
                "meta": {"contract": m.contract_id, "check": m.check, "expectation": m.expectation},
            }
            for m in measures
        ]
    )


def failures(results: Iterable[CheckResult]) -> list[CheckResult]:
    return [result for result in results if not result.passed]
