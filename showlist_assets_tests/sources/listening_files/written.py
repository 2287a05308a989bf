"""Files of plays as Spotify, ListenBrainz, Last.fm and Maloja write them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sources.listening_files.reading import is_known, read_plays
from showlist_assets_tests.clock import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from showlist_assets.sources.listening_files.contents import Plays

EVENING: Final = datetime(2023, 3, 19, 18, 31, 37, tzinfo=UTC)
SECOND: Final = int(EVENING.timestamp())
TRACK: Final = "spotify:track:4iV5W9uYEdYUVa79Axb7Rh"
RECORDING: Final = "f1b2c3d4-0000-4000-8000-000000000001"
SECRETS: Final = {
    "platform": "secret-machine",
    "conn_country": "secret-country",
    "ip_addr": "203.0.113.77",
    "ip_addr_decrypted": "203.0.113.78",
    "user_agent_decrypted": "secret-agent",
    "username": "secret-user",
}
"""What Spotify tells of a listener and nobody may find again."""


def extended(**told: Any) -> dict[str, Any]:
    """A row of Spotify's extended streaming history."""
    return {
        "ts": "2023-03-19T18:31:37Z",
        **SECRETS,
        "ms_played": 200_000,
        "master_metadata_track_name": "Heaven",
        "master_metadata_album_artist_name": "Mitski",
        "master_metadata_album_album_name": "The Land",
        "spotify_track_uri": TRACK,
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": None,
        "offline": False,
        "offline_timestamp": None,
        "incognito_mode": False,
        **told,
    }


def account(**told: Any) -> dict[str, Any]:
    """A row of Spotify's account data."""
    return {
        "endTime": "2023-03-19 18:31",
        "artistName": "Mitski",
        "trackName": "Heaven",
        "msPlayed": 200_000,
        **told,
    }


def listen(**told: Any) -> dict[str, Any]:
    """A listen of ListenBrainz."""
    return {
        "listened_at": SECOND,
        "inserted_at": SECOND,
        "recording_msid": "m",
        "track_metadata": {
            "artist_name": "Mitski",
            "track_name": "Heaven",
            "additional_info": {"submission_client": "web-scrobbler", "duration_ms": 220_000},
            "mbid_mapping": {"recording_mbid": RECORDING, "artist_mbids": []},
        },
        **told,
    }


def scrobble(**told: Any) -> dict[str, Any]:
    """A track of Last.fm's API."""
    return {
        "artist": {"mbid": "", "#text": "Mitski"},
        "album": {"mbid": "", "#text": "The Land"},
        "name": "Heaven",
        "mbid": RECORDING,
        "date": {"uts": str(SECOND), "#text": "19 Mar 2023, 18:31"},
        **told,
    }


def maloja(*scrobbles: Any) -> dict[str, Any]:
    """Maloja's export."""
    return {"maloja": {"export_time": SECOND}, "scrobbles": list(scrobbles)}


def maloja_row(**told: Any) -> dict[str, Any]:
    """A scrobble in it."""
    return {
        "time": SECOND,
        "track": {
            "artists": ["Mitski", "Somebody"],
            "title": "Heaven",
            "album": {"albumtitle": "The Land", "artists": ["Mitski"]},
            "length": 220,
        },
        "duration": 200,
        "origin": "client:x",
        **told,
    }


def lastfm_table(*rows: Sequence[object]) -> str:
    """The CSV of lastfm.ghan.nl."""
    header = [
        "uts", "utc_time", "artist", "artist_mbid", "album", "album_mbid", "track", "track_mbid",
    ]  # fmt: skip
    return table(header, *rows)


def lastfm_row(at: object = SECOND, artist: str = "Mitski", title: str = "Heaven") -> list[object]:
    """A row in it."""
    return [at, "19 Mar 2023, 18:31", artist, "", "The Land", "", title, RECORDING]


def table(*rows: Sequence[object]) -> str:
    """``rows`` as CSV."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def plays_of(content: object) -> Plays:
    """What is read of a file: of its bytes, its text, or of what is written as JSON."""
    written = content if isinstance(content, (str, bytes)) else json.dumps(content)
    found = written if isinstance(written, bytes) else written.encode()
    assert is_known(found[:65_536])
    plays = read_plays(found, NOW)
    assert plays is not None
    left = plays.too_short + plays.not_music + plays.incognito + len(plays.bad_rows)
    assert plays.read == len(plays.rows) + left
    return plays


def play_of(content: object) -> dict[str, Any]:
    """The one play of a file."""
    (row,) = plays_of(content).rows.iter_rows(named=True)
    return row
