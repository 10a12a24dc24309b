"""The asset graph: whole, in order, with true lineage, and nothing of a person in it."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

from data_contracts.contract import load_contracts
from pipelines.definitions import defs
from pipelines.stages import night, of_status
from rules.tables import core_tables

HERE = Path(__file__).parent
KEYS = HERE / "asset_keys.txt"
REMEDY = "python tests/pipelines/test_definitions.py > tests/pipelines/asset_keys.txt"


@pytest.fixture(scope="module")
def graph() -> AssetGraph:
    return defs.resolve_asset_graph()


def keys() -> list[str]:
    """`group/asset`, sorted: the graph as it reads from left to right."""
    nodes = defs.resolve_asset_graph().asset_nodes
    return sorted(f"{node.group_name}/{node.key.to_user_string()}" for node in nodes)


def test_the_graph_is_the_one_that_was_looked_at() -> None:
    """A node that comes or goes shows as one line of a diff."""
    assert keys() == KEYS.read_text("utf-8").splitlines(), f"If it is meant: {REMEDY}"


def test_groups_read_from_left_to_right(graph: AssetGraph) -> None:
    """No asset depends on one in a group further to the right."""
    group = {node.key: node.group_name for node in graph.asset_nodes}
    backwards = [
        f"{parent.to_user_string()} -> {node.key.to_user_string()}"
        for node in graph.asset_nodes
        for parent in node.parent_keys
        if group[parent] > group[node.key]
    ]
    assert not backwards


def test_lineage_begins_at_the_source_systems(graph: AssetGraph) -> None:
    """Every asset leads back to them, and they alone have nothing behind them."""
    roots = {node.key.to_user_string() for node in graph.asset_nodes if not node.parent_keys}
    assert roots == {
        "source_registry",
        "source_dwelling_register",
        "source_tenancy",
        "source_benefits",
        "source_vehicles",
    }


def test_a_signal_depends_on_what_its_rule_reads(graph: AssetGraph) -> None:
    """The edges are those of rule.yml, no more and no less."""
    for rule in of_status("live"):
        parents = graph.get(dg.AssetKey(f"signal_{rule.id}")).parent_keys
        assert {key.to_user_string() for key in parents} == set(rule.spec.reads)


def test_stages_outside_core_run_in_the_order_of_the_table(graph: AssetGraph) -> None:
    """Dagster follows dependencies alone: each stage must depend on the one before it."""
    made = [
        {dg.AssetKey(table.name) for table in stage.tables}
        for stage in night()
        if not stage.name.startswith(("core_", "resolved_"))
    ]
    loose = [
        sorted(key.to_user_string() for key in after)
        for before, after in itertools.pairwise(made)
        if not any(before & graph.get_ancestor_asset_keys(key) for key in after)
    ]
    assert not loose, "These depend on nothing of the stage before them in pipelines/stages.py"


def test_a_night_is_remembered_between_building_and_showing_it() -> None:
    """A night that could not be built is in nobody's history; one that is shown is in it."""
    assert [stage.name for stage in night()][-3:] == ["prepare", "remember", "publish"]


def test_every_core_table_is_an_asset(graph: AssetGraph) -> None:
    """What rules may read is what the graph shows."""
    made = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert set(core_tables()) <= made


def test_a_promise_that_says_stop_blocks(graph: AssetGraph) -> None:
    """Every promise of every contract is a check on its kept table; those that stop block."""
    blocking = {
        (spec.asset_key.to_user_string(), spec.name): spec.blocking
        for stage in night()
        for spec in stage.checks
    }
    for contract in load_contracts().values():
        for promise in contract.promises:
            is_blocking = blocking[f"kept_{contract.id}", promise.id]
            assert is_blocking == (promise.on_failure == "stop"), f"{contract.id} {promise.id}"


def test_every_table_says_what_it_is(graph: AssetGraph) -> None:
    """Description, kind and owner on every node."""
    bare = [
        node.key.to_user_string()
        for node in graph.asset_nodes
        if not (node.description and node.owners and node.kinds)
    ]
    assert not bare


def test_one_job_makes_every_table(graph: AssetGraph) -> None:
    """`nightly` is the whole night, one partition per delivery."""
    job = defs.resolve_job_def("nightly")
    made = {key for key in graph.get_all_asset_keys() if graph.get(key).is_materializable}
    assert set(job.asset_layer.selected_asset_keys) == made
    assert isinstance(job.partitions_def, dg.DynamicPartitionsDefinition)
    assert job.partitions_def.name == "deliveries"


def test_loading_takes_no_great_expectations_and_no_scikit_learn() -> None:
    """Each takes four seconds; the UI's code server and every run would wait for them."""
    loaded = (
        "import sys, json, pipelines.definitions;"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    out = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    ).stdout
    heavy = {"great_expectations", "sklearn", "pandas", "dagster_graphql", "dagster_webserver"}
    assert heavy.isdisjoint(json.loads(out))


if __name__ == "__main__":
    print("\n".join(keys()))
