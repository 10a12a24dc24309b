"""The night in numbers: what the report's first part says. Counts only, nothing about a person.

Nothing is counted from before the protection gate, and rows that left there are told as the gate
tells them; a closure through protection is counted with other people and dwellings that are gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from assets.contract_report import shown_protected
from assets.excel import LANES_SV
from assets.protected_rows import n_protected
from assets.report.words import sources_sv, table_sv, words
from assets.workspace import Workspace
from data_contracts.contract import load_contracts
from data_contracts.legal_basis import Entry, LegalBasis
from rules.catalogue import Rule
from rules.tables import sources

QUALITY, TRIAL = "data_quality", "trial"
OPEN = ("new", "continuing", "changed", "reopened")

StateCount = tuple[str, str, str | None, int]  # rule_id, state, cause, signals


@dataclass(frozen=True)
class RuleLine:
    """One rule's night. `n_open` is None where the rule was not computed: then it is not known."""

    title_sv: str
    n_open: int | None
    n_new: int
    n_closed: int
    n_suspended: int


@dataclass(frozen=True)
class Lane:
    """The rules of one lane."""

    title_sv: str
    rules: list[RuleLine]


@dataclass(frozen=True)
class Decision:
    """A legal decision that the night rests on, with all that it covers."""

    id: str
    sources_sv: list[str]
    purposes_sv: list[str]
    statutes_sv: list[str]
    decided_by: str
    valid_sv: str
    is_example: bool


@dataclass(frozen=True)
class Night:
    """The night as the report shows it."""

    n_by_state: dict[str, int]
    n_cases: int
    lanes: list[Lane]
    quality: list[RuleLine]
    closures: list[tuple[str, int]]
    set_aside: list[tuple[str, str, int]]  # source, column or promise, rows
    protected: str
    refusals: list[tuple[str, list[str]]]  # rule title, reasons
    decisions: list[Decision]

    def n(self, state: str) -> int:
        """Signals in that state of the ledger."""
        return self.n_by_state.get(state, 0)

    @property
    def n_open(self) -> int:
        return sum(self.n(state) for state in OPEN)

    @property
    def most(self) -> int:
        """The longest bar."""
        return max([rule.n_open or 0 for lane in self.lanes for rule in lane.rules], default=0)


def read_night(
    ws: Workspace, con: duckdb.DuckDBPyConnection, basis: LegalBasis, rules: Mapping[str, Rule]
) -> Night:
    """Count the night's tables. Rules on trial are shown to nobody and left out."""
    shown = {name: rule for name, rule in rules.items() if rule.spec.lane != TRIAL}
    states = [
        row
        for row in con.execute(
            "select rule_id, state, cause, count(*) from ledger"
            " where state <> 'closed' or closed_on = $as_of group by all order by all",
            {"as_of": ws.as_of},
        ).fetchall()
        if row[0] in shown
    ]
    refused = con.sql("select * from not_computed order by rule_id, reason, source").fetchall()
    cited = con.sql(
        "select distinct unnest(decisions) as decision from decisions_used order by decision"
    ).fetchall()
    [(n_cases,)] = con.sql("select count(*) from cases").fetchall()
    lines = rule_lines(states, shown, {rule_id for rule_id, *_ in refused})
    return Night(
        n_by_state=_sums((state, n) for _, state, _, n in states),
        n_cases=n_cases,
        lanes=[
            Lane(title, lines[lane])
            for lane, title in LANES_SV.items()
            if lane in lines and lane != QUALITY
        ],
        quality=lines.get(QUALITY, []),
        closures=closures(states),
        set_aside=_set_aside(con),
        protected=shown_protected(n_protected(con)),
        refusals=refusals(
            refused, {n: one for n, one in shown.items() if one.spec.status != TRIAL}
        ),
        decisions=[decision(basis, name) for (name,) in cited],
    )


