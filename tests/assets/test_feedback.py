"""A rule that outcomes contradict falls back to trial by itself, and says so."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from assets import feedback, signals
from assets.ledger_states import BELOW_FLOOR
from data_contracts.errors import BoendesignalError
from tests.assets.a_history import (
    EXPLANATION,
    FRIDAY,
    RULES,
    S1,
    S2,
    SATURDAY,
    THURSDAY,
    Signal,
    decide,
    home,
    replace,
    rows,
    run,
    use_rules,
)

__all__ = ["home"]

MANY = [Signal(f"s{n:02}", f"s{n:02}", person_id=f"p{n}") for n in range(60)]


def set_feedback(home, **values) -> None:
    said = {"municipality_code": "0181", "feedback": values}
    home.settings_file.write_text(yaml.safe_dump(said), encoding="utf-8")


def innocent(n: int) -> list[str]:
    return [f"{one.signal_id};;innocent;{EXPLANATION};2026-10-01;utr07;" for one in MANY[:n]]


def in_trial(ws) -> set[str]:
    with ws.connect() as con:
        return feedback.rules_below_floor(con, RULES)


def test_a_rule_falls_back_to_trial_and_its_signals_close(home, tmp_path, monkeypatch):
    """After fifty innocent of fifty: not computed with its reason, its signals closed as the rule's
    own change, and the other rule goes on."""
    run(home, THURSDAY, *MANY, S2)
    decide(home, tmp_path, *innocent(50))
    friday = run(home, FRIDAY, *MANY, S2)
    assert in_trial(friday) == {"parking"}
    assert permitted(friday, monkeypatch) == {
        "lease": (),
        "parking": (("precision_below_floor", "outcomes"),),
    }
    ws = run(home, SATURDAY, S2, not_computed=[("parking", BELOW_FLOOR)])
    assert rows(
        ws, "select rule_id, state, cause, count(*) from ledger group by all order by all"
    ) == [
        ("lease", "continuing", None, 1),
        ("parking", "closed", "outcome", 50),
        ("parking", "closed", "rule_changed", 10),
    ]


def permitted(ws, monkeypatch) -> dict:
    """Which rules the signals stage refuses, with everything delivered and allowed."""
    monkeypatch.setattr(signals, "live_rules", lambda: list(RULES.values()))
    ws.home.legal_basis_file.unlink()  # the example then holds, since the delivery is synthetic
    with ws.connect() as con:
        con.execute("create or replace table missing_sources(contract_id text, reason text)")
        return {one.rule.id: one.refusals for one in signals.permits_tonight(ws, con)}


def test_forty_nine_are_too_few_and_a_floor_may_be_the_homes_own(home, tmp_path):
    """Settings say after how many and below what; a floor of its own goes before."""
    run(home, THURSDAY, *MANY)
    decide(home, tmp_path, *innocent(49))
    assert in_trial(run(home, FRIDAY, *MANY)) == set()
    set_feedback(home, min_decided=20)
    assert in_trial(run(home, FRIDAY, *MANY)) == {"parking"}
    set_feedback(home, min_decided=20, rule_floors={"parking": 0.0})
    assert in_trial(run(home, FRIDAY, *MANY)) == set()


def test_a_new_version_of_the_rule_begins_anew(home, tmp_path, monkeypatch):
    """What an earlier version did is told, and holds nobody back."""
    run(home, THURSDAY, *MANY)
    decide(home, tmp_path, *innocent(50))
    second = RULES["parking"].spec.model_copy(update={"version": 2})
    rules = {**RULES, "parking": replace(RULES["parking"], spec=second)}
    use_rules(monkeypatch, rules)
    ws = run(home, FRIDAY, *MANY)
    with ws.connect() as con:
        assert feedback.rules_below_floor(con, rules) == set()
    assert rows(ws, "select rule_id, rule_version, is_below_floor from rule_precision") == [
        ("parking", 1, True)
    ]


def test_settings_name_rules_that_exist(home, tmp_path):
    """A misspelt rule id is told, and not passed over."""
    set_feedback(home, rule_floors={"parkign": 0.1})
    with pytest.raises(BoendesignalError, match=r"unknown rules: parkign\. Rules: lease, parking"):
        run(home, THURSDAY, S1)


@pytest.mark.parametrize("wrong", [{"rule_floors": {"parking": 20}}, {"precision_floor": 20}])
def test_a_floor_is_a_share(home, wrong):
    """Twenty for 20 % is refused, with the key."""
    set_feedback(home, **wrong)
    with pytest.raises(BoendesignalError, match=next(iter(wrong))):
        _ = home.settings


def test_the_model_has_the_points_of_the_night_it_was_judged(home, tmp_path):
    """A case that has been settled keeps its points; the model is there once an outcome is."""
    run(home, THURSDAY, S1, replace(S2, points=4.0))
    assert rows(run(home, FRIDAY, S1, S2), "from calibration_model") == []
    decide(home, tmp_path, ";s1;lease_ended;;2026-10-01;utr07;")
    ws = run(home, SATURDAY, S1, S2)
    found = {rule_id: (w, n) for rule_id, w, n in rows(ws, "from calibration_model")}
    assert {rule_id: n for rule_id, (_, n) in found.items()} == {"": 1, "lease": 1, "parking": 1}
    assert found["lease"][0] > 2.0
    assert found["parking"][0] > 1.0
    assert rows(ws, "select p_mean, n_cases, n_changed from reliability") == [(0.8211, 1, 1)]


def test_run_json_says_what_outcomes_did(home, tmp_path):
    """Counts and parameters; nothing about a signal."""
    run(home, THURSDAY, S1, S2)
    decide(home, tmp_path, ";s1;lease_ended;;2026-10-01;utr07;")
    ws = run(home, FRIDAY, S1, S2)
    with ws.connect() as con:
        said = feedback.run_facts(ws, con)
    assert said == {
        "n_signals_with_outcome": 2,
        "back_in_trial": [],
        "settings": {"precision_floor": 0.2, "min_decided": 50, "rule_floors": {}},
        "calibration": {
            "says": "calibrated on 1 decided cases",
            "base_rate": 0.03,
            "outcomes_behind_each_weight": 100,
            "expected_calibration_error": 0.6168,
            "orders_the_list": [],
        },
        "control_arm": [],
    }


def test_calibration_orders_the_list_only_by_decision(home, tmp_path):
    """The decision must hold on the extract date; otherwise points order it."""
    decisions = {
        "decisions": [
            {
                "feature": "ranking_by_calibration",
                "why": "beslutat",
                "decision_id": "KS 2026:1",
                "decided_by": "Kommunstyrelsen",
                "valid_from": date(2026, 10, 3),
            }
        ]
    }
    run(home, THURSDAY, S1)
    decide(home, tmp_path, "s1;;lease_ended;;2026-10-01;utr07;")
    home.legal_basis_file.write_text(yaml.safe_dump(decisions), encoding="utf-8")
    found = []
    for day in (THURSDAY, FRIDAY, SATURDAY):
        ws = run(home, day, S1)
        with ws.connect() as con:
            found.append(feedback.model_that_orders(ws, con, RULES) is not None)
    assert found == [False, False, True]
