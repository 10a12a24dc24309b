"""A small delivery that keeps every promise, for tests to break in one place."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from data_contracts.errors import BoendesignalError
from rules.on_spark import session

# A loaded machine makes an example slow and nothing wrong. CI draws the same examples every time.
settings.register_profile("here", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("here")

EXTRACT_DATE = "2026-10-01"

# The tax agency's test numbers: birth numbers 980, 981, 238, 239 are never given to anyone.
ANNA, BO, CILLA, DAVID = "197002019805", "196803129813", "199904152387", "200106302391"

_PERSON = {
    "personnummer": ANNA, "identitetstyp": "PNR", "fornamn": "Anna", "mellannamn": "",
    "efternamn": "Ek", "kon": "K", "fodelsedatum": "1970-02-01", "civilstand": "G",
    "civilstandsdatum": "1998-06-20", "folkbokforingsdatum": "2010-05-01", "lanskod": "01",
    "kommunkod": "81", "fastighetsbeteckning": "Södertälje Lina 1:1", "lagenhetsnummer": "1101",
    "co_adress": "", "utdelningsadress": "Björkvägen 1 A lgh 1101", "postnummer": "15134",
    "postort": "Södertälje", "sarskild_co": "", "sarskild_utdelningsadress": "",
    "sarskild_postnummer": "", "sarskild_postort": "", "skydd": "", "avregistreringskod": "",
    "avregistreringsdatum": "", "hanvisning_personnummer": "",
}  # fmt: skip
_RELATION = {
    "personnummer": ANNA, "relationstyp": "M", "relation_personnummer": BO,
    "fran_datum": "1998-06-20", "till_datum": "",
}  # fmt: skip
_MOVE = {
    "personnummer": ANNA, "fastighetsbeteckning": "Södertälje Ronna 2:2", "lagenhetsnummer": "1001",
    "utdelningsadress": "Ekgatan 2 lgh 1001", "postnummer": "15231", "postort": "Södertälje",
    "fran_datum": "2001-01-01", "till_datum": "2010-05-01",
}  # fmt: skip
_DWELLING = {
    "fastighetsbeteckning": "Södertälje Lina 1:1", "lagenhetsnummer": "1101",
    "belagenhetsadress": "Björkvägen 1 A", "postnummer": "15134", "postort": "Södertälje",
    "omrade": "Lina", "antal_rum": "3", "bostadsarea": "75,5", "bostadstyp": "FLERBOSTADSHUS",
    "upplatelseform": "HYRESRATT",
}  # fmt: skip
_LEASE = {
    "kontraktsnummer": "K1", "objektsnummer": "O1", "objekttyp": "BOSTAD",
    "kontraktstyp": "FORSTAHAND", "hyresgast_personnummer": ANNA, "hyresgast_namn": "Anna Ek",
    "medhyresgast_personnummer": BO, "medhyresgast_namn": "Bo Ek", "adress": "Björkvägen 1 A",
    "postnummer": "15134", "postort": "Södertälje", "lagenhetsnummer": "1101", "antal_rum": "3",
    "area": "75,5", "manadshyra": "8770,50", "fran_datum": "2010-05-01", "till_datum": "",
    "andrahand_godkand_till": "", "anmalda_inneboende": "0", "fakturaadress": "",
    "faktura_postnummer": "", "faktura_postort": "", "telefon": "079-998 76 54", "epost": "",
    "fordon_regnr": "", "hyresvard": "Hyresbolaget AB",
}  # fmt: skip
_DECISION = {
    "beslutsid": "B1", "myndighet": "FORSAKRINGSKASSAN", "formanstyp": "BOSTADSBIDRAG",
    "mottagare_personnummer": ANNA, "medsokande_personnummer": BO, "period_fran": "2026-10-01",
    "period_till": "", "manadsbelopp": "1250", "uppgiven_adress": "Björkvägen 1 A",
    "uppgiven_postnummer": "151 34", "uppgiven_postort": "Södertälje",
    "uppgiven_boendekostnad": "8770", "uppgivna_vuxna": "2", "uppgivna_barn": "0",
    "uppgiven_inneboendeinkomst": "0", "telefon": "",
}  # fmt: skip
_VEHICLE = {
    "registreringsnummer": "ABC12D", "fordonsslag": "PERSONBIL", "status": "I_TRAFIK",
    "agare_id": ANNA, "agare_namn": "Anna Ek", "brukare_personnummer": "",
    "agare_adress": "Björkvägen 1 A", "agare_postnummer": "15134", "agare_postort": "Södertälje",
    "agare_sedan": "2019-02-24",
}  # fmt: skip

VALID: dict[str, list[dict[str, str]]] = {
    "registry/personer.csv": [
        _PERSON,
        {**_PERSON, "personnummer": BO, "fornamn": "Bo", "fodelsedatum": "1968-03-12"},
        {**_PERSON, "personnummer": CILLA, "fornamn": "Åsa", "fodelsedatum": "1999-04-15",
         "civilstand": "OG", "civilstandsdatum": ""},
        {**_PERSON, "personnummer": DAVID, "fornamn": "David", "fodelsedatum": "2001-06-30",
         "civilstand": "OG", "civilstandsdatum": ""},
    ],
    "registry/relationer.csv": [
        _RELATION,
        {**_RELATION, "personnummer": BO, "relation_personnummer": ANNA},
    ],
    "registry/flyttningar.csv": [_MOVE, {**_MOVE, "personnummer": BO}],
    "registry/lagenheter.csv": [_DWELLING, {**_DWELLING, "lagenhetsnummer": "1102"}],
    "tenancy/kontrakt.csv": [
        _LEASE,
        {**_LEASE, "kontraktsnummer": "K2", "objekttyp": "PPLATS", "lagenhetsnummer": "",
         "antal_rum": "", "area": "", "manadshyra": "310,00", "fordon_regnr": "ABC12D"},
    ],
    "benefits/beslut.csv": [_DECISION, {**_DECISION, "beslutsid": "B2"}],
    "vehicles/fordon.csv": [
        _VEHICLE,
        {**_VEHICLE, "registreringsnummer": "DEF345", "agare_id": "5560360793",
         "brukare_personnummer": BO},
    ],
}  # fmt: skip


@dataclass
class DeliveryBuilder:
    """A delivery folder in the making: change rows, encodings or bytes, then `write`."""

    folder: Path
    rows: dict[str, list[dict[str, str]]] = field(default_factory=lambda: deepcopy(VALID))
    encodings: dict[str, str] = field(default_factory=dict)
    content: dict[str, bytes] = field(default_factory=dict)  # instead of the rows
    n_rows: dict[str, int] = field(default_factory=dict)  # instead of counting

    def csv(self, path: str) -> bytes:
        """The rows as the sources write them."""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(VALID[path][0]), delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows[path])
        return text.getvalue().encode(self.encodings.get(path, "utf-8"))

    def write(self, **manifest: Any) -> Path:
        """Write files and manifest; `manifest` replaces its keys. Returns the folder."""
        files = []
        for path in [*self.rows, *(path for path in self.content if path not in self.rows)]:
            content = self.content[path] if path in self.content else self.csv(path)
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(content)
            files.append({
                "path": path,
                "rows": self.n_rows.get(path, len(self.rows.get(path, []))),
                "encoding": self.encodings.get(path, "utf-8"),
                "sha256": hashlib.sha256(content).hexdigest(),
            })  # fmt: skip
        said = {
            "extract_date": EXTRACT_DATE,
            "municipality_code": "0181",
            "synthetic": True,
            "files": files,
            **manifest,
        }
        (self.folder / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
        return self.folder


@pytest.fixture
def delivery(tmp_path: Path) -> DeliveryBuilder:
    """A valid delivery of 2026-10-01, not yet written."""
    return DeliveryBuilder(tmp_path / "inbox" / EXTRACT_DATE)


# A town's tables are small: translating them into Java code takes longer than reading them.
SMALL_TABLES = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Apache Spark on two cores of this machine; what asks for it is skipped without it."""
    place = tmp_path_factory.mktemp("spark")
    try:
        started = session(place, "local[2]", SMALL_TABLES)
    except BoendesignalError as error:
        pytest.skip(str(error))
    yield started
    started.stop()
