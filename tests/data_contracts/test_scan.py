"""One pass counts records exactly, whatever the blocks, and gives up on endless lines."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts import scan
from data_contracts.scan import scan_text

CELL = st.text(alphabet='aå;"\n\r x', max_size=6)


def scanned(tmp_path: Path, content: bytes, encoding: str = "utf-8") -> scan.Scan:
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    return scan_text(file, encoding)


@given(
    rows=st.lists(st.lists(CELL, min_size=2, max_size=3), max_size=12),
    line_end=st.sampled_from(["\n", "\r\n"]),
    block=st.integers(1, 9),
    ends=st.booleans(),
)
def test_records_are_counted_as_a_csv_reader_counts_them(
    tmp_path_factory, rows, line_end, block, ends
):
    """Quoted line ends belong to their record and blank lines are none, at any block border."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    content = text.getvalue() if ends else text.getvalue().removesuffix(line_end)
    file = tmp_path_factory.getbasetemp() / "records.csv"
    file.write_bytes(content.encode())
    with mock.patch.object(scan, "BLOCK_BYTES", block):
        found = scan_text(file, "utf-8")
    assert found == scan.Scan(hashlib.sha256(content.encode()).hexdigest(), len(rows), "")


@pytest.mark.parametrize(
    ("content", "n_records"),
    [(b"", 0), (b"\n", 0), (b"\r\n\r\n", 0), (b"a", 1), (b"a\n\nb\r\n\r\nc", 3), (b'"a\n', 1)],
)
def test_blank_lines_and_missing_line_ends(tmp_path: Path, content: bytes, n_records: int):
    """A blank line is no record, and the last record may lack its line end."""
    assert scanned(tmp_path, content).n_records == n_records


@pytest.mark.parametrize(
    ("text", "written", "declared", "said"),
    [
        ("å", "iso-8859-1", "utf-8", "the text is not utf-8"),
        ("å", "iso-8859-1", "utf-8-sig", "the text is not utf-8-sig"),
        ("å", "utf-8", "iso-8859-1", "the text is UTF-8 but said to be iso-8859-1"),
        ("å", "utf-8", "windows-1252", "the text is UTF-8 but said to be windows-1252"),
        ("\x81", "iso-8859-1", "windows-1252", "the text is not windows-1252"),
        ("å", "utf-8", "utf-8", ""),
        ("å", "utf-8-sig", "utf-8", ""),
        ("å", "iso-8859-1", "iso-8859-1", ""),
        ("Å – “", "windows-1252", "windows-1252", ""),
        ("plain", "ascii", "iso-8859-1", ""),
        ("Ã¥ and å", "iso-8859-1", "iso-8859-1", ""),  # garbled words inside a sound file
    ],
)
def test_the_encoding_must_be_the_declared_one(tmp_path, text, written, declared, said):
    """Bytes that do not fit are found, and so is UTF-8 that is declared as something else."""
    found = scanned(tmp_path, f"kolumn\n{text}\n".encode(written), declared)
    assert found.problem.startswith(said)
    assert bool(found.problem) == bool(said)


def test_a_character_cut_at_the_end_is_not_utf8(tmp_path: Path):
    """A file that ends in the middle of a letter was cut off."""
    assert "not utf-8" in scanned(tmp_path, "a\nå".encode()[:-1]).problem


@pytest.mark.parametrize("filler", [b"x" * 1_000_000, b"\n" * 1_000_000])
def test_an_endless_record_stops_the_pass_early(tmp_path: Path, filler: bytes):
    """200 MB without a record's end, quoted line ends or none, cost a few MiB and no more."""
    file = tmp_path / "endless.csv"
    with file.open("wb") as stream:
        stream.write(b'header\n"')
        for _ in range(200):
            stream.write(filler)
    original = scan._Records.read
    with mock.patch.object(scan._Records, "read", autospec=True, side_effect=original) as read:
        found = scan_text(file, "utf-8")
    assert found == scan.Scan(
        "",
        1,
        "the record after record 0 is longer than 1 MiB: a line end or a closing quotation mark is "
        "missing",
    )
    assert read.call_count <= 3
