"""``/v1/me`` and ``/v1/me/library``: who the listener is, and what they saved or follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from showlist_assets.sandbox.apis.spotify.gate import ListenerCall, RefusedError, reading, writing
from showlist_assets.sandbox.apis.spotify.listener_payloads import profile
from showlist_assets.sandbox.state.service import json_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from showlist_assets.sandbox.state.service import Handler, WriteHandler

# OpenAPI description of `/me/library`.
_MOST_URIS = 40
_URI = re.compile(r"spotify:(track|album|artist|user|show|episode|audiobook|playlist):\w+")
# The OpenAPI description names three scopes for each endpoint without saying which is for what;
# these are the scopes that the endpoints asked for that `/me/library` replaced.
_TO_CHANGE: Final = {
    "playlist": "playlist-modify-public",
    "artist": "user-follow-modify",
    "user": "user-follow-modify",
}
_TO_READ: Final = {
    "playlist": "playlist-read-private",
    "artist": "user-follow-read",
    "user": "user-follow-read",
}


def _me(call: ListenerCall) -> Response:
    return json_answer(profile(call.listener, call.state.config.mode))


def _save(call: ListenerCall) -> Response:
    for uri in _uris(call, _TO_CHANGE, "user-library-modify"):
        call.state.listeners.follow(uri, call.listener.user_id)
    return Response()


def _remove(call: ListenerCall) -> Response:
    for uri in _uris(call, _TO_CHANGE, "user-library-modify"):
        call.state.listeners.forget(uri, call.listener.user_id)
    return Response()


def _contains(call: ListenerCall) -> Response:
    uris = _uris(call, _TO_READ, "user-library-read")
    return json_answer([uri in call.listener.library for uri in uris])


def _uris(call: ListenerCall, scopes: Mapping[str, str], other: str) -> list[str]:
    """The URIs of the query, once each scope that they take is there."""
    uris = [uri for uri in call.request.query_params.get("uris", "").split(",") if uri]
    if not uris:
        raise RefusedError(400, "Missing required field: uris")
    if len(uris) > _MOST_URIS:
        raise RefusedError(400, "Too many uris requested")
    for uri in uris:
        known = _URI.fullmatch(uri)
        if known is None:
            raise RefusedError(400, f"Invalid uri: {uri}")
        call.require(scopes.get(known[1], other))
    return uris


READS: dict[str, Handler] = {
    "/v1/me": reading(_me),
    "/v1/me/library/contains": reading(_contains),
}
WRITES: dict[tuple[str, str], WriteHandler] = {
    ("PUT", "/v1/me/library"): writing(_save),
    ("DELETE", "/v1/me/library"): writing(_remove),
}
