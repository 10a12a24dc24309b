"""A case holds nothing from a source that no decision lets it be joined with."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest
import yaml

from assets.cards.build import build_cards
from assets.cases import build_cases
from assets.workspace import Workspace
from rules.engine import EVIDENCE, SIGNALS
from rules.tables import sources
from tests.assets.a_street import BJORK_1101, a_street

TENANCY, BENEFIT = "holder_registered_elsewhere", "stated_address_differs"
SEEN = {
    TENANCY: ["registry", "dwelling_register", "tenancy"],
    BENEFIT: ["registry", "dwelling_register", "benefits"],
}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    """The street with a signal of each rule on one flat; returns it and the flat's id."""
    core = a_street().built(tmp_path_factory.mktemp("street"))
    ids = {name: of for of, name in core.names.items()}
    person_id, dwelling_id = ids["anna"], ids[BJORK_1101.label]
    blank = dict.fromkeys(SIGNALS) | {"other_person_ids": [], "other_dwelling_ids": []}
    signals = [
        blank
        | {
            "signal_id": rule_id, "rule_id": rule_id, "rule_version": 1, "lane": lane,
            "person_id": person_id, "dwelling_id": dwelling_id, "points": 2.0, "certainty": 1.0,
            "explain_sv": "Något.", "points_sv": "2 poäng.",
        }
        for rule_id, lane in ((TENANCY, "tenancy"), (BENEFIT, "benefit"))
    ]  # fmt: skip
    used = [{"rule_id": rule, "sources": seen, "decisions": []} for rule, seen in SEEN.items()]
    with core.ws.connect() as con:
        for table, frame in (
            ("all_signals", pl.DataFrame(signals, schema=SIGNALS)),
            ("all_evidence", pl.DataFrame(schema=EVIDENCE)),
            ("decisions_used", pl.DataFrame(used)),
        ):
            con.register("frame_in", frame)
            con.execute(f"create table {table} as from frame_in")
        con.execute(
            "create table ledger as select signal_id, 'new' as state, date '2026-10-01' as"
            " first_seen_on from all_signals"
        )
    return core.ws, dwelling_id


def decide(ws: Workspace, *refused: tuple[str, ...]) -> None:
    """Every source and pair but these has a decision."""
    named = [*combinations(sources(), 1), *combinations(sources(), 2)]
    entries = [
        {
            "id": "_".join(one), "sources": list(one), "purpose": "p", "statute": "s",
            "decision_id": "KS 1", "decided_by": "KS", "valid_from": "2026-01-01",
        }
        for one in named
        if one not in refused
    ]  # fmt: skip
    text = yaml.safe_dump({"entries": entries}).replace("'2026-01-01'", "2026-01-01")
    ws.home.legal_basis_file.write_text(text, encoding="utf-8")


def made(ws: Workspace, query: str) -> list[tuple]:
    build_cases(ws)
    build_cards(ws)
    with ws.connect() as con:
        return con.sql(query).fetchall()


KINDS = "select distinct kind from case_timeline order by 1"
SUMS = "select n_signals, benefit_sek_month is null, rent_sek_month is null from cases order by 1"


def test_with_every_decision_a_case_holds_all(night):
    """The two signals are one case, with leases, decisions and both sums."""
    ws, _ = night
    decide(ws)
    assert made(ws, SUMS) == [(2, False, False)]
    assert {("decision",), ("lease",)} <= set(made(ws, KINDS))
    assert made(ws, "select count(*) > 0 from case_economy") == [(True,)]


def test_a_source_without_a_pair_is_not_joined_by_a_case(night):
    """No decision joins leases and benefits: two cases, and no benefit beside the lease."""
    ws, _ = night
    decide(ws, ("tenancy", "benefits"))
    assert made(ws, SUMS) == [(1, True, False), (1, True, False)]
    assert ("decision",) not in made(ws, KINDS)
    assert made(ws, "select count(*) from case_economy where item like 'benefit%'") == [(0,)]


def test_a_source_without_any_decision_is_nowhere(night):
    """Neither in sums, nor in the timeline, nor as a tie between dwellings."""
    ws, _ = night
    decide(ws, ("tenancy",))
    assert made(ws, "select distinct rent_sek_month from cases") == [(None,)]
    assert ("lease",) not in made(ws, KINDS)
