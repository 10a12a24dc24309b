"""The Dagster instance of a home: HOME/dagster with this project's dagster.yaml.

`python -m pipelines.instance [HOME]` prepares it and prints its folder (used by `make ui`).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assets.home import ENVIRONMENT_VARIABLE, Home, private_folder, write_private

if TYPE_CHECKING:
    from dagster import DagsterInstance

CONFIGURATION = Path(__file__).resolve().parents[1] / "dagster.yaml"


def prepare(home: Home) -> Path:
    """Make HOME/dagster with the current dagster.yaml; returns the folder."""
    folder = private_folder(home.dagster)
    file = folder / CONFIGURATION.name
    wanted = CONFIGURATION.read_bytes()
    if not file.exists() or file.read_bytes() != wanted:
        write_private(file, wanted)
    return folder


def bind(home: Home) -> None:
    """Let everything in this process, Dagster too, mean this home."""
    os.environ[ENVIRONMENT_VARIABLE] = str(home.path)
    os.environ["DAGSTER_HOME"] = str(prepare(home))


def open_instance(home: Home) -> DagsterInstance:
    """The home's persistent Dagster instance; close it with `dispose()` or use it in `with`."""
    from dagster import DagsterInstance  # noqa: PLC0415  (2 s; the command line's --help is not kept waiting)

    bind(home)
    return DagsterInstance.from_config(str(home.dagster))


def stage_seconds(home: Home) -> dict[str, float]:
    """Stage -> seconds of the home's last run, as its materialisations in Dagster have them."""
    from dagster import DagsterEventType  # noqa: PLC0415

    with open_instance(home) as instance:
        [run] = instance.get_runs(limit=1)
        entries = instance.all_logs(run.run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION)
    seconds = {}
    for entry in entries:
        event = entry.get_dagster_event()
        metadata = event.step_materialization_data.materialization.metadata
        seconds[str(event.step_key)] = float(str(metadata["step_seconds"].value))
    return seconds


if __name__ == "__main__":
    print(prepare(Home.open(sys.argv[1] if len(sys.argv) > 1 else None)))
