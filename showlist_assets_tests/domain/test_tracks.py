from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain import tracks
from showlist_assets.domain.tracks import ASK_AGAIN_AFTER, TRACKS_PER_ARTIST
from showlist_assets_tests.rows import NOW, found_track, frame, keeps_the_rules, pending


def matched(*found, **columns):
    return {"found_tracks": list(found), **columns}


def ranked(*rows):
    """Ids of the tracks that come out of these ``MatchedArtists`` rows."""
    top = tracks.tracks_from_search(frame("matched_artists", *rows))
    assert keeps_the_rules("top_tracks", top)
    return top


def test_tracks_keep_the_order_of_the_search():
    top = ranked(matched(found_track("b"), found_track("a"), found_track("c")))
    assert top.select("track_id", "rank").rows() == [("b", 1), ("a", 2), ("c", 3)]
    assert set(top["ranking_source"]) == {"spotify_search"}


def test_a_stranger_s_song_does_not_count():
    stranger = found_track("stranger", artist_ids=["artist-2"])
    both = found_track("both", artist_ids=["artist-2", "artist-1"])
    top = ranked(matched(stranger, both, found_track("own")))
    assert top.select("track_id", "rank").rows() == [("both", 1), ("own", 2)]


@pytest.mark.parametrize(
    "again",
    [
        {"isrc": "US1", "track_name": "Small Hours (Deluxe)"},
        {"isrc": "US2", "track_name": "SMALL HOURS"},
        {"isrc": None, "track_name": "Small hours"},
    ],
)
def test_one_recording_counts_once(again):
    first = found_track("first", isrc="US1", track_name="Small Hours")
    assert ranked(matched(first, found_track("again", **again)))["track_id"].to_list() == ["first"]


def test_tracks_without_a_code_are_different_songs():
    assert ranked(matched(found_track("a"), found_track("b"))).height == 2


def test_ten_tracks_are_the_most():
    top = ranked(matched(*(found_track(f"{n}") for n in range(25))))
    assert top["rank"].to_list() == list(range(1, TRACKS_PER_ARTIST + 1))


def test_only_matched_artists_have_tracks():
    assert ranked(matched(found_track("a")) | pending()).is_empty()


def test_of_two_billed_names_the_one_that_found_more_of_the_artist_speaks_for_both():
    strangers = [found_track(f"s{n}", artist_ids=["artist-2"]) for n in range(9)]
    top = ranked(
        matched(*strangers, performer_key="paper lantern & friends"),
        matched(found_track("a"), found_track("b"), performer_key="paper lantern"),
    )
    assert top["track_id"].to_list() == ["a", "b"]


def test_every_state_gets_the_tracks_of_its_own_artists():
    top = ranked(
        matched(found_track("a")),
        matched(found_track("a"), state="PA"),
        matched(found_track("b", artist_ids=["artist-2"]), state="PA",
                performer_key="x", spotify_artist_id="artist-2"),
    )  # fmt: skip
    assert top.select("state", "spotify_artist_id", "track_id").rows() == [
        ("NY", "artist-1", "a"),
        ("PA", "artist-1", "a"),
        ("PA", "artist-2", "b"),
    ]


def test_tracks_are_as_old_as_the_answer_they_came_with():
    asked = NOW - timedelta(days=3)
    assert ranked(matched(found_track("a"), asked_at=asked))["ranked_at"].item() == asked


FOUND = st.lists(
    st.tuples(
        st.sampled_from(["One", "ONE", "Two", "Three", "Four"]),
        st.sampled_from([None, "US1", "US2"]),
        st.sampled_from(["artist-1", "artist-2"]),
    ),
    max_size=30,
)


@given(FOUND)
def test_ranks_have_no_gaps_and_no_song_comes_twice(found):
    given_tracks = [
        found_track(f"{n}", track_name=name, isrc=isrc, artist_ids=[artist])
        for n, (name, isrc, artist) in enumerate(found)
    ]
    top = ranked(matched(*given_tracks))
    assert top["rank"].to_list() == list(range(1, top.height + 1))
    assert top["track_name"].str.to_lowercase().is_unique().all()
    assert top["isrc"].drop_nulls().is_unique().all()


TOP = {"ranking_source": "spotify_top_tracks"}


def songs(count, **columns):
    """So many different songs, the last one the best known."""
    return [found_track(f"song {n}", popularity=n, **columns) for n in range(count)]


def by_popularity(*rows):
    top = tracks.tracks_by_popularity(frame("matched_artists", *rows))
    assert keeps_the_rules("top_tracks", top)
    return top["track_id"].to_list()


def test_ten_songs_of_a_search_are_ranked_by_their_popularity():
    assert by_popularity(matched(*songs(12))) == [f"song {n}" for n in range(11, 1, -1)]
    top = tracks.tracks_by_popularity(frame("matched_artists", matched(*songs(10))))
    assert set(top["ranking_source"]) == {"spotify_search_by_popularity"}


@pytest.mark.parametrize(
    "tenth",
    [
        found_track("another", popularity=50, track_name="Title of song 3"),
        found_track("another", popularity=50, artist_ids=["a-stranger", "artist-1"]),
        found_track("another", popularity=None),
    ],
)
def test_a_version_a_guest_s_song_and_an_untold_popularity_are_no_tenth_song(tenth):
    first = [song | {"track_name": f"Title of {song['track_id']}"} for song in songs(9)]
    assert by_popularity(matched(*first, tenth)) == []
    assert len(by_popularity(matched(*first, found_track("another", popularity=50)))) == 10


