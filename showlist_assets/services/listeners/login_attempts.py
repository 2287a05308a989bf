"""Logins at the page that Spotify has not answered yet; kept in memory, each for one browser.

Without the browser's own secret, somebody could send a listener the answer to their own login, and
so have the listener's playlists written into another account.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from showlist_assets.services.listeners.secret_links import hash_of, is_same

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from showlist_assets.sources.spotify.login import LoginAttempt

ATTEMPT_LASTS: Final = timedelta(minutes=10)
_MOST: Final = 100


@dataclass(frozen=True)
class Pending:
    """A login that waits for Spotify's answer.

    Attributes:
        attempt: Its address and secrets.
        account: What recipes will call the listener.
        return_to: The page's own path where the listener goes on.
        invitation: The token of the invitation that lets them in; empty: they need none.
    """

    attempt: LoginAttempt = field(repr=False)
    account: str
    return_to: str
    invitation: str = field(default="", repr=False)


class LoginAttempts:
    """The logins under way of one process."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """``clock`` tells the present (UTC)."""
        self._clock, self._lock = clock, Lock()
        # By state: what it is, the browser's hash, and until when it counts.
        self._kept: OrderedDict[str, tuple[Pending, str, datetime]] = OrderedDict()

    def begin(
        self,
        attempt: LoginAttempt,
        *,
        account: str,
        return_to: str,
        browser: str,
        invitation: str = "",
    ) -> None:
        """Remember ``attempt`` for ten minutes; ``browser`` is a secret of the browser's cookie."""
        pending = Pending(attempt, account, return_to, invitation)
        now = self._clock()
        with self._lock:
            for state in [key for key, (_, _, until) in self._kept.items() if until <= now]:
                del self._kept[state]
            self._kept[hash_of(attempt.state)] = (pending, hash_of(browser), now + ATTEMPT_LASTS)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)

    def take(self, state: str, browser: str) -> Pending | None:
        """The login that ``state`` answers, if ``browser`` began it; it is not there again.

        Another browser is told nothing, and uses nothing up.
        """
        key = hash_of(state)
        with self._lock:
            pending, began, until = self._kept.get(key, (None, "", None))
            if pending is None or until is None or not is_same(began, hash_of(browser)):
                return None
            del self._kept[key]
        return pending if until > self._clock() else None
