"""The steps of a playlist, as the assets and the command line take them: plan it, push it.

What belongs here: putting the parts together from the settings. What does not: what each part does
(``domain.playlists.planner``, ``push``, ``accounts``).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from showlist_assets.domain.playlists.planner import plan_playlist
from showlist_assets.domain.states import BY_CODE
from showlist_assets.services.listeners.accounts import (
    AccountError,
    account_status,
    needs_attention,
    open_accounts,
)
from showlist_assets.services.playlists.history import PlaylistHistory
from showlist_assets.services.playlists.push import PushError, push, rollback
from showlist_assets.settings import SettingsError
from showlist_assets.storage.tables import open_files, open_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.listeners.accounts import Account
    from showlist_assets.services.playlists.push_result import PushResult
    from showlist_assets.settings import Settings
    from showlist_assets.sources.spotify.playlists import SpotifyPlaylists

NO_ACCOUNT: Final = (
    "No account {name!r} is connected, so nothing was sent to Spotify: run `showlist login {name}`."
)
_LOCK_SECONDS: Final = 30.0


def listeners_date(recipe: Recipe, now: datetime) -> date:
    """The date where the recipe's shows are; of several time zones, that of its first state."""
    return now.astimezone(ZoneInfo(BY_CODE[recipe.states[0]].timezone)).date()


def make_plan(recipe: Recipe, settings: Settings) -> Plan:
    """The playlist of ``recipe`` from the stored shows.

    Raises:
        RecipeError: a place of the recipe is not known.
        StorageError: the shows cannot be read.
    """
    shows = open_tables(settings.data_root).read("upcoming_shows", recipe.states)
    return plan_playlist(recipe, shows, today=listeners_date(recipe, settings.current_time()))


def history_in(settings: Settings) -> PlaylistHistory:
    """What was ever pushed."""
    return PlaylistHistory(open_files(settings.data_root))


def connected_account(recipe: Recipe, settings: Settings) -> Account | None:
    """The account of ``recipe``; None while nobody has logged in under its name."""
    return open_accounts(settings).find(recipe.account)


def client_for(account: Account, settings: Settings) -> SpotifyPlaylists:
    """A client that writes the playlists of ``account``.

    Raises:
        SettingsError: no Spotify app is configured.
    """
    from showlist_assets.defs.resources import ledger_of
    from showlist_assets.sources.http.session import ApiSession
    from showlist_assets.sources.spotify.playlists import SpotifyPlaylists
    from showlist_assets.sources.spotify.user_token import UserToken

    if settings.spotify_client_id is None:
        raise SettingsError(
            "SPOTIFY_CLIENT_ID is not set, so no playlist can be written. Put it into .env (see "
            ".env.example) or the environment."
        )
    ledger = ledger_of("spotify", settings.spotify_url, settings, purpose="playlist")
    session = ApiSession("spotify", patience=35, ledger=ledger)
    session.authorize = UserToken(
        session,
        settings.spotify_accounts_url,
        settings.spotify_client_id.get_secret_value(),
        open_accounts(settings).tokens(account.name),
        clock=settings.current_time,
    )
    return SpotifyPlaylists(session, settings.spotify_url)


def push_plan(
    recipe: Recipe,
    plan: Plan,
    settings: Settings,
    *,
    run_id: str,
    dry_run: bool = False,
    recreate: bool = False,
) -> PushResult | None:
    """Make the listener's playlist what ``plan`` says; None while no account is connected.

    Raises:
        PushError: refused; nothing was written.
        SourceError: Spotify or the ledger ended it; the next push goes on from there.
        AccountError, CoverError, SettingsError, StorageError: as their messages say.
    """
    account = connected_account(recipe, settings)
    if account is None:
        return None
    with _alone(recipe, settings):
        return push(
            plan,
            client=client_for(account, settings),
            history=history_in(settings),
            account=account,
            now=settings.current_time(),
            run_id=run_id,
            public=recipe.public,
            cover=_cover(recipe, plan) if plan.tracks and not dry_run else None,
            dry_run=dry_run,
            recreate=recreate,
        )


def roll_back(
    recipe: Recipe, to: int, settings: Settings, *, run_id: str, dry_run: bool = False
) -> PushResult:
    """Bring back what push number ``to`` left.

    Raises:
        AccountError: no account is connected.
        PushError, SourceError, StorageError: as ``push_plan``.
    """
    account = connected_account(recipe, settings)
    if account is None:
        raise AccountError(NO_ACCOUNT.format(name=recipe.account))
    with _alone(recipe, settings):
        return rollback(
            recipe.name,
            to=to,
            client=client_for(account, settings),
            history=history_in(settings),
            account=account,
            now=settings.current_time(),
            run_id=run_id,
            dry_run=dry_run,
        )


def account_warning(recipe: Recipe, settings: Settings) -> str:
    """What the listener should know of the permission soon; empty while all is well."""
    account, now = connected_account(recipe, settings), settings.current_time()
    if account is None or not needs_attention(account, now=now):
        return ""
    return f"Account {account.name}: {account_status(account, now=now)}."


@contextmanager
def _alone(recipe: Recipe, settings: Settings) -> Iterator[None]:
    """A context in which no other process pushes the recipe; accounts live on one machine.

    Raises:
        PushError: another one does.
    """
    lock = FileLock(open_accounts(settings).folder / f"{recipe.name}.push.lock", mode=0o600)
    try:
        lock.acquire(timeout=_LOCK_SECONDS)
    except Timeout:
        raise PushError(
            f"Another push of recipe {recipe.name!r} is under way. Wait for it to end."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _cover(recipe: Recipe, plan: Plan) -> bytes | None:
    if not recipe.cover:
        return None
    from showlist_assets.services.playlists.cover import draw_cover

    days = sorted(track.local_date for track in plan.tracks)
    first, last = (f"{day:%b} {day.day}" for day in (days[0], days[-1]))
    dates = first if first == last else f"{first} to {last}"
    return draw_cover(plan.title, dates, seed=recipe.name)
