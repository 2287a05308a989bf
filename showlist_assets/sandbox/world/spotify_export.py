"""A listener's extended streaming history, as Spotify sends it on request: a zip of JSON files.

With what real ones hold besides songs heard to the end: fragments, podcasts, rows without a name,
rows told twice, rows that came late from a telephone without a connection, private sessions; and an
address and a country, which nobody needs.
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sandbox.world.mbids import share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from showlist_assets.sandbox.world.listening import Play

_FOLDER: Final = "Spotify Extended Streaming History"
# As many as a real file of some 12 MB holds.
_ROWS_A_FILE: Final = 16_000
_TOLD_TWICE, _PODCAST, _NAMELESS = 0.015, 0.01, 0.005
_FIXED: Final = (1980, 1, 1, 0, 0, 0)


def spotify_export(plays: Iterable[Play]) -> bytes:
    """The zip of ``plays``; the same plays make the same bytes."""
    rows = [row for play in plays for row in _rows(play)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, start in enumerate(range(0, len(rows), _ROWS_A_FILE)):
            part = rows[start : start + _ROWS_A_FILE]
            years = "-".join(sorted({row["ts"][:4] for row in (part[0], part[-1])}))
            name = f"{_FOLDER}/Streaming_History_Audio_{years}_{number}.json"
            _write(archive, name, json.dumps(part, ensure_ascii=False, indent=2))
        _write(archive, f"{_FOLDER}/ReadMeFirst_ExtendedStreamingHistory.pdf", "%PDF-1.4\n%%EOF\n")
    return packed.getvalue()


def _write(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, _FIXED)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, text)


def _rows(play: Play) -> Iterator[dict[str, Any]]:
    chance = share("row", play.track.id, play.ended_at)
    row = _row(play)
    yield row
    if chance < _TOLD_TWICE:
        yield dict(row)
    elif chance < _TOLD_TWICE + _PODCAST:
        yield _podcast(play)
    elif chance < _TOLD_TWICE + _PODCAST + _NAMELESS:
        # What was taken off Spotify since, and files of the listener's own.
        yield {**row, **dict.fromkeys(_OF_SONG), "ts": _text(play.ended_at + timedelta(seconds=1))}


def _row(play: Play) -> dict[str, Any]:
    track = play.track
    is_whole = play.ms_played >= track.duration_ms
    # A telephone tells when it is online again: that is `ts`, and the play is elsewhere.
    late = timedelta(hours=1 + 47 * share("late", play.ended_at.date())) if play.offline else None
    return {
        "ts": _text(play.ended_at + late if late else play.ended_at),
        "platform": "android",
        "ms_played": play.ms_played,
        "conn_country": "US",
        "ip_addr": "192.0.2.x",
        "master_metadata_track_name": track.name,
        # Of the album, which is whom it is by in these files.
        "master_metadata_album_artist_name": track.album.artists[0].name,
        "master_metadata_album_album_name": track.album.name,
        "spotify_track_uri": f"spotify:track:{track.id}",
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "audiobook_title": None,
        "audiobook_uri": None,
        "audiobook_chapter_uri": None,
        "audiobook_chapter_title": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone" if is_whole else "fwdbtn",
        "shuffle": share("shuffle", play.ended_at.date()) < 0.5,
        "skipped": not is_whole,
        "offline": play.offline,
        "offline_timestamp": int(play.ended_at.timestamp()) if play.offline else None,
        "incognito_mode": play.incognito,
    }


_OF_SONG: Final = (
    "master_metadata_track_name",
    "master_metadata_album_artist_name",
    "master_metadata_album_album_name",
    "spotify_track_uri",
)


def _podcast(play: Play) -> dict[str, Any]:
    return {
        **_row(play),
        **dict.fromkeys(_OF_SONG),
        "ts": _text(play.ended_at + timedelta(minutes=20)),
        "ms_played": 1_100_000,
        "episode_name": "An Episode",
        "episode_show_name": "A Podcast",
        "spotify_episode_uri": "spotify:episode:" + play.track.id[::-1],
    }


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
