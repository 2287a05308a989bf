"""What plans begin with holds every row, whether it is made of one state or of several."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.planner import plan_of, plan_playlist
from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.domain.playlists.upcoming import joined, upcoming_of
from showlist_assets_tests.domain.playlists.show_rows import show_row, shows_of
from showlist_assets_tests.rows import TODAY

_KEY = ["state", "show_id", "performer_key", "track_id"]
_ROWS = st.lists(
    st.builds(
        lambda state, show, act, track, energy, genres: show_row(
            f"{state}{show}",
            act,
            state=state,
            track_id=f"{act}-{track}",
            energy=energy,
            genres=genres,
            local_date=TODAY + timedelta(days=show),
            venue_name=f"House {show}",
        ),
        st.sampled_from(["NY", "NJ"]),
        st.integers(1, 4),
        st.sampled_from(["ada", "bea", "cy"]),
        st.integers(1, 3),
        st.sampled_from([None, 0.2, 0.8]),
        st.sampled_from([[], ["rock"], ["rock", "folk"]]),
    ),
    min_size=1,
    max_size=14,
    unique_by=lambda row: (row["show_id"], row["performer_key"], row["track_id"]),
)


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(sorted(rows.columns)).sort(_KEY)


@given(_ROWS)
def test_an_act_is_kept_once_and_none_of_its_rows_is_lost(rows):
    shows = shows_of(*rows)
    upcoming = upcoming_of(shows, ShowFates())
    assert upcoming.doubles == 0
    kept = upcoming.rows_of(upcoming.acts)
    assert _sorted(kept.select(shows.columns)).equals(_sorted(shows))
    assert len(upcoming.acts) <= len(rows)


@given(_ROWS)
def test_states_that_are_joined_plan_as_the_states_together(rows):
    shows, recipe = shows_of(*rows), Recipe(name="mine", states=["NY", "NJ"], calendar="all")
    apart = joined(
        upcoming_of(shows.filter(pl.col("state") == state), ShowFates()) for state in ("NY", "NJ")
    )
    assert plan_of(recipe, apart, today=TODAY) == plan_playlist(recipe, shows, today=TODAY)
