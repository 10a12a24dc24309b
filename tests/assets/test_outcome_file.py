"""The CSV of outcomes: strict, told whole, and no message repeats what somebody typed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assets.outcome_file import COLUMNS, Line, read_lines, refuse
from data_contracts.errors import BoendesignalError

GOOD = "signal_id,case_id,outcome,explanation_id,decided_on,decided_by,snooze_until\n"


def a_file(tmp_path: Path, content: str | bytes) -> Path:
    file = tmp_path / "utfall.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def test_a_line_is_read_as_it_stands(tmp_path):
    """Comma or semicolon, with a byte order mark or without; empty cells are None."""
    line = Line(2, "s1", None, "not_reachable", None, date(2026, 10, 2), "utr07", date(2026, 11, 1))
    cells = "s1,,not_reachable,, 2026-10-02 ,utr07,2026-11-01\n\n"
    assert read_lines(a_file(tmp_path, GOOD + cells)) == ([line], [])
    semicolons = ("\ufeff" + GOOD + cells).replace(",", ";").replace("\n", "\r\n")
    assert read_lines(a_file(tmp_path, semicolons)) == ([line], [])


def test_every_wrong_cell_is_told_and_none_repeated(tmp_path):
    """Lines with the same fault stand together, with what is allowed; no value of a cell."""
    file = a_file(
        tmp_path,
        GOOD
        + "s1,s2,innocent,,2026-10-02,utr07,\n"
        + ",,Anna Ek 198001019804,,2026-13-01,Anna Ek,\n"
        + "Anna Ek,,no_action,,,801201980,1 oktober\n"
        + "s1,,no_action,,20261002,utr07,\n"
        + "s1,no_action\n",
    )
    _, faults = read_lines(file)
    with pytest.raises(BoendesignalError) as refused:
        refuse(file, faults)
    assert str(refused.value).splitlines() == [
        "utfall.csv is not imported, nothing was changed.",
        "line 2: both signal_id and case_id; give one of them.",
        "line 3: neither signal_id nor case_id; give one of them.",
        "line 3: outcome is not a code of lower-case letters and _.",
        "lines 3 and 5: decided_on is not a day as 2026-10-01.",
        "lines 3 and 4: decided_by is not a signature such as utr07: at most 30 letters, digits, "
        "'.', '_' or '-', no spaces and no six digits in a row.",
        "line 4: signal_id is not an id of a signal.",
        "line 4: decided_on is empty; give a day as 2026-10-01.",
        "line 4: snooze_until is not a day as 2026-10-01.",
        "line 6: 2 cells; the header has 7.",
    ]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("signal_id,outcome,decided_on,decided_by,kommentar", r"column 5 \(kommentar\) is unknown"),
        ("signal_id,outcome,decided_on,decided_by,Anna Ek", r"column 5 \(not a column name\)"),
        ("signal_id,outcome,decided_on,decided_by,outcome", "outcome stands twice"),
        ("outcome,decided_by", "decided_on is missing; signal_id or case_id is missing"),
    ],
)
def test_a_wrong_header_says_what_is_allowed(tmp_path, header, says):
    """Every wrong column at once; there is none for free text."""
    with pytest.raises(BoendesignalError, match=says) as refused:
        read_lines(a_file(tmp_path, header + "\n"))
    assert f"Allowed columns: {', '.join(COLUMNS)}. There is no column for free text." in str(
        refused.value
    )
    assert "Anna" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        (GOOD.encode() + b"s1,,no_action,,2026-10-01,\xe5sa,\n", "is not UTF-8"),
        (GOOD + 's1,,no_action,,2026-10-01,"utr"07,\n', "line 2: a quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, content, says):
    """Nothing is guessed about a broken file."""
    with pytest.raises(BoendesignalError, match=says):
        read_lines(a_file(tmp_path, content))


def test_a_file_that_is_not_there(tmp_path):
    """The name only, not the machine's paths."""
    with pytest.raises(BoendesignalError, match=r"^utfall\.csv cannot be read"):
        read_lines(tmp_path / "utfall.csv")
