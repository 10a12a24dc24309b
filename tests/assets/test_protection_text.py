"""Numbers and names of protected people where nobody expects them: in text, or partly wrong."""

from __future__ import annotations

import pytest

from assets.home import Home
from assets.landing import land
from assets.protection import gate
from assets.workspace import Workspace
from data_contracts.delivery import open_delivery
from tests.assets.a_town import BENEFITS, LEASES, VEHICLES, Town, place, run
from tests.assets.protected_patterns import FLAGGED, STRANGER, flagged, strangers

TEN = f"{FLAGGED[2:8]}-{FLAGGED[8:]}"


@pytest.mark.parametrize(
    "said",
    [
        FLAGGED,
        f"12 34 {TEN} lgh 1302",
        f"{FLAGGED[:8]} {FLAGGED[8:]}",
        f"{FLAGGED[2:8]}\u2013{FLAGGED[8:]}",
        f"{FLAGGED[2:8]}\u00a0{FLAGGED[8:]}",
        f"{FLAGGED[:4]}-{FLAGGED[4:6]}-{FLAGGED[6:8]} - {FLAGGED[8:]}",
    ],
)
def test_a_number_in_any_text_of_a_row(tmp_path, said):
    """A landlord's note beside a name, a number as decision id: the row is about that person."""
    town = Town()
    strangers(town)
    flagged(town)
    rows = [
        (LEASES, {"tenant_name": f"B. Layla {said}", "lease_number": "1"}),
        (LEASES, {"lease_number": said, "tenant_personnummer": STRANGER}),
        (BENEFITS, {"decision_number": f"B{said}x", "recipient_personnummer": STRANGER}),
        (VEHICLES, {"owner_name": f"dödsbo, {said}", "plate": "ABC123"}),
    ]
    for contract_id, cells in rows:
        town.add(contract_id, str(cells), leaves=True, **cells)
        town.add(contract_id, f"rejected {cells}", leaves=True, rejected=True, **cells)
    ws, _ = run(tmp_path, town)
    assert town.passed(ws) == ([], [])


def test_a_phone_number_is_nobodys_number(tmp_path):
    """Ten digits that are no protected person's number keep their row."""
    town = Town()
    strangers(town)
    flagged(town)
    cells = {"tenant_personnummer": STRANGER, "phone": "0701740605"}
    town.add(LEASES, "phone", leaves=False, **cells, **place(address="Jovisgatan 2"))
    ws, _ = run(tmp_path, town)
    assert town.passed(ws) == ([], [])


def test_a_number_with_a_wrong_digit_still_tells_the_birth_date(tmp_path, delivery):
    """Landing empties a wrong number in a lease; name and birth date are the person's all the same,
    whatever the address; a number with a word beside it is wrong too. A namesake born on another
    day stays."""
    person = delivery.rows["registry/personer.csv"][0] | {"skydd": "J"}
    delivery.rows["registry/personer.csv"][0] = person
    wrong = person["personnummer"][:-1] + str((int(person["personnummer"][-1]) + 1) % 10)
    name = f"{person['efternamn']} {person['fornamn']}"
    lease, other = delivery.rows["tenancy/kontrakt.csv"]
    at = {"adress": "Okändgatan 5", "postnummer": "15200", "lagenhetsnummer": ""}
    nobody = {"medhyresgast_personnummer": "", "medhyresgast_namn": ""}
    lease |= at | nobody | {"hyresgast_personnummer": wrong, "hyresgast_namn": name}
    later = f"{wrong[:6]}{int(wrong[6:8]) % 28 + 1:02}{wrong[8:]}"
    other |= at | nobody | {"hyresgast_personnummer": later, "hyresgast_namn": name}
    noted = {
        "kontraktsnummer": "K3",
        "hyresgast_personnummer": person["personnummer"] + " (dödsbo)",
    }
    delivery.rows["tenancy/kontrakt.csv"].append({**lease, **noted, "hyresgast_namn": "Dödsbo"})
    ws = Workspace(Home.open(tmp_path / "home"), "run", open_delivery(delivery.write()))
    land(ws)
    gate(ws)
    with ws.connect() as con:
        kept = con.execute("select lease_number from kept_tenancy__leases").fetchall()
    assert kept == [(other["kontraktsnummer"],)]
