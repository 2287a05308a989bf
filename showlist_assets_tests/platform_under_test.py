"""The platform as the tests drive it: real runs on an instance of their own, over real HTTP."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import dagster as dg
from dagster._core.instance import InstanceType
from dagster._core.instance.ref import compute_logs_directory
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher
from dagster._core.run_coordinator import DefaultRunCoordinator
from dagster._core.storage.event_log import InMemoryEventLogStorage
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.runs import InMemoryRunStorage
from sqlalchemy import text

from showlist_assets.definitions import build_definitions
from showlist_assets.defs.partitions import range_tags
from showlist_assets.settings import Settings, load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import PINNED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import polars as pl
    from sqlalchemy.engine import Connection

    from showlist_assets.sandbox.server import Sandbox
    from showlist_assets.storage.tables import TableStore

FILLED: Final = ("VT", "WA", "WY")
"""The states of ``conftest.filled_platform``."""

_QUIET: Final = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class EventsInMemory(InMemoryEventLogStorage):
    """Dagster's, by the connection that it holds anyway; its own opens another for every event."""

    def __init__(self) -> None:
        """Belong to this thread; whatever another one does is done as ever."""
        super().__init__()
        self._thread = threading.get_ident()
        with self._held_conn.begin():
            self._held_conn.execute(text("PRAGMA foreign_keys=ON;"))

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        if threading.get_ident() != self._thread:
            with super()._connect() as connection:
                yield connection
            return
        with self._db_lock, self._held_conn.begin():
            yield self._held_conn


def instance_in_memory(folder: Path) -> dg.DagsterInstance:
    """An instance of this process alone, with ``folder`` for what its runs put into files."""
    # As ``DagsterInstance.ephemeral`` puts it together, but for the events.
    return dg.DagsterInstance(
        instance_type=InstanceType.EPHEMERAL,
        local_artifact_storage=LocalArtifactStorage(str(folder)),
        run_storage=InMemoryRunStorage(),
        event_storage=EventsInMemory(),
        compute_log_manager=NoOpComputeLogManager(),
        run_coordinator=DefaultRunCoordinator(),
        run_launcher=SyncInMemoryRunLauncher(),
    )


