"""A run from the command line: on the home's instance, clean in its errors, safe to repeat."""

import stat
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest
from polars.exceptions import PanicException

from assets.home import Home
from data_contracts.errors import BoendesignalError, DeliveryRefused
from pipelines import deliveries, night_log, running
from pipelines.instance import open_instance, stage_seconds
from pipelines.run_errors import RunFailed
from pipelines.running import execute, run_night
from tests.pipelines.fakes import CANARY, definitions, deliver, stages


def run(home: Home, folder: Path, night: tuple = (), *, replace: bool = False) -> dg.DagsterRun:
    return execute(home, deliveries.at(folder), replace, definitions(*night))


def test_a_run_is_quiet(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    """Dagster's thousand debug lines do not hide what the command line says."""
    run(home, deliver(home.inbox, "2026-10-01"))
    assert capfd.readouterr().err == ""


def test_a_run_shows_in_the_ui_with_partition_tags_and_counts(home: Home) -> None:
    """Whoever opens the UI sees the run, its delivery, its code and the tables' counts."""
    folder = deliver(home.inbox, "2026-10-01")
    done = run(home, folder)
    with open_instance(home) as instance:
        record = instance.get_run_by_id(done.run_id)
        assert record.status == dg.DagsterRunStatus.SUCCESS
        assert record.tags["dagster/partition"] == "2026-10-01"
        assert record.tags[deliveries.TAG_MANIFEST] == deliveries.at(folder).manifest_sha256
        assert record.tags[deliveries.TAG_CODE].startswith("0.")
        assert instance.get_dynamic_partitions("deliveries") == ["2026-10-01"]
        shown = {
            key: {
                name: value.value
                for name, value in instance.get_latest_materialization_event(
                    dg.AssetKey(key)
                ).asset_materialization.metadata.items()
                if name != "step_seconds"
            }
            for key in ("landing_x", "kept_x", "core_x", "published_cases")
        }
    assert shown == {
        "landing_x": {},  # delivered less kept would tell how many are protected
        "kept_x": {"protected": "< 10"},
        "core_x": {"dagster/row_count": 2, "n_marked": 1},
        "published_cases": {"cases": 1, "dagster/row_count": 1},
    }


def test_the_stages_of_the_last_run_have_their_seconds(home: Home) -> None:
    """What the benchmark reads."""
    run(home, deliver(home.inbox, "2026-10-01"))
    assert set(stage_seconds(home)) == {"land", "gate", "core", "publish"}


def test_an_unexpected_error_leaves_no_value_in_dagster(home: Home) -> None:
    """A name in an exception stands in one private file of the run and nowhere in Dagster."""

    def breaks(ws: object) -> dict[str, int]:
        try:
            raise KeyError(CANARY)
        except KeyError as cause:
            raise ValueError(f"cannot place {CANARY}") from cause

    folder = deliver(home.inbox, "2026-10-01")
    with pytest.raises(RunFailed) as told:
        run(home, folder, stages(core_stage=breaks))
    assert str(told.value).startswith("Core: stopped on ValueError. The published tables stand.")
    assert CANARY not in str(told.value)
    word = CANARY.split()[0].encode()
    leaks = [file for file in home.path.rglob("*") if file.is_file() and word in file.read_bytes()]
    assert [file.name for file in leaks] == ["error_core.txt"]
    assert stat.S_IMODE(leaks[0].stat().st_mode) == 0o600
    assert not [file for file in home.dagster.rglob("*") if file in leaks]


def test_an_error_before_the_gate_leaves_no_value_anywhere(home: Home) -> None:
    """The private file says where it broke; its text may quote a protected person."""

    def breaks(ws: object) -> dict[str, int]:
        try:
            raise KeyError(CANARY)
        except KeyError as cause:
            raise ValueError(f"cannot read {CANARY}") from cause

    with pytest.raises(RunFailed, match="Gate: stopped on ValueError"):
        run(home, deliver(home.inbox, "2026-10-01"), stages(gate_stage=breaks))
    [file] = home.runs.glob("*/error_gate.txt")
    assert "in breaks" in file.read_text()
    word = CANARY.split()[0].encode()
    files = [file for file in home.path.rglob("*") if file.is_file()]
    assert not [file for file in files if word in file.read_bytes()]


def test_a_panic_is_an_error_like_others(home: Home) -> None:
    """Rust libraries raise what is no Exception: its message would stand in Dagster's log."""

    def panics(ws: object) -> dict[str, int]:
        raise PanicException(CANARY)

    with pytest.raises(RunFailed, match="Core: stopped on PanicException"):
        run(home, deliver(home.inbox, "2026-10-01"), stages(core_stage=panics))
    files = [file for file in home.dagster.rglob("*") if file.is_file()]
    assert not [file for file in files if CANARY.encode() in file.read_bytes()]


def test_a_full_disk_is_said(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster's own log cannot be written then, and its error says nothing to a person."""

    monkeypatch.setattr("assets.base.RETRY", dg.RetryPolicy(max_retries=0))

    def full(ws: object) -> dict[str, int]:
        monkeypatch.setattr(
            running.shutil, "disk_usage", lambda _: SimpleNamespace(free=running.ROOM // 2)
        )
        raise OSError("No space left on device")

    with pytest.raises(RunFailed, match="disk that holds the home is full"):
        run(home, deliver(home.inbox, "2026-10-01"), stages(core_stage=full))


def test_a_refusal_is_told_as_it_stands_and_not_tried_again(home: Home) -> None:
    """The product's own errors are safe to show, and the same delivery would be refused again."""
    tries = []

    def refuses(ws: object) -> dict[str, int]:
        tries.append(1)
        raise DeliveryRefused("tenancy/kontrakt.csv is empty. Ask for it again.")

    folder = deliver(home.inbox, "2026-10-01")
    with pytest.raises(
        DeliveryRefused, match=r"^tenancy/kontrakt.csv is empty. Ask for it again.$"
    ):
        run(home, folder, stages(core_stage=refuses))
    assert len(tries) == 1
    last = night_log.last_runs(home)["2026-10-01"]
    assert (last.state, last.stage) == ("failed", "core")


def test_a_passing_fault_is_tried_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk or a lock may be gone in a moment: one more try, and the night is published."""
    monkeypatch.setattr("assets.base.RETRY", dg.RetryPolicy(max_retries=1))
    tries = []

    def stumbles(ws: object) -> dict[str, int]:
        tries.append(1)
        if len(tries) == 1:
            raise OSError(28, "No space left on device")
        return {"rows": 1}

    run(home, deliver(home.inbox, "2026-10-01"), stages(core_stage=stumbles))
    assert len(tries) == 2
    assert night_log.last_runs(home)["2026-10-01"].state == "published"


def test_what_a_run_writes_is_its_owners_alone(home: Home) -> None:
    """Also where a stage leaves it to the process, and whatever shell Dagster was started from."""
    written = []

    def writes(ws) -> dict[str, int]:
        written.append(ws.dir / "deep" / "er" / "file")
        written[0].parent.mkdir(parents=True)
        written[0].touch()
        return {"rows": 0}

    run(home, deliver(home.inbox, "2026-10-01"), stages(core_stage=writes))
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (written[0].parents[1], written[0])]
    assert modes == [0o700, 0o600]


def test_landed_rows_do_not_outlive_a_failed_run(home: Home) -> None:
    """Landing holds protected people's rows: when the gate fails, its file goes with the run."""

    def breaks(ws: object) -> dict[str, int]:
        raise ValueError("the gate broke")

    with pytest.raises(RunFailed):
        run(home, deliver(home.inbox, "2026-10-01"), stages(gate_stage=breaks))
    assert list(home.runs.glob("*/landing*")) == []


def test_a_re_execution_from_failure_goes_on_in_the_same_folder(home: Home) -> None:
    """The work of the steps that went through is not done again."""

    def breaks(ws: object) -> dict[str, int]:
        raise ValueError("a fault that is mended before the next try")

    with pytest.raises(RunFailed):
        run(home, deliver(home.inbox, "2026-10-01"), stages(core_stage=breaks))
    with open_instance(home) as instance:
        [failed] = instance.get_runs()
        with dg.execute_job(
            dg.reconstructable(mended_job),
            instance=instance,
            tags=failed.tags,
            reexecution_options=dg.ReexecutionOptions.from_failure(failed.run_id, instance),
        ) as again:
            done = [event.step_key for event in again.all_events if event.is_step_success]
    assert done == ["core", "publish"]
    assert (home.runs / failed.run_id / "result" / "cases.parquet").exists()


def mended_job() -> dg.JobDefinition:
    return definitions().resolve_job_def("nightly")


def test_a_table_materialised_alone_says_what_to_do(
    home: Home, instance: dg.DagsterInstance
) -> None:
    """One node of the graph has nothing to be made from; the message names the way."""
    deliver(home.inbox, "2026-10-01")
    instance.add_dynamic_partitions("deliveries", ["2026-10-01"])
    result = (
        definitions()
        .resolve_job_def("nightly")
        .execute_in_process(
            instance=instance,
            partition_key="2026-10-01",
            asset_selection=[dg.AssetKey("core_x")],
            raise_on_error=False,
        )
    )
    [failed] = [event for event in result.all_events if event.is_step_failure]
    said = failed.step_failure_data.user_failure_data.description
    assert said.startswith("This step reads what earlier steps of the same run made")
    assert "run the job `nightly`" in said


def test_a_second_delivery_needs_replace(home: Home) -> None:
    """Another delivery of an accepted date is refused, unless it shall take its place."""
    first = deliver(home.inbox, "2026-10-01")
    run(home, first)
    run(home, first)  # the same again is always allowed
    second = deliver(home.path / "elsewhere", "2026-10-01", rows=3)
    with pytest.raises(DeliveryRefused, match="is accepted already"):
        run_night(home, second)
    run(home, second, replace=True)
    assert str(second) in (home.state / "deliveries.json").read_text(encoding="utf-8")
    run(home, second)
    with pytest.raises(DeliveryRefused, match="--replace"):
        run_night(home, first)


def test_a_held_home_refuses_a_second_run(home: Home) -> None:
    """Two nights at once would read each other's half-made state."""
    folder = deliver(home.inbox, "2026-10-01")
    with home.lock(), pytest.raises(BoendesignalError, match=r"^Another run holds this home\."):
        run(home, folder)
    assert not (home.state / "deliveries.json").exists(), "it changes nothing"


def test_a_launchpad_run_finds_what_the_command_line_ran(home: Home) -> None:
    """A partition's delivery lies in the inbox, else where it was last run from."""
    elsewhere = deliver(home.path / "elsewhere", "2026-10-02")
    deliveries.remember_path(home, deliveries.at(elsewhere))
    assert deliveries.find(home, "2026-10-02") == elsewhere
    in_inbox = deliver(home.inbox, "2026-10-02")
    assert deliveries.find(home, "2026-10-02") == in_inbox
    with pytest.raises(DeliveryRefused, match="No complete delivery for 2026-10-03"):
        deliveries.find(home, "2026-10-03")


def test_the_night_log_tells_how_each_run_ended(home: Home) -> None:
    """`status` reads it: published, failed where and why, or killed."""
    run(home, deliver(home.inbox, "2026-10-01"))
    assert night_log.last_runs(home)["2026-10-01"].state == "published"
    killed = night_log.NightRun("2026-10-02", "", "r", "running", night_log.now(), pid=2**22 + 1)
    night_log.note(home, killed)
    assert night_log.last_runs(home)["2026-10-02"].state == "failed"
