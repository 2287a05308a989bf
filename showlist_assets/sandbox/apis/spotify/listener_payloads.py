"""Listeners and playlists as Spotify's Web API prints them, per quota mode.

Development Mode names a playlist's items ``items`` and an item's track ``item``; apps of Extended
Quota still get the old names ``tracks`` and ``track`` as well
(https://developer.spotify.com/documentation/web-api/references/changes/february-2026).
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from showlist_assets.sandbox.apis.spotify.payloads import Payloads, images, links
from showlist_assets.sandbox.world.ids import spotify_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.sandbox.config import Mode
    from showlist_assets.sandbox.state.listeners import Listener
    from showlist_assets.sandbox.state.stored_playlists import Entry, StoredPlaylist
    from showlist_assets.sandbox.world.catalog import Catalog

_COVER_SIZES = (640, 300, 60)


def profile(listener: Listener, mode: Mode) -> dict[str, Any]:
    """What ``/me`` answers; without the fields that Development Mode lost."""
    payload = {
        # New since May 2026:
        # https://developer.spotify.com/documentation/web-api/references/changes/may-2026
        "account_id": spotify_id("account", listener.user_id)[:10],
        "display_name": listener.display_name,
        **links("user", listener.user_id),
        "images": [],
    }
    if mode == "extended":
        payload["country"] = "US"
        payload["product"] = "premium" if listener.premium else "free"
        payload["followers"] = {"href": None, "total": 0}
    return payload


def cover_images(playlist: StoredPlaylist) -> list[dict[str, Any]]:
    """The uploaded cover in three sizes, or nothing."""
    if playlist.cover is None:
        return []
    return images(playlist.cover.hex()[:64] + playlist.id, _COVER_SIZES)


class PlaylistPayloads:
    """Payloads of playlists for an app in one mode."""

    def __init__(self, mode: Mode, catalog: Catalog, owner: Callable[[str], Listener]) -> None:
        self._is_extended = mode == "extended"
        self._catalog = catalog
        self._owner = owner
        self._tracks = Payloads(mode)

    def simplified(self, playlist: StoredPlaylist) -> dict[str, Any]:
        """A playlist as a list of playlists names it."""
        own = links("playlist", playlist.id)
        contents = {"href": f"{own['href']}/items", "total": len(playlist.entries)}
        return {**self._described(playlist), **self._named("items", "tracks", contents)}

    def full(self, playlist: StoredPlaylist, page: dict[str, Any] | None) -> dict[str, Any]:
        """A playlist with the first page of its items; for a stranger without (``None``)."""
        contents = {} if page is None else self._named("items", "tracks", page)
        return {**self._described(playlist), **contents}

    def item(self, entry: Entry) -> dict[str, Any]:
        """One item; its track is null where Spotify does not have it any more."""
        kind, _, identifier = entry.uri.removeprefix("spotify:").partition(":")
        track = self._catalog.track(identifier) if kind == "track" else None
        printed = self._tracks.track(track) if track else _other_item(kind, identifier, entry.uri)
        return {
            "added_at": f"{entry.added_at:%Y-%m-%dT%H:%M:%SZ}",
            "added_by": links("user", entry.added_by),
            "is_local": kind == "local",
            "primary_color": None,
            **self._named("item", "track", printed),
            "video_thumbnail": {"url": None},
        }

    def _named(self, name: str, old_name: str, value: object) -> dict[str, Any]:
        return {name: value, old_name: value} if self._is_extended else {name: value}

    def _described(self, playlist: StoredPlaylist) -> dict[str, Any]:
        owner = self._owner(playlist.owner_id)
        return {
            "collaborative": playlist.collaborative,
            "description": _escaped(playlist.description),
            **links("playlist", playlist.id),
            "images": cover_images(playlist),
            "name": playlist.name,
            "owner": {**links("user", owner.user_id), "display_name": owner.display_name},
            "primary_color": None,
            "public": playlist.public,
            "snapshot_id": playlist.snapshot_id,
        }


def _escaped(description: str) -> str:
    """HTML-escaped, slashes too, as Spotify reads descriptions back (spotify/web-api#980)."""
    return html.escape(description).replace("/", "&#x2F;")


def _other_item(kind: str, identifier: str, uri: str) -> dict[str, Any] | None:
    """What a listener may add by hand besides tracks: episodes, and files of their own."""
    if kind == "episode":
        return {**links("episode", identifier), "name": f"Episode {identifier}"}
    if kind == "local":
        return {"id": None, "name": identifier.split(":")[-2], "type": "track", "uri": uri}
    # What another service or an old client left behind has an address that nobody can write.
    if kind != "track" or identifier == "null":
        return {"id": None, "name": "", "type": kind, "uri": uri}
    return None
