"""The one clock of the suite: every test, benchmark and process they start lives at ``NOW``.

The made-up world is made for the day it is asked on, so a test that read the machine's date would
meet another world each day. ruff bans the machine's clock everywhere but in the few places that own
it (``pyproject.toml``); ``make test-dates`` runs the suite on a dozen awkward dates.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

NOW: Final = datetime(2026, 11, 20, 17, tzinfo=UTC)
"""A Friday noon in New York, three days before a Monday's refresh."""

PINNED: Final = {"SHOWLIST_NOW": NOW.isoformat()}
"""The environment of a process that lives at ``NOW``."""


def pin() -> None:
    """Make this process and those it starts live at ``NOW``."""
    os.environ.update(PINNED)


def running_from(start: datetime) -> Callable[[], datetime]:
    """A clock that shows ``start`` now and runs on from there."""
    began = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)
