"""The people and dwellings of a case, numbered and lettered so that tables and pictures agree.

People get numbers, dwellings letters. Those whom a signal is about come first; a family stands
together and near the dwelling that its members are tied to, which keeps the pictures legible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assets.report.shapes import Dwelling, Kin, Person, Tie
from assets.report.words import personnummer_sv, words
from rules.texts import number, render

LINES = ("registered", "lease", "placed", "house", "former")  # as drawn, the closest first
PRESUMED = "same_surname"  # no recorded tie, so nobody is put into a family by it


@dataclass(frozen=True)
class PersonView:
    """A person as the report shows it. `family`: shared by those whom recorded kinship joins."""

    id: str
    number: int
    name: str
    personnummer: str
    notes_sv: list[str]
    roles_sv: list[str]
    ties_sv: list[str]
    family: int


@dataclass(frozen=True)
class DwellingView:
    """A dwelling as the report shows it."""

    id: str
    letter: str
    label: str
    property: str
    roles_sv: list[str]
    facts_sv: list[str]


@dataclass(frozen=True)
class Edge:
    """One line of the picture: a person's number to a dwelling's letter, or outside (None)."""

    number: int
    letter: str | None
    line: str


@dataclass(frozen=True)
class Members:
    """Everyone and everywhere in a case."""

    people: list[PersonView] = field(default_factory=list)
    dwellings: list[DwellingView] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    @property
    def letters(self) -> dict[str, str]:
        """dwelling_id -> letter."""
        return {one.id: one.letter for one in self.dwellings}


def members(
    people: Sequence[Person],
    dwellings: Sequence[Dwelling],
    ties: Sequence[Tie],
    kin: Sequence[Kin],
    roles: Mapping[str, Sequence[str]],
) -> Members:
    """The members of one case. `roles`: id of a person or dwelling -> Swedish labels."""
    letters = {one.dwelling_id: letter(place) for place, one in enumerate(dwellings)}
    ordered, family = _in_families(people, ties, kin, list(letters))
    numbers = {one.person_id: place for place, one in enumerate(ordered, 1)}
    return Members(
        [
            PersonView(
                id=one.person_id,
                number=numbers[one.person_id],
                name=one.full_name,
                personnummer=personnummer_sv(one.personnummer),
                notes_sv=_notes(one),
                roles_sv=list(roles.get(one.person_id, [])),
                ties_sv=_ties_sv(one, ties, kin, letters, numbers),
                family=family[one.person_id],
            )
            for one in ordered
        ],
        [
            DwellingView(
                id=one.dwelling_id,
                letter=letters[one.dwelling_id],
                label=one.label,
                property=one.property or "",
                roles_sv=list(roles.get(one.dwelling_id, [])),
                facts_sv=_facts(one),
            )
            for one in dwellings
        ],
        _edges(ties, letters, numbers),
    )


def letter(place: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    return chr(65 + place) if place < 26 else letter(place // 26 - 1) + chr(65 + place % 26)


def _in_families(
    people: Sequence[Person], ties: Sequence[Tie], kin: Sequence[Kin], dwellings: list[str]
) -> tuple[list[Person], dict[str, int]]:
    """People in order, and person_id -> the number of the family."""
    family = _families([one.person_id for one in people], kin)
    anchor = {one.person_id: _anchor(one.person_id, ties, dwellings) for one in people}
    place: dict[str, tuple[bool, int, str, str]] = {}
    for one in people:
        own = (not one.is_subject, anchor[one.person_id], one.full_name, one.person_id)
        place[family[one.person_id]] = min(place.get(family[one.person_id], own), own)
    ordered = sorted(
        people,
        key=lambda one: (
            place[family[one.person_id]],
            not one.is_subject,
            anchor[one.person_id],
            one.full_name,
            one.personnummer,
        ),
    )
    names = list(dict.fromkeys(family[one.person_id] for one in ordered))
    return ordered, {person: names.index(name) for person, name in family.items()}


def _families(person_ids: Iterable[str], kin: Sequence[Kin]) -> dict[str, str]:
    """person_id -> one id for all that recorded kinship joins."""
    family = {one: one for one in person_ids}
    for tie in kin:
        a, b = family[tie.person_id], family[tie.other_person_id]
        if tie.tie != PRESUMED and a != b:
            family = {person: min(a, b) if of in (a, b) else of for person, of in family.items()}
    return family


def _anchor(person_id: str, ties: Sequence[Tie], dwellings: list[str]) -> int:
    """The place of the dwelling of the case that the person is tied to most closely."""
    found = [
        (LINES.index(words().ties[tie.kind].line), dwellings.index(tie.dwelling_id))
        for tie in ties
        if tie.person_id == person_id and tie.dwelling_id in dwellings
    ]
    return min(found)[1] if found else len(dwellings)


def _notes(person: Person) -> list[str]:
    """What else is to know of who it is."""
    notes = ["samordningsnummer"] if person.is_samordningsnummer else []
    if person.deregistration:
        why = words().deregistrations.get(person.deregistration, person.deregistration)
        since = f" {person.deregistered_on}" if person.deregistered_on else ""
        notes.append(f"avregistrerad{since}: {why}")
    return notes


def _ties_sv(
    person: Person,
    ties: Sequence[Tie],
    kin: Sequence[Kin],
    letters: Mapping[str, str],
    numbers: Mapping[str, int],
) -> list[str]:
    """The person's ties as lines of text, those to dwellings first."""
    own = [
        tie
        for kind in words().ties
        for tie in ties
        if tie.kind == kind and tie.person_id == person.person_id
    ]
    lines = []
    for tie in own:
        known = letters.get(tie.dwelling_id or "")
        where = f"bostad {known}" if known else tie.where_sv
        facts = {"where": where, "from_on": tie.from_on, "to_on": tie.to_on}
        lines.append(render(words().ties[tie.kind].text_sv, facts))
    for kind, text in words().kin.items():
        others = sorted(
            numbers[one.other_person_id]
            for one in kin
            if one.person_id == person.person_id and one.tie == kind
        )
        if others:
            lines.append(f"{text}: {', '.join(map(str, others))}")
    return lines


