"""Waits that end early where the call is not wanted any more.

``requests`` and SQLite cannot be interrupted from another thread, but most of a call's time may be
a wait for the window or for another attempt: up to a minute, for which a run that is stopped should
not be held up.
"""

from __future__ import annotations

import time
from concurrent.futures import CancelledError
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Event

_UNWANTED: ContextVar[Event | None] = ContextVar("unwanted", default=None)


@contextmanager
def wanted_until(unwanted: Event) -> Iterator[None]:
    """A context whose waits end as soon as ``unwanted`` is set."""
    token = _UNWANTED.set(unwanted)
    try:
        yield
    finally:
        _UNWANTED.reset(token)


def wait(seconds: float) -> None:
    """Sleep.

    Raises:
        CancelledError: what is waited for is not wanted any more.
    """
    unwanted = _UNWANTED.get()
    if unwanted is None:
        time.sleep(seconds)
    elif unwanted.wait(seconds):
        raise CancelledError
