"""Dagster's SQLite files, each by one SQLAlchemy engine where Dagster makes one for every event.

An engine asks the database who it is and compiles each statement anew, which is more work than to
store the event (docs/measured.md). Connections are opened and closed as ever, so the files, their
locks and their migrations are Dagster's own, and an instance may go from one class to the other.

What belongs here: how Dagster's own storage connects. What does not: what an instance is made of
(``dagster.yaml``, ``cli.in_process``).
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dagster._core.instance.ref import InstanceRef
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

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = _engine_of(self.conn_string_for_shard(shard), SQLITE_BUSY_TIMEOUT_SECONDS)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection


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


def with_kept_engines(reference: InstanceRef) -> InstanceRef:
    """The same instance, by these classes where it is kept by Dagster's SQLite ones."""
    kept = reference.storage_data
    if kept is None or kept.class_name != DagsterSqliteStorage.__name__:
        return reference
    return reference._replace(
        storage_data=kept._replace(
            module_name=SqliteStorage.__module__, class_name=SqliteStorage.__name__
        )
    )
