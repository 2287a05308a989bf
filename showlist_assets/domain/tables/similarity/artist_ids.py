"""The table of artists on MusicBrainz, as far as anybody was asked."""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import one_of, text, utc


class ArtistIds(dy.Schema):
    """The MBID of one artist of Spotify's; without one where nobody knows it."""

    spotify_artist_id = text("The artist on Spotify.", primary_key=True)
    artist_mbid = text("The artist on MusicBrainz; null where it was not found.")
    how = dy.String(
        nullable=False,
        check=one_of(("spotify_url", "lookup", "listens", "none")),
        description="spotify_url: MusicBrainz links the two; lookup: ListenBrainz found a song of "
        "theirs; listens: a listener's plays tell both; none: not found.",
    )
    asked_at = utc("When.")
