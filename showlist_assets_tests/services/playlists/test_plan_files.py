"""The files of a plan: what is kept from one publication to the next."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from showlist_assets.services.playlists.plan_files import PlanFiles
from showlist_assets.storage.files import LocalFiles, StorageError
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.playlists.planned import (
    plan_of,
    planned_show,
    planned_track,
    taste_note,
)
from showlist_assets_tests.domain.playlists.show_histories import FIRST, fates_of, later, row


class Publisher:
    def __init__(self, folder) -> None:
        self.folder, self.now = folder, NOW
        self.files = PlanFiles(LocalFiles(folder))

    def publish(self, *shows, rows=(), days=1):
        self.now += timedelta(days=days)
        return self.files.publish(
            plan_of(*shows), today=self.now.date(), now=self.now, fates=fates_of(*rows)
        )

    @property
    def events(self) -> dict[str, tuple[str, int]]:
        content = (self.folder / "calendars" / "mine.ics").read_bytes()
        events = Calendar.from_ical(content).walk("VEVENT")
        return {str(one["uid"]): (str(one["status"]), int(one["sequence"])) for one in events}


@pytest.fixture
def publisher(tmp_path):
    return Publisher(tmp_path)


_SHOW = planned_show(local_date=(NOW + timedelta(days=30)).date())
_UID = "seatgeek-1@showlist"


def test_a_cancelled_show_stays_crossed_out_over_several_plans(publisher):
    known, off = row(_SHOW, "known"), row(_SHOW, "cancelled", 40)
    publisher.publish(_SHOW, rows=[known])
    assert publisher.events == {_UID: ("CONFIRMED", 0)}
    assert publisher.publish(rows=[known, off]).cancelled == (_SHOW,)
    for _ in range(2):
        assert publisher.events == {_UID: ("CANCELLED", 1)}
        assert publisher.publish(rows=[known, off]).cancelled == (), "it is told once"
    publisher.publish(rows=[known, off], days=40)
    assert publisher.events == {}


def test_a_line_up_is_told_in_the_next_digest_only(publisher):
    rows = [row(_SHOW, "known")]
    publisher.publish(_SHOW, rows=rows)
    rows.append(row(_SHOW, "line_up", changed_at=publisher.now + timedelta(hours=1), becomes="Hen"))
    assert len(publisher.publish(_SHOW, rows=rows).line_ups) == 1
    assert publisher.publish(_SHOW, rows=rows).line_ups == ()


def test_the_first_digest_lists_the_shows_and_the_next_one_what_changed(publisher):
    assert publisher.publish(_SHOW).new == (), "a first plan has no changes"
    text = publisher.folder / "digests" / "mine.txt"
    assert "ALL SHOWS" in text.read_text()
    other = planned_show("seatgeek-2", artists=("Tin Fox",), local_date=_SHOW.local_date)
    publisher.publish(_SHOW, other)
    assert "ALL SHOWS" not in text.read_text()
    assert f"Since {publisher.now - timedelta(days=1):%a %b %-d}: 1 new." in text.read_text()


def test_a_digest_leads_to_its_playlist_as_soon_as_there_is_one(publisher):
    publisher.files.link_playlist("mine", "https://open.spotify.com/playlist/1")
    publisher.publish(_SHOW)
    digests = publisher.folder / "digests"
    before = (digests / "mine.html").read_text()
    publisher.files.link_playlist("mine", "https://open.spotify.com/playlist/1")
    after = (digests / "mine.html").read_text()
    link = '<a href="https://open.spotify.com/playlist/1">'
    assert (link in before, link in after) == (False, True)
    (digests / "mine.json").write_text("[]")
    publisher.files.link_playlist("mine", "https://open.spotify.com/playlist/2")
    assert (digests / "mine.html").read_text() == after


def test_an_installation_without_a_history_is_served_as_before(publisher):
    publisher.publish(_SHOW)
    assert publisher.publish().gone == (_SHOW,)
    assert publisher.events == {_UID: ("CANCELLED", 1)}


def test_files_of_an_earlier_version_go_on_above_its_sequence(publisher):
    publisher.publish(_SHOW)
    (publisher.folder / "calendars" / "mine.json").unlink()
    minute = int(publisher.now.timestamp() // 60)
    rows = [row(_SHOW, "known", changed_at=FIRST), row(_SHOW, "cancelled", 40)]
    publisher.publish(rows=rows)
    status, sequence = publisher.events[_UID]
    assert (status, sequence > minute) == ("CANCELLED", True)


def test_a_moved_show_keeps_its_entry(publisher):
    publisher.publish(_SHOW)
    publisher.publish(later(_SHOW, 3))
    assert publisher.events == {_UID: ("CONFIRMED", 1)}


def test_entries_that_cannot_be_read_are_told_with_the_remedy(publisher):
    publisher.publish(_SHOW)
    (publisher.folder / "calendars" / "mine.json").write_text("[{]")
    with pytest.raises(StorageError, match="no readable entries of a calendar"):
        publisher.publish(_SHOW)


def test_a_calendar_fits_its_playlist(publisher):
    """Its shows, its title, the songs to hear before, and what the recipe says of reminding."""
    other = later(planned_show("seatgeek-2", artists=("Hen",)), 9)
    plan = replace(
        plan_of(_SHOW, other, title="NY: Dec 31"),
        tracks=(planned_track(_SHOW),),
        calendar_shows="playlist",
        alarm=timedelta(hours=3),
    )
    for _ in range(2):
        publisher.files.publish(plan, today=NOW.date(), now=NOW)
    calendar = Calendar.from_ical((publisher.folder / "calendars" / "mine.ics").read_bytes())
    (event,) = calendar.walk("VEVENT")
    assert (calendar["x-wr-calname"], str(event["uid"])) == ("NY: Dec 31", _UID)
    assert "https://open.spotify.com/track/song1" in event["description"]
    assert len(event.walk("VALARM")) == 1


def test_a_show_that_only_an_earlier_version_listed_is_not_crossed_out(publisher):
    """Calendars of earlier versions held all shows that the recipe lets through."""
    publisher.publish(_SHOW)
    plan = replace(plan_of(_SHOW), calendar_shows="playlist")
    publisher.files.publish(plan, today=NOW.date(), now=NOW)
    assert publisher.events == {}


def test_a_plan_of_an_earlier_version_is_read(publisher):
    publisher.publish(_SHOW)
    file = publisher.folder / "playlist_plans" / "mine.json"
    kept = json.loads(file.read_text())
    for name in ("songless", "calendar_shows", "alarm"):
        del kept[name]
    for show in kept["shows"]:
        del show["unheard"], show["venue_postal_code"], show["doors_at_local"]
    file.write_text(json.dumps(kept))
    assert publisher.files.read("mine").shows == (_SHOW,)


def test_others_get_digest_and_calendar_without_what_the_listener_plays(publisher):
    publisher.publish(planned_show(taste=taste_note()))
    files = publisher.files
    own = [files.read_digest("mine", ending) for ending in ("html", "txt", "md")]
    theirs = [files.digest_for_others("mine", ending) for ending in ("html", "txt", "md")]
    own.append(files.read_calendar("mine"))
    theirs.append(files.calendar_for_others("mine", now=NOW))
    assert all(b"Mitski" in content for content in own)
    assert all(content and b"Mitski" not in content for content in theirs)
    assert files.read("mine").shows[0].taste == taste_note()


def test_without_taste_others_get_the_same_files(publisher):
    publisher.publish(planned_show())
    files = publisher.files
    assert files.digest_for_others("mine", "html") == files.read_digest("mine", "html")
    assert files.calendar_for_others("mine", now=NOW) == files.read_calendar("mine")
