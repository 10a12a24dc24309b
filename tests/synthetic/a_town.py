"""The files of one invented town, read back as text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

NIGHTS = (date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 3))
ENCODINGS = {"tenancy/kontrakt": "iso-8859-1"}


class Delivered:
    """Deliveries and truth under `out`."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def table(self, name: str, night: int = 0) -> pl.DataFrame:
        file = self.out / "delivery" / NIGHTS[night].isoformat() / f"{name}.csv"
        text = file.read_bytes().decode(ENCODINGS.get(name, "utf-8-sig"))
        return pl.read_csv(text.encode(), separator=";", infer_schema=False)

    def truth(self, name: str) -> pl.DataFrame:
        return pl.read_csv(self.out / "truth" / f"{name}.csv", infer_schema=False)
