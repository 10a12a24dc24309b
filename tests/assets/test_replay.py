"""A rule tried on stored nights sees what was known then, and leaves no trace in the home.

Three nights of one street. The second has no vehicle extract, which the rule needs; on the third
Nils has lived there for twenty days, and the rule asks for thirty.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from assets import ledger, memory, outcomes, replay, signals
from assets.core.build import CORE
from assets.core.identity import remember_identity
from assets.home import Home
from assets.landing import land
from assets.night_aside import AS_KNOWN
from assets.protection import gate
from assets.replay import parameter
from assets.replay_report import report, suppressed
from assets.retention import TRIALS
from assets.workspace import Workspace
from data_contracts.delivery import open_delivery
from data_contracts.errors import BoendesignalError, RuleError
from pipelines.cli import app
from rules.catalogue import load, write_lock
from tests.assets.a_core import VEHICLES, Street
from tests.assets.a_street import BJORK_1001, BJORK_1101, EKGATAN
from tests.conftest import DeliveryBuilder

SMALL = Path(__file__).parents[1] / "rules" / "small_rule"
DAYS = ("2026-10-01", "2026-10-08", "2026-10-15")
SEEN = "insert into ledger_nights values ($1, $2, 1, $3, null, 'new', null, $4, $4, null, null, $4)"
NAMES = ("Anna", "Ek", "Gun", "Alm", "Nils", "Berg", "Björkvägen", "Ekgatan")


def a_street(day: str) -> Street:
    street = Street(day)
    for place in (BJORK_1001, BJORK_1101, EKGATAN):
        street.dwelling(place)
    street.person("anna", "1970-02-01", "Anna Ek", BJORK_1101)
    street.person("gun", "1945-01-01", "Gun Alm", EKGATAN)
    street.vehicle("ABC12D", agare_id=street.numbers["anna"], agare_namn="Anna Ek")
    if day == DAYS[2]:
        street.person("nils", "1990-10-01", "Nils Berg", BJORK_1001,
                      folkbokforingsdatum="2026-09-25")  # fmt: skip
    return street


def keep(home: Home, folder: Path, street: Street) -> dict[str, str]:
    """The night as the product's stages keep it; person ids by key."""
    day = street.extract_date
    if day == DAYS[1]:
        del street.rows[VEHICLES]
    inbox = DeliveryBuilder(folder / day, rows=street.rows)
    delivery = open_delivery(inbox.write(extract_date=day))
    ws = Workspace(home, f"run-{day}", delivery, threads=1)
    with ws.held():
        pass_stages(ws)
        with ws.connect() as con:
            ids = dict(con.sql("select personnummer, person_id from core_persons").fetchall())
    shutil.rmtree(ws.dir)
    return {key: ids[number] for key, number in street.numbers.items()}


def pass_stages(ws: Workspace) -> None:
    land(ws)
    gate(ws)
    with ws.connect() as con:
        con.execute("create table missing_sources (contract_id varchar, reason varchar)")
        for contract in ws.delivery.missing:
            con.execute("insert into missing_sources values (?, 'missing')", [contract])
    for table in CORE:
        table.build(ws)
    memory.keep_night(ws)
    remember_identity(ws)


def write_rule(folder: Path, **changes: str) -> Path:
    """The tests' small rule, live and in need of vehicles; `changes` replace texts of rule.yml."""
    folder.mkdir(parents=True)
    shutil.copy(SMALL / "signal.sql", folder)
    text = (SMALL / "rule.yml").read_text("utf-8")
    text = text.replace("status: draft", "status: live").replace("small_rule", folder.name)
    text = text.replace("needs:\n- registry", "needs:\n- registry\n- vehicles")
    text = text.replace("uses:\n- vehicles\n", "uses:\n")
    for old, new in changes.items():
        text = text.replace(f"{old}:", new, 1)
    (folder / "rule.yml").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A home with three nights and a catalogue of two live rules, and person ids by key."""
    place = tmp_path_factory.mktemp("replay") / "d'arkiv"  # a quotation mark, as folders may have
    for name in ("small_rule", "other"):
        write_rule(place / "rules" / name)
    catalogue = load(place / "rules", locked=False)
    write_lock(catalogue, place / "rules")
    home = Home.open(place / "home")
    home.settle("0181")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "load", lambda: catalogue)
        ids = [keep(home, place / "inbox", a_street(day)) for day in DAYS]
    with home.state_db() as state:
        state.execute(ledger.STATE_SQL + outcomes.STATE_SQL)
        state.execute(SEEN, ["o1", "other", ids[0]["anna"], date(2026, 10, 1)])
        state.execute("insert into case_nights values ('c1', 'o1', date '2026-10-01')")
    return place, ids[2]


@pytest.fixture
def place(
    kept: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A copy that a test may change: rules/ and home/, with the catalogue in force."""
    shutil.copytree(kept[0], tmp_path / "d'arkiv", symlinks=True)
    monkeypatch.setattr(replay, "RULES", tmp_path / "d'arkiv" / "rules")
    return tmp_path / "d'arkiv"


