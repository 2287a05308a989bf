"""The digest as a page: valid, safe, self-sufficient, readable in light and dark."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.digest import Changes, LineUp, Move
from showlist_assets.domain.playlists.digest_content import Digest
from showlist_assets.domain.playlists.digest_page import DARK, LIGHT, digest_html
from showlist_assets.domain.playlists.plan import UnheardAct
from showlist_assets_tests.domain.playlists.planned import (
    plan_of,
    planned_show,
    planned_track,
    taste_note,
)

_TODAY = date(2026, 11, 30)
_HTML = "{http://www.w3.org/1999/xhtml}"
# Where a page may lead, and nothing may be fetched from.
_HOSTS = ("https://open.spotify.com/", "https://www.openstreetmap.org/", "https://tickets.example/")
_PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "' onmouseover='alert(1)",
    "<!-- ]]> &lt;b&gt; &#x3c;script&#x3e;",
    "\u202egnp.exe\x00\x1b[31m\ud800\ufdd0",
)


def parsed(page: str) -> Any:
    """The page, if an HTML5 parser finds no mistake in it."""
    parser = html5lib.HTMLParser(strict=True)
    return parser.parse(page)


def words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def links(tree: Any) -> dict[str, str]:
    return {words(link): link.get("href") for link in tree.iter(f"{_HTML}a")}


def everything(text: str = "", url: str | None = None) -> Digest:
    """A digest with an entry under every heading, with ``text`` wherever a source writes one."""
    show = planned_show(
        f"1{text}",
        title=f"Festival{text}",
        artists=(f"Paper Lantern{text}", f"Tin Owl{text}"),
        venue_name=f"The Boiler Room{text}",
        venue_city=f"New York{text}",
        venue_address=f"1 Main St{text}",
        ticket_url=url or "https://tickets.example/1",
        lowest_price=25.0,
        artist_ids=(f"1{text}", f"2{text}"),
        unheard=(UnheardAct(f"Grey Hen{text}", f"nobody knows{text}"),),
    )
    shows = [replace(show, show_id=f"{n}{text}", latitude=None) for n in range(9)]
    track = planned_track(
        show, f"song1{text}", track_name=f"Night Train{text}", spotify_artist_id=f"id{text}"
    )
    plan = replace(plan_of(*shows, title=f"Live{text}"), tracks=(track,))
    at = replace(show, local_date=show.local_date - timedelta(days=1))
    found = Changes(
        new=(shows[0],),
        gone=(shows[1],),
        moved=(Move(at, shows[2]),),
        leaving_soon=(shows[3],),
        line_ups=(LineUp(shows[4], left=f"Out{text}", joined=f"In{text}"),),
        cancelled=(shows[5],),
        postponed=(shows[6],),
        vanished=(shows[7],),
        moved_away=(Move(at, shows[8]),),
        back=(shows[1],),
    )
    return Digest(
        plan=plan,
        found=found,
        today=_TODAY,
        since=_TODAY - timedelta(days=7),
        playlist_url=url or "https://open.spotify.com/playlist/1",
    )


def first(*shows, **how) -> Digest:
    plan = plan_of(*shows)
    nothing = Changes((), (), (), ())
    return Digest(plan=plan, found=nothing, today=_TODAY, is_first=True, **how)


def test_the_page_is_valid_and_every_heading_stands_once():
    assert len(fields(Changes)) == 11, "a new kind of change needs a heading"
    tree = parsed(digest_html(everything()))
    headings = [words(heading) for heading in tree.iter(f"{_HTML}h2")]
    assert headings == [
        "New", "On after all", "Moved", "Line-up changed", "Cancelled", "Postponed",
        "No longer listed", "Gone", "Leaving soon", "The week ahead",
    ]  # fmt: skip
    assert [words(one) for one in tree.iter(f"{_HTML}h1")] == ["Live"]
    assert tree.get("lang") == "en"


def test_the_page_asks_for_nothing():
    page = digest_html(everything())
    tags = {element.tag.removeprefix(_HTML) for element in parsed(page).iter()}
    assert not tags & {
        "img",
        "link",
        "script",
        "iframe",
        "object",
        "embed",
        "video",
        "audio",
        "form",
    }
    assert not re.search(r"url\(|@import|\bsrc=|\bon\w+=", page)


def test_links_lead_to_song_artist_tickets_map_and_playlist():
    show = planned_show(latitude=40.71, longitude=-74.01, artist_ids=("id of PL", ""))
    plan = replace(plan_of(show), tracks=(planned_track(show, "song1"),))
    digest = replace(first(show, playlist_url="https://open.spotify.com/playlist/1"), plan=plan)
    found = links(parsed(digest_html(digest)))
    assert found == {
        "Open the playlist on Spotify": "https://open.spotify.com/playlist/1",
        "Paper Lantern": "https://open.spotify.com/artist/id%20of%20PL",
        "The Boiler Room": "https://www.openstreetmap.org/?mlat=40.71000&mlon=-74.01000"
        "#map=17/40.71000/-74.01000",
        "Night Train": "https://open.spotify.com/track/song1",
        "Tickets on tickets.example": "https://tickets.example/1",
    }


def test_a_venue_without_a_position_is_searched_for_by_its_address():
    show = planned_show(latitude=0.0, longitude=0.0, venue_address="1 A&B St")
    address = links(parsed(digest_html(first(show))))["The Boiler Room"]
    assert address == (
        "https://www.openstreetmap.org/search?query="
        "The%20Boiler%20Room%2C%201%20A%26B%20St%2C%20New%20York%2C%20NY"
    )


@pytest.mark.parametrize("payload", _PAYLOADS)
def test_nothing_that_a_source_writes_becomes_markup(payload):
    harmless, page = digest_html(everything()), digest_html(everything(payload, url=payload))
    tree = parsed(page)

    def shape(of: Any) -> set[str]:
        return {element.tag.removeprefix(_HTML) for element in of.iter()} - {"bdi", "a"}

    assert shape(tree) == shape(parsed(harmless))
    for element in tree.iter():
        assert set(element.attrib) <= {"href", "class", "datetime", "lang", "charset", "name",
                                       "content"}  # fmt: skip
    assert all(url.startswith(_HOSTS) for url in links(tree).values())
    assert not re.search("[\u202a-\u202e\x00\x1b\ud800]", page)


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_source_writes_the_page_stays_valid(text, url):
    page = digest_html(everything(text, url=url))
    tree = parsed(page.encode().decode())
    assert all(re.match("https?://", link) for link in links(tree).values())


def test_the_first_digest_lists_the_shows_by_day_and_the_soonest_first():
    late = planned_show("b", artists=("Late",), starts_at_local=_at(22), title="")
    untold = planned_show("c", artists=("Untold",), starts_at_local=None, title="")
    early = planned_show("a", artists=("Early",), starts_at_local=_at(19), title="")
    next_year = planned_show("d", local_date=date(2027, 1, 2))
    tree = parsed(digest_html(first(untold, late, early, next_year)))
    assert [words(day) for day in tree.iter(f"{_HTML}h3")] == [
        "Friday, December 4", "Saturday, January 2, 2027",
    ]  # fmt: skip
    acts = [words(act) for act in tree.iter(f"{_HTML}p") if act.get("class") == "act"]
    assert acts == ["Early", "Late", "Untold", "Paper Lantern with Tin Owl"]
    assert "New" not in [words(heading) for heading in tree.iter(f"{_HTML}h2")]


def test_the_doors_stand_beside_the_start():
    tree = parsed(digest_html(first(planned_show(doors_at_local=_at(19)))))
    (facts,) = [words(each) for each in tree.iter(f"{_HTML}p") if each.get("class") == "facts"]
    assert facts.startswith("8:00 PM · doors 7:00 PM · The Boiler Room")


def _at(hour: int) -> datetime:
    return datetime(2026, 12, 4, hour)  # noqa: DTZ001  the venue's wall clock


def test_a_long_list_is_cut_and_says_how_much_is_missing():
    many = [planned_show(str(n), artists=(f"Band {n}",)) for n in range(130)]
    page = digest_html(first(*many))
    assert page.count('class="act"') == 100
    assert "And 30 more shows after these." in page
    # Gmail cuts a longer message off.
    assert len(page.encode()) < 102_000


def test_a_show_of_several_days_is_told_with_its_last():
    festival = planned_show(title="Winter Fest", last_date=date(2026, 12, 6))
    tree = parsed(digest_html(first(festival)))
    assert [words(day) for day in tree.iter(f"{_HTML}h3")] == ["Fri Dec 4 to Sun Dec 6"]
    assert "Winter Fest with Paper Lantern and Tin Owl" in words(tree)


def test_who_is_off_is_struck_out_and_not_sold():
    tree = parsed(digest_html(everything()))
    off = [one for one in tree.iter(f"{_HTML}li") if "off" in (one.get("class") or "")]
    assert len(off) == 2
    assert all("from $" not in words(one) for one in off)
    assert all("Tickets" not in words(one) for one in off)


@pytest.mark.parametrize(
    ("lowest", "told"),
    [(25.0, "from $25"), (25.5, "from $25.50"), (1200.0, "from $1,200"), (0.0, "free"),
     (None, None), (float("nan"), None), (float("inf"), None)],
)  # fmt: skip
def test_a_price_is_told_where_it_is_one(lowest, told):
    text = words(parsed(digest_html(first(planned_show(lowest_price=lowest)))))
    assert told in text if told else "$" not in text


def test_a_name_in_another_direction_does_not_turn_the_line():
    page = digest_html(first(planned_show(artists=("ליל אורות",), title="")))
    assert "<bdi>ליל אורות</bdi>" in page


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_text_stands_out_from_the_paper(colours):
    # WCAG 2.2, 1.4.3: at least 4.5 to 1.
    for name in ("ink", "quiet", "link"):
        assert _contrast(colours[name], colours["paper"]) >= 4.5


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_how_a_show_fits_the_taste_is_told_where_only_the_listener_reads_it():
    show = planned_show(taste=taste_note())
    assert "Tin Owl: You play Mitski." in digest_html(first(show))
    assert "Mitski" not in digest_html(first(show, tells_taste=False))
