"""What is new, moved, called off and gone; and what plays for the last time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from showlist_assets.domain.gazetteer import Area
from showlist_assets.domain.quantities import counted
from showlist_assets.storage.published.changes import (
    ANNOUNCED,
    CANCELLED,
    GONE,
    LINE_UP,
    MOVED,
    NEWS,
)
from showlist_assets.web import wording
from showlist_assets.web.paths import show_path, venue_path
from showlist_assets.web.views.listing import (
    Pager,
    ShowRow,
    acts_in_words,
    city_in_words,
    row_of,
    title_beside,
    year_beside,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from showlist_assets.domain.gazetteer import Place
    from showlist_assets.storage.published.changes import Change
    from showlist_assets.storage.published.summaries import ShowSummary

PAGE: Final = 40
DAYS: Final = (1, 3, 7, 14, 30, 60)
DEFAULT_DAYS: Final = 7


@dataclass(frozen=True)
class Kind:
    """A kind of news.

    Attributes:
        path: Where it is listed.
        label: On its tab.
        heading: Over the list.
        changes: As the history names them.
        nothing: What is said where there is none, before "in the last 7 days".
    """

    path: str
    label: str
    heading: str
    changes: tuple[str, ...]
    nothing: str


KINDS: Final[Mapping[str, Kind]] = {
    "new": Kind("/new", "Everything", "What is new", NEWS, "Nothing changed"),
    "announced": Kind("/announced", "Announced", "Just announced", ANNOUNCED, "Nothing new came"),
    "moved": Kind("/moved", "Moved", "Moved, or on again", MOVED, "Nothing moved"),
    "cancelled": Kind("/cancelled", "Called off", "Called off", CANCELLED, "Nothing is off"),
    "gone": Kind("/gone", "Gone", "Not listed any more", GONE, "Nothing vanished"),
    "line-ups": Kind("/line-ups", "Line-ups", "New on a bill", LINE_UP, "No bill changed"),
}
_BADGES: Final = {
    "announced": "new",
    "moved": "moved",
    "back": "on again",
    "cancelled": "cancelled",
    "postponed": "postponed",
    "vanished": "gone",
    "line_up": "line-up",
}
_BAD: Final = ("cancelled", "postponed", "vanished")


@dataclass(frozen=True)
class Tab:
    """A link to another list of the same region and days."""

    label: str
    path: str
    query: str
    count: int
    is_shown: bool


@dataclass(frozen=True)
class NarrowBy:
    """The form over a list: where, and of how many days.

    Attributes:
        mistake: What of it could not be used; empty: nothing.
    """

    path: str
    where: str
    days: tuple[tuple[int, str, bool], ...]
    mistake: str


@dataclass(frozen=True)
class NewsRow:
    """One change of one show.

    Attributes:
        words: What happened, as a sentence.
        is_bad: Whether somebody would have liked it not to happen.
    """

    path: str
    headline: str
    title: str
    badge: str
    is_bad: bool
    words: str
    date: date | None
    year: str
    venue: str
    venue_path: str
    city: str


@dataclass(frozen=True)
class NewsDay:
    """What was learnt on one day."""

    date: date
    rows: tuple[NewsRow, ...]


@dataclass(frozen=True)
class NewsView:
    """A list of changes."""

    heading: str
    where: str
    tabs: tuple[Tab, ...]
    form: NarrowBy
    days: tuple[NewsDay, ...]
    nothing: str
    path: str
    pages: Pager


@dataclass(frozen=True)
class LeavingView:
    """Shows that are the last chance to see somebody."""

    where: str
    form: NarrowBy
    rows: tuple[ShowRow, ...]
    nothing: str
    pages: Pager


@dataclass(frozen=True)
class Asked:
    """What a list is asked for.

    Attributes:
        text: Where, as it was typed.
        place: What that means; None: everywhere.
        states: The states it lies in; none: everywhere.
        mistake: Why ``text`` means nothing; empty: it does, or nothing was typed.
        days: How many.
        first: How many rows are passed over.
    """

    text: str
    place: Place | Area | None
    states: tuple[str, ...]
    mistake: str
    days: int
    first: int


def news_of(
    kind: str, asked: Asked, changes: Sequence[Change], counts: Mapping[str, int], *, today: date
) -> NewsView:
    """The list of ``changes``, of which one more than a page is given where there are more."""
    chosen = KINDS[kind]
    shown = changes[:PAGE]
    rows = [(one.changed_at.date(), _row(one, today)) for one in shown]
    return NewsView(
        heading=chosen.heading,
        where=f"{_in_states(asked)}, found {_days_in_words(asked.days)}",
        tabs=tuple(_tab(name, kind, asked, counts) for name in KINDS),
        form=_narrow_by(chosen.path, asked, "the last"),
        days=tuple(
            NewsDay(day, tuple(row for _, row in group))
            for day, group in groupby(rows, key=lambda pair: pair[0])
        ),
        nothing=f"{chosen.nothing} {_in_states(asked)} {_days_in_words(asked.days)}.",
        path=chosen.path,
        pages=_pager(asked, is_more=len(changes) > PAGE),
    )


def leaving_of(
    asked: Asked, shows: Sequence[ShowSummary], miles: int, *, today: date
) -> LeavingView:
    """The list of ``shows``, of which one more than a page is given where there are more."""
    where = _near(asked, miles)
    days = "today" if asked.days == 1 else f"in the next {asked.days} days"
    return LeavingView(
        where=f"{where}, {days}",
        form=_narrow_by("/leaving", asked, "the next"),
        rows=tuple(
            row_of(one, asked.place, today=today, note=_last_chance(one)) for one in shows[:PAGE]
        ),
        nothing=f"Nobody plays for the last time {_lower(where)} {days}.",
        pages=_pager(asked, is_more=len(shows) > PAGE),
    )


def _last_chance(show: ShowSummary) -> str:
    leaving = acts_in_words(show.leaving)
    # The headline names them all already.
    if set(show.leaving) == set(show.acts):
        return ""
    return f"The last chance for {leaving}" if leaving else ""


def _row(change: Change, today: date) -> NewsRow:
    acts = acts_in_words(change.acts)
    return NewsRow(
        path=show_path(change.show_id),
        headline=acts or wording.printed(change.title),
        title=title_beside(change.title, change.acts),
        badge=_BADGES.get(change.change, ""),
        is_bad=change.change in _BAD,
        words=wording.printed(change.words),
        date=change.local_date,
        year=year_beside(change.local_date, today),
        venue=wording.printed(change.venue_name),
        venue_path=venue_path(change.venue_name, change.venue_city, change.state),
        city=city_in_words(change.venue_city, change.state),
    )


def _tab(name: str, shown: str, asked: Asked, counts: Mapping[str, int]) -> Tab:
    kind = KINDS[name]
    return Tab(
        label=kind.label,
        path=kind.path,
        query=_query(asked),
        count=sum(counts.get(change, 0) for change in kind.changes),
        is_shown=name == shown,
    )


def _narrow_by(path: str, asked: Asked, of: str) -> NarrowBy:
    return NarrowBy(
        path=path,
        where=asked.text,
        days=tuple(
            (days, f"{of} {'day' if days == 1 else f'{days} days'}", days == asked.days)
            for days in sorted({*DAYS, asked.days})
        ),
        mistake=asked.mistake,
    )


def _pager(asked: Asked, *, is_more: bool) -> Pager:
    before = _query(asked, max(0, asked.first - PAGE)) if asked.first else ""
    return Pager(before, _query(asked, asked.first + PAGE) if is_more else "")


def _query(asked: Asked, first: int | None = None) -> str:
    pairs = {"where": asked.text} if asked.text and asked.place else {}
    if asked.days != DEFAULT_DAYS or first == 0:
        pairs["days"] = str(asked.days)
    if first:
        pairs["from"] = str(first)
    return urlencode(pairs, safe=",")


def _days_in_words(days: int) -> str:
    return "since yesterday" if days == 1 else f"in the last {counted(days, 'day')}"


def _in_states(asked: Asked) -> str:
    if not asked.states:
        return "everywhere"
    # A change says its state and no position.
    return f"in {', '.join(Area(code).label.removesuffix(' (state)') for code in asked.states)}"


def _near(asked: Asked, miles: int) -> str:
    if asked.place is None:
        return "Everywhere"
    label = asked.place.label
    return f"In {label}" if isinstance(asked.place, Area) else f"Within {miles} miles of {label}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
