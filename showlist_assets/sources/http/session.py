"""One session for every request of the platform: time-outs, bounded retries, counted calls.

What belongs here: how a request is sent and when it is sent again. What does not: what is asked
(``seatgeek``, ``spotify``, ``reccobeats``), which failure an answer means (``diagnosis``), which
answers are kept (``cache``) and how many calls are allowed (``ledger``).
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus, urlsplit
from weakref import WeakKeyDictionary

import requests
from typing_extensions import override
from urllib3.exceptions import HTTPError

from showlist_assets.sources.failures import (
    BadAnswer,
    BotWall,
    EndpointGone,
    QuotaExceeded,
    RateLimited,
    SourceError,
    Unreachable,
    name_of,
    without_secrets,
)
from showlist_assets.sources.http.diagnosis import (
    failure_from,
    failure_without_answer,
    quota_told,
    window_told,
)
from showlist_assets.sources.http.endpoints import endpoint_of, without_listener
from showlist_assets.sources.http.log_filter import hide_keys_from_the_log
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.http.waiting import wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from requests.auth import AuthBase

    from showlist_assets.sources.http.cache import ResponseCache
    from showlist_assets.sources.http.ledger import Ledger

_log = logging.getLogger(__name__)

# Without a time-out, requests waits for ever (its page "Timeouts").
CONNECT_AND_READ_SECONDS: Final = (5.0, 30.0)
ATTEMPTS: Final = 4
_FIRST_WAIT: Final = 0.4
# Where no Retry-After says more, so many waits, each twice the last, add up to 50 s: longer than
# Spotify's window of 30 s, however full other processes keep it.
_WAITS_FOR_THE_WINDOW: Final = 7
# A web page among good answers comes from a gateway between us and the API, which needs a moment.
_WALL_SLOWER: Final = 5.0
_LONGEST_SCOPE: Final = 150


def user_agent(contact: str | None = None) -> str:
    """How we introduce ourselves; ``contact`` is where whoever runs this can be reached."""
    try:
        ours = version("showlist")
    except PackageNotFoundError:
        ours = "0"
    return f"showlist/{ours} ({contact or 'self-hosted'})"


@dataclass
class RequestScope:
    """What is asked of the API by one thread right now, and the requests that it took.

    Attributes:
        newer_than: Kept answers count only if they came after it (UTC).
        requests: Those of this very scope.
        outdated: Why earlier answers stood in, the last time that they did, in this scope or in one
            within it; empty where none did.
    """

    newer_than: datetime | None = None
    requests: list[requests.PreparedRequest] = field(default_factory=list)
    outdated: str = ""


_NO_SCOPE: Final = RequestScope()
_SCOPE: ContextVar[RequestScope] = ContextVar("request_scope", default=_NO_SCOPE)


class ApiSession(requests.Session):
    """A ``requests.Session`` that answers with good JSON or raises a ``SourceError``.

    It is handed to spotipy as well, whose own session would sleep for hours on a Retry-After. A
    GET, and the POST that only fetches an app's token, is tried again after a transient failure;
    any other request may have had its effect and is never repeated. What comes astray
    (``needs_confirming``) is believed when it comes twice, and waiting for a turn uses up no try.

    A cached answer that is still fresh costs nothing; one that is past its time stands in while the
    API is down. Every request that is sent is entered in the ledger first.

    Attributes:
        authorize: Puts credentials into each request that is really sent, if set.
        query_key: Name and value of a credential that the API takes in the query only, if set. It
            is in the request on the wire, and in nothing that is kept, logged or handed on.
        calls: Answers received so far, by outcome: "200", "429", or "none" where none came.
    """

    def __init__(
        self,
        service: str,
        *,
        patience: float = 10.0,
        cache: ResponseCache | None = None,
        ledger: Ledger | None = None,
        sleep: Callable[[float], None] = wait,
        timeout: tuple[float, float] = CONNECT_AND_READ_SECONDS,
        contact: str | None = None,
    ) -> None:
        """Make a session.

        Args:
            service: Names the API in messages and counts.
            cache: Without one, every request is sent.
            ledger: Allows each call; without one, nobody counts.
            patience: The longest single wait (seconds) that a Retry-After may ask for; beyond it
                the failure is raised at once.
            sleep: Waits between attempts.
            timeout: Seconds to connect, and seconds without a byte of the answer.
            contact: Where whoever runs this can be reached, for services that ask for it.
        """
        super().__init__()
        self.service, self._patience, self._sleep = service, patience, sleep
        self._timeout, self._cache, self._ledger = timeout, cache, ledger
        self.authorize: AuthBase | None = None
        self.query_key: tuple[str, str] | None = None
        self._spared = ApiUsage()
        self.calls: Counter[str] = Counter()
        self._environment: dict[str, Mapping[str, Any]] = {}
        # Each until it is used; what nobody uses goes with its answer.
        self._bodies: WeakKeyDictionary[requests.Response, Any] = WeakKeyDictionary()
        self._lock = Lock()
        self.headers["User-Agent"] = user_agent(contact)
        # requests follows 30; no API here redirects more than once.
        self.max_redirects = 3
        # Without any auth of its own, requests puts a login of ~/.netrc in the place of our token.
        self.auth = _as_it_is

    @property
    def usage(self) -> ApiUsage:
        """What was sent so far, and what was spared."""
        with self._lock:
            return self._spared + ApiUsage(sent=self.calls.total())

    def calls_left(self) -> int | None:
        """How many more calls its ledger allows now; None where nobody counts.

        Raises:
            CallStoreError: the ledger cannot be read.
        """
        return self._ledger.left() if self._ledger else None

    def get_object(self, url: str, params: Mapping[str, Any], **kwargs: Any) -> dict[str, Any]:
        """The JSON object that a GET of ``url`` answers with.

        Raises:
            BadAnswer: the answer is JSON, but no object.
            SourceError: as ``failures`` says.
        """
        response = self.get(url, params=params, **kwargs)
        body = self._body(response)
        if not isinstance(body, dict):
            self._forget([response.request])
            what = _asked_for(url, params)
            raise BadAnswer(
                f"{name_of(self.service)} answered with something that is no object while {what}. "
                "Try again later.",
                service=self.service,
                what=what,
            )
        return body

    def get_list(self, url: str, params: Mapping[str, Any], **kwargs: Any) -> list[Any]:
        """The JSON array that a GET of ``url`` answers with.

        Raises:
            BadAnswer: the answer is JSON, but no array.
            SourceError: as ``failures`` says.
        """
        response = self.get(url, params=params, **kwargs)
        return self._array(response, _asked_for(url, params))

    def post_to_read(self, url: str, body: Any) -> list[Any]:
        """The JSON array that a POST answers with which only reads, and so may be repeated.

        Raises:
            BadAnswer: the answer is JSON, but no array.
            SourceError: as ``failures`` says.
        """
        response = self.request("POST", url, json=body, only_reads=True)
        return self._array(response, _asked_for(url, {}))

    def _array(self, response: requests.Response, what: str) -> list[Any]:
        body = self._body(response) if response.content else None
        if isinstance(body, list):
            return body
        self._forget([response.request])
        raise BadAnswer(
            f"{name_of(self.service)} answered with something that is no list while {what}. "
            "Try again later.",
            service=self.service,
            what=what,
        )

    def described(self, address: str, params: Any) -> str:
        """What a request is for, in the words of messages and logs."""
        return _asked_for(address, params)

    def is_answer(self, response: requests.Response) -> bool:
        """Whether what came with 2xx or 3xx is what such an API answers with."""
        try:
            self._bodies[response] = response.json()
        # JSON that is nested thousands deep exhausts the stack.
        except (ValueError, RecursionError):
            return _may_be_empty(response)
        return True

    def _body(self, response: requests.Response) -> Any:
        """Its JSON, which is read once though it is judged before it is used."""
        return self._bodies.pop(response) if response in self._bodies else response.json()

    def bypassing_cache(self) -> AbstractContextManager[RequestScope]:
        """A context in which no cached answer counts."""
        return self.request_scope(newer_than=datetime.max.replace(tzinfo=UTC))

    @contextmanager
    def request_scope(self, *, newer_than: datetime | None = None) -> Iterator[RequestScope]:
        """A context for all the requests that one answer takes.

        A cached answer counts only if it came after ``newer_than`` (UTC), and after what a context
        around this one says. If the answers turn out to be none (``BadAnswer``), none is kept.
        """
        around = _SCOPE.get()
        limits = [limit for limit in (newer_than, around.newer_than) if limit]
        asked = RequestScope(max(limits, default=None))
        token = _SCOPE.set(asked)
        try:
            yield asked
        except BadAnswer:
            self._forget(asked.requests)
            raise
        finally:
            _SCOPE.reset(token)
            if around is not _NO_SCOPE and asked.outdated:
                around.outdated = asked.outdated

    def _forget(self, unreadable: Iterable[requests.PreparedRequest]) -> None:
        if self._cache:
            for request in unreadable:
                self._cache.forget(self.service, request)

    @override
    def request(  # type: ignore[override]
        self,
        method: str | bytes,
        url: str | bytes,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        json: Any = None,
        only_reads: bool = False,
        **_: Any,
    ) -> requests.Response:
        verb, address = _text(method).upper(), _text(url)
        what = self.described(address, params)
        try:
            prepared = self.prepare_request(
                requests.Request(verb, address, headers, None, data, params or {}, auth, json=json)
            )
        except (requests.RequestException, HTTPError) as error:
            failure = failure_without_answer(
                error, service=self.service, what=what, address=address
            )
        else:
            repeatable = only_reads or _may_be_repeated(verb, data)
            return self._answer(prepared, what, repeatable=repeatable)
        # Outside of the handler, so that requests' own error, which holds headers, is no context.
        raise failure

    def _answer(
        self, request: requests.PreparedRequest, what: str, *, repeatable: bool
    ) -> requests.Response:
        """The answer from the cache or from the API, which is asked again if that makes sense."""
        scope = _SCOPE.get()
        if scope is not _NO_SCOPE:
            scope.requests.append(request)
        cached = self._cached(request)
        if cached is not None:
            return cached
        outcome = self._authorized(request) or self._sent(request, what, repeatable=repeatable)
        if isinstance(outcome, requests.Response):
            return outcome
        stale = self._stale(request, outcome)
        if stale is not None:
            return stale
        raise outcome

    def _sent(
        self, request: requests.PreparedRequest, what: str, *, repeatable: bool
    ) -> requests.Response | SourceError:
        """The answer, or the last failure; sent as often as makes sense."""
        failures: list[SourceError] = []
        while True:
            outcome = self._allowed(request) or self._send_once(request, what)
            if isinstance(outcome, requests.Response):
                return outcome
            failures.append(outcome)
            if not (repeatable and self._worth_repeating(failures)):
                return outcome
            seconds = _wait(outcome, len(failures))
            _log.info("Attempt %d comes in %.1f s. %s", len(failures) + 1, seconds, outcome)
            self._sleep(seconds)

    def _cached(self, request: requests.PreparedRequest) -> requests.Response | None:
        if self._cache is None:
            return None
        scope = _SCOPE.get()
        cached = self._cache.fresh(self.service, request, newer_than=scope.newer_than)
        if cached is not None:
            self._spare(ApiUsage(reused=1))
        return cached

    def _authorized(self, request: requests.PreparedRequest) -> SourceError | None:
        """Why there are no credentials for the request; None where they are in it."""
        if self.authorize and not _fetches_token(request):
            try:
                self.authorize(request)
            except SourceError as failure:
                return failure
        return None

    def _allowed(self, request: requests.PreparedRequest) -> SourceError | None:
        """Why the request may not be sent; None if it may, and then it is counted."""
        if self._ledger is None:
            return None
        try:
            if _fetches_token(request):
                # It is not counted, but of no use if nothing may be asked with the token.
                self._ledger.refuse_if_spent()
            else:
                self._ledger.refuse_if_gone(endpoint_of(request.url or ""))
                self._ledger.spend()
        except SourceError as refusal:
            return refusal
        return None

    def _send_once(
        self, request: requests.PreparedRequest, what: str
    ) -> requests.Response | SourceError:
        """Send one request, count it, judge the answer, and keep it before anybody uses it.

        The failure is returned, not raised, so that it has no context: requests' own exceptions
        hold the request with its headers. Of urllib3's, requests lets a few through.
        """
        address = request.url or ""
        try:
            settings = self._environment_settings(address)
            response = self.send(self._with_query_key(request), timeout=self._timeout, **settings)
        except (requests.RequestException, HTTPError) as error:
            self._count("none")
            return failure_without_answer(error, service=self.service, what=what, address=address)
        for answer in (*response.history, response):
            self._count(str(answer.status_code))
        if response.ok and self.is_answer(response):
            if self.query_key:
                response.request, response.url, response.history = request, address, []
            self._learn_from_success(response, what)
            return response
        failure = failure_from(response, service=self.service, what=what)
        self._learn_from_failure(failure)
        return failure

    def _environment_settings(self, address: str) -> Mapping[str, Any]:
        """What the environment says of proxies and certificates for the host of ``address``.

        A prepared request knows nothing of it (requests, "Prepared Requests"). Read once for each
        host: going through the whole environment takes a fifth of a call's time.
        """
        parts = urlsplit(address)
        host = f"{parts.scheme}://{parts.netloc}"
        known = self._environment.get(host)
        if known is None:
            known = self.merge_environment_settings(address, {}, None, None, None)
            self._environment[host] = known
        return known

    def _with_query_key(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """What goes out: ``request`` itself, or a copy of it that holds the key."""
        if self.query_key is None:
            return request
        # Only urllib3 writes the addresses of requests down.
        hide_keys_from_the_log()
        signed = request.copy()
        signed.prepare_url(signed.url, [self.query_key])
        return signed

    def _learn_from_success(self, response: requests.Response, what: str) -> None:
        if self._ledger:
            self._ledger.reopen_endpoint(endpoint_of(response.url))
            last = quota_told(response, service=self.service, what=what) or window_told(
                response, service=self.service, what=what
            )
            if last:
                self._ledger.pause(last)
        if self._cache:
            self._cache.keep(self.service, response)

    def _learn_from_failure(self, failure: SourceError) -> None:
        told_to_wait = isinstance(failure, RateLimited) and failure.retry_after
        if self._ledger and (isinstance(failure, QuotaExceeded) or told_to_wait):
            self._ledger.pause(failure)

    def _stale(
        self, request: requests.PreparedRequest, failure: SourceError
    ) -> requests.Response | None:
        """An old answer, if the failure is the API's and not about what was asked."""
        # A write is not sent twice, so its 403 is unconfirmed and may be a stray one.
        if isinstance(failure, EndpointGone) and self._ledger and request.method == "GET":
            self._ledger.close_endpoint(endpoint_of(request.url or ""))
        is_down = failure.retryable or failure.source_is_down or failure.ends_the_day
        scope = _SCOPE.get()
        if self._cache is None or not is_down or scope.newer_than:
            return None
        cached = self._cache.stale(self.service, request)
        if cached is not None:
            self._spare(ApiUsage(reused=1, outdated=1, failed=str(failure)))
            if scope is not _NO_SCOPE:
                scope.outdated = str(failure)
            _log.warning("An earlier answer stands in. %s", failure)
        return cached

    def _spare(self, spared: ApiUsage) -> None:
        with self._lock:
            self._spared += spared

    def _count(self, outcome: str) -> None:
        with self._lock:
            self.calls[outcome] += 1

    def _worth_repeating(self, failures: Sequence[SourceError]) -> bool:
        last = failures[-1]
        if last.needs_confirming:
            # Stray 403s come for minutes at a time (SpotifyWebApiPython 1.0.276), and single web
            # pages among good answers; one of them, on whichever attempt, is no verdict.
            return sum(type(failure) is type(last) for failure in failures) == 1
        if not last.retryable or (last.retry_after or 0.0) > self._patience:
            return False
        # Waiting for its turn is no attempt: the request was not looked at.
        turned_away = sum(isinstance(failure, RateLimited) for failure in failures)
        if isinstance(last, RateLimited):
            return turned_away <= _WAITS_FOR_THE_WINDOW
        tried = len(failures) - turned_away
        return tried < (2 if isinstance(last, Unreachable) else ATTEMPTS)


