"""What a delivered file may be called: its name stands in errors, evidence and the Dagster UI.

Those are kept for ever and hold no personal data, so a name that may hold some is refused, and the
refusal does not repeat it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

LONGEST = 200  # characters, folders included
_PLAIN = re.compile(rf"[\w ()./,+@#=-]{{1,{LONGEST}}}")
_NUMBER = re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+]?\d{4}(?!\d)")
_LEEWAY = timedelta(days=366)  # around the extract date: a time of export, and no birth date


def fault(path: str, extract_date: date) -> str:
    """Why the path cannot be used, without the path; empty where it can."""
    if path.startswith("/") or ".." in path.split("/") or "\\" in path or path != _plain(path):
        return "leaves the delivery. Paths are relative, without `..`"
    if not _PLAIN.fullmatch(path):
        return (
            f"is longer than {LONGEST} characters, or holds others than letters, digits and common "
            "signs. Name files by source and date"
        )
    if any(_is_persons(found[0], extract_date) for found in _NUMBER.finditer(path)):
        return (
            "holds what may be a personal number; names of files are shown and logged. Name files "
            "by source and date"
        )
    return ""


def _plain(path: str) -> str:
    """The path without empty parts and dots that stand for a folder."""
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _is_persons(text: str, extract_date: date) -> bool:
    from matching.personnummer import parse  # noqa: PLC0415 - imports polars, and hardly ever asked

    found = parse(text, extract_date + _LEEWAY)
    return found is not None and (
        found.birth_on is None or abs(found.birth_on - extract_date) > _LEEWAY
    )
