"""The inbox sensor: one run per new complete delivery, and a sentence when there is none."""

import dagster as dg

from assets.home import Home
from pipelines import deliveries
from pipelines.sensors import inbox
from tests.pipelines.fakes import accept, definitions, deliver


def tick(instance: dg.DagsterInstance) -> dg.SensorResult | dg.SkipReason:
    context = dg.build_sensor_context(
        instance=instance, repository_def=definitions().get_repository_def()
    )
    return inbox(context)


def test_a_new_complete_delivery_gets_one_run(home: Home, instance: dg.DagsterInstance) -> None:
    """The run key is the manifest's hash, the partition the extract date; oldest first."""
    newer = deliver(home.inbox, "2026-10-02")
    older = deliver(home.inbox, "2026-10-01")
    deliver(home.inbox, "2026-10-03", complete=False)
    result = tick(instance)
    assert isinstance(result, dg.SensorResult)
    keys = [deliveries.at(folder).manifest_sha256 for folder in (older, newer)]
    assert [one.run_key for one in result.run_requests or []] == keys
    assert [one.partition_key for one in result.run_requests or []] == ["2026-10-01", "2026-10-02"]
    assert [one.tags[deliveries.TAG_MANIFEST] for one in result.run_requests or []] == keys
    [added] = result.dynamic_partitions_requests or []
    assert (added.partitions_def_name, added.partition_keys) == (
        "deliveries",
        ["2026-10-01", "2026-10-02"],
    )


def test_what_is_no_manifest_stops_no_other_delivery(
    home: Home, instance: dg.DagsterInstance
) -> None:
    """A folder or a dangling link of that name is somebody's mistake, and theirs alone."""
    (home.inbox / "2026-10-03" / deliveries.MANIFEST).mkdir(parents=True)
    (home.inbox / "2026-10-04").mkdir()
    (home.inbox / "2026-10-04" / deliveries.MANIFEST).symlink_to("nowhere")
    deliver(home.inbox, "2026-10-01")
    result = tick(instance)
    assert isinstance(result, dg.SensorResult)
    assert [one.partition_key for one in result.run_requests or []] == ["2026-10-01"]


def test_a_delivery_that_has_had_its_run_gets_no_other(
    home: Home, instance: dg.DagsterInstance
) -> None:
    """Whoever started it, the command line too, and however it ended."""
    folder = deliver(home.inbox, "2026-10-01")
    instance.create_run_for_job(
        definitions().resolve_job_def("nightly"), tags=deliveries.at(folder).tags()
    )
    result = tick(instance)
    assert isinstance(result, dg.SkipReason)
    assert result.skip_message == (
        "Nothing new: all 1 complete deliveries in the inbox have had their run."
    )


def test_a_second_delivery_of_an_accepted_date_waits_for_a_person(
    home: Home, instance: dg.DagsterInstance
) -> None:
    """Which of two deliveries counts is nothing a sensor decides."""
    first = deliveries.at(deliver(home.path / "elsewhere", "2026-10-01"))
    accept(home, first.name, first.manifest_sha256)
    deliver(home.inbox, "2026-10-01", rows=3)
    result = tick(instance)
    assert isinstance(result, dg.SkipReason)
    assert "2026-10-01" in str(result.skip_message)
    assert "--replace" in str(result.skip_message)


def test_a_folder_that_is_not_named_by_a_date_is_told_of(
    home: Home, instance: dg.DagsterInstance
) -> None:
    """It would be refused: the folder's name is the extract date."""
    deliver(home.inbox, "2026-10-01").rename(home.inbox / "oktober")
    result = tick(instance)
    assert isinstance(result, dg.SkipReason)
    assert result.skip_message == (
        "1 folders in the inbox are not named by a date, written 2026-10-01."
    )
