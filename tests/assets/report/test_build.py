"""What is read of a case is what the core tables have of its members, from permitted sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.report import shapes
from assets.report.build import choose, show, visible_sources
from data_contracts.legal_basis import Entry, LegalBasis
from rules.tables import sources
from tests.assets.a_core import Core
from tests.assets.a_night import a_home, a_run
from tests.assets.a_street import BJORK_1001, BJORK_1101, BJORK_1102, EKGATAN, GRAN_1001, GRAN_1101

ALL = list(sources())
B1001, B1101, B1102, EK = (p.label for p in (BJORK_1001, BJORK_1101, BJORK_1102, EKGATAN))
G1001, G1101 = GRAN_1001.label, GRAN_1101.label
CASES = {
    "parents": (["pia", "olof", "rut"], [G1001, G1101]),
    "lodgers": (["anna", "gun", "hans", "fia", "ivan", "karin"], [B1001, B1101, B1102]),
    "house": (["karin", "jan"], [G1001]),
}


class Reader:
    """The street with two cases on it."""

    def __init__(self, street: Core, con: duckdb.DuckDBPyConnection) -> None:
        self.street, self.con = street, con
        ids = {name: of for of, name in street.names.items()}
        con.execute(
            "create temp table case_members (case_id text, member_kind text, role text,"
            " member_id text, is_subject boolean)"
        )
        con.execute("create temp table chosen (place int, case_id text)")
        for place, (case, (people, dwellings)) in enumerate(CASES.items(), 1):
            con.execute("insert into chosen values (?, ?)", [place, case])
            for kind, names in (("person", people), ("dwelling", dwellings)):
                for name in names:
                    row = [case, kind, "a_role", ids[name], name == names[0]]
                    con.execute("insert into case_members values (?, ?, ?, ?, ?)", row)
        show(con, ALL)

    def rows(self, shape: type, case: str, *columns: str) -> list[tuple[Any, ...]]:
        """Those columns of the case's rows, with names for ids and dates as text, sorted."""
        found = [row for row in shapes.fetch(self.con, shape) if row.case_id == case]
        return sorted(
            (tuple(self._plain(getattr(row, column)) for column in columns) for row in found),
            key=str,
        )

    def _plain(self, value: Any) -> Any:
        value = self.street.names.get(value, value) if isinstance(value, str) else value
        return value.isoformat() if isinstance(value, date) else value


@pytest.fixture
def reader(street: Core) -> Iterator[Reader]:
    with street.ws.connect() as con:
        yield Reader(street, con)


def test_people_and_dwellings(reader: Reader) -> None:
    assert reader.rows(
        shapes.Person, "lodgers", "person_id", "is_samordningsnummer", "deregistration"
    ) == [
        ("anna", False, None),
        ("fia", False, None),
        ("gun", False, None),
        ("hans", False, None),
        ("ivan", True, None),
        ("karin", False, "emigrated"),
    ]
    columns = ("dwelling_id", "n_rooms", "area_m2", "tenure", "n_registered", "is_subject")
    assert reader.rows(shapes.Dwelling, "parents", *columns) == [
        (G1001, 3, 75.0, "let", 2, True),
        (G1101, 2, 55.5, "cooperative", 3, False),
    ]


def test_ties_to_dwellings(reader: Reader) -> None:
    """Home and leases wherever they are; other records and earlier homes within the case only."""
    columns = ("person_id", "kind", "where_sv", "from_on", "to_on")
    assert reader.rows(shapes.Tie, "parents", *columns) == [
        ("olof", "registered", G1101, "2015-03-01", None),
        ("olof", "special_address", G1001, None, None),
        ("olof", "vehicle_address", G1001, None, None),
        ("pia", "lease", G1001, "2015-03-01", None),
        ("pia", "registered", G1001, "2015-03-01", None),
        ("rut", "lease", G1101, "2015-03-01", None),
        ("rut", "registered", G1101, "2015-03-01", None),
    ]
    assert reader.rows(shapes.Tie, "lodgers", *columns) == [
        ("anna", "lease", B1101, "2015-03-01", None),
        ("anna", "registered", B1101, "2015-03-01", None),
        ("anna", "stated_address", B1101, None, None),
        ("fia", "lease", B1001, "2015-03-01", None),
        ("fia", "registered", B1001, "2015-03-01", None),
        ("gun", "registered", EK, "2015-03-01", None),
        ("gun", "stated_address", B1101, None, None),
        ("hans", "former", B1102, "2010-01-01", "2015-03-01"),
        ("hans", "registered", B1001, "2015-03-01", None),
        ("hans", "stated_address", B1102, None, None),
    ]


