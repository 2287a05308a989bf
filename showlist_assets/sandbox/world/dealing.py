"""What falls to an event by lot, the same on every run: who lists it, and in which odd ways."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from showlist_assets.sandbox.config import Dealt
    from showlist_assets.sandbox.world.entities import Event

# In a hundred: what SeatGeek alone lists, and what Ticketmaster alone; the rest is at both.
_ONLY_AT_SEATGEEK, _ONLY_AT_TICKETMASTER = 25, 25
_DOORS_AS_START = 10


def lot(purpose: str, number: int) -> int:
    """0 to 99, from nothing but ``purpose`` and ``number``."""
    return zlib.crc32(f"{purpose}:{number}".encode()) % 100


def is_listed(event_id: int, site: str, dealt: Dealt) -> bool:
    """Whether ``site`` ("seatgeek", "ticketmaster") lists an event."""
    if dealt == "both":
        return True
    drawn = lot("listed", event_id)
    if drawn < _ONLY_AT_SEATGEEK:
        return site == "seatgeek"
    if drawn < _ONLY_AT_SEATGEEK + _ONLY_AT_TICKETMASTER:
        return site == "ticketmaster"
    return True


def prints_doors_as_start(event: Event) -> bool:
    """Whether Ticketmaster tells of the doors as if they were the start."""
    return not event.time_tbd and lot("doors", event.id) < _DOORS_AS_START


def doors_of(event: Event) -> datetime | None:
    """When the doors of an event of the world open, by its venue's clock.

    None while its time is open. Whoever tells it tells the same.
    """
    if event.time_tbd or event.date_tbd:
        return None
    return event.starts_at_local - wait_behind_doors(event)


def wait_behind_doors(event: Event) -> timedelta:
    """How long before its start an event lets people in."""
    return timedelta(minutes=30 if prints_doors_as_start(event) else 60)