def tried(place: Path, folder: str = "small_rule", n: int = 30, **given: int) -> dict:
    return report(replay.replay(Home.open(place / "home"), place / "rules" / folder, given, n))


def night(day: str, live: int | None, now: int | None, added: int | None, **more: object) -> dict:
    """A row of the answer; nothing is removed on any night here."""
    removed = None if added is None else 0
    told = {"night": day, "live": live, "tried": now, "added": added, "removed": removed}
    return {**told, "note": "", **more}


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_a_changed_parameter_against_the_live_version(place: Path) -> None:
    """Per night and in all; a missing source leaves its night out, with the reason; the case that
    a person is in already is not a new one."""
    told = tried(place, min_days=10)
    assert told["nights"] == [
        night(DAYS[0], 2, 2, 0, new_cases=1),
        night(DAYS[1], None, None, None, new_cases=None,
              note="live: source_missing vehicles__vehicles; "
                   "tried: source_missing vehicles__vehicles"),
        night(DAYS[2], 2, 3, 1, new_cases=3),
    ]  # fmt: skip
    assert told["in_all"] == night("in all", 2, 3, 1, new_cases=3)
    assert told["new_cases"] == {"at_once": 1, "a_week": 1.0}
    assert told["overlap"] == [{"rule_id": "other", "signals": 1}]
    assert tried(place, n=1, min_days=10)["new_cases"] == {"at_once": 3, "a_week": None}


def test_nothing_is_written_and_no_one_is_named(place: Path) -> None:
    """Every file of the home is as before, the private folder is gone; counts only."""
    before = content(place / "home")
    file = place / "told.json"
    words = ["rules", "try", str(place / "rules" / "small_rule"), "--set", "min_days=10"]
    ran = CliRunner().invoke(app, [*words, "--json", str(file), "--home", str(place / "home")])
    assert ran.exit_code == 0, ran.output
    assert content(place / "home") == before
    assert not any((place / "home" / "runs").glob(f"{TRIALS}*"))
    said = ran.output + file.read_text("utf-8")
    assert "Expected new cases: 1 at once, then 1.0 a week." in said
    assert [name for name in NAMES if name in said] == []
    assert json.loads(file.read_text("utf-8"))["in_all"]["tried"] == 3
    ran = CliRunner().invoke(app, [*words, "--json", str(place / "nowhere" / "told.json")])
    assert ran.exit_code == 1
    assert ran.output == "Cannot write told.json: its folder does not exist.\n"


def test_who_was_flagged_later_stays_out_of_every_night(place: Path) -> None:
    """The home remembers Gun's number from a later night."""
    home = Home.open(place / "home")
    number = a_street(DAYS[0]).numbers["gun"]
    key = hmac.new(home.key, number[-10:].encode(), hashlib.sha256).hexdigest()
    with home.state_db() as state:
        state.execute(
            "insert into protected_keys values (date '2026-11-01', 'later', 'number', ?)", [key]
        )
    assert [one["tried"] for one in tried(place)["nights"]] == [1, None, 1]


def test_a_rule_changed_in_place_stands_against_what_the_nights_were_computed_with(
    place: Path,
) -> None:
    """The folder of the catalogue is the tried version; a new rule has no live one."""
    shutil.rmtree(place / "rules" / "small_rule")
    write_rule(place / "rules" / "small_rule", version="version: 2 #", default="default: 10 #")
    told = tried(place, n=1)
    assert (told["live_version"], told["tried_version"]) == (1, 2)
    assert told["nights"] == [night(DAYS[2], 2, 3, 1, new_cases=3)]
    write_rule(place / "rules" / "quite_new")
    told = tried(place, "quite_new", n=1)
    assert told["live_version"] is None
    assert told["nights"] == [night(DAYS[2], 0, 2, 2, new_cases=2)]


def test_labels_count_for_the_version_that_gives_the_signal(
    place: Path, kept: tuple[Path, dict[str, str]]
) -> None:
    """Anna's signal led to a change and Nils's, which only the tried version gives, did not."""
    home = Home.open(place / "home")
    found = replay.replay(home, place / "rules" / "small_rule", {"min_days": 10}, 1)
    signals = dict(found.nights[0].tried.signals.select("person_id", "signal_id").iter_rows())
    with home.state_db() as state:
        for key, outcome in (("anna", "registration_changed"), ("nils", "no_action")):
            signal = signals[kept[1][key]]
            state.execute(SEEN, [signal, "small_rule", kept[1][key], date(2026, 10, 15)])
            state.execute(
                "insert into outcomes values (?, null, ?, null, date '2026-10-16', 'x', null,"
                " date '2026-10-15', 1)",
                [signal, outcome],
            )
    told = tried(place, n=1, min_days=10)["precision"]
    assert told["live"] == {
        "n_decided": 1, "n_changed": 1, "precision": 1.0, "low": 0.2065, "high": 1.0,
    }  # fmt: skip
    assert told["tried"] == {
        "n_decided": 2, "n_changed": 1, "precision": 0.5, "low": 0.0945, "high": 0.9055,
    }  # fmt: skip