class PlatformUnderTest:
    """Settings, definitions, instance, tables and sandbox of one test.

    Attributes:
        variables: Its settings, by the names of environment variables.
        requests_made: Of finished runs, what the sandbox counted.
    """

    requests_made: Sequence[Mapping[str, Any]] = ()

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder
        (folder / "dagster").mkdir()
        # In memory: SQLite files cost as much time as the runs themselves.
        self.instance = instance_in_memory(folder / "dagster")
        self.root = folder / "data"
        self.variables = {
            **PINNED,
            "SHOWLIST_DATA_ROOT": str(self.root),
            "SHOWLIST_OVERRIDES": str(folder / "overrides.yaml"),
            "SHOWLIST_SHOW_DECISIONS": str(folder / "shows.yaml"),
            "SHOWLIST_FEEDS": str(folder / "feeds"),
            "SHOWLIST_RECIPES": str(folder / "recipes"),
            "SHOWLIST_RETRY_DELAY_SECONDS": "0.01",
            # The sandbox's faults meet requests by their number.
            "SHOWLIST_LOOKUP_THREADS": "1",
            **sandbox.env(),
        }

    def set(self, **variables: str) -> None:
        """Change settings for the rest of the test; an empty one goes back to its default."""
        self.variables |= variables
        self.variables = {name: value for name, value in self.variables.items() if value}

    def pretend(self, now: datetime) -> None:
        """Make the platform believe that it is ``now``."""
        self.set(SHOWLIST_NOW=now.isoformat())

    def wait(self, **time: float) -> None:
        """Let time pass (``hours=25``) for the platform and for the sandbox."""
        self.sandbox.advance(**time)
        self.pretend(self.sandbox.state.clock.now())

    @property
    def settings(self) -> Settings:
        return load_settings(**self.variables)

    @property
    def platform(self) -> Platform:
        """As a new process would put it together."""
        return Platform(self.settings)

    @property
    def definitions(self) -> dg.Definitions:
        return build_definitions(self.settings)

    @property
    def store(self) -> TableStore:
        return self.platform.tables

    def table(self, name: str) -> pl.DataFrame:
        """Every stored row of a table."""
        return self.store.read_all(name)

    def run(self, first: str, last: str | None = None) -> dg.ExecuteInProcessResult:
        """One run of all tables for the states from ``first`` to ``last``."""
        return self.run_job("refresh_states", tags=range_tags(first, last or first))

    def run_job(
        self,
        name: str,
        *,
        tags: dict[str, str] | None = None,
        partition_key: str | None = None,
        config: dict[str, object] | None = None,
        asset_selection: Sequence[dg.AssetKey] | None = None,
    ) -> dg.ExecuteInProcessResult:
        return self.definitions.resolve_job_def(name).execute_in_process(
            instance=self.instance,
            tags=tags,
            partition_key=partition_key,
            run_config={**_QUIET, **(config or {})},
            asset_selection=asset_selection,
            raise_on_error=False,
        )

    def must_run(self, first: str, last: str | None = None) -> dg.ExecuteInProcessResult:
        """A run that the test relies on."""
        result = self.run(first, last)
        assert result.success, failures(result)
        return result

    def metadata(self, asset: str, state: str | None = None) -> dict[str, object]:
        """Metadata values of the latest materialization of an asset (of one partition)."""
        found = self.instance.fetch_materializations(
            dg.AssetRecordsFilter(
                asset_key=dg.AssetKey(asset), asset_partitions=[state] if state else None
            ),
            limit=1,
        ).records
        assert found, f"{asset} was not materialized"
        event = found[0].asset_materialization
        assert event is not None
        return {name: entry.value for name, entry in event.metadata.items()}

    def of_run(self, asset: str) -> dict[str, object]:
        """What the latest run said of itself as a whole, when it made ``asset``."""
        found = self.instance.fetch_observations(dg.AssetKey(asset), limit=1).records
        assert found, f"no run said anything of {asset}"
        event = found[0].asset_observation
        assert event is not None
        return {name: entry.value for name, entry in event.metadata.items()}


def instance_on_disk(folder: Path) -> dg.DagsterInstance:
    """An instance that another process, or a schedule, can open; one in memory has no address."""
    folder.mkdir(exist_ok=True)
    # One file for the events of all runs: to make another for each takes longer than the run.
    events = {
        "module": "dagster._core.storage.event_log",
        "class": "ConsolidatedSqliteEventLogStorage",
        "config": {"base_dir": str(folder)},
    }
    # Dagster's own would start four processes for each run, to keep what steps print.
    logs = {
        "module": "showlist_assets.defs.downloads",
        "class": "FilesWithoutOutput",
        "config": {"base_dir": compute_logs_directory(str(folder))},
    }
    overrides = {"telemetry": {"enabled": False}, "event_log_storage": events, "compute_logs": logs}
    return dg.DagsterInstance.local_temp(str(folder), overrides=overrides)


def make_partitions(
    instance: dg.DagsterInstance,
    name: str,
    requests: Sequence[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest] | None,
) -> None:
    """What a daemon does with a sensor's ``requests`` for the dynamic partitions ``name``."""
    for request in requests or ():
        if isinstance(request, dg.AddDynamicPartitionsRequest):
            instance.add_dynamic_partitions(name, request.partition_keys)
        else:
            for key in request.partition_keys:
                instance.delete_dynamic_partition(name, key)


def failures(result: dg.ExecuteInProcessResult) -> str:
    """What the failed steps said."""
    said = []
    for event in result.get_step_failure_events():
        data = event.step_failure_data
        told = data.user_failure_data.description if data.user_failure_data else None
        said.append(told or (data.error.to_string() if data.error else ""))
    return "\n".join(map(str, said))


def checks(result: dg.ExecuteInProcessResult) -> dict[tuple[str, str], dg.AssetCheckEvaluation]:
    """Evaluations of a run by (asset, check)."""
    return {
        (evaluation.asset_key.path[-1], evaluation.check_name): evaluation
        for evaluation in result.get_asset_check_evaluations()
    }
