"""The platform as the tests drive it: real runs on an instance of their own, over real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from showlist_assets.definitions import build_definitions
from showlist_assets.defs.partitions import range_tags
from showlist_assets.storage.tables import TableStore, open_tables

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import polars as pl
    import pytest

    from showlist_assets.sandbox.server import Sandbox


class PlatformUnderTest:
    """Definitions, instance, tables and sandbox of one test."""

    def __init__(self, sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sandbox, self.folder, self._monkeypatch = sandbox, folder, monkeypatch
        (folder / "dagster").mkdir()
        # In memory: SQLite files cost as much time as the runs themselves.
        self.instance = dg.DagsterInstance.ephemeral(str(folder / "dagster"))
        self.root = folder / "data"
        self.set(SHOWLIST_DATA_ROOT=str(self.root), **sandbox.env())

    def set(self, **variables: str) -> None:
        """Set environment variables for the rest of the test."""
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)

    def pretend(self, now: datetime) -> None:
        """Make the platform believe that it is ``now``."""
        self.set(SHOWLIST_NOW=now.isoformat())

    def wait(self, **time: float) -> None:
        """Let time pass (``hours=25``) for the platform and for the sandbox."""
        self.sandbox.advance(**time)
        self.pretend(self.sandbox.state.clock.now())

    @property
    def store(self) -> TableStore:
        return open_tables(str(self.root))

    def table(self, name: str) -> pl.DataFrame:
        """Every stored row of a table."""
        return self.store.read_all(name)

    def run(self, first: str, last: str | None = None) -> dg.ExecuteInProcessResult:
        """One run of all assets for the states from ``first`` to ``last``."""
        job = build_definitions().resolve_job_def("refresh_states")
        return job.execute_in_process(
            instance=self.instance,
            tags=range_tags(first, last or first),
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
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
