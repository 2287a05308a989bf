"""Documents of ListenBrainz, as made up as their ids."""

from __future__ import annotations

from typing import Any

SONG = "11111111-2222-4333-8444-555555555555"
BAND = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
TRACK = "3n3Ppam7vgaVa1iaRUc9Lp"
ARTIST = "0OdUWJ0sBjDrqHygGUXeCF"


def mbid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def listen(at: Any, track: Any = "A song", artist: Any = "A band", **info: Any) -> dict[str, Any]:
    told = {"artist_name": artist, "track_name": track, "additional_info": info}
    return {"listened_at": at, "recording_msid": "x", "track_metadata": told}
