"""What changed around a playlist: shows that are new, moved, called off, leaving soon.

Two plans tell what came, went and moved; why a show went, and whose line-up changed, tells the
history of shows. What belongs here: finding that out. What does not: which of it a digest tells
(``digest_content``), and how it reads as a page (``digest_page``) and as text (``digest_text``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from showlist_assets.domain.names import without_article
from showlist_assets.domain.places import city_key
from showlist_assets.domain.playlists.plan import PlannedShow
from showlist_assets.domain.playlists.show_fates import ShowFates, moved_to
from showlist_assets.domain.same_show import is_one_start, show_identity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.same_show import ShowIdentity

_LEAVING_WITHIN: Final = timedelta(days=3)


@dataclass(frozen=True)
class Move:
    """A show that takes place at another time or place than it was said to."""

    before: PlannedShow
    after: PlannedShow


@dataclass(frozen=True)
class LineUp:
    """A bill that acts joined or left, by names; None where none did."""

    show: PlannedShow
    left: str | None
    joined: str | None


@dataclass(frozen=True)
class Changes:
    """What became of the shows behind a playlist since they were last looked at.

    Attributes:
        new: Are there now.
        gone: Are there no more, and nothing says that they are off.
        moved: Take place at another time or place.
        leaving_soon: Are over in a few days.
        relisted: Their source lists them under another id now: neither gone nor new.
        line_ups: Bills that changed.
        cancelled, postponed, vanished: Are there no more, because of that; vanished: no source
            lists them.
        moved_away: Moved to a time or place that the recipe does not ask for.
        back: Are there now, and go ahead after all.
    """

    new: tuple[PlannedShow, ...]
    gone: tuple[PlannedShow, ...]
    moved: tuple[Move, ...]
    leaving_soon: tuple[PlannedShow, ...]
    relisted: tuple[Move, ...] = ()
    line_ups: tuple[LineUp, ...] = ()
    cancelled: tuple[PlannedShow, ...] = ()
    postponed: tuple[PlannedShow, ...] = ()
    vanished: tuple[PlannedShow, ...] = ()
    moved_away: tuple[Move, ...] = ()
    back: tuple[PlannedShow, ...] = ()


def changes(
    plan: Plan,
    previous: Iterable[PlannedShow],
    *,
    today: date,
    leaving_within: timedelta | None = None,
    fates: ShowFates | None = None,
    since: datetime | None = None,
    now: datetime | None = None,
) -> Changes:
    """``plan.shows`` beside the ``previous`` ones.

    A show that has begun, or whose last day is over, is not gone: it takes place.

    Args:
        plan: As it is now.
        previous: The shows as they were last told.
        today: The listener's date.
        leaving_within: What is left of it is leaving soon; three days unless told otherwise.
        fates: What became of shows, as far as that is known.
        since: When they were last told (UTC), if that is known.
        now: The present (UTC), if a show may have begun since.
    """
    fates = fates or ShowFates()
    before = {show.show_id: show for show in previous}
    present = {show.show_id: show for show in plan.shows}
    last = today + (_LEAVING_WITHIN if leaving_within is None else leaving_within)
    absent = [show for key, show in before.items() if key not in present and show.last_day >= today]
    went = _went(absent, fates, now)
    new = [show for show in plan.shows if show.show_id not in before]
    # Sources drop a cancelled show without a word (seatgeek/api-support#52).
    relisted = _relisted(went.without_reason, new, present.values())
    old, again = {move.before for move in relisted}, {move.after for move in relisted}
    same_id = [Move(before[key], show) for key, show in present.items() if key in before]
    is_back = {(row["state"], row["show_id"]) for row in fates.since(since, "back")}
    back = [show for show in new if (show.state, show.show_id) in is_back]
    return Changes(
        new=tuple(show for show in new if show not in again and show not in back),
        gone=tuple(show for show in went.without_reason if show not in old),
        moved=tuple(
            move
            for move in (*same_id, *relisted)
            if _when_and_where(move.before) != _when_and_where(move.after)
        ),
        leaving_soon=tuple(show for show in plan.shows if today <= show.last_day <= last),
        relisted=relisted,
        line_ups=_line_ups([move.after for move in same_id], fates, since),
        cancelled=tuple(went.off["cancelled"]),
        postponed=tuple(went.off["postponed"]),
        vanished=tuple(went.off["vanished"]),
        moved_away=tuple(went.moved_away),
        back=tuple(back),
    )


class _Went(NamedTuple):
    """Shows that the plan does not hold any more, by why."""

    off: dict[str, list[PlannedShow]]
    moved_away: list[Move]
    without_reason: list[PlannedShow]


def _went(absent: list[PlannedShow], fates: ShowFates, now: datetime | None) -> _Went:
    known = fates.of(absent)
    went = _Went({"cancelled": [], "postponed": [], "vanished": []}, [], [])
    for show in absent:
        fate = known.get((show.state, show.show_id))
        if fate and fate.is_off:
            went.off[fate.standing].append(show)
        elif fate and fate.has_moved_from(show):
            went.moved_away.append(Move(show, moved_to(show, fate)))
        elif now is None or not show.has_begun(now):
            went.without_reason.append(show)
    return went


def _line_ups(
    shows: Iterable[PlannedShow], fates: ShowFates, since: datetime | None
) -> tuple[LineUp, ...]:
    known = {(show.state, show.show_id): show for show in shows}
    return tuple(
        LineUp(show, left=row["was"], joined=row["becomes"])
        for row in fates.since(since, "line_up")
        if (show := known.get((row["state"], row["show_id"])))
    )


def _relisted(
    gone: list[PlannedShow], new: list[PlannedShow], now: Iterable[PlannedShow]
) -> tuple[Move, ...]:
    """Each show that has another id now, beside the listing that it has become.

    One that was listed twice may have lost its second listing.
    """
    by_day: dict[date, list[PlannedShow]] = {}
    for show in now:
        by_day.setdefault(show.local_date, []).append(show)
    found = [
        Move(show, twin) for show in gone if (twin := _twin(show, by_day.get(show.local_date, ())))
    ]
    old, again = {move.before for move in found}, {move.after for move in found}
    # The same act at the same place on the same day, at another hour: it has been moved.
    left = [show for show in gone if show not in old]
    for show in new if left else ():
        near = (
            [] if show in again else [one for one in left if _identities(one) & _identities(show)]
        )
        if near:
            nearest = min(near, key=lambda one: _apart(one, show))
            left.remove(nearest)
            found.append(Move(nearest, show))
    return tuple(found)


def _twin(show: PlannedShow, among: Iterable[PlannedShow]) -> PlannedShow | None:
    """The listing of ``show`` among others of its day, at the same hour as far as it is known."""
    same = [
        other
        for other in among
        if is_one_start(show.starts_at_local, other.starts_at_local)
        and _identities(other) & _identities(show)
    ]
    return min(same, key=lambda one: _apart(one, show), default=None)


def _identities(show: PlannedShow) -> set[ShowIdentity]:
    return {
        show_identity(
            artist,
            venue_name=show.venue_name,
            venue_city=show.venue_city,
            state=show.state,
            local_date=show.local_date,
        )
        for artist in show.artists
    }


def _apart(one: PlannedShow, other: PlannedShow) -> timedelta:
    if one.starts_at_local is None or other.starts_at_local is None:
        return timedelta()
    return abs(one.starts_at_local - other.starts_at_local)


def _when_and_where(show: PlannedShow) -> tuple[object, ...]:
    where = without_article(show.venue_name), city_key(show.venue_city)
    return show.local_date, show.last_date, show.starts_at_local, *where
