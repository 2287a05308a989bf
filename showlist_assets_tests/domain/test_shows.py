from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showlist_assets.domain.shows import future_events, join_upcoming_shows
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets_tests.rows import NOW, TODAY, frame, pending

TIME_NOT_ANNOUNCED = {"starts_at": None, "starts_at_local": None}


def join(events=({},), acts=({},), artists=({},), top=({},), features=({},), *, now=NOW):
    shows = join_upcoming_shows(
        frame("raw_events", *events),
        frame("expanded_artists", *acts),
        frame("matched_artists", *artists),
        frame("top_tracks", *top),
        frame("audio_features", *features),
        now=now,
    )
    TABLES["upcoming_shows"].validate(shows)
    return shows


@pytest.mark.parametrize(
    ("event", "ahead"),
    [
        ({"starts_at": NOW + timedelta(minutes=1)}, True),
        ({"starts_at": NOW}, False),
        ({"starts_at": NOW - timedelta(minutes=1), "local_date": TODAY}, False),
        (TIME_NOT_ANNOUNCED | {"local_date": TODAY}, True),
        (TIME_NOT_ANNOUNCED | {"local_date": TODAY - timedelta(days=1)}, False),
        (TIME_NOT_ANNOUNCED | {"local_date": None}, True),
        ({"status": "rescheduled"}, True),
        ({"status": "cancelled"}, False),
        ({"status": "postponed"}, False),
    ],
)
def test_a_show_counts_while_it_lies_ahead_and_goes_ahead(event, ahead):
    assert future_events(frame("raw_events", event), now=NOW).height == int(ahead)


@pytest.mark.parametrize(
    ("now", "ahead"),
    [
        (datetime(2026, 12, 5, 9, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 5, 10, 0, tzinfo=UTC), False),
    ],
)
def test_a_date_lasts_until_it_is_over_in_hawaii(now, ahead):
    events = frame("raw_events", TIME_NOT_ANNOUNCED | {"local_date": date(2026, 12, 4)})
    assert future_events(events, now=now).height == int(ahead)


@pytest.mark.parametrize(
    ("now", "ahead"),
    [
        (datetime(2026, 12, 5, 20, tzinfo=UTC), True),
        (datetime(2026, 12, 7, 3, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 7, 4, 0, tzinfo=UTC), False),
    ],
)
def test_a_show_of_several_days_counts_until_the_end_of_the_last(now, ahead):
    festival = {
        "last_date": date(2026, 12, 6),
        "ends_at": datetime(2026, 12, 7, 4, tzinfo=UTC),
    }
    assert future_events(frame("raw_events", festival), now=now).height == int(ahead)
    assert join([festival], now=NOW)["last_date"].item() == date(2026, 12, 6)


def test_a_show_of_several_days_without_a_time_counts_through_its_last_date():
    festival = frame("raw_events", TIME_NOT_ANNOUNCED | {"last_date": date(2026, 12, 6)})
    assert future_events(festival, now=datetime(2026, 12, 7, 9, 59, tzinfo=UTC)).height == 1
    assert future_events(festival, now=datetime(2026, 12, 7, 10, tzinfo=UTC)).is_empty()


def test_a_concert_that_has_begun_is_over_for_whoever_plans_whenever_it_ends():
    event = {"ends_at": datetime(2026, 12, 5, 4, tzinfo=UTC)}
    begun = datetime(2026, 12, 5, 2, tzinfo=UTC)
    assert future_events(frame("raw_events", event), now=begun).is_empty()


def test_everything_known_about_a_show_stands_in_one_row():
    row = join(
        acts=[{"genres": ["Indie"], "image_url": "https://seatgeek.com/p.jpg"}],
        artists=[{"spotify_genres": ["indie pop", "Indie"]}],
    ).row(0, named=True)
    assert row["show_id"] == "seatgeek-1"
    assert row["genres"] == ["Indie", "indie pop"]
    assert row["artist_image_url"] == "https://seatgeek.com/p.jpg"
    assert row["artist_url"] == "https://open.spotify.com/artist/artist-1"
    assert row["track_url"] == "https://open.spotify.com/track/track-1"
    assert (row["track_rank"], row["energy"], row["key"]) == (1, 0.5, 4)


