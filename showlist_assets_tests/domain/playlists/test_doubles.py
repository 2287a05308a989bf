"""One show listed twice, an early and a late show, and two shows that only look alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.doubles import without_doubles
from showlist_assets.domain.playlists.planner import Plan, plan_playlist
from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets_tests.domain.playlists.show_rows import TODAY, show_row, shows_of

_TOMORROW = TODAY + timedelta(days=1)


def _plan(*rows: dict, **wishes: object) -> Plan:
    recipe = Recipe(name="mine", **{"states": "NY", "when": "any time", **wishes})
    return plan_playlist(recipe, shows_of(*rows), today=TODAY)


def _at(hour: int, minute: int = 0) -> dict:
    local = datetime(TODAY.year, TODAY.month, TODAY.day, hour, minute, tzinfo=UTC)
    wall_clock = local.replace(tzinfo=None)
    return {"starts_at_local": wall_clock, "starts_at": local + timedelta(hours=5)}


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"venue_name": "BOILER ROOM"},
        {"starts_at": None, "starts_at_local": None},
        _at(20, 30),
    ],
)
def test_a_show_that_is_listed_twice_is_one_show(other):
    plan = _plan(show_row("1", "ada"), show_row("2", "ada", **other))
    assert [show.show_id for show in plan.shows] == ["seatgeek-1"]
    assert {track.show_id for track in plan.tracks} == {"seatgeek-1"}
    assert "more night" not in plan.tracks[0].why
    assert plan.left_out["second listings of one show"] == 1


def test_whoever_only_the_second_listing_bills_plays_on_the_first():
    plan = _plan(
        show_row("1", "ada"),
        show_row("2", "ada", title="Ada and Bea"),
        show_row("2", "bea", role="support", billing=2),
    )
    (show,) = plan.shows
    assert (show.show_id, show.artists, show.title) == ("seatgeek-1", ("Ada", "Bea"), "Ada")
    assert [track.artist_name for track in plan.tracks] == ["Ada", "Bea"]


@pytest.mark.parametrize(
    "other",
    [
        {"venue_name": "Cellar"},
        {"venue_city": "Albany"},
        {"local_date": _TOMORROW},
    ],
)
def test_another_place_or_day_is_another_show(other):
    assert len(_plan(show_row("1", "ada"), show_row("2", "ada", **other)).shows) == 2


def test_another_act_in_the_same_house_is_another_show():
    assert len(_plan(show_row("1", "ada"), show_row("2", "bea")).shows) == 2


def test_an_early_and_a_late_show_are_two_shows_of_one_night():
    plan = _plan(show_row("1", "ada", **_at(19)), show_row("2", "ada", **_at(21, 30)))
    assert len(plan.shows) == 2
    assert "more night" not in plan.tracks[0].why
    assert "second listings of one show" not in plan.left_out


def test_an_early_and_a_late_show_take_one_turn_at_the_tracks():
    rows = [
        show_row(show, "ada", track, **when)
        for show, when in (("1", _at(19)), ("2", _at(21, 30)), ("3", {"local_date": _TOMORROW}))
        for track in (1, 2)
    ]
    plan = _plan(*rows, one_artist_once=False, tracks_per_artist=1)
    assert [(track.show_id[-1], track.track_id[-1]) for track in plan.tracks] == [
        ("1", "1"), ("3", "2"),
    ]  # fmt: skip
    assert "and 1 more night;" in plan.tracks[0].why


_LISTINGS = st.lists(
    st.tuples(
        st.sampled_from("abcde"),
        st.sampled_from(["ada", "bea"]),
        st.sampled_from(["Hall", "The Hall", "Cellar"]),
        st.sampled_from([None, 17, 19, 20, 22]),
    ),
    max_size=8,
    unique_by=lambda one: one[:2],
)


@given(_LISTINGS, st.randoms(use_true_random=False))
def test_nobody_is_lost_and_the_order_of_the_rows_does_not_matter(listings, random):
    of_show = {show: (venue, hour) for show, _, venue, hour in listings}
    rows = [
        show_row(
            show,
            act,
            venue_name=of_show[show][0],
            **({"starts_at_local": None} if of_show[show][1] is None else _at(of_show[show][1])),
        )
        for show, act, *_ in listings
    ]
    merged, doubles = without_doubles(shows_of(*rows))
    assert set(merged["performer_key"]) == {row["performer_key"] for row in rows}
    assert merged.select(pl.struct("show_id", "track_id").is_unique().all()).item()
    assert merged["show_id"].n_unique() == len(of_show) - doubles
    assert without_doubles(merged)[1] == 0
    shuffled = random.sample(rows, len(rows))
    again = without_doubles(shows_of(*shuffled))[0]
    order = ["show_id", "track_id"]
    assert again.sort(order).equals(merged.sort(order))
