"""rules/ stands alone: it imports no Dagster and nothing of ours but the errors."""

from __future__ import annotations

import ast
from pathlib import Path

RULES = Path(__file__).parents[2] / "rules"
OURS = {"assets", "data_contracts", "matching", "pipelines", "synthetic", "dagster"}


def test_imports() -> None:
    """What rules/ imports from this project is rules and data_contracts.errors."""
    named: set[str] = set()
    for file in RULES.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                named.add(node.module or "")
            elif isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
    assert {name for name in named if name.split(".")[0] in OURS} == {"data_contracts.errors"}
