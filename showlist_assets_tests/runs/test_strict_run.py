"""A Monday over APIs that are as strict as they come, which must end like a quiet one.

Every list has what is no item in it, web pages and refusals come in between, one page is hostile;
and the world itself prints titles that are too long, zones and links that are none, and more
(``sandbox.world.odd_listings``). The same world without the faults says what is right.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import dagster as dg
import polars as pl
import pytest

from showlist_assets.cli.demo_listener import RECIPE, connect_listener, write_recipe
from showlist_assets.defs import schedules
from showlist_assets.defs.partitions import range_tags, ranges_covering, states_between
from showlist_assets.domain.links import web_address
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.sandbox.state.event_index import EventIndex
from showlist_assets.sandbox.world.generator import FIRST_ODD_VENUE_ID
from showlist_assets.sources.http import session as http
from showlist_assets_tests.drill.comparison import differences
from showlist_assets_tests.platform_under_test import (
    PlatformUnderTest,
    failures,
    instance_on_disk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from showlist_assets.sandbox.server import Sandbox
    from showlist_assets.sandbox.world.entities import Event

pytestmark = pytest.mark.slow

_STATES: Final = ("VT", "WY", "WA")
# Nine in New York, when the weekly refresh is due.
_MONDAY: Final = datetime(2026, 11, 23, 14, tzinfo=UTC)
_SOME: Final = 6
_SEARCH: Final = "/v1/search"
_EVENTS: Final = "/2/events"
# Ordered from first to last: of several that fit, the first takes the request.
_FAULTS: Final[tuple[dict[str, Any], ...]] = (
    # The first state's list is a hostile page twice, and so believed.
    {"service": "seatgeek", "kind": "hostile_page", "times": 2},
    {"service": "seatgeek", "kind": "web_page", "skip": 1},
    {"service": "seatgeek", "kind": "status", "skip": 2},
    {"service": "seatgeek", "kind": "rate_limit", "skip": 3, "retry_after": 0},
    {"service": "accounts", "kind": "hostile_page"},
    {"service": "accounts", "kind": "web_page", "skip": 1},
    {"service": "spotify", "kind": "hostile_page", "endpoint": _SEARCH, "skip": 2},
    {"service": "spotify", "kind": "web_page", "endpoint": _SEARCH, "skip": 5},
    {"service": "spotify", "kind": "web_page", "endpoint": _SEARCH, "skip": 9, "times": 2},
    {"service": "spotify", "kind": "status", "endpoint": _SEARCH, "skip": 12, "times": 2},
    {"service": "spotify", "kind": "rate_limit", "endpoint": _SEARCH, "skip": 20, "retry_after": 0},
    {"service": "reccobeats", "kind": "hostile_page"},
    {"service": "reccobeats", "kind": "web_page", "skip": 1},
    {"service": "reccobeats", "kind": "status", "skip": 2, "status": 502},
    {"service": "seatgeek", "kind": "odd_items", "endpoint": _EVENTS, "times": 10_000},
    {"service": "spotify", "kind": "odd_items", "endpoint": _SEARCH, "times": 10_000},
    {"service": "reccobeats", "kind": "odd_items", "times": 10_000},
)
_FAULTS_OF_A_PUSH: Final[tuple[dict[str, Any], ...]] = tuple(
    {"service": "spotify", "kind": kind, "method": "GET", "skip": skip}
    for skip, kind in enumerate(("web_page", "hostile_page", "web_page", "status"))
)
# What the hostile page says, and nothing of ours.
_HOSTILE: Final = ("hostile-0123456789abcdef", "<script>", "onload=", "javascript:alert")


class _Monday:
    """One platform's way through the day."""

    def __init__(self, sandbox: Sandbox, folder: Path, *, strict: bool) -> None:
        folder.mkdir()
        self.sandbox, self.strict = sandbox, strict
        self.platform = PlatformUnderTest(sandbox, folder)
        self._daemon = instance_on_disk(folder / "daemon")
        sandbox.state.events = EventIndex(_some_and_all_odd(sandbox.world.events))

    def live_through(self) -> None:
        """The refresh, and the catch-ups of the hours after it."""
        self._order(_FAULTS)
        self.platform.pretend(_MONDAY)
        self._run_what_is_due(schedules.weekly_refresh)
        for _ in range(3):
            self.platform.wait(hours=1)
            self._run_what_is_due(schedules.daily_catch_up)

    def push(self) -> list[str]:
        """Push a playlist; returns what the listener then has in it."""
        self.platform.instance.add_dynamic_partitions("recipes", [RECIPE])
        self._order(_FAULTS_OF_A_PUSH)
        result = self.platform.run_job("push_playlists", partition_key=RECIPE)
        assert result.success, failures(result)
        return self.playlist.uris

    def connect(self) -> None:
        connect_listener(self.sandbox, self.platform.platform)
        write_recipe(self.platform.platform.recipes.folder, [*_STATES])

    @property
    def playlist(self):
        (playlist,) = self.sandbox.listeners.playlists()
        return playlist

    def _order(self, faults: tuple[dict[str, Any], ...]) -> None:
        for fault in faults if self.strict else ():
            self.sandbox.fault(**fault)

    def _run_what_is_due(self, schedule: dg.ScheduleDefinition) -> None:
        for request in self._requests(schedule):
            for first, last in ranges_covering(
                _states_of(request) & set(_STATES), among=STATE_CODES
            ):
                result = self.platform.run_job(
                    "refresh_states",
                    tags={**request.tags, **range_tags(first, last)},
                    asset_selection=request.asset_selection,
                )
                # Without faults nothing may fail; with them, the end is what counts.
                assert self.strict or result.success, failures(result)

    def _requests(self, schedule: dg.ScheduleDefinition) -> list[dg.RunRequest]:
        with dg.build_schedule_context(
            instance=self._daemon,
            scheduled_execution_time=self.sandbox.state.clock.now(),
            resources={"platform": self.platform.platform},
        ) as context:
            return list(schedule.evaluate_tick(context).run_requests or ())


