"""The core tables say what a small delivery says, row for row: who is one person, which flat a text
means, who holds a lease, and what is left open where the delivery does not tell."""

from __future__ import annotations

from tests.assets.a_core import Core
from tests.assets.a_street import (
    BJORK_1001,
    BJORK_1101,
    BJORK_1102,
    BJORK_1201,
    CARE,
    EKGATAN,
    GRAN_1001,
    GRAN_1101,
    INDUSTRY,
)

# Dwellings as `Core.rows` names them
B1001, B1101, B1102, B1201 = (p.label for p in (BJORK_1001, BJORK_1101, BJORK_1102, BJORK_1201))
G1001, G1101 = GRAN_1001.label, GRAN_1101.label
YES, NO = True, False


def test_people_are_one_row_each_registered_or_marked(street: Core):
    """A chain of replaced numbers is its newest; the dead, the emigrated and the coordination
    number are there and registered nowhere; who is registered on no dwelling has none."""
    assert street.rows(
        "select person_id, full_name, age_years, is_adult, is_registered, is_samordningsnummer,"
        " deregistration, dwelling_id, special_dwelling_id, is_incomplete from core_persons"
    ) == [
        ("anna", "Anna Ek", 56, YES, YES, NO, None, B1101, None, NO),
        ("bo", "Bo Ek", 58, YES, YES, NO, None, B1101, None, NO),
        ("cilla", "Cilla Berg", 46, YES, YES, NO, None, B1102, None, NO),
        ("david", "David Berg", 31, YES, YES, NO, None, B1102, None, NO),
        ("eva", "Eva Ek", 14, NO, YES, NO, None, B1101, None, NO),
        ("fia", "Fia Fors", 38, YES, YES, NO, None, B1001, None, NO),
        ("gosta", "Gösta Gren", 39, YES, YES, NO, None, B1001, None, NO),
        ("gun", "Gun Alm", 81, YES, YES, NO, None, EKGATAN.label, None, NO),
        ("hans", "Hans Holm", 40, YES, YES, NO, None, B1001, None, NO),
        ("ivan", "Fiia Fors", 38, YES, NO, YES, None, None, EKGATAN.label, NO),
        ("jan", "Jan Jonsson", 86, YES, NO, NO, "dead", None, None, NO),
        ("karin", "Karin Kvist", 47, YES, NO, NO, "emigrated", None, None, NO),
        ("lars", "Lars Lund", 51, YES, YES, NO, None, INDUSTRY.label, None, NO),
        ("maj", "Maj Mo", 50, YES, YES, NO, None, None, None, YES),
        ("nils", "Nils Nord", 66, YES, YES, NO, None, B1201, None, NO),
        ("nils_younger", "Nils Nord", 41, YES, YES, NO, None, B1102, None, NO),
        ("olof", "Olof Ros", 45, YES, YES, NO, None, G1101, G1001, NO),
        ("pia", "Pia Palm", 44, YES, YES, NO, None, G1001, None, NO),
        ("rut", "Rut Sten", 35, YES, YES, NO, None, G1101, None, NO),
        ("sara", "Sara Ros", 11, NO, YES, NO, None, G1001, None, NO),
        ("tea", "Tea Lind", 1, NO, YES, NO, None, G1101, None, NO),
        ("ture", "Ture Ek", 17, NO, YES, NO, None, B1101, None, NO),
        ("ulla", "Ulla Grahn", 36, YES, YES, NO, None, CARE.label, B1101, NO),
        ("vera", "Vera Alm", 60, YES, YES, NO, None, CARE.label, None, NO),
    ]


def test_what_else_the_register_says_of_people(street: Core):
    assert street.rows(
        "select person_id, personnummer, first_name, last_name, birth_on, civil_status,"
        " civil_status_on, registered_address, registered_on, deregistered_on, special_address"
        " from core_persons where full_name in ('Anna Ek', 'Fiia Fors', 'Jan Jonsson', 'Olof Ros')"
    ) == [
        ("anna", "197002019805", "Anna", "Ek", "1970-02-01", "married", "2009-06-20",
         "Björkvägen 1 A lgh 1101, Södertälje", "2015-03-01", None, None),
        ("ivan", "198801689806", "Fiia", "Fors", "1988-01-08", "unmarried", None,
         "Ekgatan 2, Södertälje", None, None, None),
        ("jan", "194004149805", "Jan", "Jonsson", "1940-04-14", "unmarried", None,
         None, None, "2026-05-01", None),
        ("olof", "198101019803", "Olof", "Ros", "1981-01-01", "divorced", "2020-02-02",
         "Granvägen 7 lgh 1101, Södertälje", "2015-03-01", None, "granv.7|15134"),
    ]  # fmt: skip