def _may_be_repeated(verb: str, form: Any) -> bool:
    """Whether sending it twice does no harm; an app's token may be fetched any number of times."""
    is_for_app_token = isinstance(form, dict) and form.get("grant_type") == "client_credentials"
    return verb in ("GET", "HEAD") or (verb == "POST" and is_for_app_token)


def _fetches_token(request: requests.PreparedRequest) -> bool:
    body = request.body
    return isinstance(body, (str, bytes)) and "grant_type=" in _text(body)


def _wait(failure: SourceError, attempt: int) -> float:
    """Seconds before the next attempt; spread, so that threads do not come back in step."""
    doubled: float = _FIRST_WAIT * 2.0 ** (attempt - 1)
    if isinstance(failure, BotWall):
        doubled = max(doubled, _FIRST_WAIT * _WALL_SLOWER)
    return (failure.retry_after or 0.0) + doubled * random.uniform(0.5, 1.5)


def _may_be_empty(response: requests.Response) -> bool:
    # Spotify answers changed details and a new cover with an empty body (OpenAPI description).
    return not response.content and response.request.method != "GET"


def _asked_for(address: str, params: Any) -> str:
    """What a request asks for, in words a reader can find the input in."""
    bare, _, query = address.partition("?")
    path = without_listener("/" + bare.partition("://")[2].partition("/")[2])
    asked = params.items() if isinstance(params, Mapping) else ()
    named = ", ".join(f"{name}={value}" for name, value in asked if value is not None)
    text = without_secrets(named or unquote_plus(query))
    cut = f"{text[:_LONGEST_SCOPE]}..." if len(text) > _LONGEST_SCOPE else text
    return f"asking for {path}" + (f" ({cut})" if cut else "")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
