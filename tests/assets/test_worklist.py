"""The list of the week: the first by rank, a fair mix of rules, the same all week."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assets.arms import CONTROL, RANKED
from assets.home import WorklistSettings
from assets.worklist import (
    Candidate,
    Listed,
    Places,
    by_quota,
    draw,
    iso_week,
    make_list,
    mixed,
)
from tests.assets.a_history import (
    EXPLANATION,
    FRIDAY,
    NEXT_MONDAY,
    SATURDAY,
    THURSDAY,
    Signal,
    decide,
    home,
    replace,
    rows,
    run,
)

__all__ = ["home"]

KEY = bytes(32)
MANY = [Signal(f"s{n:02}", f"s{n:02}", person_id=f"p{n}", points=20.0 - n) for n in range(20)]

candidates = st.lists(
    st.tuples(st.integers(0, 99), st.sampled_from(["crowd", "lease", "parking"])),
    max_size=30,
    unique_by=lambda one: one[0],
).map(lambda rows: [Candidate(f"k{n}", rule) for n, rule in rows])


def ids(cases: list[Candidate]) -> list[str]:
    return [one.case_id for one in cases]


def test_no_rule_leads_more_than_its_share_while_others_wait():
    """Ten of one rule before two of another: the two get their places, and the rest is by rank."""
    crowds = [Candidate(f"c{n}", "crowd") for n in range(10)]
    leases = [Candidate("l1", "lease"), Candidate("l2", "lease")]
    assert ids(by_quota([*crowds, *leases], 5, 2, Counter())) == ["c0", "c1", "c2", "l1", "l2"]
    assert ids(by_quota([*crowds, *leases], 4, 2, Counter(crowd=2))) == ["c0", "c1", "l1", "l2"]


@given(candidates, st.integers(0, 12), st.integers(1, 12))
def test_the_mix_holds_for_any_cases(cases: list[Candidate], n: int, most: int):
    """Every place is filled while cases wait, in order of rank; a rule leads more than its share
    only where no case of a rule within its share was left waiting; of a rule the first come."""
    chosen = by_quota(cases, n, most, Counter())
    assert len(chosen) == min(n, len(cases))
    assert chosen == [one for one in cases if one in chosen]
    led = Counter(one.lead_rule_id for one in chosen)
    waiting = Counter(one.lead_rule_id for one in cases if one not in chosen)
    if any(count > most for count in led.values()):
        assert all(led[rule] >= most for rule in waiting)
    for rule in led:
        of_rule = [one for one in cases if one.lead_rule_id == rule]
        assert [one for one in chosen if one.lead_rule_id == rule] == of_rule[: led[rule]]


@given(candidates, st.integers(0, 5), st.randoms(use_true_random=False))
def test_a_draw_depends_on_week_and_key_alone(cases, n, chance):
    """Not on the order of the cases, nor on which others there are."""
    drawn = draw(cases, n, KEY, "2026-W40")
    shuffled = chance.sample(cases, len(cases))
    assert draw(shuffled, n, KEY, "2026-W40") == drawn
    others = [one for one in cases if one not in drawn]
    fewer = [one for one in cases if one not in others[:2]]
    assert draw(fewer, n, KEY, "2026-W40") == drawn


def test_another_week_or_home_draws_others():
    """Nobody who lacks the key can foresee the control arm, and it moves on every week."""
    cases = [Candidate(f"k{n}", "lease") for n in range(100)]
    one = draw(cases, 10, KEY, "2026-W40")
    assert set(ids(one)) != set(ids(draw(cases, 10, KEY, "2026-W41")))
    assert set(ids(one)) != set(ids(draw(cases, 10, bytes([1] * 32), "2026-W40")))


def test_a_draw_is_fair():
    """Over many weeks every case is drawn about as often as any other."""
    cases = [Candidate(f"k{n}", "lease") for n in range(10)]
    drawn = Counter(
        one.case_id for week in range(1_000) for one in draw(cases, 1, KEY, f"week {week}")
    )
    assert min(drawn.values()) > 70
    assert max(drawn.values()) < 130


@given(candidates, st.data())
def test_the_ranked_keep_their_order_among_the_control(cases, data):
    """Control cases stand anywhere among them."""
    n = data.draw(st.integers(0, len(cases)))
    placed = mixed(cases[n:], cases[:n], KEY, "2026-W40")
    assert [one for one, arm in placed if arm == RANKED] == cases[n:]
    assert {one for one, arm in placed if arm == CONTROL} == set(cases[:n])


@given(candidates, candidates, st.integers(1, 12))
def test_a_list_once_made_stays_through_the_week(first, second, capacity):
    """Cases that leave free no place; new ones come only where the list was short; nobody twice."""
    places = Places(capacity, max_of_one_rule=capacity, n_control=2)
    monday = make_list(first, [], places, as_of=date(2026, 9, 28), key=KEY)
    standing = set(ids(second))
    carried = [replace(one, is_gone=one.case_id not in standing) for one in monday]
    tuesday = make_list(second, carried, places, as_of=date(2026, 9, 29), key=KEY)
    assert [one for one in tuesday if one.listed_on < date(2026, 9, 29)] == sorted(
        carried, key=lambda one: one.is_gone
    )
    assert len({one.case_id for one in tuesday}) == len(tuesday)
    assert sum(one.arm == RANKED for one in tuesday) <= capacity
    if not monday:
        return
    assert [one.arm for one in tuesday if one not in carried].count(CONTROL) == 0


@pytest.mark.parametrize(
    ("capacity", "places"), [(10, (4, 1)), (1, (1, 1)), (25, (10, 3)), (30, (12, 3))]
)
def test_places_follow_from_the_settings(capacity, places):
    """Four of ten for one rule, one in ten control; never less than one."""
    made = Places.of(capacity, WorklistSettings(), has_control=True)
    assert (made.max_of_one_rule, made.n_control) == places
    assert Places.of(capacity, WorklistSettings(), has_control=False).n_control == 0


def test_the_week_is_the_iso_week_of_the_extract_date():
    """A year's last days may belong to the next year's first week."""
    assert [iso_week(day) for day in (THURSDAY, NEXT_MONDAY, date(2024, 12, 30))] == [
        "2026-W40",
        "2026-W41",
        "2025-W01",
    ]


def allow_control(home, valid_from: date = THURSDAY, valid_to: date | None = None) -> None:
    decision = {
        "feature": "control_arm",
        "why": "beslutat",
        "decision_id": "KS 2026:1",
        "decided_by": "Kommunstyrelsen",
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    home.legal_basis_file.write_text(yaml.safe_dump({"decisions": [decision]}), encoding="utf-8")


LIST = "select place, case_id from worklist order by place"
AUDIT = "select case_id, arm, place, rank, lead_rule_id from worklist_audit order by place, case_id"


def test_without_a_decision_there_is_no_control_arm(home):
    """The list is the first ten by rank, where all are led by one rule."""
    ws = run(home, THURSDAY, *MANY)
    assert rows(ws, LIST) == [(n + 1, f"s{n:02}") for n in range(10)]
    assert rows(ws, AUDIT) == [(f"s{n:02}", "ranked", n + 1, n + 1, "parking") for n in range(10)]


def test_with_a_decision_one_more_case_comes_from_below_the_cut(home):
    """The investigators' table does not tell which; the auditors' does."""
    allow_control(home)
    ws = run(home, THURSDAY, *MANY)
    listed, audit = rows(ws, "from worklist"), rows(ws, AUDIT)
    assert len(listed) == 11
    [control] = [row for row in audit if row[1] == CONTROL]
    assert control[3] > 10
    columns = [name for name, *_ in rows(ws, "describe worklist")]
    assert columns == ["week", "place", "case_id", "listed_on"]
    again = run(home, THURSDAY, *MANY)
    assert (rows(again, "from worklist"), rows(again, AUDIT)) == (listed, audit)


def test_the_control_arm_ends_with_its_decision(home):
    """A control case leaves the list on the first night without one."""
    allow_control(home, valid_to=THURSDAY)
    run(home, THURSDAY, *MANY)
    assert len(rows(run(home, FRIDAY, *MANY), LIST)) == 10


def test_the_list_of_the_week_stays_and_the_next_week_has_its_own(home, tmp_path):
    """A stronger case waits till Monday; one found innocent leaves and nobody takes its place."""
    run(home, THURSDAY, *MANY)
    decide(home, tmp_path, f"s00;;innocent;{EXPLANATION};2026-10-01;utr07;")
    stronger = Signal("s99", "s99", person_id="p99", points=30.0)
    ws = run(home, FRIDAY, *MANY, stronger)
    assert rows(ws, LIST) == [(n, f"s{n:02}") for n in range(1, 10)]
    assert rows(ws, AUDIT)[-1] == ("s00", "ranked", None, None, None)
    assert rows(run(home, SATURDAY, *MANY, stronger), LIST) == rows(ws, LIST)
    monday = run(home, NEXT_MONDAY, *MANY, stronger)
    assert rows(monday, LIST)[:2] == [(1, "s99"), (2, "s01")]
    assert len(rows(monday, LIST)) == 10


def test_a_case_keeps_its_place_under_a_new_id(home):
    """When its earliest signal closes, the case is the one that holds its other signals."""
    other = Signal("s50", "s00", "lease", person_id="p50", points=5.0)
    run(home, THURSDAY, *MANY, other)
    ws = run(home, FRIDAY, *MANY[1:], replace(other, case_id="s50"))
    assert ("s50" in dict(rows(ws, LIST)).values(), len(rows(ws, LIST))) == (True, 10)
    assert rows(ws, "select listed_on from worklist where case_id = 's50'") == [(THURSDAY,)]


def test_a_case_that_a_missing_source_hid_is_back_on_the_list(home):
    """It keeps the day it was listed and takes no second place."""
    run(home, THURSDAY, *MANY)
    run(home, FRIDAY, *MANY[1:])
    ws = run(home, SATURDAY, *MANY)
    assert rows(ws, "select listed_on from worklist where case_id = 's00'") == [(THURSDAY,)]
    assert len(rows(ws, LIST)) == 10


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_week_has_seven_days(day: date):
    """Each day has the week of its Monday."""
    assert iso_week(day) == iso_week(day - timedelta(days=day.weekday()))


def test_gone_cases_come_last():
    """So that places are those of the cases that can be taken up."""
    earlier = [Listed("a", RANKED, THURSDAY, is_gone=True), Listed("b", RANKED, THURSDAY)]
    listed = make_list([Candidate("b", "x")], earlier, Places(2, 2, 0), as_of=FRIDAY, key=KEY)
    assert [(one.case_id, one.is_gone) for one in listed] == [("b", False), ("a", True)]
