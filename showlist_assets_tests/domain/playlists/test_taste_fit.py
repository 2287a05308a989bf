"""Plans with a listener's taste: who stands where, who is left out, and what is told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from showlist_assets.domain.playlists.plan import Plan, TasteNote, left_out_in_words
from showlist_assets.domain.playlists.planner import plan_playlist
from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets.domain.playlists.taste_fit import with_blocks_of
from showlist_assets_tests.domain.playlists.show_rows import TODAY, show_row, shows_of
from showlist_assets_tests.domain.playlists.taste_rows import taste_of, taste_row

_NAMES = ("ada", "bea", "cleo", "dora", "eve")


def _plan(rows: list[Any], scores: pl.DataFrame | None, **wishes: Any) -> Plan:
    recipe = Recipe(name="mine", **{"states": "NY", **wishes})
    return plan_playlist(recipe, shows_of(*rows), today=TODAY, taste=scores)


def _artists(plan: Plan) -> list[str]:
    return list(dict.fromkeys(track.artist_name for track in plan.tracks))


def _shows(*names: str, **columns: Any) -> list[Any]:
    return [show_row(name, name, **columns) for name in names]


# Order and preference


def test_whoever_fits_best_stands_first_and_the_unknown_last():
    taste = taste_of(taste_row("cleo", 0.1), taste_row("ada"), taste_row("bea", 7.0))
    plan = _plan(_shows("ada", "bea", "cleo", "dora"), taste, order="taste")
    assert _artists(plan) == ["Bea", "Cleo", "Ada", "Dora"]


def test_whoever_fits_best_stays_when_there_are_too_many():
    taste = taste_of(*(taste_row(name, n) for n, name in enumerate(_NAMES)))
    plan = _plan(_shows(*_NAMES), taste, prefer="taste", max_tracks=2)
    assert _artists(plan) == ["Dora", "Eve"]
    assert [one.track.artist_name for one in plan.reserve] == ["Cleo", "Bea"]


def test_whom_the_listener_plays_may_stay_before_others():
    taste = taste_of(taste_row("ada", 9.0), taste_row("bea", 1.0, basis="known", plays=3))
    rows = _shows("ada", "bea", "cleo")
    assert _artists(_plan(rows, taste, taste={"known": "prefer"}, max_tracks=1)) == ["Bea"]
    first = {"taste": {"known": "prefer"}, "artists": {"first": "cleo"}}
    assert _artists(_plan(rows, taste, **first, max_tracks=1)) == ["Cleo"]


# Who is left out


@pytest.mark.parametrize(
    ("wish", "left", "reason"),
    [
        (
            {"taste": {"known": "only"}},
            ["Bea"],
            "3 acts you do not play",
        ),
        (
            {"taste": {"known": "never"}},
            ["Ada", "Cleo", "Dora"],
            "1 act you play already",
        ),
        (
            {"unknown_taste": "leave out"},
            ["Ada", "Bea"],
            "2 acts of which nobody knows how they fit your taste",
        ),
        ({"taste": {"minimum": 0.51}}, ["Bea", "Cleo", "Dora"], "1 act below your taste"),
        (
            {"taste": {"minimum": 1.0}, "unknown_taste": "leave out"},
            ["Bea"],
            "1 act below your taste",
        ),
    ],
)
def test_each_wish_leaves_out_what_it_is_asked_to_and_counts_it(wish, left, reason):
    taste = taste_of(taste_row("ada", 1.0), taste_row("bea", 2.0, basis="known"), taste_row("cleo"))
    plan = _plan(_shows("ada", "bea", "cleo", "dora"), taste, **wish)
    assert _artists(plan) == left
    assert reason in left_out_in_words(plan.left_out)


def test_a_rank_is_among_those_who_play_where_and_when_the_recipe_looks():
    taste = taste_of(*(taste_row(name, n) for n, name in enumerate(_NAMES)))
    here = _shows("ada", "bea", "cleo")
    # Whom the genre leaves out can be heard here all the same; whoever plays later cannot.
    other = _shows("dora", genres=["metal"])
    later = _shows("eve", local_date=TODAY + timedelta(days=40))
    wish = {"genres": {"never": "metal"}, "taste": {"minimum": 0.75}}
    plan = _plan([*here, *other, *later], taste, **wish)
    assert {track.artist_name: track.taste.percentile for track in plan.tracks} == {"Cleo": 0.75}


def test_raw_scores_do_not_count():
    small = taste_of(*(taste_row(name, n + 1) for n, name in enumerate(_NAMES)))
    large = small.with_columns(pl.col("score") * 1e6)
    wish = {"taste": {"minimum": 0.5}, "order": "taste"}
    assert _plan(_shows(*_NAMES), small, **wish) == _plan(_shows(*_NAMES), large, **wish)


def test_an_artist_is_found_by_spotify_where_the_bill_spells_another_name():
    taste = taste_of(
        taste_row("the ada", 1.0, spotify_artist_id="id of ada"),
        taste_row("bea!", verdict="block", spotify_artist_id="id of bea"),
    )
    plan = _plan(_shows("ada", "bea"), taste, unknown_taste="leave out")
    assert _artists(plan) == ["Ada"]
    assert plan.left_out == {"blocked acts": 1}


# Blocks


def test_the_blocks_of_the_account_count_where_the_taste_is_another_s():
    theirs = taste_of(taste_row("ada", 2.0), taste_row("bea", 1.0))
    own = taste_of(taste_row("ada", 5.0, verdict="block"), taste_row("bea", 9.0, verdict="less"))
    taste = with_blocks_of(theirs, own)
    assert _artists(_plan(_shows("ada", "bea"), taste, order="taste")) == ["Bea"]
    assert with_blocks_of(theirs, None) is theirs
    alone = _plan(_shows("ada", "bea"), with_blocks_of(None, own), order="taste")
    assert _artists(alone) == ["Bea"]
    assert "Nothing is known yet" in alone.notes[0]


def _row_on_its_day(show: str, artist: str, track: int) -> dict[str, Any]:
    """A show has one date, whoever plays."""
    day = TODAY + timedelta(days=int(show) // 2)
    return show_row(show, artist, track, local_date=day)


_ROWS = st.lists(
    st.builds(_row_on_its_day, st.sampled_from("123"), st.sampled_from(_NAMES), st.integers(1, 3)),
    max_size=20,
    unique_by=lambda row: (row["show_id"], row["performer_key"], row["track_id"]),
)
_TASTES = st.lists(
    st.builds(
        taste_row,
        st.sampled_from(_NAMES),
        st.none() | st.floats(0, 10),
        verdict=st.sampled_from(["none", "more", "less", "block"]),
    ),
    max_size=5,
    unique_by=lambda row: row["performer_key"],
)
_WISHES = st.fixed_dictionaries(
    {},
    optional={
        "taste": st.fixed_dictionaries(
            {},
            optional={
                "minimum": st.floats(0, 1),
                "known": st.sampled_from(["any", "only", "never", "prefer"]),
                "listener": st.just("you"),
            },
        ),
        "unknown_taste": st.sampled_from(["keep", "leave out"]),
        "prefer": st.sampled_from(["soonest", "taste"]),
        "order": st.sampled_from(["date", "taste"]),
        "artists": st.sampled_from([{"first": list(_NAMES)}, {"only": list(_NAMES)}]),
        "calendar": st.just("all"),
        "max_tracks": st.integers(1, 6),
    },
)


@given(_ROWS, _TASTES, _WISHES)
def test_a_block_always_wins(rows, tastes, wishes):
    plan = _plan(rows, taste_of(*tastes), **wishes)
    blocked = {row["performer_name"] for row in tastes if row["verdict"] == "block"}
    heard = {track.artist_name for track in (*plan.tracks, *(one.track for one in plan.reserve))}
    named = {name for show in (*plan.shows, *plan.songless) for name in show.artists}
    assert not blocked & (heard | named)
    if blocked & {row["performer_name"] for row in rows}:
        assert plan.left_out["blocked acts"]


@given(_ROWS, _TASTES, st.floats(0, 1), st.floats(0, 1))
def test_who_asks_for_more_gets_no_others(rows, tastes, one, other):
    low, high = sorted((one, other))
    few, many = (
        _artists(_plan(rows, taste_of(*tastes), taste={"minimum": minimum}))
        for minimum in (high, low)
    )
    assert set(few) <= set(many)


@given(_ROWS, _TASTES)
def test_who_is_unknown_stands_last(rows, tastes):
    tracks = _plan(rows, taste_of(*tastes), order="taste").tracks
    ranks = [track.taste.percentile if track.taste else None for track in tracks]
    known = [rank for rank in ranks if rank is not None]
    assert ranks == [*sorted(known, reverse=True), *([None] * (len(ranks) - len(known)))]


@given(_ROWS, _TASTES, _WISHES, st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows, tastes, wishes, random):
    shuffled = random.sample(rows, len(rows)), taste_of(*random.sample(tastes, len(tastes)))
    assert _plan(rows, taste_of(*tastes), **wishes) == _plan(*shuffled, **wishes)


@given(_ROWS, _TASTES, _WISHES)
def test_without_a_taste_the_plan_is_that_of_a_recipe_that_asks_for_none(rows, tastes, wishes):
    asked = {"taste", "unknown_taste"}
    plain = {name: value for name, value in wishes.items() if name not in asked}
    for name in ("prefer", "order"):
        if plain.get(name) == "taste":
            plain.pop(name)
    as_today = _plan(rows, None, **plain)
    plan = _plan(rows, None, **wishes)
    notes = [note for note in plan.notes if "planned without taste" not in note]
    assert replace(plan, notes=tuple(notes), way_out=as_today.way_out) == as_today
    # A taste changes nothing that does not ask for it, but for blocks.
    unblocked = [row for row in tastes if row["verdict"] != "block"]
    assert _plan(rows, taste_of(*unblocked), **plain) == as_today


# What is told


def test_each_song_says_how_its_act_fits_and_its_reason_says_nothing_of_the_listener():
    last = datetime(2026, 11, 3, 20, tzinfo=UTC)
    bands = [{"artist_name": name, "share": 0.3} for name in ("Mitski", "Big Thief", "Lucy Dacus")]
    taste = taste_of(
        taste_row("ada", 9.0, basis="known", plays=12, last_at=last),
        taste_row("bea", 5.0, because=bands),
        taste_row("cleo", 3.0, basis="genre", genre="indie folk", genre_share=0.18),
    )
    plan = _plan(_shows("ada", "bea", "cleo", "dora"), taste, order="taste")
    ada, bea, cleo, dora = (track.taste for track in plan.tracks)
    assert ada.words == "You played them, last on 3 November 2026."
    assert (ada.basis, ada.percentile) == ("known", 1.0)
    assert all(name in bea.words for name in ("Mitski", "Big Thief", "Lucy Dacus"))
    assert bea.because == ("Mitski", "Big Thief", "Lucy Dacus")
    assert "indie folk" in cleo.words
    assert "18" in cleo.words
    assert (dora.basis, dora.percentile, dora.is_known) == ("none", None, False)
    assert all("because of" not in track.taste.words for track in plan.tracks)
    for track in plan.tracks:
        assert track.taste.words not in track.why
        assert track.why_for_listener == f"{track.why} {track.taste.words}"


def test_a_show_tells_of_the_act_that_fits_best():
    rows = [show_row("1", "ada"), show_row("1", "bea", billing=2), show_row("2", "cleo")]
    taste = taste_of(taste_row("ada", 1.0), taste_row("bea", 2.0), taste_row("cleo"))
    plan = _plan(rows, taste, order="taste")
    told = {show.artists[0]: show.taste for show in plan.shows}
    assert told["Ada"].artist == "Bea"
    assert told["Cleo"] is None


def test_an_act_without_a_song_fits_or_does_not_as_well():
    rows = [*_shows("ada"), show_row("2", "bea", track_id=None, why_no_track="not on Spotify")]
    taste = taste_of(taste_row("ada", 1.0), taste_row("bea", 2.0))
    plan = _plan(rows, taste, order="taste", calendar="all")
    assert plan.songless[0].taste.percentile == 1.0
    blocked = taste_of(taste_row("bea", verdict="block"))
    assert _plan(rows, blocked, calendar="all").songless == ()


def test_whom_nobody_knows_is_told_what_to_do():
    for taste in (None, taste_of(taste_row("ada"))):
        plan = _plan(_shows("ada"), taste, order="taste")
        assert [note for note in plan.notes if "`showlist import FILE`" in note]
        assert plan.tracks[0].taste is None
    assert _plan(_shows("ada"), None).notes == ()


def test_what_leaves_nothing_names_the_field_in_the_way():
    taste = taste_of(taste_row("ada", 1.0))
    plan = _plan(_shows("ada"), taste, taste={"known": "only"})
    assert "Without 'taste' it would hold 1 song" in plan.why_empty


def test_a_plan_with_taste_survives_being_kept_and_an_older_one_is_read():
    taste = taste_of(taste_row("ada", 1.0, because=[{"artist_name": "Mitski", "share": 1.0}]))
    plan = _plan(_shows("ada", "bea"), taste, order="taste")
    adapter = TypeAdapter(Plan)
    assert adapter.validate_json(adapter.dump_json(plan)) == plan
    older = adapter.dump_python(plan, mode="json")
    for one in (*older["tracks"], *older["shows"]):
        del one["taste"]
    assert adapter.validate_python(older).tracks[0].taste is None


def test_a_note_of_nothing_is_not_known():
    assert not TasteNote(artist="Ada", basis="none", words="").is_known
