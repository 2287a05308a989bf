"""The shows of a plan as a calendar file (RFC 5545) that any calendar can subscribe to.

Events carry the same UID for ever, so that a calendar moves a show instead of listing it twice.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, Event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from showlist_assets.domain.playlists.plan import PlannedShow

# Nobody announces when a concert ends.
_USUAL_LENGTH: Final = timedelta(hours=3)
_ASK_AGAIN_AFTER: Final = timedelta(hours=12)


def calendar_file(
    shows: Iterable[PlannedShow], *, name: str, now: datetime, gone: Iterable[PlannedShow] = ()
) -> bytes:
    """An ``.ics`` file of ``shows`` under the ``name`` that calendars display.

    ``now`` is UTC. Shows in ``gone``, which are no longer listed, are marked as cancelled: a
    calendar that was given the file by mail or import would keep them otherwise. A show without an
    announced time takes the whole day.
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
    for show in shows:
        calendar.add_component(_event(show, now, "CONFIRMED"))
    for show in gone:
        calendar.add_component(_event(show, now, "CANCELLED"))
    content: bytes = calendar.to_ical()
    return content


def _event(show: PlannedShow, now: datetime, status: str) -> Event:
    event = Event()
    event.add("uid", f"{show.show_id}@showlist")
    event.add("dtstamp", now.astimezone(UTC))
    # In UTC, which spares the file a definition of each time zone (RFC 5545, 3.6.5).
    starts_at = _instant(show)
    if starts_at is None:
        event.add("dtstart", show.local_date)
        # The end of an event is not part of it (RFC 5545, 3.6.1).
        event.add("dtend", show.local_date + timedelta(days=1))
    else:
        event.add("dtstart", starts_at)
        event.add("dtend", starts_at + _USUAL_LENGTH)
    event.add("summary", show.title or ", ".join(show.artists))
    event.add("location", ", ".join(filter(None, _address(show))))
    event.add("description", _description(show))
    event.add("status", status)
    # A show that somebody could go to does not make them busy.
    event.add("transp", "TRANSPARENT")
    if show.ticket_url:
        event.add("url", show.ticket_url)
    if show.latitude is not None and show.longitude is not None:
        event.add("geo", (show.latitude, show.longitude))
    return event


def _instant(show: PlannedShow) -> datetime | None:
    """When the show starts, in UTC; None where the time or the zone is not known."""
    if show.starts_at is not None:
        return show.starts_at.astimezone(UTC)
    if show.starts_at_local is None or show.venue_timezone is None:
        return None
    try:
        zone = ZoneInfo(show.venue_timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return None
    return show.starts_at_local.replace(tzinfo=zone).astimezone(UTC)


def _address(show: PlannedShow) -> tuple[str | None, ...]:
    return show.venue_name, show.venue_address, show.venue_city, show.state


def _description(show: PlannedShow) -> str:
    price = f"From ${show.lowest_price:.0f}" if show.lowest_price is not None else ""
    tickets = f"Tickets: {show.ticket_url}" if show.ticket_url else ""
    return "\n".join(filter(None, (", ".join(show.artists), price, tickets)))
