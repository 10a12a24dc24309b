"""What the report says of one case: pure, from rows to what the templates write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from assets.excel import LANES_SV
from assets.report.members import Members, members
from assets.report.shapes import (
    Card,
    Chosen,
    Dwelling,
    Event,
    Evidence,
    Kin,
    Person,
    Span,
    Sum,
    Tie,
)
from assets.report.ties_svg import TiesPicture, draw_ties
from assets.report.timeline_svg import TimelinePicture, draw_timeline
from assets.report.words import hypothesis_sv, table_sv, words
from rules.catalogue import Rule
from rules.texts import number, render

ESTIMATES = ("stated_cost_above_rent",)  # sums that are upper estimates and named as such


@dataclass(frozen=True)
class CaseRows:
    """Everything that was read about one case."""

    case: Chosen
    cards: list[Card] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    dwellings: list[Dwelling] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    kin: list[Kin] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    calibration_sv: str = ""


@dataclass(frozen=True)
class Row:
    """A delivered row: its number in the file and the date that it has itself."""

    number: int
    dated_on: date | None


@dataclass(frozen=True)
class Origin:
    """A delivered file and the rows of it that a fact rests on."""

    table_sv: str
    file: str
    rows: list[Row]


@dataclass(frozen=True)
class Fact:
    """One value of one fact, with where it stands."""

    label_sv: str
    value: str
    origins: list[Origin]


@dataclass(frozen=True)
class CardView:
    """The evidence card of one signal. `explained_at`: the earlier card of the same rule, whose
    explanations are this one's too."""

    place: int
    title_sv: str
    question_sv: str
    explain_sv: str
    since_on: date
    state_sv: str
    facts: list[Fact]
    ruled_out_sv: list[str]
    ask_sv: list[str]
    clears_sv: str
    points: float
    points_sv: str
    is_counted: bool
    hypothesis: str
    explained_at: int | None
    about_sv: str  # whom it is about, or which dwelling, as the case numbers and letters them


@dataclass(frozen=True)
class Hypothesis:
    """What signals of the case speak for, and what they add to its points."""

    text_sv: str
    points: float
    cards: list[CardView]


@dataclass(frozen=True)
class EventView:
    """One line of the timeline's table."""

    happened_on: date
    text_sv: str
    origins: list[Origin]


@dataclass(frozen=True)
class SumView:
    """One line of the household economy, SEK a month."""

    text_sv: str
    sek_month: float
    n: int
    is_estimate: bool


@dataclass(frozen=True)
class CaseView:
    """One case as the report shows it. `anchor` names it within the page."""

    anchor: str
    place: int
    title_sv: str
    lane_sv: str
    score: float
    calibration_sv: str
    where_sv: str
    is_new: bool
    hypotheses: list[Hypothesis]
    cards: list[CardView]
    members: Members
    ties: TiesPicture
    timeline: TimelinePicture
    events: list[EventView]
    sums: list[SumView]


def case_view(rows: CaseRows, rules: Mapping[str, Rule], as_of: date) -> CaseView:
    """The case. `rules`: those of its signals, for roles and the order of facts."""
    case = rows.case
    everyone = members(
        rows.people,
        in_order_of_signals(rows.dwellings, rows.cards),
        rows.ties,
        rows.kin,
        roles(rows.cards, rules),
    )
    cards = card_views(rows.cards, rows.evidence, rules, names(everyone))
    first = [one.label for one in everyone.dwellings] or [one.name for one in everyone.people]
    return CaseView(
        anchor=f"arende-{case.place}",
        place=case.place,
        title_sv=case.title_sv,
        lane_sv=LANES_SV.get(case.lane, case.lane),
        score=case.score,
        calibration_sv=rows.calibration_sv,
        where_sv=first[0] if first else "",
        is_new=all(card.state == "new" for card in rows.cards),
        hypotheses=hypotheses(cards),
        cards=cards,
        members=everyone,
        ties=draw_ties(everyone),
        timeline=draw_timeline(everyone, rows.spans, [card.since_on for card in rows.cards], as_of),
        events=events(rows.events),
        sums=[
            SumView(one.text_sv, one.sek_month, one.n, one.item in ESTIMATES) for one in rows.sums
        ],
    )


def in_order_of_signals(dwellings: Sequence[Dwelling], cards: Sequence[Card]) -> list[Dwelling]:
    """The dwelling of the strongest signal first, those that signals only name last."""
    named = [card.dwelling_id for card in cards]
    return sorted(
        dwellings,
        key=lambda one: (
            named.index(one.dwelling_id) if one.dwelling_id in named else len(named),
            not one.is_subject,
            one.label,
        ),
    )


