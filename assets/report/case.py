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
    """The evidence card of one signal."""

    title_sv: str
    question_sv: str
    explain_sv: str
    since_on: date
    state_sv: str
    facts: list[Fact]
    ruled_out_sv: list[str]
    ask_sv: list[str]
    clears_sv: str
    points_sv: str
    is_counted: bool


@dataclass(frozen=True)
class Hypothesis:
    """What signals of the case speak for, and what they add to its points."""

    text_sv: str
    points: float


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
    own_rules = [rules[rule_id] for rule_id in dict.fromkeys(card.rule_id for card in rows.cards)]
    everyone = members(
        rows.people,
        in_order_of_signals(rows.dwellings, rows.cards),
        rows.ties,
        rows.kin,
        role_labels(own_rules),
    )
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
        hypotheses=hypotheses(rows.cards),
        cards=[card_view(card, rows.evidence, rules[card.rule_id]) for card in rows.cards],
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


def role_labels(rules: Sequence[Rule]) -> dict[str, str]:
    """Role id -> Swedish label; where rules differ, that of the strongest signal's."""
    labels: dict[str, str] = {}
    for rule in rules:
        roles = rule.spec.roles
        for role in (roles.person, roles.dwelling, roles.other_persons, roles.other_dwellings):
            if role:
                labels.setdefault(role.id, role.label_sv)
    return labels


def hypotheses(cards: Sequence[Card]) -> list[Hypothesis]:
    """The case's hypotheses in the order of their strongest signals."""
    found: dict[str, Hypothesis] = {}
    for card in cards:
        told = found.get(card.hypothesis)
        text = told.text_sv if told else hypothesis_sv(card.hypothesis, card.question_sv)
        points = (told.points if told else 0) + card.counted_points
        found[card.hypothesis] = Hypothesis(text, round(points, 2))
    return list(found.values())


def card_view(card: Card, evidence: Sequence[Evidence], rule: Rule) -> CardView:
    """The card of one signal; facts in the order in which the rule names them."""
    place = {item.fact: at for at, item in enumerate(rule.spec.evidence)}
    own = sorted(
        (one for one in evidence if one.signal_id == card.signal_id),
        key=lambda one: (place.get(one.fact, len(place)), one.value),
    )
    return CardView(
        title_sv=card.title_sv,
        question_sv=card.question_sv,
        explain_sv=card.explain_sv,
        since_on=card.since_on,
        state_sv=state_sv(card),
        facts=[
            Fact(label, value, origins([_where(one) for one in same]))
            for (_, label, value), same in groupby(
                own, lambda one: (one.fact, one.label_sv, one.value)
            )
        ],
        ruled_out_sv=card.ruled_out_sv,
        ask_sv=card.ask_sv,
        clears_sv=card.clears_sv,
        points_sv=card.points_sv,
        is_counted=card.counted_points > 0,
    )


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
