"""The picture of ties: nothing overlaps or leaves the picture, up to thirty members."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assets.report.members import DwellingView, Edge, Members, PersonView, letter
from assets.report.ties_svg import (
    BOX_GAP,
    BOX_X,
    DOT_X,
    MARGIN,
    ROW,
    Box,
    Bracket,
    Name,
    Path,
    draw_ties,
    short,
)
from tests.assets.report.a_case import a_case

LINES = ("registered", "lease", "placed", "house", "former")


def some_members(n_people: int, n_dwellings: int, edges: set[tuple[int, int, int]]) -> Members:
    """Edges: (person, dwelling, line); the dwelling after the last is outside."""
    letters = [letter(place) for place in range(n_dwellings)]
    return Members(
        [
            PersonView(str(n), n, "Maximiliana Söderström-Lindqvist", "", [], [], [], n // 4)
            for n in range(1, n_people + 1)
        ],
        [
            DwellingView(one, one, "Gamla Strängnäsvägen 110 B lgh 1301", "", [], [])
            for one in letters
        ],
        sorted(
            {
                Edge(person, [*letters, None][dwelling], LINES[line])
                for person, dwelling, line in edges
            },
            key=str,
        ),
    )


@st.composite
def any_members(draw: st.DrawFn) -> Members:
    n_people, n_dwellings = draw(st.integers(1, 29)), draw(st.integers(0, 8))
    edge = st.tuples(st.integers(1, n_people), st.integers(0, n_dwellings), st.integers(0, 3))
    return some_members(n_people, n_dwellings, draw(st.sets(edge, max_size=80)))


def test_the_picture_of_a_small_case() -> None:
    """Every position of two names, a dwelling, a line and a bracket."""
    picture = a_case().ties
    assert picture.names[:2] == [Name(1, "Lars <Ek>", 22.0), Name(2, "Karin Ek", 50.0)]
    assert picture.boxes == [
        Box("B", ["Björkvägen 1 A", "lgh\u00a01101"], 8.0, 57.0),
        Box("A", ["Ekgatan 22", "lgh\u00a01204"], 77.0, 57.0),
        Box("", ["Utanför ärendet"], 146.0, 27.0),
    ]
    assert picture.paths[0] == Path("registered", "M200 22.0C232 22.0 232 84.1 264 84.1")
    assert picture.brackets == [Bracket(22.0, 50.0)]
    assert picture.lines == ["registered", "lease", "placed", "house", "kin"]
    assert picture.height == 181.0


@given(any_members())
def test_nothing_overlaps_or_leaves_the_picture(members: Members) -> None:
    """Dwellings stand apart and within bounds, and so does every end of a line."""
    picture = draw_ties(members)
    assert picture.height >= MARGIN + ROW * len(members.people)
    tops = [box.y for box in picture.boxes]
    assert min(tops, default=MARGIN) >= MARGIN
    for above, below in zip(picture.boxes, picture.boxes[1:], strict=False):
        assert below.y >= round(above.y + above.height + BOX_GAP, 1) - 0.1
    for box in picture.boxes:
        assert box.y + box.height <= picture.height
        assert all(len(line) <= 18 for line in box.lines)
    for path in picture.paths:
        start, end = path.d[1:].split("C")
        assert float(start.split()[0]) == DOT_X
        assert float(end.split()[-2]) == BOX_X
        assert 0 < float(start.split()[1]) < picture.height
        assert 0 < float(end.split()[-1]) < picture.height


@given(any_members())
def test_every_tie_is_drawn(members: Members) -> None:
    assert len(draw_ties(members).paths) == len(members.edges)


def test_long_texts_are_cut_with_an_ellipsis() -> None:
    assert short("Strängnäsvägen", 14) == "Strängnäsvägen"
    assert short("Strängnäsvägen 1", 14) == "Strängnäsväge…"
