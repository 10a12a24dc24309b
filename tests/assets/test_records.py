"""A record keeps its name while its row moves about in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.core.records import _NAMED_BY
from data_contracts.contract import load_contracts
from rules.catalogue import load
from rules.engine import Computed, compute
from tests.assets.a_core import Core
from tests.assets.a_street import a_street

THURSDAY, FRIDAY = "2026-10-01", "2026-10-02"


def night(folder: Path, day: str, *, is_reversed: bool) -> Core:
    street = a_street(day)
    # A decision with an address no dwelling has, paid for two periods.
    for since, until in (("2026-01-01", "2026-12-31"), ("2026-02-01", "2026-12-31")):
        street.decision("B9", "karin", "Ingenstans 1", period_fran=since, period_till=until)
    if is_reversed:
        for rows in street.rows.values():
            rows.reverse()
    return street.built(folder)


def signals(core: Core, rule_id: str) -> Computed:
    with core.ws.connect() as con:
        return compute(
            con,
            load()[rule_id],
            as_of=core.ws.as_of,
            allowed_sources={"registry", "tenancy", "benefits", "vehicles"},
            key=core.ws.home.key,
        )


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Core, Core]:
    """The street on Thursday, and on Friday with every file in reversed order."""
    folder = tmp_path_factory.mktemp("nights")
    return (
        night(folder, THURSDAY, is_reversed=False),
        night(folder, FRIDAY, is_reversed=True),
    )


@pytest.mark.parametrize("rule_id", ["unresolvable_address", "invalid_identity_number"])
def test_a_signal_on_a_row_stays_when_the_rows_are_shuffled(
    nights: tuple[Core, Core], rule_id: str
) -> None:
    """The ids are the same and the rows are not: the ledger says continuing, not new and closed."""
    thursday, friday = (signals(core, rule_id) for core in nights)
    assert thursday.own.height > 0
    assert thursday.own["signal_id"].to_list() == friday.own["signal_id"].to_list()
    assert thursday.own["row_ids"].to_list() != friday.own["row_ids"].to_list()
    texts = ["signal_id", "explain_sv"]
    assert thursday.signals.select(texts).equals(friday.signals.select(texts))


def test_a_decision_paid_for_two_periods_is_one_record(nights: tuple[Core, Core]) -> None:
    own = signals(nights[0], "unresolvable_address").own
    assert sorted(own["row_ids"].list.len()) == [1] * (own.height - 1) + [2]


def test_only_what_stays_open_is_named(nights: tuple[Core, Core]) -> None:
    """A name for each address that is no dwelling or may be several, and for no other."""
    named = nights[0].rows(
        "select distinct record_id is not null, level in ('ambiguous', 'none') from core_addresses"
    )
    assert named == [(False, False), (True, True)]


def test_every_contract_that_holds_numbers_or_addresses_has_named_records() -> None:
    """By columns that the contract has, and by its key or less."""
    contracts = load_contracts()
    tables = {table.removeprefix("kept_"): columns for (_, table), columns in _NAMED_BY.items()}
    assert set(tables) == set(contracts) - {"registry__dwellings"}
    for contract_id, columns in tables.items():
        assert set(columns) <= set(contracts[contract_id].key)
