"""Spotify's Web API: search and the catalogue, in Development Mode of 2026 or Extended Quota.

What belongs to a listener is in ``me`` and ``playlists``; all are one service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from showlist_assets.sandbox.apis.spotify import listening, me, playlists
from showlist_assets.sandbox.apis.spotify import payloads as spotify_payloads
from showlist_assets.sandbox.apis.spotify.gate import RefusedError, metered, paging, whole_number
from showlist_assets.sandbox.apis.spotify.payloads import Payloads
from showlist_assets.sandbox.config import SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET
from showlist_assets.sandbox.state import refusals
from showlist_assets.sandbox.state.search import Query
from showlist_assets.sandbox.state.service import Service, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.sandbox.state.service import Handler
    from showlist_assets.sandbox.state.state import SandboxState

_Item = TypeVar("_Item")
# This and the next limit: OpenAPI description.
_DEEPEST_OFFSET = 1000
_MOST_IDS = 50
# Clients tell of it; the OpenAPI description does not.
_LONGEST_QUERY = 250
_SEARCH_TYPES = ("artist", "track", "album", "playlist", "show", "episode", "audiobook")


def _search(request: Request, state: SandboxState) -> Response:
    asked = request.query_params
    if not asked.get("q", "").strip():
        raise RefusedError(400, "No search query")
    if len(asked["q"]) > _LONGEST_QUERY:
        raise RefusedError(400, f"Query exceeds maximum length of {_LONGEST_QUERY} characters")
    types = [one for one in asked.get("type", "").split(",") if one]
    if not types:
        raise RefusedError(400, "Missing parameter type")
    if unknown := [one for one in types if one not in _SEARCH_TYPES]:
        raise RefusedError(400, f"Bad search type field {','.join(unknown)}")
    limit, offset = _limit(request, state), _offset(request)
    query, payloads = Query.parse(asked["q"]), Payloads(state.config.mode)
    found: dict[str, Sequence[Any]] = {}
    for kind in types:
        if kind == "artist":
            found[kind] = state.search.artists(query)
        elif kind == "track" and _has_market(request):
            found[kind] = state.search.tracks(query)
        else:
            found[kind] = ()
    printed: dict[str, Callable[[Any], dict[str, Any]]] = {
        "artist": payloads.artist,
        "track": payloads.track,
    }
    body = {}
    for kind, items in found.items():
        shown = [printed[kind](item) for item in items[offset : offset + limit]]
        body[f"{kind}s"] = paging(request, shown, len(items), limit, offset)
    return json_answer(body)


def _artist(request: Request, state: SandboxState) -> Response:
    artist = state.world.catalog.artist(request.path_params["id"])
    return _found(artist, Payloads(state.config.mode).artist)


def _track(request: Request, state: SandboxState) -> Response:
    track = state.world.catalog.track(request.path_params["id"]) if _has_market(request) else None
    return _found(track, Payloads(state.config.mode).track)


def _album(request: Request, state: SandboxState) -> Response:
    catalog = state.world.catalog
    album = catalog.album(request.path_params["id"]) if _has_market(request) else None
    payloads = Payloads(state.config.mode)
    return _found(album, lambda found: payloads.album(found, catalog.tracks_on(found)))


def _artist_albums(request: Request, state: SandboxState) -> Response:
    catalog, artist_id = state.world.catalog, request.path_params["id"]
    if catalog.artist(artist_id) is None:
        raise RefusedError(404, refusals.NOT_FOUND)
    limit, offset = _limit(request, state), _offset(request)
    groups = request.query_params.get("include_groups", "album,single").split(",")
    albums = [
        album
        for album in catalog.albums_of(artist_id)
        if album.kind in groups and _has_market(request)
    ]
    shown = [*map(Payloads(state.config.mode).album_of_artist, albums[offset : offset + limit])]
    return json_answer(paging(request, shown, len(albums), limit, offset))


def _top_tracks(request: Request, state: SandboxState) -> Response:
    artist_id = request.path_params["id"]
    if state.world.catalog.artist(artist_id) is None:
        raise RefusedError(404, refusals.NOT_FOUND)
    tracks = state.world.catalog.tracks_of(artist_id)[:10] if _has_market(request) else ()
    return json_answer({"tracks": [*map(Payloads(state.config.mode).track, tracks)]})


def _artists(request: Request, state: SandboxState) -> Response:
    payloads, catalog = Payloads(state.config.mode), state.world.catalog
    found = [catalog.artist(one) for one in _ids(request)]
    return json_answer({"artists": [one and payloads.artist(one) for one in found]})


def _tracks(request: Request, state: SandboxState) -> Response:
    payloads, catalog = Payloads(state.config.mode), state.world.catalog
    found = [catalog.track(one) for one in _ids(request)]
    return json_answer({"tracks": [one and payloads.track(one) for one in found]})


def _audio_features(request: Request, state: SandboxState) -> Response:
    found = [state.world.catalog.track(one) for one in _ids(request, most=100)]
    features = [one and spotify_payloads.audio_features(one) for one in found]
    return json_answer({"audio_features": features})


def _audio_features_of_one(request: Request, state: SandboxState) -> Response:
    track = state.world.catalog.track(request.path_params["id"])
    features = spotify_payloads.audio_features(track) if track else None
    return _found(features, lambda known: known)


def _gone(_request: Request, _state: SandboxState) -> Response:
    # A 403 and no 404, as clients report of removed endpoints (bjarneo/cliamp#54).
    raise RefusedError(403, refusals.ENDPOINT_GONE)


def _extended(handler: Handler) -> Handler:
    """An endpoint that Development Mode lost in November 2024 or February 2026."""

    def answer(request: Request, state: SandboxState) -> Response:
        return (handler if state.config.mode == "extended" else _gone)(request, state)

    return answer


def _found(item: _Item | None, payload: Callable[[_Item], dict[str, Any]]) -> Response:
    if item is None:
        raise RefusedError(404, refusals.NOT_FOUND)
    return json_answer(payload(item))


def _limit(request: Request, state: SandboxState) -> int:
    # https://developer.spotify.com/documentation/web-api/references/changes/february-2026 has both.
    most, default = (50, 20) if state.config.mode == "extended" else (10, 5)
    return whole_number(request, "limit", default, range(most + 1))


def _offset(request: Request) -> int:
    return whole_number(request, "offset", 0, range(_DEEPEST_OFFSET + 1))


def _ids(request: Request, most: int = _MOST_IDS) -> list[str]:
    ids = [one for one in request.query_params.get("ids", "").split(",") if one]
    if not ids:
        raise RefusedError(400, "Missing required field: ids")
    if len(ids) > most:
        raise RefusedError(400, "Too many ids requested")
    return ids


def _has_market(request: Request) -> bool:
    """Whether content is available: with neither market nor user country it is not.

    https://developer.spotify.com/documentation/web-api/reference/search, parameter ``market``.
    """
    return bool(request.query_params.get("market") or request.state.listener)


KEPT: dict[str, Handler] = {
    "/v1/search": _search,
    "/v1/artists/{id}": _artist,
    "/v1/tracks/{id}": _track,
    "/v1/albums/{id}": _album,
    "/v1/artists/{id}/albums": _artist_albums,
}
_EXTENDED_ONLY: dict[str, Handler] = {
    "/v1/artists": _artists,
    "/v1/tracks": _tracks,
    "/v1/artists/{id}/top-tracks": _top_tracks,
    "/v1/audio-features": _audio_features,
    "/v1/audio-features/{id}": _audio_features_of_one,
}

SERVICE = Service(
    name="spotify",
    handlers={
        **{path: metered(handler) for path, handler in KEPT.items()},
        **{path: metered(_extended(handler)) for path, handler in _EXTENDED_ONLY.items()},
        **me.READS,
        **listening.READS,
        **playlists.READS,
    },
    writes={**me.WRITES, **playlists.WRITES},
    fallback=metered(_gone),
    url_variable="SHOWLIST_SPOTIFY_URL",
    credentials={
        "SPOTIFY_CLIENT_ID": SPOTIFY_CLIENT_ID,
        "SPOTIFY_CLIENT_SECRET": SPOTIFY_CLIENT_SECRET,
    },
)
