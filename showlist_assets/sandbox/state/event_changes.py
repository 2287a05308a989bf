"""What happens to events between two looks at a ticket site: one is off, moved, gone or new.

A change is plain data, so that it can be sent to the control surface and kept beside the clock.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from showlist_assets.sandbox.state.event_index import EventIndex

if TYPE_CHECKING:
    from collections.abc import Mapping

    from showlist_assets.sandbox.world.entities import Event

_EVENING = time(20)


def changed(events: EventIndex, change: Mapping[str, Any]) -> tuple[EventIndex, Event]:
    """``events`` after ``change``, and the event that it was of.

    Args:
        events: As they were.
        change: The ``id`` of an event and either ``removed``, or ``move_days``, or fields of
            ``Event``; or ``bill_of``, the id of an event whose bill plays another show: at the
            ``venue`` (id) on the ``date`` at eight in the evening, ``announced_at`` some time.

    Raises:
        ValueError: there is no such event or venue.
        TypeError: there is no such field.
    """
    fields = dict(change)
    if "bill_of" in fields:
        new = _announced(events, **fields)
        return EventIndex([*events.events, new]), new
    event = _event(events, int(fields.pop("id")))
    others = [one for one in events.events if one is not event]
    if fields.pop("removed", False):
        return EventIndex(others), event
    if days := fields.pop("move_days", 0):
        event = _moved(event, timedelta(days=days))
    event = replace(event, **fields)
    # Made anew: it is ordered by time.
    return EventIndex([*others, event]), event


def _event(events: EventIndex, number: int) -> Event:
    event = events.by_id.get(number)
    if event is None:
        raise ValueError("There is no event of that id.")
    return event


def _moved(event: Event, by: timedelta) -> Event:
    return replace(
        event,
        starts_at_local=event.starts_at_local + by,
        starts_at_utc=event.starts_at_utc + by,
        ends_at_utc=event.ends_at_utc and event.ends_at_utc + by,
    )


def _announced(
    events: EventIndex, *, bill_of: int, venue: int, date: str, announced_at: str
) -> Event:
    at = events.venues.get(venue)
    if at is None:
        raise ValueError("There is no venue of that id.")
    begins = datetime.combine(datetime.fromisoformat(date).date(), _EVENING, ZoneInfo(at.timezone))
    return replace(
        _event(events, bill_of),
        id=max(events.by_id) + 1,
        venue=at,
        starts_at_local=begins.replace(tzinfo=None),
        starts_at_utc=begins.astimezone(UTC).replace(tzinfo=None),
        announced_at=datetime.fromisoformat(announced_at).replace(tzinfo=None),
        ends_at_utc=None,
        status="normal",
        time_tbd=False,
        date_tbd=False,
    )
