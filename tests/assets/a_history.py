"""Nights in miniature: the stages from outcomes to memory, over signals that a test invents.

Two rules, `parking` (benefit of the doubt: weight 1) and `lease`, stand in for the catalogue. Cases
are made by naming them; everything that outcomes touch is the product's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import polars as pl
import pytest

from assets import calibrated, feedback, ledger, outcomes, settled
from assets.home import Home
from assets.worklist import build_worklist, remember_worklist
from assets.workspace import Workspace, store
from rules.catalogue import Rule, load_one

SMALL = load_one(Path(__file__).parents[1] / "rules" / "small_rule")
THURSDAY, FRIDAY, SATURDAY = date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 3)
NEXT_MONDAY = date(2026, 10, 5)
SOURCES = ("registry", "tenancy")


def rule(rule_id: str, log_lr: float, hypothesis: str, **changes: object) -> Rule:
    """The tests' small rule under another name and weight, live."""
    weight = SMALL.spec.weight.model_copy(update={"log_lr": log_lr, "hypothesis": hypothesis})
    update = {"id": rule_id, "status": "live", "weight": weight, **changes}
    return replace(SMALL, spec=SMALL.spec.model_copy(update=update))


RULES = {
    "lease": rule("lease", 2.0, "sublet", lane="tenancy"),
    "parking": rule("parking", 1.0, "let_on", lane="tenancy"),
}
EXPLANATION = SMALL.spec.innocent_explanations[0].id


@dataclass(frozen=True)
class Signal:
    """One signal of a night; `fact` stands for all that its texts show."""

    signal_id: str
    case_id: str | None
    rule_id: str = "parking"
    fact: str = "as it was"
    person_id: str = "p1"
    points: float = 1.0


S1 = Signal("s1", "s1")
S2 = Signal("s2", "s1", "lease", person_id="p2", points=2.0)
S3 = Signal("s3", "s3", person_id="p3")


def use_rules(monkeypatch: pytest.MonkeyPatch, rules: dict[str, Rule]) -> None:
    """Let the feedback loop see these rules instead of the catalogue."""
    for module in (outcomes, feedback, settled, ledger, calibrated):
        monkeypatch.setattr(module, "load", lambda: rules)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A settled home whose key and rules are known."""
    use_rules(monkeypatch, RULES)
    made = Home.open(tmp_path / "home")
    (made.state / "key").write_bytes(bytes(32))
    made.settle("0181")
    made.legal_basis_file.write_text("decisions: []", encoding="utf-8")
    return made


def run(
    home: Home,
    day: date,
    *signals: Signal,
    gone: Iterable[str] = (),
    sources: tuple[str, ...] = SOURCES,
    not_computed: Iterable[tuple[str, str]] = (),
) -> Workspace:
    """A night from outcomes to memory. `gone`: ids that left at the protection gate."""
    delivery = SimpleNamespace(
        extract_date=day, municipality_code="0181", is_synthetic=True, files=()
    )
    run_id = f"run-{day}-{len(list(home.runs.iterdir()))}"
    ws = Workspace(home, run_id, delivery, threads=1)  # type: ignore[arg-type]
    with ws.held():
        with ws.connect() as con:
            _invent(con, signals, gone, sources, not_computed)
        feedback.weigh_outcomes(ws)
        settled.settle(ws)
        ledger.build_ledger(ws)
        with ws.connect() as con:
            con.execute(CASES)
        build_worklist(ws)
        ledger.remember_signals(ws)
        remember_worklist(ws)
    return ws


def rows(ws: Workspace, query: str) -> list[tuple]:
    with ws.connect() as con:
        return con.sql(query).fetchall()


def outcome_file(tmp_path: Path, *lines: str) -> Path:
    """A CSV of outcomes; every line begins with signal_id;case_id."""
    file = tmp_path / "utfall.csv"
    header = "signal_id;case_id;outcome;explanation_id;decided_on;decided_by;snooze_until"
    file.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return file


def decide(home: Home, tmp_path: Path, *lines: str) -> dict:
    return outcomes.import_outcomes(home, outcome_file(tmp_path, *lines))


CASES = """
create table signals as
select signal_id, case when signal_id in (select signal_id from ledger where state <> 'closed')
    then case_id end as case_id from all_signals;
create table case_points as
select s.case_id, s.signal_id, a.rule_id, a.rule_id as hypothesis, a.points,
    a.points as counted_points
from signals s join all_signals a using (signal_id) where s.case_id is not null;
create table cases as
select case_id, row_number() over (order by sum(points) desc, case_id)::integer as rank
from case_points group by case_id;
"""


def _invent(
    con: duckdb.DuckDBPyConnection,
    signals: tuple[Signal, ...],
    gone: Iterable[str],
    sources: tuple[str, ...],
    not_computed: Iterable[tuple[str, str]],
) -> None:
    """What the stages before leave in the work file."""
    made = pl.DataFrame(
        [(s.signal_id, s.rule_id, 1, s.person_id, None, s.case_id, s.points) for s in signals],
        schema={
            **dict.fromkeys(("signal_id", "rule_id"), pl.String),
            "rule_version": pl.Int32,
            **dict.fromkeys(("person_id", "dwelling_id", "case_id"), pl.String),
            "points": pl.Float64,
        },
        orient="row",
    )
    refused = dict(not_computed)
    computed = [(one, 1, list(sources), ["beslut"]) for one in RULES if one not in refused]
    store(con, "all_signals", made)
    store(con, "protected_ids", pl.DataFrame({"id": list(gone)}, {"id": pl.String}))
    store(con, "core_persons", made.select("person_id").unique())
    store(con, "core_dwellings", made.select("dwelling_id").head(0))
    store(
        con,
        "decisions_used",
        pl.DataFrame(computed, ["rule_id", "rule_version", "sources", "decisions"], orient="row"),
    )
    store(
        con,
        "not_computed",
        pl.DataFrame(
            [(one, why, "") for one, why in refused.items()],
            dict.fromkeys(("rule_id", "reason", "source"), pl.String),
            orient="row",
        ),
    )
    for rule_id, of_rule in RULES.items():
        facts = settled.fact_columns(of_rule)
        shown = [(s.signal_id, *[s.fact] * len(facts)) for s in signals if s.rule_id == rule_id]
        columns = dict.fromkeys(("signal_id", *facts), pl.String)
        store(con, f"signal_{rule_id}", pl.DataFrame(shown, columns, orient="row"))
