"""Stated weights are the prior: ten outcomes move them a little, a thousand a lot."""

from __future__ import annotations

import math
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.calibrated import calibration_table
from assets.calibration import Prior, Weight, chances, decided_cases, fit, reliability

STATED = {
    "churn": Weight(1.0, "sham"),
    "crowd": Weight(1.5, "sham"),
    "lease": Weight(2.0, "sublet"),
    "parking": Weight(0.4, "let_on"),
}
PRIOR = Prior(base_rate=0.03, outcomes=100)
OCTOBER = date(2026, 10, 5)


def logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def decided(*cases: tuple[dict[str, float], bool], known_after: date = OCTOBER) -> pl.DataFrame:
    """Decided signals of cases, each {rule: points} and whether it led to a change."""
    rows = [
        (f"{known_after}-{place}", f"{place} {rule}", rule, points, changed, known_after)
        for place, (points_of, changed) in enumerate(cases)
        for rule, points in points_of.items()
    ]  # fmt: skip
    schema = {
        "case_id": pl.String,
        "signal_id": pl.String,
        "rule_id": pl.String,
        "points": pl.Float64,
        "is_change": pl.Boolean,
        "known_after": pl.Date,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def model_of(*cases: tuple[dict[str, float], bool]):
    return fit(decided_cases(decided(*cases), STATED), STATED, PRIOR)


def lease(n: int, n_changed: int) -> list[tuple[dict[str, float], bool]]:
    return [({"lease": 2.0}, place < n_changed) for place in range(n)]


def test_without_outcomes_the_model_is_the_score():
    """P(change) is the base rate's odds and the points, and no model is fitted."""
    model = model_of()
    assert (model.base, model.weights, model.n_cases) == (
        PRIOR.base,
        {rule: weight.log_lr for rule, weight in STATED.items()},
        0,
    )
    signals = pl.DataFrame(
        {
            "group_id": ["a", "a", "b"],
            "rule_id": ["lease", "parking", "lease"],
            "counted_points": [2.4, 0.36, 0.0],
        }
    )
    assert chances(model, signals).rows() == [
        ("a", round(logistic(PRIOR.base + 2.76), 4), 0),
        ("b", 0.03, 0),
    ]


def test_fitted_to_no_surprise_the_weights_come_back():
    """Outcomes that are as the weight says leave every rule where it was."""
    stated = logistic(PRIOR.base + 2.0)
    n = 1_000
    model = model_of(*lease(n, round(n * stated)))
    for rule, weight in STATED.items():
        assert model.of_rule(rule) == pytest.approx(logistic(PRIOR.base + weight.log_lr), abs=0.001)


@pytest.mark.parametrize(("n", "share"), [(10, 10 / 110), (100, 1 / 2), (1_000, 1_000 / 1_100)])
def test_ten_outcomes_move_it_a_little_and_a_thousand_a_lot(n: int, share: float):
    """A weight counts as a hundred outcomes: n real ones move it n / (n + 100) of the way."""
    before, found = model_of().of_rule("lease"), 0.6
    model = model_of(*lease(n, round(n * found)))
    assert (model.of_rule("lease") - before) / (found - before) == pytest.approx(share, abs=0.002)
    assert (model.n_cases, model.n_by_rule["lease"], model.n_by_rule["crowd"]) == (n, n, 0)
    assert model.of_rule("crowd") == model_of().of_rule("crowd")  # of which nothing is known


cases = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(sorted(STATED)), st.floats(0.1, 4.0), min_size=1),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(cases, st.sampled_from(sorted(STATED)))
def test_one_more_change_never_makes_a_rule_less_likely(found, rule_id):
    """And one more that led to nothing never makes it likelier, whatever else is known."""
    alone = {rule_id: STATED[rule_id].log_lr}
    before = model_of(*found).of_rule(rule_id)
    assert model_of(*found, (alone, True)).of_rule(rule_id) >= before
    assert model_of(*found, (alone, False)).of_rule(rule_id) <= before


