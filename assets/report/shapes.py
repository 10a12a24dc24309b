"""What the report reads from the work file: one dataclass per `sql/<name>.sql`, fields = columns.

The queries see more than the work file has: `chosen` (place, case_id: the cases of the worklist),
`chosen_persons` and `chosen_dwellings` (case_id and the member's id, once each), `visible_sources`
(source: those that may be joined tonight) and `visible_contracts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import duckdb

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Chosen:
    """One row per case of the worklist, in its order."""

    place: int
    case_id: str
    title_sv: str
    lane: str
    score: float
    n_signals: int


@dataclass(frozen=True)
class Card:
    """One row per signal of a chosen case, the strongest first."""

    case_id: str
    signal_id: str
    rule_id: str
    person_id: str | None
    dwelling_id: str | None
    other_person_ids: list[str] | None
    other_dwelling_ids: list[str] | None
    title_sv: str
    question_sv: str
    explain_sv: str
    since_on: date
    ruled_out_sv: list[str]
    ask_sv: list[str]
    clears_sv: str
    points: float
    points_sv: str
    counted_points: float
    hypothesis: str
    state: str
    first_seen_on: date
    what_changed_sv: str | None


@dataclass(frozen=True)
class Evidence:
    """One row per signal, fact, value and delivered row; `dated_on` from the row itself."""

    signal_id: str
    fact: str
    label_sv: str
    value: str
    source_table: str
    source_file: str
    source_row: int
    dated_on: date | None


@dataclass(frozen=True)
class Person:
    """One row per person in a chosen case; `is_subject`: a signal is about the person."""

    case_id: str
    person_id: str
    full_name: str
    personnummer: str
    is_samordningsnummer: bool
    deregistration: str | None
    deregistered_on: date | None
    is_subject: bool


@dataclass(frozen=True)
class Dwelling:
    """One row per dwelling in a chosen case."""

    case_id: str
    dwelling_id: str
    label: str
    property: str | None
    n_rooms: int | None
    area_m2: float | None
    tenure: str
    is_special_housing: bool
    is_student_housing: bool
    is_in_register: bool
    n_registered: int
    is_subject: bool


@dataclass(frozen=True)
class Tie:
    """One row per person of a case, dwelling and kind of tie; `where_sv` as the source has it."""

    case_id: str
    person_id: str
    kind: str
    dwelling_id: str | None
    where_sv: str
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True)
class Kin:
    """One row per ordered pair of people in a case: what the other is to the person."""

    case_id: str
    person_id: str
    other_person_id: str
    tie: str


@dataclass(frozen=True)
class Span:
    """One row per person of a case and dated fact to draw; without `to_on` it still holds."""

    case_id: str
    person_id: str
    kind: str  # registered, lease, parking, civil_status, decision or deregistration
    dwelling_id: str | None
    from_on: date
    to_on: date | None


@dataclass(frozen=True)
class Event:
    """One row per dated fact of a case, as `case_timeline` has it."""

    case_id: str
    happened_on: date
    kind: str
    text_sv: str
    source_table: str
    source_file: str
    source_row: int


@dataclass(frozen=True)
class Sum:
    """One row per case and monthly sum, as `case_economy` has it."""

    case_id: str
    item: str
    sek_month: float
    n: int
    text_sv: str


T = TypeVar("T")


def fetch(con: duckdb.DuckDBPyConnection, shape: type[T]) -> list[T]:
    """The rows of `sql/<name>.sql`, in its order; its columns are the shape's fields."""
    found = con.execute((SQL / f"{shape.__name__.lower()}.sql").read_text(encoding="utf-8"))
    rows: list[tuple[Any, ...]] = found.fetchall()
    columns = [column[0] for column in found.description or ()]
    return [shape(**dict(zip(columns, row, strict=True))) for row in rows]
