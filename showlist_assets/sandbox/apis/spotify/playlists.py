"""``/v1/me/playlists`` and ``/v1/playlists``: listeners' playlists as the Web API of 2026 has them.

What Development Mode lost, ``/playlists/{id}/tracks`` and ``/users/{id}/playlists``, is not here
and so is refused as everything else is that the service does not know.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from showlist_assets.sandbox.apis.spotify.gate import (
    ListenerCall,
    RefusedError,
    metered,
    paging,
    reading,
    whole_number,
    writing,
)
from showlist_assets.sandbox.apis.spotify.listener_payloads import PlaylistPayloads, cover_images
from showlist_assets.sandbox.apis.spotify.playlist_requests import (
    as_position,
    check_count,
    details_in,
    tracks_in,
)
from showlist_assets.sandbox.state import refusals
from showlist_assets.sandbox.state.service import json_answer

if TYPE_CHECKING:
    from starlette.requests import Request

    from showlist_assets.sandbox.state.listeners import Listener
    from showlist_assets.sandbox.state.service import Handler, WriteHandler
    from showlist_assets.sandbox.state.state import SandboxState
    from showlist_assets.sandbox.state.stored_playlists import StoredPlaylist

# Of the base64, as it is sent (OpenAPI description).
_LARGEST_COVER = 256 * 1024
# These three: OpenAPI description.
_PAGE_SIZES = range(51)
_DEFAULT_PAGE_SIZE = 20
_DEEPEST_OFFSET = 100_000


def _mine(call: ListenerCall) -> Response:
    call.require("playlist-read-private")
    limit, offset = _page_asked(call.request)
    playlists = call.state.listeners.playlists(call.listener.user_id)
    printed = _payloads(call.state)
    shown = [printed.simplified(one) for one in playlists[offset : offset + limit]]
    return json_answer(paging(call.request, shown, len(playlists), limit, offset))


def _create(call: ListenerCall) -> Response:
    asked = details_in(call.body())
    if "name" not in asked:
        raise RefusedError(400, "Missing required field: name")
    # Left out, ``public`` means true (OpenAPI description).
    call.require(_scope_for(public=asked.get("public", True)))
    _check_collaborative({"collaborative": False, "public": True, **asked})
    playlist = call.state.listeners.create_playlist(user_id=call.listener.user_id, **asked)
    # 201 here and for additions, 200 for every other change (OpenAPI description).
    return json_answer(_printed(call.request, call.state, playlist, call.listener), 201)


def _details(request: Request, state: SandboxState) -> Response:
    playlist = state.listeners.find_playlist(request.path_params["id"])
    reader: Listener | None = request.state.listener
    is_hidden = playlist and not (playlist.public or _may_open(playlist, reader))
    if playlist is None or is_hidden:
        raise RefusedError(404, refusals.NOT_FOUND)
    return json_answer(_printed(request, state, playlist, reader))


def _change_details(call: ListenerCall) -> Response:
    playlist = _own(call)
    asked = details_in(call.body())
    if "public" in asked:
        call.require(_scope_for(public=asked["public"]))
    _check_collaborative(
        {"collaborative": playlist.collaborative, "public": playlist.public, **asked}
    )
    for name, value in asked.items():
        setattr(playlist, name, value)
    playlist.changed()
    return Response()


def _items(call: ListenerCall) -> Response:
    call.require("playlist-read-private")
    playlist = call.state.listeners.playlist(call.request.path_params["id"])
    if not _may_open(playlist, call.listener):
        raise RefusedError(403, refusals.NOT_OWNER)
    limit, offset = _page_asked(call.request)
    printed = _payloads(call.state)
    shown = [printed.item(entry) for entry in playlist.entries[offset : offset + limit]]
    return json_answer(paging(call.request, shown, len(playlist.entries), limit, offset))


def _add(call: ListenerCall) -> Response:
    playlist, body = _own(call), call.body()
    uris = tracks_in(call, body)
    if not uris:
        raise RefusedError(400, "No uris provided")
    position = call.request.query_params.get("position", body.get("position"))
    before = None if position is None else as_position(position)
    entries = call.state.listeners.entries(uris, call.listener.user_id)
    return _snapshot(playlist.insert(entries, before), 201)


def _replace_or_reorder(call: ListenerCall) -> Response:
    playlist, body = _own(call), call.body()
    if "range_start" in body:
        # The OpenAPI description: reordering and replacing "can't be applied together".
        if "uris" in body or "uris" in call.request.query_params:
            raise RefusedError(400, "Cannot reorder and replace in one request")
        start, before = as_position(body["range_start"]), as_position(body.get("insert_before"))
        return _snapshot(playlist.move(start, as_position(body.get("range_length", 1)), before))
    uris = tracks_in(call, body)
    return _snapshot(playlist.replace(call.state.listeners.entries(uris, call.listener.user_id)))


def _remove(call: ListenerCall) -> Response:
    playlist, body = _own(call), call.body()
    # Called "tracks" until February 2026.
    match body.get("items"):
        case list(items) if items and all(isinstance(item, dict) for item in items):
            uris = [str(item.get("uri")) for item in items]
        case _:
            raise RefusedError(400, "Missing required field: items")
    check_count(uris)
    return _snapshot(playlist.remove(uris, body.get("snapshot_id")))


def _images(call: ListenerCall) -> Response:
    playlist = call.state.listeners.playlist(call.request.path_params["id"])
    return json_answer(cover_images(playlist))


def _upload_cover(call: ListenerCall) -> Response:
    call.require("ugc-image-upload")
    playlist = _own(call)
    if len(call.text) > _LARGEST_COVER:
        raise RefusedError(413, "Payload too large")
    try:
        cover = base64.b64decode(call.text, validate=True)
    except (binascii.Error, ValueError):
        cover = b""
    # Spotify takes JPEG alone; a PNG under that content type is a mistake of the client.
    if not cover.startswith(b"\xff\xd8\xff"):
        raise RefusedError(400, "Invalid base64 encoded JPEG image")
    playlist.cover = cover
    return Response(status_code=202)


def _own(call: ListenerCall) -> StoredPlaylist:
    """The playlist of the path, which the listener may change."""
    playlist = call.state.listeners.playlist(call.request.path_params["id"])
    call.require(_scope_for(public=playlist.public))
    if not _may_open(playlist, call.listener):
        raise RefusedError(403, refusals.NOT_OWNER)
    return playlist


def _may_open(playlist: StoredPlaylist, listener: Listener | None) -> bool:
    """Its owner may, and everybody who follows it while it is collaborative."""
    if listener is None:
        return False
    # Strangers lost the items in February 2026, in Development Mode:
    # https://developer.spotify.com/documentation/web-api/references/changes/february-2026
    if playlist.owner_id == listener.user_id:
        return True
    return playlist.collaborative and playlist.uri in listener.library


def _check_collaborative(details: dict[str, Any]) -> None:
    # Only what is not public can be collaborative (OpenAPI description).
    if details["collaborative"] and details["public"]:
        raise RefusedError(400, "Cannot set collaborative on a public playlist")


def _scope_for(*, public: bool) -> str:
    return "playlist-modify-public" if public else "playlist-modify-private"


def _page_asked(request: Request) -> tuple[int, int]:
    limit = whole_number(request, "limit", _DEFAULT_PAGE_SIZE, _PAGE_SIZES)
    return limit, whole_number(request, "offset", 0, range(_DEEPEST_OFFSET + 1))


def _printed(
    request: Request, state: SandboxState, playlist: StoredPlaylist, reader: Listener | None
) -> dict[str, Any]:
    printed, page = _payloads(state), None
    if _may_open(playlist, reader):
        most = _PAGE_SIZES[-1]
        url = request.url.replace(path=f"/spotify/v1/playlists/{playlist.id}/items")
        shown = [printed.item(entry) for entry in playlist.entries[:most]]
        page = paging(request, shown, len(playlist.entries), most, 0, url=url)
    return printed.full(playlist, page)


def _payloads(state: SandboxState) -> PlaylistPayloads:
    return PlaylistPayloads(state.config.mode, state.world.catalog, state.listeners.listener)


def _snapshot(snapshot_id: str, status: int = 200) -> Response:
    return json_answer({"snapshot_id": snapshot_id}, status)


READS: dict[str, Handler] = {
    "/v1/me/playlists": reading(_mine),
    "/v1/playlists/{id}": metered(_details),
    "/v1/playlists/{id}/items": reading(_items),
    "/v1/playlists/{id}/images": reading(_images),
}
WRITES: dict[tuple[str, str], WriteHandler] = {
    ("POST", "/v1/me/playlists"): writing(_create),
    ("PUT", "/v1/playlists/{id}"): writing(_change_details),
    ("POST", "/v1/playlists/{id}/items"): writing(_add),
    ("PUT", "/v1/playlists/{id}/items"): writing(_replace_or_reorder),
    ("DELETE", "/v1/playlists/{id}/items"): writing(_remove),
    ("PUT", "/v1/playlists/{id}/images"): writing(_upload_cover),
}
