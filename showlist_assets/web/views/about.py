"""Where shows and songs come from, how fresh they are, and whom the page has to thank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.quantities import counted
from showlist_assets.domain.states import BY_CODE
from showlist_assets.web import wording
from showlist_assets.web.views.show import SOURCE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from showlist_assets.storage.published.freshness import SourceFreshness, StateFreshness
    from showlist_assets.web.map import NationView

_SOURCE_TELLS: Final = {
    "ticketmaster": ("https://www.ticketmaster.com", "Concerts and tickets"),
    "seatgeek": ("https://seatgeek.com", "Concerts and tickets"),
    "feeds": ("", "What venues publish themselves"),
}
_CALENDARS: Final = "Calendars of venues"
_OLD_DAYS: Final = 8


@dataclass(frozen=True)
class SourceLine:
    """A source of concerts.

    Attributes:
        facts: How many listings in how many states, and when it answered last.
        silent_in: The states in which it does not answer now; empty: it does everywhere.
    """

    name: str
    url: str
    tells: str
    facts: str
    silent_in: str


@dataclass(frozen=True)
class StateLine:
    """A state: how many shows, how old, and what is wrong.

    Attributes:
        trouble: Empty where all is as it should be.
    """

    name: str
    code: str
    shows: int
    as_of: datetime | None
    age: str
    pending: str
    trouble: str


@dataclass(frozen=True)
class AboutView:
    """The page about the page.

    Attributes:
        as_of: When a source answered last (UTC); None where none ever did.
        age: How long ago that is, in words.
    """

    age: str
    as_of: datetime | None
    shows: int
    sources: tuple[SourceLine, ...]
    states: tuple[StateLine, ...]
    pending: int
    map: NationView


def about_of(
    freshness: Iterable[StateFreshness],
    shows: Mapping[str, int],
    *,
    now: datetime,
    drawn: NationView,
) -> AboutView:
    """The page, from the freshness of each state and how many shows it has."""
    known = list(freshness)
    by_source: dict[str, list[SourceFreshness]] = {}
    for state in known:
        for source in state.sources:
            by_source.setdefault(source.source, []).append(source)
    # Not the time of the file: of a pretended present it would tell nonsense.
    answers = [one.answered_at for rows in by_source.values() for one in rows]
    as_of = max(filter(None, answers), default=None)
    return AboutView(
        age=wording.ago(as_of, now) if as_of else "",
        as_of=as_of,
        shows=sum(shows.values()),
        sources=tuple(_source(name, rows, now) for name, rows in sorted(by_source.items())),
        states=tuple(_state(one, shows.get(one.state, 0), now) for one in known),
        pending=sum(one.pending for one in known),
        map=drawn,
    )


def _source(name: str, states: list[SourceFreshness], now: datetime) -> SourceLine:
    url, tells = _SOURCE_TELLS.get(name, ("", ""))
    answered = max((one.answered_at for one in states if one.answered_at), default=None)
    listings = sum(one.listings for one in states)
    facts = f"{counted(listings, 'listing')} in {counted(len(states), 'state')}"
    return SourceLine(
        name=wording.printed(_CALENDARS if name == "feeds" else SOURCE_NAMES.get(name, name)),
        url=url,
        tells=tells,
        facts=f"{facts}, last answer {wording.ago(answered, now)}" if answered else facts,
        silent_in=", ".join(one.state for one in states if one.failing_since),
    )


def _state(state: StateFreshness, shows: int, now: datetime) -> StateLine:
    as_of = state.as_of
    return StateLine(
        name=BY_CODE[state.state].name if state.state in BY_CODE else state.state,
        code=state.state,
        shows=shows,
        as_of=as_of,
        age=wording.ago(as_of, now) if as_of else "never",
        pending=counted(state.pending, "band") if state.pending else "",
        trouble=_trouble(state, now),
    )


def _trouble(state: StateFreshness, now: datetime) -> str:
    if state.is_missing:
        return "No source has answered yet: this is not “no shows”."
    silent = [wording.printed(SOURCE_NAMES.get(one.source, one.source)) for one in state.failing]
    if silent:
        return f"{' and '.join(silent)} {'does' if len(silent) == 1 else 'do'} not answer now."
    as_of = state.as_of
    return "Older than a week." if as_of and (now - as_of).days >= _OLD_DAYS else ""
