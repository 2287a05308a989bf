"""The response cache: which answers are kept, for how long, and when an old one still serves.

Only what is listed in ``LIFETIMES`` is kept: GETs of public data, nothing that writes, nothing of a
listener. No header is stored, so no credential is. Spotify's terms allow no indefinite storage
(docs/TERMS.md).
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from showlist_assets.sources.http.call_store import CallStoreError, Document
from showlist_assets.sources.http.endpoints import endpoint_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping

    import requests

    from showlist_assets.sources.http.call_store import CallStore

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long an answer counts as fresh, and how long it may stand in when the API is down."""

    fresh: timedelta
    stale: timedelta


# Names and ids hardly change in a month, and calls are what is scarce.
_CATALOG: Final = Lifetime(timedelta(days=30), timedelta(days=7))
# Features never change; what ReccoBeats does not know today, it may know in three months.
_FEATURES: Final = Lifetime(timedelta(days=90), timedelta(days=30))
# Counted anew every Sunday, and much the same for months: yesterday's neighbours are better than
# none while Labs is down. Nobody can tell from it who asked.
_SIMILARITY: Final = Lifetime(timedelta(days=30), timedelta(days=90))
# Pages of an artist elsewhere are added by hand, now and then.
_PAGES: Final = Lifetime(timedelta(days=90), timedelta(days=30))

LIFETIMES: Final[dict[tuple[str, str], Lifetime]] = {
    # SeatGeek itself said max-age=1800 in 2017; a run that is repeated the same day is to cost
    # nothing.
    ("seatgeek", "/2/events"): Lifetime(timedelta(hours=6), timedelta(days=2)),
    # Its terms allow to store for reasonable periods, to provide the service (terms of use).
    ("ticketmaster", "/v2/events.json"): Lifetime(timedelta(hours=6), timedelta(days=2)),
    ("spotify", "/v1/search"): _CATALOG,
    ("spotify", "/v1/artists/{id}"): _CATALOG,
    ("spotify", "/v1/artists/{id}/top-tracks"): _CATALOG,
    ("spotify", "/v1/audio-features"): _FEATURES,
    ("reccobeats", "/v1/audio-features"): _FEATURES,
    ("listenbrainz_labs", "/similar-artists/json"): _SIMILARITY,
    ("listenbrainz_labs", "/similar-recordings/json"): _SIMILARITY,
    ("musicbrainz", "/2/url"): _PAGES,
}

# What the store calls them.
_ANSWERS: Final = "answers"

# The size is looked at only now and then, and a good part goes at once.
_WRITES_BETWEEN_LOOKS: Final = 200
_SHARE_DROPPED: Final = 0.25


@dataclass(frozen=True)
class CacheEntry:
    """What the cache holds of one endpoint."""

    service: str
    endpoint: str
    answers: int
    bytes: int
    oldest: datetime
    newest: datetime


