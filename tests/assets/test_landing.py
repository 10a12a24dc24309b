"""Landing types accepted rows, sets the rest aside, and knows where each row came from."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from assets.home import Home
from assets.landing import ROWS_PER_FILE, land
from assets.workspace import Workspace
from data_contracts.delivery import open_delivery
from data_contracts.errors import DeliveryRefused

PRACTICE = Path(__file__).resolve().parents[3] / "shared/deliveries/practice/delivery"


def landed(folder: Path, home: Path) -> Workspace:
    ws = Workspace(Home.open(home), "run", open_delivery(folder))
    land(ws)
    return ws


def rows(ws: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with ws.connect_with_landing() as con:
        return con.execute(sql).fetchall()


def test_a_valid_delivery_lands_whole(delivery, tmp_path):
    """Every row is accepted, typed, and traced to its file and record."""
    ws = landed(delivery.write(), tmp_path / "home")
    lease = rows(ws, "select * from landing.landing_tenancy__leases order by row_id")[0]
    assert lease == (
        "K1", "O1", "BOSTAD", "FORSTAHAND", "197002019805", "Anna Ek", "196803129813", "Bo Ek",
        "Björkvägen 1 A", "15134", "Södertälje", "1101", 3, 75.5, 8770.5, date(2010, 5, 1), None,
        None, 0, None, None, None, "079-998 76 54", None, "Hyresbolaget AB",
        6 * ROWS_PER_FILE + 1, "tenancy/kontrakt.csv", 1,
    )  # fmt: skip
    counts = rows(
        ws,
        "select table_name, estimated_size from duckdb_tables() where database_name = 'landing'"
        " and estimated_size > 0 order by table_name",
    )
    assert counts == [
        ("landing_benefits__decisions", 2),
        ("landing_registry__dwellings", 2),
        ("landing_registry__moves", 2),
        ("landing_registry__persons", 4),
        ("landing_registry__relations", 2),
        ("landing_tenancy__leases", 2),
        ("landing_vehicles__vehicles", 2),
    ]


def test_a_rejected_row_stands_as_delivered_with_key_and_reason(delivery, tmp_path):
    """The first broken promise is named; the gate gets the text, the reason holds no value."""
    delivery.rows["registry/personer.csv"][2] |= {"fodelsedatum": "1999-02-31", "skydd": "X"}
    ws = landed(delivery.write(), tmp_path / "home")
    found = rows(
        ws,
        "select personnummer, birth_on, protection, source_row, failed_key, reason"
        " from landing.rejected_registry__persons",
    )
    assert found == [
        (
            "199904152387",
            "1999-02-31",
            "X",
            3,
            "birth_on_is_valid",
            "birth_on is not a valid date. A value that is no date cannot be used.",
        )
    ]
    assert rows(ws, "select source_row from landing.landing_registry__persons order by 1") == [
        (1,), (2,), (4,),
    ]  # fmt: skip


def test_all_rows_that_share_a_key_are_set_aside(delivery, tmp_path):
    """Of two rows with one number nobody can say which is right."""
    delivery.rows["registry/personer.csv"][3]["personnummer"] = "19990415-2387"
    ws = landed(delivery.write(), tmp_path / "home")
    found = rows(
        ws,
        "select source_row, failed_key from landing.rejected_registry__persons order by row_id",
    )
    assert found == [(3, "key_is_unique"), (4, "key_is_unique")]


def test_an_emptied_cell_is_marked_and_its_row_kept(delivery, tmp_path):
    """A lease with a wrong number stays, without the number, and the loss is noted by place."""
    delivery.rows["tenancy/kontrakt.csv"][1]["hyresgast_personnummer"] = "197002019804"
    ws = landed(delivery.write(), tmp_path / "home")
    assert rows(
        ws,
        "select lease_number, tenant_personnummer from landing.landing_tenancy__leases order by 1",
    ) == [("K1", "197002019805"), ("K2", None)]
    assert rows(ws, "from work.emptied_cells") == [
        ("tenancy__leases", 6 * ROWS_PER_FILE + 2, "tenant_personnummer")
    ]


def test_several_files_keep_their_own_row_numbers(delivery, tmp_path):
    """Row ids follow the manifest's paths, source rows the file."""
    other = [{**row, "hyresvard": "Stora Hus"} for row in delivery.rows["tenancy/kontrakt.csv"]]
    first, delivery.rows["tenancy/kontrakt.csv"] = delivery.rows["tenancy/kontrakt.csv"], other
    delivery.content["tenancy/a_hus.csv"] = delivery.csv("tenancy/kontrakt.csv")
    delivery.n_rows["tenancy/a_hus.csv"] = 2
    delivery.rows["tenancy/kontrakt.csv"] = first
    ws = landed(delivery.write(), tmp_path / "home")
    assert rows(
        ws,
        "select landlord, source_file, source_row, row_id // 1099511627776"
        " from landing.landing_tenancy__leases order by row_id",
    ) == [
        ("Stora Hus", "tenancy/a_hus.csv", 1, 6),
        ("Stora Hus", "tenancy/a_hus.csv", 2, 6),
        ("Hyresbolaget AB", "tenancy/kontrakt.csv", 1, 7),
        ("Hyresbolaget AB", "tenancy/kontrakt.csv", 2, 7),
    ]


