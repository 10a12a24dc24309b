"""The night as a table of stages: what each makes, from which tables, and by which function.

A new contract, core table or rule appears here by itself, since the tables come from the contract
folders, `assets/core` and the rule folders. A new stage is one entry in `night()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import dagster as dg

from assets.base import Stage, Table
from assets.published_tables import published_tables
from assets.workspace import Workspace
from data_contracts.contract import Contract, load_contracts
from pipelines import checks
from rules.catalogue import Rule, load, sources_of
from rules.tables import core_tables, sources

# Groups are sorted by name in the UI: the letter makes them read from left to right.
SOURCES, LANDING, PROTECTION, ACCEPTED = "a_sources", "b_landing", "c_protection", "d_accepted"
CORE, SIGNALS, CASES, PUBLISHED = "e_core", "f_signals", "g_cases", "h_published"
TEAM = "team:boendesignal"
ADDRESSES_GRAIN = "One row per address text: the dwelling it leads to, how surely, and why."

FILES = {
    "rule_tables": ("signals/<rule_id>.parquet: each rule's own columns.", "parquet"),
    "boendesignal_duckdb": ("Every published table in one DuckDB file.", "duckdb"),
    "signaler_xlsx": ("The signals for those who live in Excel: one sheet per rule.", "excel"),
    "report_html": ("The morning report: the night in numbers and the week's cases.", "html"),
    "contract_report_html": ("What each contract promised and what came: counts only.", "html"),
    "run_json": ("Input hashes, code and rule versions, parameters, counts, decisions.", "json"),
}


def night() -> tuple[Stage, ...]:
    """Every stage in the order in which it runs."""
    contracts, rules = list(load_contracts().values()), of_status("live")
    trials, publish = of_status("trial"), later("assets.publish", "publish")
    return (
        Stage(
            "land",
            "Landing",
            later("assets.landing", "land"),
            tuple(landed(contracts)),
            reads="delivery",
        ),
        Stage(
            "gate",
            "Protection gate",
            later("assets.protection", "gate"),
            (gate(contracts),),
            reads="landing",
        ),
        Stage(
            "accept",
            "Contracts",
            later("assets.acceptance", "accept"),
            tuple(accepted(contracts)),
            checks=tuple(checks.contract_checks(contracts)),
            evaluate=checks.contract_results,
        ),
        *core_stages(),
        Stage("outcomes", "Outcomes", later("assets.feedback", "weigh_outcomes"), tuple(weighed())),
        Stage(
            "signals",
            "Signals",
            later("assets.signals", "compute_signals"),
            tuple(signals(rules)),
            checks=tuple(checks.rule_checks(rules)),
            evaluate=checks.rule_results,
        ),
        Stage("settle", "Settled", later("assets.settled", "settle"), (settled(rules),)),
        Stage("ledger", "Ledger", later("assets.ledger", "build_ledger"), (ledger(rules),)),
        Stage("cases", "Cases", later("assets.cases", "build_cases"), tuple(cases(rules))),
        Stage(
            "cards", "Evidence cards", later("assets.cards.build", "build_cards"), tuple(cards())
        ),
        Stage("worklist", "Worklist", later("assets.worklist", "build_worklist"), tuple(week())),
        Stage(
            "report",
            "Morning report",
            later("assets.report.build", "build_report"),
            (morning_report(),),
        ),
        Stage("trial", "Trial", later("assets.trial", "compute_trial"), tuple(on_trial(trials))),
        Stage("prepare", "Result", later("assets.publish", "prepare"), (result(),)),
        Stage("remember", "Memory", later("assets.memory", "remember"), (memory(),)),
        Stage("publish", "Publishing", publish, tuple(published()), is_last=True),
    )


def source_systems() -> list[dg.AssetSpec]:
    """Where lineage begins: the systems that deliver, which nobody here runs."""
    return [
        dg.AssetSpec(
            f"source_{source}",
            group_name=SOURCES,
            description=f"{about.name_sv.capitalize()}: delivers {', '.join(about.contracts)}.",
            kinds={"source"},
            owners=[f"team:{source}"],
        )
        for source, about in sources().items()
    ]


def of_status(status: str) -> list[Rule]:
    """The rules of that status; live ones are an asset each, drafts and retired ones none."""
    return [rule for rule in load().values() if rule.spec.status == status]


def later(module: str, name: str) -> Callable[[Workspace], Any]:
    """The stage function, imported when it runs: loading the graph then takes no Polars."""

    def stage(ws: Workspace) -> Any:
        return getattr(import_module(module), name)(ws)

    return stage


def landed(contracts: list[Contract]) -> Iterator[Table]:
    """As they came. No counts: delivered less kept would tell how many are protected."""
    for contract in contracts:
        yield Table(
            f"landing_{contract.id}",
            LANDING,
            f"{contract.grain} As delivered, typed; private to the run and deleted by the gate.",
            deps=(f"source_{source_of(contract)}",),
            owners=(f"team:{source_of(contract)}",),
            metadata=contract_metadata(contract),
            code_version=str(contract.version),
            is_counted=False,
        )


def gate(contracts: list[Contract]) -> Table:
    return Table(
        "protection_gate",
        PROTECTION,
        "Who leaves here: protected people, their family, household and dwelling, in every source. "
        "Nothing is written about a row, in a log or as a count, before this.",
        deps=tuple(f"landing_{contract.id}" for contract in contracts),
        owners=(TEAM,),
    )


def accepted(contracts: list[Contract]) -> Iterator[Table]:
    """What the rest builds on, and beside it what was set aside."""
    for contract in contracts:
        deps = (f"landing_{contract.id}", "protection_gate")
        about: dict[str, Any] = {
            "owners": (f"team:{source_of(contract)}",),
            "metadata": contract_metadata(contract),
            "code_version": str(contract.version),
            "kinds": frozenset({"duckdb", "parquet"}),
        }
        kept, rejected = f"kept_{contract.id}", f"rejected_{contract.id}"
        yield Table(kept, ACCEPTED, contract.grain, deps, work_table=kept, **about)
        yield Table(
            f"quarantine_{contract.id}",
            ACCEPTED,
            "One row per delivered row that broke a promise of the contract, with the failing key.",
            deps,
            work_table=rejected,
            **about,
        )


def source_of(contract: Contract) -> str:
    """The source system, as legal basis and rules name it."""
    return next(name for name, about in sources().items() if contract.id in about.contracts)


def contract_metadata(contract: Contract) -> dict[str, Any]:
    """Which contract stands behind the table."""
    return {
        "contract": f"data_contracts/{contract.id}/contract.yml",
        "contract_version": contract.version,
        "owner": contract.owner,
        "purpose": contract.purpose,
        "legal_basis": contract.legal_basis,
        "files": ", ".join(contract.arrival.files),
    }


def core_stages() -> Iterator[Stage]:
    """One step and one node per core table."""
    from assets.core.build import CORE as TABLES  # noqa: PLC0415 - Polars, rapidfuzz: 1 s

    promised = core_tables()
    kept = tuple(f"kept_{contract}" for contract in load_contracts())
    for core in TABLES:
        made_from = promised[core.name].made_from if core.name in promised else ()
        direct = tuple(f"kept_{contract}" for contract in made_from)
        deps = [dep for name in core.deps for dep in (kept if name == "kept" else (name,))]
        grain = promised[core.name].grain if core.name in promised else ADDRESSES_GRAIN
        is_addresses = core.name == checks.ADDRESSES
        table = Table(
            core.name, CORE, grain, tuple(dict.fromkeys([*deps, *direct])), owners=(TEAM,)
        )
        yield Stage(
            core.name,
            core.name.removeprefix("core_").replace("_", " ").capitalize(),
            core.build,
            (table,),
            checks=(checks.UNRESOLVED,) if is_addresses else (),
            evaluate=checks.unresolved_result if is_addresses else None,
        )


def weighed() -> Iterator[Table]:
    """What earlier outcomes say; of people who left at the gate they say nothing."""
    for name in ("rule_precision", "reliability"):
        yield Table(
            name,
            SIGNALS,
            published_tables()[name].grain,
            deps=tuple(f"kept_{contract}" for contract in load_contracts()),
            owners=(TEAM,),
        )


def signals(rules: list[Rule]) -> Iterator[Table]:
    """One node per rule, leading back to the tables it reads."""
    for rule in rules:
        spec = rule.spec
        yield Table(
            f"signal_{rule.id}",
            SIGNALS,
            f"{spec.title_sv}.\n\n{spec.description} Grain: {spec.grain}.",
            deps=tuple(spec.reads),
            kinds=frozenset({"sql"}),
            owners=(TEAM,),
            tags={"lane": spec.lane, "status": spec.status},
            metadata={
                "rule": f"rules/{rule.id}/rule.yml",
                "rule_version": spec.version,
                "rule_sha256": rule.sha256,
                "sources": ", ".join(sorted(sources_of(rule))),
                "innocent_explanations": len(spec.innocent_explanations),
                "of_them_excluded": len(spec.excluded),
            },
            code_version=str(spec.version),
            counted_as=rule.id,
        )
    yield Table(
        "not_computed",
        SIGNALS,
        "One row per rule, reason and source: no delivery, no valid legal basis, or back in trial.",
        deps=(
            *dict.fromkeys(table for rule in rules for table in rule.spec.reads),
            "rule_precision",
        ),
        owners=(TEAM,),
        work_table="not_computed",
    )


def cases(rules: list[Rule]) -> Iterator[Table]:
    """Signals together, and the cases they make."""
    read = ("ledger", "core_persons", "core_leases", "core_relations")
    made = ("signals", "signal_evidence", "data_quality", "cases", "case_members", "case_points")
    for name in made:
        yield Table(
            name,
            CASES,
            published_tables()[name].grain,
            deps=(*(f"signal_{rule.id}" for rule in rules), *read),
            owners=(TEAM,),
            work_table=name,
        )


def settled(rules: list[Rule]) -> Table:
    return Table(
        "settled_signals",
        CASES,
        "One row per signal that an outcome keeps out of the ranking until a fact changes.",
        deps=(*(f"signal_{rule.id}" for rule in rules), "rule_precision"),
        owners=(TEAM,),
        work_table="settled_signals",
    )


def week() -> Iterator[Table]:
    """What is said beside the rank, and what to take up this week."""
    for name in ("calibration", "worklist", "worklist_audit", "arm_precision"):
        yield Table(
            name,
            CASES,
            published_tables()[name].grain,
            deps=("cases", "case_points", "signal_cards", "reliability"),
            owners=(TEAM,),
        )


def ledger(rules: list[Rule]) -> Table:
    return Table(
        "ledger",
        CASES,
        published_tables()["ledger"].grain,
        deps=(*(f"signal_{rule.id}" for rule in rules), "settled_signals"),
        owners=(TEAM,),
        work_table="ledger",
    )


def cards() -> Iterator[Table]:
    """What the case and its signals say, as data that anyone can render."""
    for name in ("case_timeline", "case_economy", "signal_cards"):
        yield Table(
            name,
            CASES,
            published_tables()[name].grain,
            deps=("cases", "case_members", "signals"),
            owners=(TEAM,),
            work_table=name,
        )


def morning_report() -> Table:
    return Table(
        "morning_report",
        CASES,
        "report.html: the night in numbers, then each case of the worklist with its cards, people, "
        "timeline and ties; for reading and printing.",
        deps=("worklist", "signal_cards", "case_timeline", "case_economy", "ledger"),
        kinds=frozenset({"html"}),
        owners=(TEAM,),
    )


def on_trial(rules: list[Rule]) -> Iterator[Table]:
    """What is tried: made last, so that nothing that investigators read waits for it."""
    read = dict.fromkeys(table for rule in rules for table in rule.spec.reads)
    for name in ("trial", "trial_evidence", "trial_models"):
        yield Table(
            name,
            CASES,
            published_tables()[name].grain,
            deps=(*read, "rule_precision", "not_computed", "morning_report"),
            owners=(TEAM,),
            metadata={"rules": ", ".join(rule.id for rule in rules)},
        )


def result() -> Table:
    return Table(
        "result",
        CASES,
        "All that will be published, built and flushed before it is remembered and shown.",
        deps=("morning_report", *sorted({d for one in published() for d in one.deps} - {"night"})),
        kinds=frozenset({"parquet"}),
        owners=(TEAM,),
        is_counted=False,
    )


def memory() -> Table:
    return Table(
        "night",
        CASES,
        "The night kept for replay and audits (rows after the gate, contracts, rules), and what "
        "later nights look back on: identity, sizes, signals.",
        # a night that cannot be published is not remembered
        deps=(*(f"kept_{contract}" for contract in load_contracts()), "result"),
        kinds=frozenset({"parquet", "duckdb"}),
        owners=(TEAM,),
    )


def published() -> Iterator[Table]:
    """What investigators and auditors open: nothing of it is there before all of it is."""
    made = set(published_tables()) - {"quarantine"}
    quarantined = tuple(f"quarantine_{contract}" for contract in load_contracts())
    for name, table in published_tables().items():
        yield Table(
            f"published_{name}",
            PUBLISHED,
            table.grain,
            deps=(name,) if name in made else quarantined,
            kinds=frozenset({"parquet"}),
            owners=(TEAM,),
            counted_as=name,
        )
    for name, (says, kind) in FILES.items():
        yield Table(
            f"published_{name}",
            PUBLISHED,
            says,
            deps=("night", *sorted(made)),
            kinds=frozenset({kind}),
            owners=(TEAM,),
        )
