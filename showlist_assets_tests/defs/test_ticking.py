"""What ``showlist tick`` does when: over a small set of states, with time that is pretended."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg
import pytest
from rich.console import Console

from showlist_assets.cli.demo_listener import connect_listener, connect_listening
from showlist_assets.cli.tick import prepared_tick
from showlist_assets.defs import schedules
from showlist_assets.defs.automation import automation_sensor
from showlist_assets.defs.jobs import CALLS_TAG
from showlist_assets.defs.schedules import default_schedules
from showlist_assets.defs.sensors import default_sensors
from showlist_assets.defs.ticking import (
    RUN_KEY_TAG,
    SCHEDULE_TAG,
    TICK_TAG,
    RunDone,
    last_tick,
)
from showlist_assets.sources.http import session as http
from showlist_assets_tests.defs.test_listening_sensor import import_plays
from showlist_assets_tests.platform_under_test import instance_on_disk
from showlist_assets_tests.rows import frame, pending

if TYPE_CHECKING:
    from pathlib import Path

    from showlist_assets.defs.ticking import Runner, RunWanted, StepDone
    from showlist_assets_tests.platform_under_test import PlatformUnderTest

_RECIPE = "states: [WY]\nwhen: any time\ntracks_per_artist: 1\n"


class Machine:
    """Ticks over a platform; its instance may be lost, its record stays in the data root."""

    def __init__(self, platform: PlatformUnderTest) -> None:
        self.platform, self.number = platform, 0
        platform.set(SHOWLIST_RETRIES="0")
        self.is_made_anew()

    def is_made_anew(self) -> None:
        """Nothing of Dagster's is left."""
        self.number += 1
        self.platform.instance = instance_on_disk(self.platform.folder / f"dagster{self.number}")

    def tick(self, *, dry_run: bool = False, run: Runner | None = None) -> dict[str, StepDone]:
        platform, nowhere = self.platform.platform, Console(file=io.StringIO())
        tick = prepared_tick(platform, self.platform.instance, nowhere, dry_run=dry_run, run=run)
        return {step.name: step for step in tick.steps()}

    def due(self) -> list[str]:
        return [name for name, step in self.tick().items() if step.due]

    def would_be_due(self) -> list[str]:
        return [name for name, step in self.tick(dry_run=True).items() if step.due]

    def has_seen_to_schedules(self) -> None:
        """As if a tick of just now had found nothing due."""
        file, now = self.platform.platform.tick_file, self.platform.platform.now()
        record = file.read()
        record.schedules = {each.name: last_tick(each, now) for each in default_schedules}
        file.write(record)

    def log_in(self, recipe: str = _RECIPE) -> None:
        # To read what was played takes longer than a push.
        self.platform.set(SHOWLIST_SPOTIFY_LISTENING="0")
        connect_listener(self.platform.sandbox, self.platform.platform)
        self.write_recipe(recipe)

    def write_recipe(self, recipe: str) -> None:
        folder = self.platform.folder / "recipes"
        folder.mkdir(exist_ok=True)
        (folder / "mine.yaml").write_text(recipe)

    def rewrite(self, state: str) -> None:
        """As another machine does whose Dagster knows nothing of this one."""
        store = self.platform.store
        store.write("upcoming_shows", state, store.read("upcoming_shows", [state]))

    def files(self) -> dict[Path, int]:
        """Every file outside Dagster's home with its time, but for those of SQLite's readers."""
        found = (each for each in self.platform.folder.rglob("*") if "dagster" not in str(each))
        return {
            path: path.stat().st_mtime_ns
            for path in found
            if path.is_file() and path.suffix not in {".sqlite-shm", ".sqlite-wal"}
        }

    def spotify_requests(self) -> int:
        return self.platform.sandbox.requests("spotify")


@pytest.fixture(autouse=True)
def _a_country_of_two_states(monkeypatch):
    ranges = [("VT", "VT"), ("WY", "WY")]
    monkeypatch.setattr(schedules, "state_ranges", lambda _, **_k: ranges)
    monkeypatch.setattr(http, "_FIRST_WAIT", 0.001)


@pytest.fixture
def machine(filled_platform: PlatformUnderTest) -> Machine:
    return Machine(filled_platform)


def _jobs(step: StepDone) -> list[tuple[str, str | None]]:
    return [(run.job, run.of or "-".join(run.states)) for run in step.runs]


def test_it_looks_at_whatever_a_daemon_would_look_at(machine):
    looked = set(machine.tick(dry_run=True))
    daemons = {each.name for each in (*default_schedules, *default_sensors)}
    # The automation's one asset is built by a job of its own.
    assert looked == daemons - {automation_sensor.name} | {"rebuild_warehouse"}


