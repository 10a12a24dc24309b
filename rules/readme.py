"""rules/README.md, written from the folders: what each rule seeks, what clears it, its limits."""

from __future__ import annotations

from collections.abc import Iterable

from rules.catalogue import Rule
from rules.model import Weight
from rules.tables import core_tables, sources


def readme(rules: dict[str, Rule]) -> str:
    """The whole page."""
    parts = [
        "# Rules",
        "Written by `python -m rules lock`; edit the rule folders. How to write one: "
        "[docs/writing_a_rule.md](../docs/writing_a_rule.md).",
        _lines(
            "| Rule | Lane | Status | Title |",
            "|---|---|---|---|",
            *(_table_row(rule) for rule in rules.values()),
        ),
        *(_chapter(rule) for rule in rules.values()),
        "## Core tables that rules may read",
        _lines(*(f"- `{name}`: {table.grain}" for name, table in core_tables().items())),
    ]
    return "\n\n".join(parts) + "\n"


def _table_row(rule: Rule) -> str:
    spec = rule.spec
    link = f"[{rule.id}](#{rule.id})"
    return f"| {link} | {spec.lane} | {spec.status} v{spec.version} | {spec.title_sv} |"


def _chapter(rule: Rule) -> str:
    spec = rule.spec
    retired = [f"Retired {spec.retired.on}: {spec.retired.why}"] if spec.retired else []
    facts = _lines(
        f"- Needs {_named(spec.needs)}; uses {_named(spec.uses) or 'nothing more'}.",
        f"- Weight: {_weight(rule)}",
        *(
            f"- `${name}` = {one.default}, {one.unit} ({one.allowed[0]} to {one.allowed[1]}): "
            f"{one.why}"
            for name, one in spec.parameters.items()
        ),
        *_forest(rule),
        *(f"- Innocent ({one.handled}): {one.text_sv}" for one in spec.innocent_explanations),
        f"- Clears: {spec.clears_sv}",
        *(f"- Blind spot: {spot}" for spot in spec.blind_spots),
    )
    seeks = f"{spec.description} Grain: {spec.grain}."
    return "\n\n".join([f"## {rule.id}", *retired, seeks, f"> {spec.question_sv}", facts])


def steps_of(weight: Weight) -> list[str]:
    """What adds to the weight, one line for each step."""
    return [
        f"+{step.log_lr_each} for each {step.fact} above {step.above}, at most {step.at_most}: "
        f"{step.why}"
        for step in weight.steps
    ]


def _weight(rule: Rule) -> str:
    weight = rule.spec.weight
    if weight is None:
        return "no points."
    steps = (f" {step}" for step in steps_of(weight))
    weak = " Weak: makes no case alone." if rule.spec.is_weak else ""
    return f"{weight.log_lr} ({weight.hypothesis}): {weight.why}{''.join(steps)}{weak}"


def _forest(rule: Rule) -> list[str]:
    forest = rule.spec.forest
    if forest is None:
        return []
    features = ", ".join(f"`{name}`" for name in forest.features)
    trees = f"{forest.n_trees} trees of {forest.rows_per_tree} rows"
    return [f"- Isolation Forest ({trees}) over {features}. {forest.why}"]


def _named(named: Iterable[str]) -> str:
    return ", ".join(sources()[source].name_sv for source in named)


def _lines(*lines: str) -> str:
    return "\n".join(lines)
