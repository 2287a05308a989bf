"""Spotify's Web API: artists and tracks, in Development Mode as well as with Extended Quota.

spotipy speaks to the API over our own session, never its default one, which sleeps through a
Retry-After of hours. In Development Mode an answer has no popularity, no followers and no genres
(changes of February 2026); every field that may be absent is read as such.
"""

from __future__ import annotations

import logging
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar
from urllib.parse import quote

from showlist_assets.domain.catalog import FoundArtist, FoundTrack, SearchAnswer
from showlist_assets.sources.failures import Permanent, refuse_unusable_keys
from showlist_assets.sources.features import Features, features_from
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.json_values import (
    boolean,
    items,
    mapping,
    mappings,
    text,
    unescaped,
    whole,
)
from showlist_assets.sources.spotify.app_token import AppToken
from showlist_assets.sources.spotify.session import SpotifySession, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from showlist_assets.sources.http.session import ApiSession

_log = logging.getLogger(__name__)

_T = TypeVar("_T")
Mode = Literal["development", "extended"]
# Spotify answers 400 to a longer one, for good.
_LONGEST_QUERY: Final = 250
# Ten are the most that Development Mode gives since February 2026, per type (OpenAPI description).
_CANDIDATES: Final = 10
_LISTED: Final[dict[Mode, int]] = {
    "development": _CANDIDATES,
    # Of an artist's songs, half are strangers' or another version of the same: this brings ten
    # different ones more often, which spares a call for top tracks (docs/adr/0028).
    "extended": 2 * _CANDIDATES,
}


