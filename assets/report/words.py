"""The report's own Swedish words, from `words.yml`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml
from markupsafe import Markup, escape
from pydantic import BaseModel, ConfigDict

from rules.tables import sources

_UNBROKEN = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d{1,3}(?: \d{3})+(?:,\d+)?(?: kr)?\b")

FILE = Path(__file__).with_suffix(".yml")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TieWords(_Strict):
    """How one kind of tie is drawn and read."""

    line: str
    text_sv: str


class Words(_Strict):
    """`words.yml`; an unknown key is an error."""

    hypotheses: dict[str, str]
    tables: dict[str, str]
    ties: dict[str, TieWords]
    lines: dict[str, str]
    kin: dict[str, str]
    marks: dict[str, str]
    tenures: dict[str, str]
    deregistrations: dict[str, str]
    states: dict[str, str]
    closures: dict[str, str]
    refusals: dict[str, str]


@cache
def words() -> Words:
    """The words, read once."""
    return Words.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def table_sv(contract_id: str) -> str:
    """A source table's name; its id where it has none yet."""
    return words().tables.get(contract_id, contract_id)


def hypothesis_sv(hypothesis: str, question_sv: str) -> str:
    """The statement to be tried; the question of its strongest signal where none is written."""
    return words().hypotheses.get(hypothesis, question_sv)


def sources_sv(text: str) -> str:
    """'registry + benefits', 'benefits', 'tenancy__leases' or 'outcomes' as people say it."""
    names = [
        sources()[part].name_sv if part in sources() else table_sv(part)
        for part in text.split(" + ")
    ]
    return upper_first(" och ".join(names))


def personnummer_sv(digits: str) -> str:
    """198001019804 -> 19800101-9804."""
    return f"{digits[:8]}-{digits[8:]}"


def whole(text: str) -> Markup:
    """The text, escaped, with dates and sums that no line breaks within."""
    return Markup(_UNBROKEN.sub(r'<span class="nb">\g<0></span>', str(escape(text))))


def upper_first(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
