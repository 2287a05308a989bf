"""The token of a Spotify app (client credentials): fetched when a request is really sent."""

from __future__ import annotations

import logging
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from showlist_assets.sources.http.bearer_token import BearerToken
from showlist_assets.sources.json_values import text
from showlist_assets.sources.spotify.session import unreadable

if TYPE_CHECKING:
    from showlist_assets.sources.http.session import ApiSession


class AppToken(BearerToken):
    """Puts the app's token into requests; threads that need a new one share one fetch."""

    def __init__(
        self, session: ApiSession, accounts_url: str, client_id: str, client_secret: str
    ) -> None:
        super().__init__()
        self._session, self._url = session, f"{accounts_url}/api/token"
        self._client_id, self._client_secret = client_id, client_secret
        self._lock = Lock()

    @override
    def usable(self) -> str:
        with self._lock:
            token = self._token(renew=False)
            # Another thread may have renewed it while this one waited for the lock.
            return self._token(renew=True) if token == self._refused else token

    def _token(self, *, renew: bool) -> str:
        try:
            given = self._credentials.get_access_token(as_dict=False, check_cache=not renew)
        # spotipy reads the answer without looking at its types.
        except (AttributeError, KeyError, TypeError):
            given = None
        token = text(given)
        if token is None:
            # spotipy would give the same answer out for an hour.
            self._credentials.cache_handler.save_token_to_cache(None)
            raise unreadable("a token", what="fetching a token")
        return token

    @cached_property
    def _credentials(self) -> Any:
        from spotipy.cache_handler import MemoryCacheHandler
        from spotipy.oauth2 import SpotifyClientCredentials

        for name in ("spotipy.client", "spotipy.oauth2"):
            logging.getLogger(name).addFilter(_tells_no_secret)
        credentials = SpotifyClientCredentials(
            client_id=self._client_id,
            client_secret=self._client_secret,
            requests_session=self._session,
            cache_handler=MemoryCacheHandler(),
        )
        # An attribute of the class; spotipy has no argument for it.
        credentials.OAUTH_TOKEN_URL = self._url
        return credentials


def _tells_no_secret(record: logging.LogRecord) -> bool:
    """A filter, since a level can be changed later: at DEBUG spotipy logs tokens and secrets."""
    return record.levelno > logging.DEBUG
