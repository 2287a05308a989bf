"""Maloja's export (``maloja_export_*.json``): an object with ``scrobbles``.

Maloja keeps the time that a program sent it, which may be the start or the end of the play.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from showlist_assets.sources.json_values import items, mapping, text, whole, within
from showlist_assets.sources.listening_files.contents import (
    LONGEST_MS,
    Plays,
    at_second,
    gathered,
)
from showlist_assets.sources.listening_files.texts import BROKEN, elements_of, json_value

if TYPE_CHECKING:
    from datetime import datetime


def read(content: str, until: datetime) -> Plays:
    """The plays of a file."""
    whole_file = json_value(content)
    if whole_file is BROKEN:
        return gathered("maloja", elements_of(content, "scrobbles"), _scrobble, until)
    scrobbles = items(mapping(whole_file).get("scrobbles"))
    return gathered("maloja", enumerate(scrobbles, start=1), _scrobble, until)


def _scrobble(value: object) -> dict[str, Any] | None:
    row = mapping(value)
    track = mapping(row.get("track"))
    at = at_second(row.get("time"))
    artists = [name for one in items(track.get("artists")) if (name := (text(one) or "").strip())]
    title = (text(track.get("title")) or "").strip()
    if at is None or not artists or not title:
        return None
    return {
        "reported_at": at,
        "reported_means": "unsure",
        "track_name": title,
        "artist_name": artists[0],
        "album_name": text(mapping(track.get("album")).get("albumtitle")),
        "ms_played": _milliseconds(row.get("duration")),
        "duration_ms": _milliseconds(track.get("length")),
    }


def _milliseconds(seconds: object) -> int | None:
    found = within(1, whole(seconds), LONGEST_MS / 1000)
    return None if found is None else int(found) * 1000
