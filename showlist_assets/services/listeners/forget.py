"""A listener goes: everything that is kept of them is deleted.

What belongs here: the order. What does not: how each part deletes (``accounts``,
``services.playlists.history``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from showlist_assets.services.listeners.accounts import AccountStore

HOW_TO_WITHDRAW: Final = (
    "The listener can withdraw the permission itself at https://www.spotify.com/account/apps/"
)
"""Spotify lets nobody but the listener end a permission."""


def forget(
    accounts: AccountStore, name: str, *, also: Iterable[Callable[[str], object]] = ()
) -> bool:
    """Delete everything of account ``name``; returns whether there was such an account.

    The tokens go first, so that nothing is written for the listener meanwhile. What was deleted
    already does no harm: after a failure, run it again.

    Args:
        accounts: Hold the tokens.
        name: The account.
        also: Each deletes, by the account's name, what another part keeps of a listener.

    Raises:
        AccountError: the tokens cannot be deleted.
    """
    # Spotify gives five days to delete what is kept of a listener who leaves
    # (https://developer.spotify.com/terms).
    had_account = accounts.remove(name)
    for delete in also:
        delete(name)
    return had_account