def _facts(dwelling: Dwelling) -> list[str]:
    """What the dwelling register says, and how many are registered there."""
    n_people = dwelling.n_registered
    size = [f"{dwelling.n_rooms} rum"] if dwelling.n_rooms else []
    size += [f"{number(dwelling.area_m2)} m²"] if dwelling.area_m2 else []
    facts = [", ".join(size)] if size else []
    if not dwelling.is_in_register:
        return [*facts, "finns inte i lägenhetsregistret", f"{n_people} folkbokförda"]
    facts.append(words().tenures.get(dwelling.tenure, dwelling.tenure))
    facts += ["specialbostad"] if dwelling.is_special_housing else []
    facts += ["studentbostad"] if dwelling.is_student_housing else []
    return [
        *dict.fromkeys(facts),
        f"{n_people} {'folkbokförd' if n_people == 1 else 'folkbokförda'}",
    ]


def _edges(
    ties: Sequence[Tie], letters: Mapping[str, str], numbers: Mapping[str, int]
) -> list[Edge]:
    """One edge per person, dwelling and line; an earlier registration only where it is alone."""
    found = {
        Edge(
            numbers[tie.person_id],
            letters.get(tie.dwelling_id or ""),
            words().ties[tie.kind].line,
        )
        for tie in ties
    }
    present = {(edge.number, edge.letter) for edge in found if edge.line != "former"}
    return sorted(
        (
            edge
            for edge in found
            if edge.line != "former" or (edge.number, edge.letter) not in present
        ),
        key=lambda edge: (edge.number, edge.letter or "~", LINES.index(edge.line)),
    )
