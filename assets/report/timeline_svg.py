"""The timeline of a case: one row per person, years from left to right, up to the extract date.

Bars are registrations and leases, marks are civil status, benefits and deregistration; bars bear
the letters of the case's dwellings. What lies before the first year stands in the table beneath.
Pure: members and spans in, positions out; `timeline.svg.j2` writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assets.report.members import Members, PersonView
from assets.report.shapes import Span

WIDTH, LEFT, RIGHT = 392, 6, 382
AXIS, LABEL, TRACK, GAP = 24, 18, 15, 7  # heights
BAR = 12
LETTER_WIDTH = 16  # a bar as wide as this holds its letter
MIN_YEARS, MAX_YEARS = 3, 15
MAX_YEAR_LABELS = 8

BARS = ("registered", "lease", "parking")
MARKS = ("civil_status", "decision", "deregistration")


@dataclass(frozen=True)
class Bar:
    """`kind`: registered, elsewhere or lease. `text_x` is where its letter stands."""

    kind: str
    x: float
    y: float
    width: float
    text: str
    text_x: float
    is_text_inside: bool
    begins_earlier: bool


@dataclass(frozen=True)
class Mark:
    """A point in time; `text` is the number of decisions where there are several."""

    kind: str
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Row:
    """One person."""

    label: str
    y: float
    bars: list[Bar]
    marks: list[Mark]


@dataclass(frozen=True)
class TimelinePicture:
    """Positions in the picture's own units; `n_earlier`: facts from before the first year."""

    height: float
    first_on: date
    years: list[tuple[float, str]]
    since: list[float]
    rows: list[Row]
    n_earlier: int

    @property
    def kinds(self) -> list[str]:
        """What is drawn, for the legend."""
        bars = [bar.kind for row in self.rows for bar in row.bars]
        marks = [mark.kind for row in self.rows for mark in row.marks]
        return list(dict.fromkeys([*sorted(bars, reverse=True), *sorted(marks)])) + (
            ["since"] if self.since else []
        )


@dataclass(frozen=True)
class _Scale:
    """Dates to positions; what lies outside is put on the edge."""

    first: date
    last: date

    def x(self, day: date) -> float:
        share = (min(max(day, self.first), self.last) - self.first) / (self.last - self.first)
        return round(LEFT + (RIGHT - LEFT) * share, 1)


def draw_timeline(
    members: Members, spans: Sequence[Span], since: Iterable[date], as_of: date
) -> TimelinePicture:
    """The picture. `since`: the dates from which the case's signals hold."""
    since = sorted(set(since))
    scale = _Scale(first_year(since, as_of), as_of)
    rows, y = [], float(AXIS)
    for person in members.people:
        own = [one for one in spans if one.person_id == person.id]
        row, y = _row(person, own, members.letters, scale, y)
        rows.append(row)
    return TimelinePicture(
        height=y,
        first_on=scale.first,
        years=_years(scale),
        since=sorted({scale.x(day) for day in since if day >= scale.first}),
        rows=rows,
        n_earlier=sum(
            (one.to_on or one.from_on) < scale.first
            for one in spans
            if one.to_on or one.kind in MARKS
        ),
    )


def first_year(since: Sequence[date], as_of: date) -> date:
    """New Year's Day of the year before the first signal holds, within bounds."""
    wished = min(since, default=as_of).year - 1
    return date(min(max(wished, as_of.year - MAX_YEARS), as_of.year - MIN_YEARS), 1, 1)


def _years(scale: _Scale) -> list[tuple[float, str]]:
    years = range(scale.first.year, scale.last.year + 1)
    step = -(-len(years) // MAX_YEAR_LABELS)
    return [(scale.x(date(year, 1, 1)), str(year)) for year in years[::step]]


def _row(
    person: PersonView, spans: Sequence[Span], letters: dict[str, str], scale: _Scale, y: float
) -> tuple[Row, float]:
    """The person's row, and where the next one begins."""
    top = y
    y += LABEL
    bars: list[Bar] = []
    for kinds in (("registered",), ("lease", "parking")):
        for track in _tracks([one for one in spans if one.kind in kinds], scale):
            bars += [_bar(one, letters, scale, y) for one in track]
            y += TRACK
    marks = _marks(spans, scale, y)
    y += TRACK if marks else 0
    return Row(f"{person.number} {person.name}", top, bars, marks), y + GAP


def _tracks(spans: Sequence[Span], scale: _Scale) -> list[list[Span]]:
    """What is drawn, on as few lines as keep spans apart; what ended too early is left out."""
    tracks: list[list[Span]] = []
    for span in spans:
        if (span.to_on or scale.last) < scale.first:
            continue
        free = (one for one in tracks if (one[-1].to_on or date.max) <= span.from_on)
        track = next(free, None)
        if track is None:
            tracks.append([span])
        else:
            track.append(span)
    return tracks


def _bar(span: Span, letters: dict[str, str], scale: _Scale, y: float) -> Bar:
    x = scale.x(span.from_on)
    width = max(round(scale.x(span.to_on or scale.last) - x, 1), 2.0)
    letter = letters.get(span.dwelling_id or "", "")
    kind = span.kind if letter else "elsewhere"
    if span.kind in ("lease", "parking"):
        kind, letter = "lease", "P" if span.kind == "parking" else letter
    is_inside = width >= LETTER_WIDTH
    beside = x + width + 6 if x + width + 12 < WIDTH else x - 6
    text_x = round(x + width / 2 if is_inside else beside, 1)
    return Bar(kind, x, y, width, letter, text_x, is_inside, span.from_on < scale.first)


def _marks(spans: Sequence[Span], scale: _Scale, y: float) -> list[Mark]:
    """One mark per kind and day."""
    found: dict[tuple[date, str], int] = {}
    for one in spans:
        if one.kind in MARKS and scale.first <= one.from_on <= scale.last:
            found[one.from_on, one.kind] = found.get((one.from_on, one.kind), 0) + 1
    return [
        Mark(kind, scale.x(day), y + BAR / 2, str(n) if n > 1 else "")
        for (day, kind), n in sorted(found.items())
    ]
