"""One playlist: its history, what stays out, and the pages of what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.quantities import counted
from showlist_assets.domain.states import BY_CODE
from showlist_assets.web import wording
from showlist_assets.web.rendering import segment
from showlist_assets.web.views.lineup import days_of
from showlist_assets.web.views.save import refresh_choices, song_lists

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.playlists.history import PushRow
    from showlist_assets.services.playlists.push_result import PushResult
    from showlist_assets.web.views.form import Choice, Form
    from showlist_assets.web.views.lineup import Day
    from showlist_assets.web.views.playlists import Card
    from showlist_assets.web.views.save import SongList

_SHOWN: Final = 12
_STATES_NAMED: Final = 5


@dataclass(frozen=True)
class Write:
    """A push.

    Attributes:
        note: What more there is to say, such as that it brought another one back.
        bring_back: Where it is brought back; empty: it cannot, or is what is there.
        is_now: Whether it is what is there.
    """

    number: int
    at: datetime
    when: str
    added: int
    removed: int
    songs: int
    note: str
    bring_back: str
    is_now: bool


@dataclass(frozen=True)
class Withheld:
    """A song that the listener took out."""

    uri: str
    label: str


@dataclass(frozen=True)
class Playlist:
    """A playlist, and what can be done with it.

    Attributes:
        days: The shows behind its songs; none where the plan does not tell of them any more.
        asks: Where, when and for what it looks, in words.
        is_discovered: Whether it is made of what the listener plays, without shows.
    """

    card: Card
    refresh: tuple[Choice, ...]
    writes: tuple[Write, ...]
    older_writes: tuple[Write, ...]
    withheld: tuple[Withheld, ...]
    is_by_hand: bool
    has_feed: bool
    days: tuple[Day, ...]
    asks: str
    is_discovered: bool


@dataclass(frozen=True)
class Edit:
    """What a playlist asks for.

    Attributes:
        form: None where it can only be read.
        kept: What the form sends along, by name.
        text: The recipe as a file, where it can only be read.
    """

    name: str
    path: str
    title: str
    form: Form | None
    kept: tuple[tuple[str, str], ...]
    text: str
    is_by_hand: bool


@dataclass(frozen=True)
class BringBack:
    """What would change if an earlier state came back."""

    path: str
    number: int
    when: str
    words: str
    lists: tuple[SongList, ...]
    is_kept: bool


@dataclass(frozen=True)
class Address:
    """Secret addresses, shown once."""

    path: str
    title: str
    calendar: str
    webcal: str
    feeds: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Delete:
    """What is to be deleted."""

    path: str
    title: str


def playlist_of(
    card: Card,
    recipe: Recipe,
    rows: Sequence[PushRow],
    *,
    is_by_hand: bool,
    has_feed: bool,
    now: datetime,
    plan: Plan | None,
) -> Playlist:
    """The page of a playlist; ``plan`` is the one that was made last."""
    own = [row for row in rows if row.account == recipe.account]
    newest = own[-1].number if own else 0
    writes = tuple(_write(row, card.path, newest, now) for row in reversed(own))
    return Playlist(
        card=card,
        refresh=refresh_choices(recipe.refresh),
        writes=writes[:_SHOWN],
        older_writes=writes[_SHOWN:],
        withheld=_withheld(own[-1]) if own else (),
        is_by_hand=is_by_hand,
        has_feed=has_feed,
        days=_days(plan, own[-1]) if plan and own else (),
        asks=", ".join(filter(None, (_place(recipe), recipe.when, *recipe.genres.only))),
        is_discovered=recipe.discover is not None,
    )


def _days(plan: Plan, written: PushRow) -> tuple[Day, ...]:
    """The shows behind the songs that were written last, as far as the plan still tells of them."""
    there = {track.uri for track in written.ours}
    tracks = tuple(track for track in plan.tracks if track.uri in there)
    heard = {(track.state, track.show_id) for track in tracks}
    shows = tuple(show for show in plan.shows if (show.state, show.show_id) in heard)
    return days_of(replace(plan, tracks=tracks, shows=shows, songless=()), None)


def _place(recipe: Recipe) -> str:
    if recipe.near:
        return " or ".join(f"{near.radius} around {near.city}" for near in recipe.near)
    return " and ".join(BY_CODE[state].name for state in recipe.states[:_STATES_NAMED])


def _withheld(row: PushRow) -> tuple[Withheld, ...]:
    return tuple(Withheld(one.uri, wording.printed(one.label or one.uri)) for one in row.withheld)


def _write(row: PushRow, path: str, newest: int, now: datetime) -> Write:
    before, after = set(row.before), set(row.after)
    may_come_back = row.status == "done" and row.number != newest
    notes = {"started": "interrupted", "differs": "not confirmed by Spotify"}
    back = f"brought back #{row.rolled_back_to}" if row.rolled_back_to else ""
    return Write(
        number=row.number,
        at=row.started_at,
        when=f"{wording.day(row.started_at)}, {wording.ago(row.started_at, now)}",
        added=len(after - before),
        removed=len(before - after),
        songs=len(row.ours),
        note=" · ".join(filter(None, (notes.get(row.status, ""), back))),
        bring_back=f"{path}/bring-back?to={row.number}" if may_come_back else "",
        is_now=row.number == newest and row.status == "done",
    )


def bring_back_of(recipe: Recipe, row: PushRow, result: PushResult) -> BringBack:
    """What bringing back ``row`` would change, by the ``result`` of trying it."""
    changes = len(result.added) + len(result.removed)
    if result.outcome == "gone":
        words = "You have deleted this playlist in Spotify, so nothing can be brought back."
    elif not changes and not result.writes:
        words = "Your playlist is like that already."
    else:
        words = (
            f"{counted(len(result.added), 'song')} would come back, "
            f"{len(result.removed):,} would leave, {result.kept:,} would stay."
        )
    return BringBack(
        path=f"/playlists/{segment(recipe.name)}",
        number=row.number,
        when=wording.full_day(row.started_at),
        words=words,
        lists=song_lists(result),
        is_kept=recipe.refresh != "never",
    )
