"""Listens of ListenBrainz as rows of reports.

What belongs here: what one listen's document means. What does not: asking for it (``client``) and
what becomes of the rows (``domain.listening``).

A listen is told by whatever program the listener uses, in its own words: only the artist, the title
and the time are always there, and an id counts only where it looks like one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from showlist_assets.sources.json_values import items, mapping, printed, text, whole, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MBID: Final = re.compile(r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}")
_ISRC: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
# As an address, a URI or alone; 22 base-62 digits (Spotify's page "Spotify URIs and IDs").
_SPOTIFY: Final = re.compile(r"(?:.*[/:])?{kind}[/:]([0-9A-Za-z]{22})(?:\?.*)?|([0-9A-Za-z]{22})")
# 2002, when Last.fm began, and a day that no int is too large for.
_FIRST_SECOND, _LAST_SECOND = 1_009_843_200, 4_102_444_800
# A song is never a day long.
_LONGEST_MS: Final = 86_400_000

Meaning = Literal["start", "end", "unsure"]


def report_of(document: object) -> dict[str, Any] | None:
    """The row of one listen; None where it tells no artist, no title or no time."""
    listen = mapping(document)
    told = mapping(listen.get("track_metadata"))
    info = mapping(told.get("additional_info"))
    mapped = mapping(told.get("mbid_mapping"))
    at = listened_at(listen)
    track, artist = text(told.get("track_name")), text(told.get("artist_name"))
    if at is None or not (track and track.strip()) or not (artist and artist.strip()):
        return None
    return {
        "reported_at": at,
        "reported_means": meaning_of(info),
        "track_name": track,
        "artist_name": artist,
        "album_name": text(told.get("release_name")),
        "spotify_track_id": spotify_id("track", info.get("spotify_id"))
        or spotify_id("track", info.get("origin_url"), alone=False),
        "isrc": isrc(info.get("isrc")),
        "recording_mbid": mbid(mapped.get("recording_mbid")) or mbid(info.get("recording_mbid")),
        "artist_mbids": _all(mbid, mapped.get("artist_mbids"))
        or _all(mbid, info.get("artist_mbids")),
        "spotify_artist_ids": _all(
            lambda value: spotify_id("artist", value), info.get("spotify_artist_ids")
        ),
        "ms_played": _milliseconds(info.get("ms_played")),
        "duration_ms": _milliseconds(info.get("duration_ms"))
        or _milliseconds(whole(info.get("duration")), a_second=1000),
    }


def listened_at(listen: Mapping[str, Any]) -> datetime | None:
    """The time of a listen, which is told in seconds."""
    seconds = listen.get("listened_at")
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        return None
    if not _FIRST_SECOND <= seconds <= _LAST_SECOND:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def meaning_of(info: Mapping[str, Any]) -> Meaning:
    """Which instant of a play its time is.

    Programs send the start (ListenBrainz' page "JSON documentation"); its own readers of Spotify
    send what Spotify told, the end, and so does its importer of Spotify's files (its source,
    ``spotify_updater`` and ``listens_importer/spotify``). Who sent nothing of itself may be either.
    """
    client = (printed(info.get("submission_client")) or "").lower()
    service = (printed(info.get("music_service")) or "").lower()
    player = (printed(info.get("media_player")) or "").lower()
    if (printed(info.get("listening_from")) or "").lower() == "spotify":
        return "end"
    if client.startswith("listenbrainz") and service.removeprefix("open.").startswith("spotify"):
        return "end"
    return "start" if client or player or info.get("listening_from") else "unsure"


def mbid(value: object) -> str | None:
    """An id of MusicBrainz."""
    found = (printed(value) or "").lower()
    return found if _MBID.fullmatch(found) else None


def isrc(value: object) -> str | None:
    """An ISRC without its hyphens; of several, the first."""
    first = value[0] if isinstance(value, list) and value else value
    found = (printed(first) or "").upper().replace("-", "")
    return found if _ISRC.fullmatch(found) else None


def spotify_id(
    kind: Literal["track", "artist"], value: object, *, alone: bool = True
) -> str | None:
    """The id in an address or a URI of Spotify's, or where ``alone`` is allowed, itself."""
    pattern = _SPOTIFY.pattern.replace("{kind}", kind)
    found = re.fullmatch(pattern, printed(value) or "")
    if found is None:
        return None
    linked: str | None = found.group(1)
    bare: str | None = found.group(2) if alone else None
    return linked or bare


def _all(read: Callable[[object], str | None], values: object) -> list[str]:
    return list(dict.fromkeys(found for value in items(values) if (found := read(value))))


def _milliseconds(value: object, *, a_second: int = 1) -> int | None:
    found = within(1, whole(value), _LONGEST_MS / a_second)
    return None if found is None else int(found) * a_second
