"""The one resource: the home, held from a run's first step to its last."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from threading import Thread

import dagster as dg
from pydantic import PrivateAttr

from assets import expectations
from assets.base import Stage
from assets.home import Home
from assets.retention import forget_trials
from assets.workspace import Workspace
from data_contracts.delivery import open_delivery
from data_contracts.errors import BoendesignalError
from pipelines import deliveries, night_log, progress
from pipelines.requests import code_tag

PARTITION_TAG = "dagster/partition"


class NightResource(dg.ConfigurableResource):
    """The home that BOENDESIGNAL_HOME names and the workspace of the run.

    The workspace belongs to the root run, so that a re-execution from failure finds its work file.
    """

    _home: Home | None = PrivateAttr(None)
    _instance: dg.DagsterInstance | None = PrivateAttr(None)
    _failed: str | None = PrivateAttr(None)  # the stage that failed in this run
    _workspaces: dict[str, Workspace] = PrivateAttr(default_factory=dict)
    _open_files: ExitStack = PrivateAttr(default_factory=ExitStack)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[NightResource]:
        home = Home.open()
        with home.lock(), private_files(), ExitStack() as self._open_files:
            self._home, self._instance = home, context.instance
            forget_landed(home)  # of a run that was killed
            try:
                yield self
            finally:
                self._open_files.close()
                forget_landed(home)
                self._home, self._workspaces = None, {}

    @property
    def home(self) -> Home:
        if self._home is None:
            raise BoendesignalError("The night is used outside a run: start a run of `nightly`.")
        return self._home

    def workspace(self, run: dg.DagsterRun) -> Workspace:
        """The run's workspace; its delivery is verified once. Raises DeliveryRefused."""
        root = run.root_run_id or run.run_id
        if root not in self._workspaces:
            self._workspaces[root] = self._open(run, root)
        return self._workspaces[root]

    def _open(self, run: dg.DagsterRun, root: str) -> Workspace:
        extract_date = extract_date_of(run)
        told = run.tags.get(deliveries.TAG_DELIVERY)
        waiting = deliveries.at(Path(told) if told else deliveries.find(self.home, extract_date))
        if told:
            deliveries.remember_path(self.home, waiting)
        if self._instance:  # a run from the launchpad begins without them
            self._instance.add_run_tags(run.run_id, {**waiting.tags(), **code_tag()})
        replace = deliveries.TAG_REPLACE in run.tags
        deliveries.refuse_second(self.home, extract_date, waiting.manifest_sha256, replace)
        delivery = open_delivery(waiting.path)
        if delivery.extract_date.isoformat() != extract_date:
            raise BoendesignalError(
                f"The run is for {extract_date} and the delivery for {delivery.extract_date}. "
                "Choose the delivery's own date as partition."
            )
        self.home.settle(delivery.municipality_code)
        expectations.judge()  # rows land while its process starts
        Thread(target=import_module, args=["sklearn.ensemble"]).start()  # 1 s, needed last
        ws = Workspace(self.home, root, delivery)
        self._open_files.enter_context(ws.held())
        return ws

    @contextmanager
    def watch(self, run: dg.DagsterRun, stage: Stage) -> Iterator[None]:
        """Show the stage while it works, and let `status` know of the run."""
        if self._failed == stage.name:
            self._failed = None  # this is its second try
        self._note(run, "running", stage)
        with progress.shown(stage.title):
            yield
        if stage.is_last:
            self._note(run, "published", stage)

    def note_failure(self, run: dg.DagsterRun, stage: Stage, text: str) -> None:
        """Let `status` know; steps that do not need the failed one still run, and say no more."""
        self._note(run, "failed", stage, text)
        self._failed = stage.name

    def _note(
        self, run: dg.DagsterRun, state: night_log.State, stage: Stage, text: str = ""
    ) -> None:
        if self._failed:
            return
        opened = self._workspaces.get(run.root_run_id or run.run_id)
        night_log.note(
            self.home,
            night_log.NightRun(
                extract_date=extract_date_of(run),
                manifest_sha256=opened.delivery.manifest_sha256
                if opened
                else run.tags.get(deliveries.TAG_MANIFEST, ""),
                run_id=run.root_run_id or run.run_id,
                state=state,
                at=night_log.now(),
                stage=stage.name,
                text=text,
            ),
        )


@contextmanager
def private_files() -> Iterator[None]:
    """Whoever started Dagster, and however: what a run writes is its owner's alone."""
    usual = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(usual)


def forget_landed(home: Home) -> None:
    """Delete landed rows and spill, which may be protected people's, of every run.

    The caller holds the home, so that no run is at work with them.
    """
    for file in home.runs.glob("*/landing.duckdb*"):
        file.unlink()
    for folder in home.runs.glob("*/spill"):
        shutil.rmtree(folder)
    forget_trials(home)


def extract_date_of(run: dg.DagsterRun) -> str:
    """The run's partition. Raises BoendesignalError where it has none."""
    partition = run.tags.get(PARTITION_TAG)
    if not partition:
        raise BoendesignalError("The run has no partition: choose the extract date of a delivery.")
    return partition
