"""Who is logged in at the page: the secret of its cookies, and which of them still hold.

What belongs here: the numbers that a cookie must repeat. What does not: cookies (``web.visitors``).
``sessions.json`` lies beside the accounts. It holds no secret: a number is worth nothing without
the signature of a cookie, whose key is derived from that of the accounts.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.services.listeners.private_file import PrivateFile
from showlist_assets.services.listeners.secret_links import hash_of, is_same, new_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.services.listeners.accounts import AccountStore

OWNER_LINK_LASTS: Final = timedelta(minutes=15)
_PURPOSE: Final = "showlist: cookies of the page, 1"
_LINKS_KEPT: Final = 5
_OWNER: Final = "owner"
_ACCOUNTS: Final = "accounts"
_LINKS: Final = "owner_links"
# Of nobody: no cookie repeats it.
_NONE: Final = 0


class Sessions:
    """The sessions of one Showlist; several processes may share them."""

    def __init__(self, accounts: AccountStore, *, clock: Callable[[], datetime]) -> None:
        """Read and write nothing yet.

        Args:
            accounts: Whose listeners log in.
            clock: The present (UTC).
        """
        self._accounts, self._clock = accounts, clock
        self._file = PrivateFile(accounts.files, "sessions.json")

    @cached_property
    def secret(self) -> str:
        """What cookies are signed with; the same in every process, and stored nowhere.

        Raises:
            AccountError: the key of the accounts cannot be used.
        """
        return self._accounts.secret_for(_PURPOSE)

    def number(self, account: str) -> int:
        """What the cookies of ``account`` repeat while they hold; 0 where there is no account.

        Raises:
            AccountError: it cannot be read or kept.
        """
        known = self._file.read().get(_ACCOUNTS, {}).get(account)
        if known is not None:
            return int(known)
        # Nothing is kept of somebody who was forgotten and comes back with an old cookie.
        if account not in self._accounts.names():
            return _NONE

        def change(content: dict[str, Any]) -> int:
            numbers = content.setdefault(_ACCOUNTS, {})
            return int(numbers.setdefault(account, _new_number()))

        return self._file.change(change)

    def end_all(self, account: str) -> None:
        """Let no cookie of ``account`` hold any more; the next login begins anew.

        Raises:
            AccountError: it cannot be kept.
        """
        if account in self._file.read().get(_ACCOUNTS, {}):
            # Random and not the next one: after a removal nobody knows which came before.
            self._file.change(lambda content: content.get(_ACCOUNTS, {}).pop(account, None))

    def owner_number(self) -> int:
        """What the owner's cookies repeat.

        Raises:
            AccountError: it cannot be read or kept.
        """
        known = self._file.read().get(_OWNER)
        if known is not None:
            return int(known)
        return self._file.change(lambda content: int(content.setdefault(_OWNER, _new_number())))

    def end_owner(self) -> None:
        """Let no cookie and no open link of the owner hold any more.

        Raises:
            AccountError: it cannot be kept.
        """
        self._file.change(lambda content: [content.pop(name, None) for name in (_OWNER, _LINKS)])

    def owner_link_token(self) -> str:
        """A token that makes one browser the owner's, once, within a quarter of an hour.

        Raises:
            AccountError: it cannot be kept.
        """
        token = new_token()
        until = self._clock() + OWNER_LINK_LASTS

        def add(content: dict[str, Any]) -> None:
            links = [
                *self._open_links(content),
                {"hash": hash_of(token), "until": until.isoformat()},
            ]
            content[_LINKS] = links[-_LINKS_KEPT:]

        self._file.change(add)
        return token

    def redeem_owner_link(self, token: str) -> bool:
        """Whether ``token`` makes the owner; it never does again.

        Raises:
            AccountError: it cannot be read or kept.
        """
        given = hash_of(token)
        # Whoever guesses writes no file.
        if not any(is_same(given, link["hash"]) for link in self._open_links(self._file.read())):
            return False

        def redeem(content: dict[str, Any]) -> bool:
            links = self._open_links(content)
            left = content[_LINKS] = [link for link in links if not is_same(given, link["hash"])]
            return len(left) < len(links)

        return self._file.change(redeem)

    def _open_links(self, content: dict[str, Any]) -> list[dict[str, str]]:
        now = self._clock()
        return [
            link for link in content.get(_LINKS, []) if datetime.fromisoformat(link["until"]) > now
        ]


def _new_number() -> int:
    return 1 + secrets.randbelow(2**52)
