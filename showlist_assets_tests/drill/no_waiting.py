"""Imported first in every process of a run: simulated time passes between runs, so nobody sleeps.

A run lasts no time on the sandbox's clock. What it would sleep for, the pauses before another
attempt and Dagster's before another try, is over at once.
"""

from __future__ import annotations

import time

import showlist_assets_tests.sqlite_engines  # noqa: F401  (before Dagster)
from showlist_assets.sources.http import waiting

_sleep, _wait = time.sleep, waiting.wait
_LONGEST_NAP = 0.002


def _nap(seconds: float) -> None:
    _sleep(min(seconds, _LONGEST_NAP))


def _nap_while_wanted(seconds: float) -> None:
    _wait(min(seconds, _LONGEST_NAP))


time.sleep = _nap  # type: ignore[assignment]
# Whoever imports it afterwards has this one.
waiting.wait = _nap_while_wanted
