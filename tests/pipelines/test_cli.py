"""The command line: documented whole, quick to answer, and with exit codes that tell."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from assets.home import Home
from data_contracts.errors import DeliveryRefused
from pipelines import night_log
from pipelines.cli import app
from pipelines.run_errors import RunFailed
from pipelines.summary import summary
from rules.catalogue import load
from tests.pipelines.fakes import CANARY, deliver

DOCS = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


def call(*words: str, code: int = 0) -> str:
    """What the command prints, on both streams, one line per paragraph."""
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def commands(command: object, name: str = "") -> Iterator[tuple[str, object]]:
    for word, sub in getattr(command, "commands", {}).items():
        full = f"{name} {word}".strip()
        yield from commands(sub, full) if hasattr(sub, "commands") else [(full, sub)]


@pytest.mark.parametrize("name", [name for name, _ in commands(typer.main.get_command(app))])
def test_every_command_and_option_stands_in_the_docs(name: str) -> None:
    """docs/cli.md has a chapter for each command that names each of its options."""
    command = dict(commands(typer.main.get_command(app)))[name]
    chapters = {
        chapter.splitlines()[0]: chapter for chapter in DOCS.read_text("utf-8").split("\n## ")[1:]
    }
    [chapter] = [
        text for head, text in chapters.items() if head == name or head.startswith(f"{name} ")
    ]
    options = {option for one in command.params for option in one.opts if option.startswith("--")}
    missing = {option for option in options - {"--help"} if f"{option}" not in chapter}
    assert not missing, f"docs/cli.md, chapter {name}: add {sorted(missing)}"


def test_help_answers_in_a_moment() -> None:
    """Nothing heavy is imported before a command needs it."""
    loaded = "import sys, pipelines.cli; print(sorted({m.split('.')[0] for m in sys.modules}))"
    out = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    ).stdout
    heavy = {"dagster", "polars", "pandas", "great_expectations", "sklearn", "sqlalchemy"}
    assert not {name for name in heavy if f"'{name}'" in out}


def test_an_empty_home_is_late(home: Home) -> None:
    """Nothing delivered and nothing published: exit code 1."""
    said = call("status", "--home", str(home.path), code=1)
    assert "Last delivery: none in the inbox" in said
    assert "Last published night: none." in said


def publish(
    home: Home, day: str, suspended: list[tuple[str, str, str]], computed: tuple[str, ...] = ("c",)
) -> None:
    """A published night as `status` sees it."""
    rule = {"version": 1, "title_sv": "Titel", "lane": "tenancy", "sources": ["registry"]}
    rule |= {"parameters": {}, "decisions": [], "columns_sv": {}}
    folder = home.runs / f"run-{day}" / "result"
    folder.mkdir(parents=True, exist_ok=True)
    schema = ["rule_id", "reason", "source"]
    pl.DataFrame(suspended, schema=dict.fromkeys(schema, pl.String), orient="row").write_parquet(
        folder / "not_computed.parquet"
    )
    record = {
        "run_id": f"run-{day}",
        "published_at": f"{day}T04:20:00+00:00",
        "extract_date": day,
        "municipality_code": "0181",
        "is_synthetic": True,
        "manifest_sha256": "ab" * 32,
        "code_version": "0.1.0",
        "inputs": [],
        "rules": dict.fromkeys(computed, rule),
        "published_rows": dict.fromkeys(("cases", "signals", "data_quality", "quarantine"), 0),
    }
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    link = home.published / day
    link.unlink(missing_ok=True)
    link.symlink_to(folder)


def test_status_tells_ok_late_partial_and_failed(home: Home) -> None:
    """The worst of what it finds is the exit code."""
    day = time.strftime("%Y-%m-%d")
    publish(home, "2020-01-01", [])
    assert "late, at most 2 are allowed" in call("status", "--home", str(home.path), code=1)
    publish(home, day, [])
    assert f"Last published night: {day}, 0 days old." in call("status", "--home", str(home.path))
    publish(home, day, [("parking_without_car", "source_missing", "vehicles__vehicles")])
    said = call("status", "--home", str(home.path), code=2)
    assert "Suspended: parking_without_car (source_missing vehicles__vehicles)" in said
    without = [("a", "legal_basis", "benefits"), ("a", "legal_basis", "benefits + tenancy")]
    publish(home, day, [*without, ("b", "legal_basis", "benefits")], computed=())
    said = call("status", "--home", str(home.path), code=2)
    why = "no valid entry in the home's legal_basis.yml, see docs/legal_basis.md"
    assert f"Suspended: every rule ({why})" in said
    assert f"Not computed: every rule ({why})." in summary(home, day)
    failed = night_log.NightRun(day, "ab", "r", "failed", night_log.now(), "gate", "It broke.")
    night_log.note(home, failed)
    said = call("status", "--home", str(home.path), code=3)
    assert f"Failed: the run for {day} in gate. It broke." in said
    assert f"none in the inbox ({home.inbox}). Newest that was run: {day}, failed." in said


def test_a_delivery_that_waits_is_late(home: Home) -> None:
    """What lies complete in the inbox should have been run."""
    publish(home, time.strftime("%Y-%m-%d"), [])
    deliver(home.inbox, "2026-10-01")
    assert "2026-10-01, not run yet" in call("status", "--home", str(home.path), code=1)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (DeliveryRefused("The manifest is missing. Wait for it."), 1, "The manifest is missing."),
        (RunFailed("Core: stopped on KeyError."), 3, "Core: stopped on KeyError."),
        (ValueError(f"bad row of {CANARY}"), 3, "The program stopped on ValueError"),
    ],
)
def test_errors_are_sentences_with_an_exit_code(
    home: Home, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, said: str
) -> None:
    """Refused is 1, failed is 3; an unexpected error's own text, which may hold a value, is not
    shown."""

    def breaks(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("pipelines.running.run_night", breaks)
    output = call("run", str(home.inbox / "2026-10-01"), "--home", str(home.path), code=code)
    assert said in output
    assert CANARY not in output


def test_a_wrong_command_line_is_2() -> None:
    """Typer's own: unknown options and forms."""
    call("run", "--no-such-option", code=2)
    call("withdraw", "yesterday", "--reason", "wrong", code=2)


