"""Files that are broken on purpose or by accident are refused, and no message repeats a cell."""

from __future__ import annotations

import errno
import io
import struct
import zipfile

import openpyxl
import pytest

from assets.home import Home
from assets.landing import land
from assets.workspace import Workspace
from data_contracts.delivery import open_delivery
from data_contracts.errors import DeliveryRefused
from tests.conftest import ANNA, VALID

PERSONS, LEASES, BOOK = "registry/personer.csv", "tenancy/kontrakt.csv", "tenancy/kontrakt.xlsx"


def refusal(delivery, home) -> str:
    with pytest.raises(DeliveryRefused) as refused:
        land(Workspace(Home.open(home), "run", open_delivery(delivery.write())))
    assert refused.value.__context__ is None  # nor does what a log shows beside it
    return str(refused.value)


def test_a_row_run_into_the_header_is_not_told(delivery, tmp_path):
    """The line end after the header is lost: the first person's cells stand among the columns."""
    header, *lines = delivery.csv(PERSONS).splitlines()
    delivery.content[PERSONS] = b"\n".join([header + lines[0], *lines[1:]])
    delivery.n_rows[PERSONS] = 3
    said = refusal(delivery, tmp_path / "home")
    assert "column hanvisning_personnummer is missing" in said
    cells = [cell for cell in VALID[PERSONS][0].values() if len(cell) > 3]
    assert [cell for cell in cells if cell in said] == []


@pytest.mark.parametrize("name", ["Anna Ek", "Ek", f"nummer {ANNA}", f"nr{ANNA}", "Anna.Ek"])
def test_an_unknown_column_is_told_by_its_place(delivery, tmp_path, name):
    """Its name is shown only where it is a word such as columns are called by."""
    header, *lines = delivery.csv(LEASES).splitlines()
    delivery.content[LEASES] = b"\n".join(
        [header + b";" + name.encode(), *(line + b";x" for line in lines)]
    )
    said = refusal(delivery, tmp_path / "home")
    assert "unknown column no. 27" in said
    assert name not in said


def test_an_endless_header_field_is_refused(delivery, tmp_path):
    """Python's CSV reader gives up on it with an error of its own."""
    delivery.content[LEASES] = b"x" * 200_000 + b";" + delivery.csv(LEASES)
    assert "the first row is not the header" in refusal(delivery, tmp_path / "home")


def workbook(header: list[str]) -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(header)
    for row in VALID[LEASES]:
        book.active.append([row.get(name.strip(), "") for name in header])
    book.save(content)
    return content.getvalue()


def test_a_column_that_stands_twice_but_for_a_blank(delivery, tmp_path):
    """Nobody can tell which of the two is meant."""
    header = list(VALID[LEASES][0])
    del delivery.rows[LEASES]
    delivery.content[BOOK] = workbook([*header, f"{header[0]} "])
    delivery.n_rows[BOOK] = 2
    assert "stands twice" in refusal(delivery, tmp_path / "home")


def test_a_workbook_that_lies_about_its_size(delivery, tmp_path):
    """What it unpacks to is not what it says: it may fill the memory, and is refused unread."""
    content, name = io.BytesIO(), "xl/worksheets/sheet1.xml"
    with (
        zipfile.ZipFile(io.BytesIO(workbook(list(VALID[LEASES][0])))) as plain,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as padded,
    ):
        for entry in plain.namelist():
            sheet = plain.read(entry)
            blanks = b" " * 100_000 if entry == name else b""
            padded.writestr(entry, sheet.replace(b"</sheetData>", blanks + b"</sheetData>"))
        size = padded.getinfo(name).file_size
    del delivery.rows[LEASES]
    said, true = struct.pack("<I", 1000), struct.pack("<I", size)
    delivery.content[BOOK] = content.getvalue().replace(true, said)
    delivery.n_rows[BOOK] = 2
    assert "not readable as an Excel workbook" in refusal(delivery, tmp_path / "home")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_a_workbook_whose_packing_is_broken(delivery, tmp_path, method):
    """However it was packed, it is refused, and nobody is told that the program is at fault."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as packed:
        packed.writestr("xl/workbook.xml", bytes(range(256)) * 50)
        start = packed.infolist()[0].header_offset + 30 + len("xl/workbook.xml")
    broken = bytearray(content.getvalue())
    broken[start + 4 : start + 40] = b"\xff" * 36
    del delivery.rows[LEASES]
    delivery.content[BOOK], delivery.n_rows[BOOK] = bytes(broken), 2
    assert "not readable as an Excel workbook" in refusal(delivery, tmp_path / "home")


def test_a_disk_that_fails_is_not_laid_to_the_sender(delivery, tmp_path, monkeypatch):
    """The stage may be tried again; the workbook is not called unreadable."""

    def fails(_: zipfile.ZipFile) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(zipfile.ZipFile, "testzip", fails)
    del delivery.rows[LEASES]
    delivery.content[BOOK], delivery.n_rows[BOOK] = workbook(list(VALID[LEASES][0])), 1
    with pytest.raises(OSError, match="Input/output error"):
        refusal(delivery, tmp_path / "home")


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_file_that_changes_after_it_was_verified(delivery, tmp_path, is_replaced):
    """What was hashed is not what would be read: a sender that had not finished, or worse."""
    folder = delivery.write()
    opened = open_delivery(folder)
    file, content = folder / LEASES, (folder / LEASES).read_bytes()
    if is_replaced:
        file.rename(tmp_path / "old.csv")
    file.write_bytes(content.replace(b"Anna Ek", b"Anna Al"))
    with pytest.raises(DeliveryRefused, match="was changed while it was read"):
        land(Workspace(Home.open(tmp_path / "home"), "run", opened))
