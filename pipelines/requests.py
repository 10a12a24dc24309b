"""What sensor and schedule share: which deliveries have had their run, and a run's tags."""

from __future__ import annotations

import functools

import dagster as dg

from assets.publish import code_version
from pipelines.deliveries import TAG_CODE, TAG_MANIFEST, Waiting


def is_taken(instance: dg.DagsterInstance, waiting: Waiting) -> bool:
    """Whether a run, however it was started and ended, has been made for this very delivery.

    A failed one is not started over by itself: the same bytes would fail again.
    """
    tags = {TAG_MANIFEST: waiting.manifest_sha256}
    return instance.get_runs_count(dg.RunsFilter(tags=tags)) > 0


@functools.cache
def code_tag() -> dict[str, str]:
    """The tag that says which code a run ran."""
    return {TAG_CODE: code_version()}
