"""Whatever sources print, no page runs it, and no page breaks on what nobody knows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from showlist_assets.domain.names import performer_key
from showlist_assets.domain.venue_keys import venue_key
from showlist_assets.web.rendering import segment
from showlist_assets_tests.rows import NOW
from showlist_assets_tests.web.markup import look

EVIL = "</title><script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{7*7}}\u202e\x07%s"
URLS = (
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "java\nscript:alert(1)",
    "//evil.example", "https://a.example/\" onmouseover=\"alert(1)", "vbscript:x", "",
)  # fmt: skip


@pytest.fixture(params=URLS)
def hostile(publish, request):
    """Publishes the payload in every text, and an address of ``URLS`` in every address."""
    url, key = request.param, performer_key(EVIL)
    listing = {
        "source": EVIL, "event_id": EVIL, "platform": EVIL, "is_resale": True, "title": EVIL,
        "status": EVIL, "ticket_url": url, "lowest_price": 1.0, "highest_price": 2.0,
        "seen_at": NOW, "why": EVIL, "is_sure": False,
    }  # fmt: skip
    candidate = {
        "query": EVIL, "rank": 1, "artist_id": EVIL, "name": EVIL, "genres": [EVIL],
        "popularity": 1, "image_url": url,
    }  # fmt: skip
    artist = {
        "performer_key": key, "performer_name": EVIL, "spotify_artist_id": EVIL,
        "spotify_artist_name": EVIL, "spotify_image_url": url, "spotify_genres": [EVIL],
        "reason": EVIL, "rule": EVIL, "candidates": [candidate],
        "parts": [{"part": EVIL, "value": 0.5}],
    }  # fmt: skip
    publish(
        shows=({
            "show_id": EVIL, "title": EVIL, "venue_name": EVIL, "venue_city": EVIL,
            "venue_address": EVIL, "venue_postal_code": EVIL, "venue_timezone": EVIL,
            "ticket_url": url, "listings": [listing], "latitude": 42.65, "longitude": -73.75,
            "local_date": (NOW + timedelta(days=2)).date(),
        },),
        acts=({
            "show_id": EVIL, "performer_key": key, "performer_name": EVIL, "genres": [EVIL],
            "venue_city": EVIL,
        },),
        matched=(artist,),
        songs=({
            "spotify_artist_id": EVIL, "track_id": EVIL, "track_name": EVIL,
            "artist_names": [EVIL, "B"], "album_name": EVIL, "release_date": EVIL,
        },),
        changes=({
            "show_id": EVIL, "title": EVIL, "venue_name": EVIL, "venue_city": EVIL,
            "acts": [EVIL], "was": EVIL, "becomes": EVIL, "ticket_url": url, "change": "moved",
        },),
    )  # fmt: skip
    return key


def test_what_sources_print_is_only_ever_text(hostile, page):
    venue = venue_key(EVIL, EVIL, "NY")
    for path in (
        f"/shows/{segment(EVIL)}", f"/artists/{segment(hostile)}", f"/venues/{segment(venue)}",
        "/new", "/announced?days=30", "/moved", "/leaving", f"/search?q={segment(EVIL)}",
        "/search?q=script", "/about", f"/search?q={segment(EVIL[:20])}",
    ):  # fmt: skip
        found = look(page, path)
        assert not [link for link in found.links if "evil.example" in link], path
        assert not list(found.root.iter("img"))[1:] or path == "/about"
        assert "\u202e" not in found.text
    assert "<script>alert(1)" in look(page, f"/shows/{segment(EVIL)}").text


@pytest.mark.usefixtures("hostile")
def test_the_calendar_of_a_hostile_show_is_one_event(page):
    answer = page.get(f"/shows/{segment(EVIL)}.ics")
    assert answer.status_code == 200
    assert answer.text.count("BEGIN:VEVENT") == 1


def test_unknown_things_echo_nothing_that_runs(publish, page):
    publish()
    for kind in ("shows", "artists", "venues"):
        look(page, f"/{kind}/{segment(EVIL)}", 404)


def test_a_show_of_which_next_to_nothing_is_known_has_its_pages(publish, page):
    publish(
        shows=({
            "starts_at": None, "starts_at_local": None, "local_date": None, "venue_timezone": None,
            "venue_city": None,
        },),
        acts=({"venue_city": None, "local_date": None},),
        matched=({"candidates": [], "parts": []},),
        songs=({"album_name": None, "release_date": None, "duration_ms": None, "explicit": None},),
        sounds=({"is_known": False, "energy": None, "valence": None, "tempo": None},),
        changes=({"local_date": None, "venue_city": None, "was": None, "becomes": None},),
    )  # fmt: skip
    for path in (
        "/shows/seatgeek-1", "/artists/paper%20lantern", "/venues/boiler-room----ny", "/new",
        "/leaving", "/search?q=paper", "/about",
    ):  # fmt: skip
        assert "None" not in look(page, path).text


def test_every_page_of_the_demos_world_is_well_made(demo_page, demo_site):
    with demo_site.publications.current().cursor() as cursor:
        rows = cursor.execute(
            "select show_id, performer_key, venue_name, venue_city, state from upcoming_shows "
            "where row_number = 1 order by hash(show_id || performer_key) limit 25"
        ).fetchall()
    for show_id, key, name, city, state in rows:
        look(demo_page, f"/shows/{segment(show_id)}")
        look(demo_page, f"/artists/{segment(key)}?where=Albany,+NY")
        look(demo_page, f"/venues/{segment(venue_key(name, city, state))}")
        assert demo_page.get(f"/shows/{segment(show_id)}.ics").status_code in (200, 404)


def test_dates_of_long_ago_and_far_ahead_are_printed(publish, page):
    for when in (datetime(1900, 1, 1), datetime(9999, 12, 31)):  # noqa: DTZ001  wall clocks
        publish(
            shows=({"starts_at": None, "starts_at_local": when, "local_date": when.date()},),
            acts=({"local_date": when.date()},),
            changes=({"local_date": when.date()},),
        )
        for path in ("/shows/seatgeek-1", "/shows/seatgeek-1.ics", "/new", "/search?q=paper"):
            assert page.get(path).status_code == 200
