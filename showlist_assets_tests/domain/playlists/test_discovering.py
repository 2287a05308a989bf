"""A recipe without shows: which of the suggested songs it plays, in which order, and why."""

from __future__ import annotations

import random
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.discovering import plan_discovered
from showlist_assets.domain.playlists.recipe import Recipe, RecipeError, parse_recipe
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.track_suggestions import TrackSuggestions
from showlist_assets_tests.rows import NOW

TODAY = date(2026, 11, 20)


def recipe(**fields: object) -> Recipe:
    return Recipe.model_validate(
        {"name": "made-for-me", "discover": "similar to what I play", **fields}
    )


def songs(*rows: dict[str, object]) -> pl.DataFrame:
    """Suggestions, the best first; each has an artist of its own unless it says otherwise."""
    usual = [
        {
            "recording_mbid": f"00000000-0000-4000-8000-{number:012d}",
            "track_name": f"Song {number}",
            "artist_name": f"Act {number}",
            "artist_mbids": [f"artist-{number}"],
            "spotify_track_id": f"{number:022d}",
            "duration_ms": None,
            "score": 1.0 / (number + 1),
            "because": ["Tin Owl: Lamp", "Paper Lantern: Moth"],
            "status": "id",
            "computed_at": NOW,
            **row,
        }
        for number, row in enumerate(rows)
    ]
    return TrackSuggestions.validate(
        pl.DataFrame(usual, schema=polars_schema(TrackSuggestions), orient="row")
    )


def planned(suggestions: pl.DataFrame, *, is_heard: bool = True, **fields: object):
    return plan_discovered(recipe(**fields), suggestions, today=TODAY, is_heard=is_heard)


def names(plan) -> list[str]:
    return [track.track_name for track in plan.tracks]


def test_the_best_song_comes_first_and_the_title_tells_the_day():
    plan = planned(songs({}, {}, {}))
    assert names(plan) == ["Song 0", "Song 1", "Song 2"]
    assert plan.title == "Made for you, Nov 20"
    assert plan.description == "3 tracks like what you play: Act 0, Act 1 and Act 2."
    assert all(track.is_suggested for track in plan.tracks)


def test_only_the_listener_reads_which_songs_of_theirs_it_is_like():
    (track,) = planned(songs({})).tracks
    assert track.why == "People who play what you play also play this."
    assert track.why_for_listener.endswith(
        "You played Tin Owl: Lamp and Paper Lantern: Moth; people who play them also play this."
    )


def test_what_cannot_be_played_is_counted_and_why():
    plan = planned(songs({}, {"status": "no id"}, {"status": "heard"}, {"status": "blocked"}))
    assert names(plan) == ["Song 0"]
    assert plan.left_out == {
        "songs that are not known on Spotify": 1,
        "songs played of late": 1,
        "songs of artists you never want": 1,
    }


def test_an_artist_has_so_many_songs_and_never_two_in_a_row_if_it_can_be_helped():
    same = {"artist_name": "Act"}
    plan = planned(songs(same, same, same, {}, {}))
    assert names(plan) == ["Song 0", "Song 3", "Song 1", "Song 4"]
    assert plan.left_out == {"tracks beyond 2 per artist": 1}


def test_artists_and_versions_are_left_out_by_name():
    rows = songs({"artist_name": "Kiss"}, {"track_name": "Song (Live)"}, {})
    plan = planned(rows, artists={"never": ["KISS"]}, versions={"never": ["live"]})
    assert names(plan) == ["Song 2"]
    assert planned(rows, artists={"only": ["kiss"]}).tracks[0].artist_name == "Kiss"


def test_what_is_over_the_limit_waits_in_reserve():
    plan = planned(songs({}, {}, {}), max_tracks=2)
    assert [one.track.track_name for one in plan.reserve] == ["Song 2"]
    assert plan.left_out == {"tracks over the limit of 2": 1}


@pytest.mark.parametrize(
    ("suggestions", "is_heard", "told"),
    [
        (songs(), False, "Nothing is known of what 'me' plays: run `showlist import`"),
        (songs(), True, "run `showlist taste refresh me`"),
        (songs({"status": "no id"}), True, "Left out: 1 song that is not known on Spotify."),
    ],
)
def test_an_empty_one_says_why(suggestions, is_heard, told):
    plan = planned(suggestions, is_heard=is_heard)
    assert plan.why_empty.startswith("There is no song to suggest.")
    assert told in plan.why_empty
    assert "show" not in plan.why_empty.replace("showlist", "")


@given(st.permutations(range(8)), st.sampled_from(["date", "taste", "shuffle"]))
def test_the_order_of_the_rows_makes_no_difference(order, wanted):
    rows = songs(*[{"score": random.Random(n).random()} for n in range(8)])
    assert planned(rows[order], order=wanted) == planned(rows, order=wanted)


@pytest.mark.parametrize("beside", ["states: NY", "price: <= 20", "order: smooth", "pick: newest"])
def test_what_nobody_tells_of_a_suggested_song_cannot_be_asked(beside):
    text = f"discover: similar to what I play\n{beside}\n"
    field = beside.partition(":")[0]
    with pytest.raises(RecipeError, match=f"a playlist without shows.*remove '{field}'"):
        parse_recipe(text, name="mine", source="mine.yaml")
