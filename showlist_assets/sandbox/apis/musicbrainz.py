"""MusicBrainz: whose artist's page an address is (https://musicbrainz.org/doc/MusicBrainz_API)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sandbox.state.service import Service, json_answer
from showlist_assets.sandbox.world.mbids import share

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.sandbox.state.state import SandboxState
    from showlist_assets.sandbox.world.entities import Artist

_MOST_ADDRESSES: Final = 100
_PAGE: Final = "https://open.spotify.com/artist/"
# MusicBrainz' kind of link "free streaming".
_FREE_STREAMING: Final = "769085a1-c2f7-4c24-a532-2375a77693bd"
_TOO_FAST: Final = (
    "Your requests are exceeding the allowable rate limit. Please see "
    "http://wiki.musicbrainz.org/XMLWebService for more information."
)


def _url(request: Request, state: SandboxState) -> Response:
    limit, now = state.paced_limits.musicbrainz, state.clock.now()
    if limit.limit:
        if limit.wait(now):
            return json_answer({"error": _TOO_FAST}, 503, {"Retry-After": "1"})
        limit.record(now)
    asked = request.query_params.getlist("resource")
    if not asked or len(asked) > _MOST_ADDRESSES:
        words = f"Send 1 to {_MOST_ADDRESSES} of 'resource'."
        return json_answer({"error": words, "help": _HELP}, 400)
    with_artists = "artist-rels" in request.query_params.get("inc", "").replace("+", " ").split()
    found = [
        _link(state, artist, with_artists=with_artists)
        for resource in dict.fromkeys(asked)
        if (artist := _artist(state, resource))
    ]
    if len(asked) > 1:
        return json_answer({"url-count": len(found), "url-offset": 0, "urls": found})
    if not found:
        return json_answer({"error": "Not Found", "help": _HELP}, 404)
    return json_answer(found[0])


_HELP: Final = "For usage, please see: https://musicbrainz.org/development/mmd"


def _artist(state: SandboxState, resource: str) -> Artist | None:
    identifier = resource.removeprefix(_PAGE)
    if identifier == resource or not state.listening.mbids.has_link(identifier):
        return None
    return state.world.catalog.artist(identifier)


def _link(state: SandboxState, artist: Artist, *, with_artists: bool) -> dict[str, Any]:
    link: dict[str, Any] = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, _PAGE + artist.id)),
        "resource": _PAGE + artist.id,
    }
    if with_artists:
        link["relations"] = [_relation(state, artist)]
    return link


def _relation(state: SandboxState, artist: Artist) -> dict[str, Any]:
    return {
        "artist": {
            "country": None,
            "disambiguation": "",
            "id": state.listening.mbids.of_artist(artist.id),
            "name": artist.name,
            "sort-name": artist.name,
            "type": "Person" if share("person", artist.id) < 0.4 else "Group",
        },
        "attribute-ids": {},
        "attribute-values": {},
        "attributes": [],
        "begin": None,
        "direction": "backward",
        "end": None,
        "ended": False,
        "source-credit": "",
        "target-credit": "",
        "target-type": "artist",
        "type": "free streaming",
        "type-id": _FREE_STREAMING,
    }


SERVICE = Service(
    name="musicbrainz",
    handlers={"/ws/2/url": _url, "/ws/2/url/": _url},
    url_variable="SHOWLIST_MUSICBRAINZ_URL",
)
