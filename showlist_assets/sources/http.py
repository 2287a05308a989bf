"""One session for every request of the platform: time-outs, bounded retries, counted calls.

What belongs here: how a request is sent and when it is sent again. What does not: what is asked
(``seatgeek``, ``spotify``, ``reccobeats``) and which failure an answer means (``diagnosis``).
"""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

import requests
from typing_extensions import override
from urllib3.exceptions import HTTPError

from showlist_assets.sources.diagnosis import failure_from, failure_without_answer
from showlist_assets.sources.failures import (
    BadAnswer,
    EndpointGone,
    SourceError,
    Unreachable,
    name_of,
    without_secrets,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_log = logging.getLogger(__name__)

CONNECT_AND_READ_SECONDS: Final = (5.0, 30.0)
ATTEMPTS: Final = 4
_FIRST_WAIT: Final = 0.4
_LONGEST_QUESTION: Final = 150


def user_agent() -> str:
    """How we introduce ourselves."""
    try:
        ours = version("showlist")
    except PackageNotFoundError:
        ours = "0"
    return f"showlist/{ours} (self-hosted)"


class ApiSession(requests.Session):
    """A ``requests.Session`` that answers with good JSON or raises a ``SourceError``.

    It is handed to spotipy as well, whose own session would sleep for hours on a Retry-After. A
    GET, and the POST that only fetches an app's token, is tried again after a transient failure;
    any other request may have had its effect and is never repeated.

    Attributes:
        calls: Answers received so far, by outcome: "200", "429", or "none" where none came.
    """

    def __init__(
        self,
        service: str,
        *,
        patience: float = 10.0,
        sleep: Callable[[float], None] = time.sleep,
        timeout: tuple[float, float] = CONNECT_AND_READ_SECONDS,
    ) -> None:
        """Make a session.

        Args:
            service: Names the API in messages and counts.
            patience: The longest single wait (seconds) that a Retry-After may ask for; beyond it
                the failure is raised at once.
            sleep: Waits between attempts.
            timeout: Seconds to connect, and seconds without a byte of the answer.
        """
        super().__init__()
        self.service, self._patience, self._sleep = service, patience, sleep
        self._timeout = timeout
        self.calls: Counter[str] = Counter()
        self._lock = Lock()
        self.headers["User-Agent"] = user_agent()
        self.max_redirects = 3
        # Without any auth of its own, requests puts a login of ~/.netrc in the place of our token.
        self.auth = _as_it_is

    def get_object(self, url: str, params: Mapping[str, Any], **kwargs: Any) -> dict[str, Any]:
        """The JSON object that a GET of ``url`` answers with.

        Raises:
            BadAnswer: the answer is JSON, but no object.
            SourceError: as ``failures`` says.
        """
        body = self.get(url, params=params, **kwargs).json()
        if not isinstance(body, dict):
            what = _question(url, params)
            raise BadAnswer(
                f"{name_of(self.service)} answered with something that is no object while {what}. "
                "Try again later.",
                service=self.service,
                what=what,
            )
        return body

    @override
    def request(
        self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any
    ) -> requests.Response:
        verb, address = _text(method).upper(), _text(url)
        what = _question(address, kwargs.get("params"))
        failures: list[SourceError] = []
        while True:
            outcome = self._send_once(verb, address, what, *args, **kwargs)
            if isinstance(outcome, requests.Response):
                return outcome
            failures.append(outcome)
            if not (_may_be_repeated(verb, kwargs) and self._worth_repeating(failures)):
                raise outcome
            wait = _wait(outcome, len(failures))
            _log.info("Attempt %d comes in %.1f s. %s", len(failures) + 1, wait, outcome)
            self._sleep(wait)

    def _send_once(
        self, verb: str, address: str, what: str, *args: Any, **kwargs: Any
    ) -> requests.Response | SourceError:
        """Send one request, count it, and judge the answer. A cache or a ledger goes here.

        The failure is returned, not raised, so that it has no context: requests' own exceptions
        hold the request with its headers. Of urllib3's, requests lets a few through.
        """
        kwargs["timeout"] = self._timeout
        try:
            response = super().request(verb, address, *args, **kwargs)
        except (requests.RequestException, HTTPError) as error:
            self._count("none")
            return failure_without_answer(error, service=self.service, what=what, address=address)
        for answer in (*response.history, response):
            self._count(str(answer.status_code))
        if response.ok and (_is_json(response) or _may_be_empty(verb, response)):
            return response
        return failure_from(response, service=self.service, what=what)

    def _count(self, outcome: str) -> None:
        with self._lock:
            self.calls[outcome] += 1

    def _worth_repeating(self, failures: Sequence[SourceError]) -> bool:
        last = failures[-1]
        if isinstance(last, EndpointGone):
            # Stray 403s come for minutes at a time (SpotifyWebApiPython 1.0.276); one of them,
            # on whichever attempt, is no verdict.
            return sum(isinstance(failure, EndpointGone) for failure in failures) == 1
        if not last.retryable or (last.retry_after or 0.0) > self._patience:
            return False
        return len(failures) < (2 if isinstance(last, Unreachable) else ATTEMPTS)


def _may_be_repeated(verb: str, sent: Mapping[str, Any]) -> bool:
    """Whether sending it twice does no harm; an app's token may be fetched any number of times."""
    form = sent.get("data")
    is_for_app_token = isinstance(form, dict) and form.get("grant_type") == "client_credentials"
    return verb in ("GET", "HEAD") or (verb == "POST" and is_for_app_token)


def _wait(failure: SourceError, attempt: int) -> float:
    """Seconds before the next attempt; spread, so that threads do not come back in step."""
    doubled: float = _FIRST_WAIT * 2.0 ** (attempt - 1)
    return (failure.retry_after or 0.0) + doubled * random.uniform(0.5, 1.5)


def _is_json(response: requests.Response) -> bool:
    try:
        response.json()
    except ValueError:
        return False
    return True


def _may_be_empty(verb: str, response: requests.Response) -> bool:
    return not response.content and verb != "GET"


def _question(address: str, params: Any) -> str:
    """What a request asks for, in words a reader can find the input in."""
    bare, _, query = address.partition("?")
    path = "/" + bare.partition("://")[2].partition("/")[2]
    asked = params.items() if isinstance(params, Mapping) else ()
    named = ", ".join(f"{name}={value}" for name, value in asked if value is not None)
    text = without_secrets(named or unquote_plus(query))
    cut = f"{text[:_LONGEST_QUESTION]}..." if len(text) > _LONGEST_QUESTION else text
    return f"asking for {path}" + (f" ({cut})" if cut else "")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
