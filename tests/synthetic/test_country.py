"""A country in parts: one delivery in which no two parts share a number or a place."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.home import Home
from assets.workspace import Workspace
from data_contracts.delivery import open_delivery
from pipelines.stages import night
from synthetic import country, numbers
from synthetic.parts import REGIONS, Part
from tests.synthetic.a_town import NIGHTS, Delivered

N_PARTS = 2


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    out = tmp_path_factory.mktemp("country")
    country.deliver(600 * N_PARTS, 5, NIGHTS[0], out / "delivery", largest_part=600)
    return Delivered(out)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("registry/personer", ["personnummer"]),
        ("registry/lagenheter", ["fastighetsbeteckning", "belagenhetsadress", "lagenhetsnummer"]),
        ("tenancy/kontrakt", ["kontraktsnummer"]),
        ("benefits/beslut", ["beslutsid"]),
        ("vehicles/fordon", ["registreringsnummer"]),
    ],
)
def test_a_key_stands_once(joined: Delivered, table: str, key: list[str]) -> None:
    rows = joined.table(table).select(key)
    assert rows.height > N_PARTS * 100
    assert rows.n_unique() == rows.height


def test_parts_share_no_postcode_and_no_phone(joined: Delivered) -> None:
    homes = joined.table("registry/lagenheter").with_columns(
        region=pl.col("fastighetsbeteckning").str.extract(r"^(\S+)")
    )
    assert set(homes["region"]) == {region.name for region in REGIONS[:N_PARTS]}
    for place in ("postnummer", "postort"):
        assert (
            homes.group_by(place).agg(pl.col("region").n_unique())["region"].to_list()
            == [1] * homes[place].n_unique()
        )
    decisions = joined.table("benefits/beslut").drop_nulls("telefon")
    region = homes.select("region", p=pl.col("postnummer").str.slice(0, 2)).unique()
    phones = decisions.select(
        pl.col("telefon").str.replace_all(r"[^0-9]", "").str.slice(-7),
        p=pl.col("uppgiven_postnummer").str.extract(r"(\d\d)"),
    ).join(region, on="p")
    first_digit = phones.group_by("region").agg(pl.col("telefon").str.slice(0, 1).unique())
    assert sorted(digit for digits in first_digit["telefon"] for digit in digits) == list("89")


def test_the_manifest_counts_and_hashes_what_was_joined(joined: Delivered) -> None:
    folder = joined.out / "delivery" / NIGHTS[0].isoformat()
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    for file in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]:
        content = (folder / file["path"]).read_bytes()
        assert content.count(b"\r\n") == file["rows"] + 1
        assert hashlib.sha256(content).hexdigest() == file["sha256"]


def test_a_night_accepts_the_country_as_one_home(joined: Delivered, tmp_path: Path) -> None:
    delivery = open_delivery(joined.out / "delivery" / NIGHTS[0].isoformat())
    home = Home.open(tmp_path / "home")
    home.settle(delivery.municipality_code)
    ws = Workspace(home, "run", delivery)
    for stage in night():
        stage.run(ws)
        if stage.name == "core_addresses":
            break
    with ws.connect() as con:
        [(n_people, n_dwellings, n_placed)] = con.sql(
            "select (select count(*) from core_persons), (select count(*) from core_dwellings),"
            " (select count(*) from core_persons where dwelling_id is not null)"
        ).fetchall()
    assert n_dwellings == pytest.approx(joined.table("registry/lagenheter").height, rel=0.02)
    assert n_placed > 0.9 * n_people > 500 * N_PARTS


def test_personal_numbers_of_parts_differ_on_one_date() -> None:
    """Sixty of one date each in eight parts: more than a part has there, so some move days."""
    day = int(pl.Series([date(1981, 2, 10)]).cast(pl.Int32)[0])
    birth = pl.Series([day] * 60).to_numpy()
    nobody = birth < 0
    made = [
        numbers.allocate(birth, nobody, nobody, day + 10_000, Part(index, 8)).tolist()
        for index in range(8)
    ]
    every = [number for part in made for number in part]
    assert len(set(every)) == len(every) == 480
    assert {str(number)[:6] for number in every} == {"198102"}


def test_more_parts_than_regions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there are 8 regions"):
        country.deliver(9_000, 1, NIGHTS[0], tmp_path, largest_part=1_000)
