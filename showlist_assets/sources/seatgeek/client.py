"""SeatGeek's platform API v2: every upcoming concert and festival of a state.

Facts this rests on (platform.seatgeek.com and seatgeek/api-support): pages beyond item 10,000 come
back empty with a total of 0 (#63); large pages sometimes do, too (#58); a captcha may stand before
the API (#104); rows shift between pages while one walks.
"""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.states import BY_CODE, country_of
from showlist_assets.sources.event_documents import handed_over
from showlist_assets.sources.event_source import StateListings
from showlist_assets.sources.failures import BadAnswer, refuse_unusable_keys
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.json_values import mapping, mappings, printed, utc_time, whole
from showlist_assets.sources.seatgeek import reader

if TYPE_CHECKING:
    from showlist_assets.sources.http.session import ApiSession

Event = dict[str, Any]

_log = logging.getLogger(__name__)

# Ids 2000000 and 2010000 of /taxonomies; comedy, theater and sports lie beside them.
# A festival is on for days after it began, and the list is asked for by its beginning.
_ON_SINCE: Final = {"concert": timedelta(), "music_festival": timedelta(days=14)}
_DEEPEST_ITEM: Final = 10_000
# No limit is published; a browser opens six connections to a host.
_STATES_AT_ONCE: Final = 6
# Cut to so many in 2023 (api-support#158); whoever asks for more gets fewer than asked for.
_EVENTS_PER_PAGE: Final = 50
# Two agree as a rule; two more are for lists that change while they are read.
_WALKS: Final = 4
# A total that is off by a few for good must not keep a state from being fetched for good.
_TOLERATED_SHORTFALL: Final = 0.02
# An unannounced time is listed as 03:30 of the day, so tonight's show looks long gone.
_UNANNOUNCED: Final = timedelta(days=1)
# Kiribati is 14 hours ahead of UTC; no zone is farther off.
_FARTHEST_ZONE: Final = timedelta(hours=14)
_FELL_TO_ZERO: Final = "the total fell to 0 in the middle of the list"


