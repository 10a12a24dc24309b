"""Guarantee: on deliveries that this project did not make, nearly every address finds its dwelling.

The landlord's object number ends in property, house number and flat (`26-231-87-1102-P37`); the
product does not read it, so here it is the truth of the leased dwellings.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import polars as pl
import pytest

from matching.addresses import parse_frame
from matching.resolve import resolve

DELIVERY = Path(__file__).resolve().parents[3] / "shared/deliveries/practice/delivery/2026-10-01"
pytestmark = pytest.mark.skipif(not DELIVERY.exists(), reason="no practice delivery beside us")


def table(path: str) -> pl.DataFrame:
    files = json.loads((DELIVERY / "manifest.json").read_text(encoding="utf-8"))["files"]
    encoding = next(file["encoding"] for file in files if file["path"] == path)
    text = (DELIVERY / path).read_bytes().decode(encoding)
    frame = pl.read_csv(io.StringIO(text), separator=";", infer_schema=False)
    return frame.select(pl.all().replace("", None))


@pytest.fixture(scope="module")
def dwellings() -> pl.DataFrame:
    return table("registry/lagenheter.csv").select(
        dwelling_id=pl.concat_str(
            pl.col("fastighetsbeteckning", "belagenhetsadress", "lagenhetsnummer").fill_null(""),
            separator="|",
        ),
        property="fastighetsbeteckning",
        street_address="belagenhetsadress",
        flat_number="lagenhetsnummer",
        postcode="postnummer",
        city="postort",
        n_rooms=pl.col("antal_rum").cast(pl.Int32),
        area_m2=pl.col("bostadsarea").str.replace(",", ".").cast(pl.Float64),
    )


@pytest.fixture(scope="module")
def homes(dwellings: pl.DataFrame) -> dict[str, str]:
    """Registered people and their dwelling, by the stable key."""
    people = table("registry/personer.csv").select(
        text_id="personnummer",
        text="utdelningsadress",
        postcode="postnummer",
        city="postort",
        flat_number="lagenhetsnummer",
        property="fastighetsbeteckning",
    )
    found = resolve(people, dwellings).filter(pl.col("level") == "key")
    return dict(found.select("text_id", "dwelling_id").iter_rows())


def test_registered_people_have_a_key(homes: dict[str, str]) -> None:
    """All but the protected, the deregistered and those on a property without dwellings."""
    assert len(homes) >= 21_900


def test_every_text_is_read() -> None:
    """Every address of every table is a street with a number, or the tax agency's box."""
    columns = [
        ("tenancy/kontrakt.csv", "adress"), ("tenancy/kontrakt.csv", "fakturaadress"),
        ("benefits/beslut.csv", "uppgiven_adress"), ("vehicles/fordon.csv", "agare_adress"),
        ("registry/personer.csv", "utdelningsadress"),
        ("registry/personer.csv", "sarskild_utdelningsadress"),
        ("registry/flyttningar.csv", "utdelningsadress"),
    ]  # fmt: skip
    texts = pl.concat([table(path).select(text=column) for path, column in columns]).drop_nulls()
    nothing = pl.lit(None, pl.String)
    kinds = parse_frame(
        texts.unique().with_columns(postcode=nothing, city=nothing, flat_number=nothing)
    )["kind"]
    assert set(kinds) == {"street", "protected_mail"}


def test_leases(dwellings: pl.DataFrame, homes: dict[str, str]) -> None:
    """At least 98 of 100 leases on dwellings resolve, and every one to the leased dwelling."""
    leases = table("tenancy/kontrakt.csv").filter(pl.col("objekttyp") == "BOSTAD")
    tenant, co_tenant = (
        pl.col(column).replace_strict(homes, default=None, return_dtype=pl.String)
        for column in ("hyresgast_personnummer", "medhyresgast_personnummer")
    )
    texts = leases.select(
        text_id="objektsnummer",
        text="adress",
        postcode="postnummer",
        city="postort",
        flat_number="lagenhetsnummer",
        n_rooms=pl.col("antal_rum").cast(pl.Int32),
        area_m2=pl.col("area").str.replace(",", ".").cast(pl.Float64),
        tenant_dwelling_ids=pl.concat_list(tenant, co_tenant).list.drop_nulls(),
    )
    found = resolve(texts, dwellings)
    resolved = found.drop_nulls("dwelling_id").with_columns(
        leased=pl.col("text_id").str.extract_groups(r"^(\d+)-(\d+)-(\d+)-(\d{4})?"),
        got=pl.col("dwelling_id").str.extract_groups(
            r"(\d+):(\d+)\|[^|]*? (\d+)(?: [A-Z])?\|(\d{4})?$"
        ),
    )
    assert resolved.height >= 0.98 * found.height
    assert resolved.filter(pl.col("leased") != pl.col("got")).height == 0
    assert found.filter(pl.col("level") == "none").height == 0
