"""Acceptance: whether a delivery that has passed the protection gate keeps its contracts.

Judged here: every promise (assets/quality.py), whether each table is delivered at all and large
enough against the last accepted delivery with an earlier extract date, and that no row was lost:
kept + quarantined + protected = delivered. Written here: the report, and in the work file
`missing_sources`, `quarantine` and `quality_results`. A broken promise that says stop refuses the
delivery, after everything has been recorded.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from assets import expectations
from assets.contract_report import TableSection, render, section
from assets.home import write_private
from assets.protected_rows import n_protected
from assets.quality import CheckResult, Measure, failures, judge, measure
from assets.sizes import Size, last_sizes, note_sizes, rows_to_spare
from assets.workspace import Workspace
from data_contracts.contract import Contract, load_contracts
from data_contracts.errors import BoendesignalError, DeliveryRefused

DELIVERED, SIZE, SUM = "is_delivered", "size_is_plausible", "rows_add_up"
REPORT = "contract_report.html"
MANY_ROWS = 5_000_000
"""Kept; some million people. From here on memory is short, and Great Expectations' 260 MiB go."""


class PromisesBroken(DeliveryRefused):
    """A promise that says stop is broken; `results` holds all that were judged."""

    def __init__(self, message: str, results: list[CheckResult]) -> None:
        super().__init__(message)
        self.results = results


def accept(ws: Workspace) -> list[CheckResult]:
    """Judge the run's tables; returns every result.

    Raises PromisesBroken (a DeliveryRefused) where a contract says stop, BoendesignalError where a
    row was lost on the way.
    """
    contracts = list(load_contracts().values())
    with ws.connect() as con:
        sizes = {contract.id: _size(con, contract) for contract in contracts}
        last = last_sizes(ws.home, ws.as_of)
        results = judge(
            [m for contract in contracts for m in _measures(con, ws, contract, sizes, last)]
        )
        if sum(size.n_kept for size in sizes.values()) >= MANY_ROWS:
            expectations.dismiss()
        states = _states(ws, contracts, results)
        _record(con, contracts, states, results)
        n_gone = n_protected(con)
    sections = [_section(contract, sizes, states, results) for contract in contracts]
    _write_report(ws, sections, n_gone)
    note_sizes(ws, {name: size for name, size in sizes.items() if not states[name]})
    _refuse(results)
    return results


# -- measuring -------------------------------------------------------------------------------


def _measures(
    con: duckdb.DuckDBPyConnection,
    ws: Workspace,
    contract: Contract,
    sizes: dict[str, Size],
    last: dict[str, int],
) -> list[Measure]:
    files = ws.delivery.files_of(contract.id)
    delivered = _of_table(contract, DELIVERED, "warn", value=len(files), minimum=1)
    if not files:
        return [delivered]
    size = sizes[contract.id]
    _assert_sum(con, contract, size, sum(file.rows for file in files))
    to_spare = rows_to_spare(contract, size, last.get(contract.id))
    return [
        delivered,
        _of_table(contract, SUM, "stop", value=0, minimum=0),
        _of_table(contract, SIZE, contract.sizes.on_shrink, value=to_spare, minimum=0),
        *measure(con, contract, f"kept_{contract.id}", f"rejected_{contract.id}", ws.as_of),
    ]


_ABOUT = {  # check: why, and what is promised in Swedish
    DELIVERED: (
        "Without it every rule that needs it is suspended.",
        "Tabellen finns i leveransen.",
    ),
    SUM: (
        "Nothing is dropped in silence.",
        "Behållna, undanlagda och skyddade rader är tillsammans de levererade.",
    ),
    SIZE: (
        "A table too small is not concluded from.",
        "Tabellen har inte krympt för mycket, och inte för mycket av den är undanlagt.",
    ),
}


def _of_table(
    contract: Contract, check: str, on_failure: str, *, value: int, minimum: int
) -> Measure:
    """A promise that every contract makes, about its table as a whole."""
    why, says_sv = _ABOUT[check]
    return Measure(
        contract_id=contract.id,
        check=check,
        expectation="ExpectTableRowCountToBeBetween",
        on_failure=on_failure,
        why=contract.sizes.why if check == SIZE else why,
        says_sv=says_sv,
        value=float(value),
        minimum=float(minimum),
        maximum=None,
        n_evaluated=0,
        n_failed=0,
    )


