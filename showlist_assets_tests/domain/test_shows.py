from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain import shows as domain_shows
from showlist_assets.domain.shows import future_shows, join_upcoming_shows
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets_tests.rows import NOW, TODAY, frame, pending

TIME_NOT_ANNOUNCED = {"starts_at": None, "starts_at_local": None}


def join(
    events=({},), acts=({},), artists=({},), top=({},), features=({},), *, now=NOW, expected=None
):
    shows = join_upcoming_shows(
        frame("shows", *events),
        frame("expanded_artists", *acts),
        frame("matched_artists", *artists),
        frame("top_tracks", *top),
        frame("audio_features", *features),
        now=now,
        expected=expected,
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
    assert future_shows(frame("shows", event), now=NOW).height == int(ahead)


@pytest.mark.parametrize(
    ("now", "ahead"),
    [
        (datetime(2026, 12, 5, 9, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 5, 10, 0, tzinfo=UTC), False),
    ],
)
def test_a_date_lasts_until_it_is_over_in_hawaii(now, ahead):
    events = frame("shows", TIME_NOT_ANNOUNCED | {"local_date": date(2026, 12, 4)})
    assert future_shows(events, now=now).height == int(ahead)


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
    assert future_shows(frame("shows", festival), now=now).height == int(ahead)
    assert join([festival], now=NOW)["last_date"].item() == date(2026, 12, 6)


def test_a_show_of_several_days_without_a_time_counts_through_its_last_date():
    festival = frame("shows", TIME_NOT_ANNOUNCED | {"last_date": date(2026, 12, 6)})
    assert future_shows(festival, now=datetime(2026, 12, 7, 9, 59, tzinfo=UTC)).height == 1
    assert future_shows(festival, now=datetime(2026, 12, 7, 10, tzinfo=UTC)).is_empty()


def test_a_concert_that_has_begun_is_over_for_whoever_plans_whenever_it_ends():
    event = {"ends_at": datetime(2026, 12, 5, 4, tzinfo=UTC)}
    begun = datetime(2026, 12, 5, 2, tzinfo=UTC)
    assert future_shows(frame("shows", event), now=begun).is_empty()


def test_everything_known_about_a_show_stands_in_one_row():
    doors = datetime(2026, 12, 4, 19)  # noqa: DTZ001  the venue's wall clock
    row = join(
        events=[{"doors_at_local": doors}],
        acts=[{"genres": ["Indie"], "image_url": "https://seatgeek.com/p.jpg"}],
        artists=[{"spotify_genres": ["indie pop", "Indie"]}],
    ).row(0, named=True)
    assert (row["show_id"], row["doors_at_local"]) == ("seatgeek-1", doors)
    assert row["genres"] == ["Indie", "indie pop"]
    assert row["artist_image_url"] == "https://seatgeek.com/p.jpg"
    assert row["artist_url"] == "https://open.spotify.com/artist/artist-1"
    assert row["track_url"] == "https://open.spotify.com/track/track-1"
    assert (row["track_rank"], row["energy"], row["key"]) == (1, 0.5, 4)
    assert join(top=[{"isrc": "USABC1234567"}])["isrc"].to_list() == ["USABC1234567"]


def test_a_track_without_features_is_still_there():
    assert join(features=[])["energy"].to_list() == [None]


@pytest.mark.parametrize("missing", [{"events": []}, {"acts": []}])
def test_a_row_is_about_an_act_of_a_future_show(missing):
    assert join(**missing).is_empty()


NOBODY_FOUND = {"outcome": "rejected", "spotify_artist_id": None, "confidence": None}


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"artists": []}, "Not looked up yet."),
        ({"artists": [pending()]}, "Not looked up yet."),
        ({"top": []}, "On Spotify, but no song of theirs is known."),
        (
            {"artists": [{**NOBODY_FOUND, "reason": "No page has the name."}]},
            "Nobody on Spotify: No page has the name.",
        ),
        (
            {"artists": [NOBODY_FOUND], "acts": [{"act_kind": "tribute"}]},
            "A tribute act that is not on Spotify itself.",
        ),
        (
            {"artists": [NOBODY_FOUND], "acts": [{"act_kind": "festival"}]},
            "The festival itself: its acts have the songs.",
        ),
        (
            {"artists": [NOBODY_FOUND], "acts": [{"act_kind": "other"}]},
            "Not an artist: a venue, a party or an offer that is billed like one.",
        ),
    ],
)
def test_an_act_without_a_song_has_a_row_that_says_why(known, why):
    row = join(**known).row(0, named=True)
    assert (row["why_no_track"], row["track_id"], row["track_rank"]) == (why, None, None)
    assert (row["performer_name"], row["row_number"]) == ("Paper Lantern", 1)


def test_who_waits_is_told_about_when_it_is_their_turn():
    shows = join(artists=[pending()], expected={"paper lantern": date(2026, 12, 3)})
    assert shows["why_no_track"].to_list() == ["Not looked up yet: expected by about December 3."]


def test_a_row_with_a_track_says_no_reason():
    assert join()["why_no_track"].to_list() == [None]


def test_states_never_mix():
    assert join(artists=[{"state": "PA"}])["track_id"].to_list() == [None]
    assert join(top=[{"state": "PA"}])["track_id"].to_list() == [None]
    assert join(acts=[{"state": "PA"}]).is_empty()
    assert join(features=[{"state": "PA"}])["energy"].to_list() == [None]


def test_shows_come_by_date_then_billing_then_rank_and_undated_ones_last():
    shows = join(
        events=[
            {"show_id": "seatgeek-undated", "local_date": None, **TIME_NOT_ANNOUNCED},
            {"show_id": "seatgeek-late", "local_date": date(2027, 1, 1)},
            {"show_id": "seatgeek-early"},
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


@given(
    rows_of(NUMBERS),
    rows_of(STATES, NUMBERS, NUMBERS),
    st.dictionaries(st.tuples(STATES, NUMBERS), NUMBERS),
    rows_of(STATES, NUMBERS, NUMBERS),
)
def test_keys_are_unique_and_every_act_of_a_show_has_its_tracks_or_a_row_without(
    events, acts, artists, top
):
    shows = join(
        events=[{"show_id": f"seatgeek-{n}", "state": "NY" if n else "PA"} for (n,) in events],
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
        (state, f"seatgeek-{show}", f"{key}", track)
        for state, show, key in acts
        for track in [
            f"{track}"
            for top_state, artist, track in top
            if top_state == state and artists.get((state, key)) == artist
        ]
        or [None]
        if (show,) in events and state == ("NY" if show else "PA")
    }
    found = shows.select("state", "show_id", "performer_key", "track_id")
    assert set(found.rows()) == expected


def test_states_joined_one_by_one_are_those_joined_at_once(monkeypatch):
    states = [{"state": state} for state in ("TX", "NY", "PA")]
    acts = [{**state, "performer_key": key} for key in ("a", "b") for state in states]
    rows = {"shows": states, "expanded_artists": acts, "matched_artists": acts}
    rows |= {"top_tracks": states, "audio_features": states}
    parts = [frame(table, *told) for table, told in rows.items()]
    at_once = join_upcoming_shows(*parts, now=NOW)
    assert at_once["state"].unique(maintain_order=True).len() == len(states)
    monkeypatch.setattr(domain_shows, "_AT_ONCE", 1)
    one_by_one = join_upcoming_shows(*parts, now=NOW)
    assert one_by_one.sort("state", maintain_order=True).equals(at_once)
    assert one_by_one["state"].rle().len() == len(states), "those of a state stand together"
