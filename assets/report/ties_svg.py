"""The picture of who is tied to which dwelling: people on the left, dwellings on the right.

A layout of its own: a family stands together behind a bracket, each dwelling at the middle height
of those tied to it, and lines end beside each other, so that thirty members stay legible. Pure:
members in, positions out; `ties.svg.j2` writes them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from assets.report.members import LINES, Edge, Members, PersonView

MARGIN = 8
ROW = 28  # height of a person
WIDTH, NAME_X, DOT_X, BOX_X = 392, 38, 200, 264  # names, then lines, then dwellings
NAME_CHARS, CHAR_WIDTH = 19, 8.2
BOX_GAP = 12
LINE_CHARS, LINE_HEIGHT = 15, 15
SPREAD, FAN = 3, 18  # between the lines that leave one person, and of all of them at most
OUTSIDE = "Utanför ärendet"


@dataclass(frozen=True)
class Name:
    """A person's line: number and name, with the dot that lines start at."""

    number: int
    text: str
    y: float

    @property
    def end_x(self) -> float:
        """About where the text ends, for the leader to the dot."""
        return NAME_X + CHAR_WIDTH * len(self.text)


@dataclass(frozen=True)
class Box:
    """A dwelling; without a letter it is everywhere outside the case."""

    letter: str
    lines: list[str]
    y: float
    height: float


@dataclass(frozen=True)
class Path:
    """A line from a person to a dwelling."""

    line: str
    d: str


@dataclass(frozen=True)
class Bracket:
    """A family, from its first to its last member."""

    top: float
    bottom: float


@dataclass(frozen=True)
class TiesPicture:
    """Positions in the picture's own units."""

    height: float
    names: list[Name]
    boxes: list[Box]
    paths: list[Path]
    brackets: list[Bracket]

    @property
    def lines(self) -> list[str]:
        """The kinds of line that are drawn, for the legend."""
        drawn = {path.line for path in self.paths}
        return [line for line in LINES if line in drawn] + (["kin"] if self.brackets else [])


def draw_ties(members: Members) -> TiesPicture:
    """The picture of a case's members."""
    middles = {one.number: MARGIN + ROW * (one.number - 0.5) for one in members.people}
    boxes = _boxes(members, middles)
    names = [
        Name(one.number, short(one.name, NAME_CHARS), middles[one.number]) for one in members.people
    ]
    bottom = max([MARGIN + ROW * len(names), *(box.y + box.height for box in boxes)])
    return TiesPicture(
        height=round(bottom + MARGIN, 1),
        names=names,
        boxes=boxes,
        paths=_paths(members.edges, middles, boxes),
        brackets=_brackets(members.people, middles),
    )


def short(text: str, n_chars: int) -> str:
    """The text, cut with an ellipsis where it is longer; the table has it whole."""
    return text if len(text) <= n_chars else text[: n_chars - 1].rstrip() + "…"


def _boxes(members: Members, middles: dict[int, float]) -> list[Box]:
    """The dwellings from the top down, each as near the middle of its people as there is room."""
    labels: dict[str | None, str] = {one.letter: one.label for one in members.dwellings}
    if any(edge.letter is None for edge in members.edges):
        labels[None] = OUTSIDE
    wished = []
    for letter, label in labels.items():
        wrapped = textwrap.wrap(
            label.replace(" lgh ", " lgh\u00a0"), LINE_CHARS, break_long_words=False
        )
        lines = [short(line, LINE_CHARS) for line in wrapped[:3]]
        tied = sorted({middles[edge.number] for edge in members.edges if edge.letter == letter})
        height = LINE_HEIGHT * (len(lines) + bool(letter)) + 12.0
        middle = sum(tied) / len(tied) if tied else MARGIN + height / 2
        wished.append((middle - height / 2, letter or "", lines, height))
    wished.sort(key=lambda one: (one[0], one[1] == "", one[1]))
    bottom = MARGIN + ROW * len(members.people)
    tops = _without_overlap([(y, height) for y, _, _, height in wished], MARGIN, bottom)
    return [
        Box(letter, lines, round(top, 1), height)
        for top, (_, letter, lines, height) in zip(tops, wished, strict=True)
    ]


def _without_overlap(
    wished: Sequence[tuple[float, float]], first: float, bottom: float
) -> list[float]:
    """Tops of boxes (wished top, height) in order: apart, and within bounds while they fit."""
    tops: list[float] = []
    lowest = first
    for top, height in wished:
        tops.append(max(top, lowest))
        lowest = tops[-1] + height + BOX_GAP
    limit = max(bottom, first + sum(height + BOX_GAP for _, height in wished) - BOX_GAP)
    for place in range(len(tops) - 1, -1, -1):
        tops[place] = min(tops[place], limit - wished[place][1])
        limit = tops[place] - BOX_GAP
    return tops


def _paths(edges: Sequence[Edge], middles: dict[int, float], boxes: Sequence[Box]) -> list[Path]:
    """Curves that start beside each other at a person and end spread along a dwelling's side."""
    at = {box.letter or None: box for box in boxes}
    paths = []
    for edge in edges:
        box = at[edge.letter]
        leaving = sorted(
            (one for one in edges if one.number == edge.number), key=lambda one: at[one.letter].y
        )
        arriving = [one for one in edges if one.letter == edge.letter]
        start = middles[edge.number] + _beside(leaving.index(edge), len(leaving))
        end = box.y + box.height * (arriving.index(edge) + 0.5) / len(arriving)
        bend = (BOX_X - DOT_X) / 2
        curve = f"{DOT_X + bend:g} {start:.1f} {BOX_X - bend:g} {end:.1f} {BOX_X} {end:.1f}"
        paths.append(Path(edge.line, f"M{DOT_X} {start:.1f}C{curve}"))
    return paths


def _beside(place: int, n: int) -> float:
    """How far from the middle the line at that place of `n` starts."""
    return min(SPREAD, FAN / n) * (place - (n - 1) / 2)


def _brackets(people: Sequence[PersonView], middles: dict[int, float]) -> list[Bracket]:
    """One for each family of two or more; its members stand one after the other."""
    families: dict[int, list[float]] = {}
    for one in people:
        families.setdefault(one.family, []).append(middles[one.number])
    return [Bracket(ys[0], ys[-1]) for ys in families.values() if len(ys) > 1]
