"""Time zones by name, where the name is somebody else's."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@cache
def known_zone(name: str | None) -> ZoneInfo | None:
    """The IANA time zone of that name; None where there is none."""
    try:
        return ZoneInfo(name) if name else None
    # "America" is a folder of the system's database, "../x" leads out of it.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
