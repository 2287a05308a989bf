"""The shows of a plan as a calendar file (RFC 5545) that any calendar can subscribe to.

Events carry the same UID for ever, so that a calendar moves a show instead of listing it twice.
What belongs here: the format. What does not: which shows are in it (``calendar_entries``).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from icalendar import Alarm, Calendar, Event

from showlist_assets.domain.links import web_address
from showlist_assets.domain.names import without_article
from showlist_assets.domain.playlists.digest_content import taste_in_words
from showlist_assets.domain.playlists.times_in_words import doors_in_words
from showlist_assets.domain.states import may_be_known
from showlist_assets.domain.zones import known_zone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from showlist_assets.domain.playlists.calendar_entries import CalendarEntry
    from showlist_assets.domain.playlists.plan import PlannedShow

# Hardly anybody announces when a concert ends.
_USUAL_LENGTH: Final = timedelta(hours=3)
_ASK_AGAIN_AFTER: Final = timedelta(hours=12)
# RFC 5545, 3.1: a text holds no control character but the tab; icalendar escapes the line break.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")
# Every entry with whatever is known of a sold-out festival stays readable on a phone.
_SONGS_NAMED: Final = 20


def calendar_file(
    entries: Iterable[CalendarEntry], *, name: str, now: datetime, alarm: timedelta | None = None
) -> bytes:
    """An ``.ics`` file of ``entries`` under the ``name`` that calendars display.

    A field that cannot be used, such as a link that leads nowhere, is left out; the show stays. A
    show without an announced time takes the whole day, and each day of a festival.

    Args:
        entries: What has ``place`` "left out" is not in the file.
        name: That of the calendar.
        now: The present (UTC).
        alarm: How long before a show that goes ahead it reminds; None: it does not.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Showlist//Upcoming shows//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # RFC 7986 has a name and an interval; most calendars still read only the older X- properties.
    calendar.add("name", _text(name))
    calendar.add("x-wr-calname", _text(name))
    # RFC 7986 wants the type of the value said.
    calendar.add("refresh-interval", _ASK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    for entry in (one for one in entries if one.place != "left out"):
        event = _event(entry, now)
        if alarm is not None and entry.status == "CONFIRMED":
            event.add_component(_alarm(entry.show, alarm))
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _event(entry: CalendarEntry, now: datetime) -> Event:
    event, show = Event(), entry.show
    event.add("uid", f"{show.show_id}@showlist")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("last-modified", entry.modified_at.astimezone(UTC))
    # A file that is imported again changes an event only if this has grown (RFC 5545, 3.8.7.4).
    event.add("sequence", entry.sequence)
    start, end = _span(show)
    event.add("dtstart", start)
    if end is not None:
        event.add("dtend", end)
    event.add("summary", _text(_name(show)))
    event.add("location", _text(", ".join(filter(None, _address(show)))))
    event.add("description", _text(_description(entry)))
    event.add("status", entry.status)
    # A show that somebody could go to does not make them busy.
    event.add("transp", "TRANSPARENT")
    if url := web_address(show.ticket_url):
        event.add("url", url)
    north, east = show.latitude, show.longitude
    # A table of an earlier version may hold 0,0.
    if north is not None and east is not None and may_be_known(north, east):
        event.add("geo", (north, east))
    return event


def _alarm(show: PlannedShow, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _text(f"{_name(show)} at {show.venue_name}"))
    alarm.add("trigger", -before)
    return alarm


def _text(text: str) -> str:
    return _CONTROLS.sub(" ", text)


def _name(show: PlannedShow) -> str:
    return show.title or ", ".join(show.artists)


def _span(show: PlannedShow) -> tuple[date, date | None]:
    """Two instants in UTC, or two dates; no end beyond the last day of all."""
    # In UTC, which spares the file a definition of each time zone (RFC 5545, 3.6.5).
    start, end = _instant(show), show.ends_at
    try:
        if start is not None and end is not None and end > start and _is_on_last_day(show, end):
            return start, end.astimezone(UTC)
        if start is not None and show.last_day == show.local_date:
            return start, start + _USUAL_LENGTH
        # The end of an event is not part of it (RFC 5545, 3.6.1).
        return show.local_date, show.last_day + timedelta(days=1)
    except OverflowError:
        return show.local_date, None


def _is_on_last_day(show: PlannedShow, end: datetime) -> bool:
    """Whether ``end`` is that of the last day: a source may tell that of the first night."""
    zone = known_zone(show.venue_timezone)
    return end.astimezone(zone or UTC).date() >= show.last_day


def _instant(show: PlannedShow) -> datetime | None:
    """When the show starts, in UTC; None where the time or the zone is not known."""
    if show.starts_at is not None:
        return show.starts_at.astimezone(UTC)
    zone = known_zone(show.venue_timezone)
    if show.starts_at_local is None or zone is None:
        return None
    try:
        return show.starts_at_local.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return None


def _address(show: PlannedShow) -> tuple[str | None, ...]:
    state = " ".join(filter(None, (show.state, show.venue_postal_code)))
    return show.venue_name, show.venue_address, show.venue_city, state


def _description(entry: CalendarEntry) -> str:
    show = entry.show
    url = web_address(show.ticket_url)
    is_off = entry.status == "CANCELLED"
    # Nobody gets ready for what is called off.
    doors = "" if is_off else _sentence(doors_in_words(show))
    taste = "" if is_off else taste_in_words(show)
    facts = [", ".join(show.artists), taste, doors, _price(show), f"Tickets: {url}" if url else ""]
    parts = [facts] if is_off else [facts, _songs(entry), _unheard(show)]
    return "\n\n".join("\n".join(filter(None, lines)) for lines in parts if lines)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _price(show: PlannedShow) -> str:
    if show.lowest_price is None:
        return ""
    return f"From ${show.lowest_price:.0f}" if show.lowest_price else "Free"


def _songs(entry: CalendarEntry) -> list[str]:
    if not entry.songs:
        return []
    named = [f"{song.name} - {song.artist}: {song.url}" for song in entry.songs[:_SONGS_NAMED]]
    more = len(entry.songs) - len(named)
    return ["To hear before:", *named, *([f"And {more} more on the playlist."] if more else [])]


def _unheard(show: PlannedShow) -> list[str]:
    # A festival is billed as itself, too.
    itself = without_article(show.title)
    acts = [act for act in show.unheard if without_article(act.name) != itself or not show.artists]
    return ["No song yet:", *(f"{act.name}: {act.why}" for act in acts)] if acts else []
