"""What a playlist request may say; anything else is refused with 400."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from showlist_assets.sandbox.apis.spotify.gate import RefusedError

if TYPE_CHECKING:
    from showlist_assets.sandbox.apis.spotify.gate import ListenerCall

# The number of URIs is in the OpenAPI description. The lengths are known from clients
# (metabrainz/troi-recommendation-playground#146, #155).
_MOST_URIS = 100
_LONGEST_NAME = 100
_LONGEST_DESCRIPTION = 300
_TRACK = re.compile(r"spotify:track:[0-9A-Za-z]{22}")


def details_in(body: dict[str, Any]) -> dict[str, Any]:
    """What a body says of a playlist's details; null means that it is left as it is."""
    kinds = {"name": str, "description": str, "public": bool, "collaborative": bool}
    asked = {name: body[name] for name in kinds if body.get(name) is not None}
    for name, value in asked.items():
        if not isinstance(value, kinds[name]):
            raise RefusedError(400, f"Invalid {name}")
    if not 0 < len(asked.get("name", "-")) <= _LONGEST_NAME:
        raise RefusedError(400, "Playlist name must have 1 to 100 characters")
    if len(asked.get("description", "")) > _LONGEST_DESCRIPTION:
        raise RefusedError(400, "Playlist description must have at most 300 characters")
    return asked


def tracks_in(call: ListenerCall, body: dict[str, Any]) -> list[str]:
    """The URIs of the query or, where it has none, of the body; all of tracks there are."""
    # With URIs in the query, Spotify ignores the body (OpenAPI description).
    in_query = call.request.query_params.get("uris")
    uris = body.get("uris") if in_query is None else [one for one in in_query.split(",") if one]
    if not isinstance(uris, list):
        raise RefusedError(400, "Missing required field: uris")
    check_count(uris)
    for uri in uris:
        if not isinstance(uri, str) or not _TRACK.fullmatch(uri):
            raise RefusedError(400, f"Invalid track uri: {uri}")
        if call.state.world.catalog.track(uri.rpartition(":")[2]) is None:
            raise RefusedError(400, "Payload contains a non-existing ID")
    return uris


def check_count(uris: list[str]) -> None:
    """At most a hundred items can be sent at once."""
    if len(uris) > _MOST_URIS:
        raise RefusedError(400, "You can add a maximum of 100 tracks per request.")


def as_position(value: object) -> int:
    """A zero-based position, which a query says as text and a body as a number."""
    if isinstance(value, bool) or not str(value).isdecimal():
        raise RefusedError(400, "Index out of bounds.")
    return int(str(value))
