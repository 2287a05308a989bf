"""Ticketmaster's Discovery API v2: every upcoming music event of a state, of all its shops.

Facts this rests on (developer.ticketmaster.com, "Discovery API", unless another source is named):
the pages of a list reach its first 1,000 items (``size * page < 1000``; a deeper one is a 400,
DIS1035); both ends of a period belong to it, and what has no date is in no period (measured by a
third party in October 2026); without events there is no ``_embedded``; rows shift between pages
while one walks. What music is, and which events are tests, is the reader's business.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.states import BY_CODE
from showlist_assets.domain.zones import known_zone
from showlist_assets.sources.event_documents import handed_over
from showlist_assets.sources.event_source import StateListings
from showlist_assets.sources.failures import BadAnswer, refuse_unusable_keys
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.json_values import mapping, mappings, printed, utc_time, whole
from showlist_assets.sources.ticketmaster import reader
from showlist_assets.sources.ticketmaster.periods import Period, periods_from

if TYPE_CHECKING:
    from showlist_assets.sources.http.session import ApiSession

Event = dict[str, Any]
Query = dict[str, Any]

_log = logging.getLogger(__name__)

_DEEPEST_ITEM: Final = 1_000
_STATES_AT_ONCE: Final = 3
_LARGEST_PAGE: Final = 200
# A list may grow while it is read.
_ROOM_TO_GROW: Final = 0.05
# One does as a rule; the others are for lists that change while they are read.
_WALKS: Final = 3
# A total that is off by a few for good must not keep a state from being fetched for good.
_TOLERATED_SHORTFALL: Final = 0.02
# What began before today and is still on: a festival's pass is listed by its first day.
_ON_SINCE: Final = timedelta(days=7)
# "yes" and "no" of one leave the other alone; both "only" find nothing (measured, as above).
_UNDATED: Final[tuple[Query, ...]] = (
    {"includeTBA": "only", "includeTBD": "no"},
    {"includeTBA": "no", "includeTBD": "only"},
)
_WITH_UNDATED: Final[Query] = {"includeTBA": "yes", "includeTBD": "yes"}


@dataclass(frozen=True)
class UpcomingEvents:
    """What is on in a state.

    Attributes:
        events: Documents, each event once.
        left_out: Sentences on what was counted and not met; empty where the walk was complete.
    """

    events: list[Event]
    left_out: tuple[str, ...]


class Ticketmaster:
    """A client with one API key, which travels in the query of each request and stays nowhere else.

    Attributes:
        malformed: How many rows of a list were no event at all and were passed over.
    """

    def __init__(
        self,
        session: ApiSession,
        base_url: str,
        api_key: str,
        *,
        deepest_item: int = _DEEPEST_ITEM,
        page_size: int = _LARGEST_PAGE,
    ) -> None:
        """Make a client.

        Args:
            session: Sends the requests; from now on with the key.
            base_url: Without the version, such as https://app.ticketmaster.com/discovery.
            api_key: The "Consumer Key" of an app.
            deepest_item: How many items of a list its pages reach.
            page_size: Events a page.

        Raises:
            WrongKey: the key cannot be sent.
        """
        refuse_unusable_keys(reader.SOURCE, api_key)
        session.query_key = ("apikey", api_key)
        self._session, self._url = session, f"{base_url.rstrip('/')}/v2/events.json"
        self._deepest_item, self._page_size = deepest_item, page_size
        self._lock = Lock()
        self.malformed = 0

    @property
    def name(self) -> str:
        """As in ``RawEvents.source``."""
        return reader.SOURCE

    @property
    def states_at_once(self) -> int:
        """A few: an answer takes longer than reading it, and the ledger keeps the pace."""
        return _STATES_AT_ONCE

    @property
    def usage(self) -> ApiUsage:
        """What was sent and what was spared."""
        return self._session.usage + ApiUsage(malformed=self.malformed)

    def check(self) -> None:
        """One cheap call, to see whether the key is taken."""
        with self._session.bypassing_cache():
            self._session.get_object(self._url, {"countryCode": "US", "size": 1})

    def listings(self, state: str, since: datetime) -> StateListings:
        """Everything that is on in ``state``, as ``upcoming_events`` lists it.

        Raises:
            SourceError: as ``upcoming_events``.
        """
        with self._session.request_scope() as asked:
            found = self.upcoming_events(state, since)
        rows = reader.read_events(handed_over(found.events), state=state, fetched_at=since)
        # Kept answers that stand in for an API that is down may lack what is listed today.
        is_complete = not found.left_out and not asked.outdated
        return StateListings(
            rows,
            date.max if is_complete else None,
            found.left_out,
            outdated=asked.outdated,
        )

    def upcoming_events(self, state: str, since: datetime) -> UpcomingEvents:
        """Every event that Ticketmaster counts as music in ``state`` from ``since`` on.

        One list, if its pages reach all of it; else one for each of the periods that it is cut
        into, and one for what has no date. What has begun counts while its own end lies ahead; a
        show whose time is not announced counts until its day at the venue is over.

        Args:
            state: Code of a known state.
            since: An instant with a time zone.

        Raises:
            BadAnswer: the pages would not add up, however often they were walked.
            SourceError: as ``failures`` says.
        """
        query = {
            "countryCode": BY_CODE[state].country,
            "stateCode": BY_CODE[state].local_code,
            "classificationName": "music",
            "includeTest": "no",
            "size": self._page_size,
            # A strict order, unlike that of dates, of which many are equal.
            "sort": "id,asc",
        }
        walk = _Walk(self._session, self._url, query, self._deepest_item)
        walk.read_all(_midnight(since - _ON_SINCE))
        with self._lock:
            self.malformed += walk.malformed
        ahead = [event for event in walk.found.values() if _is_ahead(event, since)]
        return UpcomingEvents(ahead, tuple(walk.left_out))


class _Walk:
    """The walk through all lists of one state; ``found`` grows, each event once."""

    def __init__(self, session: ApiSession, url: str, query: Query, deepest_item: int) -> None:
        self._session, self._url, self._query = session, url, query
        self._deepest_item = deepest_item
        self._longest = deepest_item - int(deepest_item * _ROOM_TO_GROW)
        self.found: dict[str, Event] = {}
        self.left_out: list[str] = []
        self.malformed = 0

    def read_all(self, start: datetime) -> None:
        """The whole list; where it is too long, by date from ``start`` on."""
        if self._read({**self._query, **_WITH_UNDATED}, is_whole=True):
            return
        for undated in _UNDATED:
            self._read_far({**self._query, **undated}, "events without a date")
        for period in periods_from(start):
            self._read_period(period)

    def _read_period(self, period: Period) -> None:
        query = {**self._query, **period.as_query(), **_WITH_UNDATED}
        halves = period.halves()
        if not halves:
            self._read_far(query, f"events {period}")
        elif not self._read(query):
            for half in halves:
                self._read_period(half)

    def _read_far(self, query: Query, what: str) -> None:
        """A list that cannot be cut: as far as its pages reach."""
        if not self._read(query):
            met, total = self._as_far_as_pages_reach(query)
            self.left_out.append(
                f"{query['stateCode']}: Ticketmaster lists {total} {what}, and its pages "
                f"reach {met} of them."
            )

    def _read(self, query: Query, *, is_whole: bool = False) -> bool:
        """Walk until every event that the source counts has been met; False if it is too long.

        A row that moves to an earlier page while we walk is missed, and a page can come back empty
        for no reason; the union of several walks has them all. Only the first walk may read pages
        that were kept. Where old pages stand in for an API that is down, there is no other walk.
        """
        session, met = self._session, dict[str, Event]()
        total = odd = 0
        for walk in range(1, _WALKS + 1):
            known = len(met)
            with session.bypassing_cache() if walk > 1 else session.request_scope() as asked:
                rows, total = self._pages(query)
            if total > self._longest:
                return False
            events = mappings(rows)
            # What is no event is among those that the source counts.
            odd = len(rows) - len(events)
            by_key = {_key(event): event for event in events}
            met |= by_key
            nothing_new = walk > 1 and len(met) == known
            # That a whole state has nothing is believed only when it is repeated.
            is_all = total <= len(by_key) + odd and (total > 0 or not is_whole)
            if asked.outdated or nothing_new or is_all:
                break
        self._take(query, met, odd, total)
        return True

    def _take(self, query: Query, met: dict[str, Event], odd: int, total: int) -> None:
        self.found |= met
        self.malformed += odd
        short = total - len(met) - odd
        if short > total * _TOLERATED_SHORTFALL or (total and odd and not met):
            raise _odd(query, f"only {len(met)} of its {total} events can be paged through")
        if short > 0:
            said = f"{query['stateCode']}: Ticketmaster counts {total} events and lists {len(met)}."
            _log.warning("%s", said)
            self.left_out.append(said)

    def _pages(self, query: Query) -> tuple[list[Any], int]:
        """The rows of a list, and how many the source counted at most; none if it is too long.

        A row that is gone in the middle of a walk moves one that is not out of reach.
        """
        rows: list[Any] = []
        total = 0
        for number in count():
            page, total_now, size = self._page(query, number)
            if number and total and not total_now:
                raise _odd(query, "the total fell to 0 in the middle of the list")
            total = max(total, total_now)
            if total > self._longest:
                return [], total
            rows += page
            # What came counts, not what was asked for: pages of 20 came in the place of 200.
            is_last = len(rows) >= total or not page
            if is_last or (number + 1) * size >= self._deepest_item:
                return rows, total
        return rows, total

    def _as_far_as_pages_reach(self, query: Query) -> tuple[int, int]:
        """Take what the pages of a list reach; returns how many that are, and of how many."""
        met: dict[str, Event] = {}
        total = 0
        for number in count():
            page, total, size = self._page(query, number)
            met |= {_key(event): event for event in mappings(page)}
            if not page or (number + 1) * size >= self._deepest_item:
                break
        self.found |= met
        return len(met), total

    def _page(self, query: Query, number: int) -> tuple[list[Any], int, int]:
        """One page: its rows, how many the list has, and how many a page holds."""
        answer = self._session.get_object(self._url, {**query, "page": number})
        meta = mapping(answer.get("page"))
        total, size = whole(meta.get("totalElements")), whole(meta.get("size"))
        embedded = answer.get("_embedded", {})
        rows = embedded.get("events", []) if isinstance(embedded, dict) else None
        if total is None or not isinstance(rows, list):
            raise _odd(query, f"page {number} has no list of events with a total")
        return rows, total, size or int(query["size"])


def _odd(query: Query, why: str) -> BadAnswer:
    what = f"listing music events in {query['stateCode']}"
    return BadAnswer(
        f"Ticketmaster's answer while {what} cannot be used: {why}. What was stored before is "
        "kept; try again later.",
        service=reader.SOURCE,
        what=what,
    )


def _midnight(moment: datetime) -> datetime:
    """The day's beginning (UTC), so that the lists of one day have the same addresses."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _key(event: Event) -> str:
    return printed(event.get("id")) or str(event)


def _is_ahead(event: Event, since: datetime) -> bool:
    """Whether it is still to come; what has no readable date is left to whoever reads the rest."""
    dates = mapping(event.get("dates"))
    start, end = mapping(dates.get("start")), mapping(dates.get("end"))
    begins, ends = utc_time(start.get("dateTime")), utc_time(end.get("dateTime"))
    if ends is not None and ends > since:
        return True
    if begins is not None and not end.get("localDate"):
        return begins >= since
    last = utc_time(end.get("localDate")) or utc_time(start.get("localDate"))
    return last is None or last.date() >= _today_at(event, since)


def _today_at(event: Event, since: datetime) -> date:
    """The date at the venue."""
    venues = mappings(mapping(event.get("_embedded")).get("venues"))
    names = [mapping(event.get("dates")).get("timezone"), *(one.get("timezone") for one in venues)]
    zone = next((zone for name in names if (zone := known_zone(printed(name)))), None)
    # Where no zone is told: in no country that we know is it earlier by more than 10 hours.
    return since.astimezone(zone).date() if zone else (since - timedelta(hours=10)).date()
