"""When the doors open, from the sources' answers to the calendar, and over older tables."""

from __future__ import annotations

import dagster as dg
import polars as pl
import pytest
from icalendar import Calendar

from showlist_assets.cli.demo_listener import RECIPE, write_recipe
from showlist_assets.defs.assets.playlists import playlist_plans
from showlist_assets.sandbox.apis.feeds import feed_files
from showlist_assets.sandbox.config import TICKETMASTER_API_KEY
from showlist_assets.sandbox.world.dealing import doors_of

pytestmark = pytest.mark.slow

_STATE = "WA"


def test_the_doors_of_both_kinds_of_source_stand_in_the_calendar(filled_platform):
    platform = filled_platform
    folder = platform.folder / "feeds"
    folder.mkdir()
    for name, text in feed_files(platform.sandbox.state, platform.sandbox.url).items():
        (folder / name).write_text(text)
    platform.set(
        SHOWLIST_EVENT_SOURCES="ticketmaster,feeds", TICKETMASTER_API_KEY=TICKETMASTER_API_KEY
    )
    platform.must_run(_STATE)
    listed = platform.store.read("raw_events", [_STATE])
    told = listed.filter(pl.col("doors_at_local").is_not_null())
    assert set(told["source"]) == {"ticketmaster", "feeds"}
    upcoming = platform.store.read("upcoming_shows", [_STATE])
    doors = {
        show: at
        for show, at in upcoming.select("show_id", "doors_at_local").rows()
        if at is not None
    }
    assert doors
    _agree_with_the_world(platform, doors)
    entries = _calendar(platform)
    assert doors.keys() & entries.keys()
    for show, entry in entries.items():
        at = doors.get(show)
        words = f"Doors {at:%I:%M %p}".replace("Doors 0", "Doors ") if at else "Doors"
        assert (words in entry["description"]) == (at is not None)


def _agree_with_the_world(platform, doors):
    truth, events = platform.sandbox.listed_shows(), platform.sandbox.state.events.by_id
    shows = platform.store.read("shows", [_STATE]).select("show_id", "listings").rows()
    for show, listings in shows:
        of = {truth.get((one["source"], one["event_id"])) for one in listings} - {None}
        if show in doors and len(of) == 1 and (event := of.pop()).isdecimal():
            assert doors[show] == doors_of(events[int(event)])


def _calendar(platform):
    write_recipe(platform.platform.recipes.folder, [_STATE])
    playlist_plans(dg.build_asset_context(partition_key=RECIPE), platform=platform.platform)
    content = platform.platform.plans.read_calendar(RECIPE)
    events = Calendar.from_ical(content).walk("VEVENT")
    return {str(one["uid"]).removesuffix("@showlist"): one for one in events}


def test_tables_of_before_the_doors_were_read_are_read_and_cost_no_call(filled_platform):
    platform = filled_platform
    before = platform.store.read("upcoming_shows", [_STATE])
    for table in ("raw_events", "shows", "upcoming_shows"):
        (file,) = platform.folder.glob(f"data/**/{table}/{_STATE}.parquet")
        pl.read_parquet(file).drop("doors_at_local").write_parquet(file)
    assert platform.store.read("upcoming_shows", [_STATE])["doors_at_local"].is_null().all()
    platform.must_run(_STATE)
    assert platform.sandbox.requests("spotify") == 0
    assert platform.store.read("upcoming_shows", [_STATE]).equals(before)
