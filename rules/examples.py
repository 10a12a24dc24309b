"""A rule's examples: rows in, whole signals and the whole Swedish text out. They are its tests.

`examples.yml` starts from a scene (`base`: named rows per core table) and each example overrides
only the cells that matter; every other cell comes from boring_rows.yml.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import duckdb
import polars as pl
import yaml
from pydantic import Field, model_validator

from data_contracts.errors import RuleError
from rules import engine
from rules.catalogue import Rule, sources_of
from rules.forest import MIN_SCORE, Forest, Usual, judged
from rules.model import Number, Slug, Text
from rules.strict import Strict, nice, read_yaml, unknown, validate
from rules.tables import HERE, core_tables

Cells = dict[str, Any]
Row = dict[str, Any]
Scene = dict[str, dict[str, Cells | None]]  # table -> name of the row -> cells; None takes it out

KEY = b"examples"  # ids in examples are not compared, any key does
HOME = "memory.main."  # where a bench keeps the core tables, whatever a rule is shown
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "VARCHAR": (str,),
    "DATE": (date,),
    "BOOLEAN": (bool,),
    "INTEGER": (int,),
    "BIGINT": (int,),
    "DOUBLE": (int, float),
}


class Example(Strict):
    """One example: a sentence, the rows that differ from the scene, and what is expected.

    expect: every signal with all its columns, points and explain_sv; [] for silence.
    innocent / unknown: the marked SQL line whose removal must make it fire. parameter + at: the
    last value that behaves one way (`limit`) and the first that behaves the other (`below`).
    without: used sources that the rule cannot see. kind: a guard that catalogue tests ask for.
    """

    name: Text
    rows: Scene = Field(default_factory=dict)
    expect: list[Row]
    innocent: Slug | None = None
    unknown: Slug | None = None
    parameter: Slug | None = None
    at: Literal["limit", "below"] | None = None
    without: tuple[str, ...] = ()
    kind: Literal["incomplete", "court_case", "data_quality"] | None = None

    @model_validator(mode="after")
    def _links_agree(self) -> Example:
        if (self.parameter is None) != (self.at is None):
            raise ValueError("parameter and at (limit or below) go together.")
        if (self.innocent or self.unknown) and self.expect:
            raise ValueError("an innocent or unknown example is silent: expect: [].")
        return self

    @property
    def line(self) -> str | None:
        """The marker of the SQL line that this example is about."""
        if self.innocent:
            return f"innocent: {self.innocent}"
        return f"unknown: {self.unknown}" if self.unknown else None


class SmallForest(Strict):
    """A forest small enough to read, which judges the examples of a rule that has one.

    usual: feature -> [1st, 50th, 99th percentile]; trees: as `rules.forest.Node`.
    """

    rows_per_tree: int
    usual: dict[Slug, tuple[int, int, int]]
    trees: list[Any] = Field(min_length=1)

    def fitted(self) -> Forest:
        return Forest(
            features=tuple(self.usual),
            usual={name: Usual(*ends) for name, ends in self.usual.items()},
            rows_per_tree=self.rows_per_tree,
            n_rows=self.rows_per_tree,
            n_fitted=self.rows_per_tree,
            fitted_with="by hand",
            trees=tuple(self.trees),
        )


class Examples(Strict):
    """One examples.yml."""

    as_of: date | None = None
    forest: SmallForest | None = None
    base: Scene = Field(default_factory=dict)
    examples: list[Example] = Field(min_length=2)


@functools.cache
def boring_rows() -> dict[str, Any]:
    """The complete boring row per core table, and the usual extract date under `as_of`."""
    rows: dict[str, Any] = read_yaml(HERE / "boring_rows.yml")
    return rows


def load_examples(rule: Rule) -> Examples:
    """The rule's examples; raises RuleError with every fault of the file."""
    file = rule.folder / "examples.yml"
    return validate(Examples, read_yaml(file), nice(file))


def rows_of(base: Scene, example: Scene, reads: tuple[str, ...]) -> dict[str, list[Row]]:
    """Complete rows per core table; raises RuleError naming every wrong table, column and type."""
    faults = [
        unknown("core table", table, reads) for table in {**base, **example} if table not in reads
    ]
    made: dict[str, list[Row]] = {}
    for table in reads:
        rows = _laid_over(base.get(table, {}), example.get(table, {}))
        boring = boring_rows()[table]
        made[table] = [
            {**boring, "row_id": boring["row_id"] + place, **cells}
            for place, cells in enumerate(rows.values(), start=1)
            if cells is not None
        ]
        faults += [fault for row in made[table] for fault in _cell_faults(table, row)]
    if faults:
        raise RuleError("; ".join(dict.fromkeys(faults)))
    return made


