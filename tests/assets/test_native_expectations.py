"""What our SQL predicates count is what Great Expectations' own classes count on the rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.expectations import great_expectations
from assets.landing import begin_emptied_cells, keep_emptied_cells, land_table
from assets.quality import _create_measured, measure
from data_contracts.contract import Contract, Expectation, load_contracts
from data_contracts.delivery import open_delivery
from data_contracts.predicates import EXTRACT_DATE

PRACTICE = Path(__file__).resolve().parents[3] / "shared/deliveries/practice/delivery"
AS_OF = date(2026, 10, 1)

# Type and uniqueness over several columns aside, each class is called as the contract names it.
OUR_TYPES = "ExpectColumnValuesToBeOfType"  # a personal number is no type that pandas knows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PRACTICE.exists(), reason="../shared is not here"),
]


def spoiled(contract: Contract, file: Any, folder: Path) -> Any:
    """The practice file with every 97th row spoiled: codes, periods, numbers, gaps, doubles."""
    frame = pl.read_csv(
        file.file.read_bytes().decode(file.encoding).encode(), separator=";", infer_schema=False
    )
    is_spoiled = pl.int_range(pl.len()) % 97 == 0
    changes = []
    for place, column in enumerate(contract.columns):
        wrong = {"code": "XX9", "integer": "999", "decimal": "999999"}.get(column.type)
        if column.type == "date":
            wrong = "2031-01-01" if place % 2 else "1801-01-01"
        if wrong and column.source in frame.columns:
            own = is_spoiled & (pl.int_range(pl.len()) // 97 % len(contract.columns) == place)
            changes.append(
                pl.when(own).then(pl.lit(wrong)).otherwise(column.source).alias(column.source)
            )
    frame = frame.with_columns(changes)
    frame = pl.concat([frame, frame.filter(is_spoiled).head(5)])
    target = folder / f"{contract.id}.csv"
    frame.write_csv(target, separator=";")
    return type(file)(**{
        **vars(file), "file": target, "encoding": "utf-8", "rows": frame.height, "sha256": "",
        "stamp": ()
    })  # fmt: skip


@pytest.mark.parametrize("contract", load_contracts().values(), ids=lambda contract: contract.id)
def test_predicates_agree_with_native_expectations(contract: Contract, tmp_path: Path):
    """The same rows break the same promises, spoiled ones among them."""
    gx = great_expectations()
    [file] = open_delivery(PRACTICE / "2026-10-01").files_of(contract.id)
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as landing")
        begin_emptied_cells(con)
        land_table(con, contract, [spoiled(contract, file, tmp_path)], AS_OF)
        keep_emptied_cells(con)
        landed, rejected = f"landing.landing_{contract.id}", f"landing.rejected_{contract.id}"
        ours = {m.check: m for m in measure(con, contract, landed, rejected, AS_OF)}
        _create_measured(con, contract, landed, rejected, AS_OF)
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        asset = context.data_sources.add_pandas("rows").add_dataframe_asset("rows")
        whole = asset.add_batch_definition_whole_dataframe("whole")
        found, expected = {}, {}
        for promise in contract.promises:
            if promise.expectation == OUR_TYPES:
                continue
            condition = promise.row_condition or "true"
            frame = con.sql(f"from measured where {condition} order by row_id").df()
            result = whole.get_batch({"dataframe": frame}).validate(native(gx, promise))
            assert not result.exception_info.get("raised_exception"), result.exception_info
            own = ours[promise.id]
            if "unexpected_count" in result.result:
                found[promise.id] = result.result["unexpected_count"]
                expected[promise.id] = own.n_failed
            else:
                found[promise.id] = round(float(result.result["observed_value"]), 9)
                expected[promise.id] = round(own.value, 9)
    assert expected == found
    assert any(n_failed for n_failed in found.values())


def native(gx: Any, promise: Expectation) -> Any:
    """The expectation as the contract names it, on all rows."""
    given = {
        key: AS_OF.isoformat() if value == EXTRACT_DATE else value
        for key, value in promise.arguments.items()
    }
    if EXTRACT_DATE in promise.arguments.values():
        import pandas as pd  # noqa: PLC0415 - comes with great_expectations

        given = {k: pd.Timestamp(AS_OF) if v == AS_OF.isoformat() else v for k, v in given.items()}
    return getattr(gx.expectations, promise.expectation)(**given)
