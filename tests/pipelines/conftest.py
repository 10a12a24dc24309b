"""A home of its own for each test, bound as the product binds it."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner

from assets.home import Home
from pipelines.cli import app
from pipelines.instance import open_instance

PRACTICE = Path(__file__).resolve().parents[3] / "shared" / "deliveries" / "practice" / "delivery"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home; the environment names it until the test ends."""
    monkeypatch.setenv("BOENDESIGNAL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home" / "dagster"))
    return Home.open()


@pytest.fixture
def instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The home's persistent Dagster instance."""
    with open_instance(home) as opened:
        yield opened


@pytest.fixture(scope="session")
def practice_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home that has run the three practice nights in order; the third has no vehicle extract."""
    with pytest.MonkeyPatch.context() as environment:
        folder = tmp_path_factory.mktemp("practice") / "home"
        environment.setenv("BOENDESIGNAL_HOME", str(folder))
        environment.setenv("DAGSTER_HOME", str(folder / "dagster"))
        for night in sorted(PRACTICE.iterdir()):
            result = CliRunner().invoke(app, ["run", str(night), "--home", str(folder)])
            assert result.exit_code == 0, result.output
        yield Home.open(folder)
