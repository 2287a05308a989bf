"""The page of a show: the whole bill, when and where, what changed, and one event to keep."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from showlist_assets_tests.rows import NOW, pending
from showlist_assets_tests.web.markup import look

LATER = NOW + timedelta(days=1)
OPENER = {
    "performer_key": "night bus", "performer_name": "Night Bus", "billing": 2, "role": "support",
}  # fmt: skip
NOBODY = {
    **pending(), "outcome": "rejected", "rule": "no_equal_name",
    "reason": "No artist page has this name.", "performer_key": "night bus",
    "performer_name": "Night Bus",
}  # fmt: skip


def listing(**columns):
    return {
        "source": "seatgeek", "event_id": "1", "platform": "seatgeek", "is_resale": False,
        "title": "Paper Lantern", "status": "scheduled", "ticket_url": "https://a.example/1",
        "lowest_price": 20.0, "highest_price": None, "seen_at": NOW, "why": "the only listing",
        "is_sure": True, **columns,
    }  # fmt: skip


def moved(**columns):
    return {
        "changed_at": LATER, "change": "moved", "was": "Fri Nov 20 2026",
        "becomes": "Fri Dec 4 2026", **columns,
    }  # fmt: skip


def test_the_bill_is_told_in_order_each_act_with_its_songs_or_why_it_has_none(publish, page):
    publish(
        acts=({}, OPENER),
        matched=({}, NOBODY),
        songs=({}, {"track_id": "track-2", "rank": 2, "track_name": "Long Hours"}),
    )
    text = look(page, "/shows/seatgeek-1").text
    order = ["Paper Lantern", "headlines", "Small Hours", "Long Hours", "Night Bus", "opens"]
    assert [word for word in order if word in text] == order
    bill = text[text.index("Who plays") :]
    assert bill.index("Small Hours") < bill.index("Long Hours") < bill.index("Night Bus")
    assert "No song to hear: Nobody on Spotify: No artist page has this name." in bill


def test_an_act_that_was_not_looked_up_says_so(publish, page):
    publish(matched=())
    assert "No song to hear" in look(page, "/shows/seatgeek-1").text


def test_date_time_doors_zone_price_and_address_are_told(publish, page):
    publish(shows=({
        "doors_at_local": datetime(2026, 12, 4, 19),  # noqa: DTZ001  the venue's wall clock
        "venue_address": "1 Elm Street", "venue_postal_code": "12207", "venue_capacity": 1200,
        "lowest_price": 20.0, "highest_price": 45.5, "latitude": 42.65, "longitude": -73.75,
    },))  # fmt: skip
    found = look(page, "/shows/seatgeek-1")
    for words in (
        "Friday, December 4", "8 PM EST", "7 PM", "$20 to $45.50", "1 Elm Street",
        "Albany, NY 12207", "1,200 people", "20 miles around The Boiler Room",
    ):  # fmt: skip
        assert words in found.text, words
    assert "/venues/boiler-room--albany--ny" in found.links


def test_what_changed_is_told_and_a_new_date_is_the_first_thing_said(publish, page):
    publish(shows=({"status": "rescheduled"},), changes=({}, moved()))
    text = look(page, "/shows/seatgeek-1").text
    assert "Moved: Fri Dec 4 2026; it was Fri Nov 20 2026." in text
    assert text.index("new date") < text.index("Who plays")
    assert text.index("Moved:") < text.index("Who plays")


@pytest.mark.parametrize(
    ("status", "words"),
    [("cancelled", "Cancelled."), ("postponed", "the new date is not announced yet")],
)
def test_a_show_that_is_off_sells_no_tickets(publish, page, status, words):
    publish(shows=({"status": status, "ticket_url": "https://tickets.example/1"},))
    found = look(page, "/shows/seatgeek-1")
    assert words in found.text
    assert "https://tickets.example/1" not in found.links


def test_a_show_that_no_source_lists_any_more_is_still_told(publish, page):
    publish(shows=(), acts=(), changes=({"acts": ["Paper Lantern", "Night Bus"]},))
    text = look(page, "/shows/seatgeek-1").text
    assert "No source lists it any more" in text
    assert "Night Bus" in text


def test_every_source_is_linked_and_says_why_it_is_this_show(publish, page):
    other = listing(
        source="ticketmaster", platform="frontgate", is_resale=True, lowest_price=31.0,
        ticket_url="https://b.example/2", why="the same act at the same house",
    )  # fmt: skip
    publish(shows=({"listings": [listing(), other]},))
    found = look(page, "/shows/seatgeek-1")
    assert {"https://a.example/1", "https://b.example/2"} <= set(found.links)
    assert "sold by frontgate · resale · from $31" in found.text
    assert "The same act at the same house." in found.text


def test_other_nights_nearby_are_told_before_those_far_away(publish, page):
    here = {"latitude": 42.65, "longitude": -73.75}
    near = {**here, "show_id": "near", "local_date": date(2026, 12, 5), "venue_name": "Near House"}
    far = {
        **here, "show_id": "far", "local_date": date(2026, 12, 6), "venue_name": "Far House",
        "latitude": 32.7, "longitude": -96.8,
    }  # fmt: skip
    publish(
        shows=(here, near, far),
        acts=tuple({"show_id": one} for one in ("seatgeek-1", "near", "far")),
    )
    text = look(page, "/shows/seatgeek-1").text
    assert "Other nights nearby" in text
    assert "Near House" in text
    assert "Far House" not in text
    publish(shows=(here, far), acts=({}, {"show_id": "far"}))
    text = look(page, "/shows/seatgeek-1").text
    assert "Their next nights elsewhere" in text
    assert "Far House" in text


def test_the_calendar_has_the_one_event_with_its_state_and_revision(publish, page):
    publish(shows=({"status": "cancelled"},), changes=({}, moved(), {
        "changed_at": LATER + timedelta(days=1), "change": "cancelled", "status": "cancelled",
    }))  # fmt: skip
    answer = page.get(look(page, "/shows/seatgeek-1").link_to("Add to calendar"))
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
    assert event["uid"] == "seatgeek-1@showlist"
    assert event["status"] == "CANCELLED"
    assert event["sequence"] > 0
    assert event.decoded("dtstart") == datetime(2026, 12, 5, 1, tzinfo=UTC)
    again = page.get("/shows/seatgeek-1.ics", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_a_show_without_a_date_has_no_event(publish, page):
    publish(shows=({"local_date": None, "starts_at": None, "starts_at_local": None},))
    found = look(page, "/shows/seatgeek-1")
    assert "Not announced yet" in found.text
    assert "/shows/seatgeek-1.ics" not in found.links
    assert page.get("/shows/seatgeek-1.ics").status_code == 404


def test_an_unknown_show_says_so(publish, page):
    publish()
    assert "No show here ever had this address" in look(page, "/shows/none", 404).text
    assert page.get("/shows/none.ics").status_code == 404


def test_the_page_is_unchanged_until_something_is_published(publish, page):
    publish()
    tag = page.get("/shows/seatgeek-1").headers["etag"]
    known = {"If-None-Match": tag}
    assert page.get("/shows/seatgeek-1", headers=known).status_code == 304
    publish(shows=({"status": "cancelled"},))
    assert page.get("/shows/seatgeek-1", headers=known).status_code == 200


def test_before_anything_is_published_every_page_says_so(page):
    for path in ("/shows/x", "/artists/x", "/venues/x", "/new", "/leaving", "/search", "/about"):
        assert "No shows yet" in look(page, path).text
    assert page.get("/shows/x.ics").status_code == 404
