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
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from dagster._core.events import (
    ASSET_CHECK_EVENTS,
    ASSET_EVENTS,
    EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
    DagsterEventType,
)
from dagster._core.storage.event_log.schema import SqlEventLogStorageMetadata
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sql import create_engine, get_alembic_config
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS, create_db_conn_string
from dagster._core.storage.sqlite_storage import (
    DagsterSqliteStorage,
    _event_logs_directory,
    _runs_directory,
    _schedule_directory,
)
from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

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
        self._begun: dict[str, Connection] = {}
        self._waiting: list[EventLogEntry] = []
        self._newest: dict[tuple[str, DagsterEventType], tuple[EventLogEntry, int]] = {}
        self._there: set[tuple[str, str]] = set()
        # Where the file of all runs is lost, this makes it anew, by what follows here.
        super().__init__(base_dir)
        # One thread at a time, as ever; it may ask for a connection while it has another.
        self._db_lock = threading.RLock()  # type: ignore[assignment]

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard in self._begun:
                yield self._begun[shard]
                return
            if self._waiting and not self._begun:
                self.store_event_batch([])
            engine = _engine_of(self.conn_string_for_shard(shard), SQLITE_BUSY_TIMEOUT_SECONDS)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def store_event(self, event: EventLogEntry) -> None:
        """Store it in the file of its run, and in that of all runs where it belongs there.

        What a step says of its inputs, checks and outputs waits for what follows at once, be it
        that the step ended or failed; whoever reads meanwhile by this storage finds it stored.
        """
        if _is_followed(event):
            with self._db_lock:
                self._waiting.append(event)
        elif self._waiting or _is_of_all_runs(event):
            self.store_event_batch([event])
        else:
            super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store all of a run's or none, by one transaction a file."""
        with self._db_lock:
            waiting, self._waiting = self._waiting, []
            of_these = dict.fromkeys(event.run_id for event in events)
            # Other runs first: nothing may fail any more once these events are stored, which
            # Dagster would store again.
            runs = dict.fromkeys(event.run_id for event in waiting if event.run_id not in of_these)
            try:
                for run_id in (*runs, *of_these):
                    together = [event for event in (*waiting, *events) if event.run_id == run_id]
                    self._store_together(run_id, together)
                    waiting = [event for event in waiting if event.run_id != run_id]
            except BaseException:
                # Dagster tries its own again; of these nobody else knows.
                self._waiting = [*waiting, *self._waiting]
                raise

    def _store_together(self, run_id: str, events: Sequence[EventLogEntry]) -> None:
        with self._one_transaction(run_id, INDEX_SHARD_NAME) as connection:
            for event in events:
                super().store_event(event)
            newest, self._newest = self._newest, {}
            for event, event_id in newest.values():
                super()._store_asset_event(connection, event, event_id)

    def dispose(self) -> None:
        """Store what still waits, where a step was left without an end."""
        try:
            if self._waiting:
                self.store_event_batch([])
        finally:
            super().dispose()

    @contextmanager
    def _one_transaction(self, *shards: str) -> Iterator[Connection]:
        """Join whatever is stored in ``shards`` meanwhile; yields the connection to the last."""
        with self._db_lock, ExitStack() as stack:
            stack.callback(self._newest.clear)
            for shard in shards:
                self._begun[shard] = stack.enter_context(self._connect(shard))
                stack.callback(self._begun.pop, shard)
            yield self._begun[shards[-1]]
            # The run's first, as Dagster does: what is told of an asset is told by its run. And
            # before any is closed, which takes longer: whoever is killed between has one of two.
            for connection in self._begun.values():
                if (transaction := connection.get_transaction()) is not None:
                    transaction.commit()

    def _store_asset_event(self, conn: Connection, event: EventLogEntry, event_id: int) -> None:
        """Of several events of an asset only the last is what the list of assets tells."""
        happened = event.get_dagster_event()
        if INDEX_SHARD_NAME not in self._begun or not happened.asset_key:
            super()._store_asset_event(conn, event, event_id)
            return
        self._newest[happened.asset_key.to_string(), happened.event_type] = (event, event_id)

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        """Dagster reads all of its migrations, three times for a new file; each run has one."""
        if _has_version(engine):
            return
        # What lies there may be of any age, and another process may be making it.
        with suppress(DatabaseError):
            if _make_new(engine):
                return
        super()._initdb(engine, for_index_shard)

    def has_table(self, table_name: str) -> bool:
        """Whether the table is there; a migration adds tables, and takes none away."""
        return self._is_there("table", table_name, super().has_table)

    def has_secondary_index(self, name: str) -> bool:
        """Whether a migration of rows was done, which is not undone."""
        return self._is_there("index", name, super().has_secondary_index)

    def has_asset_key_col(self, column_name: str) -> bool:
        """Whether the column is there; a migration adds columns, and takes none away."""
        return self._is_there("column", column_name, super().has_asset_key_col)

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        look = super()._has_asset_key_col_on_connection
        return self._is_there("column", column_name, lambda name: look(conn, name))

    def _is_there(self, kind: str, name: str, look: Callable[[str], bool]) -> bool:
        """What was there once is looked for no more."""
        if (kind, name) not in self._there and look(name):
            self._there.add((kind, name))
        return (kind, name) in self._there


def _is_made(address: str, table: str) -> bool:
    """Whether the file is there as Dagster makes it, with ``table``, the last that it makes."""
    if not Path(make_url(address).database or "").is_file():
        return False
    engine = _engine_of(address, None)
    with engine.connect() as connection:
        has_table = engine.dialect.has_table(connection, table)
    return has_table and _has_version(engine)


def _has_version(engine: Engine) -> bool:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() is not None


def _make_new(engine: Engine) -> bool:
    """Make an empty file one of events, as Dagster makes it; not where anything is in it."""
    with engine.connect() as connection:
        if inspect(connection).get_table_names():
            return False
        SqlEventLogStorageMetadata.create_all(connection)
        connection.execute(text("PRAGMA journal_mode=WAL;"))
        MigrationContext.configure(connection).stamp(_migrations(), "head")
        connection.commit()
        return True


@lru_cache(maxsize=1)
def _migrations() -> ScriptDirectory:
    return ScriptDirectory.from_config(get_alembic_config(sqlite_event_log.__file__))


def _is_followed(event: EventLogEntry) -> bool:
    """Whether another event of its step follows at once, whatever happens."""
    return event.step_key is not None and event.dagster_event_type in (
        DagsterEventType.LOADED_INPUT,
        DagsterEventType.ASSET_CHECK_EVALUATION,
        DagsterEventType.STEP_OUTPUT,
    )


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
        """Keep all in the folder ``base_dir``, as Dagster lays it out."""
        runs = create_db_conn_string(_runs_directory(base_dir), "runs")
        schedules = create_db_conn_string(_schedule_directory(base_dir), "schedules")
        if _is_made(runs, "instance_info") and _is_made(schedules, "job_ticks"):
            # Dagster's own beginning would only read all of its migrations once more.
            self.base_dir, self._inst_data = base_dir, inst_data
            super(DagsterSqliteStorage, self).__init__()  # type: ignore[no-untyped-call]
        else:
            super().__init__(base_dir, inst_data)
        self._run_storage, self._schedule_storage = Runs(runs), Schedules(schedules)
        self._event_log_storage = EventLog(_event_logs_directory(base_dir))

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> SqliteStorage:
        """As an instance makes it; the only value is ``base_dir``, an existing folder."""
        return cls(config_value["base_dir"], inst_data)
