"""A playlist's shows as JSON Feed 1.1, as CSV and as RSS 2.0.

Sources' texts are strangers': each format has its own way in which they would become more than
text. What belongs here: the formats. What does not: which shows there are (``exports``).
"""

from __future__ import annotations

import csv
import io
import json
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from xml.etree import ElementTree as Xml

from showlist_assets.domain.links import web_address
from showlist_assets.domain.playlists.digest_content import plain, price, when, where
from showlist_assets.domain.playlists.times_in_words import clock_in_words, doors_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.domain.playlists.exports import Export, ExportedShow, ExportedSong
    from showlist_assets.domain.playlists.plan import PlannedShow

COLUMNS: Final = (
    "date", "last_date", "time", "doors", "status", "title", "artists", "venue", "address", "city",
    "state", "postal_code", "price_from", "tickets", "position", "song", "song_by", "song_url",
    "why", "without_a_song",
)  # fmt: skip
# With what spreadsheets begin a formula (OWASP, "CSV injection").
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_ASK_AGAIN_AFTER_MINUTES: Final = 12 * 60


def as_json(export: Export, *, site: str) -> bytes:
    """A JSON Feed: an item a show, with its facts and songs under ``_show``.

    Args:
        export: What is told.
        site: The page's address, without a slash at the end.
    """
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": plain(export.title),
        "description": plain(export.description),
        "home_page_url": f"{site}/",
        "language": "en-US",
        "items": [
            {
                "id": _id(one),
                "url": _page(site, one),
                "title": _headline(one),
                "content_html": _html(one),
                "date_published": one.changed_at.isoformat(),
                "_show": _facts(one),
            }
            for one in export.shows
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def as_csv(export: Export) -> bytes:
    """A row a song, and one for each show without; a cell that looks like a formula is a text."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for one in export.shows:
        for cells in _rows(one):
            rows.writerow([_cell(cell) for cell in cells])
    return text.getvalue().encode()


def as_rss(export: Export, *, site: str) -> bytes:
    """An RSS 2.0 feed: an item a show.

    Args:
        export: What is told.
        site: The page's address, without a slash at the end.
    """
    rss = Xml.Element("rss", version="2.0")
    channel = Xml.SubElement(rss, "channel")
    _add(channel, "title", plain(export.title))
    _add(channel, "link", f"{site}/")
    _add(channel, "description", plain(export.description) or plain(export.title))
    _add(channel, "language", "en-us")
    _add(channel, "lastBuildDate", format_datetime(export.made_at))
    _add(channel, "ttl", str(_ASK_AGAIN_AFTER_MINUTES))
    for one in export.shows:
        item = Xml.SubElement(channel, "item")
        _add(item, "title", _headline(one))
        _add(item, "link", _page(site, one))
        # A reader takes the description for HTML: what it escapes there, XML escapes once more.
        _add(item, "description", _html(one))
        _add(item, "guid", _id(one), isPermaLink="false")
        _add(item, "pubDate", format_datetime(one.changed_at))
    content: bytes = Xml.tostring(rss, encoding="utf-8", xml_declaration=True)
    return content


def _add(parent: Xml.Element, name: str, text: str, **attributes: str) -> None:
    Xml.SubElement(parent, name, attributes).text = text


def _id(one: ExportedShow) -> str:
    # As calendars know it.
    return f"{plain(one.show.show_id)}@showlist"


def _page(site: str, one: ExportedShow) -> str:
    return f"{site}/shows/{quote(plain(one.show.show_id), safe='')}"


def _headline(one: ExportedShow) -> str:
    show = one.show
    name = plain(show.title) or plain(", ".join(show.artists))
    off = f"{one.status.capitalize()}: " if one.is_off else ""
    return f"{off}{name}, {when(show)}, {plain(show.venue_name)}"


def _html(one: ExportedShow) -> str:
    show = one.show
    facts = [
        "" if one.is_off else ", ".join(filter(None, (when(show), doors_in_words(show)))),
        where(show),
        plain(", ".join(show.artists)),
        price(show),
    ]
    lines = [escape(fact) for fact in facts if fact]
    if not one.is_off and (url := web_address(show.ticket_url)):
        lines.append(_link(url, "Tickets"))
    lines += [f"{_link(song.url, plain(song.name))} by {_text(song.artist)}" for song in one.songs]
    lines += [f"No song yet of {_text(act.name)}: {_text(act.why)}" for act in show.unheard]
    return "<br>".join(lines)


def _text(text: str) -> str:
    return escape(plain(text))


def _link(url: str, words: str) -> str:
    return f'<a href="{escape(url)}">{escape(words)}</a>'


def _facts(one: ExportedShow) -> dict[str, Any]:
    show = one.show
    return {
        "show_id": plain(show.show_id),
        "status": one.status,
        "title": plain(show.title),
        "artists": [plain(name) for name in show.artists],
        "local_date": show.local_date.isoformat(),
        "last_date": show.last_date and show.last_date.isoformat(),
        "starts_at": show.starts_at and show.starts_at.isoformat(),
        "starts_at_local": show.starts_at_local and show.starts_at_local.isoformat(),
        "doors_at_local": show.doors_at_local and show.doors_at_local.isoformat(),
        "venue_timezone": _optional(show.venue_timezone),
        **_venue(show),
        "lowest_price": show.lowest_price if price(show) else None,
        "ticket_url": web_address(show.ticket_url) or None,
        "songs": [_song(song) for song in one.songs],
        "without_a_song": [
            {"name": plain(act.name), "why": plain(act.why)} for act in show.unheard
        ],
    }


def _venue(show: PlannedShow) -> dict[str, Any]:
    return {
        "venue_name": plain(show.venue_name),
        "venue_address": _optional(show.venue_address),
        "venue_city": _optional(show.venue_city),
        "state": show.state,
        "venue_postal_code": _optional(show.venue_postal_code),
        "latitude": show.latitude,
        "longitude": show.longitude,
    }


def _optional(text: str | None) -> str | None:
    return None if text is None else plain(text)


def _song(song: ExportedSong) -> dict[str, Any]:
    return {
        "position": song.position,
        "track_id": song.track_id,
        "name": plain(song.name),
        "artist": plain(song.artist),
        "url": song.url,
        "why": plain(song.why),
    }


def _rows(one: ExportedShow) -> Iterator[tuple[object, ...]]:
    show = one.show
    start, doors = show.starts_at_local, show.doors_at_local
    facts = (
        show.local_date.isoformat(),
        show.last_date.isoformat() if show.last_date else "",
        clock_in_words(start) if start else "",
        clock_in_words(doors) if doors else "",
        one.status,
        show.title,
        "; ".join(show.artists),
        show.venue_name,
        show.venue_address,
        show.venue_city,
        show.state,
        show.venue_postal_code,
        show.lowest_price if price(show) else None,
        web_address(show.ticket_url),
    )
    unheard = "; ".join(f"{act.name}: {act.why}" for act in show.unheard)
    for song in one.songs:
        yield *facts, song.position, song.name, song.artist, song.url, song.why, unheard
    if not one.songs:
        yield *facts, "", "", "", "", "", unheard


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = plain(value)
    # The tab goes when the text is put on one line; what cannot be printed may have hidden a sign.
    is_formula = value.startswith(_FORMULA) or text.startswith(_FORMULA)
    return f"'{text}" if is_formula else text
