"""The detection benchmark in words and tables: Markdown for docs/detection.md and the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from bench.by_rule import KINDS
from bench.scoring import MIN_WRONGLY_FLAGGED, Score


@dataclass(frozen=True)
class Measured:
    """One benchmark: which towns, made and measured with what, and what came of it."""

    measured_on: str
    versions: dict[str, str]
    people: int
    scores: dict[int, Score]  # per seed
    rules: pl.DataFrame  # pooled, as by_rule makes it
    look_alikes: Counter[str]  # in all towns, per class
    mean_seconds: float

    @property
    def pooled(self) -> Score:
        return sum(self.scores.values(), Score())


HEAD = """\
# Detection

How well the ranked list finds what was planted in invented towns, and whom it names by mistake.
Made by `make detection`; `tests/bench/test_detection.py` fails when the first two of these towns do
worse than `bench/detection_bars.yml`. The measure is that of `bench/scoring.py`: K is the number of
planted matters of a town, one case answers for one matter, and a case on nothing but a dwelling
where someone from a planted matter is registered is neither right nor wrong.

The towns are invented by this project (`synthetic/`), so the numbers say how the rules fare with
what their makers thought of. Most of what is missed stands where rules are silent by design: people
who left at the protection gate, and homes that a protected or unresolved row could concern. In the
field expect less: a few percent of all registrations are wrong and most errors are unintentional.

A new class of look-alikes makes other towns of the same seeds, so the bars are then set anew from
what the rules, improved or not, reach in them: a matter with one recorded fact less is found or not
by the draw.
"""


def markdown(measured: Measured) -> str:
    """The whole page."""
    return "\n".join(
        [
            HEAD,
            *_made_with(measured),
            "## Towns",
            "",
            *_towns(measured),
            "## Matters found, by typology",
            "",
            "Found: among the first 1.5 K cases of its town.",
            "",
            *_typologies(measured.pooled),
            "## Look-alikes among the first K",
            "",
            *_look_alikes(measured),
            "## Wrongly named people per name group",
            "",
            *_groups(measured.pooled),
            "## Rules",
            "",
            "Signals per rule, pooled: on a planted matter (anyone or any dwelling in it), on a"
            " look-alike,",
            "on a dwelling that is neither, or on nothing told of. Data-quality signals are in no"
            " case.",
            "",
            *_rules(measured.rules),
        ]
    )


def _made_with(measured: Measured) -> Iterator[str]:
    versions = ", ".join(f"{name} {version}" for name, version in measured.versions.items())
    seeds = ", ".join(str(seed) for seed in measured.scores)
    people = f"{measured.people:,}".replace(",", " ")
    yield f"Measured on {measured.measured_on} with {versions}: {len(measured.scores)} towns of"
    yield f"{people} people, seeds {seeds}; {measured.mean_seconds:.0f} s a town."
    yield ""


def _towns(measured: Measured) -> Iterator[str]:
    rows = [_town(str(seed), one) for seed, one in measured.scores.items()]
    rows.append(_town("**pooled**", measured.pooled))
    heads = ("seed", "K", "cases", "precision at K", "recall at K", "recall at 1.5 K",
             "recall of all", "protected", "largest case")  # fmt: skip
    yield from table(heads, rows)


def _town(name: str, one: Score) -> tuple[str, ...]:
    shares = (one.precision, one.recall, one.found_later / max(1, one.planted),
              one.found_at_all / max(1, one.planted))  # fmt: skip
    counts = (str(one.planted), str(one.cases))
    return (name, *counts, *(f"{share:.3f}" for share in shares),
            str(one.protected), str(one.largest_case))  # fmt: skip


def _typologies(pooled: Score) -> Iterator[str]:
    rows = [
        (name, str(n), str(pooled.found[name]), f"{pooled.found[name] / n:.2f}")
        for name, n in sorted(pooled.typologies.items())
    ]
    yield from table(("typology", "planted", "found", "share"), rows)


def _look_alikes(measured: Measured) -> Iterator[str]:
    pooled, scores = measured.pooled, measured.scores.values()
    rows = [
        (kind, str(n), str(pooled.innocents[kind]), str(max(one.innocents[kind] for one in scores)))
        for kind, n in sorted(measured.look_alikes.items())
    ]
    yield from table(("class", "in the towns", "wrong cases, pooled", "most in one town"), rows)


def _groups(pooled: Score) -> Iterator[str]:
    rows = [
        (group, str(size), str(n := pooled.wrongly_flagged[group]), f"{1e4 * n / size:.1f}")
        for group, size in sorted(pooled.group_sizes.items())
    ]
    yield from table(("group", "people", "wrongly named", "per 10 000"), rows)
    ratio = pooled.group_ratio
    enough = f"groups with at least {MIN_WRONGLY_FLAGGED} wrongly named people"
    yield (
        f"Highest over lowest rate among {enough}: {ratio:.2f}."
        if ratio
        else (f"No ratio: fewer than two {enough}.")
    )
    yield ""


def _rules(rules: pl.DataFrame) -> Iterator[str]:
    rows = [
        (row["rule_id"], str(row["signals"]), *(f"{row[k] / row['signals']:.2f}" for k in KINDS))
        for row in rules.iter_rows(named=True)
    ]
    yield from table(("rule", "signals", *KINDS), rows)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table and the empty line after it."""
    for row in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(row)} |"
    yield ""
