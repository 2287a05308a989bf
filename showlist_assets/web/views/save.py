"""The page before a save: what would be written, and what that changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.playlists.windows import window_days
from showlist_assets.domain.playlists.wish import query_of
from showlist_assets.web import wording
from showlist_assets.web.views.form import Choice
from showlist_assets.web.views.home import where_in_words
from showlist_assets.web.views.lineup import songs_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from showlist_assets.domain.gazetteer import Area, Place
    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.playlists.history import WrittenTrack
    from showlist_assets.services.playlists.preview import Preview
    from showlist_assets.services.playlists.push_result import PushResult
    from showlist_assets.services.playlists.saving import Difference
    from showlist_assets.web.saving import Order

_LISTED: Final = 60
_SONGS_SHOWN: Final = 16
_KEPT: Final = {
    "on change": "when shows change",
    "weekly": "every Monday",
    "never": "no, leave it as it is",
}


@dataclass(frozen=True)
class Song:
    """A song of a playlist that is to be."""

    name: str
    artist: str
    show: str


@dataclass(frozen=True)
class SongList:
    """Songs under a heading, ``sign`` being + or - or empty; ``more`` is not listed."""

    heading: str
    sign: str
    labels: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True)
class DifferenceView:
    """What a write would change.

    Attributes:
        words: In a sentence.
        problem: Whether it cannot be told or done.
        notes: Why shows left.
        lists: The songs.
    """

    words: str
    problem: bool
    notes: tuple[str, ...]
    lists: tuple[SongList, ...]


@dataclass(frozen=True)
class Save:
    """What would be written.

    Attributes:
        query: The wish, canonical, without what the form asks here.
        usual_title: What it is called if nothing is typed.
        playlist: The recipe that it takes the place of; empty: it is a new one.
        why_not: Why there is nothing to save; empty where there is.
        is_known: Whether the visitor has agreed at Spotify before.
    """

    query: str
    where: str
    title: str
    usual_title: str
    is_public: bool
    refresh: tuple[Choice, ...]
    adds: str
    songs: tuple[Song, ...]
    more_songs: int
    playlist: str
    playlist_title: str
    difference: DifferenceView | None
    mistakes: tuple[str, ...]
    why_not: str
    is_known: bool


def save_of(
    order: Order,
    place: Place | Area,
    preview: Preview,
    *,
    is_known: bool,
    before: Recipe | None,
    difference: Difference | None,
) -> Save:
    """The page of ``order`` at ``place``."""
    wish, plan = order.wish, preview.plan
    window = window_days(wish.when, today=preview.today)
    bare = wish.model_copy(update={"title": "", "public": False, "refresh": "on change"})
    return Save(
        query=query_of(bare),
        where=where_in_words(wish, place, window.first, window.last),
        title=wish.title,
        usual_title=plan.title,
        is_public=wish.public,
        refresh=refresh_choices(wish.refresh),
        adds=songs_in_words(plan),
        songs=_songs(plan),
        more_songs=max(0, len(plan.tracks) - _SONGS_SHOWN),
        playlist=before.name if before else "",
        playlist_title=plan.title,
        difference=difference_of(difference) if difference else None,
        mistakes=order.mistakes,
        why_not=_why_not(plan),
        is_known=is_known,
    )


def refresh_choices(chosen: str) -> tuple[Choice, ...]:
    """When a playlist is kept up to date."""
    return tuple(Choice(value, label, value == chosen) for value, label in _KEPT.items())


def difference_of(difference: Difference) -> DifferenceView:
    """What a write would change, as lists."""
    result = difference.result
    return DifferenceView(
        words=difference.words,
        problem=difference.problem is not None,
        notes=tuple(result.departed[:5]) if result else (),
        lists=song_lists(result) if result else (),
    )


def song_lists(result: PushResult, *, was_done: bool = False) -> tuple[SongList, ...]:
    """What comes, goes and stays out."""
    lists = (
        _listed("Added" if was_done else "New", "+", result.added),
        _listed("Taken off" if was_done else "Would leave", "-", result.removed),
        _listed("You took these out: they stay out", "", result.withheld),
    )
    return tuple(one for one in lists if one.labels)


def _listed(heading: str, sign: str, tracks: Iterable[WrittenTrack]) -> SongList:
    labels = [wording.printed(track.label) for track in tracks]
    return SongList(heading, sign, tuple(labels[:_LISTED]), max(0, len(labels) - _LISTED))


def _why_not(plan: Plan) -> str:
    if plan.missing and not plan.left_out and not plan.tracks:
        # What the plan says of that names commands.
        return "Nothing is known here yet of the shows there."
    return plan.why_empty


def _songs(plan: Plan) -> tuple[Song, ...]:
    return tuple(
        Song(
            wording.printed(track.track_name),
            wording.printed(track.artist_name),
            f"{wording.day(track.local_date)}, {wording.printed(track.venue_name)}",
        )
        for track in plan.tracks[:_SONGS_SHOWN]
    )
