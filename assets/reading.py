"""Delivered files as text tables: CSV, Parquet and Excel alike, one column per contract column.

Every reader makes a table with the contract's canonical names, all VARCHAR, cleaned and with the
marks of `predicates.marked_sql`, in delivered order, and says how `source_row` follows from it.
Numbers and dates that Parquet and Excel hold as such are written the way the CSV writes them
(`2026-10-01`, `7500,50`).
No error text holds a value of the file: DuckDB's own messages do, and are not passed on.
"""

from __future__ import annotations

import csv
import difflib
import errno
import lzma
import re
import zipfile
import zlib
from pathlib import Path

import duckdb

from assets.home import OFFLINE
from data_contracts.cleaning import cleaned_sql
from data_contracts.contract import Contract
from data_contracts.delivery import DeliveredFile
from data_contracts.errors import DeliveryRefused
from data_contracts.predicates import literal, marked_sql, quoted
from data_contracts.scan import MAX_RECORD_BYTES

MAX_WORKBOOK_BYTES = 1 << 30  # unpacked; a workbook has at most a million rows
# What zipfile raises of an archive that is damaged, encrypted or packed in a way it does not know.
_BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError)
# Shown in errors: a word as columns are called; no name or number of a row run into the header.
_COLUMN_WORD = re.compile(r"[a-zåäö]+(_[a-zåäö]+)*\d?")


def read_text(
    con: duckdb.DuckDBPyConnection, contract: Contract, file: DeliveredFile, table: str
) -> str:
    """Make `table` from a file; returns `source_row` as SQL over it. Raises DeliveryRefused."""
    reader = {"csv": _read_csv, "parquet": _read_parquet, "xlsx": _read_xlsx}[file.format]
    source_row = reader(con, contract, file, table)
    file.assert_unchanged()
    [(n_rows,)] = con.execute(f"select count(*) from {table}").fetchall()
    if n_rows != file.rows:
        raise DeliveryRefused(
            f"{file.path}: {n_rows} data records, the manifest says {file.rows}: the file was cut "
            "off or changed on the way. Ask for the delivery again."
        )
    return source_row


# -- CSV -------------------------------------------------------------------------------------


def _read_csv(
    con: duckdb.DuckDBPyConnection, contract: Contract, file: DeliveredFile, table: str
) -> str:
    header = _csv_header(file)
    check_header(contract, header, file.path)
    if file.encoding.startswith("utf-8"):
        _make(con, contract, table, _csv_select(contract, file, header, file.file), file)
    else:
        # DuckDB knows no windows-1252, and its latin-1 refuses the bytes 0x80 to 0x9F, which a
        # broken capital (Ö written in UTF-8 and read as latin-1) leaves in an ISO-8859-1 file.
        with _as_utf8(con, file) as readable:
            _make(con, contract, table, _csv_select(contract, file, header, readable), file)
    # A committed table that is only ever filled keeps its file's order, read in parallel or not.
    return "rowid + 1"


def _csv_select(contract: Contract, file: DeliveredFile, header: list[str], readable: Path) -> str:
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
    texts = {column.name: quoted(column.source) for column in contract.columns}
    return cleaned_sql(
        contract,
        texts,
        f"read_csv({literal(_no_pattern(readable))}, columns = {{{types}}}, header = true, "
        f"auto_detect = false, delim = {literal(file.delimiter)}, quote = '\"', escape = '\"', "
        f"strict_mode = true, null_padding = false, encoding = 'utf-8', "
        f"max_line_size = {2 * MAX_RECORD_BYTES})",
    )


def _csv_header(file: DeliveredFile) -> list[str]:
    codec = "utf-8-sig" if file.encoding.startswith("utf-8") else file.encoding
    with file.file.open(encoding=codec, newline="") as stream:
        line = stream.readline(MAX_RECORD_BYTES)
    try:
        rows = list(csv.reader([line], delimiter=file.delimiter))
    except (csv.Error, TypeError, ValueError):  # an endless field; a delimiter that is none
        rows = []
    return [name.strip() for name in rows[0]] if rows else []


