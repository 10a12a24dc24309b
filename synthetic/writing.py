"""Writes a night's tables as a delivery, manifest last, and the truth beside the deliveries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import polars as pl
import xlsxwriter

from synthetic.names import ORIGINS
from synthetic.registry_text import dwelling_keys
from synthetic.stage import Truth
from synthetic.tables import Town

Format = Literal["csv", "parquet", "xlsx"]
FORMATS: tuple[Format, ...] = ("csv", "parquet", "xlsx")
ENCODINGS: Mapping[str, str] = {"tenancy/kontrakt": "iso-8859-1", "benefits/beslut": "utf-8-sig"}
UTF_8 = "utf-8"
EXCEL_ROWS = 1_048_575  # below the header


def delivery(
    folder: Path, extract_date: date, municipality_code: str, tables: Mapping[str, pl.DataFrame],
    formats: Mapping[str, Format],
) -> None:  # fmt: skip
    """Writes `tables` (path without suffix -> texts) into the folder; its name is the date."""
    files = []
    for path, table in tables.items():
        table_name = path.rstrip("_0123456789")  # tenancy/kontrakt_2 is one landlord's file
        kind = formats.get(table_name, "csv")
        target = folder / f"{path}.{kind}"
        target.parent.mkdir(parents=True, exist_ok=True)
        encoding = ENCODINGS.get(table_name, UTF_8) if kind == "csv" else UTF_8
        content = _content(target, table, kind, encoding)
        files.append(
            {
                "path": f"{path}.{kind}",
                "rows": table.height,
                "encoding": encoding,
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    manifest(folder, extract_date, municipality_code, files)


def manifest(
    folder: Path, extract_date: date, municipality_code: str, files: Sequence[Mapping[str, object]]
) -> None:
    """Makes the delivery complete. `files`: path, rows, encoding and sha256 of each."""
    said = {
        "extract_date": extract_date.isoformat(),
        "municipality_code": municipality_code,
        "synthetic": True,
        "files": files,
    }
    text = json.dumps(said, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text, encoding=UTF_8)


def _content(target: Path, table: pl.DataFrame, kind: Format, encoding: str) -> bytes:
    """Writes the file and returns its bytes."""
    if kind == "csv":
        content = csv(table, encoding)
        target.write_bytes(content)
        return content
    if kind == "parquet":
        table.write_parquet(target, compression="zstd", statistics=False)
    else:
        _excel(target, table)
    return target.read_bytes()


def csv(table: pl.DataFrame, encoding: str, separator: str = ";") -> bytes:
    """Header and rows with CRLF; letters that the encoding lacks become `?`, as in practice."""
    # Polars quotes an empty string; the sources leave the cell empty.
    table = table.with_columns(pl.col(pl.String).replace("", None))
    text = table.write_csv(separator=separator, line_terminator="\r\n").encode(UTF_8)
    if encoding == UTF_8:
        return text
    if encoding == "utf-8-sig":
        return b"\xef\xbb\xbf" + text
    return text.decode(UTF_8).encode(encoding, "replace")


def _excel(target: Path, table: pl.DataFrame) -> None:
    """One sheet of text cells; the workbook's dates are fixed so that the bytes repeat."""
    if table.height > EXCEL_ROWS:
        raise ValueError(f"{table.height} rows do not fit a sheet; Excel holds {EXCEL_ROWS}")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(str(target), options) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})
        sheet = book.add_worksheet("Export")
        sheet.write_row(0, 0, table.columns)
        for i, row in enumerate(table.iter_rows(), start=1):
            for k, cell in enumerate(row):
                if cell is not None:
                    sheet.write_string(i, k, cell)


def truth(folder: Path, town: Town, numbers: pl.Series, told: Truth) -> None:
    """planted, benign, neutral, nights and groups, in the form that score_cases.py reads."""
    folder.mkdir(parents=True, exist_ok=True)
    number = numbers.to_list()
    key = dwelling_keys(town.dwellings).to_list()
    planted = [
        {
            "case_id": f"P{i:04d}",
            "typology": case.typology,
            "main_personnummer": None if case.main is None else number[case.main],
            "dwelling_key": " ;; ".join(key[d] for d in case.dwellings),
            "other_personnummer": " ".join(number[p] for p in case.others) or None,
            "leaks": str(case.leaks),
        }
        for i, case in enumerate(told.planted, start=1)
    ]
    _truth_csv(folder / "planted.csv", planted)
    benign = [
        {
            "benign_class": kind,
            "personnummer": None if person is None else number[person],
            "dwelling_key": None if place is None else key[place],
        }
        for kind, person, place in told.benign
    ]
    _truth_csv(folder / "benign.csv", benign)
    known = {d for case in told.planted for d in case.dwellings}
    neutral = [{"dwelling_key": key[d]} for d in dict.fromkeys(told.neutral) if d not in known]
    _truth_csv(folder / "neutral.csv", neutral or [{"dwelling_key": None}])
    _truth_csv(folder / "nights.csv", _nights(told, number, key))
    groups = town["people"].select(
        pl.Series("personnummer", numbers),
        name_origin=pl.col("origin").replace_strict(
            list(range(len(ORIGINS))), list(ORIGINS), return_dtype=pl.String
        ),
        sex=pl.when("is_male").then(pl.lit("M")).otherwise(pl.lit("K")),
    )
    (folder / "groups.csv").write_bytes(csv(groups, UTF_8, separator=","))


def _nights(told: Truth, number: list[str], key: list[str]) -> list[dict[str, str | None]]:
    """What the second night closes and opens; new matters are numbered after the planted ones."""
    rows, after = [], len(told.planted)
    for case, rule, person, place, state, cause in told.nights:
        if case is None:
            after += 1
        rows.append(
            {
                "case_id": f"P{after if case is None else case + 1:04d}",
                "rule": rule,
                "personnummer": number[person],
                "dwelling_key": key[place],
                "second_night": state,
                "cause": cause or None,
            }
        )
    return rows


def _truth_csv(file: Path, rows: list[dict[str, str | None]]) -> None:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    file.write_bytes(csv(frame.with_columns(pl.all().cast(pl.String)), UTF_8, separator=","))
