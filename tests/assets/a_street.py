"""The street that the tests of the core tables walk: one case of each kind, and nobody else.

Björkvägen 1 A is a house of flats, Granvägen 7 another, Ekgatan 2 a house of its own.
"""

from __future__ import annotations

from tests.assets.a_core import Place, Street

BJORK_1001, BJORK_1101, BJORK_1102, BJORK_1201 = (
    Place("Södertälje Lina 1:1", "Björkvägen 1 A", flat)
    for flat in ("1001", "1101", "1102", "1201")
)
GRAN_1001, GRAN_1101 = (
    Place("Södertälje Geneta 3:3", "Granvägen 7", flat) for flat in ("1001", "1101")
)
EKGATAN = Place("Södertälje Ronna 2:2", "Ekgatan 2")
CARE = Place("Södertälje Hovsjö 4:4", "Solgatan 8", "1001")
INDUSTRY = Place("Södertälje Industrin 9:9", "Slipvägen 3")
NO_DWELLING = Place("på kommunen skriven", "Campusgatan 26")


def a_street(extract_date: str = "2026-10-01") -> Street:
    street = Street(extract_date)
    _dwellings(street)
    _people(street)
    _relations(street)
    _earlier_homes(street)
    _leases(street)
    _decisions(street)
    _vehicles(street)
    return street


def _dwellings(street: Street) -> None:
    for place in (BJORK_1001, BJORK_1101, BJORK_1102, BJORK_1201, GRAN_1001):
        street.dwelling(place)
    street.dwelling(GRAN_1101, rooms=2, area="55,5", upplatelseform="BOSTADSRATT")
    street.dwelling(EKGATAN, 5, "140", bostadstyp="SMAHUS", upplatelseform="AGANDERATT")
    street.dwelling(CARE, 1, "30", bostadstyp="SPECIALBOSTAD_ALDRE", upplatelseform="SPECIAL")


def _people(street: Street) -> None:
    married = {"civilstand": "G", "civilstandsdatum": "2009-06-20"}
    divorced = {"civilstand": "S", "civilstandsdatum": "2020-02-02"}
    # A family of four, and the mother's kin elsewhere
    street.person("anna", "1970-02-01", "Anna Ek", BJORK_1101, **married)
    street.person("bo", "1968-03-12", "Bo Ek", BJORK_1101, **married)
    street.person("eva", "2012-05-05", "Eva Ek", BJORK_1101)
    street.person("ture", "2008-10-02", "Ture Ek", BJORK_1101)
    street.person("gun", "1945-01-01", "Gun Alm", EKGATAN, civilstand="Ä")
    street.person(
        "ulla",
        "1990-10-01",
        "Ulla Grahn",
        CARE,
        sarskild_utdelningsadress="Björkvägen 1 A lgh 1101",
        sarskild_postnummer="15134",
        sarskild_postort="Södertälje",
    )
    street.person("vera", "1966-06-06", "Vera Alm", CARE)
    # One person under three numbers, and one of the same surname in the same flat
    cilla = street.person("cilla", "1980-08-08", "Cilla Berg", BJORK_1102)
    middle = street.person("cilla_middle", "1980-08-07", "Cilla Berg")
    first = street.person("cilla_first", "1980-08-06", "Cilla Berg")
    *_, middle_row, first_row = street.rows["registry/personer.csv"]
    gone = {"avregistreringskod": "GN", "avregistreringsdatum": "2019-01-01"}
    middle_row.update(gone, hanvisning_personnummer=cilla)
    first_row.update(gone, hanvisning_personnummer=middle)
    assert first
    street.person("david", "1995-09-09", "David Berg", BJORK_1102)
    # Two who share a lease, and a stranger to both
    street.person("fia", "1988-01-08", "Fia Fors", BJORK_1001)
    street.person("gosta", "1987-01-07", "Gösta Gren", BJORK_1001)
    street.person("hans", "1986-01-06", "Hans Holm", BJORK_1001)
    # Namesakes in one house
    street.person("nils", "1960-04-04", "Nils Nord", BJORK_1201)
    street.person("nils_younger", "1985-04-04", "Nils Nord", BJORK_1102)
    # Parents apart: divorced from one, never married to the other
    street.person("pia", "1982-02-02", "Pia Palm", GRAN_1001, **divorced)
    street.person("sara", "2015-07-07", "Sara Ros", GRAN_1001)
    street.person(
        "olof",
        "1981-01-01",
        "Olof Ros",
        GRAN_1101,
        sarskild_co="c/o Palm",
        sarskild_utdelningsadress="Granv. 7",
        sarskild_postnummer="15134",
        sarskild_postort="Södertälje",
        **divorced,
    )
    street.person("rut", "1991-01-01", "Rut Sten", GRAN_1101)
    street.person("tea", "2024-11-11", "Tea Lind", GRAN_1101)
    # Nowhere: without a dwelling, without a property, gone, dead, known by a coordination number
    street.person("lars", "1975-05-15", "Lars Lund", INDUSTRY)
    street.person("maj", "1976-06-16", "Maj Mo", NO_DWELLING)
    street.person("jan", "1940-04-14", "Jan Jonsson", avregistreringskod="AV",
                  avregistreringsdatum="2026-05-01")  # fmt: skip
    street.person("karin", "1979-07-17", "Karin Kvist", avregistreringskod="UV",
                  avregistreringsdatum="2025-05-01")  # fmt: skip
    street.person(
        "ivan",
        "1988-01-08",
        "Fiia Fors",
        identitetstyp="SNR",
        utdelningsadress="Ekgatan 2",
        postnummer="15134",
        postort="Södertälje",
    )


