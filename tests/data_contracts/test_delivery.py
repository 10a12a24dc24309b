"""Nothing of a delivery is believed before it is verified."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from data_contracts.delivery import Delivery, open_delivery
from data_contracts.errors import DeliveryRefused

PRACTICE = Path(__file__).resolve().parents[3] / "shared/deliveries/practice/delivery"


def refusal(folder: Path) -> str:
    with pytest.raises(DeliveryRefused) as caught:
        open_delivery(folder)
    return str(caught.value)


def edited(folder: Path, **changes: object) -> Path:
    """The manifest with some keys changed in its second file (relationer)."""
    file = folder / "manifest.json"
    raw = json.loads(file.read_text())
    raw["files"][1] |= changes
    file.write_text(json.dumps(raw))
    return folder


def test_a_sound_delivery_opens(delivery):
    """Every file has its contract and its place in the manifest sorted by path."""
    opened = open_delivery(delivery.write())
    assert isinstance(opened, Delivery)
    assert (opened.extract_date, opened.municipality_code, opened.is_synthetic) == (
        date(2026, 10, 1),
        "0181",
        True,
    )
    assert [(file.file_no, file.path, file.contract_id, file.rows) for file in opened.files] == [
        (1, "benefits/beslut.csv", "benefits__decisions", 2),
        (2, "registry/flyttningar.csv", "registry__moves", 2),
        (3, "registry/lagenheter.csv", "registry__dwellings", 2),
        (4, "registry/personer.csv", "registry__persons", 4),
        (5, "registry/relationer.csv", "registry__relations", 2),
        (6, "tenancy/kontrakt.csv", "tenancy__leases", 2),
        (7, "vehicles/fordon.csv", "vehicles__vehicles", 2),
    ]
    assert opened.missing == ()


@pytest.mark.parametrize("night", ["2026-10-01", "2026-10-02", "2026-10-03"])
def test_the_practice_deliveries_open(night: str):
    """A delivery that this project did not make is taken as it is."""
    if not PRACTICE.exists():
        pytest.skip("../shared is not here")
    opened = open_delivery(PRACTICE / night)
    missing = ("vehicles__vehicles",) if night == "2026-10-03" else ()
    assert (opened.extract_date.isoformat(), opened.missing) == (night, missing)


def test_several_files_make_one_table(delivery):
    """One file per landlord: both belong to the same contract."""
    delivery.content["tenancy/stora_hus.csv"] = delivery.csv("tenancy/kontrakt.csv")
    delivery.n_rows["tenancy/stora_hus.csv"] = 2
    opened = open_delivery(delivery.write())
    assert [file.path for file in opened.files_of("tenancy__leases")] == [
        "tenancy/kontrakt.csv",
        "tenancy/stora_hus.csv",
    ]


def test_a_missing_source_is_named_not_refused(delivery):
    """Only the register of persons is required."""
    del delivery.rows["vehicles/fordon.csv"]
    assert open_delivery(delivery.write()).missing == ("vehicles__vehicles",)


@pytest.mark.parametrize(
    "path",
    [
        "../personer.csv",
        "/etc/passwd",
        "registry/../../x.csv",
        "registry//x.csv",
        "a\\b.csv",
        "./x.csv",
    ],
)
def test_no_path_leaves_the_delivery(delivery, path: str):
    """The manifest cannot make us read a file outside its folder."""
    assert "leaves the delivery" in refusal(edited(delivery.write(), path=path))


def test_no_link_leaves_the_delivery(delivery, tmp_path: Path):
    """Nor can a symbolic link in the folder."""
    folder = delivery.write()
    outside = tmp_path / "outside.csv"
    file = folder / "registry/relationer.csv"
    file.rename(outside)
    file.symlink_to(outside)
    assert "leaves the delivery" in refusal(folder)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rows": "2"}, "files.1.rows: Input should be a valid integer"),
        ({"rows": -1}, "files.1.rows"),
        ({"sha256": "abc"}, "files.1.sha256"),
        ({"encodng": "utf-8"}, "unknown key files.1.encodng, did you mean encoding?"),
        ({"encoding": "ebcdic"}, "unknown encoding"),
        ({"path": "registry/personer.csv"}, "stands twice in the manifest"),
        ({"path": "registry/relationer.xml"}, "the format must be one of csv, parquet, xlsx"),
    ],
)
def test_a_wrong_manifest_entry_is_named(delivery, changes: dict[str, object], said: str):
    """The message names the entry and what is allowed there."""
    assert said in refusal(edited(delivery.write(), **changes))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not readable as JSON"),
        (b"[]", "must be a JSON object"),
        (b'{"files": [], "files": []}', "gives a key twice"),
        (b"\xff\xfe", "not readable as JSON"),
        (b"{}", "extract_date: Field required"),
        (b"[" * 100_000, "not readable as JSON"),
    ],
)
def test_an_unreadable_manifest_is_refused(delivery, content: bytes, said: str):
    """Broken JSON of any kind gives a sentence, never a traceback."""
    folder = delivery.write()
    (folder / "manifest.json").write_bytes(content)
    assert said in refusal(folder)


def test_keys_of_the_senders_own_are_let_be(delivery):
    """A sender may say more than we read."""
    assert open_delivery(delivery.write(produced_by="registerenheten")).is_synthetic


def test_all_findings_are_told_at_once(delivery):
    """One refusal names every file that is wrong."""
    delivery.n_rows |= {"tenancy/kontrakt.csv": 7, "vehicles/fordon.csv": 9}
    said = refusal(delivery.write())
    assert "tenancy/kontrakt.csv: 2 data records, the manifest says 7" in said
    assert "vehicles/fordon.csv: 2 data records, the manifest says 9" in said
