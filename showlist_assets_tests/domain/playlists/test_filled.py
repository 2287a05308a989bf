"""A plan as it is heard: without what the listener took out, filled up, and worded so."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.filled import filled_plan
from showlist_assets.domain.playlists.plan import Plan
from showlist_assets.domain.playlists.planner import plan_playlist
from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets_tests.domain.playlists.show_rows import TODAY, show_row, shows_of

_ACTS = ["ada", "bea", "cleo", "dot", "eve", "flo"]


def _plan(**wishes: object) -> Plan:
    """Of six acts on six days, one track each."""
    rows = [
        show_row(str(number), act, local_date=TODAY + timedelta(days=number))
        for number, act in enumerate(_ACTS)
    ]
    fields = {"states": "NY", "when": "any time", "tracks_per_artist": 1, "max_tracks": 3}
    recipe = Recipe(name="mine", **{**fields, **wishes})
    return plan_playlist(recipe, shows_of(*rows), today=TODAY)


def _uri(act: str) -> str:
    return f"spotify:track:{act}-1"


def test_nothing_taken_out_leaves_the_plan_as_it_is():
    plan = _plan()
    assert filled_plan(plan, without=[_uri("eve")]) is plan


def test_the_next_candidates_stand_in_and_title_and_description_tell_of_them():
    plan = _plan(title="{artists}", description="{track_count} of {show_count}, {dates}")
    assert (plan.title, plan.description) == (
        "Ada, Bea and Cleo",
        "3 tracks of 3 shows, Nov 20 to Nov 22",
    )
    heard = filled_plan(plan, without=[_uri("ada"), _uri("bea")], elsewhere=[_uri("dot")])
    assert (heard.title, heard.description) == (
        "Cleo, Eve and Flo",
        "3 tracks of 3 shows, Nov 22 to Nov 25",
    )
    assert heard.left_out["tracks that the listener took out"] == 2


def test_counts_are_of_what_is_left_where_nothing_stands_in():
    plan = _plan(title="{artist_count}", description="{track_count}", max_tracks=6)
    heard = filled_plan(plan, without=[_uri("ada")])
    assert (heard.title, heard.description) == ("5 artists", "5 tracks")


def test_of_no_track_at_all_the_words_stay_and_the_reason_is_told():
    plan = _plan(title="{artist_count}", max_tracks=6)
    heard = filled_plan(plan, without=plan.uris)
    assert (heard.tracks, heard.title) == ((), "6 artists")
    assert "6 tracks that the listener took out" in heard.why_empty
    assert "`showlist restore mine` lets them come back" in heard.why_empty


@given(
    st.sets(st.sampled_from(_ACTS)),
    st.sets(st.sampled_from(_ACTS)),
    st.integers(1, 6),
    st.sampled_from(["date", "shuffle", "energy arc"]),
)
def test_what_is_heard_is_wanted_once_and_as_long_as_there_is_enough(out, own, size, order):
    plan = _plan(max_tracks=size, order=order, description="{track_count}")
    without, elsewhere = set(map(_uri, out)), set(map(_uri, own))
    heard = filled_plan(plan, without=without, elsewhere=elsewhere)
    assert len(set(heard.uris)) == len(heard.uris) <= len(plan.uris)
    assert not without & set(heard.uris)
    stays = [uri for uri in plan.uris if uri not in without]
    assert [uri for uri in heard.uris if uri in plan.uris] == stays
    if heard.tracks:
        count = len(heard.tracks)
        assert heard.description == ("1 track" if count == 1 else f"{count} tracks")
    usable = {one.track.uri for one in plan.reserve} - without - elsewhere
    assert len(heard.uris) == min(len(plan.uris), len(stays) + len(usable))
