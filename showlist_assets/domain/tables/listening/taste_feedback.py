"""The table of what a listener said of artists by hand: it always wins."""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import one_of, text, utc


class TasteFeedback(dy.Schema):
    """The last word on one artist."""

    artist_key = text("spotify:ID, mbid:ID or name:NAME, as it was said.", primary_key=True)
    artist_name = text("The artist's name.", nullable=False)
    verdict = dy.String(
        nullable=False,
        check=one_of(("more", "less", "block")),
        description="more and less move the score; block leaves the artist out of everything.",
    )
    said_by = dy.String(
        nullable=False,
        check=one_of(("command", "page", "listenbrainz", "playlist")),
        description="Where it was said; playlist: a song of theirs was taken out.",
    )
    said_at = utc("When.")
