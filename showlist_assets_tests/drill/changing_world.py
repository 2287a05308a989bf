"""What the world itself does meanwhile: shows are announced, cancelled, moved and withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from showlist_assets.sandbox.state.event_index import EventIndex

if TYPE_CHECKING:
    from collections.abc import Collection

    from showlist_assets.sandbox.server import Sandbox
    from showlist_assets.sandbox.world.entities import Event

_ANNOUNCED_ON: Final = (3, 7, 10)
_CHANGED_ON: Final = 5
_EVERY: Final = 6


def events_on(day: int, events: Collection[Event], states: Collection[str]) -> list[Event]:
    """What the ticket site lists on a day (0 is the first) in ``states``.

    Of every six events one is announced late; of the others a few are cancelled, moved by a week
    or withdrawn on the sixth day.
    """
    listed = []
    for place, event in enumerate(one for one in events if one.venue.state in states):
        number, kind = divmod(place, _EVERY)
        if kind == 0 and day < _ANNOUNCED_ON[number % len(_ANNOUNCED_ON)]:
            continue
        changed = _changed(event, number) if kind == 1 and day >= _CHANGED_ON else event
        if changed:
            listed.append(changed)
    return listed


def _changed(event: Event, number: int) -> Event | None:
    """Cancelled, moved or withdrawn in turn; the fourth stays as it is."""
    week = timedelta(days=7)
    changes = (
        replace(event, status="cancelled"),
        replace(
            event,
            starts_at_local=event.starts_at_local + week,
            starts_at_utc=event.starts_at_utc + week,
            ends_at_utc=event.ends_at_utc and event.ends_at_utc + week,
        ),
        None,
        event,
    )
    return changes[number % len(changes)]


def list_events_of(day: int, sandbox: Sandbox, states: Collection[str]) -> None:
    """Let the sandbox serve the events of a day."""
    sandbox.state.events = EventIndex(events_on(day, sandbox.world.events, states))
