"""Every kind of bad input has the outcome and the message that docs/bad_input.md states."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.sizes import remember
from assets.workspace import Workspace
from data_contracts.errors import DeliveryRefused
from tests.assets.a_passage import night

DOCUMENT = Path(__file__).parents[2] / "docs/bad_input.md"
PERSONS, LEASES, MOVES = "registry/personer.csv", "tenancy/kontrakt.csv", "registry/flyttningar.csv"

Spoil = Callable[[Any], Path]
INPUTS: dict[str, Spoil] = {}


def documented() -> dict[str, tuple[str, str]]:
    """Input: (outcome, message), from the table in docs/bad_input.md."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return {name: (outcome, said) for name, outcome, said in cells[2:]}


def bad(name: str) -> Callable[[Spoil], Spoil]:
    """Registers how a valid delivery is spoiled in one way."""

    def register(spoil: Spoil) -> Spoil:
        INPUTS[name] = spoil
        return spoil

    return register


def after(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The folder with its manifest changed."""
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@bad("missing manifest")
def _(delivery):
    folder = delivery.write()
    (folder / "manifest.json").unlink()
    return folder


@bad("unreadable manifest")
def _(delivery):
    folder = delivery.write()
    (folder / "manifest.json").write_bytes(b'{"extract_date": ')
    return folder


@bad("folder named otherwise than the extract date")
def _(delivery):
    return delivery.write(extract_date="2026-10-02")


@bad("path that leaves the delivery")
def _(delivery):
    return after(delivery.write(), lambda m: m["files"][0].update(path="../personer.csv"))


@bad("file name with a personal number")
def _(delivery):
    delivery.content["tenancy/Anna Ek 19700201-9805.csv"] = delivery.csv(LEASES)
    return delivery.write()


@bad("missing file")
def _(delivery):
    folder = delivery.write()
    (folder / LEASES).unlink()
    return folder


@bad("missing registry/personer")
def _(delivery):
    del delivery.rows[PERSONS]
    return delivery.write()


@bad("missing other source")
def _(delivery):
    del delivery.rows["vehicles/fordon.csv"]
    return delivery.write()


@bad("file of no contract")
def _(delivery):
    delivery.content["extra/lista.csv"] = b"a;b\n"
    return delivery.write()


@bad("truncated file")
def _(delivery):
    folder = delivery.write()
    content = (folder / LEASES).read_bytes()
    (folder / LEASES).write_bytes(content[:-20])
    return folder


@bad("wrong hash")
def _(delivery):
    return after(delivery.write(), lambda m: m["files"][0].update(sha256="0" * 64))


@bad("wrong number of rows")
def _(delivery):
    delivery.n_rows[LEASES] = 3
    return delivery.write()


@bad("wrong encoding")
def _(delivery):
    delivery.encodings[LEASES] = "iso-8859-1"
    return after(delivery.write(), lambda m: [f.update(encoding="utf-8") for f in m["files"]])


@bad("UTF-8 declared as something else")
def _(delivery):
    return after(delivery.write(), lambda m: m["files"][4].update(encoding="iso-8859-1"))


@bad("unknown encoding")
def _(delivery):
    return after(delivery.write(), lambda m: m["files"][4].update(encoding="ebcdic-se"))


@bad("unclosed quotation mark")
def _(delivery):
    delivery.content[LEASES] = delivery.csv(LEASES).replace(b"Anna Ek", b'"Anna Ek', 1)
    return delivery.write()


@bad("row with another number of fields")
def _(delivery):
    delivery.content[LEASES] = delivery.csv(LEASES).replace(b"Anna Ek", b"Anna;Ek", 1)
    return delivery.write()


@bad("200 MB line")
def _(delivery):
    delivery.content[LEASES] = delivery.csv(LEASES) + b"x" * 200_000_000 + b"\n"
    delivery.n_rows[LEASES] = 3
    return delivery.write()


@bad("empty file (0 bytes)")
def _(delivery):
    delivery.content[LEASES] = b""
    delivery.n_rows[LEASES] = 0
    return delivery.write()


@bad("empty registry/personer (header only)")
def _(delivery):
    delivery.rows[PERSONS] = []
    return delivery.write()


@bad("empty other table (header only)")
def _(delivery):
    delivery.rows[LEASES] = []
    return delivery.write()


@bad("no header row")
def _(delivery):
    delivery.content[PERSONS] = b"".join(delivery.csv(PERSONS).splitlines(keepends=True)[1:])
    delivery.n_rows[PERSONS] = 3
    return delivery.write()


@bad("renamed column")
def _(delivery):
    old, new = b"utdelningsadress;postnummer", b"utdelningsadr;postnummer"
    delivery.content[MOVES] = delivery.csv(MOVES).replace(old, new, 1)
    return delivery.write()


@bad("missing protection column")
def _(delivery):
    delivery.content[PERSONS] = b"\n".join(
        b";".join(cell for place, cell in enumerate(line.split(b";")) if place != 22)
        for line in delivery.csv(PERSONS).splitlines()
    )
    return delivery.write()


@bad("unknown column")
def _(delivery):
    header, *lines = delivery.csv(LEASES).splitlines()
    delivery.content[LEASES] = b"\n".join([header + b";anteckning", *(x + b";text" for x in lines)])
    return delivery.write()


@bad("row run into the header row")
def _(delivery):
    delivery.content[PERSONS] = delivery.csv(PERSONS).replace(b"\n", b"", 1)
    delivery.n_rows[PERSONS] = 3
    return delivery.write()


@bad("broken Excel workbook")
def _(delivery):
    delivery.content["tenancy/kontrakt.xlsx"] = b"PK\x03\x04 no workbook"
    return delivery.write()


@bad("broken Parquet file")
def _(delivery):
    delivery.content["tenancy/kontrakt.parquet"] = b"PAR1 no parquet PAR1"
    return delivery.write()


@bad("broken date")
def _(delivery):
    delivery.rows[PERSONS][2]["fodelsedatum"] = "1999-02-31"
    return delivery.write()


@bad("wrong check digit in registry/personer")
def _(delivery):
    delivery.rows[PERSONS][2]["personnummer"] = "199904152388"
    return delivery.write()


@bad("wrong check digit elsewhere")
def _(delivery):
    delivery.rows[LEASES][1]["hyresgast_personnummer"] = "199904152388"
    return delivery.write()


@bad("duplicated key")
def _(delivery):
    delivery.rows[PERSONS].append(delivery.rows[PERSONS][2])
    return delivery.write()


@bad("empty required cell")
def _(delivery):
    delivery.rows[LEASES][1]["kontraktsnummer"] = " "
    return delivery.write()


@bad("unknown code")
def _(delivery):
    delivery.rows[PERSONS][2] |= {
        "avregistreringskod": "XX",
        "avregistreringsdatum": "2026-01-01",
    }
    return delivery.write()


def _shrunk(delivery, path: str) -> Path:
    """The night after one with more rows: 3 of 40 are left."""
    row = delivery.rows[path][0]
    key = next(iter(row))
    before = delivery.folder
    delivery.folder = before.parent / "2026-09-30"
    kept = delivery.rows[path]
    delivery.rows[path] = [{**row, key: f"{row[key]}{number}"} for number in range(40)]
    ws, _ = night(delivery.write(extract_date="2026-09-30"), before.parents[1] / "home", "before")
    remember(ws)
    delivery.folder, delivery.rows[path] = before, kept
    return delivery.write()


@bad("table that shrank and stops")
def _(delivery):
    return _shrunk(delivery, "registry/lagenheter.csv")


@bad("table that shrank and suspends")
def _(delivery):
    return _shrunk(delivery, LEASES)


@bad("most rows set aside")
def _(delivery):
    row = delivery.rows[LEASES][0]
    delivery.rows[LEASES] += [
        {**row, "kontraktsnummer": f"X{number}", "fran_datum": "01/05/2010"} for number in range(21)
    ]
    return delivery.write()


@pytest.mark.parametrize("name", documented())
def test_bad_input_has_its_documented_outcome(delivery, name: str):
    """Refused, suspended, quarantined or warned, with the message that the document states."""
    outcome, said = documented()[name]
    folder = INPUTS[name](delivery)
    home = folder.parents[1] / "home"
    if outcome == "refused":
        with pytest.raises(DeliveryRefused) as caught:
            night(folder, home)
        assert said in str(caught.value)
        assert "Anna" not in str(caught.value)
        return
    ws, results = night(folder, home)
    told = {
        "suspended": [reason for _, reason in rows(ws, "from missing_sources")],
        "quarantined": [reason for *_, reason in rows(ws, "from quarantine")],
        "warned": [r.check for r in results if not r.passed and r.on_failure == "warn"],
    }
    assert any(text.startswith(said) for text in told[outcome])
    for other in {"suspended", "quarantined"} - {outcome}:
        assert told[other] == [] or name == "most rows set aside"


def test_every_documented_input_has_its_test():
    """The document and the tests name the same inputs."""
    assert set(INPUTS) == set(documented())


def rows(ws: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with ws.connect() as con:
        return con.execute(sql).fetchall()
