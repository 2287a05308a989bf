"""How an endpoint is named: the path from its version on, with ids left out."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

# 22 base-62 digits (Spotify's page "Spotify URIs and IDs").
_SPOTIFY_ID: Final = re.compile(r"(?<=/)[0-9A-Za-z]{22}(?=/|$)")
# A listener's name at ListenBrainz: whose plays were asked for is nobody's business.
_OF_A_LISTENER: Final = re.compile(r"(?<=/1/user/)[^/]+")
# "/v1" at Spotify and ReccoBeats, "/2" at SeatGeek, after whatever path a proxy puts before it;
# ListenBrainz Labs has no version, but a name and "json".
_BEGIN: Final = re.compile(r"/v?\d+(/|$)|/[a-z-]+/json$")


def endpoint_of(url: str) -> str:
    """Such as ``/v1/artists/{id}/top-tracks``, wherever the service is mounted."""
    path = urlsplit(url).path
    begin = _BEGIN.search(path)
    return _SPOTIFY_ID.sub("{id}", without_listener(path[begin.start() :] if begin else path))


def without_listener(path: str) -> str:
    """``path`` without the name of a listener of ListenBrainz."""
    return _OF_A_LISTENER.sub("{name}", path)


def api_at(service: str, base_url: str, known_as: str | None = None) -> str:
    """The name of a service at an address: ``spotify@api.spotify.com``.

    What was learned and spent at one address says nothing about another: a sandbox is no Spotify.
    Where one place has changing addresses, ``known_as`` says that it is the same.
    """
    return f"{service}@{known_as or urlsplit(base_url).netloc.rpartition('@')[2]}"