class SeatGeek:
    """A client with one set of credentials, which travel as HTTP Basic and never in a URL.

    Attributes:
        malformed: How many rows of a list were no event at all and were passed over.
    """

    def __init__(
        self,
        session: ApiSession,
        base_url: str,
        client_id: str,
        client_secret: str | None = None,
        *,
        deepest_item: int = _DEEPEST_ITEM,
    ) -> None:
        """Make a client.

        Args:
            session: Sends the requests.
            base_url: Without the version, such as https://api.seatgeek.com.
            client_id: Of the SeatGeek app.
            client_secret: Optional for SeatGeek.
            deepest_item: How many items of a list its pages reach.

        Raises:
            WrongKey: the credentials cannot be sent.
        """
        refuse_unusable_keys("seatgeek", client_id, *filter(None, [client_secret]))
        self._session, self._url = session, f"{base_url.rstrip('/')}/2/events"
        # As HTTP Basic ("Authentication" at platform.seatgeek.com): a query would end up in logs.
        self._auth = (client_id, client_secret or "")
        self._deepest_item = deepest_item
        self._lock = Lock()
        self.malformed = 0

    @property
    def usage(self) -> ApiUsage:
        """What was sent and what was spared."""
        return self._session.usage + ApiUsage(malformed=self.malformed)

    def check(self) -> None:
        """One cheap call, to see whether the credentials are taken."""
        with self._session.bypassing_cache():
            self._session.get_object(self._url, {"per_page": 1}, auth=self._auth)

    @property
    def name(self) -> str:
        """As in ``RawEvents.source``."""
        return reader.SOURCE

    @property
    def states_at_once(self) -> int:
        """A few: an answer takes longer than reading it."""
        return _STATES_AT_ONCE

    def listings(self, state: str, since: datetime) -> StateListings:
        """Everything that is on in ``state``, as ``upcoming_concerts`` lists it.

        Raises:
            SourceError: as ``upcoming_concerts``.
        """
        left_out: list[str] = []
        with self._session.request_scope() as asked:
            events = self.upcoming_concerts(state, since, left_out=left_out)
        rows = reader.read_events(handed_over(events), state=state, fetched_at=since)
        # Kept answers may be of any age, and so may lack what is listed today.
        is_complete = not asked.outdated and not left_out
        return StateListings(
            rows,
            date.max if is_complete else None,
            tuple(left_out),
            outdated=asked.outdated,
        )

    def upcoming_concerts(
        self,
        state: str,
        since: datetime,
        *,
        per_page: int = _EVENTS_PER_PAGE,
        left_out: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Every concert and music festival in ``state`` from ``since`` on, each event once.

        What has begun counts while its own end lies ahead. A show whose time is not announced
        counts until its day at the venue is over.

        Args:
            state: Code of a known state.
            since: An instant with a time zone.
            per_page: Events a page.
            left_out: Is told of what could not be paged through, in words.

        Raises:
            BadAnswer: the pages would not add up, however often they were walked.
            SourceError: as ``failures`` says.
        """
        found: dict[str, Event] = {}
        for taxonomy, on_since in _ON_SINCE.items():
            query = {
                "venue.state": BY_CODE[state].local_code,
                "venue.country": _country_names(state),
                "taxonomies.name": taxonomy,
                "sort": "datetime_utc.asc",
                "per_page": per_page,
            }
            start = _midnight(since - _UNANNOUNCED - on_since)
            found |= self._all_events(query, start, [] if left_out is None else left_out)
        return [event for event in found.values() if _is_ahead(event, since)]

    def _all_events(
        self, query: dict[str, Any], since: datetime, left_out: list[str]
    ) -> dict[str, Event]:
        """Events by id: walk until every event that the source counts has been met.

        A row that moves to an earlier page while we walk is missed, and a page can come back empty
        for no reason; the union of several walks has them all. So an empty list is believed only
        when it is repeated, and only the first walk may read pages that were kept. Where old pages
        stand in for an API that is down, there is no other walk. A show that is listed again under
        another id (#42) is another event here.
        """
        found: dict[str, Event] = {}
        nameless: list[Event] = []
        total = odd = 0
        for walk in range(1, _WALKS + 1):
            known, session = len(found), self._session
            with session.bypassing_cache() if walk > 1 else session.request_scope() as asked:
                events, total, malformed = self._walk(query, since)
            found |= {key: event for event in events if (key := _key(event))}
            nameless = [event for event in events if not _key(event)]
            # What is no event is among those that the source counts.
            odd = malformed + len(nameless)
            nothing_new = walk > 1 and len(found) == known
            if asked.outdated or nothing_new or 0 < total <= len(found) + odd:
                break
        short = total - len(found) - odd
        if short > total * _TOLERATED_SHORTFALL or (total and odd and not found):
            raise _odd(query, f"only {len(found)} of its {total} events can be paged through")
        if short > 0:
            _log.warning("SeatGeek lists %d of %d events: %s", len(found), total, query)
            counted = f"SeatGeek counts {total} events and lists {len(found)}"
            left_out.append(f"{query['venue.state']}: {counted}.")
        # The reader sets them aside, with the reason.
        return found | {str(event): event for event in nameless}

    def _walk(self, query: dict[str, Any], since: datetime) -> tuple[list[Event], int, int]:
        """Every event, how many the source counts, and how many rows were no event at all.

        Where the list is deeper than its pages reach, another one begins at the last event's time;
        events of that very time come twice.
        """
        events, total, malformed, complete = self._reachable(query, since)
        start = since
        while not complete:
            began = _starts_at(events[-1] if events else None)
            if began is None or began <= start:
                raise _odd(query, f"more than {self._deepest_item} events begin at the same time")
            start = began
            more, _, odd, complete = self._reachable(query, start)
            if not more:
                raise _odd(query, _FELL_TO_ZERO)
            events, malformed = events + more, malformed + odd
        return events, total, malformed

    def _reachable(
        self, query: dict[str, Any], start: datetime
    ) -> tuple[list[Event], int, int, bool]:
        """What pages reach: events, how many are counted, rows that are none, and if it is all."""
        events: list[Event] = []
        position = met = total = malformed = 0
        for page in count(1):
            rows, total_now = self._page(query, start, page)
            # Not the end of the list: a page beyond item 10,000 and one that is too large say so.
            if page > 1 and total_now == 0:
                raise _odd(query, _FELL_TO_ZERO)
            total = total or total_now
            good = mappings(rows)
            malformed += len(rows) - len(good)
            with self._lock:
                self.malformed += len(rows) - len(good)
            events += good
            # What came counts, not what was asked for: a page held 5,000 events at most, then
            # 1,000, then 50 (#12, #29, #158). Whether the total counts what is no event, nobody
            # says: such a list is read until a page has no event.
            here = sum(_key(event) is not None for event in good)
            position, met = position + len(rows), met + here
            if met >= total_now or not rows or (position >= total_now and not here):
                return events, total, malformed, True
            if position >= self._deepest_item:
                break
        return events, total, malformed, False

    def _page(self, query: dict[str, Any], start: datetime, page: int) -> tuple[list[Any], int]:
        # SeatGeek reads datetime_utc without a zone.
        since = start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        answer = self._session.get_object(
            self._url, {**query, "datetime_utc.gte": since, "page": page}, auth=self._auth
        )
        events, total = answer.get("events"), whole(mapping(answer.get("meta")).get("total"))
        if not isinstance(events, list) or total is None:
            raise _odd(query, f"page {page} has no list of events with a total")
        return events, total


def _country_names(state: str) -> str:
    """As its documents print the country of ``state``: "US", but "Canada"."""
    country = country_of(state)
    # Several values mean any of them. Which of the two it takes of other countries is not told.
    return "US" if country.code == "US" else f"{country.code},{country.name}"


def _odd(query: dict[str, Any], why: str) -> BadAnswer:
    what = f"listing {query['taxonomies.name']} events in {query['venue.state']}"
    return BadAnswer(
        f"SeatGeek's answer while {what} cannot be used: {why}. What was stored before is kept; "
        "try again later.",
        service="seatgeek",
        what=what,
    )


def _midnight(moment: datetime) -> datetime:
    """The day's beginning (UTC), so that the pages of one day have the same addresses."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _key(event: Event) -> str | None:
    return printed(event.get("id"))


def _is_ahead(event: Event, since: datetime) -> bool:
    """Whether it is still to come; what has no readable time is left to whoever reads the rest."""
    begins = _starts_at(event)
    ends = utc_time(event.get("enddatetime_utc"))
    if begins is None or (ends is not None and ends > since):
        return True
    local = utc_time(event.get("datetime_local"))
    is_open = any(event.get(flag) for flag in ("time_tbd", "date_tbd", "datetime_tbd"))
    if is_open and local and abs(local - begins) <= _FARTHEST_ZONE:
        return local.date() >= (since + (local - begins)).date()
    return begins >= since


def _starts_at(event: Event | None) -> datetime | None:
    return utc_time((event or {}).get("datetime_utc"))
