"""ListenBrainz: a listener's plays, songs by their names, and how many people play an artist.

What belongs here: one method per question, over https://listenbrainz.readthedocs.io. What does not:
what one listen means (``reader``) and Labs, another service (``labs``).

Whose plays are read is in no message, no log and no cache.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import requests.auth
from typing_extensions import override

from showlist_assets.sources.failures import (
    BadAnswer,
    NotFound,
    Permanent,
    WrongKey,
    refuse_unusable_keys,
)
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.json_values import boolean, items, mapping, text, whole
from showlist_assets.sources.listenbrainz.reader import listened_at, mbid, report_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from showlist_assets.sources.http.session import ApiSession

_log = logging.getLogger(__name__)

# The most that it gives (its source, ``MAX_ITEMS_PER_GET``); 25 by default.
PAGE: Final = 1000
_LOOKUPS: Final = 50
_ARTISTS: Final = 1000
# Artist and title together; longer ones are refused (its source, ``MAX_LOOKUP_LENGTH``).
_LONGEST_NAMES: Final = 250
# Far more than anybody has; a column holds it.
_LARGEST: Final = 10**15


@dataclass(frozen=True, slots=True)
class ListenPage:
    """Plays in a row, the newest first.

    Attributes:
        rows: For ``domain.listening.reports.as_reports``.
        oldest: No play between this and ``newest`` is on another page, so the next page is what is
            ``older_than`` this. None where the page is empty.
        newest: The newest of the page.
        count: Plays in the answer, unreadable ones among them.
        unreadable: Plays without an artist, a title or a time; they were passed over.
        has_more: Whether there may be older ones among those that were asked for.
    """

    rows: list[dict[str, Any]]
    oldest: datetime | None
    newest: datetime | None
    count: int
    unreadable: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class FoundRecording:
    """What MusicBrainz calls a song."""

    recording_mbid: str
    artist_mbids: tuple[str, ...]
    recording_name: str
    artist_name: str


@dataclass(frozen=True, slots=True)
class Popularity:
    """How many people played an artist, and how often; None where nobody is known."""

    listeners: int | None
    listens: int | None


@dataclass(frozen=True, slots=True)
class _Token(requests.auth.AuthBase):
    value: str = field(repr=False)

    @override
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Token {self.value}"
        return request


class ListenBrainz:
    """A client.

    Attributes:
        malformed: How many items could not be read and were passed over.
    """

    def __init__(
        self,
        session: ApiSession,
        base_url: str,
        *,
        token: str | None = None,
        is_listeners: bool = False,
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            session: Sends the requests.
            base_url: Without the version, such as https://api.listenbrainz.org.
            token: Of a user of ListenBrainz; lookups and popularity want one.
            is_listeners: Whether it is a listener's own, not the operator's.

        Raises:
            WrongKey: the token cannot be sent.
        """
        self._session, self._url = session, f"{base_url.rstrip('/')}/1"
        self._token, self._is_listeners = token, is_listeners
        self.malformed = 0
        if token is not None:
            refuse_unusable_keys("listenbrainz", token)
            session.authorize = _Token(token)

    @property
    def usage(self) -> ApiUsage:
        """What was sent and what was spared."""
        return self._session.usage + ApiUsage(malformed=self.malformed)

    def check(self) -> None:
        """One call, to see whether the service answers and takes the token, if there is one.

        Raises:
            WrongKey: it does not take the token.
            SourceError: as ``failures`` says.
        """
        try:
            answer = self._session.get_object(f"{self._url}/validate-token", {})
        except (Permanent, WrongKey):
            # Without a token it answers 400 or 401: it is there.
            if self._token is None:
                return
            raise
        if self._token is not None and boolean(answer.get("valid")) is not True:
            raise self._wrong_token("asking whether the token is good", 200)

    def listens(
        self,
        user: str,
        *,
        newer_than: datetime | None = None,
        older_than: datetime | None = None,
    ) -> ListenPage:
        """One page of what ``user`` played, the newest first; both ends are exclusive.

        Programs without a connection tell late, so whoever comes again should look back a few days.

        Raises:
            NotFound: there is no such user (any more).
            Permanent: the user's plays are private.
            WrongKey: the token is not taken.
            SourceError: as ``failures`` says.
        """
        params: dict[str, Any] = {"count": PAGE}
        if older_than is not None:
            # Whole seconds: a play within one that has begun is older than its end.
            params["max_ts"] = -int(-older_than.timestamp() // 1)
        # Without min_ts: with it, ListenBrainz would give the oldest of what is newer, first.
        payload = self._payload(user, params)
        return self._page(payload, newer_than, older_than)

    def pages(self, user: str, *, newer_than: datetime | None = None) -> Iterator[ListenPage]:
        """All pages of what ``user`` played after ``newer_than``, a call for each thousand plays.

        Raises:
            SourceError: as ``listens``.
        """
        older_than: datetime | None = None
        while True:
            page = self.listens(user, newer_than=newer_than, older_than=older_than)
            yield page
            if not page.has_more or page.oldest is None:
                return
            older_than = page.oldest

    def lookup(self, pairs: Sequence[tuple[str, str]]) -> list[FoundRecording | None]:
        """What MusicBrainz calls each song (artist, title), in the same order; a call for fifty.

        Raises:
            WrongKey: there is no token, or it is not taken.
            SourceError: as ``failures`` says.
        """
        # Longer names would be refused, with the other 49 of their call.
        asked = [pair for pair in dict.fromkeys(pairs) if _can_be_asked(pair)]
        found: dict[tuple[str, str], FoundRecording] = {}
        for start in range(0, len(asked), _LOOKUPS):
            batch = asked[start : start + _LOOKUPS]
            found.update(self._look_up(batch))
        return [found.get(pair) for pair in pairs]

    def popularity(self, artist_mbids: Sequence[str]) -> dict[str, Popularity]:
        """How many people play each artist, by MBID; a call for a thousand.

        An artist of whom nobody knows a play has no count, or is missing.

        Raises:
            WrongKey: a token is wanted, or ours is not taken.
            SourceError: as ``failures`` says.
        """
        known: dict[str, Popularity] = {}
        asked = list(dict.fromkeys(artist_mbids))
        for start in range(0, len(asked), _ARTISTS):
            batch = asked[start : start + _ARTISTS]
            rows = self._read("popularity/artist", {"artist_mbids": batch})
            for row in map(mapping, rows):
                artist = mbid(row.get("artist_mbid"))
                if artist is None:
                    self.malformed += 1
                    continue
                known[artist] = Popularity(
                    _count(row.get("total_user_count")), _count(row.get("total_listen_count"))
                )
        return known

    def _payload(self, user: str, params: dict[str, Any]) -> dict[str, Any]:
        url = f"{self._url}/user/{quote(user, safe='')}/listens"
        what = "asking for a listener's plays"
        try:
            answer = self._session.get_object(url, params)
        except NotFound as failure:
            raise NotFound(
                "ListenBrainz knows no user of the name that is set for this listener: it is "
                "misspelled, or the user was removed.",
                service="listenbrainz",
                what=what,
                status=failure.status,
            ) from None
        except WrongKey as failure:
            raise self._wrong_token(what, failure.status) from None
        except Permanent as failure:
            if failure.status != 403:
                raise
            raise Permanent(
                "ListenBrainz does not show the plays of this listener to others: give it the "
                "listener's own token, or choose a user whose plays are public.",
                service="listenbrainz",
                what=what,
                status=failure.status,
            ) from None
        payload = answer.get("payload")
        if not isinstance(payload, dict) or not isinstance(payload.get("listens"), list):
            raise self._unreadable("a list of plays", what)
        return payload

    def _page(
        self, payload: dict[str, Any], newer_than: datetime | None, older_than: datetime | None
    ) -> ListenPage:
        told = [(listened_at(mapping(listen)), listen) for listen in items(payload["listens"])]
        times = [at for at, _ in told if at and not (older_than and at >= older_than)]
        if told and not times:
            what = "asking for a listener's plays"
            raise self._unreadable("plays of the time that was asked for", what)
        has_more = _has_more(payload, times, newer_than)
        # The oldest second of a page may be cut in two; the next page tells it whole.
        cut = min(times) if has_more and min(times) < max(times) else None
        kept = {at for at in times if at != cut and not (newer_than and at <= newer_than)}
        reports = [report_of(listen) for at, listen in told if at is None or at in kept]
        rows = [row for row in reports if row is not None]
        self.malformed += len(reports) - len(rows)
        return ListenPage(
            rows=rows,
            oldest=min(kept, default=None),
            newest=max(kept, default=None),
            count=len(told),
            unreadable=len(reports) - len(rows),
            has_more=has_more,
        )

    def _look_up(
        self, batch: list[tuple[str, str]]
    ) -> Iterator[tuple[tuple[str, str], FoundRecording]]:
        asked = [{"artist_name": artist, "recording_name": title} for artist, title in batch]
        rows = self._read("metadata/lookup/", {"recordings": asked})
        if len(rows) != len(batch):
            raise self._unreadable("one answer for each song", "looking songs up by their names")
        for position, row in enumerate(rows):
            index, found = whole(mapping(row).get("index")), _recording(mapping(row))
            # Each tells which song it is about; they come in the same order as a rule.
            asked_as = position if index is None else index
            if found is not None and 0 <= asked_as < len(batch):
                yield batch[asked_as], found

    def _read(self, path: str, body: Any) -> list[Any]:
        try:
            return self._session.post_to_read(f"{self._url}/{path}", body)
        except WrongKey as failure:
            if self._token is None:
                raise
            raise self._wrong_token(failure.what, failure.status) from None

    def _wrong_token(self, what: str, status: int | None) -> WrongKey:
        if self._is_listeners:
            words = (
                "ListenBrainz does not take this listener's token. A new one is at "
                "https://listenbrainz.org/settings of the listener."
            )
        else:
            words = (
                "ListenBrainz does not take the token. Check LISTENBRAINZ_TOKEN in .env or the "
                "environment: a token is at https://listenbrainz.org/settings."
            )
        return WrongKey(words, service="listenbrainz", what=what, status=status)

    def _unreadable(self, expected: str, what: str) -> BadAnswer:
        return BadAnswer(
            f"ListenBrainz answered without {expected} while {what}. Try again later.",
            service="listenbrainz",
            what=what,
        )


def _can_be_asked(pair: tuple[str, str]) -> bool:
    artist, title = pair
    return bool(artist and title) and len(artist) + len(title) <= _LONGEST_NAMES


def _has_more(payload: dict[str, Any], times: list[datetime], newer_than: datetime | None) -> bool:
    """Whether there may be older plays than those of the page."""
    if not times:
        return False
    oldest = min(times)
    if newer_than is not None and oldest <= newer_than:
        return False
    # The user's very first one; of a page that is full, more of its second may be on the next.
    first = listened_at({"listened_at": payload.get("oldest_listen_ts")})
    return first is None or oldest > first or (len(times) >= PAGE and oldest < max(times))


def _recording(row: dict[str, Any]) -> FoundRecording | None:
    recording = mbid(row.get("recording_mbid"))
    if recording is None:
        return None
    artists = (mbid(value) for value in items(row.get("artist_mbids")))
    return FoundRecording(
        recording_mbid=recording,
        artist_mbids=tuple(artist for artist in artists if artist),
        recording_name=text(row.get("recording_name")) or "",
        artist_name=text(row.get("artist_credit_name")) or "",
    )


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _LARGEST else None
