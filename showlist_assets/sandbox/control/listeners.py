"""``/_sandbox/listeners`` and ``playlists``: what a listener does in Spotify's own app."""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from showlist_assets.sandbox.world.spotify_export import spotify_export

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.sandbox.state.state import SandboxState
    from showlist_assets.sandbox.state.stored_playlists import StoredPlaylist


def _everyone(state: SandboxState, _: dict[str, Any]) -> dict[str, Any]:
    return {
        "listeners": [
            {
                "user_id": listener.user_id,
                "display_name": listener.display_name,
                "premium": listener.premium,
                "allowlisted": listener.allowlisted,
                "playlists": [*map(_told, state.listeners.playlists(listener.user_id))],
            }
            for listener in state.listeners.everyone()
        ]
    }


def _add_listener(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    """Takes ``user_id`` and ``display_name``, and whether ``premium`` and ``allowlisted``."""
    state.listeners.add_listener(**body)
    return _everyone(state, body)


def _consent(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    """Takes the ``scopes``, which the listener agrees to without a browser."""
    return {"refresh_token": state.listeners.consent(body["scopes"], body["id"])}


def _holds(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    """Takes a ``refresh_token``, which is not used."""
    return {"holds": state.consents.holds(body["refresh_token"], state.clock.now())}


def _revoke(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    state.listeners.revoke(body["id"])
    return {"revoked": body["id"]}


def _listening(state: SandboxState, _: dict[str, Any]) -> dict[str, Any]:
    return asdict(state.listening.quirks)


def _change_listening(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    """Takes ``stamps``, ``omitted`` and ``delay_hours`` (``state.listening.Quirks``)."""
    state.listening.change_quirks(**body)
    return _listening(state, body)


def _export(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    """A zip in base64, since control answers in JSON alone."""
    listener = state.listeners.listener(body["id"])
    packed = spotify_export(state.listening.plays(listener.user_id))
    return {"name": "my_spotify_data.zip", "base64": base64.b64encode(packed).decode()}


def _playlist(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    return _told(state.listeners.playlist(body["id"]))


def _add_tracks(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    """Takes ``uris``, and where they go as ``position``."""
    state.listeners.add_tracks(body.pop("id"), **body)
    return {"added": len(body["uris"])}


def _remove_tracks(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    state.listeners.remove_tracks(body.pop("id"), **body)
    return {"removed": len(body["uris"])}


def _unfollow(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    """Takes whose library it leaves as ``user_id``, by default its owner's."""
    state.listeners.unfollow(body["id"], body.get("user_id"))
    return {"unfollowed": body["id"]}


def _told(playlist: StoredPlaylist) -> dict[str, Any]:
    return {
        "id": playlist.id,
        "owner_id": playlist.owner_id,
        "name": playlist.name,
        "public": playlist.public,
        "snapshot_id": playlist.snapshot_id,
        "uris": playlist.uris,
    }


LISTENER_ACTIONS: dict[
    tuple[str, str], Callable[[SandboxState, dict[str, Any]], dict[str, Any]]
] = {
    ("GET", "listeners"): _everyone,
    ("POST", "listeners"): _add_listener,
    ("POST", "listeners/{id}/consent"): _consent,
    ("GET", "listeners/{id}/spotify-export"): _export,
    ("GET", "listening"): _listening,
    ("POST", "listening"): _change_listening,
    ("POST", "consents"): _holds,
    ("POST", "listeners/{id}/revoke"): _revoke,
    ("GET", "playlists/{id}"): _playlist,
    ("POST", "playlists/{id}/items"): _add_tracks,
    ("DELETE", "playlists/{id}/items"): _remove_tracks,
    ("POST", "playlists/{id}/unfollow"): _unfollow,
}
