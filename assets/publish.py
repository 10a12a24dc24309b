"""Build a night's tables in the run's folder and publish them in one step.

`prepare(ws)` writes `runs/<run_id>/result/` and flushes it to disk; `publish(ws)` swaps the symlink
`published/<extract_date>`. Between the two the home remembers the night (assets/memory.py), so that
all that may fail for its content or for a full disk has been done before anything is remembered.
Until the swap the last published night stands untouched; after it the run's work file, landing and
spill are deleted. Nothing here imports Dagster.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from pydantic import ValidationError

from assets.excel import write_signal_workbook
from assets.home import private_folder, write_private
from assets.published import (
    DATABASE,
    MORNING_REPORT,
    REPORT,
    RUN_FILE,
    WORKBOOK,
    RunRecord,
    point,
    point_latest,
    read_run,
    seal,
)
from assets.published_tables import Table, published_tables, shared_tables
from assets.retention import PREPARED, discard_work
from assets.run_facts import gather
from assets.workspace import Counts, Workspace
from data_contracts.errors import BoendesignalError
from data_contracts.legal_basis import FEATURES
from data_contracts.predicates import literal

PREFIX = "signal_"
RULE_ID = re.compile(r"[a-z][a-z0-9_]*")


def prepare(ws: Workspace, facts: Mapping[str, Any] | None = None) -> Counts:
    """Build and flush what will be published; returns rows per table.

    `facts` is the part of run.json that the tables do not hold: `rules` (every computed rule),
    `decisions`, `counts` and what else is worth keeping; see `RunRecord`. Left out, they are
    gathered from the run (`run_facts.gather`). They must hold nothing about a person.
    What the run has published already is left alone.
    Raises BoendesignalError when a table, a column or a rule's facts are missing or a key breaks.
    """
    if not is_shown(ws):
        (ws.dir / PREPARED).unlink(missing_ok=True)
        build(ws, gather(ws) if facts is None else facts)
        seal(ws.result)
        write_private(ws.dir / PREPARED, b"")
    return dict(read_run(ws.result).published_rows)


def publish(ws: Workspace, facts: Mapping[str, Any] | None = None) -> Counts:
    """Publish what is prepared (else prepare it first) as the night of its extract date.

    Returns rows per table. Called again for a run that has published, it only finishes what was
    left to clean up. Raises as `prepare` does.
    """
    if not is_shown(ws):
        if not (ws.dir / PREPARED).exists():
            prepare(ws, facts)
        point(_link(ws), Path("..", ws.home.runs.name, ws.run_id, ws.result.name))
    point_latest(ws.home)
    ws.release()
    discard_work(ws.dir)
    return dict(read_run(ws.result).published_rows)


def is_shown(ws: Workspace) -> bool:
    """Whether the night that is published is this run's."""
    return _link(ws).exists() and _link(ws).resolve() == ws.result.resolve()


def _link(ws: Workspace) -> Path:
    return ws.home.published / ws.as_of.isoformat()


def build(ws: Workspace, facts: Mapping[str, Any]) -> None:
    """Write everything that is published into `ws.result`, which is emptied first."""
    shutil.rmtree(ws.result)
    result = ws.result
    private_folder(result / "signals")
    with ws.connect() as con:
        con.execute("set threads = 1")  # the bytes then depend on the rows alone, not on timing
        rules = computed_rules(con)
        check_columns(con, rules)
        rows = write_tables(con, result, rules)
    shared = shared_tables(decided_features(ws))
    write_private(result / RUN_FILE, run_json(ws, facts, rules, rows))
    with ThreadPoolExecutor(1) as beside:  # both are made of the files above
        database = beside.submit(build_database, ws, result, rules, shared)
        write_signal_workbook(
            result, result / WORKBOOK, private_folder(ws.dir / "spill"), has_trial="trial" in shared
        )
        database.result()
    for page in (REPORT, MORNING_REPORT):
        if (ws.dir / page).exists():
            shutil.copyfile(ws.dir / page, result / page)


def decided_features(ws: Workspace) -> set[str]:
    """The features that a decision in force on the extract date turns on."""
    return {feature for feature in FEATURES if ws.legal_basis.allows(feature, ws.as_of)}


