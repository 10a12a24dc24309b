"""The timeline: bars and marks stand where their dates are, and none hides another."""

from __future__ import annotations

from datetime import date

import pytest

from assets.report.members import Members, PersonView
from assets.report.shapes import Span
from assets.report.timeline_svg import Bar, Mark, Row, draw_timeline, first_year
from tests.assets.report.a_case import AS_OF, a_case

KARIN = Members([PersonView("karin", 1, "Karin Ek", "", [], [], [], 0)])


def drawn(*spans: Span) -> Row:
    return draw_timeline(KARIN, spans, [date(2025, 4, 1)], AS_OF).rows[0]


def span(kind: str, since: date, until: date | None = None) -> Span:
    return Span("k1", "karin", kind, None, since, until)


def test_the_timeline_of_a_small_case() -> None:
    """Registrations, leases and marks each have their line; what is older is counted."""
    timeline = a_case().timeline
    assert timeline.first_on == date(2022, 1, 1)
    assert [year for _, year in timeline.years] == ["2022", "2023", "2024", "2025", "2026"]
    assert timeline.since == [117.9, 263.2]
    assert timeline.rows[1] == Row(
        "2 Karin Ek",
        64.0,
        [
            Bar("registered", 6.0, 82.0, 376.0, "B", 194.0, True, True),
            Bar("lease", 6.0, 97.0, 376.0, "B", 194.0, True, True),
            Bar("lease", 164.3, 112.0, 6.7, "P", 177.0, False, False),
        ],
        [Mark("civil_status", 111.4, 133.0, ""), Mark("decision", 382.0, 133.0, "2")],
    )
    assert timeline.kinds == [
        "registered",
        "lease",
        "elsewhere",
        "civil_status",
        "decision",
        "deregistration",
        "since",
    ]
    assert timeline.n_earlier == 1
    assert timeline.height == 229.0


def test_spans_that_run_side_by_side_have_lines_of_their_own() -> None:
    """Two parking places at once are two bars; one after the other share a line."""
    first = span("parking", date(2024, 1, 1), date(2025, 1, 1))
    beside = span("parking", date(2024, 6, 1))
    after = span("parking", date(2025, 1, 1))
    assert [bar.y for bar in drawn(first, beside, after).bars] == [42.0, 42.0, 57.0]


def test_what_ended_before_the_first_year_is_not_drawn() -> None:
    row = drawn(span("registered", date(2001, 1, 1), date(2002, 1, 1)))
    assert row.bars == []


def test_a_date_after_the_extract_stands_on_the_edge() -> None:
    """A lease that is signed and begins later is drawn at the extract date, not beyond it."""
    [bar] = drawn(span("parking", date(2027, 1, 1))).bars
    assert (bar.x, bar.width, bar.text_x) == (382.0, 2.0, 376.0)


@pytest.mark.parametrize(
    ("since", "first"),
    [
        (date(2026, 9, 1), 2023),  # never less than three years
        (date(2022, 5, 1), 2021),  # the year before
        (date(1998, 1, 1), 2011),  # never more than fifteen
    ],
)
def test_the_first_year(since: date, first: int) -> None:
    assert first_year([since, AS_OF], AS_OF) == date(first, 1, 1)


def test_a_long_timeline_names_every_other_year() -> None:
    years = draw_timeline(KARIN, [], [date(1998, 1, 1)], AS_OF).years
    assert [year for _, year in years] == [str(year) for year in range(2011, 2027, 2)]
