"""Check results: what was judged is shown, also when the delivery is refused, and counts only."""

import dagster as dg
import pytest

from assets.acceptance import PromisesBroken
from assets.base import Stage, Table
from assets.home import Home
from assets.quality import CheckResult
from data_contracts.contract import load_contracts
from data_contracts.errors import DeliveryRefused
from pipelines import checks, deliveries
from pipelines.instance import open_instance
from pipelines.running import execute
from tests.pipelines.fakes import definitions, deliver


def judged(check: str, passed: bool, on_failure: str = "quarantine") -> CheckResult:
    return CheckResult(
        contract_id="tenancy__leases",
        check=check,
        expectation="ExpectColumnValuesToNotBeNull",
        on_failure=on_failure,
        why="",
        says_sv="",
        value=0.75,
        minimum=0.9,
        maximum=1.0,
        n_evaluated=8,
        n_failed=2,
        passed=passed,
    )


def test_every_check_of_every_contract_has_its_result() -> None:
    """Dagster wants one of each; a table that was not delivered has nothing to judge."""
    results = checks.contract_results([judged("has_start", passed=False)])
    specs = list(checks.contract_checks(list(load_contracts().values())))
    assert sorted((str(r.asset_key), str(r.check_name)) for r in results) == sorted(
        (str(spec.asset_key), spec.name) for spec in specs
    )
    [broken] = [result for result in results if not result.passed]
    assert (broken.asset_key, broken.check_name) == (
        dg.AssetKey("kept_tenancy__leases"),
        "has_start",
    )
    assert broken.severity == dg.AssetCheckSeverity.WARN
    assert {name: value.value for name, value in broken.metadata.items()} == {
        "measured": 0.75,
        "allowed": "at least 0.9, at most 1",
        "rows_judged": 8,
        "rows_that_break_it": 2,
        "on_failure": "quarantine",
    }


def test_the_unresolved_share_is_of_all_texts() -> None:
    """Ambiguous and unknown addresses, as a share; a town without texts has none unresolved."""
    counts = {"addresses_exact": 6, "addresses_ambiguous": 1, "addresses_none": 1, "people": 100}
    assert checks.unresolved_share(counts) == 0.25
    assert checks.unresolved_share({"people": 100}) == 0


def test_a_rule_that_was_not_computed_is_a_visible_warning() -> None:
    """With its reason, and without stopping the night."""
    [computed, suspended] = checks.rule_results(
        {"a": {"rows": 3, "version": 1}, "b": {"not_computed": "source_missing"}}
    )
    assert (computed.passed, suspended.passed) == (True, False)
    assert suspended.severity == dg.AssetCheckSeverity.WARN
    assert suspended.metadata["reason"].value == "source_missing"


def test_a_refused_delivery_shows_which_promise_it_broke(home: Home) -> None:
    """The results that led to the refusal are recorded, and nothing is materialised."""
    results = [judged("has_start", passed=False, on_failure="stop")]

    def refuses(ws: object) -> None:
        raise PromisesBroken("The delivery is refused, its contracts say stop.", results)

    name = "kept_tenancy__leases"
    accept = Stage(
        "accept",
        "Contracts",
        refuses,
        (Table(name, "d", ""),),
        checks=(dg.AssetCheckSpec("has_start", asset=name, blocking=True),),
        evaluate=lambda found: [checks._judged(one) for one in found],
        reads="delivery",
    )
    waiting = deliveries.at(deliver(home.inbox, "2026-10-01"))
    with pytest.raises(DeliveryRefused, match="its contracts say stop"):
        execute(home, waiting, defs=definitions(accept))
    with open_instance(home) as instance:
        [run] = instance.get_runs()
        [event] = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
        evaluation = event.dagster_event.asset_check_evaluation_data
        assert (evaluation.check_name, evaluation.passed) == ("has_start", False)
        assert evaluation.severity == dg.AssetCheckSeverity.ERROR
        assert instance.get_latest_materialization_event(dg.AssetKey(name)) is None
