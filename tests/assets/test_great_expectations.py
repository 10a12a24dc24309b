"""Great Expectations beside the optional extra."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_pyspark_is_not_loaded_with_it(tmp_path: Path) -> None:
    """A PySpark that ends the process on import, as its client does under `python -c`, cannot."""
    package = tmp_path / "pyspark"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    program = (
        "import importlib.util\n"
        "from assets.quality import great_expectations\n"
        "great_expectations()\n"
        "print('loaded', importlib.util.find_spec('pyspark') is not None)\n"
    )
    root = Path(__file__).resolve().parents[2]
    path = os.pathsep.join([str(tmp_path), str(root)])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "loaded True"