def test_a_chain_of_replaced_numbers_is_one_person_with_the_newest_number(street: Core):
    chain = ", ".join(
        f"'{street.numbers[key]}'" for key in ("cilla", "cilla_middle", "cilla_first")
    )
    [(n, person)] = street.rows(
        "select count(*), min(person_id) from person_ids"
        f" where personnummer in ({chain}) group by person_id"
    )
    assert (n, person) == (3, "cilla")


def test_dwellings_of_the_register_and_the_place_it_does_not_know(street: Core):
    """A place on a property that the dwelling register lacks is there, and marked; an address
    without a property designation is no place."""
    let, owned = (NO, NO, "let", YES, YES, NO), (NO, NO, "owned", YES, YES, NO)
    assert street.rows("select * exclude row_id from core_dwellings") == [
        *(
            (p.label, p.property, p.street, p.flat, "15134", "Södertälje", p.label,
             "SÖDERTÄLJE LINA 1:1|BJÖRKVÄGEN 1 A", 3, 75.0, *let)
            for p in (BJORK_1001, BJORK_1101, BJORK_1102, BJORK_1201)
        ),
        ("Ekgatan 2", "Södertälje Ronna 2:2", "Ekgatan 2", None, "15134", "Södertälje",
         "Ekgatan 2", "SÖDERTÄLJE RONNA 2:2|EKGATAN 2", 5, 140.0, *owned),
        (G1001, "Södertälje Geneta 3:3", "Granvägen 7", "1001", "15134", "Södertälje",
         G1001, "SÖDERTÄLJE GENETA 3:3|GRANVÄGEN 7", 3, 75.0, *let),
        (G1101, "Södertälje Geneta 3:3", "Granvägen 7", "1101", "15134", "Södertälje",
         G1101, "SÖDERTÄLJE GENETA 3:3|GRANVÄGEN 7", 2, 55.5, NO, NO, "cooperative", YES, YES, NO),
        ("Slipvägen 3", "Södertälje Industrin 9:9", "Slipvägen 3", None, "15134", "Södertälje",
         "Slipvägen 3", "SÖDERTÄLJE INDUSTRIN 9:9|SLIPVÄGEN 3", None, None, NO, NO, "unknown",
         NO, NO, NO),
        (CARE.label, "Södertälje Hovsjö 4:4", "Solgatan 8", "1001", "15134", "Södertälje",
         CARE.label, "SÖDERTÄLJE HOVSJÖ 4:4|SOLGATAN 8", 1, 30.0, YES, NO, "special",
         YES, YES, NO),
    ]  # fmt: skip


def test_who_holds_each_lease(street: Core):
    """K1 by number, a maiden name; K3 by name at the address, a slip of the pen; K4 two namesakes
    in the house, so nobody; K5 the dead keeps the lease; K7 by the one bearer of the name; K8 by
    number, the name another's; P1 by a number since replaced."""
    assert street.rows(
        "select lease_number, object_kind, lease_kind, holder_person_id, holder_name,"
        " is_holder_by_number, holder_certainty, holder_name_agreement, co_holder_person_id"
        " from core_leases"
    ) == [
        ("K1", "dwelling", "first_hand", "anna", "Anna Ask", YES, 1.0, "other_surname", None),
        ("K2", "dwelling", "first_hand", "fia", "Fors, Fia", YES, 1.0, "same", "gosta"),
        ("K3", "dwelling", "first_hand", "cilla", "Cila Berg", NO, 0.8835, "unknown", None),
        ("K4", "dwelling", "first_hand", None, "Nils Nord", NO, 0.0, "unknown", None),
        ("K5", "dwelling", "first_hand", "jan", "Jan Jonson", YES, 1.0, "variant", None),
        ("K6", "dwelling", "second_hand", "pia", "Pia Palm", YES, 1.0, "same", None),
        ("K7", "dwelling", "first_hand", "karin", "Karin Kvist", NO, 0.7, "unknown", None),
        ("K8", "dwelling", "first_hand", "rut", "Olof Ros", YES, 1.0, "different", None),
        ("P1", "parking", "first_hand", "cilla", "Cilla Berg", YES, 1.0, "same", None),
    ]


