"""The page itself: views in, HTML out. Everything put into it is escaped: names are data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assets.contract_report import number_sv
from assets.excel import CAUTION_SV
from assets.report.case import CaseView, points_sv
from assets.report.night import Night
from assets.report.words import upper_first, whole, words
from rules.texts import number

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Page:
    """What stands on the page. `unseen_sv`: sources of which nothing is known tonight, and why."""

    extract_date: date
    municipality_code: str
    is_synthetic: bool
    night: Night
    cases: Sequence[CaseView]
    unseen_sv: Sequence[str] = field(default_factory=list)


def render(page: Page) -> str:
    """The page; the same views give the same bytes."""
    about: Mapping[str, object] = {
        "extract_date": page.extract_date.isoformat(),
        "municipality_code": page.municipality_code,
        "is_synthetic": page.is_synthetic,
        "night": page.night,
        "cases": page.cases,
        "unseen_sv": page.unseen_sv,
        "caution_sv": CAUTION_SV,
        "words": words(),
    }
    return environment().get_template("page.html.j2").render(about)


def environment() -> Environment:
    """The templates, strict about what they are not given."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "capital": upper_first,
        "count": number_sv,
        "number": number,
        "points": points_sv,
        "whole": whole,
    }
    return found
