"""A protected person is nowhere after the gate, whatever the pattern, and strangers stay."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from assets.protection import gate
from assets.protection_keys import SHAPES
from data_contracts.contract import load_contracts
from data_contracts.errors import BoendesignalError
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
    run,
    workspace,
)
from tests.assets.protected_patterns import (
    ELSEWHERE,
    FAR_AWAY,
    FLAGGED,
    HOME,
    HOUSE,
    IN_LAW,
    MATE,
    NAME,
    NAMES,
    NAMESAKE,
    PATTERNS,
    SPELLINGS,
    STRANGER,
    assert_nowhere,
    broken_number,
    flagged,
    secrets,
    strangers,
)


# No shrinking: an example takes half a second, and the assertion names the rows anyway.
@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_a_protected_person_in_any_pattern_is_nowhere(tmp_path_factory, data):
    """Exactly the planted rows leave, in every combination, spelling and state of the row."""
    town = Town()
    strangers(town)
    flagged(town, protection=data.draw(st.sampled_from(["SEKRETESSMARKERING", "J", "?"])))
    for name in data.draw(st.lists(st.sampled_from(sorted(PATTERNS)), min_size=1, unique=True)):
        PATTERNS[name](
            town,
            data.draw(st.sampled_from(SPELLINGS)),
            data.draw(st.sampled_from(NAMES)),
            data.draw(st.booleans()),
        )
    ws, counts = run(tmp_path_factory.mktemp("home"), town)
    assert town.passed(ws) == ([], [])
    n_leaving = sum(leaves for _, _, _, leaves, _, _ in town.rows)
    assert counts == {"protected_rows": "< 10" if n_leaving < 10 else n_leaving}
    assert_nowhere(ws, secrets(town))


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_each_pattern_by_itself(tmp_path, name):
    """Each pattern is found without help from another."""
    town = Town()
    strangers(town)
    flagged(town)
    PATTERNS[name](town, SPELLINGS[0], NAMES[0], False)
    ws, _ = run(tmp_path, town)
    assert town.passed(ws) == ([], [])


def test_every_spelling_of_the_address(tmp_path):
    """A row at the dwelling leaves however the address is written."""
    town = Town()
    strangers(town)
    flagged(town)
    for said in SPELLINGS:
        cells = {"tenant_personnummer": STRANGER, **place(**said)}
        town.add(LEASES, str(said), leaves=True, **cells)
        town.add(LEASES, f"rejected {said}", leaves=True, rejected=True, **cells)
    ws, _ = run(tmp_path, town)
    assert town.passed(ws) == ([], [])


def test_a_house_needs_no_flat_number(tmp_path):
    """At a house every text with its street and number is it, and no other number is."""
    town = Town()
    strangers(town)
    flagged(town, HOUSE)
    town.person(MATE, "Zoran Ali", HOUSE, why="in the house", leaves=True)
    for said, leaves in (
        ("Vallavägen 53", True),
        ("VALLAV. 53 lgh 1001", True),
        ("Vallavägen 53 A", False),
        ("Vallavägen 35", False),
    ):
        cells = place(address=said, postcode="15595")
        town.add(LEASES, said, leaves=leaves, tenant_personnummer=STRANGER, **cells)
    ws, _ = run(tmp_path, town)
    assert town.passed(ws) == ([], [])


BOX = {
    "property": None,
    "address": "Skatteverket, Box 2820",
    "postcode": "40320",
    "city": "Göteborg",
}


@pytest.mark.parametrize(
    "key",
    [
        BOX,
        {"property": None, "address": None},
        {"property": "PÅ KOMMUNEN SKRIVEN", "address": "Nyköpingsvägen 26", "postcode": "15189"},
        HOME | {"address": "Box 17"},
        HOME | {"address": None},
        HOME | {"property": None},
        HOME | {"flat_number": None, "address": "Björkmossvägen 126 B"},
        dwelling("Södertälje Okänd 9:9", "Okändgatan 1", None),
    ],
    ids=["tax agency's box", "empty", "placeholder", "box", "no address", "no property", "no flat",
         "thousands in an unknown house"],
)  # fmt: skip
def test_an_incomplete_key_sweeps_nobody(tmp_path, key):
    """The flagged person leaves alone, however many share the empty, boxed or placeholder key."""
    town = Town()
    strangers(town)
    town.add(DWELLINGS, "the flat that it may be", leaves=False, **registered(HOME))
    town.person(FLAGGED, NAME, key, why="flagged", leaves=True, protection="SKYDDAD_FOLKBOKFORING")
    for year in range(1930, 1995):
        shared = {k: v for k, v in key.items() if k != "address" or "Skatteverket" not in str(v)}
        person = number(f"{year}0615", 981)
        town.person(person, f"Namn{year} Efternamn", shared, why=f"sharer {year}", leaves=False)
    ws, _ = run(tmp_path, town)
    assert town.passed(ws) == ([], [])


MARKS = [
    (VEHICLES, "owner_number", {"owner_name": "PERSONUPPGIFT SKYDDAD"}),
    (VEHICLES, "user_personnummer", {"address": "Box 2820", "postcode": "40320"}),
    (LEASES, "tenant_personnummer", {"tenant_name": "Skyddade personuppgifter"}),
    (
        LEASES,
        "co_tenant_personnummer",
        {"invoice_address": "Box 2820", "invoice_postcode": "40320"},
    ),
    (BENEFITS, "recipient_personnummer", {"stated_address": "Skatteverket, Box 2820"}),
    (MOVES, "personnummer", {"address": "FÃ¶rmedlingsuppdrag 1"}),
    (PERSONS, "personnummer", {"special_care_of": "c/o SKATTEVERKET"}),
]


@pytest.mark.parametrize("rejected", [False, True])
def test_a_mark_in_any_source_protects(tmp_path, rejected):
    """A masked name or the tax agency's address is a flag, in whichever source it stands: with the
    person leave the dwelling and whoever lives there."""
    town = Town()
    strangers(town)
    for i, (contract_id, slot, cells) in enumerate(MARKS):
        marked, mate = number(f"19{60 + i}0303", 238), number(f"19{60 + i}0404", 239)
        home = dwelling(f"Södertälje Hovsjö 7:{i}", f"Hovsjövägen {i + 1}", "1101", "15258")
        town.person(marked, "Inte Flaggad", home, why=f"marked in {contract_id}", leaves=True)
        town.person(mate, "Zoran Ali", home, why=f"flatmate {contract_id}", leaves=True)
        town.add(DWELLINGS, f"dwelling {contract_id}", leaves=True, **registered(home))
        why = f"{contract_id} {slot}"
        town.add(contract_id, why, leaves=True, rejected=rejected, **{slot: marked}, **cells)
    ws, _ = run(tmp_path, town)
    assert town.passed(ws) == ([], [])


def test_a_flag_on_a_rejected_row_with_a_broken_number_finds_the_person(tmp_path):
    """The flag falls on whoever has that name and birth date."""
    town = Town()
    strangers(town)
    town.person(FLAGGED, NAME, HOME, why="the person", leaves=True)
    town.add(DWELLINGS, "the dwelling", leaves=True, **registered(HOME))
    broken = {"personnummer": "19840412-23", "birth_on": "1984-04-12", "protection": "J"}
    town.add(
        PERSONS,
        "flag",
        leaves=True,
        rejected=True,
        first_name="LAYLA",
        last_name="Barsom",
        **broken,
    )
    ws, _ = run(tmp_path, town)
    assert town.passed(ws) == ([], [])


def test_a_misspelt_registered_address_is_the_same_dwelling(tmp_path):
    """On one property the flat is the same, however the register spells the street of the row."""
    town = Town()
    strangers(town)
    town.add(DWELLINGS, "the dwelling", leaves=True, **registered(HOME))
    misspelt = HOME | {"address": "Björkmosvägen 126 B lgh 1302"}
    town.person(FLAGGED, NAME, misspelt, why="flagged", leaves=True, protection="J")
    town.person(MATE, "Zoran Ali", HOME, why="flatmate", leaves=True)
    ws, _ = run(tmp_path, town)
    assert town.passed(ws) == ([], [])


def test_only_the_number_of_rows_is_told(tmp_path):
    """Nobody, few and many protected people look alike up to nine rows."""
    nobody, few = Town(), Town()
    strangers(nobody)
    strangers(few)
    flagged(few)
    assert run(tmp_path / "nobody", nobody)[1] == {"protected_rows": "< 10"}
    assert run(tmp_path / "few", few)[1] == {"protected_rows": "< 10"}
    for year in range(1930, 1940):
        few.person(number(f"{year}0615", 981), "A B", why="more", leaves=True, protection="J")
    assert run(tmp_path / "many", few)[1] == {"protected_rows": 12}


def test_private_counts_add_up(tmp_path):
    """Kept, set aside and protected rows are all that landed, per contract."""
    town = Town()
    strangers(town)
    flagged(town)
    broken_number(town, SPELLINGS[0], NAME, True)
    ws, _ = run(tmp_path, town)
    with ws.connect() as con:
        rows = con.execute("from gate_counts order by contract_id").fetchall()
        left = {
            contract_id: tuple(
                con.execute(f"select count(*) from {table}_{contract_id}").fetchall()[0][0]
                for table in ("kept", "rejected")
            )
            for contract_id in SHAPES
        }
    assert rows == [
        (BENEFITS, 1, 0, 0, 0),
        (DWELLINGS, 6, 0, 1, 0),
        (MOVES, 0, 0, 0, 0),
        (PERSONS, 7, 1, 1, 1),
        (RELATIONS, 1, 1, 0, 1),
        (LEASES, 3, 3, 0, 3),
        (VEHICLES, 2, 0, 0, 0),
    ]
    assert left == {row[0]: (row[1] - row[3], row[2] - row[4]) for row in rows}


def test_who_and_what_is_incomplete(tmp_path):
    """Those who lost a row stay and are marked: a relative's relative, the relative's flatmates and
    dwelling, who gave the plate of a car that left; untouched neighbours are not."""
    town = Town()
    strangers(town)
    flagged(town)
    for name in ("former_spouse", "vehicle_user"):
        PATTERNS[name](town, SPELLINGS[0], NAME, False)
    driver = number("19610101", 981)
    town.person(driver, "Ger Platsen", ELSEWHERE, why="driver", leaves=False)
    town.add(LEASES, "plate", leaves=False, tenant_personnummer=driver, plate="xyz 123")
    ws, _ = run(tmp_path, town)
    assert town.passed(ws) == ([], [])
    with ws.connect() as con:
        people = [row[0] for row in con.execute("from incomplete_personnummer").fetchall()]
        homes = con.execute("from incomplete_dwellings").fetchall()
    assert people == sorted([IN_LAW, driver, NAMESAKE])  # the namesake lives with the former spouse
    assert homes == [(FAR_AWAY["property"], "Lagmansvägen 7", None)]


def test_the_same_landing_gives_the_same_rows_in_order(tmp_path):
    """Kept tables are ordered by row, whatever the number of threads."""
    kept = []
    for threads in (1, 2):
        town = Town()
        strangers(town)
        flagged(town)
        ws = workspace(tmp_path / str(threads), town)
        ws.threads = threads
        gate(ws)
        with ws.connect() as con:
            kept.append([con.execute(f"from kept_{name}").fetchall() for name in SHAPES])
    assert kept[0] == kept[1]
    assert all(rows == sorted(rows, key=lambda row: row[-3]) for rows in kept[0])


def test_a_table_that_the_gate_does_not_know_stops_the_run(tmp_path):
    """A new contract cannot pass by unseen."""
    ws = workspace(tmp_path, Town())
    with ws.connect_with_landing() as con:
        con.execute("create table landing.landing_school__pupils (personnummer varchar)")
    with pytest.raises(BoendesignalError, match="does not know landing_school__pupils"):
        gate(ws)
    assert ws.landing_file.exists()


def test_the_gate_is_passed_once(tmp_path):
    """Without landed rows the gate says what to do."""
    ws, _ = run(tmp_path, Town())
    with pytest.raises(BoendesignalError, match="Land the delivery again"):
        gate(ws)


def test_the_gate_knows_every_identifying_column_of_every_contract():
    """A number, name, address or birth date that a contract adds must be in SHAPES."""
    unknown = []
    for contract in load_contracts().values():
        shape = SHAPES[contract.id]
        known = {cell for n in shape.people for cell in (n.number, *n.name, n.birth)}
        for p in shape.places:
            known |= {p.text, p.postcode, p.city, p.flat, p.property, p.care_of}
        for column in contract.columns:
            is_number = column.type in ("personnummer", "personnummer_or_org")
            is_text = column.personal_data in ("name", "birth") or (
                column.personal_data == "address" and column.type in ("string", "postcode")
            )
            if (is_number or is_text) and column.name not in known:
                unknown.append(f"{contract.id}.{column.name}")
    assert unknown == []