class SpotifyCatalog:
    """The catalogue, with an app's own token: no listener is involved.

    Attributes:
        malformed: How many artists, tracks and features could not be read and were passed over.
    """

    batch_size: Final = 100
    """Track ids per request for audio features."""

    def __init__(
        self,
        session: ApiSession,
        api_url: str,
        accounts_url: str,
        client_id: str,
        client_secret: str,
        *,
        mode: Mode = "development",
        market: str = "US",
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            session: Sends the requests.
            api_url: Without the version, such as https://api.spotify.com.
            accounts_url: Such as https://accounts.spotify.com.
            client_id: Of the Spotify app.
            client_secret: Of the same app.
            mode: What the app may do.
            market: Without one, content counts as unavailable (Spotify's OpenAPI description).

        Raises:
            WrongKey: the credentials cannot be sent.
        """
        refuse_unusable_keys("spotify", client_id, client_secret)
        self._session, self.mode, self._market = session, mode, market
        self._api_url = api_url.rstrip("/")
        session.authorize = AppToken(session, accounts_url.rstrip("/"), client_id, client_secret)
        self._spotify = SpotifySession(session)
        self.malformed = 0
        self._lock = Lock()
        self._opened: Any = None

    @property
    def usage(self) -> ApiUsage:
        """What was sent and what was spared."""
        return self._session.usage + ApiUsage(malformed=self.malformed)

    def calls_left(self) -> int | None:
        """How many more calls the budget allows now; None where nobody counts.

        Raises:
            CallStoreError: the ledger cannot be read.
        """
        return self._session.calls_left()

    def check(self) -> None:
        """Fetch a token and search once, to see whether the app may."""
        with self._session.bypassing_cache():
            self.search("music")

    def search(self, name: str, *, newer_than: datetime | None = None) -> SearchAnswer:
        """One combined search for artists and tracks called ``name``: one call.

        Ten artists, and tracks: with Extended Quota up to twenty, the second half of them only
        where one of those artists is credited first.

        Args:
            name: What to search for; of a longer one than Spotify takes, its first whole words.
            newer_than: A cached answer counts only if it was given after this moment.

        Raises:
            SourceError: as ``failures`` says.
        """
        with self._session.request_scope(newer_than=newer_than):
            answer, malformed = self._search(name)
        if malformed:
            # What was passed over may be the very artist. Oddities pass, so it is asked once more.
            with self._session.bypassing_cache():
                answer, _ = self._search(name)
        return answer

    def _search(self, name: str) -> tuple[SearchAnswer, int]:
        """The answer, and how many of its items could not be read."""
        body = self._ask(
            lambda spotify: spotify.search(
                _as_query(name),
                limit=_LISTED[self.mode],
                type="artist,track",
                market=self._market,
            )
        )
        listed = [mapping(body.get(kind)).get("items") for kind in ("artists", "tracks")]
        artists, tracks = self._each(listed[0], _artist), self._each(listed[1], _track)
        given = sum(item is not None for each in listed for item in items(each))
        malformed = given - len(artists) - len(tracks)
        candidates = artists[:_CANDIDATES]
        theirs = {artist.artist_id for artist in candidates}
        heard = tracks[:_CANDIDATES] + [
            track for track in tracks[_CANDIDATES:] if track.artist_ids[0] in theirs
        ]
        return SearchAnswer(tuple(candidates), tuple(heard)), malformed

    def search_tracks(self, query: str) -> list[FoundTrack]:
        """One search for tracks alone, in the order of the answer: one call.

        Strangers' songs are among them, whatever filter ``query`` has (spotify/web-api#1066).

        Raises:
            SourceError: as ``failures`` says.
        """
        with self._session.request_scope():
            body = self._ask(
                lambda spotify: spotify.search(
                    _as_query(query), limit=10, type="track", market=self._market
                )
            )
            return self._each(mapping(body.get("tracks")).get("items"), _track)

    def artist(self, artist_id: str) -> FoundArtist:
        """The artist with this id: one call.

        Raises:
            NotFound: there is none.
            SourceError: as ``failures`` says.
        """
        with self._session.request_scope():
            found = _artist(self._ask(lambda spotify: spotify.artist(artist_id)))
            if found is None:
                raise unreadable("an artist")
        return found

    def top_tracks(self, artist_id: str) -> list[FoundTrack]:
        """Spotify's own ten top tracks of an artist, best first. Extended Quota only.

        Raises:
            EndpointGone: the app is in Development Mode after all.
            SourceError: as ``failures`` says.
        """
        # spotipy's own method says "country", a name the API no longer documents.
        path = f"artists/{quote(artist_id, safe='')}/top-tracks"
        with self._session.request_scope():
            body = self._ask(lambda spotify: spotify._get(path, market=self._market))  # noqa: SLF001
            return self._each(body.get("tracks"), _track)

    def audio_features(
        self, track_ids: Sequence[str], *, newer_than: datetime | None = None
    ) -> dict[str, Features]:
        """Audio features by track id; an unknown track is missing. Extended Quota only.

        Args:
            track_ids: Any number; they are asked by a hundred.
            newer_than: A cached answer counts only if it was given after this moment.

        Raises:
            EndpointGone: the app was registered after 2024-11-27.
            SourceError: as ``failures`` says.
        """
        known: dict[str, Features] = {}
        with self._session.request_scope(newer_than=newer_than):
            for start in range(0, len(track_ids), self.batch_size):
                known |= self._features_of(list(track_ids[start : start + self.batch_size]))
        return known

    def _features_of(self, batch: list[str]) -> dict[str, Features]:
        # spotipy's own method asks "audio-features/", with a slash the API does not document.
        ids = ",".join(batch)
        body = self._ask(lambda spotify: spotify._get("audio-features", ids=ids))  # noqa: SLF001
        return dict(self._each(body.get("audio_features"), _features))

    def _each(self, listed: object, read: Callable[[dict[str, Any]], _T | None]) -> list[_T]:
        """Items read one by one; null and malformed ones are passed over.

        Raises:
            BadAnswer: it is no list, or not one of its items can be read. An empty list would look
                as if nothing had been found, for good.
        """
        if not isinstance(listed, list):
            raise unreadable("a list")
        given = [item for item in listed if item is not None]
        good = [one for item in mappings(given) if (one := read(item)) is not None]
        if given and not good:
            raise unreadable("a list of what was asked for")
        if malformed := len(given) - len(good):
            with self._lock:
                self.malformed += malformed
            _log.warning("Spotify: %d of %d items were malformed", malformed, len(given))
        return good

    def _ask(self, call: Callable[[Any], Any]) -> dict[str, Any]:
        """The object that ``call`` gets from spotipy's client."""
        return self._spotify.renewing(lambda: _object_of(call, self._client))

    @property
    def _client(self) -> Any:
        # One for all threads: spotipy's closes the session when it is thrown away.
        with self._lock:
            self._opened = self._opened or self._new_client()
            return self._opened

    def _new_client(self) -> Any:
        import spotipy

        # Its own header is replaced when a request is really sent.
        client = spotipy.Spotify(auth="unused", requests_session=self._session)
        # The documented way to point spotipy elsewhere is none; this attribute is what it reads.
        client.prefix = f"{self._api_url}/v1/"
        return client


def _as_query(name: str) -> str:
    if len(name) <= _LONGEST_QUERY:
        return name
    # One more is looked at, so that a word which ends just there stays.
    words = name[: _LONGEST_QUERY + 1].rpartition(" ")[0].rstrip()
    return words or name[:_LONGEST_QUERY]


def _object_of(call: Callable[[Any], Any], client: Any) -> dict[str, Any]:
    from spotipy.exceptions import SpotifyException

    try:
        body = call(client)
    except SpotifyException as error:
        # The session raises failures of its own; this is spotipy refusing an id before it asks.
        raise Permanent(
            f"Spotify was not asked: {error.msg} Check the id that was given.", service="spotify"
        ) from None
    if not isinstance(body, dict):
        raise unreadable("an object")
    return body


def _artist(item: dict[str, Any]) -> FoundArtist | None:
    artist_id, name = text(item.get("id")), _name(item)
    if not artist_id or not name:
        return None
    return FoundArtist(
        artist_id=artist_id,
        name=name,
        # Deprecated in the OpenAPI description, and empty for a star in a recording of March 2026.
        genres=tuple(genre for each in items(item.get("genres")) if (genre := _words(each))),
        popularity=whole(item.get("popularity")),
        followers=whole(mapping(item.get("followers")).get("total")),
        image_url=_first_image(item.get("images")),
    )


def _name(item: dict[str, Any]) -> str | None:
    return _words(item.get("name"))


def _words(value: object) -> str | None:
    """Text for people to read; the escapes of HTML and URLs in it are decoded."""
    found = text(value)
    return text(unescaped(found)) if found else None


def _track(item: dict[str, Any]) -> FoundTrack | None:
    track_id, name = text(item.get("id")), _name(item)
    artists = [artist for one in mappings(item.get("artists")) if (artist := _artist(one))]
    if not track_id or not name or not artists:
        return None
    album = mapping(item.get("album"))
    return FoundTrack(
        track_id=track_id,
        track_name=name,
        artist_ids=tuple(artist.artist_id for artist in artists),
        artist_names=tuple(artist.name for artist in artists),
        album_name=_name(album),
        album_image_url=_first_image(album.get("images")),
        release_date=text(album.get("release_date")),
        duration_ms=whole(item.get("duration_ms")),
        explicit=boolean(item.get("explicit")),
        # Removed from Development Mode in February 2026, and given back in March.
        isrc=text(mapping(item.get("external_ids")).get("isrc")),
        popularity=whole(item.get("popularity")),
    )


def _features(item: dict[str, Any]) -> tuple[str, Features] | None:
    track_id = text(item.get("id"))
    return (track_id, features_from(item)) if track_id else None


def _first_image(images: object) -> str | None:
    """The largest picture."""
    # "Images ... in various sizes, widest first" (OpenAPI description).
    return next((url for image in mappings(images) if (url := text(image.get("url")))), None)
