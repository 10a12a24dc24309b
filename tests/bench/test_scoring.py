"""The measure: K, one case per matter, what is neither right nor wrong, and who is named."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import polars as pl
import pytest

from bench.by_rule import by_rule
from bench.scoring import Judged, Score, Truth, judge, score
from bench.town_night import run_delivery

SHARED = Path(__file__).resolve().parents[3] / "shared"

TRUTH = Truth(
    planted=pl.DataFrame(
        [
            ("P1", "sublet", "p1", "A 1|Ekgatan 1|1001 ;; B 2|Ekgatan 2|", "p2 p3"),
            ("P2", "parking", "p4", "C 3|Ekgatan 3|1001", ""),
            ("P3", "crowd", "", "D 4|Ekgatan 4|1001", "p5"),
            ("P4", "crowd", "p6", "", ""),
        ],
        schema=["case_id", "typology", "main_personnummer", "dwelling_key", "other_personnummer"],
        orient="row",
    ),
    benign=pl.DataFrame(
        [
            ("twins", "i1", "E 5|Ekgatan 5|1001"),
            ("large_family", "", "F 6|Ekgatan 6|1001"),
            ("protected_identity", "i2", ""),
        ],
        schema=["benign_class", "personnummer", "dwelling_key"],
        orient="row",
    ),
    neutral=pl.DataFrame({"dwelling_key": ["N 7|Ekgatan 7|1001"]}),
    groups=pl.DataFrame(
        [("i1", "nordic"), ("o1", "nordic"), ("o2", "finnish"), ("p1", "finnish")],
        schema=["personnummer", "name_origin"],
        orient="row",
    ),
)


def listed(*cases: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Ranked cases c1, c2, … and their members; a member with a bar in it is a dwelling."""
    members = [
        (f"c{rank}", "dwelling" if "|" in key else "person", *_columns(key))
        for rank, keys in enumerate(cases, start=1)
        for key in keys
    ]
    columns = ["case_id", "member_kind", "personnummer", "fastighetsbeteckning",
               "belagenhetsadress", "lagenhetsnummer"]  # fmt: skip
    ranks = range(1, len(cases) + 1)
    return (
        pl.DataFrame({"case_id": [f"c{rank}" for rank in ranks], "rank": ranks}),
        pl.DataFrame(members, schema=dict.fromkeys(columns, pl.String), orient="row"),
    )


def _columns(key: str) -> tuple[str | None, ...]:
    return (None, *key.split("|")) if "|" in key else (key, None, None, None)


FLAT_1, HOUSE_2, FLAT_3 = "A 1|Ekgatan 1|1001", "B 2|Ekgatan 2|", "C 3|Ekgatan 3|1001"
FLAT_6, NEUTRAL = "F 6|Ekgatan 6|1001", "N 7|Ekgatan 7|1001"


def test_a_case_answers_for_one_matter_and_a_second_on_it_does_not_count() -> None:
    """The main person or any of the dwellings is enough; the others in a matter are not."""
    cases, members = listed(
        (HOUSE_2,), ("p1", FLAT_1), ("p4", "D 4|Ekgatan 4|1001"), (FLAT_3, "p4"), ("p2",)
    )
    assert judge(cases, members, TRUTH) == [
        Judged("c1", "P1"),
        Judged("c3", "P2", people=frozenset({"p4"})),
        Judged("c5", None, people=frozenset({"p2"})),
    ]


def test_two_matters_in_one_case_are_answered_for_by_two_cases() -> None:
    """The first in order of their ids by the first case, the other by the next that names it."""
    cases, members = listed(("p4", "p1"), ("p4", "p1"))
    assert [case.matter for case in judge(cases, members, TRUTH)] == ["P1", "P2"]


def test_a_case_on_a_neutral_dwelling_alone_is_neither_right_nor_wrong() -> None:
    """Someone from a planted matter is registered there; a look-alike beside changes nothing."""
    cases, members = listed((NEUTRAL, "o1", "i1"), (NEUTRAL, "p6"), ("o1",))
    judged = judge(cases, members, TRUTH)
    assert [(case.case_id, case.matter) for case in judged] == [("c2", "P4"), ("c3", None)]


