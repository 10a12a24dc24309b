"""Text in a workbook is the text that came, whatever it looks like, and Excel can open the file."""

from __future__ import annotations

import os
import stat
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import spreadsheet
from assets.spreadsheet import MAX_NAME, MAX_TEXT, Sheet, clean_text, sheet_name, write_workbook

NASTY = [
    "=1+1",
    "+46701740605",
    "-2",
    "@SUM(A1)",
    '=HYPERLINK("http://x")',
    "http://example.test",
    "mailto:a@b.se",
    "internal:Blad!A1",
    "{=SUM(1)}",
    "198001019804",
    "0012",
    "<r>fet</r>",
    'Åsa & Örjan <Ängö> "x"',
    " inledande blank",
]


def written(tmp_path, *sheets: Sheet):
    file = tmp_path / "bok.xlsx"
    write_workbook(file, sheets, date(2026, 10, 1), scratch=tmp_path)
    return openpyxl.load_workbook(file)


def test_no_text_becomes_a_formula_a_link_a_number_or_markup(tmp_path):
    """What looks like a formula, a link, a number or markup is a text cell with that very text."""
    page = written(tmp_path, Sheet("Blad", ["=A1"], [(text,) for text in NASTY])).active
    assert page["A1"].value == "=A1"
    assert page["A1"].data_type == "s" or page["A1"].data_type == "inlineStr"
    cells = [row[0] for row in page.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [t.replace("<r>", " <r>") for t in NASTY]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert {cell.hyperlink for cell in cells} == {None}


def test_values_are_written_as_what_they_are(tmp_path):
    """Dates, numbers, booleans, lists and empties each have their form; old dates are text."""
    row = (
        date(2026, 10, 1),
        date(1899, 5, 4),
        7500.5,
        Decimal("12.25"),
        3,
        True,
        ["a", None, "b"],
        None,
        float("nan"),
        datetime(2026, 10, 1, 4, 15),
    )
    page = written(tmp_path, Sheet("Blad", [str(n) for n in range(len(row))], [row])).active
    assert [cell.value for cell in page[2]] == [
        datetime(2026, 10, 1),
        "1899-05-04",
        7500.5,
        12.25,
        3,
        "ja",
        "a, b",
        None,
        None,
        datetime(2026, 10, 1, 4, 15),
    ]
    assert page["A2"].number_format == "yyyy-mm-dd"


def test_headings_are_frozen_and_filtered(tmp_path):
    """Each sheet can be filtered and keeps its headings in view, also without rows."""
    book = written(tmp_path, Sheet("Ett", ["a", "b"], [(1, 2)]), Sheet("Tomt", ["a"], []))
    assert [(page.freeze_panes, page.auto_filter.ref) for page in book] == [
        ("A2", "A1:B2"),
        ("A2", "A1"),
    ] or [(page.freeze_panes, page.auto_filter.ref) for page in book] == [
        ("A2", "A1:B2"),
        ("A2", "A1:A1"),
    ]


@settings(max_examples=200)
@given(st.text())
def test_any_text_can_be_held_by_a_cell(text):
    """No text keeps a character that XML forbids, and cleaning twice changes nothing."""
    cleaned = clean_text(text)
    assert not set(cleaned) & {chr(n) for n in range(32) if chr(n) not in "\t\n"}
    assert not any(0xD800 <= ord(c) <= 0xDFFF for c in cleaned)
    assert clean_text(cleaned) == cleaned


@pytest.mark.parametrize("letter", ["å", "😀"])
def test_a_long_text_is_cut_with_a_note(letter, tmp_path):
    """A text longer than a cell holds is cut by whole characters, and says that it was."""
    cleaned = clean_text(letter * 40_000)
    assert cleaned.endswith(f"{letter} … (avkortat)")
    assert len(cleaned.encode("utf-16-le")) // 2 in (MAX_TEXT, MAX_TEXT - 1)
    page = written(tmp_path, Sheet("Blad", ["a"], [(letter * 40_000,)])).active
    assert page["A2"].value == cleaned
    assert clean_text("x" * MAX_TEXT) == "x" * MAX_TEXT


def test_more_rows_than_a_sheet_takes_go_on_in_the_next(tmp_path, monkeypatch):
    """No row is lost at Excel's limit: a second and a third sheet follow with the same headings."""
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 4)
    many = ((number,) for number in range(7))
    book = written(tmp_path, Sheet("Blad", ["nr"], many), Sheet("Jämnt", ["nr"], [(1,)] * 3))
    assert {page.title: [row[0] for row in page.values] for page in book} == {
        "Blad": ["nr", 0, 1, 2],
        "Blad (2)": ["nr", 3, 4, 5],
        "Blad (3)": ["nr", 6],
        "Jämnt": ["nr", 1, 1, 1],
    }


def test_sheet_names_are_legal_and_unique():
    """Long, equal, odd and reserved titles each get a name of their own that Excel takes."""
    taken: set[str] = set()
    titles = [
        "Hyresgäst folkbokförd på annan adress än kontraktet",
        "Hyresgäst folkbokförd på annan adress än kartan",
        "HYRESGÄST FOLKBOKFÖRD PÅ ANNAN ADRESS",
        "A/B: [x]*?\\",
        "'citat'",
        "",
        "History",
        "😀" * 20,
        "ettmycketlångtordutanmellanslagsomaldrigslutar",
    ]
    names = [sheet_name(title, taken) for title in titles]
    assert names == [
        "Hyresgäst folkbokförd på annan…",
        "Hyresgäst folkbokförd på… (2)",
        "HYRESGÄST FOLKBOKFÖRD PÅ… (3)",
        "A B   x",
        "citat",
        "Blad",
        "History (2)",
        "😀" * 15 + "…",
        "ettmycketlångtordutanmellansla…",
    ]
    assert all(len(name.encode("utf-16-le")) // 2 <= MAX_NAME for name in names)


def test_same_rows_give_the_same_bytes_and_nothing_stays_behind(tmp_path):
    """No clock in the bytes, file 0600, no temporary file left, not even a broken one in place."""
    sheet = Sheet("Blad", ["a"], [("x",)])
    file = tmp_path / "bok.xlsx"
    found = set()
    for _ in range(2):
        write_workbook(file, [sheet], date(2026, 10, 1), scratch=tmp_path)
        found.add(file.read_bytes())
    assert len(found) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def breaks():
        yield ("y",)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        write_workbook(file, [Sheet("Blad", ["a"], breaks())], date(2026, 10, 1), scratch=tmp_path)
    assert {file.read_bytes()} == found
    assert os.listdir(tmp_path) == ["bok.xlsx"]
