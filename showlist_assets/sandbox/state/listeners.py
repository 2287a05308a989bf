"""Who listens: people with a Spotify account, what is in their library, and their playlists.

``Sandbox.listeners`` is this: a test adds people, and does by hand what a listener does in
Spotify's app.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from showlist_assets.sandbox.state.stored_playlists import Entry, StoredPlaylist
from showlist_assets.sandbox.world.ids import spotify_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from showlist_assets.sandbox.state.clock import Clock
    from showlist_assets.sandbox.state.consents import Consents

DEFAULT_LISTENER = "listener"


@dataclass(slots=True, eq=False)
class Listener:
    """One account.

    Attributes:
        user_id: Spotify's ``id``.
        display_name: as the account page and the profile show it.
        premium: without it every call for this listener is refused.
        allowlisted: whether the app's owner has named this listener in the dashboard; others can
            log in, but every call is refused.
        library: URIs of what the listener saved or follows, the newest first; a playlist that its
            owner deleted is one that no library holds.
    """

    user_id: str
    display_name: str
    premium: bool = True
    allowlisted: bool = True
    library: list[str] = field(default_factory=list)


class ListenerError(ValueError):
    """There is no such listener or playlist, or there is one already."""


class Listeners:
    """Everybody with an account; one listener to begin with."""

    def __init__(self, clock: Clock, consents: Consents, seed: int) -> None:
        self._clock, self._consents, self._seed = clock, consents, seed
        self._listeners: dict[str, Listener] = {}
        self._playlists: dict[str, StoredPlaylist] = {}
        self.clear()

    def add_listener(
        self, user_id: str, display_name: str, *, premium: bool = True, allowlisted: bool = True
    ) -> Listener:
        """Somebody opens an account.

        Raises:
            ListenerError: the id is taken.
        """
        if user_id in self._listeners:
            raise ListenerError(f"There is a listener {user_id!r} already.")
        listener = Listener(user_id, display_name, premium, allowlisted)
        self._listeners[user_id] = listener
        return listener

    def everyone(self) -> list[Listener]:
        """All listeners, in the order they were added."""
        return [*self._listeners.values()]

    def listener(self, user_id: str = DEFAULT_LISTENER) -> Listener:
        """The account of that id.

        Raises:
            ListenerError: there is none.
        """
        try:
            return self._listeners[user_id]
        except KeyError:
            raise ListenerError(f"There is no listener {user_id!r}.") from None

    def consent(self, scopes: Iterable[str], user_id: str = DEFAULT_LISTENER) -> str:
        """A refresh token, as if the listener had agreed to ``scopes`` in the browser."""
        user_id, agreed = self.listener(user_id).user_id, frozenset(scopes)
        given = self._consents.give(user_id, agreed, self._clock.now())
        return self._consents.refresh_token(given)

    def revoke(self, user_id: str = DEFAULT_LISTENER) -> None:
        """The listener removes the app: refresh and access tokens are no good from now on."""
        self._consents.revoke(self.listener(user_id).user_id)

    def create_playlist(
        self,
        name: str,
        user_id: str = DEFAULT_LISTENER,
        *,
        description: str = "",
        public: bool = True,
        collaborative: bool = False,
    ) -> StoredPlaylist:
        """The listener makes an empty playlist, which goes into their library."""
        playlist = StoredPlaylist(
            spotify_id(self._seed, "playlist", len(self._playlists)),
            self.listener(user_id).user_id,
            name,
            description,
            public,
            collaborative,
        )
        self._playlists[playlist.id] = playlist
        self.follow(playlist.uri, user_id)
        return playlist

    def playlist(self, playlist_id: str) -> StoredPlaylist:
        """The playlist of that id; one that was deleted is still there, as on Spotify.

        Raises:
            ListenerError: there is none.
        """
        playlist = self.find_playlist(playlist_id)
        if playlist is None:
            raise ListenerError(f"There is no playlist {playlist_id!r}.")
        return playlist

    def find_playlist(self, playlist_id: str) -> StoredPlaylist | None:
        """The playlist of that id, or ``None``."""
        return self._playlists.get(playlist_id)

    def playlists(self, user_id: str = DEFAULT_LISTENER) -> list[StoredPlaylist]:
        """The playlists in the listener's library, own and followed, the newest first."""
        # A deleted playlist is one that its owner no longer follows
        # (https://developer.spotify.com/documentation/web-api/concepts/playlists).
        by_uri = {playlist.uri: playlist for playlist in self._playlists.values()}
        return [by_uri[uri] for uri in self.listener(user_id).library if uri in by_uri]

    def add_tracks(
        self,
        playlist_id: str,
        uris: Sequence[str],
        position: int | None = None,
        user_id: str | None = None,
    ) -> str:
        """A listener, by default the owner, adds items by hand; any URI is taken.

        Returns:
            The new snapshot.
        """
        playlist = self.playlist(playlist_id)
        return playlist.insert(self.entries(uris, user_id or playlist.owner_id), position)

    def remove_tracks(self, playlist_id: str, uris: Sequence[str]) -> str:
        """A listener takes items out by hand; returns the new snapshot."""
        return self.playlist(playlist_id).remove(uris)

    def entries(self, uris: Iterable[str], user_id: str) -> list[Entry]:
        """Items that ``user_id`` adds now."""
        return [Entry(uri, self._clock.now(), user_id) for uri in uris]

    def follow(self, uri: str, user_id: str = DEFAULT_LISTENER) -> None:
        """Puts something into the listener's library."""
        library = self.listener(user_id).library
        if uri not in library:
            library.insert(0, uri)

    def unfollow(self, playlist_id: str, user_id: str | None = None) -> None:
        """Takes a playlist out of a library: for its owner (the default) that is deleting it."""
        playlist = self.playlist(playlist_id)
        self.forget(playlist.uri, user_id or playlist.owner_id)

    def forget(self, uri: str, user_id: str = DEFAULT_LISTENER) -> None:
        """Takes something out of the listener's library; nothing happens where it is not there."""
        library = self.listener(user_id).library
        if uri in library:
            library.remove(uri)

    def kept(self) -> dict[str, Any]:
        """Everybody and what they saved, as ``restore`` takes it; playlists are kept by id."""
        return {
            "listeners": [asdict(listener) for listener in self.everyone()],
            "playlists": list(self._playlists),
        }

    def all_playlists(self) -> list[StoredPlaylist]:
        """Every playlist there ever was, the deleted ones included."""
        return [*self._playlists.values()]

    def restore(self, kept: Mapping[str, Any], playlists: Iterable[StoredPlaylist]) -> None:
        """Those of ``kept`` and no others, with ``playlists``."""
        self._listeners = {one["user_id"]: Listener(**one) for one in kept["listeners"]}
        self._playlists = {playlist.id: playlist for playlist in playlists}

    def clear(self) -> None:
        """One listener, no playlists."""
        self._listeners.clear()
        self._playlists.clear()
        self.add_listener(DEFAULT_LISTENER, "Robin Listener")