def _states_of(request: dg.RunRequest) -> set[str]:
    first, last = (request.tags[f"dagster/asset_partition_range_{end}"] for end in ("start", "end"))
    return set(states_between(first, last, among=STATE_CODES))


def _some_and_all_odd(events: Sequence[Event]) -> Iterator[Event]:
    """A few shows of each state, and every odd one of the country moved into them by turn."""
    odd = [event for event in events if _is_odd(event)]
    for number, event in enumerate(odd):
        state = event.venue.state if event.venue.country != "US" else _STATES[number % 3]
        yield replace(event, venue=replace(event.venue, state=state))
    for state in _STATES:
        here = [event for event in events if event.venue.state == state and not _is_odd(event)]
        yield from here[:_SOME]


def _is_odd(event: Event) -> bool:
    return event.venue.id >= FIRST_ODD_VENUE_ID


@pytest.fixture(scope="module")
def mondays(tmp_path_factory) -> Iterator[tuple[_Monday, _Monday]]:
    """A quiet one and a strict one, over the same world."""
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.sandbox.server import run_sandbox

    config = SandboxConfig(clock=_MONDAY)
    folder = tmp_path_factory.mktemp("mondays")
    with (
        pytest.MonkeyPatch.context() as patch,
        run_sandbox(config) as calm,
        run_sandbox(config) as troubled,
    ):
        patch.setattr(http, "_FIRST_WAIT", 0.0001)
        quiet = _Monday(calm, folder / "quiet", strict=False)
        strict = _Monday(troubled, folder / "strict", strict=True)
        for monday in (quiet, strict):
            monday.live_through()
        yield quiet, strict


def test_it_ends_with_the_tables_of_a_quiet_world(mondays):
    quiet, strict = mondays
    assert differences(quiet.platform.store, strict.platform.store) == []
    for table in ("raw_events", "matched_artists", "upcoming_shows"):
        assert set(quiet.platform.table(table)["state"]) == set(_STATES), table
    met = [fault for fault in strict.sandbox.state.faults.pending() if fault["kind"] != "odd_items"]
    assert met == [], "not every fault was met"
    assert strict.platform.platform.fetch_record.unanswered() == {}
    matched = strict.platform.table("matched_artists")
    assert matched.filter(pl.col("outcome") == "pending").is_empty()


