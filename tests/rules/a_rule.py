"""The small rule in `small_rule/`, written anew with one thing changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from rules.catalogue import Rule, load_one
from rules.strict import read_yaml

SMALL = Path(__file__).parent / "small_rule"
SPEC: dict[str, Any] = read_yaml(SMALL / "rule.yml")
SQL = (SMALL / "signal.sql").read_text(encoding="utf-8")
EXAMPLES = (SMALL / "examples.yml").read_text(encoding="utf-8")


def changed(text: str, part: str, by: str = "") -> str:
    """The text with one part exchanged, which must be there."""
    assert part in text, part
    return text.replace(part, by)


def write(folder: Path, sql: str = SQL, examples: str = EXAMPLES, **changes: Any) -> Path:
    """The rule folder below `folder`; a key of rule.yml changed to None is taken out."""
    spec = {key: value for key, value in {**SPEC, **changes}.items() if value is not None}
    home = folder / "small_rule"
    home.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(spec, allow_unicode=True, sort_keys=False)
    (home / "rule.yml").write_text(text, encoding="utf-8")
    (home / "signal.sql").write_text(sql, encoding="utf-8")
    (home / "examples.yml").write_text(examples, encoding="utf-8")
    return home


def rule(folder: Path, sql: str = SQL, examples: str = EXAMPLES, **changes: Any) -> Rule:
    """The small rule with changes, read from disk."""
    return load_one(write(folder, sql, examples, **changes))
