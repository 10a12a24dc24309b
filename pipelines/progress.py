"""What a person sees while a night works: one line per stage. Nothing where nobody watches."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console


class Reporter(Protocol):
    """Told when a stage begins; the context it returns ends with the stage."""

    def stage(self, title: str) -> Iterator[None]: ...


class Silent:
    """For runs that Dagster starts: its UI shows the steps."""

    def stage(self, title: str) -> Iterator[None]:
        yield


class Lines:
    """A spinner while the stage works and a line with its seconds when it is done."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def stage(self, title: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            with self.console.status(f"{title} …"):
                yield
        except BaseException:
            self.console.print(f"[red]✗[/red] {title}")
            raise
        self.console.print(f"[green]✓[/green] {title} [dim]{time.perf_counter() - started:.1f} s")


_reporter: ContextVar[Reporter] = ContextVar("reporter", default=Silent())  # noqa: B039 (stateless)


@contextmanager
def reporting(console: Console) -> Iterator[None]:
    """Within: stages are shown on the console, if it is a terminal."""
    token = _reporter.set(Lines(console) if console.is_terminal else Silent())
    try:
        yield
    finally:
        _reporter.reset(token)


@contextmanager
def shown(title: str) -> Iterator[None]:
    """Show that the stage works, for as long as the context lasts."""
    yield from _reporter.get().stage(title)
