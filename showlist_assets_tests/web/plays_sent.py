"""A file of plays as a listener sends it to the page."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from showlist_assets_tests.clock import NOW

if TYPE_CHECKING:
    from datetime import datetime


def export(*names: str, at: datetime = NOW - timedelta(days=3)) -> bytes:
    """Plays as Spotify's extended streaming history tells them."""
    rows = [
        {
            "ts": f"{at + timedelta(minutes=5 * number):%Y-%m-%dT%H:%M:%SZ}", "ms_played": 200_000,
            "platform": "ios", "conn_country": "US", "ip_addr": "192.0.2.77",
            "master_metadata_track_name": f"Song of {name}",
            "master_metadata_album_artist_name": name,
            "master_metadata_album_album_name": "Album",
            "spotify_track_uri": f"spotify:track:{number:022d}", "episode_name": None,
            "episode_show_name": None, "spotify_episode_uri": None, "reason_start": "trackdone",
            "reason_end": "trackdone", "shuffle": False, "skipped": False, "offline": False,
            "offline_timestamp": None, "incognito_mode": False,
        }
        for number, name in enumerate(names)
    ]  # fmt: skip
    return json.dumps(rows).encode()