def computed_rules(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Ids of the rules that have a table in the work file, sorted."""
    names = [name for (name,) in con.sql("select table_name from duckdb_tables()").fetchall()]
    rules = sorted(
        name.removeprefix(PREFIX)
        for name in names
        if name.startswith(PREFIX) and name not in published_tables()
    )
    if odd := [rule for rule in rules if not RULE_ID.fullmatch(rule)]:
        raise BoendesignalError(
            f"Rule ids name files: {', '.join(odd)} must be lower-case letters, digits and _."
        )
    return rules


def check_columns(con: duckdb.DuckDBPyConnection, rules: list[str]) -> None:
    """Every published column stands in the work file; all that lack are named at once."""
    needed = {name: list(table.columns) for name, table in published_tables().items()}
    needed |= {f"{PREFIX}{rule}": ["signal_id"] for rule in rules}
    wrong, there = [], _columns(con)
    for name, columns in needed.items():
        found = there.get(name, [])
        if missing := [column for column in columns if column not in found]:
            has = f"it has {', '.join(found)}" if found else "there is no such table"
            wrong.append(f"{name} lacks {', '.join(missing)} ({has})")
    if wrong:
        raise BoendesignalError(
            f"Not published: {'; '.join(wrong)}. assets/published_tables.yml says what is needed."
        )


def write_tables(con: duckdb.DuckDBPyConnection, result: Path, rules: list[str]) -> Counts:
    """Every table as Parquet in a total order; returns rows per table."""
    rows: Counts = {
        name: _copy(con, _published_query(name, table), _parquet(result, name))
        for name, table in published_tables().items()
    }
    columns = _columns(con)
    for name in (f"{PREFIX}{rule}" for rule in rules):
        others = [column for column in columns[name] if column != "signal_id"]
        query = f"select * from {name} order by {_quoted(['signal_id', *others])}"
        rows[name] = _copy(con, query, _parquet(result, name))
    return rows


def build_database(
    ws: Workspace, result: Path, rules: list[str], shared: Mapping[str, Table]
) -> None:
    """`shared` tables in one DuckDB file, grain and meaning as comments; keys are checked.

    Built under another name and closed before it gets its own: what is called boendesignal.duckdb
    is always whole.
    """
    aside = result / f".{DATABASE}.new"
    con = duckdb.connect(str(aside), config={**ws.config()})
    try:
        con.execute("begin")  # one flush instead of one for each comment
        for name in [*shared, *(f"{PREFIX}{rule}" for rule in rules)]:
            file = literal(str(_parquet(result, name)))
            con.execute(f"create table {name} as select * from read_parquet({file})")
        for name, table in shared.items():
            con.execute(f"comment on table {name} is {literal(table.grain)}")
            for column, spec in table.columns.items():
                con.execute(f"comment on column {name}.{column} is {literal(spec.says)}")
        con.execute("commit")
        check_keys(con, rules, shared)
    finally:
        con.close()
    os.replace(aside, result / DATABASE)


def check_keys(
    con: duckdb.DuckDBPyConnection, rules: list[str], shared: Mapping[str, Table]
) -> None:
    """Keys are unique and filled, references lead somewhere; all breaches are named at once."""
    checks = {}
    for name, table in shared.items():
        if table.key:
            filled = " and ".join(f"{column} is not null" for column in table.key)
            key = f"case when {filled} then ({', '.join(table.key)}) end"
            checks[f"{name}.{', '.join(table.key)} is empty or repeated"] = (
                f"select count(*) - count(distinct {key}) from {name}"
            )
        for column, other in table.refers.items():
            checks[f"{name}.{column} is not in {other}"] = (
                f"select count(*) from {name} anti join {other} using ({column}) "
                f"where {column} is not null"
            )
    known = ", ".join(literal(rule) for rule in rules) or "''"
    checks["signals.rule_id has no table of its own"] = (
        f"select count(*) from signals where rule_id is null or rule_id not in ({known})"
    )
    for rule in rules:
        checks[f"signals of {rule} are not in {PREFIX}{rule}"] = (
            f"select count(*) from signals anti join {PREFIX}{rule} using (signal_id) "
            f"where rule_id = {literal(rule)}"
        )
    found = con.sql(
        " union all ".join(f"select {literal(what)}, ({query})" for what, query in checks.items())
    ).fetchall()
    if broken := [f"{what} ({n} rows)" for what, n in sorted(found) if n]:
        raise BoendesignalError(
            f"Not published: {'; '.join(broken)}. The stage that made the table must be mended."
        )


def run_json(ws: Workspace, facts: Mapping[str, Any], rules: list[str], rows: Counts) -> bytes:
    """run.json: `facts` and what the run itself knows; the only file with run id and clock."""
    delivery = ws.delivery
    own = {
        "run_id": ws.run_id,
        "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "extract_date": delivery.extract_date,
        "municipality_code": delivery.municipality_code,
        "is_synthetic": delivery.is_synthetic,
        "manifest_sha256": delivery.manifest_sha256,
        "code_version": code_version(),
        "inputs": [  # without rows: delivered less kept would tell how many are protected
            {"path": f.path, "contract_id": f.contract_id, "sha256": f.sha256}
            for f in delivery.files
        ],
        "published_rows": rows,
    }
    try:
        record = RunRecord.model_validate({**own, **facts})
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, part["loc"])) for part in error.errors())
        raise BoendesignalError(
            f"Not published: the run's facts are missing or wrong at {wrong}. "
            "assets/published.py RunRecord says what they are."
        ) from None
    if unknown := [rule for rule in rules if rule not in record.rules]:
        raise BoendesignalError(
            f"Not published: the facts lack the rules {', '.join(unknown)}, which have tables."
        )
    return record.model_dump_json(indent=1).encode() + b"\n"


def code_version() -> str:
    """Version and git commit of the running code (`-dirty` with local changes), where known."""
    version = importlib.metadata.version("boendesignal")
    root = Path(__file__).resolve().parents[1]
    if not (root / ".git").exists():
        return version
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--exclude=*"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return version
    return f"{version}+{said.stdout.strip()}"


def _published_query(name: str, table: Table) -> str:
    columns = ", ".join(
        f'"{column}"::{spec.type} as "{column}"' for column, spec in table.columns.items()
    )
    return f"select * from (select {columns} from {name}) order by {_quoted(table.total_order)}"


def _copy(con: duckdb.DuckDBPyConnection, query: str, file: Path) -> int:
    options = "format parquet, compression zstd"
    return con.execute(f"copy ({query}) to {literal(str(file))} ({options})").fetchall()[0][0]


def _parquet(result: Path, table: str) -> Path:
    if table in published_tables():
        return result / f"{table}.parquet"
    return result / "signals" / f"{table.removeprefix(PREFIX)}.parquet"


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Table -> its columns in order."""
    query = "select table_name, list(column_name order by column_index) from duckdb_columns()"
    return dict(con.sql(f"{query} group by table_name").fetchall())


def _quoted(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