def test_of_two_versions_of_a_song_the_better_known_one_counts():
    again = found_track("single", popularity=99, isrc="USX")
    first = [song | {"isrc": "USX" if n == 0 else None} for n, song in enumerate(songs(10))]
    assert by_popularity(matched(*first, again))[0] == "single"
    assert "song 0" not in by_popularity(matched(*first, again))


def test_top_tracks_are_asked_once_for_each_artist_and_state_without_them():
    artists = frame(
        "matched_artists",
        {},
        {"performer_key": "paper lantern band"},
        {"state": "PA"},
        {"performer_key": "x", "spotify_artist_id": "artist-2"},
        {"performer_key": "y", **pending()},
    )
    searched = frame("top_tracks", {})
    assert tracks.artists_without_top_tracks(artists, searched) == [
        ("NY", "artist-1"), ("NY", "artist-2"), ("PA", "artist-1"),
    ]  # fmt: skip
    asked = frame("top_tracks", {"state": "VT", **TOP})
    assert tracks.artists_without_top_tracks(artists, asked) == [("NY", "artist-2")]


def test_known_top_tracks_are_the_newest_and_go_to_every_state_that_needs_them():
    artists = frame("matched_artists", {}, {"state": "PA"})
    old = NOW - timedelta(days=7)
    known = frame(
        "top_tracks",
        {"state": "VT", "track_id": "new", **TOP},
        {"state": "WY", "track_id": "new", **TOP},
        {"state": "NY", "track_id": "old", "ranked_at": old, **TOP},
        {"state": "VT", "track_id": "other", "spotify_artist_id": "artist-9", **TOP},
    )
    copied = tracks.known_top_tracks(artists, known)
    assert keeps_the_rules("top_tracks", copied)
    assert copied.select("state", "track_id").rows() == [("NY", "new"), ("PA", "new")]


def test_a_newer_search_does_not_hide_spotify_s_own_ranking():
    known = frame(
        "top_tracks",
        {"track_id": "top", "ranked_at": NOW - timedelta(days=7), **TOP},
        {"track_id": "found", "ranked_at": NOW},
    )
    copied = tracks.known_top_tracks(frame("matched_artists", {}), known)
    assert copied["track_id"].to_list() == ["top"]


WANTED = frame("top_tracks", {"track_id": "a"}, {"track_id": "b", "rank": 2})
UNKNOWN = {"is_known": False, "energy": None}


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ({}, True),
        ({"asked_at": NOW - timedelta(days=900)}, True),
        ({"state": "WY"}, True),
        (UNKNOWN, True),
        (UNKNOWN | {"asked_at": NOW - ASK_AGAIN_AFTER + timedelta(hours=1)}, True),
        (UNKNOWN | {"asked_at": NOW - ASK_AGAIN_AFTER}, False),
        ({"track_id": "nobody wants it"}, False),
    ],
)
def test_known_features_are_kept_for_ever_and_unknown_ones_for_a_month(row, kept):
    known = frame("audio_features", {"track_id": "a", **row})
    keeping = tracks.features_to_keep(WANTED, known, now=NOW)
    assert keeps_the_rules("audio_features", keeping)
    assert keeping.select("state", "track_id").rows() == ([("NY", "a")] if kept else [])


def test_a_state_that_knows_a_track_tells_those_that_do_not():
    known = frame(
        "audio_features",
        {"track_id": "a", "state": "PA", **UNKNOWN},
        {"track_id": "a", "state": "WY", "asked_at": NOW - timedelta(days=99)},
    )
    assert tracks.features_to_keep(WANTED, known, now=NOW)["is_known"].to_list() == [True]


def test_missing_tracks_are_asked_once_and_the_best_known_first():
    wanted = frame(
        "top_tracks",
        {"track_id": "deep cut", "rank": 9},
        {"track_id": "hit", "rank": 1},
        {"track_id": "hit", "rank": 1, "state": "PA"},
        {"track_id": "kept", "rank": 1},
    )
    kept = frame("audio_features", {"track_id": "kept"})
    assert tracks.tracks_to_ask(wanted, kept) == ["hit", "deep cut"]


def test_a_track_that_was_asked_and_is_not_known_gets_a_row_too():
    wanted = frame(
        "top_tracks", {"track_id": "a"}, {"track_id": "b"}, {"track_id": "a", "state": "PA"}
    )
    rows = tracks.features_frame(
        wanted, {"a": {"energy": 0.7, "key": 4}}, ["b", "a"], source="reccobeats", asked_at=NOW
    )
    assert keeps_the_rules("audio_features", rows)
    assert rows.select("state", "track_id", "is_known", "energy", "key").rows() == [
        ("NY", "a", True, 0.7, 4),
        ("NY", "b", False, None, None),
        ("PA", "a", True, 0.7, 4),
    ]


def test_nothing_asked_is_no_rows_with_all_columns():
    rows = tracks.features_frame(WANTED, {}, [], source="reccobeats", asked_at=NOW)
    assert keeps_the_rules("audio_features", rows)
    assert rows.is_empty()
