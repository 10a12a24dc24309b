"""Which sources a municipality has decided that it may use, and which pairs it may join.

`legal_basis.yml` is the home's own; the file that ships with the project is an example and is valid
for synthetic deliveries only. Fail closed: what has no valid entry is not computed.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from itertools import combinations
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data_contracts.errors import LegalBasisError

Source = Literal["registry", "dwelling_register", "tenancy", "benefits", "vehicles"]
Feature = Literal["ranking_by_calibration", "control_arm", "trial_visible"]

SOURCES: tuple[str, ...] = get_args(Source)
FEATURES: tuple[str, ...] = get_args(Feature)
EXAMPLE_FILE = Path(__file__).with_name("legal_basis.example.yml")
EXAMPLE_PREFIX = "EXEMPEL"  # decision ids of the shipped example; no municipality has decided them


class Permission(NamedTuple):
    """What the legal basis says about one set of sources on one date."""

    is_permitted: bool
    missing: list[str]  # sources and pairs without a valid entry: "benefits", "registry + benefits"
    decisions: list[str]  # ids of the decisions that the permission rests on, sorted


class _Decided(BaseModel):
    """What every decision states: who took it and when it holds, both days included."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    decision_id: str = Field(min_length=1)
    decided_by: str = Field(min_length=1)
    valid_from: date
    valid_to: date | None = None
    example: bool = False

    @model_validator(mode="after")
    def _check(self) -> _Decided:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from; give a later day or leave it out")
        if self.decision_id.startswith(EXAMPLE_PREFIX) and not self.example:
            raise ValueError(
                f"a decision_id that begins with {EXAMPLE_PREFIX} is the shipped example's; "
                "give the municipality's own decision, or set example: true"
            )
        return self

    def holds(self, as_of: date, is_synthetic: bool) -> bool:
        """Valid on that day; an example only ever for a synthetic delivery."""
        in_time = self.valid_from <= as_of and (self.valid_to is None or as_of <= self.valid_to)
        return in_time and (is_synthetic or not self.example)


class Entry(_Decided):
    """The basis for using one source, or for joining two. Grain: one per decision and sources."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    sources: tuple[Source, ...] = Field(min_length=1, max_length=2)
    purpose: str = Field(min_length=1)
    statute: str = Field(min_length=1)

    @model_validator(mode="after")
    def _two_different(self) -> Entry:
        if len(set(self.sources)) != len(self.sources):
            raise ValueError("sources names one source twice; a pair is two different sources")
        return self


class Decision(_Decided):
    """A decision that turns on a feature which is off until someone answers for it."""

    feature: Feature
    why: str = Field(min_length=1)


class _File(BaseModel):
    """`legal_basis.yml` as a whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    entries: tuple[Entry, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @model_validator(mode="after")
    def _ids_once(self) -> _File:
        ids = [entry.id for entry in self.entries]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"entry ids used twice: {', '.join(twice)}; each id may stand once")
        return self


class LegalBasis(NamedTuple):
    """The entries and decisions in force for one kind of delivery (synthetic or real)."""

    entries: tuple[Entry, ...]
    decisions: tuple[Decision, ...]
    is_synthetic: bool

    @classmethod
    def load(cls, home_file: Path, is_synthetic: bool) -> LegalBasis:
        """The home's own file; where there is none, the example, which real deliveries never use.

        Raises LegalBasisError, listing every wrong key of the file at once.
        """
        file = home_file if home_file.exists() else EXAMPLE_FILE
        content = _read(file, file.stat().st_mtime_ns)
        return cls(content.entries, content.decisions, is_synthetic)

    def permits(self, sources: Iterable[str], as_of: date) -> Permission:
        """Whether every one of `sources`, and every pair of them, has an entry valid on `as_of`."""
        missing: list[str] = []
        decisions: set[str] = set()
        for wanted in _singles_and_pairs(sources):
            found = {
                entry.decision_id
                for entry in self.entries
                if set(entry.sources) == set(wanted) and entry.holds(as_of, self.is_synthetic)
            }
            decisions |= found
            if not found:
                missing.append(" + ".join(wanted))
        return Permission(not missing, missing, sorted(decisions))

    def allows(self, feature: str, as_of: date) -> bool:
        """Whether a decision valid on `as_of` turns the feature on; without one it is off."""
        return bool(self.deciding(feature, as_of))

    def deciding(self, feature: str, as_of: date) -> list[str]:
        """Ids of the decisions valid on `as_of` that turn the feature on, sorted."""
        if feature not in FEATURES:
            raise LegalBasisError(f"Unknown feature {feature}. Allowed: {', '.join(FEATURES)}.")
        return sorted(
            {
                decision.decision_id
                for decision in self.decisions
                if decision.feature == feature and decision.holds(as_of, self.is_synthetic)
            }
        )


def _singles_and_pairs(sources: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Each source, then each pair, in the order of SOURCES."""
    wanted = set(sources)
    if unknown := sorted(wanted - set(SOURCES)):
        raise LegalBasisError(
            f"Unknown sources: {', '.join(unknown)}. Allowed: {', '.join(SOURCES)}."
        )
    ordered = [source for source in SOURCES if source in wanted]
    yield from combinations(ordered, 1)
    yield from combinations(ordered, 2)


@functools.lru_cache(maxsize=4)
def _read(file: Path, changed_at: int) -> _File:
    """The file's content, read once as long as it stays as it is: a night asks many times."""
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" near line {mark.line + 1}" if mark else ""
        raise LegalBasisError(
            f"{file.name}: not readable as YAML in UTF-8{where}. Compare with "
            "docs/legal_basis.md and run again."
        ) from None
    try:
        return _File.model_validate(raw if raw is not None else {})
    except ValidationError as error:
        lines = [_explain(problem) for problem in error.errors()]
        raise LegalBasisError("\n".join(f"{file.name}: {line}" for line in lines)) from None


def _explain(problem: Any) -> str:
    """One line per wrong key: where, what was wrong, what is allowed."""
    where = ".".join(str(part) for part in problem["loc"]) or "the file"
    if problem["type"] != "extra_forbidden":
        return f"{where}: {problem['msg']}."
    *parents, key = problem["loc"]
    models: dict[object, type[BaseModel]] = {"entries": Entry, "decisions": Decision}
    model = models[parents[0]] if parents else _File
    allowed = list(model.model_fields)
    close = get_close_matches(str(key), allowed, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return f"{where}: unknown key.{hint} Allowed keys: {', '.join(allowed)}."
