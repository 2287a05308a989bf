"""The entries of a plan's calendar, from one file to the next.

A calendar that is subscribed to, or that was given a file, must be told of a show that it has: so a
show that was in the file and is called off stays in it, crossed out, until its date is over, and
one that moved out of what the recipe asks for stays at its new date. What belongs here: which
entries there are, their status and their revision. What does not: how they are written
(``calendar_file``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Literal

from showlist_assets.domain.playlists.calendar_shows import Song
from showlist_assets.domain.playlists.plan import PlannedShow
from showlist_assets.domain.playlists.show_fates import ShowFate, ShowFates, moved_to

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

EntryStatus = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]
Place = Literal["planned", "kept", "left out"]

_STATUS: Final[dict[str, EntryStatus]] = {
    "postponed": "TENTATIVE",
    "cancelled": "CANCELLED",
    "vanished": "CANCELLED",
    # Under its other id it is an entry of its own.
    "elsewhere": "CANCELLED",
}


@dataclass(frozen=True, kw_only=True)
class CalendarEntry:
    """A show as a calendar has it.

    Attributes:
        status: As RFC 5545 names it.
        sequence: Grows with each change of time, place or status, and never falls.
        modified_at: When we learnt of the last of those (UTC).
        place: "planned": the plan holds the show; "kept": it is in the file for those who have it
            already; "left out": it was in a file and is not what the recipe asks for any more. It
            is remembered, so that its sequence never falls and its end is told.
        songs: To hear before it.
    """

    show: PlannedShow
    status: EntryStatus
    sequence: int
    modified_at: datetime
    place: Place = "planned"
    songs: tuple[Song, ...] = ()


def calendar_entries(
    before: Iterable[CalendarEntry],
    shows: Iterable[PlannedShow],
    fates: ShowFates,
    *,
    today: date,
    now: datetime,
    also_on: Iterable[PlannedShow] = (),
    songs: Mapping[tuple[str, str], tuple[Song, ...]] | None = None,
    relisted: Collection[str] = (),
    floor: int = 0,
) -> tuple[CalendarEntry, ...]:
    """The entries that follow on those of ``before``; ``shows`` come first.

    Shows that are over are forgotten.

    Args:
        before: As they were last.
        shows: Those that the calendar holds.
        fates: What became of shows.
        today: The listener's date.
        now: The present (UTC).
        also_on: What the recipe lets through besides: it takes place, and the calendar does not
            hold it.
        songs: To hear before a show, by state and id.
        relisted: Ids of shows that are among ``shows`` under another id.
        floor: No entry has a lower sequence.
    """
    shows, earlier = tuple(shows), {_key(entry.show): entry for entry in before}
    others, heard = {_key(show): show for show in also_on}, songs or {}
    known = fates.of([*shows, *(entry.show for entry in earlier.values())])
    planned = [
        replace(
            _entry(show, "CONFIRMED", known.get(_key(show)), earlier.get(_key(show)), now, floor),
            songs=heard.get(_key(show), ()),
        )
        for show in shows
    ]
    keys = {_key(show) for show in shows}
    kept = [
        one
        for key, entry in earlier.items()
        if key not in keys
        and (
            one := _still_on(entry, others[key], known.get(key), now)
            if key in others
            else _kept(entry, known.get(key), fates, now, is_relisted=key[1] in relisted)
        )
    ]
    return (*planned, *(entry for entry in kept if entry.show.last_day >= today))


def _key(show: PlannedShow) -> tuple[str, str]:
    return show.state, show.show_id


def _entry(
    show: PlannedShow,
    status: EntryStatus,
    fate: ShowFate | None,
    earlier: CalendarEntry | None,
    now: datetime,
    floor: int = 0,
    *,
    place: Place = "planned",
) -> CalendarEntry:
    revisions = fate.revisions if fate else 0
    if earlier is None:
        at = fate.changed_at if fate else now
        sequence = max(floor, revisions)
    else:
        changed = (_told(earlier.show), earlier.status) != (_told(show), status)
        # The history may have been lost, or may not tell what another listing says of a start.
        sequence = max(earlier.sequence + changed, revisions)
        at = earlier.modified_at
        if sequence > earlier.sequence:
            at = fate.changed_at if fate and fate.changed_at > at else max(at, now)
    return CalendarEntry(
        show=show,
        status=status,
        sequence=sequence,
        modified_at=at,
        place=place,
        songs=earlier.songs if earlier else (),
    )


def _told(show: PlannedShow) -> tuple[object, ...]:
    """What a calendar shows of time and place."""
    times = show.local_date, show.last_date, show.starts_at, show.starts_at_local, show.ends_at
    return *times, show.venue_name, show.venue_address, show.venue_city


def _kept(
    entry: CalendarEntry,
    fate: ShowFate | None,
    fates: ShowFates,
    now: datetime,
    *,
    is_relisted: bool,
) -> CalendarEntry | None:
    """What becomes of the ``entry`` of a show that is not in the plan; None: it is forgotten."""
    show, was_planned = entry.show, entry.place == "planned"
    if fate is None and fates.knows(show.state) and not is_relisted:
        # Its owner asked for it to be forgotten (docs/TERMS.md).
        return None
    if was_planned and show.has_begun(now) and not (fate and fate.is_off):
        # What has begun is upcoming no more, and takes place.
        return entry
    if is_relisted or (fate is None and was_planned):
        # Without a history, sources drop a cancelled show without a word
        # (seatgeek/api-support#52).
        return _entry(show, "CANCELLED", fate, entry, now, place="kept")
    if fate is None or (not was_planned and fate.changed_at <= entry.modified_at):
        return entry
    if fate.standing == "ahead":
        return _not_asked_for(entry, fate, now)
    return _entry(show, _STATUS[fate.standing], fate, entry, now, place="kept")


def _still_on(
    entry: CalendarEntry, show: PlannedShow, fate: ShowFate | None, now: datetime
) -> CalendarEntry:
    """The entry of a ``show`` that takes place, and that the calendar does not hold any more."""
    is_as_told = _told(entry.show) == _told(show) and entry.status == "CONFIRMED"
    if entry.place == "left out" or (entry.place == "planned" and is_as_told):
        return replace(entry, place="left out")
    return _entry(show, "CONFIRMED", fate, entry, now, place="kept")


def _not_asked_for(entry: CalendarEntry, fate: ShowFate, now: datetime) -> CalendarEntry:
    """The entry of a show that takes place, and that the recipe does not let through."""
    has_moved = fate.has_moved_from(entry.show)
    if entry.place == "left out" or (entry.place == "planned" and not has_moved):
        return replace(entry, place="left out")
    # It has moved away, or is on again: who has it in a calendar would go to the wrong night.
    show = moved_to(entry.show, fate) if has_moved else entry.show
    status: EntryStatus = "CONFIRMED" if fate.local_date else "TENTATIVE"
    return _entry(show, status, fate, entry, now, place="kept")
