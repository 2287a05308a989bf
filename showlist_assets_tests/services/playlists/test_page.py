"""A plan's page: what of a stranger's text may become a link."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from showlist_assets.domain.playlists.plan import Plan, PlannedTrack
from showlist_assets.services.playlists.page import plan_page

_TRACK = PlannedTrack(
    track_id="track-1",
    track_name="Small Hours",
    artist_name="Paper Lantern",
    spotify_artist_id="artist-1",
    show_id="seatgeek-1",
    local_date=date(2026, 12, 4),
    starts_at_local=None,
    venue_timezone=None,
    venue_name="The Boiler Room",
    venue_city=None,
    state="NY",
    ticket_url="https://tickets.example/1",
    billing=1,
    why="Headlines.",
)


def _page(**fields: object) -> str:
    return plan_page(Plan("mine", "Live", "", (replace(_TRACK, **fields),), {}))


def test_a_show_links_to_its_tickets():
    text = "[Fri Dec 4, The Boiler Room, NY](https://tickets.example/1)"
    assert f"| {text} |" in _page()


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "https://[tickets",
        "https://tickets.example/a\nb",
        None,
    ],
)
def test_what_leads_nowhere_on_the_web_is_plain_text(link):
    page = _page(ticket_url=link)
    assert "| Fri Dec 4, The Boiler Room, NY |" in page
    assert "cript:" not in page
    assert "data:" not in page


def test_a_festival_has_its_first_and_its_last_day():
    assert "Fri Dec 4 to Sun Dec 6, The Boiler Room" in _page(last_date=date(2026, 12, 6))