def test_what_is_no_event_is_set_aside_and_counted(mondays):
    quiet, strict = mondays
    for state in _STATES:
        assert quiet.platform.metadata("raw_events", state)["rejected_rows"] == 0
        assert strict.platform.metadata("raw_events", state)["rejected_rows"] > 0
    reasons = strict.platform.store.read_rejected()["reason"].to_list()
    assert any("'Germany'" in reason for reason in reasons)
    assert any("it has no id" in reason for reason in reasons)
    assert strict.platform.of_run("raw_events")["seatgeek_items_malformed"] > 0
    assert strict.platform.of_run("matched_artists")["spotify_items_malformed"] > 0
    assert strict.platform.of_run("audio_features")["reccobeats_items_malformed"] > 0


def test_what_the_world_prints_wrong_is_read_as_far_as_it_can_be(mondays):
    events = mondays[1].platform.table("raw_events")
    shows = mondays[1].platform.table("upcoming_shows")
    assert events["title"].str.len_chars().max() > 250
    assert events["starts_at_local"].null_count() == events["starts_at"].null_count()
    assert {"America"} < set(events["venue_timezone"])
    assert not events["title"].str.contains(r"&\w+;|%[0-9A-F]{2}").any()
    assert not shows["performer_name"].str.contains(r"&\w+;|%[0-9A-F]{2}").any()
    assert {"cancelled", "postponed", "rescheduled"} <= set(events["status"])
    assert events["latitude"].null_count() == events["longitude"].null_count() >= 4
    unusable = [url for url in events["ticket_url"].drop_nulls() if not web_address(url)]
    assert len(unusable) == 2, "kept as they came; no page makes a link of them"


def test_nothing_of_a_hostile_page_is_kept_or_told(mondays):
    platform = mondays[1].platform
    told = [platform.store.read_rejected().write_json()]
    for run in platform.instance.get_runs():
        told += [entry.to_json() for entry in platform.instance.all_logs(run.run_id)]
    files = [path for path in platform.folder.rglob("*") if path.is_file()]
    told += [path.read_bytes().decode("latin-1") for path in files]
    everything = "\n".join(told)
    assert "a web page instead of data" in everything
    assert [words for words in _HOSTILE if words in everything] == []


def test_a_playlist_between_odd_items_of_the_listener_s_is_that_of_a_quiet_world(mondays):
    pushed = []
    for monday in mondays:
        monday.connect()
        pushed.append(monday.push())
    assert pushed[0] == pushed[1] != []
    assert mondays[0].playlist.name == mondays[1].playlist.name
    strict = mondays[1]
    own = [
        "spotify:local:Band:Album:Song:180",
        "spotify:track:null",
        "spotify:episode:4rOoJ6Egrf8K2IrywzwOMk",
        "https://elsewhere.example/\n[song",
    ]
    strict.sandbox.listeners.add_tracks(strict.playlist.id, own, position=1)
    for monday in mondays:
        _cancel_the_first(monday)
        monday.platform.wait(days=7)
        monday._run_what_is_due(schedules.weekly_refresh)
    assert differences(mondays[0].platform.store, mondays[1].platform.store) == []
    without, with_own = (monday.push() for monday in mondays)
    assert [uri for uri in with_own if uri not in own] == without != pushed[0]
    assert [uri for uri in with_own if uri in own] == own


def _cancel_the_first(monday: _Monday) -> None:
    """The first show that the playlist plays is off."""
    first = monday.playlist.uris[0].rpartition(":")[2]
    shows = monday.platform.table("upcoming_shows").filter(pl.col("track_id") == first)
    off = {int(show_id.rpartition("-")[2]) for show_id in shows["show_id"]}
    monday.sandbox.state.events = EventIndex(
        replace(event, status="cancelled") if event.id in off else event
        for event in monday.sandbox.state.events.events
    )
