"""What stands in the workbooks: `signaler.xlsx` of every night, and `boendesignal export`.

A recipient is handed the signals whose rule read nothing but that recipient's sources; a signal
that rests on more is left out whole, and the workbook says how many were. What the case says as a
whole (title, summary, sums, rank, members) rests on all its signals and stays with those who may
see them all. Read from the night's Parquet files, so nothing is locked. No Dagster here.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assets.home import OFFLINE, Home
from assets.ledger import closed_by_protection
from assets.published import RunRecord, open_night, read_run
from assets.published_tables import heading_sv, published_tables
from assets.recipients import RECIPIENTS, Recipient, recipient_named, source_of, visible_rules
from assets.spreadsheet import Sheet, write_workbook
from assets.workspace import Counts
from data_contracts.errors import BoendesignalError
from data_contracts.predicates import literal

BATCH = 1_000  # rows fetched at a time
SUM_SOURCES = {"benefit_sek_month": "benefits", "rent_sek_month": "tenancy"}
LIKELY = "coalesce(round(100 * p_change)::integer || ' %', 'Ännu inte kalibrerad')"
CAUTION_SV = (
    "En signal är två uppgifter som inte stämmer överens. Den säger inte att någon har gjort fel."
)
LANES_SV = {
    "residency": "Boende",
    "tenancy": "Hyresavtal",
    "benefit": "Bidrag",
    "vehicle": "Fordon",
    "identity": "Identitet",
    "data_quality": "Datakvalitet",
    "trial": "Försök",
}
LANES_WITHOUT_SHEET = ("data_quality", "trial")  # in no case; the first has its own table
WHOLE_SHEETS = {
    "case_members": "Ärendenas medlemmar",
    "signal_evidence": "Underlag",
    "data_quality": "Datakvalitet",
    "not_computed": "Ej beräknade regler",
    "quarantine": "Undanlagda rader",
    "worklist_audit": "Veckolistans urval",
    "arm_precision": "Listans träffsäkerhet",
    "trial": "Regler på försök",
}


@dataclass(frozen=True)
class _Night:
    """A night's Parquet files as views, and `shown`: the signals that the recipient may see."""

    con: duckdb.DuckDBPyConnection
    record: RunRecord
    recipient: Recipient
    rules: list[str]  # those with a sheet

    def sheet(self, title_sv: str, headings: Sequence[str], query: str) -> Sheet:
        return Sheet(title_sv, headings, self._rows(query))

    def value(self, query: str) -> Any:
        return self.con.sql(query).fetchall()[0][0]

    def columns(self, table: str) -> list[tuple[str, str]]:
        """Name and DuckDB type of each column."""
        return [(row[0], row[1]) for row in self.con.sql(f"describe {table}").fetchall()]

    def _rows(self, query: str) -> Iterator[Sequence[Any]]:
        cursor = self.con.cursor()  # its own, so that sheets may be read in any order
        cursor.execute(query)
        while batch := cursor.fetchmany(BATCH):
            yield from batch


def write_signal_workbook(
    folder: Path, path: Path, scratch: Path, *, has_trial: bool = False
) -> None:
    """`signaler.xlsx`: the cases, what the list is, one ranked sheet per rule, what it lacks.

    Rules on trial have a sheet, the last one, where a decision lets investigators see them.
    """
    with _opened(folder, RECIPIENTS["audit"]) as night:
        sheets = [_cases(night), _about(night, "Utredare"), *_rule_sheets(night)]
        whole = ("data_quality", "not_computed", *(("trial",) if has_trial else ()))
        sheets += [_whole(night, table) for table in whole]
        write_workbook(path, sheets, night.record.extract_date, scratch)


def export(home: Home, extract_date: date | None, recipient: str, out: Path) -> Counts:
    """Write the recipient's workbook of a published night to `out` (0600).

    Returns the number of signals handed over and left out. Raises BoendesignalError for an unknown
    recipient, a night that is not published or a place that cannot be written to.
    """
    chosen = recipient_named(recipient)
    if out.suffix != ".xlsx" or not out.parent.is_dir():
        raise BoendesignalError(
            f"Cannot write {out.name}: give a file that ends in .xlsx in a folder that exists."
        )
    day, folder = open_night(home, extract_date)
    since = () if chosen.is_auditor else closed_by_protection(home, day)
    with (
        tempfile.TemporaryDirectory(dir=home.runs, prefix="export-") as scratch,
        _opened(folder, chosen, since) as night,
    ):
        sheets = [*_summary(night), *_rule_sheets(night)]
        if chosen.is_auditor:
            sheets += [_whole(night, table) for table in WHOLE_SHEETS]
        write_workbook(out, sheets, night.record.extract_date, Path(scratch))
        return {
            "n_signals": night.value("select count(*) from shown"),
            "n_left_out": _left_out(night),
        }


