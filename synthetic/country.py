"""Makes an invented country: regions that are made one after the other, delivered as one.

    country.deliver(10_600_000, seed=1, night=date(2026, 10, 1), inbox=Path("inbox"))

Each is made in a process of its own, so that memory holds one. Nobody lives or works across two
regions, and each source delivers one region after the other.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from synthetic import town, writing
from synthetic.parameters import Parameters
from synthetic.parts import REGIONS, Part

LARGEST_PART = 1_500_000
"""People; a part of this size takes 5 GiB to make."""
SWEDEN = Parameters(
    share_car_per_adult=0.72,  # 6 million vehicles, twice those of a suburb
    share_let_buildings=0.53,  # 3 million leases, parking among them
)
CHUNK = 1 << 24  # bytes


def deliver(
    people: int, seed: int, night: date, inbox: Path, *, largest_part: int = LARGEST_PART
) -> Path:
    """Writes `inbox/<date>/` for a country of about that size; returns the folder.

    As few parts as `largest_part` people in each allow; part k is made with `seed` + k. The same
    arguments give the same bytes. Raises ValueError where there are fewer regions than parts.
    """
    n_parts = -(-people // largest_part)
    folder = inbox / night.isoformat()
    joined: dict[str, _Joined] = {}
    for part in [Part(index, n_parts) for index in range(n_parts)]:
        aside = inbox / f"part-{part.index}"
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            asked = process.submit(_part, people // n_parts, seed + part.index, night, aside, part)
            made = asked.result()
        for about in json.loads((made / "manifest.json").read_text(encoding="utf-8"))["files"]:
            joined.setdefault(about["path"], _Joined(about)).append(made, folder, about["rows"])
        shutil.rmtree(aside)
    writing.manifest(folder, night, REGIONS[0].code, [file.about() for file in joined.values()])
    return folder


def _part(people: int, seed: int, night: date, inbox: Path, part: Part) -> Path:
    region = (part.region.code, part.region.name)
    [folder] = town.deliver(
        people, seed, night, inbox, municipality=region, parameters=SWEDEN, part=part
    )
    return folder


@dataclass
class _Joined:
    """One delivered file, put together from the parts' files of that name."""

    first: dict[str, Any]  # what the first part's manifest says of it
    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def append(self, source: Path, target: Path, rows: int) -> None:
        """Adds the part's file without its header, unless it is the first."""
        to = target / self.first["path"]
        to.parent.mkdir(parents=True, exist_ok=True)
        with (source / self.first["path"]).open("rb") as given, to.open("ab") as written:
            if self.rows:
                given.readline()
            while chunk := given.read(CHUNK):
                self.digest.update(chunk)
                written.write(chunk)
        self.rows += rows

    def about(self) -> dict[str, Any]:
        return {**self.first, "rows": self.rows, "sha256": self.digest.hexdigest()}
