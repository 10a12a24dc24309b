"""What a rule.yml may say. Strict: an unknown key is an error with the file and what is allowed.

Shape: one `RuleSpec` per folder. Texts ending in `_sv` are read by investigators.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from rules.strict import Strict, unknown
from rules.tables import core_tables, sources
from rules.texts import facts_in, template_fault

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Number = int | float

# Ids that stay the same from night to night, as a row id, the place in a file, does not.
GRAIN_COLUMNS = (
    "person_id", "dwelling_id", "other_person_id", "other_dwelling_id",
    "lease_number", "decision_number", "plate", "phone", "record_id",
)  # fmt: skip
ALWAYS_RETURNED = ("since_on", "certainty")
MAY_BE_RETURNED = (
    "person_id", "dwelling_id", "other_person_ids", "other_dwelling_ids",
    "benefit_sek_month", "rent_sek_month",
)  # fmt: skip
_GRAIN = re.compile(r"^one row per \(([a-z_]+(?:, [a-z_]+)*)\)$")


class Step(Strict):
    """Points beyond the first: `log_lr_each` for each of `fact` above `above`, never over
    `at_most`."""

    fact: Slug
    above: Number
    log_lr_each: float = Field(gt=0, le=3)
    at_most: float = Field(gt=0, le=6)
    reason_sv: Text
    why: Text


class Weight(Strict):
    """Log-likelihood ratio (natural log) that the hypothesis holds, seen this signal."""

    log_lr: float = Field(gt=0, le=6)
    hypothesis: Slug  # signals of one hypothesis say the same thing and are capped together
    reason_sv: Text
    why: Text
    steps: tuple[Step, ...] = ()


class Parameter(Strict):
    """A number the SQL knows as `$name`: default, unit, allowed range and why."""

    default: Number
    unit: Text
    allowed: tuple[Number, Number]
    why: Text
    step: Number | None = None  # the smallest change that matters; 1, or 0.01 for a fraction

    @property
    def smallest_change(self) -> Number:
        return self.step or (1 if isinstance(self.default, int) else 0.01)

    @model_validator(mode="after")
    def _default_is_allowed(self) -> Parameter:
        if not self.allowed[0] <= self.default <= self.allowed[1]:
            raise ValueError(f"default {self.default} is outside allowed {list(self.allowed)}.")
        return self


class Explanation(Strict):
    """An innocent explanation: the SQL removes it (`excluded`) or the investigator asks (`ask`).

    rests_on: the used source that shows it. A night without that source has not ruled it out.
    """

    id: Slug
    text_sv: Text
    handled: Literal["excluded", "ask"]
    rests_on: Slug | None = None


class InvestigationStep(Strict):
    """One question, what to look at, a hint, and what an answer would mean."""

    question_sv: Text
    look_at: tuple[Slug, ...] = Field(min_length=1)
    hint_sv: Text
    implication_sv: Text


class Role(Strict):
    """What a case member is in this matter: an English id and a Swedish label."""

    id: Slug
    label_sv: Text


class Roles(Strict):
    """Roles of those a signal names; one is needed for each kind that the SQL returns."""

    person: Role | None = None
    dwelling: Role | None = None
    other_persons: Role | None = None
    other_dwellings: Role | None = None


class Evidence(Strict):
    """A fact and the delivered row it rests on (`row`), or `rows` with one of `values` each."""

    fact: Slug
    label_sv: Text
    row: Slug | None = None
    rows: Slug | None = None
    values: Slug | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Evidence:
        if bool(self.row) == bool(self.rows) or (self.values and not self.rows):
            raise ValueError("give row: <column>, or rows: <list column> (with values: <list>).")
        return self

    @property
    def columns(self) -> list[str]:
        shown = [] if self.values else [self.fact]
        return [*shown, *(name for name in (self.row, self.rows, self.values) if name)]


class Feature(Strict):
    """What a forest looks at: a whole-number column of signal.sql, and why it may tell."""

    label_sv: Text
    why: Text


class ForestSpec(Strict):
    """An Isolation Forest that judges what signal.sql returns; its rows alone are no signals yet.

    It adds `unusual_score` and `reasons_sv`, and keeps rows from `parameters.min_score` on.
    """

    n_trees: int = Field(ge=10, le=1000)
    rows_per_tree: int = Field(ge=16, le=4096)
    fit_at_most: int = Field(ge=1000)  # rows shown to the fit; of more, a random sample
    seed: int
    n_reasons: int = Field(ge=1, le=10)
    why: Text
    features: dict[Slug, Feature] = Field(min_length=2)


class Retired(Strict):
    """When a rule was retired and why; it is never deleted and its id never reused."""

    on: date
    why: Text


class RuleSpec(Strict):
    """One rule.yml. Grain of the rule's own table: as `grain` says."""

    id: Slug
    version: int = Field(ge=1)
    status: Literal["draft", "trial", "live", "retired"]
    retired: Retired | None = None
    lane: Literal["residency", "tenancy", "benefit", "vehicle", "identity", "data_quality", "trial"]
    is_weak: bool = False  # makes no case alone
    title_sv: Text
    question_sv: Text
    explain_sv: Text
    description: Text
    grain: str
    roles: Roles
    reads: tuple[str, ...] = Field(min_length=1)
    concludes_from_absence: bool  # then silent on what is_incomplete, with an example of it
    weight: Weight | None = None
    parameters: dict[Slug, Parameter] = Field(default_factory=dict)
    forest: ForestSpec | None = None
    innocent_explanations: tuple[Explanation, ...] = Field(min_length=1)
    steps_sv: tuple[InvestigationStep, ...] = Field(min_length=1)
    clears_sv: Text
    needs: tuple[str, ...] = Field(min_length=1)
    uses: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    blind_spots: tuple[Text, ...] = Field(min_length=1)

    @property
    def grain_columns(self) -> tuple[str, ...]:
        match = _GRAIN.match(self.grain)
        return tuple(match[1].split(", ")) if match else ()

    @property
    def facts(self) -> list[str]:
        """Every column that the texts, steps and evidence name."""
        named = [*facts_in(self.explain_sv)]
        named += [fact for step in self.steps_sv for fact in step.look_at]
        named += [step.fact for step in (self.weight.steps if self.weight else ())]
        named += [column for item in self.evidence for column in item.columns]
        named += self.forest.features if self.forest else ()
        return list(dict.fromkeys(named))

    @property
    def required_columns(self) -> list[str]:
        """What signal.sql must return."""
        return list(dict.fromkeys([*self.grain_columns, *ALWAYS_RETURNED, *self.facts]))

    @property
    def excluded(self) -> list[str]:
        """Ids of the innocent explanations that the SQL removes."""
        return [item.id for item in self.innocent_explanations if item.handled == "excluded"]

    @property
    def defaults(self) -> dict[str, Number]:
        return {name: parameter.default for name, parameter in self.parameters.items()}

    @field_validator("grain")
    @classmethod
    def _grain_is_parsed(cls, grain: str) -> str:
        match = _GRAIN.match(grain)
        if not match:
            raise ValueError("write it as: one row per (person_id, dwelling_id).")
        _all_known("grain column", match[1].split(", "), GRAIN_COLUMNS)
        return grain

    @field_validator("reads")
    @classmethod
    def _tables_exist(cls, reads: tuple[str, ...]) -> tuple[str, ...]:
        return _all_known("core table", reads, core_tables())

    @field_validator("needs", "uses")
    @classmethod
    def _sources_exist(cls, named: tuple[str, ...]) -> tuple[str, ...]:
        return _all_known("source", named, sources())

    @field_validator("explain_sv")
    @classmethod
    def _template_is_whole(cls, template: str) -> str:
        if fault := template_fault(template):
            raise ValueError(f"{fault}.")
        return template

    @model_validator(mode="after")
    def _parts_agree(self) -> RuleSpec:
        faults = [
            *_when(set(self.needs) & set(self.uses), "a source stands in needs or in uses: {}"),
            *_when(_twice(e.id for e in self.innocent_explanations), "ids stand twice: {}"),
        ]
        resting = {e.rests_on for e in self.innocent_explanations if e.rests_on}
        faults += _when(resting - set(self.uses), "rests_on must be a source in uses: {}")
        if (self.status == "retired") != (self.retired is not None):
            faults.append("status retired and `retired: {on: …, why: …}` go together")
        if self.weight is None and self.lane not in ("data_quality", "trial"):
            faults.append("weight is required, but in the lanes data_quality and trial")
        if self.lane == "trial" and self.status == "live":
            faults.append("a live rule has a lane of its own: trial is for what is tried")
        if self.forest and (self.lane != "trial" or "min_score" not in self.parameters):
            faults.append("a rule with a forest has the lane trial and a parameter min_score")
        if faults:
            raise ValueError("; ".join(faults) + ".")
        return self


def _all_known(kind: str, words: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """The words; raises ValueError naming every one that is not allowed."""
    words, allowed = tuple(words), sorted(allowed)
    faults = [unknown(kind, word, allowed) for word in words if word not in allowed]
    if faults:
        raise ValueError(" ".join(faults))
    return words


def _twice(ids: Iterable[str]) -> set[str]:
    ids = list(ids)
    return {one for one in ids if ids.count(one) > 1}


def _when(found: set[str], sentence: str) -> list[str]:
    return [sentence.format(", ".join(sorted(found)))] if found else []
