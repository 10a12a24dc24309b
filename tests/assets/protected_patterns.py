"""A protected person in every pattern, among strangers who have nothing to do with it."""

from __future__ import annotations

from collections.abc import Callable

from tests.assets.a_town import (
    BENEFITS,
    DWELLINGS,
    LEASES,
    MOVES,
    PERSONS,
    RELATIONS,
    VEHICLES,
    Town,
    dwelling,
    number,
    place,
    registered,
)

HOME = dwelling("Södertälje Fornhöjden 70:628", "Björkmossvägen 126 B", "1302")
HOUSE = dwelling("Södertälje Enhörna 26:228", "Vallavägen 53", None, "15595")
NEXT_DOOR = HOME | {"flat_number": "1301", "address": "Björkmossvägen 126 B lgh 1301"}
OTHER_ENTRANCE = dwelling(HOME["property"], "Björkmossvägen 126 C", "1302")
ONE_LETTER_AWAY = dwelling("Södertälje Fornhöjden 1:1", "Björnmossvägen 126 B", "1302")
ELSEWHERE = dwelling("Södertälje Lina 9:9", "Lina Allé 19", "1402", "15269")
FAR_AWAY = dwelling("Södertälje Geneta 5:5", "Lagmansvägen 7", None, "15252")

FLAGGED = number("19840412", 238)
SPOUSE, CHILD, FORMER = number("19820111", 239), number("20120505", 980), number("19800303", 981)
MATE, NEIGHBOUR, STRANGER = (
    number("19910909", 239),
    number("19700707", 981),
    number("19651231", 981),
)
IN_LAW, NAMESAKE, OLD_NUMBER = (
    number("19500202", 980),
    number("19440404", 238),
    number("19840412", 980),
)
NAME = "Layla Barsom"

# The same flat as people write it.
SPELLINGS = [
    {"address": "Björkmossvägen 126 B lgh 1302"},
    {"address": "BJÖRKMOSSVÄGEN 126B", "flat_number": "1302"},
    {"address": "björkmossv. 126 b, lgh. 1302"},
    {"address": "Bjorkmossvagen 126 B LGH 1302", "city": "Sodertalje"},
    {"address": "BjÃ¶rkmossvÃ¤gen 126 B 1302", "city": "SÃ¶dertÃ¤lje"},
    {"address": "Björkmossvägne 126 B lgh 1302"},
    {"address": "Björkmossgatan 126 B lgh 1302"},
    {"address": "Björkmossvägen 126 B lgh 1302", "postcode": None},
    {"address": "Björkmossvägen 126 B lgh 1302", "postcode": "15299"},
    {"address": "c/o Hanna, Björkmossvägen 126 B lgh 1302"},
]
NAMES = ["Layla Barsom", "BARSOM LAYLA", "Laila Barsom", "L. Barsom", "Barsom, Layla Maria"]


def strangers(town: Town) -> None:
    """People and things near the protected dwelling that have nothing to do with it."""
    for home in (NEXT_DOOR, OTHER_ENTRANCE, ONE_LETTER_AWAY, ELSEWHERE, FAR_AWAY):
        town.add(DWELLINGS, f"dwelling {home['address']}", leaves=False, **registered(home))
    stays = {"leaves": False}
    town.person(NEIGHBOUR, "Åke Hallberg", NEXT_DOOR, why="neighbour", **stays)
    town.person(STRANGER, "Jan Holmgren", ONE_LETTER_AWAY, why="street one letter away", **stays)
    town.person(number("19930101", 981), "Ali Can", OTHER_ENTRANCE, why="other entrance", **stays)
    town.person(NAMESAKE, NAME, FAR_AWAY, why="namesake with a number", **stays)
    town.person(
        number("19770707", 981), "Utan Adress", why="empty key", identity_type="SNR", **stays
    )
    town.person(
        *(number("19780808", 981), "På Kommunen", {"property": "PÅ KOMMUNEN SKRIVEN"}),
        why="placeholder",
        **stays,
    )
    entrance = place(address="Björkmossvägen 126 B")
    car = {"owner_number": NEIGHBOUR, "owner_name": "Åke Hallberg", **entrance}
    town.add(VEHICLES, "neighbour's car, no flat number", plate="ABC001", **car, **stays)
    town.add(LEASES, "neighbour's parking by name", tenant_name="HALLBERG ÅKE", **entrance, **stays)
    town.add(
        *(LEASES, "flat one letter away"),
        tenant_personnummer=STRANGER,
        **place(address="Björnmossvägen 126 B", flat_number="1302"),
        **stays,
    )
    town.add(
        *(BENEFITS, "neighbour's decision"),
        recipient_personnummer=NEIGHBOUR,
        **place("stated_", address="Björkmossvägen 126 B lgh 1301"),
        **stays,
    )
    town.add(
        LEASES,
        "same name, other place, no number",
        tenant_name=NAME,
        address="Storgatan 9",
        **stays,
    )
    town.add(
        RELATIONS,
        "strangers' marriage",
        personnummer=NEIGHBOUR,
        related_personnummer=STRANGER,
        **stays,
    )
    town.add(VEHICLES, "company's car", owner_number="5560360793", owner_name="Bolag AB", **stays)


