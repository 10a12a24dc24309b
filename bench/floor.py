"""The least that a night could take: DuckDB reads what was delivered, writes what was published.

    python -m bench.floor DELIVERY PUBLISHED

Started as a process of its own, like the night that it is compared with. Nothing is checked,
joined or matched.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb


def read_and_write(delivery: Path, published: Path, target: Path) -> tuple[int, int]:
    """Read every delivered file, write every published one anew; returns bytes read and written."""
    with duckdb.connect(str(target / "floor.duckdb")) as con:
        read = sum(_read(con, delivery, file) for file in _manifest(delivery)["files"])
        written = sum(_write(con, file, target) for file in sorted(published.rglob("*.*")))
    return read, written


def _manifest(delivery: Path) -> dict:
    return json.loads((delivery / "manifest.json").read_text(encoding="utf-8"))


def _read(con: duckdb.DuckDBPyConnection, delivery: Path, about: dict) -> int:
    """Into a table, as text; DuckDB reads no ISO-8859-1 with bytes over 0x7F to 0x9F, so such a
    file is only read as bytes, which takes less.
    """
    file = delivery / about["path"]
    is_text = file.suffix == ".csv" and about.get("encoding", "utf-8").startswith("utf-8")
    reader = "read_csv($1, all_varchar = true)" if is_text else "read_blob($1)"
    con.execute(f"create or replace table delivered as from {reader}", [str(file)])
    return file.stat().st_size


def _write(con: duckdb.DuckDBPyConnection, file: Path, target: Path) -> int:
    """The same bytes: Parquet by DuckDB, other kinds as they are."""
    written = target / f"written{file.suffix}"
    if file.suffix == ".parquet":
        con.execute(
            f"copy (from read_parquet('{file}')) to '{written}' (format parquet, compression zstd)"
        )
    else:
        shutil.copyfile(file, written)
    return file.stat().st_size


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="boendesignal-floor-") as folder:
        print(*read_and_write(Path(sys.argv[1]), Path(sys.argv[2]), Path(folder)))
