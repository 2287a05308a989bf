"""A listener of the sandbox who has agreed: so that demo and UI end with a real playlist.

What belongs here: what a person would do by hand with ``showlist login`` and an editor. Only the
command line's demo and UI use it; the platform itself does not know that the sandbox exists.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from showlist_assets.sandbox.state.listeners import DEFAULT_LISTENER
from showlist_assets.sandbox.state.listening import LISTENBRAINZ_USER
from showlist_assets.services.listeners.accounts import Account
from showlist_assets.services.listening.profile import ListeningProfile
from showlist_assets.sources.spotify.login import SCOPES

if TYPE_CHECKING:
    from pathlib import Path

    from showlist_assets.cli.home_sandbox import RunningSandbox
    from showlist_assets.wiring import Platform

ACCOUNT: Final = "me"
RECIPE: Final = "live-near-you"
DISCOVERED: Final = "made-for-you"
# Where the sandbox's listener has lunch at noon.
_TIMEZONE: Final = "America/Los_Angeles"


def connect_listener(sandbox: RunningSandbox, platform: Platform) -> Account:
    """Log the sandbox's listener in as the account "me", unless that one still holds."""
    from showlist_assets.services.listeners.accounts import AccountError

    with suppress(AccountError):
        known = platform.accounts.read(ACCOUNT)
        # A consent of an earlier version may not read what is played.
        is_enough = set(SCOPES) <= set(known.scopes)
        if is_enough and sandbox.consent_holds(known.refresh_token.get_secret_value()):
            return known
    account = Account(
        name=ACCOUNT,
        user_id=DEFAULT_LISTENER,
        display_name=sandbox.display_name(DEFAULT_LISTENER),
        refresh_token=SecretStr(sandbox.consent(SCOPES, DEFAULT_LISTENER)),
        scopes=SCOPES,
        consented_at=platform.now(),
    )
    # Of a sandbox that forgets, nobody who logged in before is there any more.
    platform.accounts.remove(account.name)
    platform.accounts.save(account)
    return account


def connect_listening(platform: Platform) -> None:
    """Connect the account's plays at ListenBrainz, unless something of them is kept already.

    Raises:
        AccountError, StorageError: what is kept cannot be read or written.
    """
    if ACCOUNT in platform.listening_store.accounts():
        return
    platform.listening_profiles.save(
        ACCOUNT, ListeningProfile(listenbrainz_name=LISTENBRAINZ_USER, timezone=_TIMEZONE)
    )


def write_recipe(folder: Path, states: list[str]) -> None:
    """The demo's recipe: the next three months in ``states``."""
    _write(
        folder / f"{RECIPE}.yaml",
        'title: "Live near you: {dates}"\n'
        f"states: [{', '.join(states)}]\n"
        "when: next 3 months\n"
        "tracks_per_artist: 1\n"
        "max_tracks: 40\n",
    )


def write_discovering_recipe(folder: Path) -> None:
    """The recipe of the songs that the listener may like and does not play."""
    _write(
        folder / f"{DISCOVERED}.yaml",
        "discover: similar to what I play\ntracks_per_artist: 2\nmax_tracks: 30\n",
    )


def _write(file: Path, recipe: str) -> None:
    told = "# Written by `showlist demo`; docs/recipes.md says what else a recipe can hold.\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{told}{recipe}", encoding="utf-8")
