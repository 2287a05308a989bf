"""The token of a listener: renewed when a request is really sent, by one process for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from typing_extensions import override

from showlist_assets.sources.failures import NeedsConsent, Transient
from showlist_assets.sources.http.bearer_token import BearerToken
from showlist_assets.sources.spotify.login import renewed

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from showlist_assets.sources.http.session import ApiSession
    from showlist_assets.sources.spotify.login import Tokens

# A request takes its time, and two clocks differ by seconds.
_MARGIN_SECONDS: Final = 60
_TRIES: Final = 3
_RENEWING: Final = "renewing a listener's token"


class TokenStore(Protocol):
    """One listener's tokens, wherever they are kept for all processes."""

    def lock(self) -> AbstractContextManager[object]:
        """A context in which no other process or thread changes them."""
        ...

    def read(self) -> Tokens:
        """The tokens as they are now.

        Raises:
            NeedsConsent: they are known to be dead.
        """
        ...

    def write(self, tokens: Tokens, *, instead_of: Tokens) -> Tokens:
        """Keep ``tokens``, unless there are others than ``instead_of`` by now; returns the kept."""
        ...

    def end(self, dead: Tokens) -> NeedsConsent | None:
        """Mark them as dead, unless there are others than ``dead`` by now (None).

        Returns:
            What the listener is told.
        """
        ...


class UserToken(BearerToken):
    """Puts a listener's token into requests.

    Nothing is remembered here: what another process renewed, ended or deleted counts at once.
    """

    def __init__(
        self,
        session: ApiSession,
        accounts_url: str,
        client_id: str,
        store: TokenStore,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        """Nothing is sent or read yet.

        Args:
            session: Sends the token requests.
            accounts_url: Such as https://accounts.spotify.com.
            client_id: Of the Spotify app that the listener agreed to.
            store: The listener's tokens.
            clock: The present (UTC).
        """
        super().__init__()
        self._session, self._url = session, accounts_url.rstrip("/")
        self._client_id, self._store, self._clock = client_id, store, clock

    @override
    def usable(self) -> str | None:
        """A token of now.

        Raises:
            NeedsConsent: the listener has to log in again; Spotify is asked once, and not again.
            SourceError: no token can be had.
        """
        return self._usable(self._store.read()) or self._renewed()

    def _usable(self, tokens: Tokens) -> str | None:
        """The access token, if it lasts for another minute and was not refused."""
        if tokens.access_token in (None, self._refused) or tokens.expires_at is None:
            return None
        left = (tokens.expires_at - self._clock()).total_seconds()
        return tokens.access_token if left > _MARGIN_SECONDS else None

    def _renewed(self) -> str | None:
        """The new access token: our own, or that of whoever had the lock before us."""
        # With PKCE each renewal may end the refresh token before it (Spotify's page "Refreshing
        # tokens"): two processes that renew at once would lock the listener out.
        with self._store.lock():
            for _ in range(_TRIES):
                tokens = self._store.read()
                ready = self._usable(tokens)
                if ready:
                    return ready
                newer = self._newer(tokens)
                if newer:
                    # Before anybody uses it: Spotify may have withdrawn the old refresh token.
                    return self._store.write(newer, instead_of=tokens).access_token
                ended = self._store.end(tokens)
                if ended:
                    break
                # A machine that had the lock before us, and was cut off, has renewed it.
        raise ended or Transient(
            "The tokens of the listener change all the time.", service="spotify", what=_RENEWING
        )

    def _newer(self, tokens: Tokens) -> Tokens | None:
        """What Spotify gives for ``tokens``; None where it knows them no more."""
        try:
            return renewed(self._session, self._url, self._client_id, tokens, now=self._clock())
        except NeedsConsent:
            return None
