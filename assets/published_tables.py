"""What the published tables are: their columns, types, order and the page that documents them.

The truth is `published_tables.yml`. `python -m assets.published_tables > docs/published.md` makes
the page; a test compares file, page and published Parquet. Nothing here imports Dagster.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

DEFINITION = Path(__file__).with_suffix(".yml")


class Column(BaseModel):
    """One published column."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: str
    title_sv: str
    says: str
    unit: str = ""


class Table(BaseModel):
    """One published table; `grain` says what a row is."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    grain: str
    order: list[str]
    columns: dict[str, Column]
    key: list[str] = []
    refers: dict[str, str] = {}
    is_for_auditors: bool = False  # a file of its own only, and not in the shared database
    shown_by: str = ""  # the feature whose decision lets investigators see it too

    @property
    def total_order(self) -> list[str]:
        """`order`, then every other column: rows that still tie are identical."""
        return [*self.order, *(name for name in self.columns if name not in self.order)]


@cache
def published_tables() -> dict[str, Table]:
    """Every table that each night publishes, by name."""
    raw = yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))
    return {name: Table.model_validate(table) for name, table in raw.items()}


def shared_tables(decided: Collection[str] = ()) -> dict[str, Table]:
    """Those that stand in the database which everyone reads; `decided`: features turned on."""
    return {
        name: one
        for name, one in published_tables().items()
        if not one.is_for_auditors or one.shown_by in decided
    }


def heading_sv(column: str) -> str:
    """The Swedish heading of a published column; the name itself where there is none."""
    for table in published_tables().values():
        if column in table.columns:
            return table.columns[column].title_sv
    return column


INTRODUCTION = """\
# What a night publishes

Made from `assets/published_tables.yml` by `python -m assets.published_tables`; do not edit.

`HOME/published/<extract_date>` is a symlink to the run that computed the night, and
`published/latest` one to the newest published night. Both are swapped in one step, so a reader sees
the old night or the new one, never a mixture: resolve the link once, then read.
Publishing moves `latest` only forward in extract date; `boendesignal withdraw DATE --reason` takes
a night away, keeps a record of who did it and why, and lets `latest` fall back to the newest night
that remains.

| file | holds |
|---|---|
| `<table>.parquet` | the tables below, zstd, rows in the stated order; the same delivery, code \
and home give the same bytes |
| `signals/<rule_id>.parquet` | the rule's own columns, one row per signal, ordered by \
`signal_id`; one file per computed rule, also when it found nothing. A rule without a file was not \
computed: see `not_computed` |
| `boendesignal.duckdb` | all of them but those for auditors; a rule's own columns are \
`signal_<rule_id>` |
| `signaler.xlsx` | the cases, then one sheet per rule, ranked, for those who live in Excel |
| `report.html` | the morning report, for reading and printing: see [report.md](report.md) |
| `contract_report.html` | what the sources promised and delivered, counts only |
| `run.json` | input hashes, code and rule versions, parameters, counts, decisions used; the only \
file with a run id and clock times |

All of it is personal data: files are 0600, folders 0700. Ids (`person_id`, `dwelling_id`,
`signal_id`, `case_id`) mean something only inside this home. Scores belong to cases; no table
scores a person. What leaves the investigators' hands is made by `boendesignal export --for`:

| for | signals whose rule and evidence rest on nothing but | columns |
|---|---|---|
| `tenancy` | registry, dwelling_register, tenancy; vehicles in the tenancy lane (parking) | rent |
| `benefit` | registry, dwelling_register, benefits; the benefit lane only | benefits |
| `audit` | everything, with evidence, members, quarantine and what was not computed | all |

A signal that rests on more is left out whole, and the workbook says how many were. A case's title,
summary, rank and members rest on all its signals: a recipient who sees only some of them gets the
case's signals in an order of their own instead.
"""


def render_page() -> str:
    """`docs/published.md`, whole."""
    parts = [INTRODUCTION]
    for name, table in published_tables().items():
        parts.append(f"\n## {name}\n\n{table.grain}\n\n{_facts(table)}\n")
        parts.append("\n| column | type | unit | meaning |\n|---|---|---|---|\n")
        parts.extend(
            f"| `{column}` | {spec.type} | {spec.unit} | {spec.says} |\n"
            for column, spec in table.columns.items()
        )
    return "".join(parts)


def _facts(table: Table) -> str:
    facts = [f"Ordered by {_names(table.order)}."]
    if table.key:
        facts.insert(0, f"Key: {_names(table.key)}.")
    facts += [f"`{column}` stands in `{other}`." for column, other in table.refers.items()]
    if table.is_for_auditors:
        until = f" until a decision `{table.shown_by}` holds" if table.shown_by else ""
        facts.append(f"For auditors: not in `boendesignal.duckdb`, not for investigators{until}.")
    return " ".join(facts)


def _names(columns: list[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


if __name__ == "__main__":
    print(render_page(), end="")