def test_a_dry_run_names_what_is_due_and_writes_nothing(machine):
    machine.log_in()
    before = machine.files()
    steps = machine.tick(dry_run=True)
    assert _jobs(steps["weekly_refresh"]) == [
        ("refresh_states", "VT"),
        ("refresh_states", "WY"),
    ]
    assert _jobs(steps["playlist_refresh_sensor"]) == [("push_playlists", "mine")]
    assert all(run.ok is None for step in steps.values() for run in step.runs)
    assert machine.files() == before
    assert machine.platform.instance.get_runs() == []
    assert machine.platform.instance.get_dynamic_partitions("recipes") == []
    assert machine.spotify_requests() == 0


def test_old_runs_are_deleted_once_a_day(machine):
    other = dg.JobDefinition(graph_def=dg.GraphDefinition("other", node_defs=[]))
    old, newest = (
        other.execute_in_process(instance=machine.platform.instance).run_id for _ in range(2)
    )
    machine.platform.set(SHOWLIST_NOW="2099-01-01T15:00:00+00:00")
    machine.has_seen_to_schedules()
    assert not _purge_of(machine).due
    machine.platform.set(SHOWLIST_NOW="2099-01-02T15:00:00+00:00")
    would = _purge_of(machine, dry_run=True)
    assert (would.due, "1 run older than 90 days to delete" in would.why) == (True, True)
    assert set(machine.platform.instance.get_run_ids()) == {old, newest}
    done = _purge_of(machine)
    assert (done.due, "1 run older than 90 days deleted" in done.why) == (True, True)
    assert machine.platform.instance.get_run_ids() == [newest]
    assert "was seen to" in _purge_of(machine).why


def _purge_of(machine: Machine, *, dry_run: bool = False) -> StepDone:
    """The step of a tick whose runs are only named."""
    tick = machine.tick(dry_run=dry_run, run=lambda wanted: RunDone(wanted.job, ok=True))
    return tick["daily_purge"]


@pytest.mark.slow
def test_the_first_tick_refreshes_at_once_and_each_monday_again_on_whatever_machine(machine):
    first = machine.tick()
    weekly = first["weekly_refresh"]
    assert _jobs(weekly) == [("refresh_states", "VT"), ("refresh_states", "WY")]
    assert [run.ok for run in weekly.runs] == [True, True]
    # Of what was asked before, nothing is paid again.
    assert [run.spotify_calls for run in weekly.runs] == [0, 0]
    assert _jobs(first["rebuild_warehouse"]) == [("rebuild_warehouse", "")]
    assert machine.platform.platform.warehouse_file.exists()
    (run, _) = reversed(
        machine.platform.instance.get_runs(dg.RunsFilter(job_name="refresh_states"))
    )
    assert run.tags[CALLS_TAG] == "450"
    assert run.tags[RUN_KEY_TAG] == "2026-W47/VT-VT"
    assert run.tags[SCHEDULE_TAG] == run.tags[TICK_TAG] == "weekly_refresh"

    assert machine.due() == []
    machine.is_made_anew()
    machine.platform.wait(minutes=20)
    assert machine.due() == []
    machine.platform.wait(days=2)
    assert machine.due() == []
    # A missed Monday is made up on whatever day the next tick comes.
    machine.platform.wait(days=3)
    assert machine.would_be_due() == ["weekly_refresh"]


def test_a_push_follows_changes_and_edits_and_not_the_loss_of_dagsters_log(machine):
    machine.has_seen_to_schedules()
    machine.log_in()
    steps = machine.tick()
    assert _jobs(steps["playlist_refresh_sensor"]) == [("push_playlists", "mine")]
    assert steps["playlist_refresh_sensor"].ok
    assert steps["playlist_refresh_sensor"].runs[0].spotify_calls > 0
    asked = machine.spotify_requests()
    assert machine.due() == []

    machine.is_made_anew()
    assert machine.due() == []
    assert machine.spotify_requests() == asked
    # What another machine has written is seen by a new log as well, and so is an edit.
    machine.rewrite("VT")
    assert machine.would_be_due() == ["rebuild_warehouse"]
    machine.write_recipe(_RECIPE + "title: Another one\n")
    assert machine.would_be_due() == ["playlist_refresh_sensor", "rebuild_warehouse"]
    machine.write_recipe(_RECIPE)
    assert machine.would_be_due() == ["rebuild_warehouse"]
    machine.rewrite("WY")
    assert machine.would_be_due() == ["playlist_refresh_sensor", "rebuild_warehouse"]


def test_the_warehouse_is_published_when_the_automation_would_publish_it(machine):
    machine.has_seen_to_schedules()
    built: list[str] = []

    def run(wanted: RunWanted) -> RunDone:
        built.append(wanted.job)
        return RunDone(wanted.job, ok=True)

    daemons, definitions = dg.DagsterInstance.ephemeral(), machine.platform.definitions
    # What lay there before is a change to neither.
    machine.tick(run=run)
    cursor = dg.evaluate_automation_conditions(definitions, daemons).cursor
    for changed in ((), ("VT", "WA", "WY"), (), ("WY",)):
        for state in changed:
            machine.rewrite(state)
            told = dg.AssetMaterialization("upcoming_shows", partition=state)
            daemons.report_runless_asset_event(told)
        built.clear()
        machine.tick(run=run)
        found = dg.evaluate_automation_conditions(definitions, daemons, cursor=cursor)
        cursor = found.cursor
        assert found.get_num_requested(dg.AssetKey("warehouse")) == len(built) == bool(changed)


