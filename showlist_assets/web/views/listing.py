"""Shows in a list: one row each, finished in words."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.names import normalize
from showlist_assets.domain.quantities import counted
from showlist_assets.web import wording
from showlist_assets.web.paths import show_path, venue_path
from showlist_assets.web.views.lineup import badge_of, distance_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from showlist_assets.domain.gazetteer import Area, Place
    from showlist_assets.storage.published.summaries import ShowSummary

_ACTS_NAMED: Final = 4
_BETWEEN_NAMES: Final = frozenset(
    ("and", "with", "w", "feat", "the", "plus", "special", "guest", "guests")
)


@dataclass(frozen=True)
class ShowRow:
    """A show in a list.

    Attributes:
        headline: Who plays.
        title: What it is called, where that says more.
        badge: What is special, in a word or two; empty: nothing.
        note: A sentence under the rest; empty: none.
    """

    path: str
    headline: str
    title: str
    date: date | None
    year: str
    starts_at: datetime | None
    time: str
    venue: str
    venue_path: str
    city: str
    distance: str
    price: str
    ticket_url: str
    badge: str
    note: str = ""


@dataclass(frozen=True)
class Pager:
    """The pages before and behind, as what stands after the "?"; empty: there is none."""

    before: str
    behind: str


def row_of(
    show: ShowSummary, place: Place | Area | None = None, *, today: date, note: str = ""
) -> ShowRow:
    """The row of ``show``, for whoever asked about ``place``."""
    acts = acts_in_words(show.acts)
    return ShowRow(
        path=show_path(show.show_id),
        headline=acts or wording.printed(show.title),
        title=title_beside(show.title, show.acts),
        date=show.local_date,
        year=year_beside(show.local_date, today),
        starts_at=show.starts_at_local,
        time=wording.clock(show.starts_at_local) if show.starts_at_local else "",
        venue=wording.printed(show.venue_name),
        venue_path=venue_path(show.venue_name, show.venue_city, show.state),
        city=city_in_words(show.venue_city, show.state),
        distance=distance_in_words(place, show.latitude, show.longitude),
        price=price_in_words(show.lowest_price),
        ticket_url=show.ticket_url or "",
        badge=badge_of(show.status, show.local_date, show.last_date),
        note=note,
    )


def acts_in_words(acts: Sequence[str]) -> str:
    """Who plays, the first few by name."""
    names = [_isolated(name) for name in dict.fromkeys(map(wording.printed, acts))]
    more = len(names) - _ACTS_NAMED
    named = ", ".join(names[:_ACTS_NAMED])
    return f"{named} and {more} more" if more > 0 else named


def _isolated(name: str) -> str:
    """``name`` so that the words around it keep their order, though it is read from the right."""
    from_the_right = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in name)
    return f"\u2068{name}\u2069" if from_the_right else name


def title_beside(title: str, acts: Sequence[str]) -> str:
    """The title where it says more than the names of the acts, or than their first few."""
    said = _words(" ".join(acts)) | _BETWEEN_NAMES if acts else _words(title)
    return "" if _words(title) <= said else wording.printed(title)


def _words(text: str) -> set[str]:
    return set(normalize(text).split())


def year_beside(day: date | None, today: date) -> str:
    """The year of a day that is not in the present one."""
    return str(day.year) if day and day.year != today.year else ""


def city_in_words(city: str | None, state: str) -> str:
    """Such as "Albany, NY"."""
    return ", ".join(filter(None, (wording.printed(city or ""), state)))


def price_in_words(lowest: float | None) -> str:
    """Such as "from $38"; empty where nobody tells."""
    if lowest is None:
        return ""
    return f"from {wording.dollars(lowest)}" if lowest else "free"


def shows_in_words(count: int) -> str:
    """Such as "3 shows ahead"."""
    return f"{counted(count, 'show')} ahead" if count else "No show ahead"
