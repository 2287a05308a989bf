"""A plan for other programs: what is told, and that strangers' texts stay texts in each format."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.calendar_entries import CalendarEntry
from showlist_assets.domain.playlists.digest_content import plain
from showlist_assets.domain.playlists.export_formats import COLUMNS, as_csv, as_json, as_rss
from showlist_assets.domain.playlists.exports import export_of
from showlist_assets.domain.playlists.plan import Plan, UnheardAct
from showlist_assets_tests.domain.playlists.planned import planned_show, planned_track, taste_note

_MADE = datetime(2026, 11, 20, 17, tzinfo=UTC)
_SITE = "https://music.example.org/showlist"
_TEXTS = st.text(max_size=30)


def _export(*shows, tracks=(), entries=(), songless=(), title="Live in New York"):
    plan = Plan("mine", title, "", tuple(tracks), {}, shows, songless=tuple(songless))
    return export_of(plan, entries, made_at=_MADE)


def _entry(show, status="CONFIRMED", place="planned"):
    later = _MADE + timedelta(hours=1)
    return CalendarEntry(show=show, status=status, sequence=1, modified_at=later, place=place)


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def _items(content: bytes) -> list[Xml.Element]:
    return Xml.fromstring(content).findall("channel/item")  # noqa: S314  our own file


class _Tags(HTMLParser):
    """The tags, and the addresses that links lead to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href"]
        assert {name for name, _ in attrs} <= {"href"}


def test_shows_stand_by_date_each_with_its_songs_in_the_order_of_the_playlist():
    late = planned_show("late", local_date=date(2026, 12, 9))
    early = planned_show("early", local_date=date(2026, 12, 2), artists=("Tin Owl",))
    silent = planned_show("silent", local_date=date(2026, 12, 3))
    tracks = [planned_track(late, "a"), planned_track(early, "b"), planned_track(late, "c")]
    shows = _export(late, early, tracks=tracks, songless=[silent]).shows
    assert [(one.show.show_id, [song.position for song in one.songs]) for one in shows] == [
        ("early", [2]),
        ("silent", []),
        ("late", [1, 3]),
    ]
    assert {(one.status, one.changed_at) for one in shows} == {("scheduled", _MADE)}


@pytest.mark.parametrize(
    ("status", "told"), [("CANCELLED", "cancelled"), ("TENTATIVE", "postponed")]
)
def test_a_show_of_the_calendar_that_is_off_is_told_as_such(status, told):
    on, off = planned_show("on"), planned_show("off", title="Gone")
    export = _export(on, entries=[_entry(on), _entry(off, status, "kept")])
    assert {one.show.show_id: one.status for one in export.shows} == {
        "on": "scheduled",
        "off": told,
    }
    titles = [item.findtext("title", "") for item in _items(as_rss(export, site=_SITE))]
    assert [title.startswith(f"{told.capitalize()}: Gone") for title in titles].count(True) == 1
    assert {row["title"]: row["status"] for row in _rows(as_csv(export))}["Gone"] == told


def test_what_the_calendar_only_remembers_is_not_told():
    on, other = planned_show("on"), planned_show("other")
    export = _export(on, entries=[_entry(on), _entry(other, place="left out")])
    assert [one.show.show_id for one in export.shows] == ["on"]


def test_a_table_has_a_row_for_each_song_and_one_for_a_show_without():
    show = planned_show(lowest_price=25.0, doors_at_local=datetime(2026, 12, 4, 19))  # noqa: DTZ001
    silent = planned_show("silent", unheard=(UnheardAct("Ash", "nobody of that name"),))
    tracks = [planned_track(show, "a", why="Headlines."), planned_track(show, "b")]
    first, second, third = _rows(as_csv(_export(show, tracks=tracks, songless=[silent])))
    assert (first["song"], first["song_by"], first["why"]) == (
        "Night Train", "Paper Lantern", "Headlines.",
    )  # fmt: skip
    assert (first["date"], first["time"], first["doors"], first["price_from"]) == (
        "2026-12-04", "8:00 PM", "7:00 PM", "25.0",
    )  # fmt: skip
    assert first["song_url"] == "https://open.spotify.com/track/a"
    assert (second["position"], third["position"]) == ("2", "")
    assert third["without_a_song"] == "Ash: nobody of that name"


@given(_TEXTS, st.sampled_from(["", "=", "+", "-", "@", "\t", "\r", "\x00=", "\u202e@"]))
def test_no_cell_of_a_table_is_a_formula(text, sign):
    show = planned_show(title=sign + text, venue_name=text or sign, venue_city=sign)
    (row,) = _rows(as_csv(_export(show, tracks=[planned_track(show, track_name=sign + text)])))
    assert list(row) == list(COLUMNS)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
    assert row["title"].removeprefix("'") in {plain(sign + text), plain(sign + text)[1:]}


@given(_TEXTS, _TEXTS)
def test_rss_is_xml_whose_html_holds_nothing_but_lines_and_links(text, other):
    hostile = f"{text}<script>x</script>]]>&\"'"
    show = planned_show(
        title=hostile,
        venue_name=other or "x",
        artists=(hostile,),
        ticket_url="javascript:alert(1)",
        unheard=(UnheardAct(hostile, other),),
    )
    tracks = [planned_track(show, hostile, track_name=hostile)]
    (item,) = _items(as_rss(_export(show, tracks=tracks, title=hostile), site=_SITE))
    assert plain(hostile) in item.findtext("title", "")
    found = _Tags(item.findtext("description", ""))
    assert found.tags <= {"a", "br"}
    assert all((link or "").startswith("https://open.spotify.com/track/") for link in found.links)


def test_rss_has_a_guid_that_calendars_know_too_and_leads_to_the_page():
    show, other = planned_show("a/b c"), planned_show("2", local_date=date(2026, 12, 5))
    first, second = _items(as_rss(_export(show, other), site=_SITE))
    assert (first.findtext("guid"), second.findtext("guid")) == ("a/b c@showlist", "2@showlist")
    assert first.findtext("link") == f"{_SITE}/shows/a%2Fb%20c"
    assert first.findtext("pubDate") == "Fri, 20 Nov 2026 17:00:00 +0000"


@given(_TEXTS, _TEXTS)
def test_json_is_a_json_feed_with_the_facts(text, address):
    show = planned_show(title=text, ticket_url=address, venue_postal_code=text)
    feed = json.loads(as_json(_export(show, tracks=[planned_track(show, "a")]), site=_SITE))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = feed["items"]
    facts = item["_show"]
    assert (facts["title"], facts["local_date"]) == (plain(text), "2026-12-04")
    assert facts["ticket_url"] is None or facts["ticket_url"].startswith("http")
    assert [song["url"] for song in facts["songs"]] == ["https://open.spotify.com/track/a"]


def test_a_plan_without_shows_is_a_feed_without_items():
    export = _export()
    assert json.loads(as_json(export, site=_SITE))["items"] == []
    assert _items(as_rss(export, site=_SITE)) == []
    assert _rows(as_csv(export)) == []


def test_a_feed_tells_its_listener_how_a_song_fits_their_taste():
    show = planned_show()
    tracks = [planned_track(show, why="Headlines.", taste=taste_note())]
    (row,) = _rows(as_csv(_export(show, tracks=tracks)))
    assert row["why"] == "Headlines. You play Mitski."
