"""Swedish texts from templates and facts: pure functions, no rule knows of them but by template.

A template has three forms, and nothing else in braces or brackets:
  {fact}                 the fact as text
  {fact|singular|plural} the word that fits the number
  [ text with {fact}]    left out whole when a fact in it is not known or an empty list
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

UNKNOWN = "okänt"
_PART = re.compile(r"\{([a-z][a-z0-9_]*)(?:\|([^|{}\[\]]+)\|([^|{}\[\]]+))?\}|\[([^\[\]]*)\]")
_MONEY = ("_sek", "_sek_month")
_SHARE = ("certainty", "_share")


def facts_in(template: str) -> list[str]:
    """The facts a template names, in order of appearance, once each."""
    return list(dict.fromkeys(re.findall(r"\{([a-z][a-z0-9_]*)", template)))


def template_fault(template: str) -> str | None:
    """What is wrong with a template, or None."""
    rest = _PART.sub(lambda m: "" if m[1] else _PART.sub("", m[4]), template)
    stray = sorted(set(re.findall(r"[{}\[\]]", rest)))
    if stray:
        return (
            f"stray {' '.join(stray)}; allowed: {{fact}}, {{fact|singular|plural}} and "
            "[text with {fact}], not nested"
        )
    empty = [m[0] for m in _PART.finditer(template) if m[4] is not None and not facts_in(m[4])]
    return f"{empty[0]} names no fact, so nothing decides whether it is shown" if empty else None


def render(template: str, facts: Mapping[str, Any]) -> str:
    """The template with its facts; raises KeyError on a fact that is not there."""

    def part(match: re.Match[str]) -> str:
        name, singular, plural, optional = match.groups()
        if optional is not None:
            known = all(facts[fact] not in (None, []) for fact in facts_in(optional))
            return _PART.sub(part, optional) if known else ""
        if singular:
            return str(singular if facts[name] == 1 else plural)
        return as_text(name, facts[name])

    return _PART.sub(part, template)


def as_text(name: str, value: Any) -> str:
    """A fact as Swedish text; its unit is in its name (`_sek_month` is money, `_share` a share)."""
    if value is None or value == []:
        return UNKNOWN
    if isinstance(value, list):
        return listed([as_text(name, item) for item in value])
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, int | float):
        return _with_unit(name, value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _with_unit(name: str, value: float) -> str:
    if name.endswith(_MONEY):
        return f"{number(round(value))} kr"
    return f"{number(round(value * 100))} %" if name.endswith(_SHARE) else number(value)


def number(value: float) -> str:
    """7500 -> '7 500', 66.5 -> '66,5'; at most two decimals."""
    text = f"{round(float(value), 2):,.2f}".rstrip("0").rstrip(".")
    return text.replace(",", " ").replace(".", ",")


def listed(items: list[str]) -> str:
    """['A', 'B', 'C'] -> 'A, B och C'."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} och {items[-1]}"
