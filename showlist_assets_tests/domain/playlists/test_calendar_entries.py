"""The entries of a calendar from file to file: status, revision, and how long they stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from showlist_assets.domain.playlists.calendar_entries import calendar_entries
from showlist_assets.domain.playlists.calendar_file import calendar_file
from showlist_assets.domain.playlists.calendar_shows import Song
from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets_tests.domain.playlists.planned import planned_show
from showlist_assets_tests.domain.playlists.show_histories import FIRST, fates_of, later, row

_NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
_SHOW = planned_show()
_KNOWN = row(_SHOW, "known")


def _next(before, *shows, fates=None, now=_NOW, **options):
    return calendar_entries(
        before, shows, fates or ShowFates(), today=now.date(), now=now, **options
    )


def _first(*rows):
    return _next((), _SHOW, fates=fates_of(*(rows or (_KNOWN,))))


def _told(entries) -> dict[str, tuple]:
    """What a calendar reads: status, sequence and date by UID."""
    events = Calendar.from_ical(calendar_file(entries, name="mine", now=_NOW)).walk("VEVENT")
    return {
        str(event["uid"]): (str(event["status"]), int(event["sequence"]), str(event.start)[:10])
        for event in events
    }


def test_sequence_counts_the_changes_and_last_modified_is_when_the_last_was_learnt():
    moved = later(_SHOW, 7)
    (entry,) = _next((), moved, fates=fates_of(_KNOWN, row(moved, "moved", 3)))
    assert (entry.sequence, entry.modified_at) == (1, FIRST + timedelta(days=3))
    (before,) = _first()
    assert (before.sequence, before.modified_at) == (0, FIRST)
    (after,) = _next([before], moved, fates=fates_of(_KNOWN, row(moved, "moved", 3)))
    assert (after.sequence, after.modified_at) == (1, FIRST + timedelta(days=3))


def test_a_file_that_tells_nothing_new_has_the_same_revisions():
    first = _first()
    assert _next(first, replace(_SHOW, lowest_price=9.0), now=_NOW + timedelta(days=1)) == tuple(
        replace(entry, show=replace(_SHOW, lowest_price=9.0)) for entry in first
    )


def test_a_change_that_no_history_tells_is_a_revision_too():
    (before,) = _next((), _SHOW)
    (after,) = _next([before], later(_SHOW, 1), now=_NOW + timedelta(hours=1))
    assert (after.sequence, after.modified_at) == (1, _NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("change", "status"),
    [("cancelled", "CANCELLED"), ("vanished", "CANCELLED"), ("postponed", "TENTATIVE")],
)
def test_a_show_that_is_off_stays_in_the_file_until_its_date_is_over(change, status):
    fates = fates_of(_KNOWN, row(_SHOW, change, 20))
    entries = _next(_first(), fates=fates)
    assert _told(entries) == {"seatgeek-1@showlist": (status, 1, "2026-12-05")}
    assert entries[0].modified_at == FIRST + timedelta(days=20)
    again = _next(entries, fates=fates, now=_NOW + timedelta(days=10))
    assert again == entries
    assert _next(again, fates=fates, now=datetime(2026, 12, 4, 17, tzinfo=UTC)) == entries
    assert _next(again, fates=fates, now=datetime(2026, 12, 5, 17, tzinfo=UTC)) == ()


def test_a_show_that_is_on_again_is_confirmed_under_a_higher_sequence():
    off = _next(_first(), fates=fates_of(_KNOWN, row(_SHOW, "cancelled", 1)))
    rows = _KNOWN, row(_SHOW, "cancelled", 1), row(_SHOW, "back", 2)
    for entries in (_next(off, _SHOW, fates=fates_of(*rows)), _next(off, fates=fates_of(*rows))):
        assert _told(entries) == {"seatgeek-1@showlist": ("CONFIRMED", 2, "2026-12-05")}


def test_a_show_that_moved_out_of_the_days_stays_at_its_new_date():
    moved = later(_SHOW, 60)
    fates = fates_of(_KNOWN, row(moved, "moved", 1))
    entries = _next(_first(), fates=fates)
    assert _told(entries) == {"seatgeek-1@showlist": ("CONFIRMED", 1, "2027-02-03")}
    assert _next(entries, fates=fates) == entries
    off = fates_of(_KNOWN, row(moved, "moved", 1), row(moved, "cancelled", 2))
    assert _told(_next(entries, fates=off)) == {
        "seatgeek-1@showlist": ("CANCELLED", 2, "2027-02-03")
    }


def test_a_show_whose_new_date_is_open_is_tentative():
    open_date = row(_SHOW, "moved", 1, local_date=None, starts_at_local=None)
    (entry,) = _next(_first(), fates=fates_of(_KNOWN, open_date))
    assert (entry.status, entry.show.local_date) == ("TENTATIVE", _SHOW.local_date)


def test_what_the_recipe_asks_for_no_more_takes_place_and_is_left_out():
    fates = fates_of(_KNOWN)
    entries = _next(_first(), fates=fates)
    assert _told(entries) == {}
    off = _next(entries, fates=fates_of(_KNOWN, row(_SHOW, "cancelled", 1)))
    assert _told(off)["seatgeek-1@showlist"][0] == "CANCELLED", "who imported it hears of its end"
    again = _next(entries, _SHOW, fates=fates)
    assert _told(again) == {"seatgeek-1@showlist": ("CONFIRMED", 0, "2026-12-05")}


def test_a_show_whose_songs_left_the_playlist_takes_place_and_is_left_out():
    """Also without a history, where what is gone counts as cancelled."""
    for first in (_first(), _next((), _SHOW)):
        entries = _next(first, also_on=[_SHOW])
        assert _told(entries) == {}
        assert _told(_next(entries, _SHOW)) == {
            "seatgeek-1@showlist": ("CONFIRMED", 0, "2026-12-05")
        }


def test_a_show_whose_songs_left_as_it_moved_stays_at_its_new_date():
    moved = later(_SHOW, 2)
    entries = _next(_first(), also_on=[moved], fates=fates_of(_KNOWN, row(moved, "moved", 1)))
    assert _told(entries) == {"seatgeek-1@showlist": ("CONFIRMED", 1, "2026-12-07")}


def test_a_show_that_was_crossed_out_and_is_on_again_is_confirmed_without_songs():
    off = _next(_first(), fates=fates_of(_KNOWN, row(_SHOW, "cancelled", 1)))
    rows = _KNOWN, row(_SHOW, "cancelled", 1), row(_SHOW, "back", 2)
    entries = _next(off, also_on=[_SHOW], fates=fates_of(*rows))
    assert _told(entries) == {"seatgeek-1@showlist": ("CONFIRMED", 2, "2026-12-05")}


def test_songs_are_those_of_the_last_plan():
    songs = {("NY", "seatgeek-1"): (Song("Night Train", "Paper Lantern", "https://s.example/1"),)}
    (entry,) = _next((), _SHOW, songs=songs)
    assert entry.songs == songs["NY", "seatgeek-1"]
    (later_on,) = _next([entry], _SHOW)
    assert (later_on.songs, later_on.sequence) == ((), entry.sequence)


def test_a_show_that_has_begun_is_not_crossed_out():
    during = datetime(2026, 12, 5, 2, tzinfo=UTC)
    entries = calendar_entries(_first(), (), ShowFates(), today=date(2026, 12, 4), now=during)
    assert entries == _first()


def test_the_old_id_of_a_show_stays_crossed_out():
    other = planned_show("seatgeek-9")
    fates = fates_of(_KNOWN, row(_SHOW, "details", 1, sources=[]), row(other, "known", 1))
    entries = _next(_first(), other, fates=fates, relisted={"seatgeek-1"})
    assert [_told(entries)[f"{one}@showlist"][0] for one in ("seatgeek-9", "seatgeek-1")] == [
        "CONFIRMED", "CANCELLED",
    ]  # fmt: skip
    assert _next(entries, other, fates=fates, now=_NOW + timedelta(days=1)) == entries


def test_without_a_history_what_is_gone_counts_as_cancelled_and_stays_so():
    entries = _next(_first())
    assert _told(entries)["seatgeek-1@showlist"][:2] == ("CANCELLED", 1)
    assert _next(entries, now=_NOW + timedelta(days=1)) == entries


def test_a_show_that_its_owner_has_us_forget_leaves_no_entry():
    other = planned_show("seatgeek-9")
    assert _next(_first(), fates=fates_of(row(other, "known"))) == ()


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["moved", "cancelled", "postponed", "vanished", "back", "line_up", "details", "lost"]
        ),
        st.integers(-3, 40),
        st.sampled_from(["The Boiler Room", "Cellar"]),
        st.booleans(),
    ),
    max_size=12,
)


@given(_STEPS, st.integers(0, 30_000_000))
def test_sequence_never_falls_whatever_happens_to_a_show_and_to_its_history(steps, floor):
    show, rows = _SHOW, [_KNOWN]
    entries = _next((), _SHOW, fates=fates_of(*rows), floor=floor)
    for day, (change, by, house, is_let_through) in enumerate(steps, start=1):
        before = {entry.show.show_id: entry for entry in entries}
        if change == "lost":
            rows = []
        else:
            if change in ("moved", "details"):
                show = later(show, by, venue_name=house)
            rows = [*rows, row(show, change, day)]
        fates = fates_of(*rows)
        is_on = fates.off().is_empty()
        planned = [show] if is_on and is_let_through else []
        now = FIRST + timedelta(days=day, hours=1)
        entries = calendar_entries(entries, planned, fates, today=FIRST.date(), now=now)
        for entry in entries:
            earlier = before.get(entry.show.show_id)
            if earlier is None:
                continue
            assert entry.sequence >= earlier.sequence
            assert entry.modified_at >= earlier.modified_at
            if entry.status != earlier.status or entry.show.local_date != earlier.show.local_date:
                assert entry.sequence > earlier.sequence
        if planned:
            assert entries[0].status == "CONFIRMED"
        elif not is_on and entries:
            assert entries[0].status != "CONFIRMED"
        assert len(_told(entries)) <= 1