def _assert_sum(
    con: duckdb.DuckDBPyConnection, contract: Contract, size: Size, n_delivered: int
) -> None:
    """Kept + quarantined + protected = delivered, in every run.

    Raises BoendesignalError: a lost row is a fault of this program, not of the delivery.
    """
    [(adds_up,)] = con.execute(
        "select count(*) = 1 and bool_and(n_landed + n_rejected = $delivered"
        " and $kept + n_protected_kept = n_landed"
        " and $quarantined + n_protected_rejected = n_rejected)"
        " from gate_counts where contract_id = $contract",
        {
            "delivered": n_delivered,
            "kept": size.n_kept,
            "quarantined": size.n_quarantined,
            "contract": contract.id,
        },
    ).fetchall()
    if not adds_up:
        raise BoendesignalError(
            f"{contract.id}: kept, quarantined and protected rows are not the delivered ones. Rows "
            "were lost or doubled between landing and acceptance: this is a fault in the program."
        )


def _size(con: duckdb.DuckDBPyConnection, contract: Contract) -> Size:
    [counts] = con.execute(
        f"select (select count(*) from kept_{contract.id}),"
        f" (select count(*) from rejected_{contract.id})"
    ).fetchall()
    return Size(*counts)


# -- recording -------------------------------------------------------------------------------


def _states(
    ws: Workspace, contracts: Sequence[Contract], results: Sequence[CheckResult]
) -> dict[str, str]:
    """Per contract why its source is suspended: missing, shrunk, or empty where it is used."""
    shrunk = {result.contract_id for result in failures(results) if result.check == SIZE}
    missing = {contract.id for contract in contracts if not ws.delivery.files_of(contract.id)}
    return {
        contract.id: "missing"
        if contract.id in missing
        else "shrunk"
        if contract.id in shrunk
        else ""
        for contract in contracts
    }


def _record(
    con: duckdb.DuckDBPyConnection,
    contracts: Sequence[Contract],
    states: dict[str, str],
    results: Sequence[CheckResult],
) -> None:
    """missing_sources: one row per suspended contract. quarantine: one row per row set aside.
    quality_results: one row per promise judged.
    """
    con.execute("create or replace table missing_sources (contract_id varchar, reason varchar)")
    suspended = [(name, state) for name, state in sorted(states.items()) if state]
    if suspended:
        con.executemany("insert into missing_sources values (?, ?)", suspended)
    parts = " union all ".join(
        f"select '{contract.id}' as contract_id, source_file, source_row, failed_key, reason"
        f" from rejected_{contract.id}"
        for contract in contracts
    )
    con.execute(f"create or replace table quarantine as select * from ({parts}) order by all")
    # One statement: a row at a time would flush to disk as many times.
    con.execute(
        "create or replace table quality_results as select unnest($1::varchar[]) as contract_id,"
        " unnest($2::varchar[]) as check_name, unnest($3::varchar[]) as expectation,"
        " unnest($4::varchar[]) as on_failure, unnest($5::bigint[]) as n_evaluated,"
        " unnest($6::bigint[]) as n_failed, unnest($7::boolean[]) as passed",
        [
            [result.contract_id for result in results],
            [result.check for result in results],
            [result.expectation for result in results],
            [result.on_failure for result in results],
            [result.n_evaluated for result in results],
            [result.n_failed for result in results],
            [result.passed for result in results],
        ],
    )


def _section(
    contract: Contract,
    sizes: dict[str, Size],
    states: dict[str, str],
    results: Sequence[CheckResult],
) -> TableSection:
    size = sizes[contract.id]
    own = [result for result in results if result.contract_id == contract.id]
    return section(
        contract,
        size.n_kept,
        size.n_quarantined,
        states[contract.id],
        own if states[contract.id] != "missing" else [],
    )


def _write_report(ws: Workspace, sections: Sequence[TableSection], n_gone: int) -> None:
    write_private(ws.dir / REPORT, render(ws.delivery, sections, n_gone).encode())


def _refuse(results: list[CheckResult]) -> None:
    broken = [result for result in results if result.is_refusal]
    if broken:
        lines = [f"- {r.contract_id}: {r.check} is broken: {_measured(r)}. {r.why}" for r in broken]
        raise PromisesBroken(
            "The delivery is refused, its contracts say stop:\n"
            + "\n".join(lines)
            + "\nAsk the source for a new delivery; if the source has changed for good, change its "
            "contract in data_contracts/ and raise its version.",
            results,
        )


def _measured(result: CheckResult) -> str:
    """What was found and what is allowed: counts and shares, no value of a row."""
    if result.check == SIZE:
        return f"{-result.value:g} rows short of what its contract allows"
    rows = f" ({result.n_failed} of {result.n_evaluated} rows)" if result.n_failed else ""
    return f"measured {result.value:g}, allowed {result.allowed}{rows}"
