"""What a preview is planned from is what a push is planned from."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from showlist_assets.domain.playlists.planner import plan_playlist
from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.domain.tables.columns import FEATURE_NAMES, polars_schema
from showlist_assets.domain.tables.upcoming_shows import UpcomingShows
from showlist_assets.storage.published.frames import NOT_PLANNED_WITH, PLANNED_WITH
from showlist_assets_tests.domain.playlists.show_rows import show_row, shows_of
from showlist_assets_tests.platform_under_test import FILLED
from showlist_assets_tests.rows import TODAY

_CHOICE = st.sampled_from(["yes", "no", "only"])
_NARROWING = {
    "near": st.just({"city": "Seattle", "state": "WA", "radius": "60 km"}),
    "when": st.sampled_from(["next 7 days", "next 90 days", "this weekend"]),
    "weekdays": st.lists(st.sampled_from(["fri", "sat", "sun", "mon"]), min_size=1),
    "capacity": st.sampled_from(["<= 800", ">= 500"]),
    "price": st.just("<= 40"),
    "festivals": _CHOICE,
    "openers": _CHOICE,
    "explicit": _CHOICE,
    "genres": st.sampled_from([{"only": ["rock", "country"]}, {"never": ["rock"]}]),
    "least_confidence": st.sampled_from([0.5, 0.95]),
    "features": st.dictionaries(st.sampled_from(["energy", "valence"]), st.just(">= 0.4")),
    "unknown_features": st.sampled_from(["leave out", "keep"]),
}
# With all of them nothing would be left to compare.
_NARROWED = st.lists(st.sampled_from(sorted(_NARROWING)), max_size=3, unique=True)
_WISHES = _NARROWED.flatmap(
    lambda narrowed: st.fixed_dictionaries(
        {
            "states": st.lists(st.sampled_from(FILLED), min_size=1, unique=True),
            "when": st.just("any time"),
            **{name: _NARROWING[name] for name in narrowed},
        },
        optional={
            "tracks_per_artist": st.integers(1, 4),
            "pick": st.sampled_from(["best known", "newest", "surprise"]),
            "one_artist_once": st.booleans(),
            "max_tracks": st.sampled_from([3, 20, 100]),
            "prefer": st.sampled_from(["soonest", "biggest", "surprise", "taste"]),
            "order": st.sampled_from(
                ["date", "popularity", "energy arc", "smooth", "shuffle", "taste"]
            ),
            "calendar": st.sampled_from(["playlist", "all"]),
        },
    )
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=_WISHES)
def test_a_plan_of_published_frames_is_the_plan_of_the_tables(world, finished_runs, wishes):
    if "near" in wishes and "WA" not in wishes["states"]:
        wishes = {**wishes, "states": [*wishes["states"], "WA"]}
    recipe = Recipe(name="mine", **wishes)
    tables, record = finished_runs.store, finished_runs.platform.fetch_record
    pushed = plan_playlist(
        recipe,
        tables.read("upcoming_shows", recipe.states),
        today=TODAY,
        missing=record.missing(recipe.states),
        fates=ShowFates(tables.read("show_changes", recipe.states)),
    )
    previewed = plan_playlist(
        recipe,
        pl.concat([world.frame(state) for state in recipe.states]),
        today=TODAY,
        missing=world.missing(recipe.states),
        fates=ShowFates(pl.concat([world.changes(state) for state in recipe.states])),
    )
    assert previewed == pushed


def test_frames_have_the_types_of_the_tables(world, finished_runs):
    stored = finished_runs.store.read("upcoming_shows", ["WA"])
    frame = world.frame("WA")
    assert frame.schema == pl.Schema(PLANNED_WITH)
    order = ["show_id", "performer_key", "row_number"]
    assert frame.sort(order).equals(stored.select(*PLANNED_WITH).sort(order))
    assert world.changes("WA").schema == finished_runs.store.read("show_changes", ["WA"]).schema


def test_a_state_without_rows_is_an_empty_frame(world):
    assert world.frame("TX").schema == pl.Schema(PLANNED_WITH)
    assert world.frame("TX").is_empty()
    assert world.changes("TX").is_empty()
    assert world.missing(["TX", "WA"]) == {"TX"}


@pytest.fixture(scope="module")
def shows():
    twice = [show_row("1", "ada"), show_row("2", "ada", ticket_url=None), show_row("2", "bea")]
    return shows_of(*twice, show_row("3", "cy", track_id=None))


def test_without_the_columns_that_stay_behind_a_plan_is_the_same(shows):
    assert _plans(shows.drop(*NOT_PLANNED_WITH)) == _plans(shows)


# Row numbers spare whoever counts genres most of the rows.
@pytest.mark.parametrize("column", sorted({*PLANNED_WITH} - {"row_number"}))
def test_each_column_of_a_frame_is_one_that_plans_are_made_of(shows, column):
    with pytest.raises((pl.exceptions.ColumnNotFoundError, KeyError)):
        _plans(shows.drop(column))


def _plans(shows):
    wishes = {
        "features": dict.fromkeys(FEATURE_NAMES, ">= -100"),
        "capacity": ">= 0",
        "price": ">= 0",
        "genres": {"never": "metal"},
        "versions": {"never": "live"},
        "explicit": "no",
        "least_confidence": 0.1,
    }
    plain = Recipe(name="plain", states=["NY"], calendar="all", prefer="biggest", pick="newest")
    picky = Recipe(name="picky", states=["NY"], **wishes)
    return [plan_playlist(recipe, shows, today=TODAY) for recipe in (plain, picky)]


def test_what_stays_behind_are_columns_of_the_table():
    assert set(NOT_PLANNED_WITH) <= set(polars_schema(UpcomingShows))
