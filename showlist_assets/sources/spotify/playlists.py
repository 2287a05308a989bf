"""A listener's playlists on Spotify, through the endpoints of 2026.

What belongs here: one method per request. What does not: what to write (``domain.playlists.diff``),
when and in which order (``services.playlists``), and the listener's token (``user_token``), which
the session holds. Nothing here is cached. A write is never repeated, except after a 401: that one
had no effect.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from showlist_assets.sources.json_values import boolean, items, mapping, string, text, whole
from showlist_assets.sources.spotify.session import SpotifySession, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import requests

    from showlist_assets.sources.http.session import ApiSession

# The most that the API gives (OpenAPI description); a default page has 20.
PAGE: Final = 50
COVER_BYTES_AT_MOST: Final = 256_000
"""Of the JPEG as it is sent, in base64 (Spotify's OpenAPI description)."""


@dataclass(frozen=True, slots=True)
class LivePlaylist:
    """A playlist as Spotify tells it, without its items.

    Attributes:
        public: None where Spotify does not say.
        snapshot_id: Names one state of the list; opaque, another one after each write.
    """

    id: str
    name: str
    description: str
    public: bool | None
    snapshot_id: str
    owner_id: str
    url: str


class SpotifyPlaylists:
    """The playlists of the listener whose token the session holds.

    Every method raises a ``SourceError`` as ``failures`` says: ``NotOwner`` for a foreign playlist,
    ``NeedsConsent``, ``NotPremium``, ``NotAllowlisted``, ``BudgetSpent`` and so on.
    """

    def __init__(self, session: ApiSession, api_url: str) -> None:
        """Make a client; nothing is sent yet.

        Args:
            session: Authorizes and sends the requests.
            api_url: Without the version, such as https://api.spotify.com.
        """
        self._session, self._api = SpotifySession(session), f"{api_url.rstrip('/')}/v1"

    @property
    def calls(self) -> int:
        """Requests sent so far, those for a token included."""
        return self._session.http.usage.sent

    def me(self) -> str:
        """The listener's user id."""
        return _named(self._get("me"), "id")

    def create(self, name: str, description: str, *, public: bool) -> LivePlaylist:
        """Make an empty playlist; one request."""
        # Left out, ``public`` means true.
        body = {"name": name, "description": description, "public": public}
        return _playlist(self._object("POST", "me/playlists", json=body))

    def details(self, playlist_id: str) -> LivePlaylist:
        """What the playlist is called, whose it is and which state it is in; one request.

        Raises:
            NotFound: there is none.
        """
        return _playlist(self._get(_path(playlist_id)))

    def mine(self) -> list[LivePlaylist]:
        """Every playlist in the listener's library, also those of others; a request per 50."""
        return [_playlist(item) for item in self._pages("me/playlists", {}) if item]

    def items(self, playlist_id: str) -> list[str]:
        """URIs in the order of the list; a request per 50.

        An item that Spotify no longer knows has an empty URI: it takes a place all the same.
        """
        # Without a market: with one, Spotify tells another track than the one that was added.
        pages = self._pages(_path(playlist_id, "items"), {"additional_types": "track,episode"})
        rows = list(pages)
        uris = [_uri(row) for row in rows]
        # Null is Spotify's word for an item that is gone; an object without an address is none.
        if rows and not any(uris) and not any(None in _listed(row) for row in rows):
            raise unreadable("the items of a playlist")
        return uris

    def add(self, playlist_id: str, uris: Sequence[str], position: int) -> str:
        """Insert up to 100 tracks at ``position``; returns the new snapshot id."""
        return self._write("POST", playlist_id, {"uris": list(uris), "position": position})

    def remove(self, playlist_id: str, uris: Sequence[str], snapshot: str | None = None) -> str:
        """Take out every copy of up to 100 tracks; returns the new snapshot id."""
        # Called "tracks" until February 2026.
        body: dict[str, Any] = {"items": [{"uri": uri} for uri in uris]}
        return self._write("DELETE", playlist_id, body | _at(snapshot))

    def move(
        self, playlist_id: str, start: int, length: int, before: int, snapshot: str | None = None
    ) -> str:
        """Put a block of up to 100 items before another; returns the new snapshot id."""
        body = {"range_start": start, "range_length": length, "insert_before": before}
        return self._write("PUT", playlist_id, body | _at(snapshot))

    def change_details(
        self,
        playlist_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        public: bool | None = None,
    ) -> None:
        """Change what is given; one request."""
        given = {"name": name, "description": description, "public": public}
        body = {key: value for key, value in given.items() if value is not None}
        self._send("PUT", _path(playlist_id), json=body)

    def upload_cover(self, playlist_id: str, jpeg: bytes) -> None:
        """Give the playlist a picture; one request, with a rate limit of its own at Spotify.

        Raises:
            ValueError: the picture is too large.
        """
        encoded = base64.b64encode(jpeg)
        if len(encoded) > COVER_BYTES_AT_MOST:
            raise ValueError(
                f"The cover has {len(encoded):,} bytes in base64; Spotify takes "
                f"{COVER_BYTES_AT_MOST:,}. Make it smaller."
            )
        headers = {"Content-Type": "image/jpeg"}
        self._send("PUT", _path(playlist_id, "images"), data=encoded, headers=headers)

    def is_followed(self, playlist_id: str) -> bool:
        """Whether the playlist is in the listener's library: deleting one only takes it out."""
        # The one "contains" that February 2026 left; it takes URIs in the query.
        params = {"uris": f"spotify:playlist:{playlist_id}"}
        flags = items(self._send("GET", "me/library/contains", params=params).json())
        followed = boolean(flags[0]) if len(flags) == 1 else None
        if followed is None:
            raise unreadable("whether a playlist is in the library")
        return followed

    def _write(self, verb: str, playlist_id: str, body: dict[str, Any]) -> str:
        return _named(self._object(verb, _path(playlist_id, "items"), json=body), "snapshot_id")

    def _pages(self, path: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The items of all pages.

        Raises:
            BadAnswer: the pages do not add up. A list cut short would look as if the listener had
                removed the rest.
        """
        seen = 0
        while True:
            page = self._get(path, **params, limit=PAGE, offset=seen)
            rows, total = page.get("items"), whole(page.get("total"))
            if not isinstance(rows, list) or total is None:
                raise unreadable("a page")
            yield from map(mapping, rows)
            seen += len(rows)
            # "next" is not followed: it would lead to whatever address the answer names.
            if seen == total:
                return
            if seen > total or not rows:
                raise unreadable(f"{total} items, as it said, but {seen}")

    def _get(self, path: str, **params: Any) -> dict[str, Any]:
        return self._object("GET", path, params=params)

    def _object(self, verb: str, path: str, **content: Any) -> dict[str, Any]:
        response = self._send(verb, path, **content)
        body = response.json() if response.content else None
        if not isinstance(body, dict):
            raise unreadable("an object")
        return body

    def _send(self, verb: str, path: str, **content: Any) -> requests.Response:
        return self._session.request(verb, f"{self._api}/{path}", **content)


def _path(playlist_id: str, below: str = "") -> str:
    path = f"playlists/{quote(playlist_id, safe='')}"
    return f"{path}/{below}" if below else path


def _at(snapshot: str | None) -> dict[str, str]:
    return {"snapshot_id": snapshot} if snapshot else {}


def _playlist(body: dict[str, Any]) -> LivePlaylist:
    playlist_id = _named(body, "id")
    url = text(mapping(body.get("external_urls")).get("spotify"))
    return LivePlaylist(
        id=playlist_id,
        name=string(body.get("name")) or "",
        description=string(body.get("description")) or "",
        public=boolean(body.get("public")),
        snapshot_id=string(body.get("snapshot_id")) or "",
        owner_id=string(mapping(body.get("owner")).get("id")) or "",
        url=url or f"https://open.spotify.com/playlist/{playlist_id}",
    )


def _listed(row: dict[str, Any]) -> list[Any]:
    return [row[name] for name in ("item", "track") if name in row]


def _uri(row: dict[str, Any]) -> str:
    # Apps of before February 2026 get both names (recorded in March 2026), or only the old one.
    item = mapping(row.get("item") or row.get("track"))
    return string(item.get("uri")) or ""


def _named(body: dict[str, Any], name: str) -> str:
    value = text(body.get(name))
    if value is None:
        raise unreadable(f"something with {name}")
    return value
