"""Dagster's SQLite storage with connections that stay open, and a purge that Dagster lacks.

Dagster opens a new engine and a new connection for every event; with some 150 tables and checks a
night that is 9 ms an event and 4 of the run's seconds. One pooled engine a file makes it 2 ms.
The files are Dagster's own and lie where its default storage has them.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from dagster import DagsterEventType
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, _event_logs_directory
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from dagster import AssetKey
    from dagster._core.event_api import EventRecordsResult
    from dagster._core.events.log import EventLogEntry
    from dagster._core.storage.event_log.base import AssetRecordsFilter
    from dagster._serdes import ConfigurableClassData
    from sqlalchemy.engine import Connection, Engine

OPEN_FILES = 4  # the index, the run at work, and what a reader of the UI looks at
FRESH = 1  # s that an answer about materialisations holds
BUSY_SECONDS = 30  # as Dagster's own: how long a writer waits for another process


class PooledEventLog(SqliteEventLogStorage):
    """Dagster's event log, one file per run and an index, on pooled connections."""

    def __init__(self, base_dir: str) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._tables: set[str] = set()
        self._answered: tuple[str, float, EventRecordsResult] | None = None
        super().__init__(base_dir)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).connect() as con, con.begin():
            yield con

    def _engine(self, shard: str) -> Engine:
        """The engine of one file, made once; the one longest unused makes room for it."""
        if shard not in self._engines or not Path(self.path_for_shard(shard)).exists():
            self._close(shard)
            self._engines[shard] = _make_engine(self.conn_string_for_shard(shard))
            self._initdb(self._engines[shard])
        self._engines.move_to_end(shard)
        while len(self._engines) > OPEN_FILES:
            self._close(next(iter(self._engines)))
        return self._engines[shard]

    def _close(self, shard: str) -> None:
        if engine := self._engines.pop(shard, None):
            engine.dispose()

    def fetch_materializations(
        self,
        records_filter: AssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult:
        """Asked for every check of a table, one after another: the last answer still holds.

        Unless this process has stored a materialisation since; of another's it hears a second late.
        """
        asked, now = repr((records_filter, limit, cursor, ascending)), time.monotonic()
        last = self._answered
        if last and last[0] == asked and now - last[1] <= FRESH:
            return last[2]
        answer = super().fetch_materializations(records_filter, limit, cursor, ascending)
        self._answered = asked, now, answer
        return answer

    def store_event(self, event: EventLogEntry) -> None:
        if event.dagster_event_type == DagsterEventType.ASSET_MATERIALIZATION:
            self._answered = None
        super().store_event(event)

    def has_table(self, table_name: str) -> bool:
        """Asked for every check event; a table that is there stays there."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        for shard in list(self._engines):
            self._close(shard)
        super().dispose()

    def purge(self, run_id: str) -> None:
        """Take away everything the log holds of one run, its file too."""
        self.delete_events(run_id)
        self._answered = None
        with self.index_connection() as con:
            con.execute(
                sqlalchemy.text("delete from asset_check_executions where run_id = :run_id"),
                {"run_id": run_id},
            )
        self._close(run_id)
        for suffix in ("", "-wal", "-shm"):
            Path(self.path_for_shard(run_id) + suffix).unlink(missing_ok=True)


def _make_engine(address: str) -> Engine:
    engine = sqlalchemy.create_engine(
        address,
        poolclass=QueuePool,
        pool_size=1,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @sqlalchemy.event.listens_for(engine, "connect")
    def relax(con: Any, _: object) -> None:
        # With a write-ahead log, NORMAL keeps the file whole in a crash and waits less for disk.
        con.execute("pragma synchronous = normal")

    return engine


class HomeStorage(DagsterSqliteStorage):
    """What dagster.yaml names: Dagster's SQLite storage with the pooled event log."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = PooledEventLog(_event_logs_directory(base_dir))

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData, config_value: dict[str, str]
    ) -> HomeStorage:
        Path(config_value["base_dir"]).mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(config_value["base_dir"], inst_data)