def test_columns_may_come_in_any_order_and_quoted(delivery, tmp_path):
    """Names decide, not places; quoted delimiters and line ends stay inside their cell."""
    row = delivery.rows["registry/relationer.csv"][0]
    header = list(reversed(row))
    cells = ";".join(f'"{row[name]}"' for name in header)
    delivery.rows["registry/relationer.csv"] = [row]
    delivery.content["registry/relationer.csv"] = f"{';'.join(header)}\r\n{cells}\r\n".encode()
    delivery.rows["tenancy/kontrakt.csv"][0]["adress"] = 'Björk"vägen";\n1 A'
    ws = landed(delivery.write(), tmp_path / "home")
    assert rows(ws, "select relation_type, from_on from landing.landing_registry__relations") == [
        ("M", date(1998, 6, 20))
    ]
    assert rows(
        ws, "select address, source_row from landing.landing_tenancy__leases order by row_id"
    ) == [('Björk"vägen";\n1 A', 1), ("Björkvägen 1 A", 2)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "cp1252"])
def test_every_encoding_gives_the_same_letters(delivery, tmp_path, encoding: str):
    """Å, ä and ö are right whatever the source writes, and no copy of the file is left behind."""
    delivery.encodings["registry/personer.csv"] = encoding
    ws = landed(delivery.write(), tmp_path / "home")
    assert rows(
        ws,
        "select first_name, city from landing.landing_registry__persons where source_row = 3",
    ) == [("Åsa", "Södertälje")]
    assert not list(ws.dir.rglob("*.csv"))


def test_windows_1252_letters_that_latin_1_lacks(delivery, tmp_path):
    """Dashes and š are letters of windows-1252."""
    delivery.rows["tenancy/kontrakt.csv"][0]["hyresgast_namn"] = "Šárka – “Ek”"
    delivery.encodings["tenancy/kontrakt.csv"] = "windows-1252"
    ws = landed(delivery.write(), tmp_path / "home")
    assert rows(ws, "select tenant_name from landing.landing_tenancy__leases order by row_id")[
        0
    ] == ("Šárka – “Ek”",)


def test_a_broken_capital_in_iso_8859_1_is_no_reason_to_refuse(delivery, tmp_path):
    """Ö written in UTF-8 and read as latin-1 leaves the byte 0x96; the row lands as it came."""
    broken = "Östra vägen 1".encode().decode("iso-8859-1")
    delivery.rows["tenancy/kontrakt.csv"][0]["adress"] = broken
    delivery.encodings["tenancy/kontrakt.csv"] = "iso-8859-1"
    ws = landed(delivery.write(), tmp_path / "home")
    found = rows(ws, "select address from landing.landing_tenancy__leases order by row_id")
    assert found[0] == (broken,)


def test_parquet_lands_as_csv_does(delivery, tmp_path):
    """Typed cells (dates, timestamps, numbers) become the same rows as their text."""
    csv_rows = _leases(landed(delivery.write(), tmp_path / "csv"))
    frame = pl.DataFrame(delivery.rows["tenancy/kontrakt.csv"]).with_columns(
        pl.col("fran_datum").str.to_datetime("%Y-%m-%d"),
        pl.col("till_datum").replace("", None).str.to_date("%Y-%m-%d"),
        pl.col("manadshyra").str.replace(",", ".").cast(pl.Float64),
        pl.col("area").replace("", None).str.replace(",", ".").cast(pl.Float32),
        pl.col("antal_rum").replace("", None).cast(pl.Int64),
        pl.col("postnummer").cast(pl.Int32),
        pl.col("hyresgast_personnummer").cast(pl.Int64),
    )
    file = tmp_path / "kontrakt.parquet"
    frame.write_parquet(file)
    _replace(delivery, "tenancy/kontrakt.csv", "tenancy/kontrakt.parquet", file)
    assert _leases(landed(delivery.write(), tmp_path / "parquet")) == csv_rows


def test_excel_lands_as_csv_does_with_the_sheets_row_numbers(delivery, tmp_path):
    """Numbers and days that Excel made of the cells become text again; blank rows only count."""
    csv_rows = _leases(landed(delivery.write(), tmp_path / "csv"))
    leases = delivery.rows["tenancy/kontrakt.csv"]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(leases[0]))
    for row in leases:
        sheet.append([None] * len(row))
        sheet.append([_as_excel(name, value) for name, value in row.items()])
    file = tmp_path / "kontrakt.xlsx"
    book.save(file)
    _replace(delivery, "tenancy/kontrakt.csv", "tenancy/kontrakt.xlsx", file)
    ws = landed(delivery.write(), tmp_path / "xlsx")
    assert _leases(ws) == csv_rows
    assert rows(ws, "select source_row from landing.landing_tenancy__leases order by row_id") == [
        (3,), (5,),
    ]  # fmt: skip


