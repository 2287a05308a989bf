"""What is wrong for longer than a run, as far as it can be told without asking anybody.

What belongs here: which facts are worth a message, and its words. What does not: runs that failed
(``defs.watching``), and that each is told once (``services.alerts``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from showlist_assets.services.alerts import Alert
from showlist_assets.services.listeners.accounts import account_status, needs_attention

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from showlist_assets.services.listeners.accounts import Account
    from showlist_assets.storage.fetch_record import SourceFetch

# A week, and a day in which somebody can mend it unnoticed.
_REFRESHED_WITHIN: Final = timedelta(days=8)
_UNANSWERED: Final = timedelta(hours=48)


def troubles(
    accounts: Iterable[Account], fetches: Iterable[SourceFetch], *, now: datetime
) -> Iterator[Alert]:
    """What lasts ``now``; the key of each changes with what would be worth another message."""
    yield from _accounts(accounts, now)
    known = list(fetches)
    yield from _refresh(known, now)
    yield from _sources(known, now)


def _accounts(accounts: Iterable[Account], now: datetime) -> Iterator[Alert]:
    for account in accounts:
        if not needs_attention(account, now=now):
            continue
        ended = account.needs_consent or account.consent_ends_at <= now
        stage = "needs consent" if ended else f"ends {account.consent_ends_at:%Y-%m-%d}"
        yield Alert(
            f"account {account.name} {stage}",
            f"permission of {account.name} {stage}",
            f"{account_status(account, now=now)}. Without it nothing is written to its playlists.",
        )


def _refresh(fetches: Iterable[SourceFetch], now: datetime) -> Iterator[Alert]:
    answered = [one.answered_at for one in fetches if one.answered_at]
    last = max(answered, default=now)
    if now - last > _REFRESHED_WITHIN:
        yield Alert(
            f"refresh {last:%Y-%m-%d}",
            "no refresh for eight days",
            f"No source has told of any state since {last:%Y-%m-%d %H:%M} UTC. Look whether the "
            "daemon runs and weekly_refresh is started in the UI, or whether `showlist tick` is "
            "still called.",
        )


def _sources(fetches: Iterable[SourceFetch], now: datetime) -> Iterator[Alert]:
    failing: dict[str, list[SourceFetch]] = {}
    for one in fetches:
        if one.failing_since and now - one.failing_since > _UNANSWERED:
            failing.setdefault(one.source, []).append(one)
    for source, some in failing.items():
        since = min(one.failing_since for one in some if one.failing_since)
        said = max(some, key=lambda one: one.tried_at or since).because
        yield Alert(
            f"source {source}",
            f"{source} gives no answer",
            f"Of {', '.join(one.state for one in some)} since {since:%Y-%m-%d %H:%M} UTC; the last "
            f"events that came are kept, and it is asked again every hour. It said: {said} "
            "`showlist doctor` tries the key.",
        )
