"""Great Expectations in its own process: it decides, calls nobody, and is missed when gone."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assets import expectations
from assets.quality import Measure, judge


def limit(column: str, value: float, minimum: float | None, maximum: float | None) -> Any:
    return {
        "column": column, "value": value, "minimum": minimum, "maximum": maximum,
        "severity": "critical", "meta": {"contract": "c", "check": column, "expectation": "E"},
    }  # fmt: skip


LIMITS = [
    limit("share.at_its_bound", 0.99, 0.99, 1.0),
    limit("share.below", 0.98, 0.99, 1.0),
    limit("count.above", 7.0, None, 6.0),
    limit("count.exactly", 6.0, 6.0, 6.0),
]
VERDICTS = {
    "share.at_its_bound": True,
    "share.below": False,
    "count.above": False,
    "count.exactly": True,
}


def measured(check: str, value: float) -> Measure:
    return Measure("c", check, "E", "stop", "why", "säger", value, 0.5, 1.0, 10, 1)


def test_it_says_over_the_pipe_what_was_kept():
    assert expectations.judge().succeeded(LIMITS) == VERDICTS
    assert expectations.judge() is expectations.judge()


def test_verdicts_are_those_of_great_expectations(monkeypatch):
    """Every one comes from the library's own validation, with no connection tried."""
    expectation = expectations.great_expectations().expectations.ExpectColumnMaxToBeBetween
    said, original = [], expectation._validate

    def validate(self, *given: Any, **named: Any) -> Any:
        said.append(self.column)
        return original(self, *given, **named)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(expectation, "_validate", validate)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert expectations.validate(LIMITS) == VERDICTS
    assert sorted(said) == sorted(VERDICTS)
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def test_a_contract_is_judged_by_it_alone(monkeypatch):
    """Against our own comparison if need be."""

    class Contrary:
        def succeeded(self, limits: list[Any]) -> dict[str, bool]:
            return {one["column"]: one["value"] < 0.5 for one in limits}

    monkeypatch.setattr(expectations, "judge", Contrary)
    results = judge([measured("good", 0.9), measured("bad", 0.1)])
    assert [(one.check, one.passed) for one in results] == [("good", False), ("bad", True)]


def test_one_line_is_answered_with_one():
    asks = io.StringIO(f"{json.dumps(LIMITS)}\n{json.dumps(LIMITS[:1])}\n")
    answers = io.StringIO()
    expectations.serve(asks, answers)
    first, second = map(json.loads, answers.getvalue().splitlines())
    assert (first, second) == (VERDICTS, {"share.at_its_bound": True})


def test_a_process_that_is_gone_is_told_of_and_started_again(monkeypatch):
    """Nothing is taken for kept because nobody answered."""
    monkeypatch.setattr(expectations, "_running", [])
    gone = expectations.judge()
    gone._process.kill()
    with pytest.raises(ChildProcessError, match="ended with code -9"):
        gone.succeeded(LIMITS)
    assert expectations.judge() is not gone


@pytest.mark.slow
def test_pyspark_is_not_loaded_with_it(tmp_path: Path) -> None:
    """A PySpark that ends the process on import, as its client does under `python -c`, cannot."""
    package = tmp_path / "pyspark"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    program = (
        "import importlib.util\n"
        "from assets.expectations import great_expectations\n"
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