def test_a_record_without_a_flat_ties_to_the_house(reader: Reader) -> None:
    """Whom a decision places in some flat of the house, but for those who are registered there."""
    columns = ("person_id", "kind", "where_sv")
    drawn = reader.rows(shapes.Tie, "house", *columns)
    assert ("karin", "stated_house", G1001) in drawn
    assert [kind for _, kind, _ in drawn if kind.endswith("_house")] == ["stated_house"]

    ids = {name: of for of, name in reader.street.names.items()}
    core = f"{reader.con.sql('select current_database()').fetchall()[0][0]}.main.core_persons"
    reader.con.execute(
        f"create temp view core_persons as select * replace (case person_id when '{ids['karin']}'"
        f" then '{ids[G1101]}' else dwelling_id end as dwelling_id) from {core}"
    )
    at_home = reader.rows(shapes.Tie, "house", *columns)
    assert not [kind for _, kind, _ in at_home if kind.endswith("_house")]


def test_kin(reader: Reader) -> None:
    """What the other is to the person, from both sides; a child that is no member ties parents."""
    columns = ("person_id", "tie", "other_person_id")
    assert reader.rows(shapes.Kin, "parents", *columns) == [
        ("olof", "co_parent", "rut"),
        ("olof", "former_spouse", "pia"),
        ("pia", "former_spouse", "olof"),
        ("rut", "co_parent", "olof"),
    ]
    assert reader.rows(shapes.Kin, "lodgers", *columns) == [
        ("anna", "parent", "gun"),
        ("fia", "same_surname", "ivan"),
        ("gun", "child", "anna"),
        ("ivan", "same_surname", "fia"),
    ]


def test_spans(reader: Reader) -> None:
    """Registrations and leases with their end, and the days that are drawn as marks."""
    columns = ("person_id", "kind", "dwelling_id", "from_on", "to_on")
    assert reader.rows(shapes.Span, "parents", *columns) == [
        ("olof", "civil_status", None, "2020-02-02", None),
        ("olof", "registered", G1101, "2015-03-01", None),
        ("pia", "civil_status", None, "2020-02-02", None),
        ("pia", "lease", G1001, "2015-03-01", "2026-12-31"),
        ("pia", "registered", G1001, "2015-03-01", None),
        ("rut", "lease", G1101, "2015-03-01", None),
        ("rut", "registered", G1101, "2015-03-01", None),
    ]
    drawn = reader.rows(shapes.Span, "lodgers", *columns)
    assert ("hans", "registered", B1102, "2010-01-01", "2015-03-01") in drawn
    assert ("anna", "registered", EK, "1990-01-01", "2009-06-20") in drawn
    assert ("anna", "decision", None, "2026-01-01", None) in drawn
    assert ("karin", "deregistration", None, "2025-05-01", None) in drawn


def test_a_source_that_may_not_be_joined_is_not_shown(reader: Reader) -> None:
    """Without the benefits nothing that they say is drawn or told, and no sums are made."""
    reader.con.execute(
        "create temp table case_economy as select 'parents' as case_id, 1 as place,"
        " 'parking' as item, 310.0 as sek_month, 1 as n, 'Hyra.' as text_sv"
    )
    assert len(reader.rows(shapes.Sum, "parents", "item")) == 1
    show(reader.con, [source for source in ALL if source != "benefits"])
    kinds = reader.rows(shapes.Tie, "lodgers", "kind") + reader.rows(shapes.Span, "lodgers", "kind")
    assert not {("stated_address",), ("decision",)} & set(kinds)
    assert reader.rows(shapes.Sum, "parents", "item") == []


def test_which_sources_may_be_joined(tmp_path: Path) -> None:
    """Every source and pair needs a basis of its own; what lacks one is left out, the rest not."""

    def entry(*named: str) -> Entry:
        return Entry(
            id="_".join(named),
            sources=named,
            decision_id="KS 1",
            decided_by="KS",
            purpose="p",
            statute="s",
            valid_from=date(2026, 1, 1),
        )

    ws = a_run(a_home(tmp_path))
    pairs = [(a, b) for i, a in enumerate(ALL) for b in ALL[i + 1 :]]
    allowed = [(one,) for one in ALL] + [pair for pair in pairs if pair != ("tenancy", "benefits")]
    basis = LegalBasis(tuple(entry(*named) for named in allowed), (), is_synthetic=True)
    assert visible_sources(basis, ws) == ["registry", "dwelling_register", "tenancy", "vehicles"]
    assert visible_sources(LegalBasis((), (), is_synthetic=True), ws) == []


def test_the_worklist_is_shown(tmp_path: Path) -> None:
    """Its own order, which is not that of rank; a case that has left is left out."""
    ws = a_run(a_home(tmp_path))
    with ws.connect() as con:
        con.execute(
            "insert into worklist (place, case_id) values (2, 'k1'), (1, 'k2'), (3, 'gone')"
        )
        choose(con)
        listed = [(one.place, one.case_id) for one in shapes.fetch(con, shapes.Chosen)]
    assert listed == [(1, "k2"), (2, "k1")]
