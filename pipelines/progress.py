"""What a person sees while a night works: one line per stage. Nothing where nobody watches."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


_console: ContextVar[Console | None] = ContextVar("console", default=None)  # of those who watch


@contextmanager
def reporting(console: Console) -> Iterator[None]:
    """Within: stages are shown on the console, if it is a terminal."""
    token = _console.set(console if console.is_terminal else None)
    try:
        yield
    finally:
        _console.reset(token)


@contextmanager
def shown(title: str) -> Iterator[None]:
    """A spinner while the stage works, and a line with its seconds when it is done."""
    console = _console.get()
    if console is None:
        yield  # runs that Dagster starts: its UI shows the steps
        return
    started = time.perf_counter()
    try:
        with console.status(f"{title} …"):
            yield
    except BaseException:
        console.print(f"[red]✗[/red] {title}")
        raise
    console.print(f"[green]✓[/green] {title} [dim]{time.perf_counter() - started:.1f} s")
