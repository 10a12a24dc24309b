"""What every rule folder must prove, each fault with its remedy (`python -m rules check`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import sqlglot
from sqlglot import exp

from data_contracts.errors import RuleError
from rules import lint
from rules.catalogue import Rule, undeclared_sources
from rules.examples import Bench, Example, Examples, difference, load_examples
from rules.strict import unknown

# Words that decide what a person has done. A signal is two recorded facts that do not fit.
FORBIDDEN_WORDS = (
    "fraud", "guilt", "hit", "target", "suspect", "criminal", "crime", "offender", "cheat",
    "bedrägeri", "brott", "fusk", "skyldig", "skuld", "misstänk", "oskyldig", "lögn", "ljug",
    "gärningsman", "träff", "kriminell", "skenskilsmässa", "skenskriven", "olaglig", "svart",
)  # fmt: skip
_WHOLE_WORDS = ("hit", "target", "svart", "träff", "skuld")  # inside others they mean else
# Features that no rule may use: sex, origin, faith, and area as a stand-in for them.
FORBIDDEN_FEATURES = (
    "kon", "kön", "sex", "gender", "citizenship", "medborgarskap", "birthplace", "fodelseort",
    "nationality", "origin", "ethnicity", "religion", "immigration", "invandring", "area_name",
    "omrade", "deso", "regso", "postcode",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"\b(todo|tbd|fixme|xxx|lorem)\b|^[.…\-\s]*$", re.IGNORECASE)


def faults(rule: Rule, bench: Bench) -> list[str]:
    """Everything wrong with one rule folder, as sentences that begin with the rule's id."""
    found = [*source_faults(rule), *role_faults(rule), *lint.faults(rule), *feature_faults(rule)]
    try:
        examples = load_examples(rule)
    except RuleError as error:
        return [f"{rule.id}: {fault}" for fault in [*found, *word_faults(rule, None), str(error)]]
    found += word_faults(rule, examples)
    found += coverage_faults(rule, examples)
    found += example_faults(rule, examples, bench)
    if not found:  # what is broken already cannot be tried with a line or a parameter changed
        found += [*line_faults(rule, examples, bench), *limit_faults(rule, examples, bench)]
    return [f"{rule.id}: {fault}" for fault in found]


def source_faults(rule: Rule) -> list[str]:
    """Every source that the tables read are made from stands in needs or uses."""
    return [
        f"reads a table made from {source}: add it to needs (without it the rule is suspended) "
        "or uses (without it the certainty is lowered)."
        for source in undeclared_sources(rule)
    ]


def role_faults(rule: Rule) -> Iterator[str]:
    """Whoever a signal names has a role in the case."""
    named = {
        "person": "person_id",
        "dwelling": "dwelling_id",
        "other_persons": "other_person_id",
        "other_dwellings": "other_dwelling_id",
    }
    for role, column in named.items():
        is_named = column in rule.spec.grain_columns or re.search(rf"\b{column}s\b", rule.sql)
        if is_named and getattr(rule.spec.roles, role) is None:
            yield f"names {column}: add roles.{role} (id and label_sv)."


def feature_faults(rule: Rule) -> Iterator[str]:
    """No rule looks at sex, origin, faith or area, not even through another column."""
    try:
        tree = sqlglot.parse_one(rule.sql, read="duckdb")
    except sqlglot.errors.SqlglotError:
        return  # lint says so
    columns = {column.name.lower() for column in tree.find_all(exp.Column)}
    for column in sorted(columns & set(FORBIDDEN_FEATURES)):
        yield f"uses {column}, a forbidden feature: no rule may look at it."


def word_faults(rule: Rule, examples: Examples | None) -> Iterator[str]:
    """No text decides what a person has done, and none is a placeholder."""
    told = rule.spec.model_dump(mode="json"), examples and examples.model_dump(mode="json")
    comments = re.findall(r"--([^\n]*)", rule.sql)
    for text in [*_texts(told), *comments]:
        for word in forbidden_words(text):
            yield f"uses the word {word!r} in {text[:60]!r}: say which recorded facts do not fit."
    for text in _texts(rule.spec.model_dump(mode="json")):
        if _PLACEHOLDER.search(text):
            yield f"{text!r} is a placeholder: write what investigators shall read."


