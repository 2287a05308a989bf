"""Spotify's Web API: artists and tracks, in Development Mode as well as with Extended Quota.

spotipy speaks to the API over our own session, never its default one, which sleeps through a
Retry-After of hours. In Development Mode an answer has no popularity, no followers and no genres
(changes of February 2026); every field that may be absent is read as such.
"""

from __future__ import annotations

import logging
from functools import cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from showlist_assets.domain.catalog import FoundArtist, FoundTrack, SearchAnswer
from showlist_assets.sources.failures import BadAnswer, TokenExpired, WrongKey
from showlist_assets.sources.features import Features, features_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from showlist_assets.sources.http import ApiSession

_T = TypeVar("_T")
Mode = Literal["development", "extended"]


class SpotifyCatalog:
    """The catalogue, with an app's own token: no listener is involved."""

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
        """
        self._session, self.mode, self._market = session, mode, market
        self._api_url, self._accounts_url = api_url.rstrip("/"), accounts_url.rstrip("/")
        self._client_id, self._client_secret = client_id, client_secret
        self._token_lock = Lock()

    @property
    def calls(self) -> int:
        """Requests sent so far, those for tokens included."""
        return self._session.calls.total()

    def check(self) -> None:
        """Fetch a token and search once, to see whether the app may."""
        self.search("music")

    def search(self, name: str) -> SearchAnswer:
        """One combined search for artists and tracks called ``name``: one call.

        Raises:
            SourceError: as ``failures`` says.
        """
        body = self._ask(partial(_search, name, self._market))
        return SearchAnswer(
            artists=tuple(_each(_items(body, "artists"), _artist)),
            tracks=tuple(_each(_items(body, "tracks"), _track)),
        )

    def top_tracks(self, artist_id: str) -> list[FoundTrack]:
        """Spotify's own ten top tracks of an artist, best first. Extended Quota only.

        Raises:
            EndpointGone: the app is in Development Mode after all.
            SourceError: as ``failures`` says.
        """
        body = self._ask(partial(_top_tracks, artist_id, self._market))
        return list(_each(_list(body.get("tracks")), _track))

    def audio_features(self, track_ids: Sequence[str]) -> dict[str, Features]:
        """Audio features by track id; an unknown track is missing. Extended Quota only.

        Raises:
            EndpointGone: the app was registered after 2024-11-27.
            SourceError: as ``failures`` says.
        """
        known: dict[str, Features] = {}
        for start in range(0, len(track_ids), self.batch_size):
            batch = list(track_ids[start : start + self.batch_size])
            items = self._ask(partial(_audio_features, batch))
            for item in _list(items["items"]):
                if isinstance(item, dict) and isinstance(item.get("id"), str):
                    known[item["id"]] = features_from(item)
        return known

    def _ask(self, question: Callable[[Any], Any]) -> dict[str, Any]:
        """The answer to ``question``, with a new token if the old one is no longer taken."""
        try:
            body = question(self._spotify(self._token()))
        except TokenExpired:
            try:
                body = question(self._spotify(self._token(renew=True)))
            except TokenExpired as failure:
                raise WrongKey(
                    "Spotify does not take the token that it has just given. Check "
                    "SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET.",
                    service="spotify",
                    what=failure.what,
                    status=failure.status,
                ) from None
        if not isinstance(body, dict):
            raise BadAnswer(
                "Spotify answered with something that is no object. Try again later.",
                service="spotify",
                what="reading an answer",
            )
        return body

    def _spotify(self, token: str) -> Any:
        import spotipy

        client = spotipy.Spotify(auth=token, requests_session=self._session)
        client.prefix = f"{self._api_url}/v1/"
        return client

    @cached_property
    def _credentials(self) -> Any:
        from spotipy.cache_handler import MemoryCacheHandler
        from spotipy.oauth2 import SpotifyClientCredentials

        # At DEBUG spotipy logs tokens and the client secret.
        for name in ("spotipy.client", "spotipy.oauth2"):
            logging.getLogger(name).setLevel(logging.INFO)
        credentials = SpotifyClientCredentials(
            client_id=self._client_id,
            client_secret=self._client_secret,
            requests_session=self._session,
            cache_handler=MemoryCacheHandler(),
        )
        credentials.OAUTH_TOKEN_URL = f"{self._accounts_url}/api/token"
        return credentials

    def _token(self, *, renew: bool = False) -> str:
        """A valid token; threads that need one at the same time share one request."""
        with self._token_lock:
            return str(self._credentials.get_access_token(as_dict=False, check_cache=not renew))


def _search(name: str, market: str, spotify: Any) -> dict[str, Any]:
    body: dict[str, Any] = spotify.search(name, limit=10, type="artist,track", market=market)
    return body


def _top_tracks(artist_id: str, market: str, spotify: Any) -> dict[str, Any]:
    body: dict[str, Any] = spotify.artist_top_tracks(artist_id, country=market)
    return body


def _audio_features(track_ids: list[str], spotify: Any) -> dict[str, Any]:
    return {"items": spotify.audio_features(track_ids)}


def _items(body: dict[str, Any], kind: str) -> list[Any]:
    found = body.get(kind)
    return _list(found.get("items")) if isinstance(found, dict) else []


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _each(items: Iterable[Any], read: Callable[[dict[str, Any]], _T | None]) -> Iterable[_T]:
    """``items`` read one by one; null and malformed ones are passed over."""
    for item in items:
        result = read(item) if isinstance(item, dict) else None
        if result is not None:
            yield result


def _artist(item: dict[str, Any]) -> FoundArtist | None:
    artist_id, name = _text(item.get("id")), _text(item.get("name"))
    if not artist_id or not name:
        return None
    followers = item.get("followers")
    return FoundArtist(
        artist_id=artist_id,
        name=name,
        genres=tuple(genre for genre in _list(item.get("genres")) if isinstance(genre, str)),
        popularity=_whole(item.get("popularity")),
        followers=_whole(followers.get("total")) if isinstance(followers, dict) else None,
        image_url=_first_image(item.get("images")),
    )


def _track(item: dict[str, Any]) -> FoundTrack | None:
    track_id, name = _text(item.get("id")), _text(item.get("name"))
    artists = list(_each(_list(item.get("artists")), _artist))
    if not track_id or not name or not artists:
        return None
    album = item["album"] if isinstance(item.get("album"), dict) else {}
    ids = item["external_ids"] if isinstance(item.get("external_ids"), dict) else {}
    explicit = item.get("explicit")
    return FoundTrack(
        track_id=track_id,
        track_name=name,
        artist_ids=tuple(artist.artist_id for artist in artists),
        artist_names=tuple(artist.name for artist in artists),
        album_name=_text(album.get("name")),
        album_image_url=_first_image(album.get("images")),
        release_date=_text(album.get("release_date")),
        duration_ms=_whole(item.get("duration_ms")),
        explicit=explicit if isinstance(explicit, bool) else None,
        isrc=_text(ids.get("isrc")),
        popularity=_whole(item.get("popularity")),
    )


def _first_image(images: object) -> str | None:
    """The largest picture: Spotify lists them widest first."""
    for image in _list(images):
        if isinstance(image, dict) and _text(image.get("url")):
            return str(image["url"])
    return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
