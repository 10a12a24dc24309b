"""A kept night is whole and on disk before anything names it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets import memory
from assets.workspace import ACCEPTED, Workspace
from tests.assets.a_passage import night


@pytest.fixture
def ws(delivery, tmp_path, monkeypatch) -> Workspace:
    """A night that has been accepted; what is known aside of it is none of this test's."""
    monkeypatch.setattr(memory, "keep_aside", lambda ws: None)
    return night(delivery.write(), tmp_path / "home")[0]


def test_every_file_is_on_disk_before_the_night_is_named(ws, monkeypatch):
    flushed: set[Path] = set()
    fsync, point = os.fsync, memory.point

    def note(handle: int) -> None:
        flushed.add(Path(os.readlink(f"/proc/self/fd/{handle}")))
        fsync(handle)

    def named(link: Path, target: str) -> None:
        kept = link.parent / target
        aside = kept.with_name(f".{kept.name}.new")
        there = {aside / file.relative_to(kept) for file in kept.rglob("*")}
        assert len(there) > 20
        assert there <= flushed
        point(link, target)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(memory, "point", named)
    kept = memory.keep_night(ws)
    assert (kept.parent / ACCEPTED).resolve() == kept


def test_a_disk_that_fails_leaves_the_last_night_named(ws, monkeypatch):
    kept = memory.keep_night(ws)
    before = {file: file.read_bytes() for file in kept.rglob("*") if file.is_file()}

    def full(_: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        memory.keep_night(ws)
    assert (kept.parent / ACCEPTED).resolve() == kept
    assert {file: file.read_bytes() for file in kept.rglob("*") if file.is_file()} == before
