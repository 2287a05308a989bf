"""How times of day are written for people.

When a show begins is told as its listeners tell it, "8:00 PM". When something was done (fetched,
pushed, kept) is told as logs and tables have it, "2026-11-20 17:00", always in UTC and saying so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime, time

# The same for ``polars.Expr.dt.strftime``.
CLOCK_TIME: Final = "%-I:%M %p"


def clock_time(at: datetime | time) -> str:
    """The time of day with AM or PM: "8:00 PM"."""
    return f"{at.hour % 12 or 12}:{at.minute:02} {'AM' if at.hour < 12 else 'PM'}"
