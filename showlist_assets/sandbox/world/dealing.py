"""What falls to an event by lot, the same on every run: who lists it, and in which odd ways."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from showlist_assets.sandbox.config import Dealt

# In a hundred: what SeatGeek alone lists, and what Ticketmaster alone; the rest is at both.
_ONLY_AT_SEATGEEK, _ONLY_AT_TICKETMASTER = 25, 25


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