def test_what_was_played_is_read_and_ranked_by_in_one_tick(machine):
    machine.has_seen_to_schedules()
    platform = machine.platform.platform
    connect_listener(machine.platform.sandbox, platform)
    connect_listening(platform)

    def run(wanted: RunWanted) -> RunDone:
        if wanted.job == "sync_listening":
            import_plays(platform, "me")
        return RunDone(
            wanted.job, wanted.states, wanted.partition, ok=wanted.job != "refresh_taste"
        )

    step = machine.tick(run=run)["listening_sensor"]
    assert _jobs(step) == [("sync_listening", "me"), ("refresh_taste", "me")]
    assert not step.ok
    # Within the half hour nothing is tried again, not even by another machine.
    machine.is_made_anew()
    assert not machine.tick(run=run)["listening_sensor"].due
    machine.platform.wait(minutes=30)
    assert _jobs(machine.tick(run=run)["listening_sensor"]) == [("sync_listening", "me")]


@pytest.mark.slow
def test_a_source_that_fails_ends_no_other_step_and_its_states_are_fetched_again(machine):
    platform = machine.platform
    platform.sandbox.fault("seatgeek", "status", status=503, times=1000)
    steps = machine.tick()
    assert [run.ok for run in steps["weekly_refresh"].runs] == [False, False]
    assert not steps["weekly_refresh"].ok
    assert "503" in steps["weekly_refresh"].runs[0].why
    assert [run.ok for run in steps["rebuild_warehouse"].runs] == [True]
    # The week's run keys are used up, as a daemon's are; the catch-up asks again.
    platform.wait(hours=1)
    steps = machine.tick(dry_run=True)
    assert not steps["weekly_refresh"].due
    assert _jobs(steps["daily_catch_up"]) == [("refresh_states", "VT-WY")]


def test_the_catch_up_waits_for_free_calls_and_looks_once_an_hour(machine):
    platform = machine.platform
    platform.set(SHOWLIST_SPOTIFY_BUDGET="10", SHOWLIST_SPOTIFY_RESERVE="0")
    machine.has_seen_to_schedules()
    ledger = platform.platform.ledger("spotify")
    while ledger.free():
        ledger.spend()
    platform.store.write(
        "matched_artists", "WY", frame("matched_artists", {**pending(), "state": "WY"})
    )
    platform.wait(hours=1)
    step = machine.tick()["daily_catch_up"]
    assert not step.due
    assert "No Spotify call is free before" in step.why
    step = machine.tick()["daily_catch_up"]
    assert "was seen to" in step.why
    platform.wait(hours=24)
    steps = machine.tick(dry_run=True)
    assert _jobs(steps["daily_catch_up"]) == [("refresh_states", "WY")]


def test_a_week_for_which_no_source_could_be_asked_is_tried_again_by_the_next_tick(machine):
    platform = machine.platform
    platform.set(SHOWLIST_EVENT_SOURCES="ticketmaster")
    step = machine.tick()["weekly_refresh"]
    assert [run.ok for run in step.runs] == [False, False]
    assert "the next tick tries it again" in step.why
    platform.set(SHOWLIST_EVENT_SOURCES="seatgeek")
    platform.wait(minutes=5)
    again = machine.tick()["weekly_refresh"]
    assert [run.ok for run in again.runs] == [True, True]
    platform.wait(minutes=5)
    assert not machine.tick(dry_run=True)["weekly_refresh"].due


def test_a_tick_of_a_clock_that_was_ahead_holds_up_nothing(machine):
    platform = machine.platform
    file = platform.platform.tick_file
    record = file.read()
    ahead = platform.platform.now() + timedelta(days=3650)
    record.schedules = {each.name: ahead for each in default_schedules}
    record.looked_at = ahead
    file.write(record)
    assert machine.would_be_due()[:1] == ["weekly_refresh"]
    assert not record.goes_on(platform.platform.now())


def test_a_recipe_that_cannot_be_read_makes_its_step_fail_and_ends_no_other_push(machine):
    machine.log_in()
    machine.has_seen_to_schedules()
    (machine.platform.folder / "recipes" / "bad.yaml").write_text("shows: [unclosed")
    step = machine.tick(dry_run=True)["playlist_refresh_sensor"]
    assert _jobs(step) == [("push_playlists", "mine")]
    assert not step.ok
    assert "bad.yaml" in step.why
