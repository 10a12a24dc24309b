"""What a home remembers of a night: rows under `nights/`, and what later nights look back on.

Written when all that will be published is built and before it is shown, and for this extract date
only: running a night again replaces its own memory and nobody else's. A night looks back at earlier
dates only.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from assets import sizes
from assets.core.identity import remember_identity
from assets.home import private_folder
from assets.ledger import remember_signals
from assets.night_aside import keep_aside
from assets.published import point, seal
from assets.trial import remember_forests
from assets.worklist import remember_worklist
from assets.workspace import ACCEPTED, Counts, Workspace
from data_contracts.contract import load_contracts
from rules.catalogue import load

REPOSITORY = Path(__file__).parents[1]


def remember(ws: Workspace) -> Counts:
    """Keep the night and note identity, sizes and signals for the nights to come."""
    folder = keep_night(ws)
    sizes.remember(ws)
    remember_identity(ws)
    remember_signals(ws)
    remember_worklist(ws)
    remember_forests(ws)
    return {"files": sum(file.is_file() for file in folder.rglob("*"))}


def keep_night(ws: Workspace) -> Path:
    """`nights/<extract_date>/<manifest sha256>/`: rows, what was known, contracts and rules.

    Put in place whole, then named by the link `nights/<extract_date>/accepted`; what a replaced
    delivery left beside it stays for audit.
    """
    night = ws.night
    keep_aside(ws)
    for contract in load_contracts().values():
        _copy(
            REPOSITORY / "data_contracts" / contract.id / "contract.yml",
            night / "contracts" / f"{contract.id}.yml",
        )
    for rule in load().values():
        for file in ("rule.yml", "signal.sql"):
            _copy(rule.folder / file, night / "rules" / rule.id / file)
    kept = ws.home.night_dir(ws.as_of, ws.delivery.manifest_sha256)
    private_folder(kept.parent)
    aside = kept.with_name(f".{kept.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(night, aside)
    seal(aside)
    if kept.exists():
        shutil.rmtree(kept)
    os.replace(aside, kept)
    point(kept.parent / ACCEPTED, kept.name)
    return kept


def _copy(source: Path, target: Path) -> None:
    private_folder(target.parent)
    shutil.copyfile(source, target)
    target.chmod(0o600)
