"""One session for every request of the platform: time-outs, bounded retries, counted calls.

What belongs here: how a request is sent and what becomes of its failures. What does not: what is
asked (``seatgeek``, ``spotify``, ``reccobeats``) and what a failure means (``failures``).
"""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import requests
from typing_extensions import override

from showlist_assets.sources.failures import (
    BadAnswer,
    EndpointGone,
    RateLimited,
    SourceError,
    Transient,
    Unreachable,
    failure_from,
    name_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)

CONNECT_AND_READ_SECONDS: Final = (5.0, 30.0)
ATTEMPTS: Final = 4
_FIRST_WAIT: Final = 0.4


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
    GET, and the POST that only fetches a token, is tried again after a transient failure; any
    other request may have had its effect and is never repeated.

    Attributes:
        calls: Answers received so far, by outcome: "200", "429", or "none" where none came.
    """

    def __init__(
        self,
        service: str,
        *,
        patience: float = 10.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make a session.

        Args:
            service: Names the API in messages and counts.
            patience: The longest single wait (seconds) that a Retry-After may ask for; beyond it
                the failure is raised at once.
            sleep: Waits between attempts.
        """
        super().__init__()
        self.service, self._patience, self._sleep = service, patience, sleep
        self.calls: Counter[str] = Counter()
        self._lock = Lock()
        self.headers["User-Agent"] = user_agent()

    @override
    def request(
        self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any
    ) -> requests.Response:
        verb, address = str(method).upper(), str(url)
        kwargs["timeout"] = CONNECT_AND_READ_SECONDS
        what = f"asking for {_path(address)}"
        repeatable = verb == "GET" or address.endswith("/api/token")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._send_once(verb, address, what, *args, **kwargs)
            except SourceError as failure:
                if (
                    not repeatable
                    or attempt == ATTEMPTS
                    or not self._worth_repeating(failure, attempt)
                ):
                    raise
                wait = self._wait(failure, attempt)
                _log.info("%s, attempt %d; waiting %.1f s", failure, attempt, wait)
            self._sleep(wait)
        raise AssertionError("unreachable")

    def _send_once(
        self, verb: str, address: str, what: str, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Send one request, count it, and judge the answer. A cache or a ledger goes here."""
        try:
            response = super().request(verb, address, *args, **kwargs)
        except requests.RequestException as error:
            self._count("none")
            raise self._no_answer(error, address, what) from None
        self._count(str(response.status_code))
        if not response.ok:
            raise failure_from(response, service=self.service, what=what)
        self._refuse_what_is_no_json(response, what)
        return response

    def _count(self, outcome: str) -> None:
        with self._lock:
            self.calls[outcome] += 1

    def _no_answer(self, error: requests.RequestException, address: str, what: str) -> SourceError:
        details: dict[str, Any] = {"service": self.service, "what": what}
        name = name_of(self.service)
        if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
            return Unreachable(
                f"{name} cannot be reached at {_base(address)}. Check the network, and the setting "
                f"SHOWLIST_{self.service.upper()}_URL.",
                **details,
            )
        if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema)):
            return Unreachable(
                f"{_base(address)} is not a usable address. Check the setting "
                f"SHOWLIST_{self.service.upper()}_URL.",
                **details,
            )
        trouble = "took too long" if isinstance(error, requests.Timeout) else "broke off its answer"
        return Transient(f"{name} {trouble} while {what}. It is tried again.", **details)

    def _refuse_what_is_no_json(self, response: requests.Response, what: str) -> None:
        if not response.content:
            return
        try:
            response.json()
        except ValueError:
            if "html" in response.headers.get("Content-Type", ""):
                response.status_code = 403
                raise failure_from(response, service=self.service, what=what) from None
            raise BadAnswer(
                f"{name_of(self.service)} answered with something that is no JSON while {what}. "
                "It is tried again.",
                service=self.service,
                what=what,
                status=response.status_code,
            ) from None

    def _worth_repeating(self, failure: SourceError, attempt: int) -> bool:
        if isinstance(failure, EndpointGone):
            # Stray 403s come for minutes at a time; one of them is no verdict.
            return attempt == 1
        if isinstance(failure, RateLimited):
            return (failure.retry_after or 0.0) <= self._patience
        if isinstance(failure, Unreachable):
            return attempt == 1
        return failure.retryable

    def _wait(self, failure: SourceError, attempt: int) -> float:
        if failure.retry_after is not None:
            return failure.retry_after
        doubled: float = _FIRST_WAIT * 2.0 ** (attempt - 1)
        return doubled * random.uniform(0.5, 1.5)


def _path(address: str) -> str:
    return "/" + address.split("://", 1)[-1].partition("?")[0].partition("/")[2]


def _base(address: str) -> str:
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0].rpartition('@')[2]}"


def _never_connected(error: BaseException) -> bool:
    """Whether the connection itself failed: no such host, refused, no route."""
    from urllib3.exceptions import NewConnectionError

    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)
