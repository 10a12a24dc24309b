"""What a person's own dwellings, of now and before, settle in texts that leave it open."""

from __future__ import annotations

import pytest

from tests.assets.a_core import Place, Street
from tests.assets.a_street import BJORK_1101, BJORK_1102, EKGATAN

LEASED = "select dwelling_id, address_level, address_certainty from core_leases"


def a_house() -> Street:
    street = Street()
    for place in (BJORK_1101, BJORK_1102, EKGATAN):
        street.dwelling(place)
    return street


@pytest.mark.parametrize(
    ("left", "settled"),
    [
        (BJORK_1101, (BJORK_1101.label, "inferred", 0.8)),
        (BJORK_1102, (BJORK_1101.label, "wrong_postcode", 0.5)),
    ],
)
def test_a_former_home_confirms_an_address_with_a_wrong_postcode(
    tmp_path, left: Place, settled: tuple
):
    """The tenant emigrated from the flat that the text names; from another, it confirms nothing."""
    street = a_house()
    tenant = street.person(
        "gone",
        "1979-03-03",
        "Karin Kvist",
        avregistreringskod="UV",
        avregistreringsdatum="2026-01-15",
    )
    street.move("gone", left, "2015-03-01", "2026-01-15")
    street.lease("K1", "Björkv. 1 A lgh 1101", postnummer="15200", hyresgast_personnummer=tenant)
    assert street.built(tmp_path).rows(LEASED) == [settled]


@pytest.mark.parametrize(("left", "certainty"), [(BJORK_1101, 0.8), (BJORK_1102, 0.7)])
def test_a_former_home_confirms_a_flat_told_apart_by_its_size(
    tmp_path, left: Place, certainty: float
):
    """The text names the house and three rooms; one flat there has them."""
    street = Street()
    street.dwelling(BJORK_1101)
    street.dwelling(BJORK_1102, rooms=2, area="55")
    tenant = street.person("moved", "1979-03-03", "Karin Kvist", street.dwelling(EKGATAN))
    street.move("moved", left, "2015-03-01", "2026-01-15")
    street.lease("K1", "Björkvägen 1 A", antal_rum="3", hyresgast_personnummer=tenant)
    assert street.built(tmp_path).rows(LEASED) == [(BJORK_1101.label, "inferred", certainty)]


def test_a_lease_in_two_peoples_names_is_on_the_flat_of_the_one_named(tmp_path):
    """The number is Bo's, who lives elsewhere; the name is Anna's, who lives in the house."""
    street = a_house()
    street.person("anna", "1970-02-01", "Anna Ek", BJORK_1102)
    number = street.person("bo", "1968-03-12", "Bo Alm", EKGATAN)
    street.lease("K1", "Björkvägen 1 A", hyresgast_personnummer=number, hyresgast_namn="Anna Ek")
    assert street.built(tmp_path).rows(LEASED) == [(BJORK_1102.label, "inferred", 0.95)]


def test_a_street_without_its_dots_is_where_the_tenant_lives(tmp_path):
    """Täppgatan 3 and Tappgatan 3 are two houses; the landlord has no å, ä, ö."""
    dotted, plain = Place("Bo 7:1", "Täppgatan 3"), Place("Bo 8:1", "Tappgatan 3")
    street = Street()
    for place in (dotted, plain):
        street.dwelling(place, bostadstyp="SMAHUS")
    at_home = street.person("anna", "1970-02-01", "Anna Ek", dotted)
    elsewhere = street.person("bo", "1968-03-12", "Bo Alm")
    street.lease("K1", "Tappgatan 3", hyresgast_personnummer=at_home)
    street.lease("K2", "Tappgatan 3", hyresgast_personnummer=elsewhere)
    assert street.built(tmp_path).rows(LEASED) == [
        (plain.label, "exact", 0.8),
        (dotted.label, "folded", 0.9),
    ]
