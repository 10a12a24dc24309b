"""Which deliveries there are: those waiting in the inbox, and what became of each.

`state/deliveries.json`: extract date -> the folder that the command line last ran it from. No file
of a delivery but its manifest is read here.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from assets.home import Home, write_private
from assets.published import as_date
from assets.workspace import ACCEPTED
from data_contracts.errors import DeliveryRefused

MANIFEST = "manifest.json"  # written last: it makes the delivery complete
TAG_MANIFEST = "boendesignal/manifest_sha256"
TAG_DATE = "boendesignal/extract_date"
TAG_DELIVERY = "boendesignal/delivery"
TAG_REPLACE = "boendesignal/replace"
TAG_CODE = "boendesignal/code_version"


@dataclass(frozen=True, order=True)
class Waiting:
    """A complete delivery folder. Grain: one per folder with a manifest."""

    name: str
    path: Path
    manifest_sha256: str

    @property
    def is_named_by_date(self) -> bool:
        return as_date(self.name) is not None

    def tags(self) -> dict[str, str]:
        """The run tags that say which delivery a run is for."""
        return {TAG_DATE: self.name, TAG_MANIFEST: self.manifest_sha256}


def complete_deliveries(home: Home) -> list[Waiting]:
    """Every complete delivery in the inbox, oldest extract date first."""
    if not home.inbox.is_dir():
        return []
    # what bears the name and is no file would stop every other delivery
    manifests = [file for file in home.inbox.glob(f"*/{MANIFEST}") if file.is_file()]
    return sorted(at(file.parent) for file in manifests)


def at(path: Path) -> Waiting:
    """The delivery in the folder. Raises DeliveryRefused where it has no manifest."""
    path = path.expanduser().resolve()
    try:
        content = (path / MANIFEST).read_bytes()
    except OSError:
        raise DeliveryRefused(
            f"{path} holds no readable {MANIFEST}. A delivery is a folder named by its extract date"
            f" (2026-10-01) with its files and a {MANIFEST}, which is written last; wait for it, or"
            " give the right folder."
        ) from None
    return Waiting(path.name, path, hashlib.sha256(content).hexdigest())


def find(home: Home, extract_date: str) -> Path:
    """Where the delivery of that date lies: the inbox, else where it was last run from."""
    in_inbox = home.inbox / extract_date
    if (in_inbox / MANIFEST).exists():
        return in_inbox
    known = _state(home).get(extract_date)
    if known and (Path(known) / MANIFEST).exists():
        return Path(known)
    raise DeliveryRefused(
        f"No complete delivery for {extract_date} in the inbox ({home.inbox})"
        + (f" or in {known}, where it was last run from" if known else "")
        + ". Put it there, or run `boendesignal run FOLDER`."
    )


def remember_path(home: Home, delivery: Waiting) -> None:
    """Let a later run of the same date, from Dagster's UI, find the delivery."""
    state = {**_state(home), delivery.name: str(delivery.path)}
    text = json.dumps(dict(sorted(state.items())), indent=1, ensure_ascii=False)
    write_private(home.state / "deliveries.json", text.encode())


def accepted_manifest(home: Home, extract_date: str) -> str | None:
    """The manifest hash of the delivery that counts for the date, if any does."""
    link = home.nights / extract_date / ACCEPTED
    return os.readlink(link) if link.is_symlink() else None


def refuse_second(home: Home, extract_date: str, manifest_sha256: str, replace: bool) -> None:
    """Raise DeliveryRefused for another delivery of an accepted date, unless it replaces it."""
    accepted = accepted_manifest(home, extract_date)
    if accepted is None or accepted == manifest_sha256 or replace:
        return
    raise DeliveryRefused(
        f"Another delivery for {extract_date} is accepted already (manifest {accepted[:12]}, this "
        f"one is {manifest_sha256[:12]}). Running the same delivery again is always allowed. To let"
        " this one take its place: `boendesignal run FOLDER --replace`, or the tag "
        f"{TAG_REPLACE}=yes on the run in Dagster."
    )


def _state(home: Home) -> dict[str, str]:
    file = home.state / "deliveries.json"
    return json.loads(file.read_bytes()) if file.exists() else {}