@settings(max_examples=20, deadline=None)
@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_nothing(found, chance):
    """The same outcomes give the same model and the same curve."""
    table = decided(*found)
    shuffled = table.sample(fraction=1, shuffle=True, seed=chance.randrange(1_000))
    one, other = decided_cases(table, STATED), decided_cases(shuffled, STATED)
    assert one.equals(other)
    assert fit(one, STATED, PRIOR) == fit(other, STATED, PRIOR)
    assert reliability(one, STATED, PRIOR)[0].equals(reliability(other, STATED, PRIOR)[0])


def test_signals_of_one_case_are_one_matter():
    """Of a hypothesis the strongest counts, as in the score; one change is a change."""
    table = decided(({"churn": 1.0, "crowd": 2.25, "lease": 1.0, "retired": 9.0}, False))
    changed = pl.col("rule_id") == "churn"
    table = table.with_columns(is_change=pl.when(changed).then(True).otherwise("is_change"))
    assert decided_cases(table, STATED).to_dicts() == [
        {
            "case_id": "2026-10-05-0",
            "known_after": OCTOBER,
            "is_change": True,
            "rule_ids": ["crowd", "lease"],
            "shares": [1.5, 0.5],
        }
    ]


def test_no_outcome_speaks_for_itself():
    """Each month's cases are judged by what was known in the months before."""
    first = decided(*lease(10, 10))
    second = decided(*lease(10, 0), known_after=date(2026, 11, 2))
    curve, ece = reliability(decided_cases(pl.concat([first, second]), STATED), STATED, PRIOR)
    before, after = model_of().of_rule("lease"), model_of(*lease(10, 10)).of_rule("lease")
    assert (before, after) == (0.186, 0.26)
    assert curve.rows() == [
        (0.1, 0.2, 10, 10, 0.186, 1.0, 0.7225, 1.0, 0.407),
        (0.2, 0.3, 10, 0, 0.26, 0.0, 0.0, 0.2775, 0.13),
    ]
    assert ece == 0.537


def test_before_any_outcome_there_is_no_curve():
    """An empty table and no error, rather than a perfect one."""
    curve, ece = reliability(decided_cases(decided(), STATED), STATED, PRIOR)
    assert (curve.height, ece) == (0, None)


def test_the_table_says_what_it_rests_on():
    """Not yet calibrated before outcomes; after them, how many, and which rules have none."""
    signals = pl.DataFrame(
        {"group_id": ["k1", "k2"], "rule_id": ["lease", "crowd"], "counted_points": [2.0, 1.5]}
    )
    not_yet = "Ännu inte kalibrerad: inget utfall har lästs in."
    assert calibration_table(None, ["crowd", "lease"], signals).rows() == [
        ("crowd", None, None, 0, not_yet),
        ("lease", None, None, 0, not_yet),
        (None, "k1", None, 0, not_yet),
        (None, "k2", None, 0, not_yet),
    ]
    assert calibration_table(model_of(*lease(10, 10)), ["crowd", "lease"], signals).rows() == [
        (
            "crowd", None, 0.1217, 0,
            "Ännu inte kalibrerad för regeln. Av 100 ärenden med bara den här signalen väntas 12 "
            "leda till en ändring. Det följer av de angivna vikterna.",
        ),
        (
            "lease", None, 0.26, 10,
            "Av 100 ärenden med bara den här signalen väntas 26 leda till en ändring. Beräknat på "
            "de angivna vikterna och 10 avgjorda ärenden.",
        ),
        (
            None, "k1", 0.26, 10,
            "Av 100 ärenden som det här väntas 26 leda till en ändring. Beräknat på de angivna "
            "vikterna och 10 avgjorda ärenden.",
        ),
        (
            None, "k2", 0.1217, 0,
            "Ännu inte kalibrerad för ärendets regler. Av 100 ärenden som det här väntas 12 leda "
            "till en ändring. Det följer av de angivna vikterna.",
        ),
    ]  # fmt: skip