def test_a_track_without_features_is_still_there():
    assert join(features=[])["energy"].to_list() == [None]


@pytest.mark.parametrize(
    "missing",
    [{"events": []}, {"acts": []}, {"artists": []}, {"artists": [pending()]}, {"top": []}],
)
def test_what_lacks_an_event_an_act_an_artist_or_a_track_is_left_out(missing):
    assert join(**missing).is_empty()


def test_states_never_mix():
    assert join(artists=[{"state": "PA"}]).is_empty()
    assert join(top=[{"state": "PA"}]).is_empty()
    assert join(acts=[{"state": "PA"}]).is_empty()
    assert join(features=[{"state": "PA"}])["energy"].to_list() == [None]


def test_shows_come_by_date_then_billing_then_rank_and_undated_ones_last():
    shows = join(
        events=[
            {"event_id": "undated", "local_date": None, **TIME_NOT_ANNOUNCED},
            {"event_id": "late", "local_date": date(2027, 1, 1)},
            {"event_id": "early"},
        ],
        acts=[
            {"show_id": f"seatgeek-{show}", "billing": billing, "performer_key": key}
            for show in ("undated", "late", "early")
            for key, billing in (("opener", 2), ("star", 1))
        ],
        artists=[
            {"performer_key": "star"},
            {"performer_key": "opener", "spotify_artist_id": "artist-2"},
        ],
        top=[
            {"track_id": "second", "rank": 2},
            {"track_id": "first"},
            {"track_id": "other", "spotify_artist_id": "artist-2"},
        ],
    )
    assert shows["show_id"].unique(maintain_order=True).to_list() == [
        "seatgeek-early", "seatgeek-late", "seatgeek-undated",
    ]  # fmt: skip
    early = shows.filter(show_id="seatgeek-early")
    assert early["track_id"].to_list() == ["first", "second", "other"]


NUMBERS = st.integers(0, 2)
STATES = st.sampled_from(["NY", "PA"])


def rows_of(*columns):
    """Rows with unique values of ``columns``, which the strategies pair with few values."""
    return st.lists(st.tuples(*columns), max_size=8, unique=True)


@settings(max_examples=40, deadline=None)
@given(
    rows_of(NUMBERS),
    rows_of(STATES, NUMBERS, NUMBERS),
    st.dictionaries(st.tuples(STATES, NUMBERS), NUMBERS),
    rows_of(STATES, NUMBERS, NUMBERS),
)
def test_keys_are_unique_and_every_row_meets_its_own_state(events, acts, artists, top):
    shows = join(
        events=[{"event_id": f"{n}", "state": "NY" if n else "PA"} for (n,) in events],
        acts=[
            {"state": state, "show_id": f"seatgeek-{show}", "performer_key": f"{key}"}
            for state, show, key in acts
        ],
        artists=[
            {"state": state, "performer_key": f"{key}", "spotify_artist_id": f"{artist}"}
            for (state, key), artist in artists.items()
        ],
        top=[
            {"state": state, "spotify_artist_id": f"{artist}", "track_id": f"{track}"}
            for state, artist, track in top
        ],
        features=[],
    )
    assert shows.select(TABLES["upcoming_shows"].primary_key()).is_unique().all()
    expected = {
        (state, f"seatgeek-{show}", f"{key}", f"{track}")
        for state, show, key in acts
        for top_state, artist, track in top
        if (show,) in events and state == ("NY" if show else "PA") == top_state
        if artists.get((state, key)) == artist
    }
    found = shows.select("state", pl.col(TABLES["upcoming_shows"].primary_key()))
    assert set(found.rows()) == expected
