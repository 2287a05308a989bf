"""The calendar file: what a calendar reads in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from showlist_assets.domain.playlists.calendar_entries import CalendarEntry
from showlist_assets.domain.playlists.calendar_file import calendar_file
from showlist_assets.domain.playlists.calendar_shows import Song
from showlist_assets.domain.playlists.plan import UnheardAct
from showlist_assets_tests.domain.playlists.planned import planned_show, taste_note

_NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
_DOORS = datetime(2026, 12, 4, 19)  # noqa: DTZ001  the venue's wall clock


def _events(written: bytes) -> list:
    return Calendar.from_ical(written).walk("VEVENT")


def _file(*shows, alarm=None, **fields) -> bytes:
    known = {"status": "CONFIRMED", "sequence": 0, "modified_at": _NOW, **fields}
    entries = [CalendarEntry(show=show, **known) for show in shows]
    return calendar_file(entries, name="Live in New York", now=_NOW, alarm=alarm)


def test_a_show_is_an_event_at_its_instant_with_place_and_tickets():
    (event,) = _events(_file(planned_show(latitude=40.71, longitude=-74.01, lowest_price=25.0)))
    assert event["uid"] == "seatgeek-1@showlist"
    assert event.start == datetime(2026, 12, 5, 1, tzinfo=UTC)
    assert event["location"] == "The Boiler Room, New York, NY"
    assert event["url"] == "https://tickets.example/1"
    assert event["description"] == (
        "Paper Lantern, Tin Owl\nFrom $25\nTickets: https://tickets.example/1"
    )
    assert event["geo"].to_ical() == "40.71;-74.01"


def test_the_whole_address_is_told():
    show = planned_show(venue_address="12 Main St", venue_postal_code="10001")
    (event,) = _events(_file(show))
    assert event["location"] == "The Boiler Room, 12 Main St, New York, NY 10001"


_SONGS = tuple(Song(f"Song {n}", "Paper Lantern", f"https://s.example/{n}") for n in range(25))


def test_the_songs_to_hear_before_come_with_their_links():
    (event,) = _events(_file(planned_show(ticket_url=None), songs=_SONGS[:2]))
    assert event["description"] == (
        "Paper Lantern, Tin Owl\n\nTo hear before:\n"
        "Song 0 - Paper Lantern: https://s.example/0\nSong 1 - Paper Lantern: https://s.example/1"
    )
    (long,) = _events(_file(planned_show(), songs=_SONGS))
    assert long["description"].endswith("And 5 more on the playlist.")
    (off,) = _events(_file(planned_show(), songs=_SONGS, status="CANCELLED"))
    assert "hear" not in off["description"], "nobody needs them any more"


def test_an_act_without_a_song_is_told_with_why():
    unheard = (UnheardAct("Tin Hat", "Not looked up yet."), UnheardAct("The Fest", "Itself."))
    (event,) = _events(_file(planned_show(title="Fest", unheard=unheard)))
    assert event["description"].endswith("No song yet:\nTin Hat: Not looked up yet.")


@pytest.mark.parametrize(("price", "words"), [(0.0, "Free"), (24.6, "From $25"), (None, None)])
def test_the_price_is_told_where_it_is_known(price, words):
    (event,) = _events(_file(planned_show(lowest_price=price, ticket_url=None)))
    assert event["description"].split("\n")[1:] == [words] * (words is not None)


def test_the_doors_are_told_before_the_price_and_not_of_what_is_off():
    show = planned_show(doors_at_local=_DOORS, lowest_price=25.0, ticket_url=None)
    (event,) = _events(_file(show))
    assert event["description"] == "Paper Lantern, Tin Owl\nDoors 7:00 PM\nFrom $25"
    (off,) = _events(_file(show, status="CANCELLED"))
    assert "Doors" not in off["description"]
    # On which of several days they open then, nobody says.
    (festival,) = _events(_file(replace(show, last_date=date(2026, 12, 6))))
    assert "Doors" not in festival["description"]


def test_it_reminds_by_choice_and_only_of_what_goes_ahead():
    before = timedelta(hours=3)
    (event,) = _events(_file(planned_show(), alarm=before))
    (alarm,) = event.walk("VALARM")
    assert (alarm["action"], alarm["trigger"].dt) == ("DISPLAY", -before)
    assert alarm["description"] == "Paper Lantern at The Boiler Room"
    for status in ("CANCELLED", "TENTATIVE"):
        (off,) = _events(_file(planned_show(), alarm=before, status=status))
        assert off.walk("VALARM") == []
    (silent,) = _events(_file(planned_show()))
    assert silent.walk("VALARM") == []


def test_an_end_on_the_first_of_several_days_is_not_that_of_the_show():
    ends_at = datetime(2026, 12, 5, 4, tzinfo=UTC)
    (event,) = _events(_file(planned_show(ends_at=ends_at, last_date=date(2026, 12, 6))))
    assert (event.start, event.end) == (date(2026, 12, 4), date(2026, 12, 7))


def test_a_calendar_says_how_often_to_ask_again():
    calendar = Calendar.from_ical(_file())
    assert calendar["refresh-interval"].to_ical() == calendar["x-published-ttl"].to_ical()


def test_a_show_without_a_time_takes_the_day():
    (event,) = _events(_file(planned_show(starts_at=None, starts_at_local=None)))
    assert (event.start, event.end) == (date(2026, 12, 4), date(2026, 12, 5))


def test_a_wall_clock_becomes_an_instant_by_the_zone_of_the_venue():
    july = {"local_date": date(2027, 7, 4), "starts_at": None}
    wall_clock = datetime(2027, 7, 4, 20)  # noqa: DTZ001  the venue's
    (event,) = _events(_file(planned_show(starts_at_local=wall_clock, **july)))
    assert event.start == datetime(2027, 7, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["America/Gotham", "America", "../UTC", "\0", "x" * 9_000, None])
def test_an_unknown_zone_is_no_reason_to_lose_the_show(zone):
    (event,) = _events(_file(planned_show(starts_at=None, venue_timezone=zone)))
    assert event.start == date(2026, 12, 4)


@pytest.mark.parametrize(
    "link", ["https://tickets.example/a\nb", "https://[tickets", "javascript:alert(1)"]
)
def test_a_link_that_leads_nowhere_is_left_out_and_the_show_stays(link):
    bad, good = _events(_file(planned_show("a", ticket_url=link), planned_show("b")))
    assert "url" not in bad
    assert bad["description"] == "Paper Lantern, Tin Owl"
    assert good["url"] == "https://tickets.example/1"


@pytest.mark.parametrize("position", [(0.0, 0.0), (-74.0, 40.7), (float("nan"), 1.0)])
def test_a_position_that_is_nowhere_is_left_out(position):
    (event,) = _events(_file(planned_show(latitude=position[0], longitude=position[1])))
    assert "geo" not in event


def test_a_show_lasts_until_its_end_where_that_is_known():
    ends_at = datetime(2026, 12, 7, 4, tzinfo=UTC)
    (festival,) = _events(_file(planned_show(ends_at=ends_at, last_date=date(2026, 12, 6))))
    assert (festival.start, festival.end) == (datetime(2026, 12, 5, 1, tzinfo=UTC), ends_at)


def test_an_end_before_the_start_is_none():
    (event,) = _events(_file(planned_show(ends_at=datetime(2026, 12, 4, tzinfo=UTC))))
    assert event.end == datetime(2026, 12, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize("times", [{}, {"starts_at": None, "starts_at_local": None}])
def test_a_festival_without_an_end_takes_each_of_its_days(times):
    (event,) = _events(_file(planned_show(last_date=date(2026, 12, 6), **times)))
    assert (event.start, event.end) == (date(2026, 12, 4), date(2026, 12, 7))


def test_an_entry_tells_its_revision_and_when_it_was_made():
    learnt = _NOW - timedelta(days=2)
    (event,) = _events(_file(planned_show(), sequence=3, modified_at=learnt))
    assert event["sequence"] == 3
    assert event["last-modified"].dt == learnt
    assert event["dtstamp"].dt == _NOW


@pytest.mark.parametrize(
    "times",
    [
        {"local_date": date.max, "starts_at": None, "starts_at_local": None},
        {"starts_at": datetime.max.replace(tzinfo=UTC)},
        {"starts_at": None, "starts_at_local": datetime(9999, 12, 31, 23)},  # noqa: DTZ001
    ],
)
def test_a_show_at_the_end_of_all_days_costs_no_other(times):
    assert len(_events(_file(planned_show("a", **times), planned_show("b")))) == 2


@pytest.mark.parametrize("status", ["CONFIRMED", "TENTATIVE", "CANCELLED"])
def test_whether_a_show_goes_ahead_is_told_under_its_uid(status):
    (event,) = _events(_file(planned_show("b"), status=status))
    assert (event["status"], event["uid"]) == (status, "b@showlist")


def test_what_is_only_remembered_is_not_in_the_file():
    assert _events(_file(planned_show(), place="left out")) == []


def test_a_moved_show_keeps_its_uid():
    (before,) = _events(_file(planned_show()))
    (after,) = _events(_file(planned_show(local_date=date(2026, 12, 11))))
    assert before["uid"] == after["uid"]


def test_a_calendar_without_shows_is_still_a_calendar():
    calendar = Calendar.from_ical(_file())
    assert calendar["x-wr-calname"] == "Live in New York"


# Upstream: icalendar takes a backslash and a large N for a line end, where it writes, too.
_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=120).filter(
    lambda text: "\\N" not in text
)


@given(_TEXT, _TEXT, st.lists(_TEXT, min_size=1, max_size=5))
def test_lines_end_and_fold_as_rfc_5545_asks_and_any_name_survives(title, venue, artists):
    show = planned_show(title=title, venue_name=venue, artists=tuple(artists), ticket_url=None)
    written = _file(show)
    lines = written.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    (event,) = _events(written)
    assert event["summary"] == title
    assert event["description"] == ", ".join(artists)


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_no_calendar_may_hold_is_left_out(title, why):
    written = _file(
        planned_show(title=title, unheard=(UnheardAct("Tin Hat", why),)), alarm=timedelta(hours=1)
    )
    assert not set(written.replace(b"\r\n", b"").replace(b"\t", b"")) & {*range(32), 127}
    assert len(_events(written)) == 1


@pytest.mark.parametrize(("status", "is_told"), [("CONFIRMED", True), ("CANCELLED", False)])
def test_how_a_show_fits_the_taste_is_told_of_what_goes_ahead(status, is_told):
    (event,) = _events(_file(planned_show(taste=taste_note()), status=status))
    assert ("Tin Owl: You play Mitski." in event["description"]) == is_told
