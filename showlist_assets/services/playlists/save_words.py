"""What a listener on the page is told of a save: a sentence, and what they can do next.

What belongs here: outcomes and failures in the words of somebody who knows no command line. What
does not: how a push words itself for an operator (``push_result``, ``sources.failures``), which
names commands, files and accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.clock_times import clock_time
from showlist_assets.domain.playlists.recipe import RecipeError
from showlist_assets.domain.quantities import counted
from showlist_assets.services.listeners.account_key import AccountError
from showlist_assets.services.playlists.push import (
    PlaylistOfAnother,
    PlaylistTooLong,
    PushError,
    PushUnderWay,
)
from showlist_assets.sources.failures import (
    BadAnswer,
    BotWall,
    BudgetSpent,
    EndpointGone,
    NeedsConsent,
    NeedsScope,
    NotAllowlisted,
    NotFound,
    NotOwner,
    NotPremium,
    QuotaExceeded,
    SourceError,
    TokenExpired,
    Transient,
    WrongKey,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from showlist_assets.services.playlists.push_result import PushResult


class WayOut(Enum):
    """What the page offers next to the sentence."""

    AGAIN = "again"
    """Save once more."""
    LOG_IN = "log in"
    """Connect Spotify, for the first time or anew."""
    NEW_PLAYLIST = "new playlist"
    """Save with ``recreate``: "Make a new one"."""
    CHANGE_WISH = "change the wish"
    """Back to the form."""
    WAIT = "wait"
    """Nothing now; it says until when."""
    ASK_OWNER = "ask the owner"
    """Somebody else has to do something."""


class SaveProblem(Enum):
    """Why a playlist is not as the listener wanted it."""

    NO_ACCOUNT = "no account"
    CONSENT_ENDED = "consent ended"
    NOT_ALLOWED = "not allowed"
    NO_PREMIUM = "no premium"
    QUOTA_SPENT = "quota spent"
    TOO_MANY_SAVES = "too many saves"
    UNDER_WAY = "under way"
    GONE = "gone"
    NOT_YOURS = "not yours"
    TOO_LONG = "too long"
    EMPTY = "empty"
    DIFFERS = "differs"
    WISH = "wish"
    SPOTIFY_AWAY = "spotify away"
    OWNER = "owner"
    FAULT = "fault"


@dataclass(frozen=True)
class Told:
    """What a listener is told; ``problem`` is None where all is well."""

    words: str
    problem: SaveProblem | None = None
    way_out: WayOut | None = None


_WORDS: Final[Mapping[SaveProblem, Told]] = {
    SaveProblem.NO_ACCOUNT: Told(
        "Your Spotify account is not connected, so nothing was written. Connect it, then save "
        "again.",
        way_out=WayOut.LOG_IN,
    ),
    SaveProblem.CONSENT_ENDED: Told(
        "Spotify has ended the permission to write your playlists, as it does every six months. "
        "Your playlist stays as it is; connect Spotify again to go on.",
        way_out=WayOut.LOG_IN,
    ),
    SaveProblem.NOT_ALLOWED: Told(
        "Spotify does not know you as a user of this Showlist yet. Ask its owner to add the e-mail "
        "address of your Spotify account in Spotify's developer dashboard.",
        way_out=WayOut.ASK_OWNER,
    ),
    SaveProblem.NO_PREMIUM: Told(
        "Spotify refuses this Showlist, because its owner has no Premium subscription any more. "
        "Tell the owner; nothing of yours was changed.",
        way_out=WayOut.ASK_OWNER,
    ),
    SaveProblem.QUOTA_SPENT: Told(
        "Spotify's requests of today are spent, so nothing more is written now.",
        way_out=WayOut.WAIT,
    ),
    SaveProblem.TOO_MANY_SAVES: Told(
        "You have saved often within an hour, and each save costs requests that all listeners "
        "share.",
        way_out=WayOut.WAIT,
    ),
    SaveProblem.UNDER_WAY: Told(
        "This playlist is being updated right now. Wait a moment, and save again.",
        way_out=WayOut.AGAIN,
    ),
    SaveProblem.GONE: Told(
        "You have deleted this playlist in Spotify, so it is not made again by itself. Make a new "
        "one?",
        way_out=WayOut.NEW_PLAYLIST,
    ),
    SaveProblem.NOT_YOURS: Told(
        "The playlist belongs to another account, or another of these playlists is written into "
        "it, so it was left alone. Make a new one?",
        way_out=WayOut.NEW_PLAYLIST,
    ),
    SaveProblem.TOO_LONG: Told(
        "With what you added yourself, the playlist would be longer than Spotify allows. Take some "
        "songs out of it, or ask for fewer.",
        way_out=WayOut.CHANGE_WISH,
    ),
    SaveProblem.EMPTY: Told(
        "No song fits this wish now, so nothing was written. Ask for a longer time or a wider "
        "area.",
        way_out=WayOut.CHANGE_WISH,
    ),
    SaveProblem.DIFFERS: Told(
        "Spotify shows another list than was written, as it sometimes does for a minute. Save "
        "again; that goes on from what is there.",
        way_out=WayOut.AGAIN,
    ),
    SaveProblem.WISH: Told(
        "This wish cannot be made a playlist as it is. Change it, and save again.",
        way_out=WayOut.CHANGE_WISH,
    ),
    SaveProblem.SPOTIFY_AWAY: Told(
        "Spotify does not answer as it should now. Nothing of yours is lost; save again in a few "
        "minutes, and that goes on from what is there.",
        way_out=WayOut.AGAIN,
    ),
    SaveProblem.OWNER: Told(
        "This does not work now, and its owner has to see to it.",
        way_out=WayOut.ASK_OWNER,
    ),
    SaveProblem.FAULT: Told(
        "This is a fault of Showlist's. Nothing of yours is lost.",
        way_out=WayOut.AGAIN,
    ),
}
# The first that fits.
_FAILURES: Final[tuple[tuple[tuple[type[Exception], ...], SaveProblem], ...]] = (
    ((NeedsConsent, NeedsScope), SaveProblem.CONSENT_ENDED),
    ((NotAllowlisted,), SaveProblem.NOT_ALLOWED),
    ((NotPremium,), SaveProblem.NO_PREMIUM),
    ((QuotaExceeded, BudgetSpent), SaveProblem.QUOTA_SPENT),
    ((PushUnderWay,), SaveProblem.UNDER_WAY),
    ((PlaylistOfAnother, NotOwner), SaveProblem.NOT_YOURS),
    ((PlaylistTooLong,), SaveProblem.TOO_LONG),
    ((RecipeError, PushError), SaveProblem.WISH),
    ((Transient, BadAnswer, BotWall, TokenExpired, NotFound), SaveProblem.SPOTIFY_AWAY),
    ((WrongKey, EndpointGone, SourceError, AccountError), SaveProblem.OWNER),
)


def problem_of(failure: Exception) -> SaveProblem:
    """What a failure that Showlist foresees means for a listener."""
    kinds = (problem for kinds, problem in _FAILURES if isinstance(failure, kinds))
    return next(kinds, SaveProblem.OWNER)


def told_of(
    problem: SaveProblem,
    *,
    until: datetime | None = None,
    zone: ZoneInfo | None = None,
    number: str = "",
) -> Told:
    """The sentence of ``problem``.

    Args:
        problem: What is wrong.
        until: When it is over (UTC), if that is known.
        zone: Of whoever reads it.
        number: What the owner finds in the log.
    """
    words = _WORDS[problem].words
    if until:
        words = f"{words} Save again {_about(until, zone)}."
    if number:
        words = f"{words} The owner finds it under number {number} in the log."
    return Told(words, problem, _WORDS[problem].way_out)


def _about(until: datetime, zone: ZoneInfo | None) -> str:
    there = until.astimezone(zone)
    return f"after {clock_time(there)} ({there:%Z}) on {there:%A}"


def told_of_push(result: PushResult) -> Told:
    """What a save did, or would do ("dry run")."""
    if result.outcome in ("gone", "empty", "differs"):
        return told_of(
            {
                "gone": SaveProblem.GONE,
                "empty": SaveProblem.EMPTY,
                "differs": SaveProblem.DIFFERS,
            }[result.outcome]
        )
    return Told(_changes(result) + _notes(result))


def _changes(result: PushResult) -> str:
    new, over, kept = len(result.added), len(result.removed), result.kept
    would = result.outcome == "dry run"
    if result.outcome == "unchanged" or (would and not result.writes):
        return f"It is up to date: {counted(kept, 'song')}."
    if not (kept or over) and new:
        made = "It would be a new playlist" if would else "Your playlist is ready"
        return f"{made}: {counted(new, 'song')}."
    leave = ("leaves" if over == 1 else "leave") if would else "taken off"
    parts = ([f"{new:,} new"] if new else []) + ([f"{over:,} {leave}"] if over else [])
    if not parts:
        return (
            f"{'Only its order or its title would change' if would else 'Updated'}: {_stay(kept)}."
        )
    return f"{'' if would else 'Updated: '}{', '.join(parts)}, {_stay(kept)}."


def _stay(kept: int) -> str:
    return f"{counted(kept, 'song')} {'stays' if kept == 1 else 'stay'}"


def _notes(result: PushResult) -> str:
    notes = ""
    if result.withheld:
        out, verb = len(result.withheld), "stays" if len(result.withheld) == 1 else "stay"
        notes += f" {out:,} that you took out {verb} out."
    if result.additions:
        own, verb = len(result.additions), "stays" if len(result.additions) == 1 else "stay"
        notes += f" {own:,} of your own {verb}."
    return notes
