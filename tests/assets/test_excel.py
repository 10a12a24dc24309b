"""signaler.xlsx says what the night says; an export holds its recipient's sources and no more."""

from __future__ import annotations

import stat
from datetime import datetime, timedelta

import openpyxl
import pytest

from assets.excel import export
from assets.home import Home
from assets.ledger import STATE_SQL
from assets.publish import publish
from data_contracts.errors import BoendesignalError
from tests.assets.a_night import FACTS, HOLDER, NIGHT, PARKER, a_home, a_run

DWELLINGS = "SÖDERTÄLJE BJÖRKEN 1, Storgatan 1 lgh 1101; SÖDERTÄLJE ÅSEN 2, Ängsvägen 2"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    home = a_home(tmp_path_factory.mktemp("excel"))
    publish(a_run(home), FACTS)
    return home


def sheets(file) -> dict[str, list[tuple]]:
    """Sheet -> its rows of values, headings first."""
    book = openpyxl.load_workbook(file)
    return {page.title: list(page.values) for page in book}


def exported(home, tmp_path, recipient) -> dict[str, list[tuple]]:
    export(home, NIGHT, recipient, tmp_path / "ut.xlsx")
    return sheets(tmp_path / "ut.xlsx")


def everything(found: dict[str, list[tuple]]) -> str:
    return "\n".join(str(row) for name, rows in found.items() for row in [name, *rows])


def test_the_nights_workbook_is_whole_and_ranked(home):
    """Cases first, then one sheet per rule, also when empty, then what is no suspicion."""
    found = sheets(home.published / "latest" / "signaler.xlsx")
    assert list(found) == [
        "Ärenden",
        "Om arbetsboken",
        "Hyresgäst folkbokförd på annan…",
        "Fler vuxna än rummen räcker…",
        "P-plats utan bil",
        "Bidrag för en annan bostad",
        "Datakvalitet",
        "Ej beräknade regler",
    ]
    assert found["Ärenden"] == [
        (
            "Rang",
            "Sannolikhet för ändring",
            "Ärende",
            "Poäng",
            "Rubrik",
            "Sammanfattning",
            "Spår",
            "Signaler",
            "Bidrag (kr/mån)",
            "Hyra (kr/mån)",
            "Personer",
            "Bostäder",
        ),
        (
            1,
            "Ännu inte kalibrerad",
            "k1",
            3.44,
            "Två bostäder",
            "2 + 1,44 poäng",
            "Bidrag",
            2,
            20801,
            7500,
            HOLDER,
            DWELLINGS,
        ),
        (
            2,
            "Ännu inte kalibrerad",
            "k2",
            0.7,
            "P-plats utan bil",
            "0,7 poäng",
            "Hyresavtal",
            1,
            0,
            500,
            PARKER,
            None,
        ),
    ]
    assert found["Hyresgäst folkbokförd på annan…"] == [
        (
            "Rang",
            "Ärende",
            "Förklaring",
            "Sedan",
            "Säkerhet",
            "Poäng",
            "Bidrag (kr/mån)",
            "Hyra (kr/mån)",
            "Personer",
            "Bostäder",
            "Hyresgäst",
            "Kontraktets adress",
            "Signal",
        ),
        (
            1,
            "k1",
            "Åsa Öberg har kontrakt men bor i Järna.",
            datetime(2025, 3, 1),
            0.9,
            1.44,
            20801,
            7500,
            HOLDER,
            DWELLINGS,
            "Åsa Öberg",
            "Storgatan 1 lgh 1101",
            "s1aa",
        ),
    ]
    assert [len(found[name]) for name in ("Fler vuxna än rummen räcker…", "Datakvalitet")] == [1, 2]


def test_no_name_number_or_phone_becomes_a_formula(home):
    """In the whole workbook no cell is a formula or a link, and a personnummer is text."""
    book = openpyxl.load_workbook(home.published / "latest" / "signaler.xlsx")
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "inlineStr"}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []
    parking = {cell.value for row in book["P-plats utan bil"].iter_rows(min_row=2) for cell in row}
    assert {PARKER, "=Cmd Ek", "+46701740605", "@garage"} <= parking


def test_the_landlord_sees_leases_and_nothing_of_benefits(home, tmp_path):
    """A tenancy export has no benefit signal, sum, text or rank, and no member of a mixed case."""
    found = exported(home, tmp_path, "tenancy")
    assert found["Ärenden"] == [
        ("Ordning", "Ärende", "Skäl", "Signaler", "Hyra (kr/mån)", "Personer", "Bostäder"),
        (1, "k1", "Hyresgäst folkbokförd på annan adress än kontraktet", 1, 7500, None, None),
        (2, "k2", "P-plats utan bil", 1, 500, PARKER, None),
    ]
    assert list(found) == [
        "Ärenden",
        "Om arbetsboken",
        "Hyresgäst folkbokförd på annan…",
        "Fler vuxna än rummen räcker…",
        "P-plats utan bil",
    ]
    said = everything(found)
    for hidden in ("idrag", "BOSTADSBIDRAG", "benefit", "20801", "s1bb", "3.44", "Två bostäder"):
        assert hidden not in said
    assert ("Utelämnade signaler", 1) in found["Om arbetsboken"]


def test_the_benefit_side_sees_benefit_signals_only(home, tmp_path):
    """A benefit export has benefit signals, no rent, no lease and no car."""
    found = exported(home, tmp_path, "benefit")
    assert found["Ärenden"] == [
        ("Ordning", "Ärende", "Skäl", "Signaler", "Bidrag (kr/mån)", "Personer", "Bostäder"),
        (1, "k1", "Bidrag för en annan bostad", 1, 20801, None, None),
    ]
    assert list(found) == ["Ärenden", "Om arbetsboken", "Bidrag för en annan bostad"]
    said = everything(found)
    for hidden in ("7500", "kontrakt", "s1aa", "s2aa", "Hyra", HOLDER):
        assert hidden not in said
    assert ("Utelämnade signaler", 2) in found["Om arbetsboken"]