def flagged(town: Town, home: dict = HOME, protection: str = "SEKRETESSMARKERING") -> None:
    town.person(FLAGGED, NAME, home, why="flagged", leaves=True, protection=protection)
    if home["property"]:
        town.add(DWELLINGS, "the dwelling", leaves=True, **registered(home))


PATTERNS: dict[str, Callable[[Town, dict, str, bool], None]] = {}


def pattern(plant):
    """Register a pattern: plants rows around the flagged person, given the draw's spelling of the
    address, spelling of the name and whether rows are accepted or rejected."""
    PATTERNS[plant.__name__] = plant
    return plant


@pattern
def holder(town, said, name, rejected):
    """A lease with the number, at another address than the home."""
    town.add(
        *(LEASES, "holder"),
        leaves=True,
        rejected=rejected,
        tenant_personnummer=FLAGGED,
        tenant_name=name,
        **place(address="Jovisgatan 2"),
    )


@pattern
def co_tenant(town, said, name, rejected):
    """A stranger's lease with the number as co-tenant."""
    cells = {"tenant_personnummer": STRANGER, "co_tenant_personnummer": FLAGGED}
    town.add(LEASES, "co-tenant", leaves=True, rejected=rejected, **cells)


@pattern
def subtenant(town, said, name, rejected):
    """Someone else's benefit decision and invoice at the dwelling; the person stays."""
    address = place("stated_", **{k: v for k, v in said.items() if k != "flat_number"})
    leaves = "1302" in said["address"]
    if leaves:
        town.add(
            *(BENEFITS, "subtenant"), leaves=True, rejected=rejected,
            recipient_personnummer=STRANGER, **address,
        )  # fmt: skip
        invoice = {key.replace("stated_", "invoice_"): value for key, value in address.items()}
        town.add(
            LEASES,
            "invoice",
            leaves=True,
            rejected=rejected,
            tenant_personnummer=STRANGER,
            **invoice,
        )


@pattern
def vehicle_user(town, said, name, rejected):
    """A leased car: the company owns it."""
    cells = {"owner_number": "5560360793", "user_personnummer": FLAGGED, "plate": "XYZ123"}
    town.add(VEHICLES, "vehicle user", leaves=True, rejected=rejected, **cells)


@pattern
def child(town, said, name, rejected):
    """A child registered elsewhere, tied by one relation row."""
    town.person(CHILD, "Noor Barsom", ELSEWHERE, why="child", leaves=True)
    ends = {"personnummer": CHILD, "related_personnummer": FLAGGED, "relation_type": "MO"}
    town.add(RELATIONS, "child's relation", leaves=True, rejected=rejected, **ends)
    town.add(BENEFITS, "child's decision", leaves=True, recipient_personnummer=CHILD)


@pattern
def former_spouse(town, said, name, rejected):
    """An ended marriage; the former spouse's own mother stays, but is incomplete."""
    ends = {"personnummer": FLAGGED, "related_personnummer": FORMER, "relation_type": "M"}
    town.person(FORMER, "Aram Gergeo", FAR_AWAY, why="former spouse", leaves=True)
    town.add(
        RELATIONS, "ended marriage", leaves=True, rejected=rejected, to_on="2015-01-01", **ends
    )
    town.add(LEASES, "former spouse's lease", leaves=True, tenant_personnummer=FORMER)
    town.person(IN_LAW, "Hoda Gergeo", ELSEWHERE, why="relative's relative", leaves=False)
    town.add(RELATIONS, "mother", leaves=True, personnummer=FORMER, related_personnummer=IN_LAW)


@pattern
def care_of(town, said, name, rejected):
    """A stranger at a relative's address, care of the relative by full name; not by surname."""
    ends = {"personnummer": FLAGGED, "related_personnummer": SPOUSE, "relation_type": "M"}
    town.person(SPOUSE, "Sami Barsom", ELSEWHERE, why="spouse", leaves=True)
    town.add(RELATIONS, "marriage", leaves=True, rejected=rejected, **ends)
    for i, (cells, leaves) in enumerate(
        [
            (ELSEWHERE | {"care_of": "c/o Barsom, Sami"}, True),
            (ELSEWHERE | {"address": "c/o Sami Barsom, Lina Allé 19 lgh 1402"}, True),
            (ELSEWHERE | {"care_of": "c/o Barsom"}, False),
            (FAR_AWAY | {"care_of": "c/o Sami Barsom"}, False),
        ]
    ):
        lodger = number(f"199{i}0808", 239)
        town.person(lodger, "Ny Boende", cells, why=f"lodger {i}", leaves=leaves)


