"""What became of shows, by their history, and the sentences that say so."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from showlist_assets.domain.playlists.show_fates import ShowFates, moved_to, why_left
from showlist_assets.domain.playlists.windows import Days
from showlist_assets_tests.domain.playlists.planned import planned_show
from showlist_assets_tests.domain.playlists.show_histories import (
    FIRST,
    fates_of,
    history_of,
    later,
    row,
)

_SHOW = planned_show()
_DAYS = Days(date(2026, 12, 1), date(2026, 12, 14))


def _fate(*rows):
    (fate,) = fates_of(*rows).of([_SHOW]).values()
    return fate


def _why(*rows) -> str:
    return why_left(_SHOW, "Paper Lantern", _fate(*rows), _DAYS)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("cancelled", "cancelled"),
        ("postponed", "postponed"),
        ("vanished", "no longer listed"),
    ],
)
def test_a_show_that_is_off_is_told_with_act_house_and_date(change, words):
    fates = fates_of(row(_SHOW, "announced"), row(_SHOW, change, 1))
    assert fates.off().rows() == [("NY", "seatgeek-1")]
    assert _why(row(_SHOW, "announced"), row(_SHOW, change, 1)) == (
        f"left because {words}: Paper Lantern at The Boiler Room on Fri Dec 4"
    )


@pytest.mark.parametrize("change", ["announced", "known", "line_up", "back", "details"])
def test_a_show_that_goes_ahead_where_it_was_is_no_reason(change):
    assert _why(row(_SHOW, "cancelled"), row(_SHOW, change, 1)) == ""
    assert fates_of(row(_SHOW, change)).off().is_empty()


def test_a_move_out_of_the_days_is_told_with_where_it_went():
    away = later(_SHOW, 36, venue_name="Cellar")
    assert _why(row(_SHOW, "known"), row(away, "moved", 1)) == (
        "left because moved out of 2026-12-01 to 2026-12-14: Paper Lantern at The Boiler Room on "
        "Fri Dec 4, now on Sat Jan 9 at Cellar"
    )


def test_a_move_within_the_days_is_told_as_a_move():
    away = later(_SHOW, 1, venue_name="Cellar")
    assert _why(row(_SHOW, "known"), row(away, "moved", 1)) == (
        "left because moved: Paper Lantern at The Boiler Room on Fri Dec 4, now on Sat Dec 5 at "
        "Cellar"
    )


def test_a_move_to_no_date_says_so():
    gone = row(_SHOW, "moved", 1, local_date=None, starts_at_local=None)
    assert "moved to a date that is not known yet" in _why(row(_SHOW, "known"), gone)


def test_another_spelling_of_the_house_or_the_start_is_no_move():
    start = _SHOW.starts_at_local + timedelta(minutes=20)
    told = row(_SHOW, "moved", 1, venue_name="Boiler Room", starts_at_local=start)
    assert not _fate(row(_SHOW, "known"), told).has_moved_from(_SHOW)


def test_only_time_place_and_going_ahead_are_revisions():
    rows = [
        row(_SHOW, "known"),
        row(_SHOW, "line_up", 1),
        row(_SHOW, "details", 2, sources=["ticketmaster"]),
        row(later(_SHOW, 1), "moved", 3),
        row(later(_SHOW, 1), "line_up", 3),
        row(later(_SHOW, 1), "postponed", 4),
        row(later(_SHOW, 1), "back", 5, status="rescheduled"),
        row(later(_SHOW, 1), "details", 6, status="scheduled"),
    ]
    assert [_fate(*rows[: n + 1]).revisions for n in range(8)] == [0, 0, 0, 1, 1, 2, 3, 3]
    assert _fate(*rows).changed_at == FIRST + timedelta(days=5)
    assert _fate(*rows[:3]).changed_at == FIRST


def test_a_show_under_another_id_goes_on_elsewhere():
    fate = _fate(row(_SHOW, "known"), row(_SHOW, "details", 1, sources=[]))
    assert (fate.standing, fate.is_off) == ("elsewhere", False)


def test_shows_of_two_states_are_told_apart():
    other = planned_show(state="NJ")
    fates = fates_of(row(_SHOW, "cancelled"), row(other, "known"))
    assert fates.off().rows() == [("NY", "seatgeek-1")]
    assert fates.of([other])["NJ", "seatgeek-1"].standing == "ahead"


def test_without_a_history_nothing_is_known():
    fates = ShowFates()
    assert fates.off().is_empty()
    assert fates.of([_SHOW]) == {}
    assert not fates.knows("NY")
    assert fates.since(FIRST, "line_up") == []
    assert fates_of(row(_SHOW, "known")).knows("NY")


def test_a_show_that_moved_house_loses_what_held_for_the_old_one():
    away = later(_SHOW, 7, venue_name="Cellar", venue_city="Albany")
    moved = moved_to(
        planned_show(latitude=40.7, longitude=-74.0, venue_address="1 Main St"),
        _fate(row(_SHOW, "known"), row(away, "moved", 1)),
    )
    assert (moved.venue_name, moved.venue_city, moved.local_date) == (
        "Cellar", "Albany", date(2026, 12, 11),
    )  # fmt: skip
    assert (moved.venue_address, moved.latitude, moved.longitude) == (None, None, None)
    assert moved.starts_at_local == datetime(2026, 12, 11, 20)  # noqa: DTZ001  the venue's
    same_house = moved_to(
        planned_show(venue_address="1 Main St", doors_at_local=_SHOW.starts_at_local),
        _fate(row(_SHOW, "known"), row(later(_SHOW, 7), "moved", 1)),
    )
    assert same_house.venue_address == "1 Main St"
    assert same_house.doors_at_local is None, "they were those of the old evening"


def test_news_are_told_since_an_instant_only():
    fates = ShowFates(history_of(row(_SHOW, "known"), row(_SHOW, "line_up", 2)))
    assert len(fates.since(FIRST, "line_up")) == 1
    assert fates.since(FIRST + timedelta(days=2), "line_up") == []
    assert fates.since(None, "line_up") == []
