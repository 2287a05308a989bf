"""A run of an American state and a Canadian province, through both ticket sites' APIs."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl
import pytest

from showlist_assets.defs.partitions import ranges_covering
from showlist_assets.domain.states import COUNTRIES, STATE_CODES

pytestmark = pytest.mark.slow

_STATES = ("VT", "ON")


@pytest.fixture
def platform(start_platform):
    """With Canada beside the US, in the sandbox and in the settings."""
    return start_platform(
        events=150, countries=("US", "CA"), sources=("ticketmaster", "seatgeek"), dealt="split"
    )


def test_a_state_and_a_province_go_through_to_their_shows(platform):
    covered = platform.platform.states
    assert covered == (*STATE_CODES, *COUNTRIES["CA"].codes)
    for first, last in ranges_covering(_STATES, among=covered):
        platform.must_run(first, last)
    upcoming = platform.table("upcoming_shows")
    assert set(upcoming["state"]) == set(_STATES)
    assert upcoming.filter(pl.col("track_id").is_not_null())["state"].n_unique() == len(_STATES)
    assert (platform.root / "upcoming_shows" / "ON.parquet").exists()
    _is_of_the_world(platform, platform.table("raw_events").filter(state="ON"))


def _is_of_the_world(platform, events):
    """Both sites' listings, with the zones and the places of Ontario, and no price in dollars."""
    assert set(events["source"]) == {"ticketmaster", "seatgeek"}
    cities = {
        event.venue.city
        for event in platform.sandbox.state.events.events
        if event.venue.state == "ON"
    }
    assert set(events["venue_city"].drop_nulls()) <= cities
    assert set(events["venue_timezone"]) <= {"America/Toronto", "America/Winnipeg"}
    timed = events.drop_nulls("starts_at_local")
    for zone, instant, local in timed.select(
        "venue_timezone", "starts_at", "starts_at_local"
    ).rows():
        assert instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    north = events["latitude"].drop_nulls()
    assert north.len()
    assert north.is_between(42.9, 49.9).all()
    assert events["lowest_price"].is_null().all()
