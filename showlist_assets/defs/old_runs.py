"""Deleting old runs, which Dagster keeps for ever.

What belongs here: which runs may go, and everything of them that has to. What does not: when it is
done (``schedules``, ``ticking``).

A run stays, however old, while something still refers to it: the newest materialization, attempt,
observation or check result of any partition is what Dagster tells states and changes by, and what
sensors have got to (``changes.EventLog``). So does whoever has the newest number of the event log
or of the runs: SQLite gives a number that has become free to the next one, and whoever has got
further than that would never see it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import dagster as dg

# Dagster 1.13 tells of no run which materializations are the newest of their partitions, and
# deletes a run's row before its events (test_upstream_facts.py).
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from sqlalchemy import delete, func, select

from showlist_assets.domain.quantities import counted
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.engine import Connection

FINISHED: Final = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]
AT_MOST: Final = 1000
"""How many runs one pass deletes: some ten seconds (docs/operations.md#old-runs)."""

_NEWEST_OF: Final = (
    (dg.DagsterEventType.ASSET_MATERIALIZATION,),
    (dg.DagsterEventType.ASSET_OBSERVATION,),
    # The UI tells by the newest attempt that a partition has failed.
    (
        dg.DagsterEventType.ASSET_MATERIALIZATION,
        dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
        dg.DagsterEventType.ASSET_FAILED_TO_MATERIALIZE,
    ),
)
_PLANNED: Final = "PLANNED"


class UnknownStorageError(ShowlistError):
    """Runs are kept by something else than a database that Dagster comes with."""


@dataclass(frozen=True)
class OldRuns:
    """The finished runs that ended long enough ago.

    Attributes:
        deletable: Those that may be deleted, the oldest first.
        held: How many stay, because something still refers to them.
    """

    deletable: tuple[str, ...]
    held: int


@dataclass(frozen=True)
class Purge:
    """What became of old runs.

    Attributes:
        days: How long a run is kept; 0 for ever.
        deleted: How many went, or would.
        waiting: How many go with the next passes.
        held: How many stay, because something still refers to them.
        dry_run: Whether they were only counted.
    """

    days: int
    deleted: int = 0
    waiting: int = 0
    held: int = 0
    dry_run: bool = False

    @property
    def words(self) -> str:
        """The same for a person."""
        if not self.days:
            return "Runs are kept for ever (SHOWLIST_RUNS_KEPT_DAYS=0)."
        older = f"older than {counted(self.days, 'day')}"
        verb = "to delete" if self.dry_run else "deleted"
        told = f"{counted(self.deleted, 'run')} {older} {verb}" if self.deleted else ""
        told = told or f"No run {older} can go"
        if self.waiting:
            told += f"; {self.waiting} more with the next passes"
        if self.held:
            told += f"; {self.held} as old hold the newest result of something, and stay"
        return f"{told}."


def old_runs(instance: dg.DagsterInstance, ended_before: datetime) -> OldRuns:
    """The finished runs of ``instance`` that nothing has happened to since ``ended_before`` (UTC).

    Raises:
        UnknownStorageError: it cannot be told which of them are referred to.
    """
    old = instance.get_run_ids(dg.RunsFilter(statuses=FINISHED, updated_before=ended_before))
    if not old:
        return OldRuns((), 0)
    newest = set(instance.get_run_ids(limit=1))
    with _events(instance).index_connection() as connection:
        referred = newest | {
            row.run_id for query in _referred() for row in connection.execute(query)
        }
    deletable = tuple(run for run in reversed(old) if run not in referred)
    return OldRuns(deletable, held=len(old) - len(deletable))


def purge(
    instance: dg.DagsterInstance,
    *,
    now: datetime,
    days: int,
    at_most: int = AT_MOST,
    dry_run: bool = False,
) -> Purge:
    """Delete the runs that ended more than ``days`` before ``now``; with 0 days, none.

    Args:
        instance: Keeps them.
        now: The present (UTC).
        days: How long a run is kept.
        at_most: How many are deleted; the oldest are the first.
        dry_run: Whether they are only counted.

    Raises:
        UnknownStorageError: it cannot be told which of them are referred to.
    """
    if not days:
        return Purge(days)
    old = old_runs(instance, now - timedelta(days=days))
    chosen = old.deletable[:at_most]
    if not dry_run:
        delete_runs(instance, chosen)
    waiting = len(old.deletable) - len(chosen)
    return Purge(days, len(chosen), waiting, old.held, dry_run=dry_run)


def delete_runs(instance: dg.DagsterInstance, run_ids: Iterable[str]) -> None:
    """Delete finished runs with their logs, events and check results.

    The run itself goes last: whoever dies in between leaves one that is found, and deleted, again.

    Raises:
        UnknownStorageError: the events are kept by something unknown; nothing was deleted.
    """
    events = _events(instance)
    for run_id in run_ids:
        # Every step's output, and the files that assets link to (``downloads``).
        instance.compute_log_manager.delete_logs(prefix=[run_id])
        with events.index_connection() as connection:
            events.delete_events_for_run(connection, run_id)
            _delete_check_results(connection, run_id)
        if events.supports_global_concurrency_limits:
            events.free_concurrency_slots_for_run(run_id)
        _delete_own_file(events, run_id)
        instance.run_storage.delete_run(run_id)


def _events(instance: dg.DagsterInstance) -> SqlEventLogStorage:
    events = instance.event_log_storage
    if isinstance(events, SqlEventLogStorage):
        return events
    raise UnknownStorageError(
        f"Events are kept by {type(events).__name__}, of which cannot be told which runs are still "
        "referred to, so none is deleted: set SHOWLIST_RUNS_KEPT_DAYS=0."
    )


def _referred() -> Iterable[Select[tuple[str]]]:
    """Queries for the runs that something refers to."""
    event, check = SqlEventLogStorageTable.c, AssetCheckExecutionsTable.c
    of_asset, of_check = (event.asset_key, event.partition), (check.asset_key, check.check_name)
    for types in _NEWEST_OF:
        chosen = event.dagster_event_type.in_([each.value for each in types])
        newest = select(func.max(event.id)).where(chosen).group_by(*of_asset)
        yield select(event.run_id).distinct().where(event.id.in_(newest))
    yield select(event.run_id).where(event.id == select(func.max(event.id)).scalar_subquery())
    # Planned ones are newer than the last result where a run has failed before the check.
    ran: Sequence[ColumnElement[bool]]
    for ran in ([], [check.execution_status != _PLANNED]):
        newest = select(func.max(check.id)).where(*ran).group_by(*of_check, check.partition)
        yield select(check.run_id).distinct().where(check.id.in_(newest))


def _delete_check_results(connection: Connection, run_id: str) -> None:
    """Delete what Dagster leaves behind: results of whose runs and events nothing is there."""
    results = AssetCheckExecutionsTable
    connection.execute(delete(results).where(results.c.run_id == run_id))


def _delete_own_file(events: SqlEventLogStorage, run_id: str) -> None:
    """Delete the SQLite file of the run's events, where it has one."""
    if not (isinstance(events, SqliteEventLogStorage) and events.is_run_sharded):
        return
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{events.path_for_shard(run_id)}{ending}").unlink()
