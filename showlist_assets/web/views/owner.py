"""What an owner looks after: listeners, calls, freshness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from showlist_assets.domain.states import BY_CODE
from showlist_assets.services.listeners.accounts import MOST_ACCOUNTS, needs_attention
from showlist_assets.web import wording
from showlist_assets.web.views.playlists import consent_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from showlist_assets.services.listeners.accounts import Account
    from showlist_assets.services.listeners.invitations import Invitation
    from showlist_assets.storage.published.freshness import StateFreshness


@dataclass(frozen=True)
class Enter:
    """The key of a one-time address; whether it was refused just now."""

    key: str
    is_refused: bool


@dataclass(frozen=True)
class Invited:
    """Who is invited, and the address that is shown once."""

    name: str
    address: str


@dataclass(frozen=True)
class Calls:
    """What Spotify was asked in 24 hours, and what may still be.

    Attributes:
        free: For playlists; None where nobody counts.
        back_at: When the next call for a playlist is free (UTC).
    """

    spent: Mapping[str, int]
    day: int | None
    reserve: int
    free: int | None
    free_for_lookups: int | None
    back_at: datetime | None
    paused_until: datetime | None


@dataclass(frozen=True)
class Number:
    """A number and what it counts."""

    value: str
    label: str


@dataclass(frozen=True)
class Listener:
    """An account."""

    name: str
    display_name: str
    consent: str
    is_urgent: bool


@dataclass(frozen=True)
class StateRow:
    """How fresh a state is; ``problem`` is empty where all is well."""

    name: str
    as_of: str
    pending: int
    problem: str


@dataclass(frozen=True)
class Owner:
    """All that an owner looks after."""

    numbers: tuple[Number, ...]
    calls_words: str
    listeners: tuple[Listener, ...]
    invitations: tuple[tuple[str, str], ...]
    room: int
    states: tuple[StateRow, ...]
    silent: int
    reports: int
    redirect_uri: str
    problem: str


def owner_of(
    *,
    accounts: Sequence[Account],
    invitations: Sequence[Invitation],
    calls: Calls,
    states: Sequence[StateFreshness],
    reports: int,
    redirect_uri: str,
    problem: str,
    now: datetime,
) -> Owner:
    """The owner's page."""
    rows = sorted((_state(one, now) for one in states), key=lambda one: (not one.problem, one.name))
    taken = {one.name for one in accounts} | {one.account for one in invitations}
    return Owner(
        numbers=_numbers(calls, states),
        calls_words=_calls_in_words(calls),
        listeners=tuple(
            Listener(
                one.name,
                wording.printed(one.display_name),
                consent_in_words(one, now).replace("Your permission at Spotify l", "L"),
                needs_attention(one, now=now),
            )
            for one in accounts
        ),
        invitations=tuple(
            (one.account, f"open until {wording.full_day(one.until)}") for one in invitations
        ),
        room=max(0, MOST_ACCOUNTS - len(taken)),
        states=tuple(rows),
        silent=sum(bool(one.problem) for one in rows),
        reports=reports,
        redirect_uri=redirect_uri,
        problem=problem,
    )


def _numbers(calls: Calls, states: Sequence[StateFreshness]) -> tuple[Number, ...]:
    def said(number: int | None) -> str:
        return "∞" if number is None else f"{number:,}"

    return (
        Number(said(calls.free), "calls left today"),
        Number(said(calls.free_for_lookups), "of them for looking up artists"),
        Number(f"{sum(calls.spent.values()):,}", "spent in 24 hours"),
        Number(f"{sum(one.pending for one in states):,}", "artists waiting to be looked up"),
    )


def _calls_in_words(calls: Calls) -> str:
    parts = [f"{count:,} for {_PURPOSES.get(name, name)}" for name, count in calls.spent.items()]
    spent = f"Spent: {', '.join(parts)}." if parts else "Nothing was spent."
    kept = f" {calls.reserve:,} of {calls.day:,} are kept for playlists." if calls.day else ""
    if calls.paused_until:
        return f"{spent}{kept} Spotify asked for a pause until {_moment(calls.paused_until)}."
    if calls.free == 0 and calls.back_at:
        return f"{spent}{kept} The next one is free at {_moment(calls.back_at)}."
    return spent + kept


_PURPOSES = {
    "lookup": "looking up artists",
    "playlist": "playlists",
    "listening": "what listeners played",
    "history": "earlier runs",
}


def _moment(value: datetime) -> str:
    return f"{wording.clock(value)} UTC on {wording.day(value)}"


def _state(one: StateFreshness, now: datetime) -> StateRow:
    state = BY_CODE.get(one.state)
    failing = [
        f"{failed.source} has not answered since {wording.day(failed.failing_since)}"
        for failed in one.failing
        if failed.failing_since
    ]
    return StateRow(
        name=state.name if state else one.state,
        as_of=wording.ago(one.as_of, now) if one.as_of else "never",
        pending=one.pending,
        problem="; ".join(failing) or ("no source ever answered" if one.is_missing else ""),
    )
