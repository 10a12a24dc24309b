"""The whole night on the practice deliveries, from the command line, as a municipality runs it."""

import csv
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.home import Home
from pipelines.cli import app

PRACTICE = Path(__file__).resolve().parents[3] / "shared" / "deliveries" / "practice" / "delivery"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PRACTICE.exists(), reason="the practice deliveries are not here"),
]

NUMBER = re.compile(rb"(?<!\d)\d{12}(?!\d)")


def people() -> list[dict[str, str]]:
    file = PRACTICE / "2026-10-01" / "registry" / "personer.csv"
    text = file.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


def test_nothing_of_a_person_stands_in_dagster(practice_home: Home) -> None:
    """Dagster keeps metadata, check results, log lines and errors for ever: counts and ids only."""
    rows = people()
    content = b"\n".join(
        file.read_bytes() for file in practice_home.dagster.rglob("*") if file.is_file()
    )
    numbers = {row["personnummer"].encode() for row in rows}
    assert not numbers & set(NUMBER.findall(content))
    for words in (("fornamn", "efternamn"), ("utdelningsadress",), ("fastighetsbeteckning",)):
        texts = {" ".join(row[word] for word in words).strip() for row in rows}
        found = [text for text in texts if len(text) > 8 and text.encode() in content]
        assert len(found) == 0, f"{len(found)} values of {' '.join(words)} stand in Dagster's home"


def test_each_night_is_a_partition_with_its_run(practice_home: Home) -> None:
    """What `make ui` shows: one partition per delivery, each materialised."""
    import dagster as dg  # noqa: PLC0415 - collecting the fast tests does not wait for it

    from pipelines.instance import open_instance  # noqa: PLC0415

    with open_instance(practice_home) as instance:
        partitions = instance.get_dynamic_partitions("deliveries")
        done = instance.get_materialized_partitions(dg.AssetKey("published_cases"))
        statuses = {run.status for run in instance.get_runs()}
    nights = [night.name for night in sorted(PRACTICE.iterdir())]
    assert sorted(partitions) == sorted(done) == nights
    assert statuses == {dg.DagsterRunStatus.SUCCESS}


def test_status_says_that_the_last_night_is_partial(practice_home: Home) -> None:
    """The third night came without vehicles: what needs them is suspended, exit code 2."""
    words = ["status", "--home", str(practice_home.path), "--max-age-days", "100000"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2, result.output
    [suspended] = [line for line in result.output.splitlines() if "Suspended" in line]
    assert suspended.endswith("(source_missing vehicles__vehicles)")
    assert "parking_without_car" in suspended


def test_files_are_their_owners_alone(practice_home: Home) -> None:
    """Files 0600 and folders 0700, in everything that is published and kept."""
    home = practice_home
    open_to_others = [
        path
        for folder in (home.published.resolve(), home.nights, home.runs, home.state)
        for path in folder.rglob("*")
        if not path.is_symlink() and path.stat().st_mode & 0o077
    ]
    assert not open_to_others
