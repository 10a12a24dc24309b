"""Names of files are shown and logged: one that may hold personal data is refused unrepeated."""

from __future__ import annotations

import json
from datetime import date
from time import process_time

import pytest

from data_contracts.delivery import open_delivery
from data_contracts.errors import DeliveryRefused
from data_contracts.file_names import fault

AS_OF = date(2026, 10, 1)


@pytest.mark.parametrize(
    "path",
    [
        "registry/personer.csv",
        "tenancy/Björks Fastigheter AB (2).xlsx",
        "tenancy/kontrakt_5560360793.csv",  # an organisation number
        "tenancy/kontrakt_202610010419.csv",  # times of export that pass as numbers
        "tenancy/kontrakt_261002-0416.csv",
        "tenancy/kontrakt_20261001041530.csv",
    ],
)
def test_usual_names_are_let_be(path):
    """A landlord's name, an organisation number and a time are no person."""
    assert fault(path, AS_OF) == ""


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("tenancy/Anna Ek 197002019805.csv", "personal number"),
        ("tenancy/700201-9805.csv", "personal number"),
        ("tenancy/7002019805/k.csv", "personal number"),
        ("tenancy/19700261-9802.csv", "personal number"),
        ("tenancy/k\n- all is well.csv", "common signs"),
        ("tenancy/\x1b[31mk.csv", "common signs"),
        ("tenancy/k\u202evsc.csv", "common signs"),
        ("tenancy/" + "k" * 300 + ".csv", "longer than 200"),
        ("../personer.csv", "leaves the delivery"),
        ("/etc/passwd", "leaves the delivery"),
        ("registry/./personer.csv", "leaves the delivery"),
        ("registry\\personer.csv", "leaves the delivery"),
        ("registry/personer\0.csv", "common signs"),
    ],
)
def test_other_names_are_refused_unrepeated(delivery, path, said):
    """The whole delivery is refused, and the message names the file by its place."""
    folder = delivery.write()
    told = json.loads((folder / "manifest.json").read_text())
    told["files"][0]["path"] = path
    (folder / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(DeliveryRefused, match=said) as refused:
        open_delivery(folder)
    assert path not in str(refused.value)
    assert "The path of file" in str(refused.value)


def test_a_link_that_leads_to_itself_is_refused(delivery):
    """No file can be read there, and nobody is left waiting."""
    folder = delivery.write()
    file = folder / "tenancy/kontrakt.csv"
    file.unlink()
    file.symlink_to(file)
    with pytest.raises(DeliveryRefused, match="leaves the delivery"):
        open_delivery(folder)


@pytest.mark.parametrize("encoding", ["utf-8\0", "x" * 10_000])
def test_an_encoding_that_is_no_name_is_refused(delivery, encoding):
    """Codecs raise more than one error for it."""
    folder = delivery.write()
    told = json.loads((folder / "manifest.json").read_text())
    told["files"][0]["encoding"] = encoding
    (folder / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(DeliveryRefused, match="unknown encoding"):
        open_delivery(folder)


def test_a_manifest_of_many_files_is_read_in_a_moment(delivery):
    """Work grows with the number of files and not with its square."""
    folder = delivery.write()
    told = json.loads((folder / "manifest.json").read_text())
    told["files"] += [{**told["files"][0], "path": f"tenancy/{n}.csv"} for n in range(40_000)]
    (folder / "manifest.json").write_text(json.dumps(told))
    started = process_time()
    with pytest.raises(DeliveryRefused, match="lost on the way"):
        open_delivery(folder)
    assert process_time() - started < 9  # 3 s; each against each takes 20
