"""The weekly refresh and the catch-up, evaluated as the daemon does it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg
import polars as pl
import pytest

from showlist_assets.defs import schedules
from showlist_assets.defs.jobs import CALLS_TAG
from showlist_assets.defs.partitions import runs_around, states_between
from showlist_assets.defs.schedules import daily_catch_up, weekly_refresh
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.settings import Settings
from showlist_assets.storage.fetch_record import SourceFetch
from showlist_assets.wiring import Platform
from showlist_assets_tests.defs.called import FakePlatform
from showlist_assets_tests.platform_under_test import checks, failures, instance_on_disk
from showlist_assets_tests.rows import found_track, frame, pending

if TYPE_CHECKING:
    from showlist_assets_tests.platform_under_test import PlatformUnderTest

_MONDAY = datetime(2026, 11, 23, 14, tzinfo=UTC)


def _evaluate(schedule, platform, instance=None, at: datetime = _MONDAY):
    with dg.build_schedule_context(
        instance=instance or dg.DagsterInstance.ephemeral(),
        scheduled_execution_time=at,
        resources={"platform": platform},
    ) as context:
        return schedule.evaluate_tick(context)


def _states(request: dg.RunRequest) -> tuple[str, str]:
    return (
        request.tags["dagster/asset_partition_range_start"],
        request.tags["dagster/asset_partition_range_end"],
    )


@pytest.fixture
def daemon(tmp_path):
    """What a schedule sees of other runs: nothing, unless a test says so.

    The runs of a test have an instance in memory, which is faster; a schedule cannot open that one.
    """
    return instance_on_disk(tmp_path / "daemon")


def _catch_up(platform: PlatformUnderTest, daemon: dg.DagsterInstance):
    now = platform.sandbox.state.clock.now()
    return _evaluate(daily_catch_up, platform.platform, daemon, now)


def _run(platform: PlatformUnderTest, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
    result = platform.run_job(
        "refresh_states", tags=request.tags, asset_selection=request.asset_selection
    )
    assert result.success, failures(result)
    return result


def _pending(platform: PlatformUnderTest) -> pl.DataFrame:
    return platform.table("matched_artists").filter(pl.col("outcome") == "pending")


def _resolved_shares(platform: PlatformUnderTest, states: list[str]) -> list[float]:
    name = "shows_next_60_days_resolved_share"
    return [platform.metadata("matched_artists", state)[name] for state in states]


def test_the_weekly_runs_share_the_day_s_lookups():
    platform = Platform(Settings(spotify_budget=500, spotify_reserve=50))
    requests = _evaluate(weekly_refresh, platform).run_requests
    assert [request.tags[CALLS_TAG] for request in requests] == ["150", "150", "150"]
    assert [request.run_key[:8] for request in requests] == ["2026-W48"] * 3


@pytest.mark.slow
def test_a_run_keeps_to_its_share_and_the_catch_up_goes_on_with_the_soonest(start_platform, daemon):
    platform = start_platform(daily_quota=400)
    platform.set(SHOWLIST_CALLS_PER_RUN="8")
    platform.must_run("ME", "SD")
    stretch = platform.store.states("matched_artists")
    waiting = _pending(platform)
    assert waiting.height > 0
    assert waiting["reason"].str.contains("share of 8 Spotify calls").all()
    assert platform.sandbox.requests("spotify", "/v1/search") == 8
    assert min(_resolved_shares(platform, stretch)) < 1
    platform.set(SHOWLIST_CALLS_PER_RUN="")

    found = _catch_up(platform, daemon)
    assert found.skip_message is None
    (request,) = found.run_requests
    soonest = waiting.sort("next_show_on", nulls_last=True)["state"][0]
    first, last = _states(request)
    stored = platform.store.states("matched_artists")
    covered = stored[stored.index(first) : stored.index(last) + 1]
    assert soonest in covered
    assert set(waiting["state"]) <= set(covered)
    events = platform.sandbox.requests("seatgeek")
    _run(platform, request)
    assert platform.sandbox.requests("seatgeek") == events, "a catch-up leaves the events alone"
    assert _pending(platform).is_empty()
    assert set(_resolved_shares(platform, stretch)) == {1}
    assert "Nobody is pending" in _catch_up(platform, daemon).skip_message


@pytest.mark.slow
def test_the_catch_up_waits_until_most_calls_are_free_again(start_platform, daemon):
    platform = start_platform(daily_quota=20)
    platform.must_run("WA")
    assert _pending(platform).height > 0
    assert "No Spotify call is free before" in _catch_up(platform, daemon).skip_message
    platform.wait(hours=24, minutes=1)
    days = 0
    while not _pending(platform).is_empty():
        (request,) = _catch_up(platform, daemon).run_requests
        assert int(request.tags[CALLS_TAG]) <= 18
        _run(platform, request)
        platform.wait(hours=24, minutes=1)
        days += 1
    assert 1 <= days <= 5


def test_the_catch_up_also_goes_on_with_artists_whose_songs_were_never_asked_for(tmp_path, daemon):
    platform = FakePlatform(tmp_path)
    others = {"found_tracks": [found_track("t", artist_ids=["somebody else"])]}
    platform.store("matched_artists", frame("matched_artists", others))
    (request,) = _evaluate(daily_catch_up, platform, daemon).run_requests
    assert _states(request) == ("NY", "NY")
    asked = {**others, "queries": ["Paper Lantern", 'artist:"Paper Lantern"']}
    heard = {"found_tracks": [found_track("t")]}
    for settled in (asked, heard):
        platform.store("matched_artists", frame("matched_artists", settled))
        assert "Nobody is pending" in _evaluate(daily_catch_up, platform, daemon).skip_message


def test_the_catch_up_does_not_start_for_a_remnant_of_the_day(tmp_path, daemon):
    platform = FakePlatform(tmp_path, spotify_budget=10, spotify_reserve=0)
    waiting = [{**pending(), "performer_key": f"act {number}"} for number in range(8)]
    platform.store("matched_artists", frame("matched_artists", *waiting))
    ledger = platform.ledger("spotify")
    for _ in range(7):
        ledger.spend()
    assert (
        "Only 3 Spotify calls are free for 8 pending performers"
        in _evaluate(daily_catch_up, platform, daemon).skip_message
    )


def _waiting_and_unanswered(tmp_path, *, minutes_ago=60, **settings):
    """New York waits for Spotify; Texas is missing, and Wyoming stale."""
    platform = FakePlatform(tmp_path, **settings)
    waiting = frame("matched_artists", {**pending(), "state": "NY"})
    platform.store("matched_artists", waiting)
    platform.fetch_record.note_failures(
        {("TX", "seatgeek"): "A web page.", ("WY", "seatgeek"): "A web page."},
        stored=["NY", "WY"],
        at=platform.now() - timedelta(minutes=minutes_ago),
    )
    return platform


def test_missing_and_stale_states_are_fetched_again_beside_the_pending(tmp_path, daemon):
    platform = _waiting_and_unanswered(tmp_path)
    waiting, *fetched = _evaluate(daily_catch_up, platform, daemon).run_requests
    assert _states(waiting) == ("NY", "NY")
    assert "raw_events" not in {key.to_user_string() for key in waiting.asset_selection}
    assert [_states(request) for request in fetched] == [("TX", "TX"), ("WY", "WY")]
    assert all(request.asset_selection is None for request in fetched), "events and all"
    assert all(request.tags[CALLS_TAG] == "0" for request in fetched)
    assert len({waiting.run_key, *(request.run_key for request in fetched)}) == 3


def test_a_state_is_fetched_again_though_no_spotify_call_is_free(tmp_path, daemon):
    platform = _waiting_and_unanswered(tmp_path, spotify_budget=0, spotify_reserve=0)
    requests = _evaluate(daily_catch_up, platform, daemon).run_requests
    assert [_states(request) for request in requests] == [("TX", "TX"), ("WY", "WY")]


def test_a_state_is_not_fetched_twice_within_the_hour(tmp_path, daemon):
    platform = _waiting_and_unanswered(tmp_path, minutes_ago=20)
    (request,) = _evaluate(daily_catch_up, platform, daemon).run_requests
    assert _states(request) == ("NY", "NY")


def test_a_state_that_was_answered_is_not_fetched_again(tmp_path, daemon):
    platform = _waiting_and_unanswered(tmp_path)
    answers = [SourceFetch(state, "seatgeek", platform.now()) for state in ("TX", "WY")]
    platform.fetch_record.note_answers(answers)
    assert len(_evaluate(daily_catch_up, platform, daemon).run_requests) == 1


def test_what_waits_for_spotify_makes_what_the_job_of_that_name_makes(start_platform):
    platform = start_platform()
    job = platform.definitions.resolve_job_def("catch_up_states")
    assert set(job.asset_layer.executable_asset_keys) == set(schedules._CATCH_UP)


@pytest.mark.slow
def test_a_web_page_before_the_events_costs_no_state_its_week(start_platform, daemon):
    platform = start_platform(daily_quota=2000)
    platform.must_run("VT")
    platform.sandbox.fault("seatgeek", "web_page")
    platform.must_run("ND")
    assert platform.metadata("raw_events", "ND")["never_fetched"] == 0, "one page is no wall"

    platform.sandbox.fault("seatgeek", "web_page", skip=4, times=200)
    result = platform.must_run("SD", "WY")
    platform.sandbox.state.faults.clear()
    unanswered = platform.platform.fetch_record.unanswered()
    missing = {state for state, failed in unanswered.items() if failed.missing}
    assert set(unanswered) - missing == {"VT"}, "it has been fetched before"
    assert missing
    for state in missing:
        for table in ("raw_events", "upcoming_shows"):
            assert platform.metadata(table, state)["never_fetched"] == 1, (table, state)
        assert "web page" in platform.metadata("raw_events", state)["why_kept_from_earlier_answers"]
        assert not checks(result)["raw_events", "source_answered"].passed
        assert state in checks(result)["raw_events", "was_fetched"].description
    platform.wait(hours=1)
    requests = [
        request
        for request in _catch_up(platform, daemon).run_requests
        if request.asset_selection is None
    ]
    fetched = {
        state
        for request in requests
        for state in states_between(*_states(request), among=STATE_CODES)
    }
    assert fetched == set(unanswered)
    asked = platform.sandbox.requests("spotify", "/v1/search")
    for request in requests:
        _run(platform, request)
    assert platform.sandbox.requests("spotify", "/v1/search") == asked
    assert platform.platform.fetch_record.unanswered() == {}
    assert all(platform.metadata("raw_events", state)["never_fetched"] == 0 for state in missing)
    assert set(missing) <= set(platform.table("raw_events")["state"])


def test_a_catch_up_does_not_start_beside_a_refresh(start_platform, daemon):
    platform = start_platform()
    daemon.add_run(dg.DagsterRun(job_name="refresh_states", status=dg.DagsterRunStatus.STARTED))
    assert "under way" in _catch_up(platform, daemon).skip_message


def test_states_that_nobody_materialized_do_not_come_into_being():
    known = ["CA", "TX", "NY", "WY"]
    runs = runs_around(["CA", "WY"], known, 17, among=STATE_CODES)
    assert {state for run in runs for state in run} <= set(known)
    assert {"CA", "WY"} <= {state for run in runs for state in run}


@pytest.mark.parametrize("size", [1, 2, 17, 51])
def test_no_run_of_a_catch_up_is_larger_than_a_run_may_be(size):

    runs = runs_around(STATE_CODES[::3], STATE_CODES, size, among=STATE_CODES)
    assert max(map(len, runs)) <= size
    assert set(STATE_CODES[::3]) <= {state for run in runs for state in run}
    covered = [state for run in runs for state in run]
    assert len(covered) == len(set(covered))


def test_the_catch_up_looks_every_hour():
    assert daily_catch_up.cron_schedule == "30 * * * *"