class _as_utf8:
    """The file's text in UTF-8 beside the run's spill files, removed at once."""

    def __init__(self, con: duckdb.DuckDBPyConnection, file: DeliveredFile) -> None:
        [(folder,)] = con.execute("select current_setting('temp_directory')").fetchall()
        self._source = file
        self._target = Path(folder) / f"file_{file.file_no}.csv"

    def __enter__(self) -> Path:
        self._target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._target.touch(mode=0o600)
        with (
            self._source.file.open(encoding=self._source.encoding, newline="") as source,
            self._target.open("w", encoding="utf-8", newline="") as target,
        ):
            while block := source.read(MAX_RECORD_BYTES):
                target.write(block)
        return self._target

    def __exit__(self, *_: object) -> None:
        self._target.unlink()


def _no_pattern(file: Path) -> str:
    """The path with nothing in it that DuckDB would take for a pattern of several files."""
    return re.sub(r"[*?\[]", lambda found: f"[{found[0]}]", str(file))


# -- Parquet ---------------------------------------------------------------------------------


def _read_parquet(
    con: duckdb.DuckDBPyConnection, contract: Contract, file: DeliveredFile, table: str
) -> str:
    relation = f"read_parquet({literal(_no_pattern(file.file))})"
    described = _answered(con, f"describe select * from {relation}", file)
    check_header(contract, [row[0] for row in described], file.path)
    types = {row[0]: row[1] for row in described}
    texts = {c.name: _parquet_text(quoted(c.source), types[c.source]) for c in contract.columns}
    _make(con, contract, table, cleaned_sql(contract, texts, relation), file)
    return "rowid + 1"


def _parquet_text(column: str, kind: str) -> str:
    """The value as the CSV would write it."""
    text = f"{column}::varchar"
    if kind.startswith("TIMESTAMP"):
        return f"regexp_replace({text}, ' 00:00:00.*$', '')"
    if kind in {"DOUBLE", "FLOAT"} or kind.startswith("DECIMAL"):
        return f"replace(regexp_replace({text}, '[.]0+$', ''), '.', ',')"
    return text


# -- Excel -----------------------------------------------------------------------------------


def _read_xlsx(
    con: duckdb.DuckDBPyConnection, contract: Contract, file: DeliveredFile, table: str
) -> str:
    _refuse_bomb(file)
    frame = _sheet(contract, file)
    check_header(contract, [str(name) for name in frame.columns], file.path)
    con.register("sheet", frame)
    texts = {c.name: _excel_text(quoted(c.source), c.type) for c in contract.columns}
    is_given = " or ".join(f"{quoted(c.name)} is not null" for c in contract.columns)
    # Blank rows are no records, but they count in the sheet's row numbers, as does the header.
    rows = cleaned_sql(contract, texts, "sheet", "sheet_row")
    _make(con, contract, table, f"select * from ({rows}) where {is_given}", file)
    con.unregister("sheet")
    return "sheet_row"


def _sheet(contract: Contract, file: DeliveredFile):  # type: ignore[no-untyped-def]
    """The sheet as text, with `sheet_row`: 2 is the row under the header."""
    import fastexcel  # noqa: PLC0415 - Excel is the exception
    import polars as pl  # noqa: PLC0415

    frame = None
    try:
        workbook = fastexcel.read_excel(str(file.file))
        sheet = workbook.load_sheet(contract.arrival.sheet or 0, header_row=0, dtypes="string")
        frame = sheet.to_polars()
    except fastexcel.FastExcelError:
        pass
    if frame is None:
        raise DeliveryRefused(
            f"{file.path}: not readable as an Excel workbook with the sheet that the contract "
            "names. Save it as .xlsx again, the header in the first row."
        )
    names = [name.strip() for name in frame.columns]
    if len(set(names)) < len(names):
        raise DeliveryRefused(f"{file.path}: a column stands twice in the header row.")
    frame.columns = names
    return frame.with_columns(sheet_row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))


def _excel_text(column: str, kind: str) -> str:
    """The cell as the CSV would write it; Excel knows numbers with a stop and days with a time."""
    if kind == "date":
        return f"regexp_replace({column}, '[ T]00:00:00$', '')"
    if kind == "decimal":
        return f"regexp_replace({column}, '^(-?[0-9]+)[.]([0-9]+)$', '\\1,\\2')"
    return column


