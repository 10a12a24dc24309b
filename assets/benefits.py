"""Benefit kinds as `benefits.yml` has them: name, household test, whether the person is paid."""

from __future__ import annotations

import functools
from pathlib import Path

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("benefits.yml")


class BenefitKind(BaseModel):
    """One kind of benefit. Grain: one per code in the decisions."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name_sv: str
    is_tested_against_household: bool
    is_paid_to_person: bool = True


@functools.cache
def benefit_kinds() -> dict[str, BenefitKind]:
    """Every kind by its code."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {code: BenefitKind.model_validate(about) for code, about in raw.items()}


def benefit_frame() -> pl.DataFrame:
    """benefit, name_sv, is_tested_against_household, is_paid_to_person; for joins."""
    rows = [{"benefit": code, **kind.model_dump()} for code, kind in benefit_kinds().items()]
    return pl.DataFrame(rows)
