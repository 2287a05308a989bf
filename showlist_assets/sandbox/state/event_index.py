"""The events of a world by state and time, so that a page of 50,000 is found without a scan."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from showlist_assets.sandbox.world.entities import Event, Performer, Venue


class EventIndex:
    """Events in order of UTC time (then id), with the performers and venues they name."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = sorted(events, key=lambda event: (event.starts_at_utc, event.id))
        self.by_id = {event.id: event for event in self.events}
        self._by_state: dict[str, list[Event]] = defaultdict(list)
        self.performers: dict[int, Performer] = {}
        self.venues: dict[int, Venue] = {}
        self.events_of_performer: Counter[int] = Counter()
        self.events_of_venue: Counter[int] = Counter()
        for event in self.events:
            self._by_state[event.venue.state].append(event)
            self.venues[event.venue.id] = event.venue
            self.events_of_venue[event.venue.id] += 1
            for performer in event.performers:
                self.performers[performer.id] = performer
                self.events_of_performer[performer.id] += 1

    def between(
        self, state: str | None, earliest: datetime | None, latest: datetime | None
    ) -> Sequence[Event]:
        """Events of a state (``None``: all) from ``earliest`` to ``latest``, inclusive, in UTC."""
        events = self.events if state is None else self._by_state.get(state.upper(), [])
        start = 0 if earliest is None else bisect_left(events, earliest, key=_time)
        end = len(events) if latest is None else bisect_right(events, latest, key=_time)
        return events if (start, end) == (0, len(events)) else events[start:end]


def _time(event: Event) -> datetime:
    return event.starts_at_utc