def _laid_over(
    base: Mapping[str, Cells | None], example: Mapping[str, Cells | None]
) -> dict[str, Cells | None]:
    """Named rows, the example's cells over the scene's; a row taken out keeps its place."""
    rows = dict(base)
    for name, cells in example.items():
        rows[name] = None if cells is None else {**(rows.get(name) or {}), **cells}
    return rows


def _cell_faults(table: str, row: Row) -> list[str]:
    columns = core_tables()[table].columns
    faults = []
    for name, value in row.items():
        if name not in columns:
            faults.append(f"{table}: {unknown('column', name, list(columns))}")
        elif value is not None and type(value) not in _PYTHON_TYPES[columns[name]]:
            faults.append(
                f"{table}.{name} is {columns[name]}, not {type(value).__name__} {value!r}"
            )
    return faults


class Bench:
    """One in-memory database with empty core tables, used for every example in turn."""

    def __init__(self) -> None:
        self.con = duckdb.connect(config={"threads": 1})
        self._filled: dict[str, list[Row]] = {}
        self._seen = contextlib.ExitStack()
        self._seen_by: tuple[object, ...] = ()
        for name, table in core_tables().items():
            self.con.execute(table.ddl(name))

    def outcome(
        self,
        rule: Rule,
        examples: Examples,
        example: Example,
        parameters: Mapping[str, Number] | None = None,
    ) -> list[Row]:
        """The signals: the SQL's columns, points and explain_sv. `parameters` may lie outside
        their allowed range."""
        own = self.returned(rule, examples, example, parameters)
        unseen = [source for source in rule.spec.uses if source in example.without]
        computed = engine.finish(rule, own, key=KEY, unseen=unseen)
        shown = computed.own.drop("signal_id").with_columns(
            computed.signals["points"], computed.signals["explain_sv"]
        )
        return shown.to_dicts()

    def returned(
        self,
        rule: Rule,
        examples: Examples,
        example: Example,
        parameters: Mapping[str, Number] | None = None,
    ) -> pl.DataFrame:
        """What the SQL returns on the example's rows, unchecked; judged, where a forest does."""
        self._fill(rows_of(examples.base, example.rows, rule.spec.reads))
        self._see(rule, sources_of(rule) - set(example.without))
        values = {**rule.spec.defaults, **(parameters or {})}
        rows = engine.run_sql(self.con, rule, examples.as_of or boring_rows()["as_of"], values)
        if examples.forest and rule.spec.forest:
            return judged(rows, rule.spec, examples.forest.fitted(), values[MIN_SCORE])
        return rows

    def _see(self, rule: Rule, visible: frozenset[str]) -> None:
        """Show the rule's tables; they stay shown until another rule or set of sources comes."""
        if self._seen_by != (rule.spec.reads, visible):
            self._seen.close()
            self._seen.enter_context(engine.seen_tables(self.con, rule.spec, visible))
            self._seen_by = (rule.spec.reads, visible)

    def _fill(self, rows: Mapping[str, list[Row]]) -> None:
        """Put the rows in; tables that hold them already are left alone."""
        for table, many in rows.items():
            if self._filled.get(table, []) == many:
                continue
            self._filled[table] = many
            self.con.execute(f'truncate {HOME}"{table}"')
            if many:
                columns = list(core_tables()[table].columns)
                one = f"({', '.join('?' * len(columns))})"
                cells = [row.get(column) for row in many for column in columns]
                self.con.execute(
                    f'insert into {HOME}"{table}" values {", ".join([one] * len(many))}', cells
                )


def difference(expected: list[Row], actual: list[Row]) -> str | None:
    """What differs, as YAML to compare and paste; None when the rows are the same."""
    if [_comparable(row) for row in expected] == [_comparable(row) for row in actual]:
        return None
    return f"expected:\n{as_yaml(expected)}but the rule gives:\n{as_yaml(actual)}"


def as_yaml(rows: list[Row]) -> str:
    """The rows as the `expect:` of an example."""
    text = yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=1000)
    return "".join(f"      {line}\n" for line in text.splitlines())


def _comparable(row: Row) -> Row:
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in sorted(row.items())
    }
