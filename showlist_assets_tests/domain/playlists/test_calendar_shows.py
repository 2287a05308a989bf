"""Which shows a calendar holds, its title, and the songs to hear before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from showlist_assets.domain.playlists.calendar_shows import (
    calendar_shows,
    calendar_title,
    songs_to_hear,
)
from showlist_assets.domain.playlists.plan import Plan, Wording
from showlist_assets_tests.domain.playlists.planned import planned_show, planned_track
from showlist_assets_tests.domain.playlists.show_histories import later

_FIRST = planned_show("1")
_SECOND_NIGHT = later(planned_show("2"), 3)
_SILENT = later(planned_show("3", artists=("Nobody Known",), title="Nobody Known"), 1)
_PLAN = Plan(
    "mine", "NY: Dec 4", "", (planned_track(_FIRST),), {}, (_FIRST, _SECOND_NIGHT),
    wording=Wording("{places}: {dates}", "", ("NY",)), songless=(_SILENT,),
)  # fmt: skip
_ALL = replace(_PLAN, calendar_shows="all")


def test_by_default_it_holds_the_shows_behind_the_songs():
    assert calendar_shows(_PLAN) == (_FIRST,)


def test_all_that_the_recipe_lets_through_stands_by_date():
    assert [show.show_id for show in calendar_shows(_ALL)] == ["1", "3", "2"]


def test_its_title_tells_the_dates_that_it_holds():
    assert calendar_title(_PLAN) == "NY: Dec 4"
    assert calendar_title(_ALL) == "NY: Dec 4 to Dec 7"


def test_the_dates_end_with_the_last_day_of_a_festival():
    festival = replace(_SECOND_NIGHT, last_date=date(2026, 12, 9))
    assert calendar_title(replace(_ALL, shows=(_FIRST, festival))) == "NY: Dec 4 to Dec 9"


def test_a_plan_of_an_earlier_version_keeps_its_title():
    assert calendar_title(replace(_ALL, wording=None)) == "NY: Dec 4"


def test_an_artist_is_heard_before_each_night():
    songs = songs_to_hear(_PLAN)
    assert songs["NY", "1"] == songs["NY", "2"]
    (song,) = songs["NY", "1"]
    assert (song.name, song.artist) == ("Night Train", "Paper Lantern")
    assert song.url == "https://open.spotify.com/track/song1"