def test_a_folder_without_a_manifest_is_refused_at_once(home: Home) -> None:
    """Before Dagster is started and before anything is written."""
    folder = deliver(home.inbox, "2026-10-01", complete=False)
    said = call("run", str(folder), "--home", str(home.path), code=1)
    assert "holds no readable manifest.json" in said
    assert not home.dagster.exists()


def test_run_says_what_was_published(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its words are those of the published tables."""
    monkeypatch.setattr(
        "pipelines.running.run_night",
        lambda home, folder, replace: type("Ran", (), {"extract_date": folder.name}),
    )
    monkeypatch.setattr("pipelines.summary.summary", lambda home, day: f"Published {day}: all.")
    said = call("run", str(deliver(home.inbox, "2026-10-01")), "--home", str(home.path))
    assert said == "Published 2026-10-01: all."


def test_rules_and_contracts_are_listed() -> None:
    """Each rule and contract by its id, which is never cut: it is what `show` takes."""
    assert "holder_registered_elsewhere" in call("rules", "list")
    assert "Blind spots" in call("rules", "show", "holder_registered_elsewhere")
    assert "Known: " in call("rules", "show", "holder_registered_elsewere", code=1)
    assert "tenancy__leases" in call("contracts", "list")


def test_a_list_has_one_line_for_each_however_narrow_the_terminal() -> None:
    """It can be searched with grep, and no title stands one word below the other."""
    title = "Hyresgäst folkbokförd på annan adress än kontraktet"
    lines = CliRunner().invoke(app, ["rules", "list"], env={"COLUMNS": "40"}).output.splitlines()
    [found] = [line for line in lines if line.startswith("holder_registered_elsewhere ")]
    assert found.endswith(title)
    assert len(lines) == len(load()) + 1


def test_a_rule_is_shown_with_what_outcomes_name_and_points_rest_on() -> None:
    """The ids that an outcome's explanation_id takes, and what adds to the weight."""
    said = call("rules", "show", "unregistered_occupants")
    spec = load()["unregistered_occupants"].spec
    for one in spec.innocent_explanations:
        assert f"{one.id} ({one.handled}): {one.text_sv}" in said
    for step in spec.weight.steps:
        assert f"+{step.log_lr_each} for each {step.fact}" in said


@pytest.mark.slow  # Great Expectations takes 4 s to import
def test_a_file_is_checked_before_it_is_delivered(home: Home) -> None:
    """The counts of what would be set aside, and exit code 1; no value of the file."""
    folder = deliver(home.inbox, "2026-10-01")
    said = call("contracts", "check", str(folder / "registry" / "personer.csv"), code=1)
    assert "registry__persons: 2 rows, 2 would be set aside." in said
    assert "personnummer_is_given" in said
    said = call("contracts", "check", str(folder / "manifest.json"), code=1)
    assert "which contract? Name one of:" in said