def _relations(street: Street) -> None:
    for one, other in (("anna", "bo"), ("bo", "anna")):
        street.relation(one, "M", other, "2009-06-20")
    for one, other in (("pia", "olof"), ("olof", "pia")):
        street.relation(one, "M", other, "2010-01-01", "2020-02-02")
    for child in ("eva", "ture"):
        street.child(child, mother="anna", father="bo")
    street.child("anna", mother="gun")
    street.child("vera", mother="gun")
    street.child("ulla", mother="vera")
    street.child("sara", mother="pia", father="olof")
    street.child("tea", mother="rut", father="olof")


def _earlier_homes(street: Street) -> None:
    street.move("hans", BJORK_1102, "2010-01-01", "2015-03-01")
    street.move("lars", BJORK_1201, "2010-01-01", "2015-03-01")
    street.move("anna", EKGATAN, "1990-01-01", "2009-06-20")


def _leases(street: Street) -> None:
    by = street.numbers
    # The holder's own flat; a co-tenant; no number, and the name tells; no number, two of the name
    street.lease("K1", "Björkv. 1A", hyresgast_personnummer=by["anna"], hyresgast_namn="Anna Ask")
    street.lease(
        "K2",
        "Björkvägen 1 A",
        lagenhetsnummer="1001",
        hyresgast_personnummer=by["fia"],
        hyresgast_namn="Fors, Fia",
        medhyresgast_personnummer=by["gosta"],
        medhyresgast_namn="Gösta Gren",
        telefon="079-998 76 54",
        fakturaadress="Ekgatan 2",
        faktura_postnummer="15134",
        faktura_postort="Södertälje",
        anmalda_inneboende="1",
    )
    street.lease("K3", "Björkvägen 1 A", hyresgast_namn="Cila Berg")
    street.lease("K4", "Björkvägen 1 A", hyresgast_namn="Nils Nord")
    street.lease("K5", "Granvägen 7", hyresgast_personnummer=by["jan"], hyresgast_namn="Jan Jonson")
    street.lease(
        "K6",
        "Granvägen 7",
        lagenhetsnummer="1001",
        kontraktstyp="ANDRAHAND",
        hyresgast_personnummer=by["pia"],
        hyresgast_namn="Pia Palm",
        till_datum="2026-12-31",
    )
    street.lease("K7", "Tallstigen 99", hyresgast_namn="Karin Kvist", till_datum="2025-04-30")
    street.lease(
        "K8",
        "Granvägen 7",
        lagenhetsnummer="1101",
        hyresgast_personnummer=by["rut"],
        hyresgast_namn="Olof Ros",
        andrahand_godkand_till="2026-10-01",
    )
    street.lease("P1", "P-däck Björken", objekttyp="GARAGE", fordon_regnr="abc 12d",
                 hyresgast_personnummer=by["cilla_first"], hyresgast_namn="Cilla Berg",
                 manadshyra="310,50")  # fmt: skip


def _decisions(street: Street) -> None:
    # The own dwelling, an earlier one, kin's; told by nothing; ended; the coordination number's
    street.decision("B1", "anna", "Björkvägen 1 A", medsokande_personnummer=street.numbers["bo"],
                    telefon="+46 79 998 76 54", uppgiven_boendekostnad="7500",
                    uppgivna_vuxna="2", uppgivna_barn="2")  # fmt: skip
    street.decision("B2", "hans", "Björkvägen 1 A lgh 1102")
    street.decision("B3", "gun", "Björkvagen 1 A")
    street.decision("B4", "karin", "Granvägen 7")
    street.decision("B5", "gosta", "Ekgatan 2", period_till="2026-09-30")
    street.decision("B6", "ivan", "", formanstyp="NYSTARTSJOBB")
    street.decision("B7", "lars", "Björkvägen 1 A")


def _vehicles(street: Street) -> None:
    by, home = street.numbers, {"agare_postnummer": "15134", "agare_postort": "Södertälje"}
    street.vehicle("ABC12D", agare_id=by["cilla"], agare_adress="Björkvägen 1 A lgh 1102", **home)
    street.vehicle("DEF345", agare_id="5560360793", brukare_personnummer=by["olof"],
                   agare_adress="Granvägen 7 lgh 1001", status="AVSTALLD", **home)  # fmt: skip
    street.vehicle("GHI67J", agare_id="195003079804", fordonsslag="MC")
