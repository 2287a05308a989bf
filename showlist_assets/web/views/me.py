"""A listener's account: how long Spotify lets us write, and what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from showlist_assets.domain.quantities import counted
from showlist_assets.services.listeners.accounts import needs_attention
from showlist_assets.sources.spotify.login import LISTENING_SCOPES
from showlist_assets.web import wording
from showlist_assets.web.views.playlists import consent_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.listeners.accounts import Account


@dataclass(frozen=True)
class Me:
    """An account.

    Attributes:
        name: What it is called here.
        display_name: What Spotify calls the listener.
        is_urgent: Whether the permission ends soon, or has ended.
        sees_plays: Whether the permission is also for reading what the listener plays.
        by_hand: Recipes of the listener that a person wrote: they are not deleted.
    """

    name: str
    display_name: str
    consent: str
    is_urgent: bool
    sees_plays: bool
    since: str
    playlists: str
    by_hand: tuple[str, ...]


def me_of(
    account: Account, recipes: Sequence[Recipe], *, by_hand: Sequence[str], now: datetime
) -> Me:
    """The page of ``account``."""
    return Me(
        name=account.name,
        display_name=wording.printed(account.display_name),
        consent=consent_in_words(account, now),
        is_urgent=needs_attention(account, now=now),
        sees_plays=not set(LISTENING_SCOPES).isdisjoint(account.scopes),
        since=wording.full_day(account.consented_at),
        playlists=counted(len(recipes), "playlist"),
        by_hand=tuple(by_hand),
    )
