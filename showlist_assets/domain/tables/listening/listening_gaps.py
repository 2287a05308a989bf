"""The table of stretches in which plays may have been missed."""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import one_of, text, utc


class ListeningGaps(dy.Schema):
    """From when until when Spotify's list of the last fifty may not have held all plays."""

    from_at = utc("The newest play that is known before it; delayed: the last look that told any.")
    gap_id = text("SHA-256 of both ends and the reason.", primary_key=True)
    until_at = utc("The oldest play that is known after it; delayed: the last look that told none.")
    reason = dy.String(
        nullable=False,
        check=one_of(("wall", "away", "consent", "delayed")),
        description="wall: fifty new plays at once; away: nobody looked for longer than fifty "
        "plays may take; consent: Spotify no longer answered; delayed: Spotify told late.",
    )
    closed_by = text("The import that covers it; null while open.")
