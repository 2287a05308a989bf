"""Time zones by name, where the name is somebody else's."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from datetime import datetime


@cache
def known_zone(name: str | None) -> ZoneInfo | None:
    """The IANA time zone of that name; None where there is none."""
    try:
        return ZoneInfo(name) if name else None
    # "America" is a folder of the system's database, "../x" leads out of it.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def wall_clock_in(zone: ZoneInfo | None, instant: datetime | None) -> datetime | None:
    """The wall clock of ``zone`` at that instant; None where either is not known."""
    try:
        return instant.astimezone(zone).replace(tzinfo=None) if instant and zone else None
    # The first and the last day of all that Python knows.
    except OverflowError:
        return None
