"""``showlist login``, ``logout``, ``forget`` and ``accounts``: what a person sees of a login.

What belongs here: the browser, the pasted address, the words. What does not: the steps between them
(``services.listeners``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from showlist_assets.cli.options import BASE, Base, OfDemo, World, platform_asking, platform_of
from showlist_assets.cli.options import console as terminal

if TYPE_CHECKING:
    from rich.console import Console

    from showlist_assets.services.listeners.accounts import Account
    from showlist_assets.sources.spotify.login import LoginAttempt
    from showlist_assets.wiring import Platform

AccountName = Annotated[str, typer.Argument(help="What recipes call the listener.")]

_PATIENCE: Final = 300.0


def login(
    name: AccountName = "me",
    port: Annotated[
        int | None,
        typer.Option(
            help="Port of this machine for Spotify's answer; else SHOWLIST_LOGIN_PORT, or 8888.",
            min=1,
            max=65535,
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option(help="Without: open the page anywhere, and paste the answer.")
    ] = True,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Let a listener agree that Showlist writes their playlists."""
    with platform_asking(home, world, sandbox=sandbox) as platform:
        log_in(platform, name, terminal, port=port, browser=browser)


def logout(
    name: AccountName = "me",
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Delete a listener's tokens; what was written for them stays on record."""
    log_out(platform_of(home, world, sandbox=sandbox), name, terminal)


def forget(
    name: AccountName = "me",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Delete all that is kept of a listener; their playlists at Spotify stay."""
    platform = platform_of(home, world, sandbox=sandbox)
    if not yes:
        typer.confirm(f"Delete the tokens and the history of {name}?", abort=True)
    forget_listener(platform, name, terminal)


def accounts(sandbox: OfDemo = False, world: World = None, home: Base = BASE) -> None:
    """List who has logged in, and how long each permission lasts."""
    list_accounts(platform_of(home, world, sandbox=sandbox), terminal)


def log_in(
    platform: Platform,
    name: str,
    console: Console,
    *,
    port: int | None = None,
    browser: bool = True,
    patience: float = _PATIENCE,
) -> Account:
    """Let a listener agree at Spotify, and keep their account as ``name``.

    Args:
        platform: Whose app and accounts.
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
    from showlist_assets.services.listeners.accounts import account_status
    from showlist_assets.services.listeners.callback_server import PATH

    steps, port = platform.login, port or platform.settings.login_port
    attempt = steps.begin(name, redirect_uri=f"http://127.0.0.1:{port}{PATH}")
    if browser:
        code = _code_by_browser(attempt, console, port, patience)
    else:
        code = _code_by_hand(attempt, console)
    account = steps.finish(name, attempt, code)
    console.print(
        f"Logged in as {escape(account.display_name)}; recipes call this account {name}. "
        f"{account_status(account, now=platform.now()).capitalize()}.",
        soft_wrap=True,
    )
    return account


def log_out(platform: Platform, name: str, console: Console) -> None:
    """Delete the tokens of account ``name``, and say how the permission itself is ended.

    Raises:
        AccountError: they cannot be deleted, or there are none.
    """
    from showlist_assets.services.forgetting_listeners import HOW_TO_WITHDRAW
    from showlist_assets.services.listeners.accounts import AccountError

    if not platform.accounts.remove(name):
        raise AccountError(f"There is no account {name!r}, so nobody was logged out.")
    # Whoever logs in anew under the name is not to meet the pages of before.
    platform.web_sessions.end_all(name)
    console.print(f"Logged out {name}.")
    console.print(HOW_TO_WITHDRAW, soft_wrap=True)


def forget_listener(platform: Platform, name: str, console: Console) -> None:
    """Delete all that is kept of account ``name``.

    Raises:
        AccountError: the tokens cannot be deleted, or nothing was kept.
        PushError: a push of one of their recipes goes on.
        RecipeError, StorageError: a file cannot be deleted.
    """
    from showlist_assets.defs.runless import forget_in_dagster
    from showlist_assets.services.forgetting_listeners import HOW_TO_WITHDRAW
    from showlist_assets.services.listeners.accounts import AccountError

    forgotten = platform.forget_listener(name)
    if not forgotten.anything:
        raise AccountError(f"Nothing was kept of an account {name!r}.")
    forget_in_dagster(forgotten)
    console.print(f"Nothing is kept of {name} any more.")
    for recipe in forgotten.left:
        console.print(
            f"{platform.recipes.uri_of(recipe)} still names the account: it was written by hand, "
            "so it is left to you.",
            soft_wrap=True,
        )
    console.print(HOW_TO_WITHDRAW, soft_wrap=True)


def list_accounts(platform: Platform, console: Console) -> None:
    """Print who has logged in, and how long the permission lasts.

    Raises:
        AccountError: an account cannot be read.
    """
    from rich.table import Table

    from showlist_assets.services.listeners.accounts import account_status, needs_attention

    known = platform.accounts.all()
    if not known:
        console.print("Nobody has logged in: run `showlist login`.")
        return
    now = platform.now()
    table = Table(box=None)
    for column in ("account", "listener", "permission"):
        table.add_column(column, overflow="fold")
    for account in known:
        colour = "yellow" if needs_attention(account, now=now) else "default"
        table.add_row(
            account.name,
            escape(account.display_name),
            f"[{colour}]{account_status(account, now=now)}[/]",
        )
    console.print(table)


def _code_by_browser(attempt: LoginAttempt, console: Console, port: int, patience: float) -> str:
    import webbrowser

    from showlist_assets.services.listeners.callback_server import CallbackServer

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
    from showlist_assets.sources.spotify.login import LoginError

    try:
        pasted = console.input("Address: ")
    except EOFError:
        raise LoginError(
            "No address was pasted, so the login has ended. Run `showlist login --no-browser` in a "
            "terminal."
        ) from None
    # A terminal may break a long line in two.
    return attempt.code_in("".join(pasted.split()))
