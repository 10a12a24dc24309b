"""Great Expectations in a process of its own, which starts while Dagster does and rows land.

Its import is 2 s of Python, and in the night's own process everything else would wait for them,
even in a thread; here the other core does it. What goes over are a promise's limits and one number,
what comes back is whether it was kept: nothing of a row.

This file run as a program is that process: it reads lines of JSON and answers each with one.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import IO, Any, TypedDict

ENVIRONMENT = {"GX_ANALYTICS_ENABLED": "false"}


class Limit(TypedDict):
    """One promise and what was measured of it."""

    column: str  # of the metrics frame: contract and check
    value: float
    minimum: float | None
    maximum: float | None
    severity: str
    meta: dict[str, str]


class Judge:
    """Great Expectations, asked over a pipe; it ends when this process does."""

    def __init__(self) -> None:
        self._lock = Lock()
        # -P: nothing in the folder that the run was started from is taken for a library
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the night, which then leaves it without work
            env={**os.environ, **ENVIRONMENT},
        )

    @property
    def is_there(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        """Let it go, and wait until it has gone."""
        asks = self._process.stdin
        assert asks
        with contextlib.suppress(BrokenPipeError):
            asks.close()
        self._process.wait()

    def succeeded(self, limits: Sequence[Limit]) -> dict[str, bool]:
        """Metric column -> whether its promise was kept. Raises ChildProcessError (a second
        try starts a new process) where none answers.
        """
        asks, answers = self._process.stdin, self._process.stdout
        assert asks
        assert answers
        with self._lock, contextlib.suppress(BrokenPipeError):
            asks.write(json.dumps(limits) + "\n")
            asks.flush()
            if line := answers.readline():
                return dict(json.loads(line))
        raise ChildProcessError(f"Great Expectations ended with code {self._process.wait()}.")


_running: list[Judge] = []  # at most one in a process


def judge() -> Judge:
    """The process, started where it does not run: asked for early, it is there when needed."""
    if not (_running and _running[0].is_there):
        _running[:] = [Judge()]
        atexit.register(_running[0].end)
    return _running[0]


def dismiss() -> None:
    """End the process, if it runs; the next that asks starts it anew, which takes 2 s."""
    while _running:
        _running.pop().end()


# -- in the other process -----------------------------------------------------------------------


def validate(limits: Sequence[Limit]) -> dict[str, bool]:
    """Metric column -> success, as Great Expectations' result document has it."""
    gx = great_expectations()
    import pandas as pd  # noqa: PLC0415 - comes with great_expectations

    frame = pd.DataFrame([{limit["column"]: limit["value"] for limit in limits}])
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("metrics").add_dataframe_asset("night")
    batch = asset.add_batch_definition_whole_dataframe("row").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(
        name="contracts",
        expectations=[
            gx.expectations.ExpectColumnMaxToBeBetween(
                column=limit["column"],
                min_value=limit["minimum"],
                max_value=limit["maximum"],
                severity=limit["severity"],
                meta=limit["meta"],
            )
            for limit in limits
        ],
    )
    outcome = batch.validate(suite, result_format="BASIC")
    return {
        result.expectation_config.kwargs["column"]: bool(result.success)
        for result in outcome.results
    }


def great_expectations() -> Any:
    """The library; it takes 2 s, and calls nobody."""
    os.environ.update(ENVIRONMENT)
    with _hidden("pyspark"):
        import great_expectations as gx  # noqa: PLC0415

    return gx


@contextlib.contextmanager
def _hidden(package: str) -> Iterator[None]:
    """Within: the package cannot be imported, unless it has been.

    Great Expectations loads PySpark wherever it is installed, for nothing; and PySpark's client
    then ends the process (exit code 0) where Python was given its program by -c.
    """
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment] # as Python marks what is not to be had
    try:
        yield
    finally:
        del sys.modules[package]


def serve(asks: IO[str], answers: IO[str]) -> None:
    """Answer every line until there are no more."""
    great_expectations()
    for line in asks:
        print(json.dumps(validate(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    answers = sys.stdout
    sys.stdout = sys.stderr  # what a library prints is no answer
    serve(sys.stdin, answers)
    os._exit(0)  # without taking down a million objects one by one
