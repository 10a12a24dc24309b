"""Workbooks that Excel opens as they were meant: text stays text, the same input the same bytes.

Written row by row in constant memory. Nothing from a delivery becomes a formula, a link or markup.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

MAX_ROWS = 1_048_576  # Excel's limit, heading included
MAX_TEXT = 32_767  # UTF-16 units in a cell
MAX_NAME = 31  # UTF-16 units in a sheet's name
CUT_NOTE = " … (avkortat)"
MAX_WIDTH = 80  # characters; longer texts wrap
FIRST_DATE = date(1900, 3, 1)  # Excel believes that 1900 was a leap year
RESERVED_NAMES = {"history"}

_ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ILLEGAL_IN_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True)
class Sheet:
    """One sheet: a Swedish title (made a legal name), headings and rows of plain values."""

    title_sv: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]


def write_workbook(path: Path, sheets: Sequence[Sheet], created: date, scratch: Path) -> None:
    """Write the sheets in order to `path` (0600), aside first, then put in place.

    `created` becomes the file's date (the extract date: no clock in the bytes). `scratch` is a
    private folder for Excel's temporary files, which hold the same rows. A sheet with more rows
    than Excel takes goes on in a sheet named with (2), (3), …
    """
    aside = path.with_name(f".{path.name}.new")
    try:
        with tempfile.TemporaryDirectory(dir=scratch, prefix="xlsx-") as folder:
            os.close(os.open(aside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
            _fill(aside, sheets, created, folder)
        with aside.open("rb") as handle:
            os.fsync(handle.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _fill(file: Path, sheets: Sequence[Sheet], created: date, temporary: str) -> None:
    import xlsxwriter  # noqa: PLC0415 - only publishing needs it

    options = {
        "constant_memory": True,
        "tmpdir": temporary,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(str(file), options)
    midnight = datetime(created.year, created.month, created.day)
    book.set_properties({"created": midnight, "author": "Boendesignal"})
    writer = _Writer(book)
    for sheet in sheets:
        writer.write(sheet)
    book.close()


def clean_text(text: str) -> str:
    """The text as a cell can hold it: no characters that XML forbids, cut where Excel would.

    The writer takes a text that begins with <r> and ends with </r> for markup of its own; a
    leading space makes it text.
    """
    if len(text) <= MAX_TEXT // 2 and text.isprintable() and not text.startswith("<r>"):
        return text  # nearly all there is, and quick
    text = _ILLEGAL_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.startswith("<r>") and text.endswith("</r>"):
        text = " " + text
    if _units(text) > MAX_TEXT:
        text = _cut(text, MAX_TEXT - len(CUT_NOTE)) + CUT_NOTE
    return text


def sheet_name(title: str, taken: set[str]) -> str:
    """A legal name for the title that no sheet has yet, ignoring case; remembers it in `taken`."""
    base = _ILLEGAL_IN_NAME.sub(" ", clean_text(title)).strip().strip("'").strip() or "Blad"
    number = 1
    while True:
        ending = f" ({number})" if number > 1 else ""
        name = _shortened(base, MAX_NAME - len(ending)) + ending
        if name.casefold() not in taken | RESERVED_NAMES:
            taken.add(name.casefold())
            return name
        number += 1


class _Writer:
    """Writes sheets into one open workbook; holds its formats and the names in use."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.taken: set[str] = set()
        self.heading = book.add_format({"bold": True, "bottom": 1})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        self.number = book.add_format({"valign": "top"})
        self.text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})

    def write(self, sheet: Sheet) -> None:
        rows = iter(sheet.rows)
        row = next(rows, None)
        is_first = True
        while row is not None or is_first:
            row = self._write_page(sheet, row, rows)
            is_first = False

    def _write_page(
        self, sheet: Sheet, row: Sequence[Any] | None, rows: Iterator[Sequence[Any]]
    ) -> Sequence[Any] | None:
        """One page from `row` on, as far as Excel goes; returns the row that begins the next."""
        page = self.book.add_worksheet(sheet_name(sheet.title_sv, self.taken))
        widths = [len(heading) for heading in sheet.headings]
        for column, heading in enumerate(sheet.headings):
            page.write_string(0, column, clean_text(heading), self.heading)
        number = 0
        while row is not None and number < MAX_ROWS - 1:
            number += 1
            for column, value in enumerate(row):
                written = self._write_cell(page, number, column, value)
                widths[column] = max(widths[column], written)
            row = next(rows, None)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, number, len(sheet.headings) - 1)
        for column, width in enumerate(widths):
            page.set_column(column, column, min(width + 3, MAX_WIDTH))  # 3: the filter's arrow
        return row

    def _write_cell(self, page: Any, row: int, column: int, value: Any) -> int:
        """Write a value as what it is; returns about how many characters wide it shows."""
        if value is None:
            return 0
        if isinstance(value, date) and date(value.year, value.month, value.day) >= FIRST_DATE:
            page.write_datetime(row, column, value, self.date)
            return 10
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            if isfinite(value):
                page.write_number(row, column, value, self.number)
                return len(str(value))
            return 0
        text = clean_text(_as_text(value))
        page.write_string(row, column, text, self.text)
        return len(text)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, list | tuple):
        return ", ".join(_as_text(part) for part in value if part is not None)
    return str(value)


def _units(text: str) -> int:
    """Length as Excel counts it: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, units: int) -> str:
    """The text's beginning that fits, never half a character."""
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", errors="ignore")


def _shortened(text: str, units: int) -> str:
    """The text, or its beginning and an ellipsis; whole words where that keeps most of it."""
    if _units(text) <= units:
        return text
    beginning = _cut(text, units - 1)
    at_word = (beginning + text[len(beginning)]).rpartition(" ")[0]
    kept = at_word if len(at_word) > len(beginning) // 2 else beginning
    return kept.rstrip() + "…"
