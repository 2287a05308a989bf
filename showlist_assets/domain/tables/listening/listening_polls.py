"""The table of looks at Spotify's recently played tracks."""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import utc
from showlist_assets.domain.tables.listening.columns import count


class ListeningPolls(dy.Schema):
    """One look."""

    polled_at = dy.Datetime(
        primary_key=True, time_unit="us", time_zone="UTC", description="When we looked."
    )
    returned = count("Plays in the answer, fifty at most.")
    new = count("Those that were not known.")
    oldest_at = utc("The oldest of the answer.", nullable=True)
    newest_at = utc("The newest of the answer.", nullable=True)
    next_poll_at = utc("When the next look is due.")