def roles(cards: Sequence[Card], rules: Mapping[str, Rule]) -> dict[str, list[str]]:
    """Id of each person and dwelling that a signal names -> its roles there, strongest first."""
    labels: dict[str, dict[str, None]] = {}
    for card in cards:
        spec = rules[card.rule_id].spec.roles
        named = (
            (spec.person, [card.person_id]),
            (spec.dwelling, [card.dwelling_id]),
            (spec.other_persons, card.other_person_ids or []),
            (spec.other_dwellings, card.other_dwelling_ids or []),
        )
        for role, ids in named:
            for one in ids:
                if role and one:
                    labels.setdefault(one, {})[role.label_sv] = None
    return {one: list(found) for one, found in labels.items()}


def hypotheses(cards: Sequence[CardView]) -> list[Hypothesis]:
    """The case's hypotheses in the order of their strongest signals."""
    found: dict[str, list[CardView]] = {}
    for card in cards:
        found.setdefault(card.hypothesis, []).append(card)
    return [
        Hypothesis(
            hypothesis_sv(hypothesis, same[0].question_sv),
            round(sum(card.points for card in same if card.is_counted), 2),
            same,
        )
        for hypothesis, same in found.items()
    ]


def names(everyone: Members) -> dict[str, str]:
    """Id of each person and dwelling of the case -> number and name, or the letter."""
    people = {one.id: f"{one.number}\u00a0{one.name}" for one in everyone.people}
    return {**people, **{one.id: f"bostad\u00a0{one.letter}" for one in everyone.dwellings}}


def card_views(
    cards: Sequence[Card],
    evidence: Sequence[Evidence],
    rules: Mapping[str, Rule],
    named: Mapping[str, str],
) -> list[CardView]:
    """The cards in their order; what a rule says of every signal alike stands once in a case."""
    first: dict[str, int] = {}
    views = []
    for place, card in enumerate(cards, 1):
        own = [one for one in evidence if one.signal_id == card.signal_id]
        views.append(
            CardView(
                place=place,
                title_sv=card.title_sv,
                question_sv=card.question_sv,
                explain_sv=card.explain_sv,
                since_on=card.since_on,
                state_sv=state_sv(card),
                facts=facts(own, rules[card.rule_id]),
                ruled_out_sv=card.ruled_out_sv,
                ask_sv=card.ask_sv,
                clears_sv=card.clears_sv,
                points=card.counted_points or card.points,
                points_sv=card.points_sv,
                is_counted=card.counted_points > 0,
                hypothesis=card.hypothesis,
                explained_at=first.get(card.rule_id),
                about_sv=named.get(card.person_id or "") or named.get(card.dwelling_id or "", ""),
            )
        )
        first.setdefault(card.rule_id, place)
    return views


def facts(evidence: Sequence[Evidence], rule: Rule) -> list[Fact]:
    """The facts of one signal in the order in which its rule names them, equal ones once."""
    place = {item.fact: at for at, item in enumerate(rule.spec.evidence)}
    ordered = sorted(evidence, key=lambda one: (place.get(one.fact, len(place)), one.value))
    return [
        Fact(label, value, origins([_where(one) for one in same]))
        for (_, label, value), same in groupby(
            ordered, lambda one: (one.fact, one.label_sv, one.value)
        )
    ]


def state_sv(card: Card) -> str:
    """What the ledger says of the signal."""
    facts = {"first_seen_on": card.first_seen_on, "what_changed_sv": card.what_changed_sv}
    return render(words().states[card.state], facts)


def origins(places: Sequence[tuple[str, str, Row]]) -> list[Origin]:
    """(source table, file, row) gathered by file, in order of file and row."""
    ordered = sorted(set(places), key=lambda one: (one[0], one[1], one[2].number))
    return [
        Origin(table_sv(table), file, [row for *_, row in same])
        for (table, file), same in groupby(ordered, lambda one: one[:2])
    ]


def events(found: Sequence[Event]) -> list[EventView]:
    """The timeline in words: what the same day says twice from two rows stands once."""
    return [
        EventView(
            happened_on,
            text,
            origins(
                [(one.source_table, one.source_file, Row(one.source_row, None)) for one in same]
            ),
        )
        for (happened_on, _, text), same in groupby(
            found, lambda one: (one.happened_on, one.kind, one.text_sv)
        )
    ]


def _where(one: Evidence) -> tuple[str, str, Row]:
    return one.source_table, one.source_file, Row(one.source_row, one.dated_on)


def points_sv(points: float) -> str:
    """'1 poäng', '2,9 poäng'."""
    return f"{number(points)} poäng"
