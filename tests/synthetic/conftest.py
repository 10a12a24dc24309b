"""A small town, made once for all tests of this folder."""

from __future__ import annotations

import pytest

from synthetic import town
from tests.synthetic.a_town import NIGHTS, Delivered


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    out = tmp_path_factory.mktemp("town")
    town.make(4_000, 7, NIGHTS, out)
    return Delivered(out)
