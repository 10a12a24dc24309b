"""The core tables a rule may read (tables.yml) and the sources they are made from (sources.yml)."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

from pydantic import model_validator

from rules.strict import Strict, read_yaml, validate

HERE = Path(__file__).parent
SOURCE_COLUMN = "source"  # a table with it is made from many sources, each row from one


class CoreTable(Strict):
    """One core table: its grain, the contracts it is made from, its columns and their types."""

    grain: str
    made_from: tuple[str, ...]
    columns: dict[str, str]

    @property
    def has_source_per_row(self) -> bool:
        return SOURCE_COLUMN in self.columns

    @model_validator(mode="after")
    def _knows_where_it_comes_from(self) -> CoreTable:
        if bool(self.made_from) == self.has_source_per_row:
            raise ValueError(
                "made_from names contracts, or the rows carry a `source`: one of them."
            )
        return self

    def ddl(self, name: str) -> str:
        """The table's `create table` statement."""
        columns = ", ".join(f'"{column}" {kind}' for column, kind in self.columns.items())
        return f'create table "{name}" ({columns})'


class Source(Strict):
    """One source a legal basis is decided for: its contracts and its name in Swedish texts."""

    contracts: tuple[str, ...]
    name_sv: str


class _MissingSource(Strict):
    certainty_factor: float
    why: str


class _Sources(Strict):
    sources: dict[str, Source]
    without_a_used_source: _MissingSource


class _Tables(Strict):
    tables: dict[str, CoreTable]


@functools.cache
def core_tables() -> dict[str, CoreTable]:
    """Every core table by name, as tables.yml has them."""
    return validate(_Tables, {"tables": read_yaml(HERE / "tables.yml")}, "rules/tables.yml").tables


@functools.cache
def _source_file() -> _Sources:
    return validate(_Sources, read_yaml(HERE / "sources.yml"), "rules/sources.yml")


def sources() -> dict[str, Source]:
    """Every source by id, as sources.yml has them."""
    return _source_file().sources


def certainty_factor_without_a_used_source() -> float:
    """What the certainty is multiplied by for each used source that a rule cannot see."""
    return _source_file().without_a_used_source.certainty_factor


def sources_of_table(name: str) -> frozenset[str]:
    """The sources a core table is made from; empty where each row carries its own."""
    contracts = set(core_tables()[name].made_from)
    return frozenset(
        source for source, about in sources().items() if contracts & set(about.contracts)
    )


def view_filter(name: str, allowed: Iterable[str]) -> str:
    """The SQL condition for the rows of a core table that a rule may see.

    Rows that carry a source are seen for allowed sources only; a table made only from sources
    that are not allowed is seen empty; other tables are seen whole.
    """
    allowed = sorted(allowed)
    if core_tables()[name].has_source_per_row:
        return (
            f"source in ({', '.join(repr(source) for source in allowed)})" if allowed else "false"
        )
    return "true" if sources_of_table(name) & set(allowed) else "false"
