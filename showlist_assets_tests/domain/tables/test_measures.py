from __future__ import annotations

import pytest

from showlist_assets.domain.tables.measures import measures, share
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets_tests.rows import frame, pending


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_table_has_the_same_keys_and_no_division_by_zero(table):
    empty = measures(table, TABLES[table].create_empty())
    assert all(isinstance(value, (int, float)) for value in empty.values())
    if table != "upcoming_shows":
        assert list(measures(table, frame(table, {}))) == list(empty)


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(1, 3, 0.3333), (0, 5, 0.0), (5, 5, 1.0), (0, 0, 1.0)]
)
def test_a_share_has_four_digits_and_nothing_lacks_nothing(part, whole, expected):
    assert share(part, whole) == expected


def test_events_are_counted_by_what_is_known_of_them():
    numbers = measures(
        "raw_events",
        frame(
            "raw_events",
            {"venue_id": "9"},
            {"event_id": "2", "venue_id": "9", "kind": "music_festival", "starts_at": None},
            {"event_id": "3", "venue_id": "8", "status": "cancelled"},
        ),
    )
    assert numbers == {
        "events": 3,
        "festivals": 1,
        "events_cancelled_or_postponed": 1,
        "events_without_time": 1,
        "venues": 2,
    }


def test_a_performer_on_two_shows_is_one_performer():
    numbers = measures(
        "expanded_artists",
        frame(
            "expanded_artists",
            {},
            {"show_id": "2", "act_kind": "tribute"},
            {"performer_key": "x", "role": "support", "act_kind": "festival"},
        ),
    )
    assert numbers == {
        "billings": 3,
        "performers": 2,
        "headliner_billings": 2,
        "tribute_billings": 1,
        "not_artist_billings": 1,
    }


def test_the_match_rate_is_of_those_looked_up_and_decided():
    rejected = pending() | {"outcome": "rejected", "confidence": 0.0}
    numbers = measures(
        "matched_artists",
        frame(
            "matched_artists",
            {"method": "known"},
            {"performer_key": "b", "level": "low"},
            {"performer_key": "c", **rejected},
            {"performer_key": "d", **pending()},
            {"performer_key": "the festival", **rejected, "rule": "is_festival"},
        ),
    )
    assert numbers == {
        "matched": 2,
        "rejected": 2,
        "pending": 1,
        "matched_share": 0.6667,
        "pending_share": 0.25,
        "decided_in_another_state": 1,
        "low_confidence_matches": 1,
    }


def test_a_state_whose_performers_all_wait_is_wholly_pending():
    numbers = measures("matched_artists", frame("matched_artists", pending()))
    assert (numbers["pending_share"], numbers["matched_share"]) == (1.0, 1.0)


def test_tracks_and_features_are_counted_per_artist_and_per_known_track():
    top = frame("top_tracks", {}, {"track_id": "b"}, {"track_id": "c", "spotify_artist_id": "x"})
    assert measures("top_tracks", top) == {
        "tracks": 3,
        "artists_with_tracks": 2,
        "tracks_per_artist": 1.5,
    }
    features = frame("audio_features", {}, {"track_id": "b", "is_known": False})
    assert measures("audio_features", features) == {
        "tracks_asked": 2,
        "tracks_known": 1,
        "tracks_known_share": 0.5,
    }