@pattern
def flatmate(town, said, name, rejected):
    """No relation, same dwelling: leaves with everything."""
    home = HOME | {key: value for key, value in said.items() if "1302" in said["address"]}
    town.person(MATE, "Zoran Ali", home, why="flatmate", leaves=True)
    town.add(
        VEHICLES, "flatmate's car", leaves=True, owner_number=MATE, address="Box 4", city="Tumba"
    )


@pattern
def name_only_lease(town, said, name, rejected):
    """A lease without a number: at the dwelling, and under the name at an earlier address."""
    town.add(LEASES, "at the dwelling", leaves=True, rejected=rejected, tenant_name="Någon Annan",
             **place(**said))  # fmt: skip
    town.add(MOVES, "earlier address", leaves=True, personnummer=FLAGGED, **ELSEWHERE)
    cells = place(address="Lina Allé 19", postcode="15269")
    town.add(
        LEASES,
        "by name and earlier address",
        leaves=True,
        rejected=rejected,
        tenant_name=name,
        **cells,
    )


@pattern
def broken_number(town, said, name, rejected):
    """Rejected rows: a broken number with name and birth date, other forms, another column."""
    broken = FLAGGED[:-1]
    first, last = ("Laila", "BARSOM")
    cells = {"first_name": first, "last_name": last, "birth_on": "1984-04-12"}
    town.add(PERSONS, "broken number", leaves=True, rejected=True, personnummer=broken, **cells)
    short = f"{FLAGGED[2:8]}-{FLAGGED[8:]}"
    town.add(LEASES, "ten digits", leaves=True, rejected=True, tenant_personnummer=short)
    town.add(LEASES, "wrong column", leaves=True, rejected=True, phone=f"tel {short}")
    spaced = f" {FLAGGED[:8]} {FLAGGED[8:]}"
    town.add(RELATIONS, "spaces", leaves=True, rejected=True, related_personnummer=spaced)
    town.add(LEASES, "broken and named", leaves=True, rejected=True, tenant_name=name,
             tenant_personnummer=broken, address="Överallt 1")  # fmt: skip


@pattern
def earlier_tenants(town, said, name, rejected):
    """Strangers' moves from, and postal addresses at, the dwelling."""
    town.add(
        MOVES, "moved from there", leaves=True, rejected=rejected, personnummer=STRANGER, **HOME
    )
    special = place("special_", address="Björkmossvägen 126 B lgh 1302")
    person = number("19890101", 981)
    town.person(person, "Post Adress", ELSEWHERE, why="special address", leaves=True, **special)


@pattern
def no_flat_number(town, said, name, rejected):
    """The entrance without a flat number: leaves unless a neighbour's."""
    cells = place(address="Björkmossvägen 126 B")
    outsider = number("19600606", 981)
    town.person(outsider, "Utifrån Kommen", FAR_AWAY, why="outsider", leaves=False)
    cells["tenant_personnummer"] = outsider
    town.add(LEASES, "could be the flat", leaves=True, rejected=rejected, **cells)


@pattern
def replaced_number(town, said, name, rejected):
    """An old number is protected too, and whoever is tied to it."""
    cells = {"successor_personnummer": FLAGGED, "deregistration_code": "GN"}
    town.person(OLD_NUMBER, NAME, why="old number", leaves=True, rejected=rejected, **cells)
    town.add(LEASES, "lease on the old number", leaves=True, tenant_personnummer=OLD_NUMBER)
    town.person(SPOUSE, "Sami Barsom", ELSEWHERE, why="spouse of the old number", leaves=True)
    town.add(
        RELATIONS, "marriage", leaves=True, personnummer=OLD_NUMBER, related_personnummer=SPOUSE
    )


def secrets(town: Town) -> list[str]:
    """What must be in no file: the numbers in two forms, and the dwelling's key."""
    tens = {FLAGGED[2:], OLD_NUMBER[2:], CHILD[2:], SPOUSE[2:], MATE[2:]}
    return [*tens, *(f"{ten[:6]}-{ten[6:]}" for ten in tens), HOME["address"]]


def assert_nowhere(ws, words: list[str]) -> None:
    """No byte of the words in any file of the home, and no landing file left."""
    assert not [file.name for file in ws.dir.iterdir() if file.name.startswith("landing")]
    for file in ws.home.path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert [word for word in words if word.encode() in content] == [], file.name
