"""A clock that stands until a test moves it."""

from __future__ import annotations

from datetime import timedelta

from showlist_assets_tests.clock import NOW


class MovedClock:
    MOMENT = timedelta(seconds=1)

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        return self.now