def _as_excel(name: str, value: str) -> object:
    if value == "":
        return None
    if name in {"fran_datum", "till_datum"}:
        return date.fromisoformat(value)
    if name in {"manadshyra", "area"}:
        return float(value.replace(",", "."))
    if name in {"antal_rum", "postnummer", "hyresgast_personnummer", "lagenhetsnummer"}:
        return int(value)
    return value


def _replace(delivery, old: str, new: str, file: Path) -> None:
    delivery.n_rows[new] = len(delivery.rows.pop(old))
    delivery.content[new] = file.read_bytes()


def _leases(ws: Workspace) -> list[tuple[Any, ...]]:
    return rows(
        ws,
        "select * exclude (row_id, source_file, source_row) from landing.landing_tenancy__leases"
        " order by lease_number",
    )


def test_errors_hold_no_value_of_the_file(delivery, tmp_path):
    """DuckDB quotes the broken line in its message; ours does not, nor does its context."""
    content = delivery.csv("tenancy/kontrakt.csv").decode().splitlines()
    content[2] = content[2].replace("Anna Ek", "Anna Ek;Kanarieberg")
    delivery.content["tenancy/kontrakt.csv"] = ("\n".join(content) + "\n").encode()
    with pytest.raises(DeliveryRefused) as caught:
        landed(delivery.write(), tmp_path / "home")
    assert str(caught.value).startswith("tenancy/kontrakt.csv: data record 2 cannot be read as CSV")
    assert "Kanarieberg" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_missing_header_shows_no_person(delivery, tmp_path):
    """Where the header should be stand people: the message names what was expected, not them."""
    content = delivery.csv("registry/personer.csv").splitlines(keepends=True)
    delivery.content["registry/personer.csv"] = b"".join(content[1:])
    delivery.n_rows["registry/personer.csv"] = 3
    with pytest.raises(DeliveryRefused) as caught:
        landed(delivery.write(), tmp_path / "home")
    assert "Anna" not in str(caught.value)
    assert "1970" not in str(caught.value)


def test_landing_twice_gives_the_same(delivery, tmp_path):
    """A retried run starts over."""
    ws = landed(delivery.write(), tmp_path / "home")
    first = rows(ws, "from landing.landing_registry__persons order by row_id")
    land(ws)
    assert rows(ws, "from landing.landing_registry__persons order by row_id") == first


def test_the_practice_delivery_lands_whole(tmp_path):
    """A delivery that this project did not make: nothing set aside, nothing emptied."""
    if not PRACTICE.exists():
        pytest.skip("../shared is not here")
    ws = Workspace(Home.open(tmp_path), "run", open_delivery(PRACTICE / "2026-10-01"))
    assert land(ws) == {"n_landed": 114602, "n_rejected": 0}
    assert rows(ws, "select count(*) from work.emptied_cells") == [(0,)]
    [(wrong,)] = rows(
        ws,
        "select count(*) from landing.landing_registry__relations l join (select row_number() over"
        " () as n, personnummer, relation_personnummer from read_csv("
        f"'{PRACTICE}/2026-10-01/registry/relationer.csv', delim = ';', all_varchar = true,"
        " parallel = false)) d on n = source_row where l.personnummer <> d.personnummer or"
        " related_personnummer <> relation_personnummer",
    )
    assert wrong == 0


@pytest.mark.slow
def test_row_numbers_are_exact_when_read_in_parallel(delivery, tmp_path):
    """60 MB, read by several threads: each row knows its place in the file."""
    row = delivery.rows["registry/relationer.csv"][0]
    lines = [";".join(row)]
    n_rows = 1_500_000
    lines += [f"197002019805;M;196803129813;1998-06-20;{'' if i % 3 else i}" for i in range(n_rows)]
    delivery.content["registry/relationer.csv"] = "\n".join(lines).encode()
    delivery.n_rows["registry/relationer.csv"] = n_rows
    ws = Workspace(Home.open(tmp_path / "home"), "run", open_delivery(delivery.write()), threads=4)
    land(ws)
    [(n_kept, n_rejected, n_wrong)] = rows(
        ws,
        "select (select count(*) from landing.landing_registry__relations), count(*),"
        " count(*) filter (source_row <> to_on::bigint + 1)"
        " from landing.rejected_registry__relations where to_on is not null",
    )
    assert (n_kept, n_rejected, n_wrong) == (0, n_rows // 3, 0)