def test_which_flat_each_lease_is_on(street: Core):
    """K1 the flat that the holder is registered in; K3 the one where the name was found; K4 and K5
    nothing tells; K7 no such street."""
    assert street.rows(
        "select lease_number, lease_address, dwelling_id, address_level, address_certainty,"
        " invoice_dwelling_id, is_incomplete from core_leases"
    ) == [
        ("K1", "Björkv. 1A, Södertälje", B1101, "inferred", 0.8, None, NO),
        ("K2", "Björkvägen 1 A, Södertälje", B1001, "exact", 1.0, "Ekgatan 2", NO),
        ("K3", "Björkvägen 1 A, Södertälje", B1102, "inferred", 0.8835, None, NO),
        ("K4", "Björkvägen 1 A, Södertälje", None, "ambiguous", 0.0, None, YES),
        ("K5", "Granvägen 7, Södertälje", None, "ambiguous", 0.0, None, YES),
        ("K6", "Granvägen 7, Södertälje", G1001, "exact", 1.0, None, NO),
        ("K7", "Tallstigen 99, Södertälje", None, "none", 0.0, None, YES),
        ("K8", "Granvägen 7, Södertälje", G1101, "exact", 1.0, None, NO),
        ("P1", "P-däck Björken, Södertälje", None, None, 0.0, None, NO),
    ]


def test_what_else_the_landlord_says(street: Core):
    """K8: a sublet approved until the extract date is approved on it."""
    rest = ("Provbostäder", "2015-03-01")
    assert street.rows(
        "select lease_number, landlord, from_on, to_on, is_running, sublet_approved_until,"
        " has_approved_sublet, n_declared_lodgers, rent_sek_month, plate from core_leases"
    ) == [
        ("K1", *rest, None, YES, None, NO, 0, 7500.0, None),
        ("K2", *rest, None, YES, None, NO, 1, 7500.0, None),
        ("K3", *rest, None, YES, None, NO, 0, 7500.0, None),
        ("K4", *rest, None, YES, None, NO, 0, 7500.0, None),
        ("K5", *rest, None, YES, None, NO, 0, 7500.0, None),
        ("K6", *rest, "2026-12-31", YES, None, NO, 0, 7500.0, None),
        ("K7", *rest, "2025-04-30", NO, None, NO, 0, 7500.0, None),
        ("K8", *rest, None, YES, "2026-10-01", YES, 0, 7500.0, None),
        ("P1", *rest, None, YES, None, NO, 0, 310.5, "ABC12D"),
    ]


def test_decisions_and_the_flat_that_each_states(street: Core):
    """A house without a flat number: B1 the own flat, B3 the closest kin's, B7 the one left;
    B4 nothing tells."""
    says = "FORSAKRINGSKASSAN"
    period = ("2026-01-01", "2026-12-31", YES)
    assert street.rows("select * exclude row_id from core_decisions") == [
        ("B1", says, "BOSTADSBIDRAG", "anna", "bo", *period, 1250.0, YES, B1101, "inferred", 0.8,
         "Björkvägen 1 A, Södertälje", 7500.0, 2, 2, None),
        ("B2", says, "BOSTADSBIDRAG", "hans", None, *period, 1250.0, YES, B1102, "exact", 1.0,
         "Björkvägen 1 A lgh 1102, Södertälje", None, None, None, None),
        ("B3", says, "BOSTADSBIDRAG", "gun", None, *period, 1250.0, YES, B1101, "inferred", 0.72,
         "Björkvagen 1 A, Södertälje", None, None, None, None),
        ("B4", says, "BOSTADSBIDRAG", "karin", None, *period, 1250.0, YES, None, "ambiguous", 0.0,
         "Granvägen 7, Södertälje", None, None, None, None),
        ("B5", says, "BOSTADSBIDRAG", "gosta", None, "2026-01-01", "2026-09-30", NO, 1250.0, YES,
         "Ekgatan 2", "exact", 1.0, "Ekgatan 2, Södertälje", None, None, None, None),
        ("B6", says, "NYSTARTSJOBB", "ivan", None, *period, 1250.0, NO, None, None, 0.0, None,
         None, None, None, None),
        ("B7", says, "BOSTADSBIDRAG", "lars", None, *period, 1250.0, YES, B1201, "inferred", 0.8,
         "Björkvägen 1 A, Södertälje", None, None, None, None),
    ]  # fmt: skip


