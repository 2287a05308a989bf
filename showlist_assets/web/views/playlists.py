"""A listener's playlists: how each is, and what is new around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.quantities import counted
from showlist_assets.services.listeners.accounts import needs_attention
from showlist_assets.web import wording
from showlist_assets.web.rendering import segment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from showlist_assets.domain.playlists.digest import Changes
    from showlist_assets.domain.playlists.digest_content import Digest
    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.listeners.accounts import Account
    from showlist_assets.services.playlists.history import PushRow
    from showlist_assets.services.playlists.saving import LastPush

_KEEPS: Final = {
    "on change": "keeps itself when shows change",
    "weekly": "keeps itself every Monday",
    "never": "stays as it is",
}


@dataclass(frozen=True)
class Card:
    """A playlist in a line or two.

    Attributes:
        facts: How many songs, when it changed, whether it keeps itself.
        warning: What is wrong; empty: nothing.
        news: What changed around it lately, each in two words.
        playlist_id: Spotify's; empty where it was never written.
    """

    name: str
    path: str
    title: str
    facts: str
    warning: str
    news: tuple[str, ...]
    playlist_id: str
    is_kept: bool
    has_digest: bool


@dataclass(frozen=True)
class Playlists:
    """All of a listener's playlists.

    Attributes:
        stopped: Whether some keep themselves, but what does it is turned off.
        consent: What the listener should know of the permission now; empty: nothing.
    """

    cards: tuple[Card, ...]
    stopped: bool
    consent: str


def playlists_of(
    cards: Sequence[Card], account: Account, *, is_upkept: bool | None, now: datetime
) -> Playlists:
    """The page of ``cards``."""
    return Playlists(
        cards=tuple(sorted(cards, key=lambda one: one.title.lower())),
        stopped=is_upkept is False and any(one.is_kept for one in cards),
        consent=consent_in_words(account, now) if needs_attention(account, now=now) else "",
    )


def consent_in_words(account: Account, now: datetime) -> str:
    """How long Spotify lets us write, in a sentence."""
    if account.needs_consent:
        return "Spotify has ended the permission to write your playlists. Agree again to go on."
    until = f"{wording.full_day(account.consent_ends_at)}"
    days = (account.consent_ends_at - now).days
    if days < 0:
        return f"Your permission at Spotify was good until {until}: it may end any moment."
    left = counted(days, "day") if days else "less than a day"
    return f"Your permission at Spotify lasts until {until} ({left})."


def card_of(
    recipe: Recipe,
    *,
    row: PushRow | None,
    last: LastPush | None,
    plan: Plan | None,
    digest: Digest | None,
    now: datetime,
) -> Card:
    """What is known of one playlist."""
    title = row.details.title if row else plan.title if plan else recipe.title
    songs = [counted(len(row.ours), "song")] if row else ["not written yet"]
    changed = [f"changed {wording.ago(row.started_at, now)}"] if row else []
    return Card(
        name=recipe.name,
        path=f"/playlists/{segment(recipe.name)}",
        title=wording.printed(title),
        facts=" · ".join([*songs, *changed, _KEEPS[recipe.refresh]]),
        warning=last.words if last and last.state != "done" else "",
        news=news_of(digest.found) if digest and not digest.is_first else (),
        playlist_id=(row.playlist_id if row else None) or "",
        is_kept=recipe.refresh != "never",
        has_digest=digest is not None,
    )


def news_of(found: Changes) -> tuple[str, ...]:
    """What changed around a playlist since the digest before."""
    off = len(found.cancelled) + len(found.postponed)
    counts = (
        (len(found.new) + len(found.back), "new"),
        (len(found.moved) + len(found.moved_away), "moved"),
        (off, "called off"),
        (len(found.gone) + len(found.vanished), "gone"),
        (len(found.leaving_soon), "leaving soon"),
    )
    return tuple(f"{count} {word}" for count, word in counts if count)
