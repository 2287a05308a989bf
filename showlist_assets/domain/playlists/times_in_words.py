"""Clocks as people read them, in a digest and in a calendar alike.

What belongs here: the words. What does not: days (``show_fates.day_in_words``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.domain.clock_times import clock_time

if TYPE_CHECKING:
    from datetime import datetime

    from showlist_assets.domain.playlists.plan import PlannedShow


def clock_in_words(at: datetime) -> str:
    """The clock: "8:00 PM"."""
    return clock_time(at)


def doors_in_words(show: PlannedShow) -> str:
    """When the doors open: "doors 7:00 PM"; empty where nobody says, and of several days."""
    doors = show.doors_at_local
    if doors is None or show.last_day != show.local_date:
        return ""
    return f"doors {clock_in_words(doors)}"