def _refuse_bomb(file: DeliveredFile) -> None:
    if not zipfile.is_zipfile(file.file):
        return
    unpacked = _unpacked_bytes(file.file)
    if unpacked is None:
        raise DeliveryRefused(f"{file.path}: not readable as an Excel workbook. Save it again.")
    if unpacked > MAX_WORKBOOK_BYTES:
        raise DeliveryRefused(
            f"{file.path}: the workbook unpacks to more than {MAX_WORKBOOK_BYTES >> 30} GiB. Ask "
            "for CSV or Parquet."
        )


def _unpacked_bytes(file: Path) -> int | None:
    """The bytes a workbook unpacks to; None where it is broken or lies about them.

    It is read whole to tell, unless it says too much already. Raises OSError where the disk, and
    not the workbook, is at fault.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            said = sum(entry.file_size for entry in packed.infolist())
            is_whole = said > MAX_WORKBOOK_BYTES or packed.testzip() is None
    except _BROKEN_ARCHIVE:
        return None
    except OSError as error:
        # A place before the file's beginning, or bzip2 that is none, comes as one of these two.
        if error.errno not in {None, errno.EINVAL}:
            raise
        return None
    return said if is_whole else None


def count_records(contract: Contract, file: DeliveredFile) -> int:
    """The data records of a Parquet or Excel file, for those who have no manifest yet."""
    with duckdb.connect(config={**OFFLINE}) as con:
        if file.format == "parquet":
            relation = f"read_parquet({literal(_no_pattern(file.file))})"
            return int(_answered(con, f"select count(*) from {relation}", file)[0][0])
        _read_xlsx(con, contract, file, "records")
        return int(_answered(con, "select count(*) from records", file)[0][0])


# -- header ----------------------------------------------------------------------------------


def check_header(contract: Contract, header: list[str], path: str) -> None:
    """Refuse columns that the contract does not know, and the lack of those that it does.

    A file without a header row would show people where names of columns are expected, so unknown
    names are told only where most of the contract's columns are there.
    """
    names = [name for name in header if name != "sheet_row"]
    wanted = [column.source for column in contract.columns]
    missing = [name for name in wanted if name not in names]
    unknown = [
        (place, name)
        for place, name in enumerate(names, start=1)
        if name not in wanted and name not in contract.ignored_columns
    ]
    repeated = {name for name in wanted if names.count(name) > 1}
    if not (missing or unknown or repeated):
        return
    if 2 * len(missing) > len(wanted):
        raise DeliveryRefused(
            f"{path}: the first row is not the header of {contract.id} ({len(missing)} of "
            f"{len(wanted)} columns are missing). Check the header row and the delimiter; "
            f"expected: {', '.join(wanted)}."
        )
    findings = [
        *(f"column {name} stands twice" for name in sorted(repeated)),
        *(f"column {name} is missing" for name in missing),
        *(
            f"unknown column {_shown(place, name)}{_renamed(name, missing)}"
            for place, name in unknown
        ),
    ]
    raise DeliveryRefused(
        f"{path}: {'; '.join(findings)}. If the source changed, change data_contracts/"
        f"{contract.id}/contract.yml (read it under columns, or name it under ignored_columns)."
    )


def _shown(place: int, name: str) -> str:
    return name if _COLUMN_WORD.fullmatch(name) else f"no. {place}"


def _renamed(name: str, missing: list[str]) -> str:
    close = difflib.get_close_matches(name, missing, n=1)
    return f" (was {close[0]} renamed?)" if close else ""


# -- DuckDB without its messages -------------------------------------------------------------


def _make(
    con: duckdb.DuckDBPyConnection, contract: Contract, table: str, text: str, file: DeliveredFile
) -> None:
    marked = marked_sql(contract, f"({text})")
    _answered(con, f"create or replace temp table {table} as {marked}", file)


def _answered(con: duckdb.DuckDBPyConnection, sql: str, file: DeliveredFile) -> list[tuple]:
    """The answer, or DeliveryRefused without DuckDB's message, which quotes the file."""
    where = None
    try:
        return con.execute(sql).fetchall()
    except duckdb.Error as error:
        line = re.search(r"Line:? (\d+)", str(error))
        where = f"data record {int(line[1]) - 1}" if line else "the file"
    # Raised outside the handler, so that no log shows the original as its context.
    raise DeliveryRefused(
        f"{file.path}: {where} cannot be read as {file.format.upper()}: another number of fields "
        "than the header, or a quotation mark out of place. A row that cannot be read cannot be "
        "checked for protection, so nothing is used. Ask for the delivery again."
    )