def rule_lines(
    states: Sequence[StateCount], rules: Mapping[str, Rule], refused: set[str]
) -> dict[str, list[RuleLine]]:
    """Lane -> its rules, those with most signals first; a retired one only while it closes some."""
    counts = Counter[tuple[str, str]]()
    for rule_id, state, _, n in states:
        counts[rule_id, state] += n
    lines: dict[str, list[RuleLine]] = {}
    for rule_id, rule in rules.items():
        n_closed = counts[rule_id, "closed"]
        if rule.spec.status != "live" and not n_closed:
            continue
        n_open = sum(counts[rule_id, state] for state in OPEN)
        line = RuleLine(
            title_sv=rule.spec.title_sv,
            n_open=None if rule_id in refused else n_open,
            n_new=counts[rule_id, "new"],
            n_closed=n_closed,
            n_suspended=counts[rule_id, "suspended"],
        )
        lines.setdefault(rule.spec.lane, []).append(line)
    for found in lines.values():
        found.sort(key=lambda line: (line.n_open is None, -(line.n_open or 0), line.title_sv))
    return lines


def closures(states: Sequence[StateCount]) -> list[tuple[str, int]]:
    """Why signals were closed tonight, the most common first."""
    told = _sums(
        (words().closures[cause or "facts_changed"], n)
        for _, state, cause, n in states
        if state == "closed"
    )
    return sorted(told.items(), key=lambda one: (-one[1], one[0]))


def refusals(
    refused: Sequence[tuple[str, str, str]], rules: Mapping[str, Rule]
) -> list[tuple[str, list[str]]]:
    """Title of each rule that was not computed, and why."""
    told: dict[str, list[str]] = {}
    for rule_id, reason, source in refused:
        if rule_id in rules:
            why = f"{sources_sv(source)}: {words().refusals[reason]}"
            told.setdefault(rules[rule_id].spec.title_sv, []).append(why)
    return list(told.items())


def decision(basis: LegalBasis, decision_id: str) -> Decision:
    """What legal_basis.yml says of the decision; it may cover several sources and pairs."""
    entries = [entry for entry in basis.entries if entry.decision_id == decision_id]
    return Decision(
        id=decision_id,
        sources_sv=[sources_sv(" + ".join(entry.sources)) for entry in entries],
        purposes_sv=list(dict.fromkeys(entry.purpose for entry in entries)),
        statutes_sv=list(dict.fromkeys(entry.statute for entry in entries)),
        decided_by=", ".join(dict.fromkeys(entry.decided_by for entry in entries)),
        valid_sv=", ".join(dict.fromkeys(_valid_sv(entry) for entry in entries)),
        is_example=any(entry.example for entry in entries),
    )


def unseen_sources(missing: Mapping[str, str], visible: Iterable[str]) -> list[str]:
    """What the page could not look at, and why: for those sources everything is not known.

    missing: contract -> 'missing' or 'shrunk'. visible: sources that may be joined tonight.
    """
    said = [
        f"{table_sv(contract)}: {words().refusals[f'source_{reason}']}"
        for contract, reason in sorted(missing.items())
    ]
    seen = set(visible)
    return said + [
        f"{sources_sv(source)}: {words().refusals['legal_basis']}"
        for source in sources()
        if source not in seen
    ]


def _set_aside(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int]]:
    """(source table, column in the source or promise, rows), the most first."""
    contracts = load_contracts()
    rows = con.sql(
        "select contract_id, failed_key, count(*) as n from quarantine group by all"
        " order by n desc, contract_id, failed_key"
    ).fetchall()
    told = []
    for contract_id, key, n in rows:
        columns = {column.name: column.source for column in contracts[contract_id].columns}
        told.append((table_sv(contract_id), columns.get(key, key), n))
    return told


def _valid_sv(entry: Entry) -> str:
    until = f" till {entry.valid_to}" if entry.valid_to else ""
    return f"från {entry.valid_from}{until}"


def _sums(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    found = Counter[str]()
    for name, n in counts:
        found[name] += n
    return dict(found)
