"""Dagster's SQLite files, by engines that are kept and in as few transactions as can be.

Dagster makes an SQLAlchemy engine for every event, which asks the database who it is and compiles
each statement anew, and commits an event of an asset two or three times; both are more work than to
store it (docs/measured.md). What is stored is Dagster's own doing, and connections are opened and
closed as ever, so the files, their locks and their migrations are Dagster's, and an instance may go
from one class to the other.

What belongs here: how Dagster's own storage connects. What does not: what an instance is made of
(``defs.instance``).
"""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from alembic.runtime.migration import MigrationContext
from dagster._core.events import (
    ASSET_CHECK_EVENTS,
    ASSET_EVENTS,
    EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
)
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dagster._core.events import DagsterEventType
    from dagster._core.events.log import EventLogEntry
    from dagster._serdes import ConfigurableClassData
    from sqlalchemy.engine import Connection, Engine

# Each run has a file of its own; a daemon looks at many.
_ENGINES: Final = 32


@lru_cache(maxsize=_ENGINES)
def _engine_of(address: str, patience: float | None) -> Engine:
    """An engine without a pool: it holds no file open, so neither a fork nor a deletion matters."""
    arguments = {} if patience is None else {"timeout": patience}
    return create_engine(address, poolclass=NullPool, connect_args=arguments)


class EventLog(SqliteEventLogStorage):
    """The events: a file a run, and one of all that concerns assets."""

    def __init__(self, base_dir: str) -> None:
        """Keep them in the folder ``base_dir``."""
        super().__init__(base_dir)
        # One thread at a time, as ever; it may ask for a connection while it has another.
        self._db_lock = threading.RLock()  # type: ignore[assignment]
        self._begun: dict[str, Connection] = {}
        self._newest: dict[tuple[str, DagsterEventType], tuple[EventLogEntry, int]] = {}
        self._has_columns: set[str] = set()
        self._has_tables: set[str] = set()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard in self._begun:
                yield self._begun[shard]
                return
            engine = _engine_of(self.conn_string_for_shard(shard), SQLITE_BUSY_TIMEOUT_SECONDS)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def store_event(self, event: EventLogEntry) -> None:
        """Store it in the file of its run, and in that of all runs where it belongs there."""
        if _is_of_all_runs(event):
            self.store_event_batch([event])
        else:
            super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store all of them or none, by one transaction a file."""
        for run_id in dict.fromkeys(event.run_id for event in events):
            with self._one_transaction(run_id, INDEX_SHARD_NAME) as connection:
                for event in events:
                    if event.run_id == run_id:
                        super().store_event(event)
                newest, self._newest = self._newest, {}
                for event, event_id in newest.values():
                    super()._store_asset_event(connection, event, event_id)

    @contextmanager
    def _one_transaction(self, *shards: str) -> Iterator[Connection]:
        """Join whatever is stored in ``shards`` meanwhile; yields the connection to the last."""
        with self._db_lock, ExitStack() as stack:
            stack.callback(self._newest.clear)
            for shard in shards:
                self._begun[shard] = stack.enter_context(self._connect(shard))
                stack.callback(self._begun.pop, shard)
            yield self._begun[shards[-1]]

    def _store_asset_event(self, conn: Connection, event: EventLogEntry, event_id: int) -> None:
        """Of several events of an asset only the last is what the list of assets tells."""
        happened = event.get_dagster_event()
        if INDEX_SHARD_NAME not in self._begun or not happened.asset_key:
            super()._store_asset_event(conn, event, event_id)
            return
        self._newest[happened.asset_key.to_string(), happened.event_type] = (event, event_id)

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        """Dagster reads all of its migrations first, also where they are done already."""
        if not _has_version(engine):
            super()._initdb(engine, for_index_shard)

    def has_table(self, table_name: str) -> bool:
        """A migration adds tables, and takes none away."""
        if table_name not in self._has_tables:
            if not super().has_table(table_name):
                return False
            self._has_tables.add(table_name)
        return True

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        """A migration adds columns and takes none away."""
        if column_name not in self._has_columns:
            if not super()._has_asset_key_col_on_connection(conn, column_name):
                return False
            self._has_columns.add(column_name)
        return True


def _has_version(engine: Engine) -> bool:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() is not None


def _is_of_all_runs(event: EventLogEntry) -> bool:
    kind = event.dagster_event_type
    return kind is not None and (
        kind in ASSET_EVENTS
        or kind in ASSET_CHECK_EVENTS
        or kind in EVENT_TYPE_TO_PIPELINE_RUN_STATUS
    )


class Runs(SqliteRunStorage):
    """The runs and their tags."""

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction of its own."""
        with _engine_of(self._conn_string, None).connect() as connection, connection.begin():
            yield connection


class Schedules(SqliteScheduleStorage):
    """The ticks of schedules and sensors, and their cursors."""

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction of its own."""
        with _engine_of(self._conn_string, None).connect() as connection, connection.begin():
            yield connection


class SqliteStorage(DagsterSqliteStorage):
    """``storage: sqlite`` of a ``dagster.yaml``, connected as this module says."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        # Dagster has made the files where they lie, and brought them to its version.
        self._run_storage = Runs(self._run_storage._conn_string)  # noqa: SLF001
        self._event_log_storage = EventLog(self._event_log_storage._base_dir)  # noqa: SLF001
        self._schedule_storage = Schedules(self._schedule_storage._conn_string)  # noqa: SLF001

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> SqliteStorage:
        """As an instance makes it; the only value is ``base_dir``, an existing folder."""
        return cls(config_value["base_dir"], inst_data)