def test_a_night_that_cannot_be_known_is_named_and_left_out(place: Path) -> None:
    """Kept before nights could be replayed."""
    [file] = (place / "home" / "nights" / DAYS[0]).glob(f"accepted/{AS_KNOWN}")
    file.unlink()
    told = tried(place)
    assert [one["night"] for one in told["nights"]] == list(DAYS[1:])
    assert [one["night"] for one in told["skipped"]] == [DAYS[0]]


def test_what_is_wrong_is_told_before_any_night_is_read(place: Path, tmp_path: Path) -> None:
    """A value outside its range says what is allowed; a home without nights what to do."""
    with pytest.raises(RuleError, match="min_days = 99 days; allowed: 1 to 90"):
        tried(place, min_days=99)
    with pytest.raises(RuleError, match="write name=value with a number"):
        parameter("min_days")
    assert [parameter("a=3"), parameter("b=0.5")] == [("a", 3), ("b", 0.5)]
    with pytest.raises(BoendesignalError, match="no accepted night"):
        replay.replay(Home.open(tmp_path / "empty"), place / "rules" / "small_rule", {}, 30)


@pytest.mark.parametrize(
    ("counts", "people", "told"),
    [
        ([0, 9, 10, 40], [9, 90, 90, 90], [None, None, 10, 40]),
        ([0, 9, 10, 40], [90, 90, 90, 90], [0, None, None, 40]),
        ([0, 12, 10, 40], [90, 90, 90, 90], [0, 12, 10, 40]),
    ],
)
def test_small_cells_are_not_told(
    counts: list[int], people: list[int], told: list[int | None]
) -> None:
    """One to nine flagged, or a group that small; and never one alone, which others tell."""
    found = suppressed(pl.Series("tried", counts), pl.Series("people", people))
    assert found.to_list() == told


def test_flag_rates_per_group_hold_age_and_household_only(place: Path) -> None:
    """On a street of three nobody can be counted, and the groups are named all the same."""
    rates = tried(place, n=1, min_days=10)["flag_rates"]
    assert [(one["by"], one["group"]) for one in rates] == [
        ("age", "30-44"), ("age", "45-64"), ("age", "80+"), ("household", "one adult"),
    ]  # fmt: skip
    assert {(one["people"], one["live"], one["tried"]) for one in rates} == {(None, None, None)}


def test_all_live_rules_over_all_nights(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables lie in private files in the folder named; the home is as before."""
    monkeypatch.setattr(signals, "load", lambda: load(place / "rules"))
    before = content(place / "home")
    (place / "told").mkdir()
    (place / "told").chmod(0o750)
    words = ["rules", "run", "--to", str(place / "told"), "--home", str(place / "home")]
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == 0, ran.output
    assert content(place / "home") == before
    assert [line.split() for line in ran.output.splitlines()[1:]] == [
        [DAYS[0], "2", "0", "4"], [DAYS[1], "0", "2", "0"], [DAYS[2], "2", "0", "4"],
    ]  # fmt: skip
    night = place / "told" / DAYS[0]
    assert pl.read_parquet(night / "signals.parquet")["rule_id"].value_counts().sort(
        "rule_id"
    ).rows() == [("other", 2), ("small_rule", 2)]
    own = pl.read_parquet(night / "signals" / "small_rule.parquet")
    assert set(own["signal_id"]) <= set(pl.read_parquet(night / "signals.parquet")["signal_id"])
    assert pl.read_parquet(place / "told" / DAYS[1] / "not_computed.parquet").height == 2
    assert {file.stat().st_mode & 0o777 for file in night.rglob("*.parquet")} == {0o600}
    assert (place / "told").stat().st_mode & 0o777 == 0o750, "the caller's own folder"
    assert night.stat().st_mode & 0o777 == 0o700
    ran = CliRunner().invoke(app, [*words, "--rule", "small_rul"])
    assert ran.exit_code == 1
    assert "Did you mean small_rule?" in ran.output


def test_without_pyspark_the_extra_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for Spark and has none is told what to install."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    words = ["rules", "run", "--to", str(place / "told"), "--home", str(place / "home")]
    ran = CliRunner().invoke(app, [*words, "--engine", "spark"])
    assert ran.exit_code == 1
    assert "pip install 'boendesignal[spark]'" in " ".join(ran.output.split())
