"""A home of its own for each test, bound as the product binds it."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets.home import Home
from pipelines.instance import open_instance


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