def test_a_case_with_more_than_thirty_members_finds_nothing() -> None:
    """And is not excused by a neutral dwelling either."""
    crowd = tuple(f"x{i}" for i in range(29))
    cases, members = listed((*crowd, "p1", NEUTRAL), (*crowd, "p1"))
    assert [case.matter for case in judge(cases, members, TRUTH)] == [None, "P1"]


def test_score_counts_the_first_k_and_pools() -> None:
    """Whole score: precision and recall at K, look-alikes, groups, protected; `+` adds towns."""
    cases, members = listed(
        (FLAT_1, "p1", "i1"), ("o1", "i1", "p2"), ("o2", FLAT_6), ("p4",), ("i2",), ("p6",), ("o2",)
    )
    one = score(cases, members, TRUTH)
    assert vars(one) == {
        "planted": 4,
        "cases": 7,
        "listed": 4,
        "right": 2,
        "found_later": 3,
        "found_at_all": 3,
        "typologies": {"sublet": 1, "parking": 1, "crowd": 2},
        "found": {"sublet": 1, "parking": 1, "crowd": 1},
        "innocents": {"twins": 1, "large_family": 1},
        "wrongly_flagged": {"nordic": 2, "finnish": 1},
        "group_sizes": {"nordic": 2, "finnish": 2},
        "protected": 1,
        "largest_case": 3,
    }
    assert (one.precision, one.recall) == (0.5, 0.5)
    both = one + score(*listed(), TRUTH)
    assert (both.precision, both.recall, both.largest_case) == (0.5, 0.25, 3)
    assert (both.planted, both.innocents) == (8, one.innocents)


def test_the_ratio_between_groups_needs_twenty_in_each() -> None:
    """Of the rates of wrongly named people; a group with fewer is left out."""
    few = Score()
    few.group_sizes.update(a=1000, b=500, c=100)
    few.wrongly_flagged.update(a=20, b=15, c=19)
    assert few.group_ratio is None
    few.wrongly_flagged.update(b=5)
    assert few.group_ratio == pytest.approx(2.0)


def test_a_signal_counts_as_the_gravest_it_names() -> None:
    """Planted before innocent before neutral; a rule's signals are counted once each."""
    _, members = listed(("p2", "i1"), ("i1", NEUTRAL), (NEUTRAL, "o1"), ("o1", "o2"))
    signals = members.rename({"case_id": "signal_id"}).with_columns(rule_id=pl.lit("r"))
    assert by_rule(signals, TRUTH).rows(named=True) == [
        {"rule_id": "r", "signals": 4, "planted": 1, "innocent": 1, "neutral": 1, "neither": 1}
    ]


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared with the practice delivery is not here")
def test_equals_the_shared_tool_on_the_practice_night(tmp_path: Path) -> None:
    """Every number that both know, on the cases of the practice night."""
    practice = SHARED / "deliveries" / "practice"
    found = run_delivery(practice / "delivery" / "2026-10-01", tmp_path / "home", "practice")
    ours = score(found.cases, found.members, Truth.read(practice / "truth"))
    published = tmp_path / "published"
    published.mkdir()
    found.cases.write_parquet(published / "cases.parquet")
    found.members.write_parquet(published / "case_members.parquet")
    theirs = _shared_tool().main(published, practice / "truth")
    del theirs["precision_at_half_K"]  # nobody asks for it
    k, per_typology = ours.planted, ours.typologies.items()
    assert theirs == {
        "planted": k,
        "cases": ours.cases,
        "precision_at_K": round(ours.precision, 3),
        "recall_at_K": round(ours.recall, 3),
        "recall_at_1_5K": round(ours.found_later / k, 3),
        "recall_all": round(ours.found_at_all / k, 3),
        "recall_by_typology": {name: f"{ours.found[name]}/{n}" for name, n in per_typology},
        "innocent_in_top_K": dict(ours.innocents),
        "wrongly_flagged": {
            group: f"{ours.wrongly_flagged[group]}/{size}"
            for group, size in ours.group_sizes.items()
        },
        "largest_case_members": ours.largest_case,
        "protected_in_cases": ours.protected,
    }


def _shared_tool():
    spec = importlib.util.spec_from_file_location(
        "score_cases", SHARED / "tools" / "score_cases.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
