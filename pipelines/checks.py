"""Asset checks: what a contract promises, how much is unresolved, and which rules were computed.

Results hold counts, ids and shares only; the promises themselves stand in `data_contracts/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from assets.acceptance import DELIVERED, SIZE, SUM
from assets.quality import CheckResult
from data_contracts.contract import Contract, load_contracts
from rules.catalogue import Rule

ADDRESSES = "resolved_addresses"  # the core table that the unresolved share is a check of
MAX_UNRESOLVED_SHARE = 0.05  # of the practice nights 1 %; five times that is a source that changed
RESOLVES_TO_NOTHING = ("addresses_none", "addresses_ambiguous")

COMPUTED = "is_computed"

UNRESOLVED = dg.AssetCheckSpec(
    "unresolved_share",
    asset=ADDRESSES,
    description=f"At most {MAX_UNRESOLVED_SHARE:.0%} of the address texts lead to no dwelling.",
)


def contract_checks(contracts: Sequence[Contract]) -> Iterator[dg.AssetCheckSpec]:
    """One check per promise; it blocks what follows where the contract says stop."""
    for contract in contracts:
        asset = f"kept_{contract.id}"
        yield dg.AssetCheckSpec(DELIVERED, asset=asset, description="The delivery holds the table.")
        yield dg.AssetCheckSpec(
            SUM, asset=asset, description="Kept, quarantined and protected are the delivered rows."
        )
        yield dg.AssetCheckSpec(
            SIZE,
            asset=asset,
            description=contract.sizes.why,
            blocking=contract.sizes.on_shrink == "stop",
        )
        for promise in contract.promises:
            yield dg.AssetCheckSpec(
                promise.id,
                asset=asset,
                description=f"{promise.expectation}, else {promise.on_failure}. {promise.why}",
                blocking=promise.on_failure == "stop",
                metadata={"expectation": promise.expectation, "on_failure": promise.on_failure},
            )


def rule_checks(rules: Sequence[Rule]) -> list[dg.AssetCheckSpec]:
    """Whether the rule was computed: its sources came and its legal basis holds."""
    return [
        dg.AssetCheckSpec(
            COMPUTED,
            asset=f"signal_{rule.id}",
            description="Every source it needs was delivered and has a valid legal basis.",
        )
        for rule in rules
    ]


def rule_results(counts: Mapping[str, Any]) -> list[dg.AssetCheckResult]:
    """From the counts per rule: one with a reason was not computed."""
    return [
        dg.AssetCheckResult(
            passed="not_computed" not in of_rule,
            asset_key=f"signal_{rule_id}",
            check_name=COMPUTED,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"reason": of_rule.get("not_computed", "")},
        )
        for rule_id, of_rule in counts.items()
    ]


def unresolved_result(counts: Mapping[str, Any]) -> list[dg.AssetCheckResult]:
    """The share of address texts that lead to no dwelling."""
    share = unresolved_share(counts)
    return [
        dg.AssetCheckResult(
            passed=share <= MAX_UNRESOLVED_SHARE,
            asset_key=ADDRESSES,
            check_name=UNRESOLVED.name,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"unresolved_share": share, "allowed_share": MAX_UNRESOLVED_SHARE},
        )
    ]


def unresolved_share(counts: Mapping[str, Any]) -> float:
    """Of the address texts in leases, decisions and vehicle rows; 0 where there are none."""
    by_level = {key: n for key, n in counts.items() if key.startswith("addresses_")}
    unresolved = sum(by_level.get(key, 0) for key in RESOLVES_TO_NOTHING)
    return round(unresolved / max(1, sum(by_level.values())), 4)


def contract_results(results: Sequence[CheckResult]) -> list[dg.AssetCheckResult]:
    """Of every contract's every check; a table that was not delivered has nothing to judge."""
    judged = {(result.contract_id, result.check): result for result in results}
    return [
        _judged(judged[contract.id, check])
        if (contract.id, check) in judged
        else _idle(contract, check)
        for contract in load_contracts().values()
        for check in check_names(contract)
    ]


def check_names(contract: Contract) -> list[str]:
    """The names of the contract's checks: three of every contract, then its promises."""
    return [DELIVERED, SIZE, SUM, *(promise.id for promise in contract.promises)]


def _judged(result: CheckResult) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=result.passed,
        asset_key=f"kept_{result.contract_id}",
        check_name=result.check,
        severity=dg.AssetCheckSeverity.ERROR
        if result.on_failure == "stop"
        else dg.AssetCheckSeverity.WARN,
        metadata={
            "measured": result.value,
            "allowed": result.allowed,  # as text: a number would be plotted, the same every night
            "rows_judged": result.n_evaluated,
            "rows_that_break_it": result.n_failed,
            "on_failure": result.on_failure,
        },
    )


def _idle(contract: Contract, check: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=True,
        asset_key=f"kept_{contract.id}",
        check_name=check,
        severity=dg.AssetCheckSeverity.WARN,
        description="The table was not delivered: nothing to judge.",
    )