def forbidden_words(text: str) -> list[str]:
    """The forbidden words in a text."""
    low = text.lower().replace("_", " ")
    return [
        word
        for word in FORBIDDEN_WORDS
        if re.search(rf"\b{word}\b" if word in _WHOLE_WORDS else rf"\b{word}", low)
    ]


def coverage_faults(rule: Rule, examples: Examples) -> list[str]:
    """It fires and stays silent, and every promise of rule.yml has its example."""
    spec, all_of_them = rule.spec, examples.examples
    found = []
    if not any(example.expect for example in all_of_them):
        found.append("fires for nobody: add an example that expects a signal.")
    if all(example.expect for example in all_of_them):
        found.append("is silent for nobody: add an example that expects [].")
    innocent = {example.innocent for example in all_of_them if example.innocent}
    found += [
        f"excluded explanation {name} has no example: add one with `innocent: {name}`."
        for name in spec.excluded
        if name not in innocent
    ]
    found += [
        f"example for {unknown('excluded explanation', name, spec.excluded)}"
        for name in sorted(innocent - set(spec.excluded))
    ]
    at = {(example.parameter, example.at) for example in all_of_them}
    found += [
        f"parameter {name} has no example with `parameter: {name}, at: {side}`."
        for name in spec.parameters
        for side in ("limit", "below")
        if (name, side) not in at
    ]
    found += [
        f"example for {unknown('parameter', name, list(spec.parameters))}"
        for name in sorted({name for name, _ in at if name and name not in spec.parameters})
    ]
    seen_missing = {source for example in all_of_them for source in example.without}
    found += [
        f"uses {source} and no example shows it missing: add one with `without: [{source}]`."
        for source in spec.uses
        if source not in seen_missing
    ]
    if spec.concludes_from_absence and not any(e.kind == "incomplete" for e in all_of_them):
        found.append(
            "concludes from an absence: add an example with `kind: incomplete` that stays silent "
            "on somebody or somewhere is_incomplete."
        )
    twice = _twice(example.name for example in all_of_them)
    return found + [f"two examples are called {name!r}: give each its own." for name in twice]


def example_faults(rule: Rule, examples: Examples, bench: Bench) -> list[str]:
    """Every example gives what it expects."""
    found = []
    for example in examples.examples:
        try:
            wrong = difference(example.expect, bench.outcome(rule, examples, example))
        except RuleError as error:
            wrong = str(error)
        if wrong:
            found.append(f"example {example.name!r}: {wrong}")
    return found


def line_faults(rule: Rule, examples: Examples, bench: Bench) -> Iterator[str]:
    """Deleting a marked line makes an example of it fire, so that no line is idle."""
    for place, mark in lint.marked_lines(rule.sql).items():
        loose = replace(rule, sql=lint.without_line(rule.sql, place))
        about = [example for example in examples.examples if example.line == mark]
        if not any(_fires(bench, loose, examples, example) for example in about):
            yield (
                f"line {place + 1} ({mark}) can be deleted and no example marked `{mark}` fires: "
                "add one that only this line keeps silent."
            )


def limit_faults(rule: Rule, examples: Examples, bench: Bench) -> Iterator[str]:
    """An example at a limit changes its outcome when the parameter moves its smallest step."""
    for example in examples.examples:
        if example.parameter:
            parameter = rule.spec.parameters[example.parameter]
            moved = (
                parameter.default + way * parameter.smallest_change
                for way in ((1, -1) if example.at == "limit" else (-1, 1))
            )
            after = (
                bench.outcome(rule, examples, example, {example.parameter: value})
                for value in moved
            )
            if not any(difference(example.expect, rows) for rows in after):
                yield (
                    f"example {example.name!r} is not at the limit of {example.parameter}: "
                    f"{parameter.smallest_change} more or less ({parameter.unit}) changes nothing."
                )


def _fires(bench: Bench, rule: Rule, examples: Examples, example: Example) -> bool:
    try:
        return bench.returned(rule, examples, example).height > 0
    except RuleError:
        return False


def _texts(value: Any) -> Iterator[str]:
    """Every text in nested lists and maps, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _twice(names: Iterable[str]) -> list[str]:
    names = list(names)
    return sorted({name for name in names if names.count(name) > 1})