@contextlib.contextmanager
def _opened(folder: Path, recipient: Recipient, since: Sequence[str] = ()) -> Iterator[_Night]:
    """The night in `folder` as that recipient may see it, less signals `since` closed."""
    record = read_run(folder)
    con = duckdb.connect(config={**OFFLINE})
    try:
        files = {name: folder / f"{name}.parquet" for name in published_tables()}
        if missing := [name for name, file in files.items() if not file.exists()]:
            raise BoendesignalError(
                f"The night was published by version {record.code_version}, which had no "
                f"{', '.join(missing)}. Run its delivery again: the same rows, as tables of today."
            )
        for name, file in files.items():
            _view(con, name, file)
        computed = []
        for file in sorted((folder / "signals").glob("*.parquet")):
            _view(con, f"signal_{file.stem}", file)
            computed.append(file.stem)
        con.execute(
            "create table closed_since as select unnest($1::varchar[]) as signal_id", [since]
        )
        yield _Night(con, record, recipient, _show(con, record, recipient, computed))
    finally:
        con.close()


def _show(
    con: duckdb.DuckDBPyConnection, record: RunRecord, recipient: Recipient, computed: list[str]
) -> list[str]:
    """Make `shown`, `ranked` and `members` as the recipient may see them; returns its rules."""
    lanes = {rule: record.rules[rule].lane for rule in computed}
    rules = visible_rules(recipient, lanes, {rule: record.rules[rule].sources for rule in computed})
    refused = [
        (lane, table)
        for lane, table in con.sql(
            "select distinct lane, source_table from signals left join signal_evidence "
            "using (signal_id)"
        ).fetchall()
        if not recipient.may_see(lane, {source_of(table)})
    ]
    con.execute("create table visible_rules (rule_id varchar)")
    con.execute("create table refused (lane varchar, source_table varchar)")
    if rules:
        con.executemany("insert into visible_rules values ($1)", [[rule] for rule in rules])
    if refused:
        con.executemany("insert into refused values ($1, $2)", refused)
    con.execute(SHOWN)
    con.execute(RANKED_WHOLE if recipient.is_auditor else RANKED_ANEW)
    con.execute(MEMBERS)
    return [rule for rule in rules if lanes[rule] not in LANES_WITHOUT_SHEET]


def _view(con: duckdb.DuckDBPyConnection, name: str, file: Path) -> None:
    con.execute(f"create view {name} as from read_parquet({literal(str(file))})")


SHOWN = """
create table shown as
with
resting_on_refused as (
    select signals.signal_id
    from signals
    left join signal_evidence using (signal_id)
    inner join refused
        on refused.lane = signals.lane
        and refused.source_table is not distinct from signal_evidence.source_table
),
-- whoever is protected now may be named by any signal of the case
of_protected as (
    select closed_since.signal_id, signals.case_id
    from closed_since left join signals using (signal_id)
)
select signals.*
from signals
semi join visible_rules using (rule_id)
anti join resting_on_refused using (signal_id)
anti join of_protected using (signal_id)
anti join of_protected using (case_id)
"""

RANKED_WHOLE = "create table ranked as select case_id, rank from cases"

# The rank among all cases would tell of signals that the recipient does not see.
RANKED_ANEW = """
create table ranked as
select
    case_id,
    row_number() over (order by max(points) desc, count(*) desc, case_id) as rank
from shown
where case_id is not null
group by case_id
"""

# Members come with the signals of their case: they are shown where all of those are.
MEMBERS = """
create table members as
select
    case_id,
    string_agg(distinct personnummer, ', ' order by personnummer)
        filter (where member_kind = 'person') as persons,
    string_agg(distinct dwelling, '; ' order by dwelling)
        filter (where member_kind = 'dwelling') as dwellings
from (
    select
        *,
        concat_ws(
            ', ',
            fastighetsbeteckning,
            belagenhetsadress || coalesce(' lgh ' || nullif(lagenhetsnummer, ''), '')
        ) as dwelling
    from case_members
)
where case_id not in (
    select case_id from signals anti join shown using (signal_id) where case_id is not null
)
group by case_id
"""


def _cases(night: _Night) -> Sheet:
    """All cases as the night ranked them, with how likely a change is beside the rank."""
    columns = ["rank", "p_change", "case_id", "score", "title_sv", "summary_sv", "lane"]
    columns += ["n_signals", *SUM_SOURCES]
    told = {"lane": _lane_sv(), "p_change": LIKELY}
    selected = ", ".join(told.get(name, name) for name in columns)
    return night.sheet(
        "Ärenden",
        [*map(heading_sv, columns), "Personer", "Bostäder"],
        f"select {selected}, persons, dwellings from cases left join members using (case_id) "
        "left join calibration using (case_id) order by rank",
    )


