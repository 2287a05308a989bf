"""Spotify's Web API: artists and tracks, in Development Mode as well as with Extended Quota.

spotipy speaks to the API over our own session, never its default one, which sleeps through a
Retry-After of hours. In Development Mode an answer has no popularity, no followers and no genres
(changes of February 2026); every field that may be absent is read as such.
"""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar
from urllib.parse import quote

from showlist_assets.domain.catalog import FoundArtist, FoundTrack, SearchAnswer
from showlist_assets.sources.failures import (
    BadAnswer,
    Permanent,
    TokenExpired,
    Transient,
    addresses_of,
    refuse_unusable_keys,
)
from showlist_assets.sources.features import Features, features_from
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.spotify.app_token import AppToken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from showlist_assets.sources.http.session import ApiSession

_log = logging.getLogger(__name__)

_T = TypeVar("_T")
Mode = Literal["development", "extended"]


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
        self._token = AppToken(session, accounts_url.rstrip("/"), client_id, client_secret)
        session.authorize = self._token
        self.malformed = 0

    @property
    def usage(self) -> ApiUsage:
        """What was sent and what was spared."""
        return self._session.usage + ApiUsage(malformed=self.malformed)

    def check(self) -> None:
        """Fetch a token and search once, to see whether the app may."""
        with self._session.asking_anew():
            self.search("music")

    def search(self, name: str, *, newer_than: datetime | None = None) -> SearchAnswer:
        """One combined search for artists and tracks called ``name``: one call.

        Args:
            name: What to search for.
            newer_than: A kept answer counts only if it was given after this moment.

        Raises:
            SourceError: as ``failures`` says.
        """
        before = self.malformed
        with self._session.request_scope(newer_than=newer_than):
            answer = self._search(name)
        if self.malformed > before:
            # What was passed over may be the very artist. Oddities pass, so it is asked once more.
            with self._session.asking_anew():
                answer = self._search(name)
        return answer

    def _search(self, name: str) -> SearchAnswer:
        body = self._ask(
            lambda spotify: spotify.search(name, limit=10, type="artist,track", market=self._market)
        )
        return SearchAnswer(
            artists=tuple(self._each(_items(body.get("artists")), _artist)),
            tracks=tuple(self._each(_items(body.get("tracks")), _track)),
        )

    def artist(self, artist_id: str) -> FoundArtist:
        """The artist with this id: one call.

        Raises:
            NotFound: there is none.
            SourceError: as ``failures`` says.
        """
        with self._session.request_scope():
            found = _artist(self._ask(lambda spotify: spotify.artist(artist_id)))
            if found is None:
                raise _unreadable("an artist")
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
            newer_than: A kept answer counts only if it was given after this moment.

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

    def _each(self, items: object, read: Callable[[dict[str, Any]], _T | None]) -> list[_T]:
        """``items`` read one by one; null and malformed ones are passed over.

        Raises:
            BadAnswer: it is no list, or not one of its items can be read. An empty list would look
                as if nothing had been found, for good.
        """
        if not isinstance(items, list):
            raise _unreadable("a list")
        given = [item for item in items if item is not None]
        read_ones = [read(item) for item in given if isinstance(item, dict)]
        good = [one for one in read_ones if one is not None]
        if given and not good:
            raise _unreadable("a list of what was asked for")
        if malformed := len(given) - len(good):
            self.malformed += malformed
            _log.warning("Spotify: %d of %d items were malformed", malformed, len(given))
        return good

    def _ask(self, question: Callable[[Any], Any]) -> dict[str, Any]:
        """The answer to ``question``, with a new token if the old one is no longer taken.

        Stray 401s come, too (SpotifyWebApiPython 1.0.276); a new token answers them as well.
        """
        try:
            return _asked(question, self._client)
        except TokenExpired:
            self._token.refuse(self._token.given)
        return self._ask_again(question)

    def _ask_again(self, question: Callable[[Any], Any]) -> dict[str, Any]:
        try:
            return _asked(question, self._client)
        except TokenExpired as failure:
            what, status = failure.what, failure.status
        raise Transient(
            f"Spotify does not take the token that it has just given, while {what}. This passes "
            f"within minutes, as a rule; if not, check that {addresses_of('spotify')} belong "
            "together.",
            service="spotify",
            what=what,
            status=status,
        )

    @cached_property
    def _client(self) -> Any:
        import spotipy

        # Its own header is replaced when a request is really sent.
        client = spotipy.Spotify(auth="unused", requests_session=self._session)
        client.prefix = f"{self._api_url}/v1/"
        return client


def _asked(question: Callable[[Any], Any], client: Any) -> dict[str, Any]:
    from spotipy.exceptions import SpotifyException

    try:
        body = question(client)
    except SpotifyException as error:
        # The session raises failures of its own; this is spotipy refusing an id before it asks.
        raise Permanent(
            f"Spotify was not asked: {error.msg} Check the id that was given.", service="spotify"
        ) from None
    if not isinstance(body, dict):
        raise _unreadable("an object")
    return body


def _unreadable(expected: str) -> BadAnswer:
    return BadAnswer(
        f"Spotify answered with something that is not {expected}. Run it again later; if it stays "
        f"so, check {addresses_of('spotify')}.",
        service="spotify",
        what=f"reading {expected}",
    )


def _items(page: object) -> object:
    return page.get("items") if isinstance(page, dict) else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


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
    artists = [
        artist
        for one in _list(item.get("artists"))
        if isinstance(one, dict) and (artist := _artist(one))
    ]
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


def _features(item: dict[str, Any]) -> tuple[str, Features] | None:
    track_id = _text(item.get("id"))
    return (track_id, features_from(item)) if track_id else None


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
