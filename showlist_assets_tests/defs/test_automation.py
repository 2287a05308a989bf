"""The warehouse follows the shows by itself, once per wave of runs."""

from __future__ import annotations

import dagster as dg
import pytest
from dagster._core.events import StepMaterializationData

from showlist_assets.defs.automation import automation_sensor
from showlist_assets.domain.states import STATE_CODES

WAREHOUSE = dg.AssetKey("warehouse")


@pytest.fixture
def daemon(platform):
    """Evaluates the conditions as the daemon does; tells how often the warehouse is asked for."""

    class Daemon:
        cursor = None

        def tick(self) -> int:
            found = dg.evaluate_automation_conditions(
                platform.definitions, platform.instance, cursor=self.cursor
            )
            self.cursor = found.cursor
            return found.get_num_requested(WAREHOUSE)

        def materialized(self, asset, *states):
            for state in states or (None,):
                platform.instance.report_runless_asset_event(
                    dg.AssetMaterialization(asset, partition=state)
                )

    return Daemon()


def test_it_is_built_once_however_many_states_have_changed(daemon):
    assert daemon.tick() == 0
    daemon.materialized("upcoming_shows", *STATE_CODES[:17])
    assert daemon.tick() == 1
    daemon.materialized("warehouse")
    assert daemon.tick() == 0
    daemon.materialized("upcoming_shows", "WY")
    assert daemon.tick() == 1


class RunUnderWay:
    """A run of ``refresh_states`` as the daemon has started it; the test tells what it does."""

    def __init__(self, platform, states):
        self._instance, self.states = platform.instance, states
        job = platform.definitions.resolve_job_def("refresh_states")
        self._run = self._instance.create_run_for_job(
            job,
            status=dg.DagsterRunStatus.STARTED,
            asset_selection=frozenset(job.asset_layer.executable_asset_keys),
            tags={
                "dagster/asset_partition_range_start": states[0],
                "dagster/asset_partition_range_end": states[-1],
            },
        )

    def materialize(self, asset):
        for state in self.states:
            self._report(
                dg.DagsterEventType.ASSET_MATERIALIZATION,
                StepMaterializationData(dg.AssetMaterialization(asset, partition=state)),
            )

    def end(self, kind=dg.DagsterEventType.RUN_SUCCESS):
        self._report(kind)

    def _report(self, kind, data=None):
        event = dg.DagsterEvent(kind.value, self._run.job_name, event_specific_data=data)
        self._instance.report_dagster_event(event, self._run.run_id)


def test_three_runs_of_a_wave_publish_it_once_after_the_last(daemon, platform):
    assert daemon.tick() == 0
    first, second, third = (
        RunUnderWay(platform, STATE_CODES[start : start + 2]) for start in (0, 2, 4)
    )
    first.materialize("upcoming_shows")
    first.end()
    assert daemon.tick() == 0, "two are under way"
    second.materialize("upcoming_shows")
    third.materialize("upcoming_shows")
    third.end()
    assert daemon.tick() == 0, "one is under way, whose shows are written"
    second.end(dg.DagsterEventType.RUN_FAILURE)
    assert daemon.tick() == 1, "a run that fails ends as well"
    daemon.materialized("warehouse")
    assert daemon.tick() == 0


def test_it_does_not_wait_for_states_that_nobody_asked_for(daemon):
    assert daemon.tick() == 0
    daemon.materialized("upcoming_shows", "WY")
    assert daemon.tick() == 1


def test_events_without_new_shows_do_not_rebuild_it(daemon):
    assert daemon.tick() == 0
    daemon.materialized("raw_events", "WY")
    assert daemon.tick() == 0


def test_it_needs_no_operator_to_turn_it_on():
    assert automation_sensor.default_status is dg.DefaultSensorStatus.RUNNING


def test_whoever_runs_without_the_daemon_builds_it_at_once(filled_platform):
    platform = filled_platform
    assert not platform.platform.warehouse_file.exists()
    assert platform.run_job("rebuild_warehouse").success
    assert platform.platform.warehouse_file.exists()
    assert platform.metadata("warehouse")["rows_in_upcoming_shows"] > 0