def _visible_cases(night: _Night) -> Sheet:
    """The cases that shown signals belong to, made of those signals alone."""
    sums = _sums(night)
    totals = "".join(f", max({name})" for name in sums)
    titles = _titles_sv(night)
    return night.sheet(
        "Ärenden",
        ["Ordning", "Ärende", "Skäl", "Signaler", *map(heading_sv, sums), "Personer", "Bostäder"],
        f"select ranked.rank, case_id, string_agg(distinct {titles}, '; ' order by {titles}), "
        f"count(*){totals}, any_value(persons), any_value(dwellings) "
        "from shown inner join ranked using (case_id) left join members using (case_id) "
        "group by ranked.rank, case_id order by ranked.rank",
    )


def _summary(night: _Night) -> list[Sheet]:
    cases = _cases(night) if night.recipient.is_auditor else _visible_cases(night)
    return [cases, _about(night, night.recipient.title_sv)]


def _about(night: _Night, reader_sv: str) -> Sheet:
    """What the workbook is, what was left out, and the rules with a sheet."""
    record = night.record
    left_out = _left_out(night)
    rows: list[tuple[Any, ...]] = [
        ("Att läsa detta", CAUTION_SV),
        ("Utdragsdatum", record.extract_date),
        ("Kommun", record.municipality_code),
        ("Underlag", "Påhittade personer (övning)" if record.is_synthetic else "Verkliga register"),
        ("För", reader_sv),
        ("Signaler i arbetsboken", night.value("select count(*) from shown")),
        ("Utelämnade signaler", left_out),
    ]
    if left_out:
        rows.append(("Varför utelämnade", "De vilar på källor som mottagaren inte får se."))
    for rule in night.rules:
        facts = record.rules[rule]
        n_shown = night.value(f"select count(*) from shown where rule_id = '{rule}'")
        rows.append((f"Regel {rule}, version {facts.version}", f"{facts.title_sv} ({n_shown})"))
    return Sheet("Om arbetsboken", ["Uppgift", "Värde"], rows)


def _rule_sheets(night: _Night) -> list[Sheet]:
    return [_rule_sheet(night, rule) for rule in night.rules]


def _rule_sheet(night: _Night, rule: str) -> Sheet:
    """The rule's shown signals by rank of their case, then points; its own columns last."""
    shared = ["explain_sv", "since_on", "certainty", "points", *_sums(night)]
    own = _own_columns(night, rule)
    labels = night.record.rules[rule].columns_sv
    headings = ["Rang", "Ärende", *map(heading_sv, shared), "Personer", "Bostäder"]
    headings += [labels.get(name, name) for name in own] + ["Signal"]
    selected = ", ".join([f"shown.{name}" for name in shared] + ["persons", "dwellings"])
    selected += "".join(f', own."{name}"' for name in own)
    return night.sheet(
        night.record.rules[rule].title_sv,
        headings,
        f"select ranked.rank, shown.case_id, {selected}, signal_id "
        f"from shown inner join signal_{rule} as own using (signal_id) "
        "left join ranked using (case_id) left join members using (case_id) "
        f"where shown.rule_id = '{rule}' "
        "order by ranked.rank nulls last, shown.points desc nulls last, signal_id",
    )


def _own_columns(night: _Night, rule: str) -> list[str]:
    """The rule's own facts that have a Swedish heading; where none has, all but ids and lists."""
    shared = published_tables()["signals"].columns
    columns = [(n, kind) for n, kind in night.columns(f"signal_{rule}") if n not in shared]
    if labels := night.record.rules[rule].columns_sv:
        return [name for name, _ in columns if name in labels]
    return [
        name for name, kind in columns if not name.endswith(("_id", "_ids")) and kind[-2:] != "[]"
    ]


def _whole(night: _Night, table: str) -> Sheet:
    """A published table as it is."""
    spec = published_tables()[table]
    headings = [column.title_sv for column in spec.columns.values()]
    order = ", ".join(spec.total_order)
    return night.sheet(WHOLE_SHEETS[table], headings, f"select * from {table} order by {order}")


def _left_out(night: _Night) -> int:
    return int(night.value("select (select count(*) from signals) - (select count(*) from shown)"))


def _sums(night: _Night) -> list[str]:
    """The sums whose source the recipient has."""
    return [name for name, source in SUM_SOURCES.items() if night.recipient.has(source)]


def _lane_sv() -> str:
    return _case_sql("lane", LANES_SV)


def _titles_sv(night: _Night) -> str:
    return _case_sql("rule_id", {rule: night.record.rules[rule].title_sv for rule in night.rules})


def _case_sql(column: str, texts: dict[str, str]) -> str:
    """SQL that says each value's Swedish text, and the value itself where there is none."""
    whens = " ".join(f"when {literal(key)} then {literal(text)}" for key, text in texts.items())
    return f"case {column} {whens} else {column} end" if whens else column
