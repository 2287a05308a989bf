"""Spotify's Web API: search and the catalogue, in Development Mode of 2026 or Extended Quota."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from showlist_assets.sandbox import spotify_payloads
from showlist_assets.sandbox.config import SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET
from showlist_assets.sandbox.search import Query
from showlist_assets.sandbox.service import Service, json_answer
from showlist_assets.sandbox.spotify_payloads import Payloads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.sandbox.service import Handler
    from showlist_assets.sandbox.state import SandboxState

_Item = TypeVar("_Item")
_DEEPEST_OFFSET = 1000
_MOST_IDS = 50
_SEARCH_TYPES = ("artist", "track", "album", "playlist", "show", "episode", "audiobook")

_UNAUTHORIZED = {
    "missing": "No token provided",
    "unknown": "Invalid access token",
    "expired": "The access token expired",
}


class _RefusedError(Exception):
    """The request gets Spotify's error body with this status and text."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def _search(request: Request, state: SandboxState) -> Response:
    asked = request.query_params
    if not asked.get("q", "").strip():
        raise _RefusedError(400, "No search query")
    types = [one for one in asked.get("type", "").split(",") if one]
    if not types:
        raise _RefusedError(400, "Missing parameter type")
    if unknown := [one for one in types if one not in _SEARCH_TYPES]:
        raise _RefusedError(400, f"Bad search type field {','.join(unknown)}")
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
        body[f"{kind}s"] = _paging(request, shown, len(items), limit, offset)
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
        raise _RefusedError(404, "Resource not found")
    limit, offset = _limit(request, state), _offset(request)
    groups = request.query_params.get("include_groups", "album,single").split(",")
    albums = [
        album
        for album in catalog.albums_of(artist_id)
        if album.kind in groups and _has_market(request)
    ]
    shown = [*map(Payloads(state.config.mode).album_of_artist, albums[offset : offset + limit])]
    return json_answer(_paging(request, shown, len(albums), limit, offset))


def _top_tracks(request: Request, state: SandboxState) -> Response:
    artist_id = request.path_params["id"]
    if state.world.catalog.artist(artist_id) is None:
        raise _RefusedError(404, "Resource not found")
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
    raise _RefusedError(403, "Forbidden")


def _extended(handler: Handler) -> Handler:
    """An endpoint that Development Mode lost in November 2024 or February 2026."""

    def answer(request: Request, state: SandboxState) -> Response:
        return (handler if state.config.mode == "extended" else _gone)(request, state)

    return answer


def _metered(handler: Handler) -> Handler:
    """Checks the token, then the limits, and answers refusals in Spotify's words."""

    def answer(request: Request, state: SandboxState) -> Response:
        now = state.clock.now()
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        verdict = state.tokens.verdict(token, now) if scheme.lower() == "bearer" else "missing"
        if verdict != "valid":
            return _error(401, _UNAUTHORIZED[verdict])
        wait, is_daily = state.limits.admit(now)
        if wait:
            return _too_many(wait, is_daily=is_daily)
        try:
            return handler(request, state)
        except _RefusedError as refused:
            return _error(refused.status, refused.message)

    return answer


def _too_many(wait: int, *, is_daily: bool) -> Response:
    error: dict[str, Any] = {"status": 429, "message": "API rate limit exceeded"}
    if is_daily:
        error = {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}
    return json_answer({"error": error}, 429, {"Retry-After": str(wait)})


def _found(item: _Item | None, payload: Callable[[_Item], dict[str, Any]]) -> Response:
    if item is None:
        raise _RefusedError(404, "Resource not found")
    return json_answer(payload(item))


def _limit(request: Request, state: SandboxState) -> int:
    most, default = (50, 20) if state.config.mode == "extended" else (10, 5)
    return _whole(request, "limit", default, range(most + 1))


def _offset(request: Request) -> int:
    return _whole(request, "offset", 0, range(_DEEPEST_OFFSET + 1))


def _whole(request: Request, name: str, default: int, allowed: range) -> int:
    value = request.query_params.get(name, str(default))
    if not value.isdecimal() or int(value) not in allowed:
        raise _RefusedError(400, f"Invalid {name}")
    return int(value)


def _ids(request: Request, most: int = _MOST_IDS) -> list[str]:
    ids = [one for one in request.query_params.get("ids", "").split(",") if one]
    if not ids:
        raise _RefusedError(400, "Missing required field: ids")
    if len(ids) > most:
        raise _RefusedError(400, "Too many ids requested")
    return ids


def _has_market(request: Request) -> bool:
    """Whether content is available: with neither market nor user country it is not.

    https://developer.spotify.com/documentation/web-api/reference/search, parameter ``market``.
    """
    return bool(request.query_params.get("market"))


def _paging(
    request: Request, items: Sequence[Any], total: int, limit: int, offset: int
) -> dict[str, Any]:
    here = str(request.url.replace(query=""))
    kept = {
        name: value
        for name, value in request.query_params.items()
        if name not in ("limit", "offset")
    }

    def page(at: int) -> str:
        return f"{here}?{urlencode({'offset': at, 'limit': limit, **kept})}"

    return {
        "href": page(offset),
        "limit": limit,
        "next": page(offset + limit) if offset + limit < total else None,
        "offset": offset,
        "previous": page(max(0, offset - limit)) if offset else None,
        "total": total,
        "items": list(items),
    }


def _error(status: int, message: str) -> Response:
    return json_answer({"error": {"status": status, "message": message}}, status)


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
        **{path: _metered(handler) for path, handler in KEPT.items()},
        **{path: _metered(_extended(handler)) for path, handler in _EXTENDED_ONLY.items()},
    },
    fallback=_metered(_gone),
    url_variable="SHOWLIST_SPOTIFY_URL",
    credentials={
        "SPOTIFY_CLIENT_ID": SPOTIFY_CLIENT_ID,
        "SPOTIFY_CLIENT_SECRET": SPOTIFY_CLIENT_SECRET,
    },
)
