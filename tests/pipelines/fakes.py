"""A night in miniature: a delivery of two rows, and stages that only make the files they should."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import dagster as dg

from assets.base import Stage, Table, stage_asset
from assets.home import Home
from assets.published import point
from assets.workspace import ACCEPTED, Workspace
from data_contracts.contract import load_contracts
from pipelines.jobs import DELIVERIES, housekeeping, nightly
from pipelines.resources import NightResource
from pipelines.schedules import every_night
from pipelines.sensors import inbox

CANARY = "Kanarieholm 199810122389"  # a person who must stand nowhere in Dagster's home


def deliver(inbox_folder: Path, extract_date: str, *, rows: int = 2, complete: bool = True) -> Path:
    """A delivery of the one required table; `rows` makes two of one date differ."""
    folder = inbox_folder / extract_date
    file = folder / "registry" / "personer.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    contract = load_contracts()["registry__persons"]
    header = ";".join(column.source for column in contract.columns)
    empty_row = ";" * (len(contract.columns) - 1)
    file.write_text("\n".join([header, *[empty_row] * rows]) + "\n", encoding="utf-8")
    manifest = {
        "extract_date": extract_date,
        "municipality_code": "0181",
        "synthetic": True,
        "files": [
            {
                "path": "registry/personer.csv",
                "rows": rows,
                "encoding": "utf-8",
                "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            }
        ],
    }
    if complete:
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def land(ws: Workspace) -> dict[str, int]:
    ws.landing_file.touch()
    return {"n_landed": 2}


def gate(ws: Workspace) -> dict[str, int]:
    ws.work_file.touch()
    ws.landing_file.unlink()
    return {"protected": "< 10"}


def core(ws: Workspace) -> dict[str, int]:
    return {"rows": 2, "n_marked": 1}


def publish(ws: Workspace) -> dict[str, int]:
    (ws.result / "cases.parquet").touch()
    accept(ws.home, ws.as_of.isoformat(), ws.delivery.manifest_sha256)
    return {"cases": 1}


def accept(home: Home, extract_date: str, manifest_sha256: str) -> None:
    """Let the delivery count for its date, as assets/memory.py does."""
    folder = home.nights / extract_date
    folder.mkdir(parents=True, exist_ok=True)
    point(folder / ACCEPTED, manifest_sha256)


def stages(core_stage: Callable = core, gate_stage: Callable = gate) -> tuple[Stage, ...]:
    """Four stages in a row; tests put their own in the place of one."""
    return (
        Stage(
            "land",
            "Landing",
            land,
            (Table("landing_x", "b", "", is_counted=False),),
            reads="delivery",
        ),
        Stage(
            "gate", "Gate", gate_stage, (Table("kept_x", "c", "", ("landing_x",)),), reads="landing"
        ),
        Stage(
            "core",
            "Core",
            core_stage,
            (Table("core_x", "e", "", ("kept_x",)),),
        ),
        Stage(
            "publish",
            "Publish",
            publish,
            (Table("published_cases", "h", "", ("core_x",), counted_as="cases"),),
            is_last=True,
        ),
    )


def definitions(*night: Stage) -> dg.Definitions:
    """As pipelines/definitions.py, with other stages."""
    return dg.Definitions(
        assets=[stage_asset(stage, DELIVERIES) for stage in night or stages()],
        jobs=[nightly, housekeeping],
        sensors=[inbox],
        schedules=[every_night],
        resources={"night": NightResource()},
        executor=dg.in_process_executor,
    )
