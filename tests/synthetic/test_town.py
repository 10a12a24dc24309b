"""The generator's promises: same bytes, the sources' format, and references that hold."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from synthetic import numbers, town
from synthetic.parameters import INNOCENT, PLANTED, Parameters
from synthetic.registry_text import NO_DWELLING
from tests.synthetic.a_town import NIGHTS, Delivered

PRACTICE = Path(__file__).resolve().parents[3] / "shared" / "deliveries" / "practice" / "delivery"
TABLES = (
    "registry/personer",
    "registry/relationer",
    "registry/flyttningar",
    "registry/lagenheter",
    "tenancy/kontrakt",
    "benefits/beslut",
    "vehicles/fordon",
)


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in sorted(folder.rglob("*"))
        if f.is_file()
    }


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_same_arguments_give_the_same_bytes(tmp_path: Path, kind: str) -> None:
    """Two runs with one seed write identical files in every format; another seed does not."""
    formats = dict.fromkeys(TABLES, kind)
    for name, seed in (("one", 3), ("two", 3), ("other", 4)):
        town.make(800, seed, date(2026, 10, 1), tmp_path / name, formats=formats)  # type: ignore[arg-type]
    assert _hashes(tmp_path / "one") == _hashes(tmp_path / "two")
    assert _hashes(tmp_path / "one") != _hashes(tmp_path / "other")


def test_formats_hold_the_same_cells(tmp_path: Path) -> None:
    """A table as Parquet or Excel holds the texts of the CSV."""
    path = "registry/lagenheter"
    for kind in ("csv", "parquet", "xlsx"):
        town.make(800, 3, date(2026, 10, 1), tmp_path / kind, formats={path: kind})  # type: ignore[dict-item]
    folder = "delivery/2026-10-01"
    csv = pl.read_csv(tmp_path / "csv" / folder / f"{path}.csv", separator=";", infer_schema=False)
    parquet = pl.read_parquet(tmp_path / "parquet" / folder / f"{path}.parquet")
    excel = pl.read_excel(
        tmp_path / "xlsx" / folder / f"{path}.xlsx", infer_schema_length=0
    ).with_columns(pl.all().cast(pl.String))
    assert csv.equals(parquet)
    assert csv.equals(excel)


@pytest.mark.parametrize("name", TABLES)
def test_headers_are_those_of_the_sources(delivered: Delivered, name: str) -> None:
    """Every file has exactly the columns, in the order, of a delivery that others made."""
    real = PRACTICE / "2026-10-01" / f"{name}.csv"
    if not real.exists():
        pytest.skip("the practice delivery is not beside this checkout")
    header = real.read_bytes().split(b"\r\n", 1)[0]
    ours = delivered.out / "delivery" / "2026-10-01" / f"{name}.csv"
    assert ours.read_bytes().split(b"\r\n", 1)[0] == header


def test_manifest_names_every_file_with_its_rows_and_hash(delivered: Delivered) -> None:
    """The manifest says synthetic, the date, and per file encoding, rows and sha256."""
    for night, on in enumerate(NIGHTS):
        folder = delivered.out / "delivery" / on.isoformat()
        manifest = json.loads((folder / "manifest.json").read_text())
        assert list(manifest) == ["extract_date", "municipality_code", "synthetic", "files"]
        assert (manifest["extract_date"], manifest["municipality_code"]) == (on.isoformat(), "0181")
        assert manifest["synthetic"] is True
        expected = [t for t in TABLES if night != 2 or t != "vehicles/fordon"]
        assert [f["path"] for f in manifest["files"]] == [f"{t}.csv" for t in expected]
        for file in manifest["files"]:
            content = (folder / file["path"]).read_bytes()
            assert file["sha256"] == hashlib.sha256(content).hexdigest()
            assert file["rows"] == delivered.table(file["path"][:-4], night).height
            content.decode(file["encoding"])


def test_every_number_is_a_valid_test_number(delivered: Delivered) -> None:
    """Personal numbers pass Luhn, are dated no later than the extract and use test series."""
    people = delivered.table("registry/personer")["personnummer"]
    assert people.n_unique() == people.len()
    value = people.cast(pl.Int64).to_numpy()
    assert (numbers.luhn_digit(value // 10 % 10**9) == value % 10).all()
    assert set((value // 10 % 1000).tolist()) == {980, 981, 238, 239}
    day = people.str.slice(6, 2).cast(pl.Int64)
    plain = pl.select(
        pl.concat_str(
            people.str.slice(0, 6),
            (day - 60 * (day > 60).cast(pl.Int64)).cast(pl.String).str.zfill(2),
        )
    )[:, 0]
    assert plain.str.to_date("%Y%m%d").max() <= date(2026, 10, 1)  # type: ignore[operator]


def test_references_hold(delivered: Delivered) -> None:
    """Every person, dwelling and co-tenant that a file names stands in the registers."""
    people = set(delivered.table("registry/personer")["personnummer"])
    for table, columns in {
        "registry/relationer": ("personnummer", "relation_personnummer"),
        "registry/flyttningar": ("personnummer",),
        "tenancy/kontrakt": ("hyresgast_personnummer", "medhyresgast_personnummer"),
        "benefits/beslut": ("mottagare_personnummer", "medsokande_personnummer"),
        "vehicles/fordon": ("brukare_personnummer",),
    }.items():
        for column in columns:
            named = delivered.table(table)[column].drop_nulls()
            value = named.cast(pl.Int64).to_numpy()
            is_valid = numbers.luhn_digit(value // 10 % 10**9) == value % 10
            assert set(named.filter(is_valid)) <= people, (table, column)
            assert (~is_valid).sum() <= (8 if column == "hyresgast_personnummer" else 0)
    for table, column in {
        "tenancy/kontrakt": "kontraktsnummer",
        "benefits/beslut": "beslutsid",
        "vehicles/fordon": "registreringsnummer",
    }.items():
        keys = delivered.table(table)[column]
        assert keys.n_unique() == keys.len(), table
    homes = delivered.table("registry/lagenheter").select("fastighetsbeteckning").unique()
    placed = delivered.table("registry/personer").drop_nulls("fastighetsbeteckning")
    unknown = placed.join(homes, on="fastighetsbeteckning", how="anti")["fastighetsbeteckning"]
    assert all("Industri" in p or p == NO_DWELLING for p in unknown)
    assert NO_DWELLING in set(unknown)


def test_relations_stand_in_both_directions(delivered: Delivered) -> None:
    """Spouse with spouse, child with mother or father, custody with custody."""
    rows = delivered.table("registry/relationer")
    back = {"M": ("M",), "B": ("MO", "FA"), "VF": ("V",)}
    for kind, kinds in back.items():
        there = rows.filter(pl.col("relationstyp") == kind).select(
            "personnummer", "relation_personnummer"
        )
        here = rows.filter(pl.col("relationstyp").is_in(kinds)).select(
            personnummer="relation_personnummer", relation_personnummer="personnummer"
        )
        assert there.height > 100
        assert there.join(here, on=there.columns, how="anti").is_empty()
        assert there.height == here.height


def test_truth_names_what_is_there(delivered: Delivered) -> None:
    """Planted and innocent people are in the register, their dwellings too, premises excepted."""
    people = set(delivered.table("registry/personer")["personnummer"])
    keys = set(
        delivered.table("registry/lagenheter").select(
            pl.concat_str(
                "fastighetsbeteckning",
                "belagenhetsadress",
                pl.col("lagenhetsnummer").fill_null(""),
                separator="|",
            )
        )[:, 0]
    )
    planted = delivered.truth("planted")
    for case in planted.iter_rows(named=True):
        for person in filter(
            None, [case["main_personnummer"], *(case["other_personnummer"] or "").split()]
        ):
            assert person in people
        for key in case["dwelling_key"].split(" ;; "):
            assert (key in keys) != (case["typology"] == "non_residential"), case
    benign = delivered.truth("benign")
    assert set(benign["personnummer"].drop_nulls()) <= people
    assert set(benign["dwelling_key"].drop_nulls()) <= keys
    assert set(delivered.truth("neutral")["dwelling_key"]) <= keys
    assert set(delivered.truth("groups")["personnummer"]) == people
    innocent = set(benign["personnummer"].drop_nulls())
    assert innocent.isdisjoint(planted["main_personnummer"].drop_nulls())


def test_every_kind_of_story_is_told(delivered: Delivered) -> None:
    """A small town has each planted typology and each innocent class at least once."""
    assert set(delivered.truth("planted")["typology"]) == set(PLANTED)
    told = set(delivered.truth("benign")["benign_class"])
    assert told == set(INNOCENT) | {"special_housing"}


def test_counts_scale_with_the_town() -> None:
    """About 72 matters per 22 000 people, in ten times the town ten times as many."""
    par = Parameters()
    assert sum(PLANTED.values()) == sum(par.scaled(c, 22_000) for c in PLANTED.values())
    assert 60 <= sum(PLANTED.values()) <= 80
    assert sum(par.scaled(c, 220_000) for c in PLANTED.values()) == 10 * sum(PLANTED.values())
    assert all(par.scaled(c, 600) >= 1 for c in INNOCENT.values())


@pytest.mark.parametrize("people", [1_000, 6_000, 30_000])
def test_a_town_has_about_the_people_asked_for(people: int) -> None:
    """The register holds the number of people asked for, give or take five per cent."""
    made, _ = town.invent(people, 5, 20_727, "Södertälje", Parameters())
    slack = 0.35 if people < 2_000 else 0.05  # every story is told once, however small the town
    assert abs(made["people"].height / people - 1) < slack


def test_arguments_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    """Too small a town, unordered nights, unknown formats: the error says what is allowed."""
    with pytest.raises(ValueError, match="at least 500"):
        town.make(10, 1, date(2026, 10, 1), tmp_path)
    with pytest.raises(ValueError, match="rising order"):
        town.make(600, 1, [date(2026, 10, 2), date(2026, 10, 1)], tmp_path)
    with pytest.raises(ValueError, match="csv"):
        town.make(600, 1, date(2026, 10, 1), tmp_path, formats={"tenancy/kontrakt": "ods"})  # type: ignore[dict-item]


def test_one_file_per_landlord_holds_all_leases(tmp_path: Path, delivered: Delivered) -> None:
    """The leases split by landlord are the same rows."""
    town.make(4_000, 7, date(2026, 10, 1), tmp_path, one_file_per_landlord=True)
    folder = tmp_path / "delivery" / "2026-10-01" / "tenancy"
    files = sorted(folder.glob("kontrakt_*.csv"))
    text = [f.read_bytes().decode("iso-8859-1").split("\r\n")[1:-1] for f in files]
    whole = delivered.out / "delivery" / "2026-10-01" / "tenancy" / "kontrakt.csv"
    assert len(files) == 3
    assert sorted(row for rows in text for row in rows) == sorted(
        whole.read_bytes().decode("iso-8859-1").split("\r\n")[1:-1]
    )
