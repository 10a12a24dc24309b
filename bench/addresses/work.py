"""How much work one resolution does: the guard for CI, where seconds vary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from bench.work import counting
from matching import resolve


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count, while inside: texts_read (parsed), rows_compared (questions put to a scope of the
    register, each to at most two) and pairs_scored (street names that rapidfuzz compared)."""
    with counting() as done:
        read = _counts(done, "texts_read", resolve.read_texts)
        compared = _counts(done, "rows_compared", resolve.find_houses)
        with (
            patch.object(resolve, "read_texts", read),
            patch.object(resolve, "find_houses", compared),
        ):
            yield done


def _counts(done: Counter[str], name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def count(rows: Any, *others: Any) -> Any:
        done[name] += rows.height
        return original(rows, *others)

    return count
