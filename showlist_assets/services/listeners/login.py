"""``showlist login``, ``logout``, ``forget`` and ``accounts``: a listener comes, and goes.

What belongs here: the steps that a person sees. What does not: what Spotify is asked
(``sources.spotify.login``), the page at the end (``callback_server``), what is kept (``accounts``).
"""

from __future__ import annotations

import webbrowser
from typing import TYPE_CHECKING, Final

from rich.markup import escape

from showlist_assets.defs.resources import ledger_of
from showlist_assets.services.listeners.accounts import (
    Account,
    AccountError,
    account_status,
    needs_attention,
    open_accounts,
)
from showlist_assets.services.listeners.callback_server import PATH, CallbackServer
from showlist_assets.settings import SettingsError
from showlist_assets.sources.failures import refuse_unusable_keys
from showlist_assets.sources.http.session import ApiSession
from showlist_assets.sources.spotify.login import LoginAttempt, LoginError, listener_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from rich.console import Console

    from showlist_assets.settings import Settings
    from showlist_assets.sources.http.ledger import Ledger
    from showlist_assets.sources.spotify.login import Listener, Tokens

_PATIENCE: Final = 300.0
_APPS_OF_A_LISTENER: Final = "https://www.spotify.com/account/apps/"


def log_in(
    settings: Settings,
    name: str,
    console: Console,
    *,
    port: int | None = None,
    browser: bool = True,
    patience: float = _PATIENCE,
) -> Account:
    """Let a listener agree at Spotify, and keep their account as ``name``.

    Args:
        settings: Name the Spotify app and the folder of accounts.
        name: What recipes call the listener.
        console: Tells the person what to do.
        port: Of 127.0.0.1, where the answer is waited for; by default that of the settings.
        browser: Open one; without, the person opens the address anywhere and pastes the answer.
        patience: Seconds to wait for the answer in the browser.

    Raises:
        LoginError: it came to nothing; nothing was changed.
        AccountError: the account cannot be kept.
        SettingsError: no Spotify app is configured.
        SourceError: Spotify refuses the app or the listener.
    """
    store, ledger = open_accounts(settings), _ledger(settings)
    store.refuse_sixth(name)
    ledger.refuse_if_spent()
    attempt = LoginAttempt(
        accounts_url=settings.spotify_accounts_url,
        client_id=_client_id(settings),
        redirect_uri=f"http://127.0.0.1:{port or settings.login_port}{PATH}",
    )
    if browser:
        code = _code_by_browser(attempt, console, port or settings.login_port, patience)
    else:
        code = _code_by_hand(attempt, console)
    session = ApiSession("spotify", ledger=ledger)
    now = settings.current_time()
    tokens = attempt.tokens_for(session, code, now=now)
    account = _account(name, listener_of(session, settings.spotify_url, tokens), tokens, now)
    with store.lock():
        _refuse_other_listener(store.find(name), account)
        store.save(account)
    console.print(
        f"Logged in as {escape(account.display_name)}; recipes call this account {name}. "
        f"{account_status(account, now=now).capitalize()}.",
        soft_wrap=True,
    )
    return account


def log_out(settings: Settings, name: str) -> bool:
    """Delete the tokens of account ``name``; returns whether there was one.

    Raises:
        AccountError: they cannot be deleted.
    """
    return open_accounts(settings).remove(name)


def forget(settings: Settings, name: str, *, also: Iterable[Callable[[str], object]] = ()) -> bool:
    """Delete everything of account ``name``; returns whether there was such an account.

    The tokens go first, so that nothing is written for the listener meanwhile. What was deleted
    already does no harm: after a failure, run it again.

    Args:
        settings: Name the folder of accounts.
        name: The account.
        also: Each deletes, by the account's name, what another part keeps of a listener.

    Raises:
        AccountError: the tokens cannot be deleted.
    """
    had_account = log_out(settings, name)
    for delete in also:
        delete(name)
    return had_account


def list_accounts(settings: Settings, console: Console) -> None:
    """Print who has logged in, and how long the permission lasts.

    Raises:
        AccountError: an account cannot be read.
    """
    from rich.table import Table

    accounts = open_accounts(settings).all()
    if not accounts:
        console.print("Nobody has logged in: run `showlist login`.")
        return
    now = settings.current_time()
    table = Table(box=None)
    for column in ("account", "listener", "permission"):
        table.add_column(column, overflow="fold")
    for account in accounts:
        colour = "yellow" if needs_attention(account, now=now) else "default"
        table.add_row(
            account.name,
            escape(account.display_name),
            f"[{colour}]{account_status(account, now=now)}[/]",
        )
    console.print(table)


def how_to_withdraw() -> str:
    """Where a listener ends the permission itself; an app cannot."""
    return f"The listener can withdraw the permission itself at {_APPS_OF_A_LISTENER}"


def _client_id(settings: Settings) -> str:
    if settings.spotify_client_id is None:
        raise SettingsError(
            "SPOTIFY_CLIENT_ID is not set, so nobody can log in. Put it into .env (see "
            ".env.example) or the environment; `showlist doctor` lists what is missing."
        )
    client_id = settings.spotify_client_id.get_secret_value()
    refuse_unusable_keys("spotify", client_id)
    return client_id


def _ledger(settings: Settings) -> Ledger:
    return ledger_of("spotify", settings.spotify_url, settings, purpose="playlist")


def _code_by_browser(attempt: LoginAttempt, console: Console, port: int, patience: float) -> str:
    with CallbackServer(port, attempt.code_in) as server:
        opened = webbrowser.open(attempt.url)
        start = "Your browser shows" if opened else "No browser could be started. Open"
        console.print(f"{start} this page, where you agree:\n{attempt.url}\n", soft_wrap=True)
        console.print(
            f"Waiting for Spotify's answer at {attempt.redirect_uri}, which must be a redirect URI "
            "of your Spotify app. Ctrl-C ends it.",
            soft_wrap=True,
        )
        return server.code(within=patience)


def _code_by_hand(attempt: LoginAttempt, console: Console) -> str:
    console.print(
        f"Open this page in any browser, and agree:\n{attempt.url}\n\nYour browser is then sent to "
        f"an address that begins with {attempt.redirect_uri} and may show an error. Copy the whole "
        "address and paste it here.",
        soft_wrap=True,
    )
    try:
        pasted = console.input("Address: ")
    except EOFError:
        raise LoginError(
            "No address was pasted, so the login has ended. Run `showlist login --no-browser` in a "
            "terminal."
        ) from None
    # A terminal may break a long line in two.
    return attempt.code_in("".join(pasted.split()))


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
