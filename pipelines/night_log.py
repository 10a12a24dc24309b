"""How the last run of each delivery ended: `state/nights.json`, for `boendesignal status`.

Kept beside Dagster's own log, since `status` must answer in a moment and without Dagster. A run
that was killed has no time to say so: it stands as running while its process is gone.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from assets.home import Home, write_private

State = Literal["running", "failed", "published"]


@dataclass(frozen=True)
class NightRun:
    """Grain: one per extract date, its last run."""

    extract_date: str
    manifest_sha256: str
    run_id: str
    state: State
    at: str  # UTC
    stage: str = ""
    text: str = ""  # says what was wrong; holds no value from a delivery
    pid: int = field(default_factory=os.getpid)


def note(home: Home, run: NightRun) -> None:
    """Write how the date's last run stands."""
    runs = {**_read(home), run.extract_date: asdict(run)}
    text = json.dumps(dict(sorted(runs.items())), indent=1, ensure_ascii=False)
    write_private(home.state / "nights.json", text.encode())


def last_runs(home: Home) -> dict[str, NightRun]:
    """The last run of every extract date; one that was killed stands as failed."""
    return {day: _as_it_stands(NightRun(**facts)) for day, facts in _read(home).items()}


def _as_it_stands(run: NightRun) -> NightRun:
    if run.state != "running" or _is_alive(run.pid):
        return run
    return replace(run, state="failed", text="The run was killed. Run the delivery again.")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _read(home: Home) -> dict[str, dict[str, Any]]:
    file = home.state / "nights.json"
    return json.loads(file.read_bytes()) if file.exists() else {}
