"""A street of people as a delivery, and its core tables with names in place of ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assets.core.build import CORE, check_schema
from assets.core.identity import remember_identity
from assets.home import Home
from assets.landing import land
from assets.protection import gate
from assets.workspace import ACCEPTED, Workspace
from data_contracts.delivery import open_delivery
from tests.assets.a_town import number
from tests.conftest import EXTRACT_DATE, VALID, DeliveryBuilder

PERSONS, RELATIONS = "registry/personer.csv", "registry/relationer.csv"
MOVES, DWELLINGS = "registry/flyttningar.csv", "registry/lagenheter.csv"
LEASES, BENEFITS, VEHICLES = "tenancy/kontrakt.csv", "benefits/beslut.csv", "vehicles/fordon.csv"


@dataclass(frozen=True)
class Place:
    """A dwelling: property, street address, flat number and postcode."""

    property: str
    street: str
    flat: str = ""
    postcode: str = "15134"

    @property
    def label(self) -> str:
        return f"{self.street} lgh {self.flat}" if self.flat else self.street

    def registered(self) -> dict[str, str]:
        """The cells of the population register."""
        return {
            "fastighetsbeteckning": self.property,
            "lagenhetsnummer": self.flat,
            "utdelningsadress": self.label,
            "postnummer": self.postcode,
            "postort": "Södertälje",
        }


NOWHERE = dict.fromkeys(
    ["fastighetsbeteckning", "lagenhetsnummer", "utdelningsadress", "postnummer", "postort"], ""
)


@dataclass
class Street:
    """Rows of one delivery. People are known by a short key, which stands for their ids too."""

    extract_date: str = EXTRACT_DATE
    rows: dict[str, list[dict[str, str]]] = field(
        default_factory=lambda: {path: [] for path in VALID}
    )
    numbers: dict[str, str] = field(default_factory=dict)

    def add(self, path: str, **cells: Any) -> None:
        """A row that says nothing but these cells."""
        blank = dict.fromkeys(VALID[path][0], "")
        unknown = set(cells) - set(blank)
        assert not unknown, unknown
        self.rows[path].append({**blank, **{name: str(value) for name, value in cells.items()}})

    def dwelling(self, place: Place, rooms: int = 3, area: str = "75", **cells: Any) -> Place:
        self.add(DWELLINGS, **{
            "fastighetsbeteckning": place.property, "lagenhetsnummer": place.flat,
            "belagenhetsadress": place.street, "postnummer": place.postcode,
            "postort": "Södertälje", "antal_rum": rooms, "bostadsarea": area,
            "bostadstyp": "FLERBOSTADSHUS", "upplatelseform": "HYRESRATT", **cells,
        })  # fmt: skip
        return place

    def person(
        self, key: str, birth: str, name: str, home: Place | None = None, **cells: Any
    ) -> str:
        """A registered person, or with identitetstyp SNR a coordination number; the number."""
        digits = birth.replace("-", "")
        if cells.get("identitetstyp") == "SNR":
            digits = f"{digits[:6]}{int(digits[6:]) + 60}"
        serial = (980, 981, 238, 239)[sum(n.startswith(digits) for n in self.numbers.values())]
        self.numbers[key] = number(digits, serial)
        first, last = name.split(" ", 1)
        self.add(PERSONS, **{
            "personnummer": self.numbers[key], "identitetstyp": "PNR", "fornamn": first,
            "efternamn": last, "fodelsedatum": birth, "civilstand": "OG", "lanskod": "01",
            "kommunkod": "81", "folkbokforingsdatum": "2015-03-01" if home else "",
            **(home.registered() if home else NOWHERE), **cells,
        })  # fmt: skip
        return self.numbers[key]

    def relation(self, one: str, kind: str, other: str, since: str = "", until: str = "") -> None:
        self.add(
            RELATIONS,
            personnummer=self.numbers[one],
            relationstyp=kind,
            relation_personnummer=self.numbers[other],
            fran_datum=since,
            till_datum=until,
        )

    def child(self, child: str, *, mother: str = "", father: str = "") -> None:
        """As the register writes it: from the parent to the child and back."""
        for parent, kind in ((mother, "MO"), (father, "FA")):
            if parent:
                self.relation(child, kind, parent)
                self.relation(parent, "B", child)

    def move(self, key: str, place: Place, since: str, until: str) -> None:
        self.add(
            MOVES,
            personnummer=self.numbers[key],
            **place.registered(),
            fran_datum=since,
            till_datum=until,
        )

    def lease(self, contract: str, address: str, **cells: Any) -> None:
        self.add(LEASES, **{
            "kontraktsnummer": contract, "objektsnummer": f"O{contract}", "objekttyp": "BOSTAD",
            "kontraktstyp": "FORSTAHAND", "adress": address, "postnummer": "15134",
            "postort": "Södertälje", "manadshyra": "7500", "fran_datum": "2015-03-01",
            "hyresvard": "Provbostäder", **cells,
        })  # fmt: skip

    def decision(self, key: str, recipient: str, address: str, **cells: Any) -> None:
        self.add(BENEFITS, **{
            "beslutsid": key, "myndighet": "FORSAKRINGSKASSAN", "formanstyp": "BOSTADSBIDRAG",
            "mottagare_personnummer": self.numbers[recipient], "period_fran": "2026-01-01",
            "period_till": "2026-12-31", "manadsbelopp": "1250", "uppgiven_adress": address,
            "uppgiven_postnummer": "15134" if address else "",
            "uppgiven_postort": "Södertälje" if address else "", **cells,
        })  # fmt: skip

    def vehicle(self, plate: str, **cells: Any) -> None:
        self.add(VEHICLES, **{
            "registreringsnummer": plate, "fordonsslag": "PERSONBIL", "status": "I_TRAFIK",
            "agare_sedan": "2019-02-24", **cells,
        })  # fmt: skip

    def passed(self, folder: Path) -> Workspace:
        """Landed and past the gate. A second street in the same folder is the night after."""
        inbox = DeliveryBuilder(folder / "inbox" / self.extract_date, rows=self.rows)
        delivery = open_delivery(inbox.write(extract_date=self.extract_date))
        ws = Workspace(Home.open(folder / "home"), f"run-{self.extract_date}", delivery)
        with ws.held():
            land(ws)
            gate(ws)
        return ws

    def built(self, folder: Path) -> Core:
        """Passed, and every core table made and held against tables.yml."""
        ws = self.passed(folder)
        with ws.held():
            for table in CORE:
                table.build(ws)
            with ws.connect() as con:
                check_schema(con)
        return Core(ws, dict(self.numbers))


@dataclass
class Core:
    """The core tables of a built street."""

    ws: Workspace
    numbers: dict[str, str]

    def __post_init__(self) -> None:
        keys = {number: key for key, number in self.numbers.items()}
        with self.ws.connect() as con:
            people = con.sql("select person_id, personnummer from core_persons").fetchall()
            places = con.sql("select dwelling_id, label from core_dwellings").fetchall()
        self.names = {person: keys[number] for person, number in people} | dict(places)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows with people's keys and dwellings' labels for ids, in order of these."""
        with self.ws.connect() as con:
            found = con.sql(query).fetchall()
        return sorted((tuple(map(self._plain, row)) for row in found), key=_unknown_last)

    def _plain(self, value: Any) -> Any:
        value = self.names.get(value, value) if isinstance(value, str) else value
        return value.isoformat() if isinstance(value, date) else value


def remember(ws: Workspace) -> None:
    """What a later night looks back on: the kept dwellings and the exceptions of identity."""
    kept = ws.home.night_dir(ws.as_of, ws.delivery.manifest_sha256)
    kept.mkdir(parents=True)
    with ws.connect() as con:
        file = kept / "kept_registry__dwellings.parquet"
        con.execute(f"copy kept_registry__dwellings to '{file}'")
    (kept.parent / ACCEPTED).symlink_to(kept.name)
    remember_identity(ws)


def _unknown_last(row: Iterable[Any]) -> list[tuple[bool, str]]:
    return [(value is None, str(value)) for value in row]
