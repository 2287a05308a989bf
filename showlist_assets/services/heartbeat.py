"""The sign of life for an outside watch, such as healthchecks.io: it alarms when none comes.

What belongs here: the call. What does not: what it stands for (``defs.watching``, ``cli.tick``).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from pydantic import SecretStr

_log = logging.getLogger(__name__)

# To connect, and to wait for the answer: five together.
_SECONDS: Final = (2.0, 3.0)


class Heartbeat:
    """A secret URL that is called; a call that fails is a warning, which does not hold it."""

    def __init__(self, url: SecretStr | None) -> None:
        """Call nothing yet; without ``url``, never."""
        self._url = url

    def good(self) -> None:
        """Say that all went well."""
        self._call("")

    def bad(self) -> None:
        """Say that something failed: ``/fail`` is put behind the path."""
        self._call("/fail")

    def _call(self, suffix: str) -> None:
        if self._url is None:
            return
        import requests

        parts = urlsplit(self._url.get_secret_value().strip())
        url = urlunsplit(parts._replace(path=parts.path.rstrip("/") + suffix))
        try:
            status = requests.get(url, timeout=_SECONDS).status_code
        # Its own message holds the address.
        except requests.RequestException as failure:
            _log.warning("The heartbeat was not heard: %s (SHOWLIST_HEARTBEAT).", _kind(failure))
            return
        if status >= requests.codes.bad_request:
            _log.warning("The heartbeat was refused with status %d (SHOWLIST_HEARTBEAT).", status)


def _kind(failure: Exception) -> str:
    return type(failure).__name__
