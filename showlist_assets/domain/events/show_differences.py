"""How two tellings of one show differ, and which differences are news.

* ``moved``: another date, another house, or a start half an hour away or more; less is doors and
  show. A start or a last day that was open and is told now is no news, a date is.
* ``line_up``: acts joined or left, told apart by ``performer_key``. A name that the title says all
  the time neither joins nor leaves, and an empty bill says nothing.
* Start and house are compared only where the same listing tells of them, or where the show is said
  to be rescheduled; acts that joined only where no other source does, acts that left only where
  every source goes on. Between two sources such differences are a matter of spelling.
* A show that is off has no other news. Whether a ticket can be bought never is any.

What belongs here: these rules, and what is known of a show. What does not: shows that appear and
disappear (``show_absence``), and the history's rows (``show_changes``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from showlist_assets.domain.clock_times import clock_time
from showlist_assets.domain.events.act_kinds import act_kind
from showlist_assets.domain.events.show_decisions import listing_id
from showlist_assets.domain.events.venue_names import (
    VenueRelation,
    is_one_city,
    read_venue,
    venue_relation,
)
from showlist_assets.domain.names import normalize, performer_key
from showlist_assets.domain.states import BY_CODE
from showlist_assets.domain.zones import known_zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

GOES_AHEAD: Final = ("scheduled", "rescheduled")
_LEAST_MOVE: Final = timedelta(minutes=30)
_WORDS: Final = {"vanished": "presumed cancelled"}
_SAME_FACTS: Final = ("title", "status", "local_date", "last_date", "starts_at_local",
                      "venue_name", "venue_city", "ticket_url")  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownShow:
    """What is known of a show; the columns of ``ShowChanges`` that say so."""

    state: str
    show_id: str
    title: str
    status: str
    local_date: date | None
    last_date: date | None
    starts_at_local: datetime | None
    venue_name: str
    venue_city: str | None
    acts: tuple[str, ...]
    sources: tuple[str, ...]
    listing: str
    ticket_url: str | None

    @property
    def key(self) -> tuple[str, str]:
        """What names it among the shows of all states."""
        return self.state, self.show_id

    def is_over(self, now: datetime) -> bool:
        """Whether its last day at the venue is past; never where no date is known."""
        last = self.last_date or self.local_date
        return last is not None and last < self._today(now)

    def is_ahead(self, now: datetime) -> bool:
        """Whether it begins tomorrow or later: on the day itself shops take shows down."""
        return self.local_date is not None and self.local_date > self._today(now)

    def _today(self, now: datetime) -> date:
        return now.astimezone(known_zone(BY_CODE[self.state].timezone) or UTC).date()


class Difference(NamedTuple):
    """One change of a show; words are None where there was, or is, nothing."""

    change: str
    was: str | None
    becomes: str | None


def of_history(row: Mapping[str, Any]) -> KnownShow:
    """What a row of ``ShowChanges`` knows."""
    return KnownShow(
        state=row["state"],
        show_id=row["show_id"],
        acts=tuple(row["acts"]),
        sources=tuple(row["sources"]),
        listing=row["listing"],
        **{column: row[column] for column in _SAME_FACTS},
    )


def of_table(row: Mapping[str, Any]) -> KnownShow:
    """What a row of ``Shows`` tells."""
    listings = row["listings"]
    return KnownShow(
        state=row["state"],
        show_id=row["show_id"],
        acts=tuple(act["name"] for act in row["performers"]),
        sources=tuple(dict.fromkeys(one["source"] for one in listings)),
        listing=listing_id(listings[0]["source"], listings[0]["event_id"]),
        **{column: row[column] for column in _SAME_FACTS},
    )


def differences(
    known: KnownShow, told: KnownShow, unsure: Set[str] = frozenset()
) -> tuple[list[Difference], KnownShow]:
    """What is new in ``told``, and what is known after it.

    Without any news, ``details`` tells whatever else is known now; nothing if that is nothing.

    Args:
        known: What was known.
        told: What the table of shows tells now.
        unsure: Sources that do not list it any more, though that may be the walk's fault.
    """
    if _telling(known) == _telling(told):
        return [], told
    same_telling = known.listing == told.listing or (
        told.status == "rescheduled" and known.status != "rescheduled"
    )
    after = replace(
        told,
        **_dates(known, told, is_same=same_telling),
        **_house(known, told),
        acts=_acts(known, told, unsure),
        sources=_sources(known, told, unsure),
    )
    if not same_telling and known.listing.startswith(tuple(f"{one}-" for one in unsure)):
        after = _as_before(known, after)
    found = _status(known, told)
    if told.status in GOES_AHEAD:
        found += _moved(known, after, is_same=same_telling)
        found += _line_up(known, told, unsure)
    if not found and _tracked(after) != _tracked(known):
        found = [_details(known, after)]
    return found, after


def _telling(show: KnownShow) -> tuple[Any, ...]:
    """All that is compared, as it is told."""
    times = (show.local_date, show.last_date, show.starts_at_local)
    where = (show.venue_name, show.venue_city)
    return *times, *where, show.status, show.acts, show.sources, show.listing


def _as_before(known: KnownShow, after: KnownShow) -> KnownShow:
    """What is known while the listing that told it may only be missed.

    Otherwise its own start and house would be a move when it is met again.
    """
    start = known.starts_at_local if known.local_date == after.local_date else None
    return replace(
        after,
        listing=known.listing,
        venue_name=known.venue_name,
        venue_city=known.venue_city,
        starts_at_local=start or after.starts_at_local,
    )


def first_words(show: KnownShow) -> str:
    """When and where a show is, in words."""
    return f"{_when(show)}, {_where(show)}"


def _status(known: KnownShow, told: KnownShow) -> list[Difference]:
    is_on, was_on = (show.status in GOES_AHEAD for show in (told, known))
    if told.status == known.status or (is_on and was_on):
        return []
    change = "back" if is_on else told.status
    return [Difference(change, _WORDS.get(known.status, known.status), told.status)]


def _dates(known: KnownShow, told: KnownShow, *, is_same: bool) -> dict[str, Any]:
    """Date and start after a look: what it leaves open stays as it was."""
    forgot = told.local_date is None and not (is_same and told.status in GOES_AHEAD)
    if forgot or told.local_date == known.local_date:
        start = told.starts_at_local
        if start is None or _is_one_start(known.starts_at_local, start):
            start = known.starts_at_local
        last = told.last_date or (None if is_same and not forgot else known.last_date)
        return {"local_date": known.local_date, "last_date": last, "starts_at_local": start}
    return {}


def _is_one_start(known: datetime | None, told: datetime) -> bool:
    # Compared with what was told last, so that many small steps are a move in the end.
    return known is not None and abs(known - told) < _LEAST_MOVE


def _house(known: KnownShow, told: KnownShow) -> dict[str, Any]:
    if _is_one_house(known, told):
        return {"venue_name": known.venue_name, "venue_city": known.venue_city or told.venue_city}
    return {}


def _is_one_house(one: KnownShow, other: KnownShow) -> bool:
    if (one.venue_name, one.venue_city) == (other.venue_name, other.venue_city):
        return True
    here, there = (read_venue(s.venue_name, s.venue_city, s.state, None) for s in (one, other))
    # Another room of the house has the same door.
    same_name = venue_relation(here, there) is not VenueRelation.OTHER
    return same_name and is_one_city(here.city, there.city)


def _acts(known: KnownShow, told: KnownShow, unsure: Set[str]) -> tuple[str, ...]:
    if not told.acts or told.acts == known.acts:
        return known.acts
    now = {performer_key(name) for name in told.acts}
    kept = (
        name
        for name in known.acts
        if performer_key(name) not in now and (unsure or _is_in(name, told.title))
    )
    return (*told.acts, *kept)


def _sources(known: KnownShow, told: KnownShow, unsure: Set[str]) -> tuple[str, ...]:
    held = tuple(source for source in known.sources if source in unsure)
    # The first one stays the first: its listing is what the show is told by.
    if held and held[0] == known.sources[0]:
        return held + tuple(source for source in told.sources if source not in held)
    return told.sources + held


def _moved(known: KnownShow, after: KnownShow, *, is_same: bool) -> list[Difference]:
    days = (known.local_date, known.last_date) != (after.local_date, after.last_date)
    # A last day that is told at last is a detail; a first one is what everybody waits for.
    learnt = known.local_date == after.local_date and known.last_date is None
    when = known.local_date != after.local_date or (is_same and days and not learnt)
    starts = (known.starts_at_local, after.starts_at_local)
    when = when or (is_same and None not in starts and starts[0] != starts[1])
    where = is_same and not _is_one_house(known, after)
    if not when and not where:
        return []
    was, becomes = (
        ", ".join([_when(show)] * when + [_where(show)] * where) for show in (known, after)
    )
    return [Difference("moved", was, becomes)]


def _line_up(known: KnownShow, told: KnownShow, unsure: Set[str]) -> list[Difference]:
    if not told.acts or told.acts == known.acts:
        return []
    before, now = ({performer_key(name) for name in show.acts} for show in (known, told))
    joined = [name for name in told.acts if performer_key(name) not in before]
    left = [name for name in known.acts if performer_key(name) not in now]
    if not set(told.sources) <= set(known.sources):
        joined = []
    if unsure or not set(known.sources) <= set(told.sources):
        left = []
    joined = [name for name in joined if _is_act(name, told) and not _is_in(name, known.title)]
    left = [name for name in left if _is_act(name, known) and not _is_in(name, told.title)]
    if not joined and not left:
        return []
    return [Difference("line_up", ", ".join(left) or None, ", ".join(joined) or None)]


def _is_in(name: str, title: str) -> bool:
    return f" {normalize(name)} " in f" {normalize(title)} "


def _is_act(name: str, show: KnownShow) -> bool:
    """Whether it is a name of somebody, and no "special guest"."""
    about = {
        "title": show.title,
        "kind": "concert",
        "performers": (),
        "venue_name": show.venue_name,
    }
    return act_kind({"name": name, "kind": None}, about) != "other"


def _tracked(show: KnownShow) -> tuple[Any, ...]:
    """What the next look is compared with: a difference in nothing else needs a row."""
    acts = frozenset(performer_key(name) for name in show.acts)
    times = (show.local_date, show.last_date, show.starts_at_local)
    first = show.sources[:1]
    return *times, show.venue_name, acts, first, frozenset(show.sources), show.listing


def _details(known: KnownShow, after: KnownShow) -> Difference:
    pairs = [(tell(known), tell(after)) for tell in (_when, _where, _who, _listed)]
    was, becomes = zip(*[pair for pair in pairs if pair[0] != pair[1]], strict=True)
    return Difference("details", "; ".join(was), "; ".join(becomes))


def _who(show: KnownShow) -> str:
    return ", ".join(show.acts) or "nobody named"


def _listed(show: KnownShow) -> str:
    return f"listed by {', '.join(show.sources) or 'nobody'} as {show.listing}"


def _where(show: KnownShow) -> str:
    return f"{show.venue_name}, {show.venue_city}" if show.venue_city else show.venue_name


def _when(show: KnownShow) -> str:
    if show.local_date is None:
        return "no date yet"
    first, start = _day(show.local_date), show.starts_at_local
    days = f"{first} to {_day(show.last_date)}" if show.last_date else first
    return f"{days}, {clock_time(start)}" if start else days


def _day(day: date) -> str:
    return f"{day:%a %b} {day.day} {day.year}"
