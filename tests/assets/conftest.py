"""What several test modules of this folder share."""

from __future__ import annotations

import pytest

from tests.assets.a_core import Core
from tests.assets.a_street import a_street


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Core:
    """The core tables of `a_street`, built once; tests read them and change nothing."""
    return a_street().built(tmp_path_factory.mktemp("street"))
