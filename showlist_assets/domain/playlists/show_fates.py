"""What became of shows, as the history of shows (``ShowChanges``) tells it.

A show that is off is in no table of upcoming shows any more: why it left a plan, a calendar or a
playlist is told from here. What belongs here: reading the history, and the words. What does not:
how changes are told (``domain.events.show_changes``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

import polars as pl

from showlist_assets.domain.events.show_changes import changes_since, last_known
from showlist_assets.domain.names import without_article
from showlist_assets.domain.same_show import is_one_start
from showlist_assets.domain.tables.show_changes import ShowChanges

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from showlist_assets.domain.playlists.plan import PlannedShow
    from showlist_assets.domain.playlists.windows import Days

_SHOW: Final = ["state", "show_id"]
_OFF: Final = ("cancelled", "postponed", "vanished")
_IN_WORDS: Final = {
    "cancelled": "cancelled",
    "postponed": "postponed",
    "vanished": "no longer listed",
}

Standing = Literal["ahead", "cancelled", "postponed", "vanished", "elsewhere"]


class TellsOfShow(Protocol):
    """A show of a plan, or a track that was written for one."""

    @property
    def state(self) -> str:
        """USPS code."""

    @property
    def show_id(self) -> str:
        """The show."""

    @property
    def local_date(self) -> date:
        """Its first day, as it was told then."""

    @property
    def venue_name(self) -> str:
        """Its house, as it was told then."""


@dataclass(frozen=True, kw_only=True)
class ShowFate:
    """What the history knows of a show now.

    Attributes:
        standing: "elsewhere" is the same show under another id.
        has_moved: Whether it ever moved.
        revisions: How often its time, its place or whether it goes ahead has changed.
        changed_at: When we learnt of the last of those (UTC); of none, when we met the show.
    """

    standing: Standing
    local_date: date | None
    last_date: date | None
    starts_at_local: datetime | None
    venue_name: str
    venue_city: str | None
    has_moved: bool
    revisions: int
    changed_at: datetime

    @property
    def is_off(self) -> bool:
        """Whether nobody can go to it now."""
        return self.standing in _OFF

    def has_moved_from(self, show: TellsOfShow) -> bool:
        """Whether it goes ahead at another date or house than ``show`` says."""
        if self.standing != "ahead" or not self.has_moved:
            return False
        same_house = without_article(self.venue_name) == without_article(show.venue_name)
        start: datetime | None = getattr(show, "starts_at_local", None)
        same_start = is_one_start(start, self.starts_at_local)
        return self.local_date != show.local_date or not same_house or not same_start


class ShowFates:
    """What became of each show of the states that the history is of."""

    def __init__(self, history: pl.DataFrame | None = None) -> None:
        """Without a history, as in installations of before it was kept, nothing is known."""
        self._history = ShowChanges.create_empty() if history is None else history
        self._states = set(self._history["state"].unique())

    def knows(self, state: str) -> bool:
        """Whether anything is known of ``state``, so that silence means something."""
        return state in self._states

    def of(self, shows: Iterable[TellsOfShow]) -> Mapping[tuple[str, str], ShowFate]:
        """By state and id, as far as the history knows them."""
        wanted = pl.DataFrame(
            list({(show.state, show.show_id) for show in shows}),
            schema=dict.fromkeys(_SHOW, pl.String()),
            orient="row",
        )
        rows = self._history.join(wanted, on=_SHOW, how="semi").sort(*_SHOW, "changed_at", "change")
        histories: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in rows.iter_rows(named=True):
            histories.setdefault((row["state"], row["show_id"]), []).append(row)
        return {key: _fate(told) for key, told in histories.items()}

    def off(self) -> pl.DataFrame:
        """State and id of each show that is off."""
        return last_known(self._history).filter(pl.col("status").is_in(_OFF)).select(_SHOW)

    def since(self, instant: datetime | None, change: str) -> list[dict[str, Any]]:
        """The rows of one kind of news after ``instant``; none where that is not known."""
        if instant is None:
            return []
        news = changes_since(self._history, instant)
        return list(news.filter(change=change).iter_rows(named=True))


def _fate(rows: list[dict[str, Any]]) -> ShowFate:
    """What the rows of one show, in order, come to."""
    revisions, changed_at = 0, rows[0]["changed_at"]
    for before, after in pairwise(rows):
        if _what_calendars_show(before) != _what_calendars_show(after):
            revisions, changed_at = revisions + 1, after["changed_at"]
    last = rows[-1]
    return ShowFate(
        standing=_standing(last),
        has_moved=any(row["change"] == "moved" for row in rows),
        revisions=revisions,
        changed_at=changed_at,
        **{
            name: last[name]
            for name in (
                "local_date", "last_date", "starts_at_local", "venue_name", "venue_city",
            )
        },
    )  # fmt: skip


def _what_calendars_show(row: Mapping[str, Any]) -> tuple[Any, ...]:
    times = row["local_date"], row["last_date"], row["starts_at_local"]
    return *times, row["venue_name"], row["venue_city"], _standing(row)


def _standing(row: Mapping[str, Any]) -> Standing:
    if row["status"] in _OFF:
        standing: Standing = row["status"]
        return standing
    # A show that goes on under another id is listed by nobody under this one.
    return "ahead" if row["sources"] else "elsewhere"


def moved_to(show: PlannedShow, fate: ShowFate) -> PlannedShow:
    """``show`` where and when it takes place now; what only held for the old place is unknown."""
    moved = replace(
        show,
        local_date=fate.local_date or show.local_date,
        last_date=fate.last_date,
        starts_at_local=fate.starts_at_local,
        # Told by the wall clock and the zone from now on.
        starts_at=None,
        ends_at=None,
        doors_at_local=None,
    )
    if without_article(fate.venue_name) == without_article(show.venue_name):
        return moved
    return replace(
        moved,
        venue_name=fate.venue_name,
        venue_city=fate.venue_city,
        venue_address=None,
        latitude=None,
        longitude=None,
    )


def why_left(show: TellsOfShow, acts: str, fate: ShowFate, days: Days | None) -> str:
    """Why ``acts`` have left the playlist, if the history tells; else empty.

    Args:
        show: As it was when its songs were written.
        acts: Whose songs left.
        fate: What became of the show.
        days: Those that the recipe means.
    """
    which = f"{acts} at {show.venue_name} on {day_in_words(show.local_date)}"
    if fate.is_off:
        return f"left because {_IN_WORDS[fate.standing]}: {which}"
    if not fate.has_moved_from(show):
        return ""
    day = fate.local_date
    if day is None:
        return f"left because moved to a date that is not known yet: {which}"
    now = f"now on {day_in_words(day)}"
    if without_article(fate.venue_name) != without_article(show.venue_name):
        now += f" at {fate.venue_name}"
    last = fate.last_date or day
    if days is not None and (day > days.last or last < days.first):
        return f"left because moved out of {days}: {which}, {now}"
    return f"left because moved: {which}, {now}"


def day_in_words(day: date) -> str:
    """The day as people read it: "Fri Dec 4"."""
    return f"{day:%a %b} {day.day}"
