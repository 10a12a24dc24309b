"""What makes a case: shared dwellings and recorded ties, never a hub, one strict order."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.case_groups import (
    CaseLimits,
    count_points,
    group_dwellings,
    rank_cases,
    worth_a_case,
)


def anchors(*dwellings: str) -> pl.DataFrame:
    return pl.DataFrame({"dwelling_id": list(dwellings)}, schema={"dwelling_id": pl.String})


def ties(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        list(rows), schema={"a": pl.String, "b": pl.String, "tie": pl.String}, orient="row"
    )


def groups(frame: pl.DataFrame) -> dict[str, str]:
    return dict(frame.iter_rows())


def test_two_dwellings_of_former_spouses_are_one_case():
    """Former spouses' two dwellings, both with signals, become one case; a third stays alone."""
    got = groups(group_dwellings(anchors("A", "B", "C"), ties(("A", "B", "former_spouse"))))
    assert got == {"A": "A", "B": "A", "C": "C"}


def test_a_tie_to_a_dwelling_without_signals_joins_nothing():
    """A case never reaches through a dwelling that carries no signal of its own."""
    got = groups(group_dwellings(anchors("A", "C"), ties(("A", "B", "lease"), ("B", "C", "lease"))))
    assert got == {"A": "A", "C": "C"}


def test_a_hub_joins_nothing():
    """A dwelling tied to more others than the limit is a hub and joins none of them."""
    others = [f"D{i}" for i in range(4)]
    got = groups(
        group_dwellings(
            anchors("H", *others),
            ties(*[("H", other, "same_person") for other in others]),
            CaseLimits(max_ties_per_dwelling=3),
        )
    )
    assert all(dwelling == group for dwelling, group in got.items())


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ABCDEFGH"),
            st.sampled_from("ABCDEFGH"),
            st.sampled_from(["same_person", "former_spouse", "co_parent", "lease"]),
        ),
        max_size=20,
    ),
    st.randoms(),
)
def test_groups_are_bounded_and_independent_of_order(rows, random):
    """No case exceeds its bound, and shuffling the ties changes nothing."""
    limits = CaseLimits(max_dwellings=3)
    shuffled = list(rows)
    random.shuffle(shuffled)
    here = group_dwellings(anchors(*"ABCDEFGH"), ties(*rows), limits)
    there = group_dwellings(anchors(*"ABCDEFGH"), ties(*shuffled), limits)
    assert here.equals(there)
    assert here.group_by("group_id").len()["len"].max() <= 3


def test_the_same_hypothesis_counts_once_and_order_is_strict():
    """The strongest signal of a hypothesis counts, the echo adds nothing, and ties are broken."""
    day = date(2026, 1, 1)
    signals = pl.DataFrame(
        {
            "signal_id": ["s1", "s2", "s3", "s4"],
            "group_id": ["A", "A", "A", "B"],
            "hypothesis": ["away", "away", "sublet", "away"],
            "lane": ["tenancy", "tenancy", "residency", "tenancy"],
            "points": [1.5, 1.0, 2.0, 3.5],
            "first_seen_on": [day] * 4,
            "since_on": [day] * 4,
        }
    )
    counted = count_points(signals).sort("signal_id")
    assert counted["counted_points"].to_list() == [1.5, 0.0, 2.0, 3.5]
    cases = rank_cases(counted)
    assert cases.select(
        "case_id", "rank", "score", "lane", "lead_signal_id", "n_signals"
    ).rows() == [
        ("s1", 1, 3.5, "residency", "s3", 3),
        ("s4", 2, 3.5, "tenancy", "s4", 1),
    ]


def test_facts_that_say_less_than_the_limit_make_no_case():
    """What counts in the group decides: two small facts of two hypotheses reach it, an echo of the
    same hypothesis does not, a fact at the limit is enough, and one that is uncertain is asked what
    it would say if it were certain."""
    signals = pl.DataFrame(
        [
            ("two facts", "s1", "away", 0.4, 1.0),
            ("two facts", "s2", "sublet", 0.3, 1.0),
            ("an echo", "s3", "away", 0.6, 1.0),
            ("an echo", "s4", "away", 0.5, 1.0),
            ("at the limit", "s5", "away", 0.7, 1.0),
            ("below it", "s6", "away", 0.69, 1.0),
            ("uncertain", "s7", "away", 0.56, 0.8),
            ("uncertain and below it", "s8", "away", 0.48, 0.8),
            ("of no certainty", "s9", "away", 0.0, 0.0),
        ],
        schema=["group_id", "signal_id", "hypothesis", "points", "certainty"],
        orient="row",
    )
    kept = worth_a_case(count_points(signals), CaseLimits(min_score=0.7))
    assert sorted(kept["signal_id"]) == ["s1", "s2", "s5", "s7"]


def test_probability_orders_the_cases_only_where_it_is_given():
    """Points order the list until a decision lets calibration do so; then ties go by points."""
    signals = pl.DataFrame(
        [
            ("A", "s1", "tenancy", "sublet", 3.0),
            ("B", "s2", "tenancy", "sublet", 2.0),
            ("C", "s3", "tenancy", "sublet", 1.0),
        ],
        schema=["group_id", "signal_id", "lane", "hypothesis", "points"],
        orient="row",
    ).with_columns(first_seen_on=pl.lit(None, pl.Date), since_on=pl.lit(None, pl.Date))
    chances = pl.DataFrame({"group_id": ["A", "B", "C"], "p_change": [0.1, 0.1, 0.7]})
    counted = count_points(signals)
    assert rank_cases(counted)["case_id"].to_list() == ["s1", "s2", "s3"]
    assert rank_cases(counted, chances)["case_id"].to_list() == ["s3", "s1", "s2"]
