"""Each layer imports only what stands to its left in docs/design, and the pure ones no Dagster."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "matching": set(),
    "data_contracts": {"matching"},
    "rules": {"data_contracts"},
    "assets": {"data_contracts", "matching", "rules"},
    "synthetic": {"matching"},
    "pipelines": {"assets", "data_contracts", "matching", "rules", "synthetic"},
    "bench": {"assets", "data_contracts", "matching", "pipelines", "rules", "synthetic"},
}
KNOWS_DAGSTER = {"assets/base.py"}


def imported(file: Path) -> set[str]:
    """The top-level names of every module that the file imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    origins = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.split(".")[0] for name in plain | origins}


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_a_layer_imports_only_what_stands_to_its_left(layer: str) -> None:
    """All offenders at once, so that one look mends them."""
    ours = set(MAY_IMPORT)
    offenders = [
        f"{file.relative_to(ROOT)} imports {', '.join(sorted(wrong))}"
        for file in sorted((ROOT / layer).rglob("*.py"))
        if (wrong := (imported(file) & ours) - MAY_IMPORT[layer] - {layer})
    ]
    assert not offenders, f"{layer} may import {sorted(MAY_IMPORT[layer])} only: {offenders}"


def test_dagster_stays_in_pipelines_and_one_module() -> None:
    """What a stage or rule does can be run, tested and moved without an orchestrator."""
    offenders = [
        name
        for layer in MAY_IMPORT
        if layer != "pipelines"
        for file in sorted((ROOT / layer).rglob("*.py"))
        if (name := str(file.relative_to(ROOT))) not in KNOWS_DAGSTER
        and "dagster" in imported(file)
    ]
    assert not offenders, f"Move what needs Dagster to assets/base.py or pipelines: {offenders}"
