"""SeatGeek's platform API v2: every upcoming concert and festival of a state.

Facts this rests on (platform.seatgeek.com and seatgeek/api-support): pages beyond item 10,000 come
back empty with a total of 0 (#63); large pages sometimes do, too (#58); a captcha may stand before
the API (#104); rows shift between pages while one walks.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sources.failures import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.sources.http import ApiSession

_TAXONOMIES: Final = ("concert", "music_festival")
_DEEPEST_ITEM: Final = 10_000
_WALKS: Final = 3
# An unannounced time is listed as 03:30 of the day, so tonight's show looks long gone.
_UNANNOUNCED: Final = timedelta(days=1)


class SeatGeek:
    """A client with one set of credentials, which travel as HTTP Basic and never in a URL."""

    def __init__(
        self, session: ApiSession, base_url: str, client_id: str, client_secret: str | None = None
    ) -> None:
        """Make a client.

        Args:
            session: Sends the requests.
            base_url: Without the version, such as https://api.seatgeek.com.
            client_id: Of the SeatGeek app.
            client_secret: Optional for SeatGeek.
        """
        self._session, self._url = session, f"{base_url.rstrip('/')}/2"
        self._auth = (client_id, client_secret or "")

    @property
    def calls(self) -> int:
        """Requests sent so far."""
        return self._session.calls.total()

    def check(self) -> None:
        """One cheap call, to see whether the credentials are taken."""
        self._get("events", {"per_page": 1})

    def upcoming_concerts(
        self, state: str, since: datetime, *, per_page: int = 200
    ) -> list[dict[str, Any]]:
        """Every concert and music festival in ``state`` from ``since`` on, each event once.

        Args:
            state: USPS code.
            since: An instant with a time zone.
            per_page: Events a page.

        Raises:
            BadAnswer: the pages would not add up, however often they were walked.
            SourceError: as ``failures`` says.
        """
        found: dict[Any, dict[str, Any]] = {}
        for taxonomy in _TAXONOMIES:
            for event in self._all_events(state, taxonomy, since - _UNANNOUNCED, per_page):
                if event.get("time_tbd") or (_starts_at(event) or since) >= since:
                    found[event.get("id")] = event
        return list(found.values())

    def _all_events(
        self, state: str, taxonomy: str, since: datetime, per_page: int
    ) -> list[dict[str, Any]]:
        """Walk until a walk has met as many events as the source says there are.

        A row that moves to an earlier page while we walk is missed; the union of two walks has it.
        """
        found: dict[Any, dict[str, Any]] = {}
        for _ in range(_WALKS):
            walked = list(self._walk(state, taxonomy, since, per_page))
            found |= {event.get("id"): event for event, _ in walked}
            if not walked or len(found) >= walked[-1][1]:
                break
        return list(found.values())

    def _walk(
        self, state: str, taxonomy: str, since: datetime, per_page: int
    ) -> Iterator[tuple[dict[str, Any], int]]:
        """Every event with the total of its page; a new window begins before item 10,000."""
        window_start: datetime = since
        first_total = 0
        while True:
            pages_in_window = max(1, _DEEPEST_ITEM // per_page)
            last: dict[str, Any] | None = None
            for page in range(1, pages_in_window + 1):
                events, total = self._page(state, taxonomy, window_start, per_page, page)
                first_total = first_total or total
                for event in events:
                    last = event
                    yield event, first_total
                if page * per_page >= total:
                    return
            next_start = _starts_at(last)
            if next_start is None or next_start <= window_start:
                raise BadAnswer(
                    f"SeatGeek lists more than {_DEEPEST_ITEM} events in {state} from the same "
                    "instant on, which cannot be paged through. Try again later.",
                    service="seatgeek",
                    what=f"listing events in {state}",
                )
            window_start = next_start

    def _page(
        self, state: str, taxonomy: str, start: datetime, per_page: int, page: int
    ) -> tuple[list[dict[str, Any]], int]:
        answer = self._get(
            "events",
            {
                "venue.state": state,
                "venue.country": "US",
                "taxonomies.name": taxonomy,
                "datetime_utc.gte": start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
                "sort": "datetime_utc.asc",
                "per_page": per_page,
                "page": page,
            },
        )
        events, meta = answer.get("events"), answer.get("meta")
        total = meta.get("total") if isinstance(meta, dict) else None
        if not isinstance(events, list) or not isinstance(total, int):
            raise self._odd(state, page, "it has no list of events with a total")
        if page > 1 and total == 0:
            raise self._odd(state, page, "the total fell to 0 in the middle of the list")
        return [event for event in events if isinstance(event, dict)], total

    def _odd(self, state: str, page: int, why: str) -> BadAnswer:
        what = f"listing events in {state}"
        return BadAnswer(
            f"SeatGeek's page {page} while {what} cannot be used: {why}. What was stored before is "
            "kept; try again later.",
            service="seatgeek",
            what=what,
        )

    def _get(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        response = self._session.get(f"{self._url}/{path}", params=params, auth=self._auth)
        body = response.json()
        if not isinstance(body, dict):
            raise BadAnswer(
                "SeatGeek answered with something that is no object. Try again later.",
                service="seatgeek",
                what=f"asking for {path}",
            )
        return body


def _starts_at(event: dict[str, Any] | None) -> datetime | None:
    try:
        return datetime.fromisoformat(str((event or {})["datetime_utc"])).replace(tzinfo=UTC)
    except (KeyError, ValueError):
        return None