def test_vehicles_of_people_and_of_organisations(street: Core):
    """A leased car has a company as owner and a person as user; a mistyped number is nobody's."""
    assert street.rows("select * exclude row_id from core_vehicles") == [
        ("ABC12D", "car", YES, "cilla", NO, None, B1102, "2019-02-24"),
        ("DEF345", "car", NO, None, YES, "olof", G1001, "2019-02-24"),
        ("GHI67J", "motorcycle", YES, None, NO, None, None, "2019-02-24"),
    ]
    assert street.rows("select source, column_name from core_invalid_numbers") == [
        ("vehicles", "owner_number")
    ]


def test_relations_moves_phones_and_identity_pairs(street: Core):
    assert street.rows(
        "select * exclude row_id from core_relations"
        " where relation = 'spouse' or relation = 'custodian_of'"
    ) == [
        ("anna", "bo", "spouse", "2009-06-20", None, YES),
        ("bo", "anna", "spouse", "2009-06-20", None, YES),
        ("olof", "pia", "spouse", "2010-01-01", "2020-02-02", NO),
        ("pia", "olof", "spouse", "2010-01-01", "2020-02-02", NO),
    ]
    assert street.rows(
        "select relation, count(*)::int from core_relations where is_current group by relation"
    ) == [("child", 11), ("father", 4), ("mother", 7), ("spouse", 2)]
    assert street.rows("select * exclude row_id from core_moves") == [
        ("anna", "Ekgatan 2", "1990-01-01", "2009-06-20"),
        ("hans", B1102, "2010-01-01", "2015-03-01"),
        ("lars", B1201, "2010-01-01", "2015-03-01"),
    ]
    assert street.rows("select * exclude row_id from core_phones") == [
        ("+46799987654", "anna", "benefits"),
        ("+46799987654", "fia", "tenancy"),
    ]
    assert street.rows("select * exclude (certainty, row_id, other_row_id) from"
                       " core_identity_pairs") == [
        ("fia", "ivan", "variant", "same", NO)
    ]  # fmt: skip


def test_every_address_text_of_a_record_resolved_or_not(street: Core):
    """A post box and the like are left out; what is no dwelling of the register stays, open."""
    addresses = street.rows(
        "select source, field, person_id, dwelling_id, level, is_current from core_addresses"
        " where field <> 'registered'"
    )
    assert addresses == [
        ("benefits", "stated", "anna", B1101, "inferred", YES),
        ("benefits", "stated", "gosta", "Ekgatan 2", "exact", NO),
        ("benefits", "stated", "gun", B1101, "inferred", YES),
        ("benefits", "stated", "hans", B1102, "exact", YES),
        ("benefits", "stated", "karin", None, "ambiguous", YES),
        ("benefits", "stated", "lars", B1201, "inferred", YES),
        ("registry", "moved_from", "anna", "Ekgatan 2", "key", NO),
        ("registry", "moved_from", "hans", B1102, "key", NO),
        ("registry", "moved_from", "lars", B1201, "key", NO),
        ("registry", "special", "ivan", "Ekgatan 2", "exact", YES),
        ("registry", "special", "olof", G1001, "inferred", YES),
        ("registry", "special", "ulla", B1101, "exact", YES),
        ("tenancy", "invoice", "fia", "Ekgatan 2", "exact", YES),
        ("tenancy", "lease", "anna", B1101, "inferred", YES),
        ("tenancy", "lease", "cilla", None, "ambiguous", YES),
        ("tenancy", "lease", "fia", B1001, "exact", YES),
        ("tenancy", "lease", "jan", None, "ambiguous", YES),
        ("tenancy", "lease", "karin", None, "none", NO),
        ("tenancy", "lease", "pia", G1001, "exact", YES),
        ("tenancy", "lease", "rut", G1101, "exact", YES),
        ("tenancy", "lease", None, None, "ambiguous", YES),
        ("vehicles", "vehicle", "cilla", B1102, "exact", YES),
        ("vehicles", "vehicle", "olof", G1001, "exact", YES),
    ]


def test_every_core_row_leads_to_its_delivered_row(street: Core):
    """row_id is of the file that the table is made from; checked on the tables of one source."""
    for table, contract in {
        "core_persons": "registry__persons",
        "core_leases": "tenancy__leases",
        "core_decisions": "benefits__decisions",
        "core_vehicles": "vehicles__vehicles",
        "core_moves": "registry__moves",
        "core_relations": "registry__relations",
        "core_ties": "registry__relations",
    }.items():
        stray = f"select count(*) from {table} t anti join kept_{contract} k using (row_id)"
        beside = " where t.tie <> 'same_surname'" if table == "core_ties" else ""
        assert street.rows(stray + beside) == [(0,)], table
