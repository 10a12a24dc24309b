"""The CSV in which outcomes come: its columns, and what may stand in each.

One line per decision on one signal or one case. There is no column for free text, and a message
about a wrong cell names its line and column and never its value: what somebody typed into the wrong
cell may be about a person.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from data_contracts.errors import BoendesignalError

SUBJECTS = ("signal_id", "case_id")
REQUIRED = ("outcome", "decided_on", "decided_by")
COLUMNS = (*SUBJECTS, "outcome", "explanation_id", "decided_on", "decided_by", "snooze_until")

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
_SIGNATURE = re.compile(r"(?!.*\d{6})\w[\w.-]{0,29}")  # six digits in a row may be a birth date
SIGNATURE_SAYS = (
    "a signature such as utr07: at most 30 letters, digits, '.', '_' or '-', no spaces and no six "
    "digits in a row"
)


@dataclass(frozen=True)
class Line:
    """One line of the file; None where the cell is empty, or wrong and told as a fault."""

    number: int
    signal_id: str | None
    case_id: str | None
    outcome: str | None
    explanation_id: str | None
    decided_on: date | None
    decided_by: str | None
    snooze_until: date | None

    @property
    def content(self) -> tuple[Any, ...]:
        """What the line says, wherever it stands: the same content is the same decision."""
        return tuple(getattr(self, name) for name in COLUMNS)

    @property
    def subject(self) -> tuple[str | None, str | None]:
        return self.signal_id, self.case_id


@dataclass(frozen=True)
class Fault:
    """What is wrong in one line, and what is allowed."""

    line: int
    says: str


def refuse(file: Path, faults: Iterable[Fault]) -> None:
    """Raise BoendesignalError with every fault, lines with the same fault together."""
    lines: dict[str, list[int]] = {}
    for fault in sorted(faults, key=lambda one: one.line):
        lines.setdefault(fault.says, []).append(fault.line)
    if lines:
        told = [f"{_lines(numbers)}: {says}" for says, numbers in lines.items()]
        heading = f"{file.name} is not imported, nothing was changed."
        raise BoendesignalError("\n".join([heading, *told]))


def read_lines(file: Path) -> tuple[list[Line], list[Fault]]:
    """Every line and every fault of form; empty lines are skipped.

    Raises BoendesignalError where the file as a whole cannot be read or its header is wrong.
    """
    rows = list(_rows(file, _text(file)))
    if not rows:
        raise BoendesignalError(f"{file.name} is empty. Columns: {', '.join(COLUMNS)}.")
    (_, header), *records = rows
    check_header(file, header)
    lines, faults = [], []
    for number, cells in records:
        if len(cells) != len(header):
            faults.append(Fault(number, f"{len(cells)} cells; the header has {len(header)}."))
            continue
        line, wrong = _line(number, dict(zip(header, map(str.strip, cells), strict=True)))
        lines.append(line)
        faults += wrong
    return lines, faults


def check_header(file: Path, header: Sequence[str]) -> None:
    """Raise BoendesignalError naming every column that is unknown, missing or there twice."""
    faults = [
        f"column {place} ({name if _WORD.fullmatch(name) else 'not a column name'}) is unknown"
        for place, name in enumerate(header, 1)
        if name not in COLUMNS
    ]
    faults += [f"{name} stands twice" for name in COLUMNS if header.count(name) > 1]
    faults += [f"{name} is missing" for name in REQUIRED if name not in header]
    if not set(SUBJECTS) & set(header):
        faults.append(f"{' or '.join(SUBJECTS)} is missing")
    if faults:
        raise BoendesignalError(
            f"{file.name}: {'; '.join(faults)}. Allowed columns: {', '.join(COLUMNS)}. "
            "There is no column for free text."
        )


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError:
        raise BoendesignalError(f"{file.name} cannot be read. Is it there?") from None
    except UnicodeDecodeError:
        raise BoendesignalError(
            f"{file.name} is not UTF-8. In Excel, save it as CSV UTF-8 and import it again."
        ) from None


def _rows(file: Path, text: str) -> Iterable[tuple[int, list[str]]]:
    """Line number and cells of each record, the header first; `;` or `,` as the header has it."""
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error:
        raise BoendesignalError(
            f"{file.name}, line {reader.line_num}: a quotation mark is out of place, or the line "
            "is far too long."
        ) from None


def _line(number: int, cells: dict[str, str]) -> tuple[Line, list[Fault]]:
    faults: list[Fault] = []

    def cell(name: str, read: Callable[[str], Any], allowed: str) -> Any:
        text = cells.get(name, "")
        if not text:
            if name in REQUIRED:
                faults.append(Fault(number, f"{name} is empty; give {allowed}."))
            return None
        value = read(text)
        if value is None:
            faults.append(Fault(number, f"{name} is not {allowed}."))
        return value

    given = [name for name in SUBJECTS if cells.get(name)]
    if len(given) != 1:
        what = "both signal_id and case_id" if given else "neither signal_id nor case_id"
        faults.append(Fault(number, f"{what}; give one of them."))
    line = Line(
        number=number,
        signal_id=cell("signal_id", _matching(_ID), "an id of a signal"),
        case_id=cell("case_id", _matching(_ID), "an id of a case"),
        outcome=cell("outcome", _matching(_WORD), "a code of lower-case letters and _"),
        explanation_id=cell("explanation_id", _matching(_WORD), "an id of lower-case letters"),
        decided_on=cell("decided_on", _day, "a day as 2026-10-01"),
        decided_by=cell("decided_by", _matching(_SIGNATURE), SIGNATURE_SAYS),
        snooze_until=cell("snooze_until", _day, "a day as 2026-10-01"),
    )
    return line, faults


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    return lambda text: text if pattern.fullmatch(text) else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _lines(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"line {numbers[0]}"
    return f"lines {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
