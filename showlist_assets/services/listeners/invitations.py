"""Who may log in at the page besides its owner: whoever was given an address that works once.

``invitations.json`` lies beside the accounts and holds no address, only what each hashes to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.services.listeners.private_file import PrivateFile
from showlist_assets.services.listeners.secret_links import hash_of, is_same, new_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.services.listeners.accounts import AccountStore

INVITATION_LASTS: Final = timedelta(days=7)


@dataclass(frozen=True)
class Invitation:
    """One that is open: for the account that will be called so, until then (UTC)."""

    account: str
    until: datetime


class Invitations:
    """The open invitations; every method raises ``AccountError`` where their file fails it."""

    def __init__(self, accounts: AccountStore, *, clock: Callable[[], datetime]) -> None:
        """Read and write nothing yet.

        Args:
            accounts: Where there has to be room.
            clock: The present (UTC).
        """
        self._accounts, self._clock = accounts, clock
        self._file = PrivateFile(accounts.files, "invitations.json")

    def invite(self, account: str) -> str:
        """A token for whoever will be ``account``; an earlier one for it works no more.

        Raises:
            AccountError: ``account`` cannot be a name, or there is no room for it beside the
                accounts and the other invitations.
        """
        token = new_token()
        until = self._clock() + INVITATION_LASTS

        def add(content: dict[str, Any]) -> None:
            others = [name for name in self._open(content) if name != account]
            self._accounts.refuse_sixth(account, expected=others)
            kept = {name: one for name, one in content.items() if name in others}
            content.clear()
            content.update(kept)
            content[account] = {"hash": hash_of(token), "until": until.isoformat()}

        self._file.change(add)
        return token

    def open(self) -> list[Invitation]:
        """All that were neither used nor withdrawn nor are over, by account."""
        found = self._open(self._file.read())
        return [Invitation(name, _until(one)) for name, one in sorted(found.items())]

    def find(self, token: str) -> Invitation | None:
        """The open invitation of ``token``; it stays open."""
        return self._found(self._file.read(), token)

    def use(self, token: str) -> Invitation | None:
        """The open invitation of ``token``, which is used up by this; None where there is none."""
        if self.find(token) is None:
            return None

        def use(content: dict[str, Any]) -> Invitation | None:
            # Again: whoever was faster has used it up.
            found = self._found(content, token)
            if found:
                del content[found.account]
            return found

        return self._file.change(use)

    def withdraw(self, account: str) -> bool:
        """Let the invitation for ``account`` work no more; returns whether there was one."""
        if account not in self._file.read():
            return False
        return self._file.change(lambda content: content.pop(account, None) is not None)

    def _found(self, content: dict[str, Any], token: str) -> Invitation | None:
        given, found = hash_of(token), None
        for name, one in self._open(content).items():
            if is_same(given, one["hash"]):
                found = Invitation(name, _until(one))
        return found

    def _open(self, content: dict[str, Any]) -> dict[str, Any]:
        now = self._clock()
        return {name: one for name, one in content.items() if _until(one) > now}


def _until(one: dict[str, str]) -> datetime:
    return datetime.fromisoformat(one["until"])
