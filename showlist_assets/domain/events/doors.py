"""When the doors of a show open, as far as that agrees with when it starts.

What belongs here: which doors a start can have. What does not: reading them from a source
(``sources``), and from which listing a show has them (``show_facts``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

LONGEST_WAIT: Final = timedelta(hours=6)
"""Beyond, the time is that of another day or of something else, such as the box office."""


def doors_before(start: datetime | None, doors: datetime | None) -> datetime | None:
    """``doors`` where they may be those of a show that begins at ``start``, else None.

    Both are the venue's wall clock. Some sources print the doors for the start, so the two may be
    equal. Of a show without a known start nobody can say which day's doors they are.
    """
    if start is None or doors is None:
        return None
    return doors if timedelta() <= start - doors <= LONGEST_WAIT else None
