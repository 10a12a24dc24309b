"""The pooled event log: what Dagster writes is there, in Dagster's own files, and can be purged."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from assets.home import Home
from pipelines import deliveries, storage
from pipelines.housekeeping import purge_dagster
from pipelines.instance import open_instance
from pipelines.running import execute
from pipelines.storage import OPEN_FILES, PooledEventLog
from tests.pipelines.fakes import definitions, deliver


def test_dagsters_own_storage_reads_what_was_written(home: Home) -> None:
    """Whoever takes our storage out of dagster.yaml loses nothing."""
    done = execute(home, deliveries.at(deliver(home.inbox, "2026-10-01")), defs=definitions())
    with open_instance(home) as instance:
        assert isinstance(instance.event_log_storage, PooledEventLog)
        ours = [event.message for event in instance.all_logs(done.run_id)]
    (home.dagster / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home.dagster)) as plain:
        assert [event.message for event in plain.all_logs(done.run_id)] == ours
        assert plain.get_latest_materialization_event(dg.AssetKey("published_cases"))


def test_open_files_are_few_however_many_runs_are_read(
    home: Home, instance: dg.DagsterInstance
) -> None:
    """A UI that looks at a thousand runs must not hold a thousand files open."""
    log = instance.event_log_storage
    assert isinstance(log, PooledEventLog)
    for number in range(OPEN_FILES + 3):
        log.get_logs_for_run(f"run-{number}")
    assert len(log._engines) == OPEN_FILES


def test_a_purged_run_leaves_nothing(home: Home) -> None:
    """Dagster keeps everything for ever; retention takes the run, its events and its file."""
    waiting = deliveries.at(deliver(home.inbox, "2026-10-01"))
    old, kept = (execute(home, waiting, defs=definitions()) for _ in range(2))
    later = datetime.now(UTC) + timedelta(days=1)
    with open_instance(home) as instance:
        assert purge_dagster(instance, later - timedelta(days=2), running=None) == 0
        assert purge_dagster(instance, later, running=kept.run_id) == 1
        assert [run.run_id for run in instance.get_runs()] == [kept.run_id]
    instance_files = [file for file in home.dagster.rglob("*") if file.is_file()]
    assert not [file for file in instance_files if old.run_id in file.name]
    assert not [file for file in instance_files if old.run_id.encode() in file.read_bytes()]


def test_what_was_materialised_is_told_at_once_and_of_another_process_soon(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer is given again, but never over this process's own materialisation."""

    def latest(instance: dg.DagsterInstance) -> str:
        [record] = instance.fetch_materializations(dg.AssetKey("table"), limit=1).records
        return str(record.asset_materialization.metadata["n"].value)

    def materialise(instance: dg.DagsterInstance, n: str) -> None:
        instance.report_runless_asset_event(dg.AssetMaterialization("table", metadata={"n": n}))

    monkeypatch.setattr(storage, "FRESH", 3600)
    with open_instance(home) as one, open_instance(home) as other:
        materialise(one, "first")
        assert latest(one) == latest(other) == "first"
        materialise(one, "second")
        assert latest(one) == "second"
        assert latest(other) == "first"
        monkeypatch.setattr(storage, "FRESH", 0)
        assert latest(other) == "second"
