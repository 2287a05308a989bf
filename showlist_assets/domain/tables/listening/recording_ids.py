"""The table of a listener's tracks that ListenBrainz was asked about by their names."""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import text, utc
from showlist_assets.domain.tables.listening.columns import texts


class RecordingIds(dy.Schema):
    """What MusicBrainz calls a track; without an id where it knows none."""

    track_key = text("The track, as in listens.", primary_key=True)
    recording_mbid = text("The recording; null where it was not found.")
    artist_mbids = texts("Its artists.")
    asked_at = utc("When.")
