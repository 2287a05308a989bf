"""A listener of the sandbox who has agreed: so that demo and UI end with a real playlist.

What belongs here: what a person would do by hand with ``showlist login`` and an editor. Only the
command line's demo and UI use it; the platform itself does not know that the sandbox exists.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from showlist_assets.sandbox.state.listeners import DEFAULT_LISTENER
from showlist_assets.services.listeners.accounts import Account
from showlist_assets.sources.spotify.login import SCOPES

if TYPE_CHECKING:
    from pathlib import Path

    from showlist_assets.cli.home_sandbox import RunningSandbox
    from showlist_assets.wiring import Platform

_ACCOUNT: Final = "me"
RECIPE: Final = "live-near-you"


def connect_listener(sandbox: RunningSandbox, platform: Platform) -> Account:
    """Log the sandbox's listener in as the account "me", unless that one still holds."""
    from showlist_assets.services.listeners.accounts import AccountError

    with suppress(AccountError):
        known = platform.accounts.read(_ACCOUNT)
        if sandbox.consent_holds(known.refresh_token.get_secret_value()):
            return known
    account = Account(
        name=_ACCOUNT,
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


def write_recipe(folder: Path, states: list[str]) -> None:
    """The demo's recipe: the next three months in ``states``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{RECIPE}.yaml").write_text(
        "# Written by `showlist demo`; docs/recipes.md says what else a recipe can hold.\n"
        'title: "Live near you: {dates}"\n'
        f"states: [{', '.join(states)}]\n"
        "when: next 3 months\n"
        "tracks_per_artist: 1\n"
        "max_tracks: 40\n",
        encoding="utf-8",
    )
