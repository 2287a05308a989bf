"""A listener comes: what is asked of Spotify, and what is kept once they have agreed.

What belongs here: the steps before and after a person agrees. What does not: what that person sees
(``cli.accounts``), what Spotify is asked (``sources.spotify.login``), the page at the end
(``callback_server``), where an account is kept (``accounts``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.services.listeners.accounts import Account, AccountError
from showlist_assets.sources.failures import refuse_unusable_keys
from showlist_assets.sources.spotify.login import LoginAttempt, listener_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from showlist_assets.services.listeners.accounts import AccountStore
    from showlist_assets.sources.http.ledger import Ledger
    from showlist_assets.sources.http.session import ApiSession
    from showlist_assets.sources.spotify.login import Listener, Tokens


class Login:
    """The login of one Spotify app."""

    def __init__(
        self,
        *,
        accounts: AccountStore,
        ledger: Ledger,
        session: ApiSession,
        api_url: str,
        accounts_url: str,
        client_id: str,
        clock: Callable[[], datetime],
    ) -> None:
        """Read and send nothing yet.

        Args:
            accounts: Where the account is kept.
            ledger: Of the calls for playlists; a login is one of them.
            session: Sends the requests, counted by that ledger.
            api_url: Such as https://api.spotify.com.
            accounts_url: Such as https://accounts.spotify.com.
            client_id: Of the app.
            clock: The present (UTC).

        Raises:
            WrongKey: the client id cannot be sent.
        """
        refuse_unusable_keys("spotify", client_id)
        self._accounts, self._ledger, self._session = accounts, ledger, session
        self._api_url, self._accounts_url = api_url, accounts_url
        self._client_id, self._clock = client_id, clock

    def begin(self, name: str, *, redirect_uri: str) -> LoginAttempt:
        """The address at which a person agrees, once it is sure that the account can be kept.

        Args:
            name: What recipes will call the listener.
            redirect_uri: Where Spotify sends the browser; one of the app's.

        Raises:
            AccountError: there is no room for it, or the name cannot be one.
            SourceError: no call is left for it today.
        """
        self._accounts.refuse_sixth(name)
        # Asking who has logged in is a call; better told now than after the listener has agreed.
        self._ledger.refuse_if_spent()
        return LoginAttempt(
            accounts_url=self._accounts_url, client_id=self._client_id, redirect_uri=redirect_uri
        )

    def finish(
        self, name: str, attempt: LoginAttempt, code: str, *, or_as_known: bool = False
    ) -> Account:
        """Trade the ``code`` that Spotify sent for tokens, and keep the listener as ``name``.

        Args:
            name: As ``begin`` was told.
            attempt: What that returned.
            code: Works once.
            or_as_known: Keep a listener who has an account of another name there instead.

        Raises:
            LoginError: it came to nothing; nothing was changed.
            AccountError: the account cannot be kept, or is another listener's.
            SourceError: Spotify refuses the app or the listener.
        """
        now = self._clock()
        tokens = attempt.tokens_for(self._session, code, now=now)
        account = _account(name, listener_of(self._session, self._api_url, tokens), tokens, now)
        with self._accounts.lock():
            if or_as_known:
                known_as = self._names_of(account.user_id)
                account = account.model_copy(update={"name": next(known_as, name)})
            # Within the lock: another login may have taken the name while Spotify answered.
            _refuse_other_listener(self._accounts.find(name), account)
            self._accounts.save(account)
        return account

    def _names_of(self, user_id: str) -> Iterator[str]:
        return (known.name for known in self._accounts.all() if known.user_id == user_id)


def _account(name: str, listener: Listener, tokens: Tokens, now: datetime) -> Account:
    return Account(
        name=name,
        user_id=listener.user_id,
        display_name=listener.display_name,
        refresh_token=tokens.refresh_token,
        access_token=tokens.access_token,
        access_token_expires_at=tokens.expires_at,
        scopes=tokens.scopes,
        consented_at=now,
    )


def _refuse_other_listener(known: Account | None, came: Account) -> None:
    """Another listener's playlists must not be looked for in this one's library."""
    if known is not None and known.user_id != came.user_id:
        raise AccountError(
            f"Account {came.name!r} is {known.display_name}'s, but {came.display_name} has just "
            f"agreed. Log out of Spotify in the browser and try again, choose another name "
            f"(`showlist login NAME`), or run `showlist forget {came.name}` first."
        )