def test_the_auditor_sees_all_there_is(home, tmp_path):
    """An audit export has every signal and, as published, members, evidence, quarantine, gaps."""
    found = exported(home, tmp_path, "audit")
    assert {name: len(rows) - 1 for name, rows in found.items() if name != "Om arbetsboken"} == {
        "Ärenden": 2,
        "Hyresgäst folkbokförd på annan…": 1,
        "Fler vuxna än rummen räcker…": 0,
        "P-plats utan bil": 1,
        "Bidrag för en annan bostad": 1,
        "Ärendenas medlemmar": 4,
        "Underlag": 5,
        "Datakvalitet": 1,
        "Ej beräknade regler": 1,
        "Undanlagda rader": 1,
        "Veckolistans urval": 0,
        "Listans träffsäkerhet": 0,
        "Regler på försök": 0,
    }
    assert found["Undanlagda rader"][1] == (
        "tenancy__leases",
        "tenancy/kontrakt_söder.csv",
        5,
        "from_on",
        "not a date",
    )
    assert ("Utelämnade signaler", 0) in found["Om arbetsboken"]


def test_a_signal_that_rests_on_a_foreign_row_is_left_out(tmp_path):
    """Evidence decides too: one row from a source the recipient has not leaves the signal out."""
    home = a_home(tmp_path)
    ws = a_run(home)
    with ws.connect() as con:
        con.execute(
            "insert into signal_evidence values "
            "('s1aa', 'phone', '', 'benefits__decisions', 'benefits/beslut.csv', 7)"
        )
        con.execute("delete from signal_evidence where signal_id = 's2aa'")  # rests on nothing
    publish(ws, FACTS)
    counts = export(home, None, "tenancy", tmp_path / "ut.xlsx")
    assert counts == {"n_signals": 0, "n_left_out": 3}
    assert sheets(tmp_path / "ut.xlsx")["Ärenden"][1:] == []


def test_whoever_is_protected_since_is_handed_to_nobody(home, tmp_path):
    """An earlier night's workbook leaves out the cases of signals that protection has closed; what
    stood before that night's own ledger, and what the auditor sees, is as it was."""
    assert "=Cmd Ek" in everything(exported(home, tmp_path, "tenancy"))
    with home.state_db() as state:
        state.execute(STATE_SQL)
        row = (
            "insert into ledger_nights (signal_id, cause, extract_date) values (?, 'protection', ?)"
        )
        state.execute(row, ["s2aa", NIGHT + timedelta(days=1)])
        state.execute(row, ["s1aa", NIGHT - timedelta(days=1)])
    try:
        found = everything(exported(home, tmp_path, "tenancy"))
        assert "=Cmd Ek" not in found
        assert PARKER not in found
        assert "Åsa Öberg" in found
        assert "=Cmd Ek" in everything(exported(home, tmp_path, "audit"))
    finally:
        with home.state_db() as state:
            state.execute("delete from ledger_nights")


def test_an_export_is_private_and_leaves_nothing_behind(home, tmp_path):
    """The file is 0600, the same each time, and no temporary file stays in the home."""
    files = {export(home, NIGHT, "audit", tmp_path / "a.xlsx")["n_signals"]}
    first = (tmp_path / "a.xlsx").read_bytes()
    export(home, NIGHT, "audit", tmp_path / "a.xlsx")
    assert files == {3}
    assert (tmp_path / "a.xlsx").read_bytes() == first
    assert stat.S_IMODE((tmp_path / "a.xlsx").stat().st_mode) == 0o600
    assert list(home.state.glob("export-*")) == []


@pytest.mark.parametrize(
    ("recipient", "out", "said"),
    [
        ("press", "ut.xlsx", "Recipients: tenancy, benefit, audit"),
        ("audit", "ut.csv", "ends in .xlsx"),
        ("audit", "nowhere/ut.xlsx", "a folder that exists"),
    ],
)
def test_what_cannot_be_exported_says_why(home, tmp_path, recipient, out, said):
    """A wrong recipient or place is an error with what is allowed."""
    with pytest.raises(BoendesignalError, match=said):
        export(home, NIGHT, recipient, tmp_path / out)


def test_a_night_of_an_older_version_is_handed_over_after_it_has_been_run_again(tmp_path):
    home = a_home(tmp_path)
    publish(a_run(home), FACTS)
    (home.published / NIGHT.isoformat() / "trial.parquet").unlink()
    with pytest.raises(BoendesignalError, match=r"had no trial\. Run its delivery again"):
        export(home, None, "audit", tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


def test_how_likely_a_change_is_stands_beside_the_rank(tmp_path):
    """Once outcomes exist, per case; it changes no place."""
    home = a_home(tmp_path)
    ws = a_run(home)
    with ws.connect() as con:
        con.execute(
            "insert into calibration by name from (values (null, 'k1', 0.424, 'sagt'),"
            " (null, 'k2', 0.91, 'sagt'), ('parking_without_car', null, 0.3, 'sagt'))"
            " v(rule_id, case_id, p_change, says_sv)"
        )
    publish(ws, FACTS)
    found = sheets(home.published / "latest" / "signaler.xlsx")["Ärenden"]
    assert [row[:3] for row in found] == [
        ("Rang", "Sannolikhet för ändring", "Ärende"),
        (1, "42 %", "k1"),
        (2, "91 %", "k2"),
    ]