class ResponseCache:
    """The cache in a ``CallStore``; one that fails costs calls, never a run."""

    def __init__(
        self,
        store: CallStore,
        *,
        clock: Callable[[], datetime],
        max_bytes: int = 200_000_000,
        known_as: str | None = None,
    ) -> None:
        """Open the cache.

        Args:
            store: Where the answers lie.
            clock: The present (UTC).
            max_bytes: Beyond this, the answers that expire first are dropped.
            known_as: What the place of all APIs is called, where its address changes; answers of
                one address are those of the next then.
        """
        self._known_as = known_as
        self._store, self._clock, self._max_bytes = store, clock, max_bytes
        self._writes = 0
        # requests-cache shares one connection between threads, where a write of one would take part
        # in the transaction of another.
        self._lock = RLock()
        self._broken = False

    def fresh(
        self, service: str, request: requests.PreparedRequest, *, newer_than: datetime | None = None
    ) -> requests.Response | None:
        """The answer to the same request, if it is fresh and was asked after ``newer_than``."""
        lifetime = _lifetime(service, request)
        cached = self._find(service, request) if lifetime else None
        if cached is None or lifetime is None:
            return None
        asked_at = _asked_at(cached)
        if not self._clock() - lifetime.fresh < asked_at:
            return None
        if newer_than is not None and asked_at <= newer_than:
            return None
        return _response(cached, request)

    def stale(self, service: str, request: requests.PreparedRequest) -> requests.Response | None:
        """An answer that is past its time and better than none while the API is down."""
        lifetime = _lifetime(service, request)
        cached = self._find(service, request) if lifetime else None
        if cached is None or cached["useless_at"] <= self._clock().timestamp():
            return None
        return _response(cached, request)

    def keep(self, service: str, response: requests.Response) -> None:
        """Store a good answer before anybody uses it."""
        lifetime = _lifetime(service, response.request)
        if lifetime is None or self._broken:
            return
        now = self._clock()
        document = Document.lasting(
            now,
            now + lifetime.fresh + lifetime.stale,
            url=response.url,
            body=response.text,
            asked_at=now.timestamp(),
        )
        with self._costing_no_run():
            self._documents[self._key(service, response.request)] = document
            self._stay_small()

    def forget(self, service: str, request: requests.PreparedRequest) -> None:
        """Drop the answer to ``request``: it cannot be read."""
        if _lifetime(service, request) and not self._broken:
            with self._costing_no_run():
                self._documents.pop(self._key(service, request), None)

    def entries(self) -> list[CacheEntry]:
        """What is kept, by service and endpoint.

        Raises:
            CallStoreError: the store cannot be read.
        """
        found: dict[tuple[str, str], list[Document]] = defaultdict(list)
        with self._store.failing_plainly():
            for key, document in self._store.peek(_ANSWERS).items():
                service, endpoint, _ = key.split(" ")
                found[service, endpoint].append(document)
        return [
            CacheEntry(
                service,
                endpoint,
                answers=len(documents),
                bytes=sum(len(document["body"]) for document in documents),
                oldest=min(map(_asked_at, documents)),
                newest=max(map(_asked_at, documents)),
            )
            for (service, endpoint), documents in sorted(found.items())
        ]

    def extent(self) -> tuple[int, int | None]:
        """How many answers are kept, and what bytes they take; None where the place bounds itself.

        Raises:
            CallStoreError: the store cannot be read.
        """
        with self._store.failing_plainly():
            return self._store.extent(_ANSWERS)

    def clear(self, service: str | None = None) -> int:
        """Drop every answer (of one service); returns how many.

        Raises:
            CallStoreError: the store cannot be written.
        """
        with self._store.failing_plainly():
            keys = [key for key in self._documents if service in (None, key.split(" ")[0])]
            self._drop(keys)
        return len(keys)

    @cached_property
    def _documents(self) -> MutableMapping[str, Any]:
        return self._store.documents(_ANSWERS)

    def _key(self, service: str, request: requests.PreparedRequest) -> str:
        """Service, endpoint, and a digest of the whole address with its sorted parameters."""
        bare, _, query = (request.url or "").partition("?")
        place = f"{self._known_as}:{urlsplit(bare).path}" if self._known_as else bare
        # The same parameters in another order are the same request.
        address = place + "?" + "&".join(sorted(query.split("&")))
        digest = hashlib.sha256(address.encode()).hexdigest()[:32]
        return f"{service} {endpoint_of(bare)} {digest}"

    def _find(self, service: str, request: requests.PreparedRequest) -> Document | None:
        found: Document | None = None
        if not self._broken:
            with self._costing_no_run():
                found = self._documents.get(self._key(service, request))
        return found

    @contextmanager
    def _costing_no_run(self) -> Iterator[None]:
        """A context in which a failing store ends the caching, and nothing else."""
        try:
            with self._lock, self._store.failing_plainly():
                yield
        except CallStoreError as error:
            # Trying again would cost a time-out for every answer of the run.
            self._broken = True
            _log.warning("Answers are not kept: %s", error)

    def _stay_small(self) -> None:
        self._writes += 1
        if self._writes % _WRITES_BETWEEN_LOOKS != 1:
            return
        size = self._store.size(self._documents)
        if size is None or size <= self._max_bytes:
            return
        expiring_first = sorted(
            (document["useless_at"], key) for key, document in self._documents.items()
        )
        many = max(1, int(len(expiring_first) * _SHARE_DROPPED))
        self._drop([key for _, key in expiring_first[:many]])
        _log.info("The cache took %d MB: dropped its %d oldest answers", size // 10**6, many)

    def _drop(self, keys: list[str]) -> None:
        if keys:
            self._documents.bulk_delete(keys)  # type: ignore[attr-defined]
            self._store.shrink(self._documents)


def _lifetime(service: str, request: requests.PreparedRequest) -> Lifetime | None:
    if request.method != "GET":
        return None
    return LIFETIMES.get((service, endpoint_of(request.url or "")))


def _asked_at(document: Document) -> datetime:
    return datetime.fromtimestamp(document["asked_at"], UTC)


def _response(cached: Document, request: requests.PreparedRequest) -> requests.Response:
    import requests

    response = requests.Response()
    response.status_code, response.reason = 200, "OK"
    response.url, response.request = cached["url"], request
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.encoding = "utf-8"
    # requests has no other way to make a response with a body.
    response._content = cached["body"].encode()  # noqa: SLF001
    return response
