"""By how much a server's clock is ahead of this machine's."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

_PATIENCE: Final = 5.0


def clock_difference(url: str, clock: Callable[[], datetime]) -> timedelta | None:
    """By the date in the head of the server's answer (to the second).

    Args:
        url: Of a server; no API is asked, and no key is sent.
        clock: Of this machine (UTC).

    Returns:
        How much the server is ahead; None where it does not answer or tells no date.
    """
    import requests

    before = clock()
    try:
        answer = requests.head(url, timeout=_PATIENCE, allow_redirects=False)
        said = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (requests.RequestException, ValueError):
        return None
    return said - (before + (clock() - before) / 2)
