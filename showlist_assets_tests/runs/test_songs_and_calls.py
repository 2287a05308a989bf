"""Runs over the sandbox: songs that a name does not bring, and texts that are paid for once."""

from __future__ import annotations

import polars as pl


def _states_of(sandbox, wanted):
    """States with a show of a performer for whom ``wanted`` holds, the smallest of them first."""
    events = [event for event in sandbox.world.events if event.type == "concert"]
    found = [event.venue.state for event in events if any(wanted(act) for act in event.performers)]
    size = {state: sum(event.venue.state == state for event in events) for state in found}
    return sorted(size, key=lambda state: (size[state], state))


def _searches(platform):
    return platform.sandbox.requests("spotify", "/v1/search")


def _queries(platform):
    return set(platform.table("matched_artists")["queries"].explode().drop_nulls())


def test_songs_that_only_a_further_search_brings_are_on_the_shows_and_cost_one_call(platform):
    longer = " Orchestra"
    artists = platform.sandbox.world.catalog.artists
    popular = {one.name for one in artists}
    drowned = next(one for one in artists if one.name + longer in popular and one.popularity == 12)
    (state,) = _states_of(platform.sandbox, lambda act: act.artist_id == drowned.id)
    platform.must_run(state)
    matched = platform.table("matched_artists").filter(pl.col("spotify_artist_id") == drowned.id)
    assert matched["queries"].to_list() == [[drowned.name, f'artist:"{drowned.name}"']]
    shows = platform.table("upcoming_shows").filter(pl.col("spotify_artist_id") == drowned.id)
    assert shows.height > 0
    assert shows["track_id"].null_count() == 0
    assert platform.metadata("top_tracks", state)["artists_without_tracks"] == 0
    before = _searches(platform)
    platform.must_run(state)
    assert _searches(platform) == before


def test_a_text_that_was_searched_whole_costs_no_call_once_it_is_read_as_an_act(platform):
    prefix = "An Evening with "
    state, *_ = _states_of(platform.sandbox, lambda act: act.name.startswith(prefix))
    platform.must_run(state)
    before = platform.table("matched_artists").filter(
        pl.col("performer_name").str.starts_with(prefix)
    )
    assert before.height > 0
    searches, asked = _searches(platform), _queries(platform)
    platform.must_run(state)
    acts = platform.table("expanded_artists").filter(pl.col("billed_text").str.starts_with(prefix))
    assert acts.height > 0, "the second run takes the text apart"
    after = platform.table("matched_artists").join(acts, on="performer_key", how="semi")
    decided = ["spotify_artist_id", "queries", "rule"]
    assert after.select(decided).sort("*").equals(before.select(decided).sort("*"))
    assert after["performer_name"].sort().equals(acts["performer_name"].unique().sort())
    # Each act of a bill of several that the whole did not name is a question nobody asked before.
    assert _searches(platform) - searches == len(_queries(platform) - asked)
