"""The shows of a plan as a calendar file (RFC 5545) that any calendar can subscribe to.

Events carry the same UID for ever, so that a calendar moves a show instead of listing it twice.
What belongs here: the format. What does not: which shows are in it (``calendar_entries``).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from icalendar import Calendar, Event

from showlist_assets.domain.links import web_address
from showlist_assets.domain.places import is_in_the_us
from showlist_assets.domain.zones import known_zone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from showlist_assets.domain.playlists.calendar_entries import CalendarEntry
    from showlist_assets.domain.playlists.plan import PlannedShow

# Hardly anybody announces when a concert ends.
_USUAL_LENGTH: Final = timedelta(hours=3)
_ASK_AGAIN_AFTER: Final = timedelta(hours=12)


def calendar_file(entries: Iterable[CalendarEntry], *, name: str, now: datetime) -> bytes:
    """An ``.ics`` file of ``entries`` under the ``name`` that calendars display.

    A field that cannot be used, such as a link that leads nowhere, is left out; the show stays.
    ``now`` is UTC. A show without an announced time takes the whole day, and each day of a
    festival.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Showlist//Upcoming shows//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # RFC 7986 has a name and an interval; most calendars still read only the older X- properties.
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    # RFC 7986 wants the type of the value said.
    calendar.add("refresh-interval", _ASK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    for entry in (one for one in entries if one.place != "left out"):
        calendar.add_component(_event(entry, now))
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
    event.add("summary", show.title or ", ".join(show.artists))
    event.add("location", ", ".join(filter(None, _address(show))))
    event.add("description", _description(show))
    event.add("status", entry.status)
    # A show that somebody could go to does not make them busy.
    event.add("transp", "TRANSPARENT")
    if url := web_address(show.ticket_url):
        event.add("url", url)
    north, east = show.latitude, show.longitude
    # A table of an earlier version may hold 0,0.
    if north is not None and east is not None and is_in_the_us(north, east):
        event.add("geo", (north, east))
    return event


def _span(show: PlannedShow) -> tuple[date, date | None]:
    """Two instants in UTC, or two dates; no end beyond the last day of all."""
    # In UTC, which spares the file a definition of each time zone (RFC 5545, 3.6.5).
    start, end = _instant(show), show.ends_at
    try:
        if start is not None and end is not None and end > start:
            return start, end.astimezone(UTC)
        if start is not None and show.last_day == show.local_date:
            return start, start + _USUAL_LENGTH
        # The end of an event is not part of it (RFC 5545, 3.6.1).
        return show.local_date, show.last_day + timedelta(days=1)
    except OverflowError:
        return show.local_date, None


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
    return show.venue_name, show.venue_address, show.venue_city, show.state


def _description(show: PlannedShow) -> str:
    price = f"From ${show.lowest_price:.0f}" if show.lowest_price is not None else ""
    url = web_address(show.ticket_url)
    tickets = f"Tickets: {url}" if url else ""
    return "\n".join(filter(None, (", ".join(show.artists), price, tickets)))
