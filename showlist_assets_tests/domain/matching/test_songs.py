"""Of whom there is something to hear, and whose songs are asked for, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.matching import songs
from showlist_assets.domain.matching.evidence import evidence_columns, evidence_of
from showlist_assets_tests.rows import NOW, TODAY, found_track, frame, keeps_the_rules, pending

QUERY = 'artist:"Paper Lantern"'
REJECTED = {"outcome": "rejected", "spotify_artist_id": None, "spotify_artist_name": None}


def decision(key="paper lantern", artist="artist-1", credited=(), **columns):
    """A match whose search brought a song of each of ``credited``."""
    tracks = [found_track(f"of {each} for {key}", artist_ids=[each]) for each in credited]
    return {
        "performer_key": key, "spotify_artist_id": artist, "found_tracks": tracks, **columns
    }  # fmt: skip


def heard(*rows, further_search=True):
    decisions = frame("matched_artists", *rows)
    return songs.with_what_to_hear(
        decisions, songs.artists_with_songs(decisions), further_search=further_search
    )


def asked(*rows):
    return songs.artists_to_ask(heard(*rows)).rows()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (decision(credited=["artist-1"]), songs.SONGS),
        (decision(credited=["artist-2", "artist-1"]), songs.SONGS),
        (decision(credited=["artist-2"]), songs.UNKNOWN),
        (decision(), songs.UNKNOWN),
        (decision(credited=["artist-2"], queries=["Paper Lantern", QUERY]), songs.NO_SONG),
        (pending(), songs.UNKNOWN),
        (REJECTED, songs.NOBODY),
    ],
)
def test_only_a_song_of_the_artist_s_own_is_one_to_hear(row, expected):
    assert heard(row)["to_hear"].to_list() == [expected]


def test_where_no_further_search_is_made_an_artist_without_a_song_has_none():
    assert heard(decision(), further_search=False)["to_hear"].to_list() == [songs.NO_SONG]


def test_another_name_of_the_artist_in_the_state_may_have_brought_the_songs():
    both = (decision("a"), decision("b", credited=["artist-1"]))
    assert heard(*both)["to_hear"].to_list() == [songs.SONGS, songs.SONGS]
    elsewhere = heard(decision("a"), decision("a", credited=["artist-1"], state="TX"))
    assert elsewhere["to_hear"].to_list() == [songs.UNKNOWN, songs.SONGS]


def test_the_soonest_show_is_asked_about_first_and_nobody_twice():
    def on(days):
        return None if days is None else TODAY + timedelta(days=days)

    rows = [
        decision("a", "artist-a", spotify_artist_name="A", next_show_on=on(None)),
        decision("b", "artist-b", spotify_artist_name="B", next_show_on=on(9)),
        decision("c", "artist-c", spotify_artist_name="C", next_show_on=on(2)),
        decision("b, live", "artist-b", spotify_artist_name="B", next_show_on=on(1), state="TX"),
    ]
    assert asked(*rows) == [
        ("artist-b", 'artist:"B"'), ("artist-c", 'artist:"C"'), ("artist-a", 'artist:"A"'),
    ]  # fmt: skip


def test_a_quote_in_a_name_does_not_end_the_filter():
    (row,) = asked(decision(spotify_artist_name='The "Paper" Lantern'))
    assert row[1] == 'artist:"The  Paper  Lantern"'


def test_songs_that_were_found_count_and_a_search_in_vain_is_remembered():
    decisions = frame("matched_artists", decision("a", "artist-a"), decision("b", "artist-b"))
    later = NOW + timedelta(hours=1)
    found = {
        "artist-a": songs.FoundSongs([found_track("x", artist_ids=["artist-a"])], later, QUERY),
        "artist-b": songs.FoundSongs([], later, QUERY),
    }
    after = songs.add_songs(decisions, found)
    assert keeps_the_rules("matched_artists", after)
    assert heard(*after.to_dicts())["to_hear"].to_list() == [songs.SONGS, songs.NO_SONG]
    assert asked(*after.to_dicts()) == []
    assert after["queries"].to_list() == [["Paper Lantern", QUERY]] * 2
    assert set(after["asked_at"]) == {later}
    assert after.drop("queries", "found_tracks", "asked_at").equals(
        decisions.drop("queries", "found_tracks", "asked_at")
    )
    assert songs.add_songs(after, found).equals(after)


def test_what_another_state_or_name_knows_is_not_asked_again():
    (wanted,) = (songs.artists_to_ask(heard(decision())),)
    with_songs = decision("lantern", credited=["artist-2", "artist-1"], state="TX")
    in_vain = decision("elsewhere", queries=["x", QUERY], state="CA")
    of_others = decision("other", "artist-2", credited=["artist-1"])

    def known(*rows):
        return songs.songs_known(frame("matched_artists", *rows), wanted)

    assert known(decision(), of_others) == {}
    assert known(in_vain) == {"artist-1": songs.FoundSongs([], NOW, QUERY)}
    for rows in ((in_vain, with_songs), (with_songs, in_vain)):
        (found,) = known(*rows).values()
        assert [track["artist_ids"] for track in found.tracks] == [["artist-1"]]
        assert found.query is None


def test_who_has_no_song_is_told_unless_another_state_has_one():
    rows = (
        decision("a", "artist-a", queries=[QUERY]),
        decision("b", "artist-b", queries=[QUERY]),
        decision("b", "artist-b", credited=["artist-b"], state="TX"),
        decision("c", "artist-c"),
    )
    assert songs.without_song(heard(*rows)) == ["artist-a"]
    # Each state by what it knows itself.
    alone = songs.without_song_by_state(heard(*rows)).sort("spotify_artist_id").rows()
    assert alone == [("NY", "artist-a"), ("NY", "artist-b")]


def test_a_search_for_songs_is_no_answer_to_who_it_is():
    row = frame("matched_artists", decision(queries=["Paper Lantern", QUERY])).row(0, named=True)
    evidence = evidence_of(row)
    assert list(evidence.answers) == ["Paper Lantern"]
    assert evidence_columns(evidence)["queries"] == row["queries"]


ARTISTS = st.sampled_from(["artist-1", "artist-2", "artist-3"])
ROWS = st.lists(
    st.tuples(st.sampled_from(["NY", "TX"]), st.sampled_from("abcd"), ARTISTS, st.lists(ARTISTS)),
    max_size=8,
    unique_by=lambda row: row[:2],
)


@given(ROWS, st.sets(ARTISTS))
def test_once_asked_nobody_is_asked_again_and_nothing_else_changes(rows, answered):
    decisions = frame(
        "matched_artists",
        *(
            decision(key, artist, credited, state=state, spotify_artist_name=artist)
            for state, key, artist, credited in rows
        ),
    ).sort("state", "performer_key")
    wanted = songs.artists_to_ask(heard(*decisions.to_dicts()))
    found = {
        artist: songs.FoundSongs(
            [found_track(f"new {artist}", artist_ids=[artist])] if artist in answered else [],
            NOW,
            query,
        )
        for artist, query in wanted.iter_rows()
    }
    after = songs.add_songs(decisions, found)
    assert asked(*after.to_dicts()) == []
    same = ["state", "performer_key", "spotify_artist_id", "candidates", "decided_at"]
    assert after.select(same).equals(decisions.select(same))
