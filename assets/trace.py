"""From a signal back to the delivered rows it rests on: `boendesignal trace SIGNAL_ID`.

Shows personal data to whoever asks on this terminal and nowhere else: nothing of it is logged.
Reads the published night (what was said) and `HOME/nights/` (the accepted rows as delivered).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from assets.home import OFFLINE, Home
from assets.published import RuleRecord, RunRecord, open_night, published_nights, read_run
from data_contracts.errors import BoendesignalError

if TYPE_CHECKING:
    from rich.console import Group

SHOWN_AT_MOST = 5  # matching ids that an ambiguous prefix lists
SIGNALS = {  # published table -> one row per signal of it
    "signals": "from read_parquet($1)",
    "trial": "from read_parquet($1)",
    "data_quality": """
        select distinct signal_id, check_id as rule_id, person_id, dwelling_id, explain_sv
        from read_parquet($1)
    """,
}
WITHOUT_CASE = {
    "trial": "none: the rule is on trial",
    "data_quality": "none: a record to mend is in no case",
}
EVIDENCE = {  # published table -> the file and the query of the delivered rows its signals rest on
    "signals": ("signal_evidence", "select * exclude (signal_id)"),
    "trial": ("trial_evidence", "select * exclude (signal_id)"),
    "data_quality": (
        "data_quality",
        "select 'record' as fact, null as value, source_table, source_file, source_row",
    ),
}
OUR_OWN_COLUMNS = {"row_id", "source_file", "source_row"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class EvidenceRow:
    """One delivered row a fact rests on. `cells` is None where the night keeps the row no more."""

    fact: str
    value: str | None
    source_table: str
    source_file: str
    source_row: int
    cells: dict[str, Any] | None


@dataclass(frozen=True)
class Trace:
    """All that led to one signal. `table`: the published one that holds it. `decisions`: id -> its
    entries in the legal basis, as used."""

    extract_date: date
    table: str
    signal: dict[str, Any]
    rule: RuleRecord
    decisions: dict[str, list[dict[str, Any]]]
    run: RunRecord
    evidence: list[EvidenceRow]


def trace(home: Home, signal_id: str, extract_date: date | None = None) -> Trace:
    """The signal with that id, or the only one whose id begins so, and what it rests on.

    It may stand in `signals`, be on trial, or be a record to mend in `data_quality`.
    Looked for in the night of `extract_date`, or in every published night, newest first.
    Raises BoendesignalError when there is none or more than one.
    """
    for day, folder in _nights(home, extract_date):
        if found := _find(folder, signal_id):
            table, signal = found
            run = read_run(folder)
            rule = _rule(run, table, signal["rule_id"])
            kept = home.night_dir(day, run.manifest_sha256)
            rows = _evidence(folder, table, signal["signal_id"])
            evidence = [_with_cells(kept, row) for row in rows]
            decisions = {key: run.decisions.get(key, []) for key in rule.decisions}
            return Trace(day, table, signal, rule, decisions, run, evidence)
    where = extract_date.isoformat() if extract_date else "any published night"
    raise BoendesignalError(
        f"No signal in {where} has an id that begins so. The ids stand in signals.parquet, "
        "trial.parquet, data_quality.parquet and in signaler.xlsx."
    )


def _nights(home: Home, extract_date: date | None) -> list[tuple[date, Path]]:
    newest_first = sorted(published_nights(home).items(), reverse=True)
    if extract_date or not newest_first:
        return [open_night(home, extract_date)]
    return newest_first


def _find(folder: Path, prefix: str) -> tuple[str, dict[str, Any]] | None:
    """The published table and the signal with that id, or the only one whose id begins so."""
    found = [
        (table, signal)
        for table, query in SIGNALS.items()
        if _has_ids(folder / f"{table}.parquet")
        for signal in _rows(
            f"from ({query}) where starts_with(signal_id, $2) order by signal_id",
            [str(folder / f"{table}.parquet"), prefix],
        )
    ]
    exact = [one for one in found if one[1]["signal_id"] == prefix]
    if exact or len(found) == 1:
        return (exact or found)[0]
    if found:
        some = [signal["signal_id"] for _, signal in found[:SHOWN_AT_MOST]]
        more = ", …" if len(found) > len(some) else ""
        raise BoendesignalError(
            f"{len(found)} signals have ids that begin so: {', '.join(some)}{more}. "
            "Give more of the id."
        )
    return None


def _has_ids(file: Path) -> bool:
    """Whether signals can be found in it: a night published by an older version may lack it."""
    if not file.exists():
        return False
    query = "select name from parquet_schema($1)"
    return {"name": "signal_id"} in _rows(query, [str(file)])


def _rule(run: RunRecord, table: str, rule_id: str) -> RuleRecord:
    return (run.trial.rules if table == "trial" else run.rules)[rule_id]


def _evidence(folder: Path, table: str, signal_id: str) -> list[dict[str, Any]]:
    file, chosen = EVIDENCE[table]
    query = (
        f"{chosen} from read_parquet($1) where signal_id = $2 and source_row is not null "
        "order by fact, source_table, source_file, source_row, value"
    )
    return _rows(query, [str(folder / f"{file}.parquet"), signal_id])


def _with_cells(night: Path, row: dict[str, Any]) -> EvidenceRow:
    """The evidence with the delivered row's filled cells, from the night's kept Parquet."""
    file = night / f"kept_{row['source_table']}.parquet"
    cells = None
    if file.exists():
        query = "from read_parquet($1) where source_file = $2 and source_row = $3"
        delivered = _rows(query, [str(file), row["source_file"], row["source_row"]])
        if delivered:
            cells = {
                name: value
                for name, value in delivered[0].items()
                if name not in OUR_OWN_COLUMNS and value is not None
            }
    return EvidenceRow(**row, cells=cells)


def _rows(query: str, parameters: list[Any]) -> list[dict[str, Any]]:
    con = duckdb.connect(config={**OFFLINE})
    try:
        con.execute(query, parameters)
        names = [column[0] for column in con.description or []]
        return [dict(zip(names, row, strict=True)) for row in con.fetchall()]
    finally:
        con.close()


def render(found: Trace) -> Group:
    """The trace for a terminal: the signal, what allows it, then each delivered row."""
    from rich.console import Group  # noqa: PLC0415 - only the command line needs it
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    head = Table(show_header=False, box=None)
    for label, value in _head(found):
        for number, line in enumerate(str(value).split("\n")):
            said = Text(_plain(line), overflow="fold")  # ids are copied, never cut
            head.add_row(Text("" if number else label, style="bold"), said)
    parts: list[Any] = [head]
    for row in found.evidence:
        place = f"{row.source_table}: {row.source_file}, row {row.source_row}"
        table = Table(show_header=False)
        table.add_row(Text(_plain(row.fact), style="bold"), Text(_plain(row.value), style="bold"))
        for name, value in (row.cells or {}).items():
            table.add_row(name, Text(_plain(value)))
        if row.cells is None:
            table.add_row("", "the delivered row is no longer kept")
        parts += [Text("\n" + _plain(place), style="bold"), table]
    return Group(*parts)


def _head(found: Trace) -> list[tuple[str, Any]]:
    signal, rule = found.signal, found.rule
    decided = [
        f"{key} ({'; '.join(sorted({entry['statute'] for entry in entries}))})" if entries else key
        for key, entries in found.decisions.items()
    ]
    weighed = "certainty" in signal
    return [
        ("Signal", signal["signal_id"]),
        ("Night", found.extract_date),
        ("Rule", f"{signal['rule_id']} version {rule.version}: {rule.title_sv}"),
        ("Says", signal["explain_sv"]),
        *([("Since", signal["since_on"])] if weighed else []),
        *([("Certainty, points", f"{signal['certainty']}, {signal['points']}")] if weighed else []),
        ("Case", signal.get("case_id") or WITHOUT_CASE.get(found.table, "none")),
        ("Decisions", "\n".join(decided) or "none"),
        ("Code", found.run.code_version),
        ("Manifest", found.run.manifest_sha256),
    ]


def _plain(value: Any) -> str:
    """Text without control characters: a delivered cell must not drive the terminal."""
    return "" if value is None else _CONTROL.sub(" ", str(value))
