"""Change a listener's history in a process of its own, so that a test can kill it.

python -m showlist_assets_tests.services.listening.change_history sync ACCOUNT
python -m showlist_assets_tests.services.listening.change_history add ACCOUNT FIRST HOW_MANY
"""

from __future__ import annotations

import sys
from datetime import timedelta

from showlist_assets.domain.listening.reports import as_reports
from showlist_assets.services.listening.history import Told
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW


def add(platform: Platform, account: str, first: int, how_many: int) -> None:
    """Add plays one after the other, each as a poll would."""
    for number in range(first, first + how_many):
        row = {
            "reported_at": NOW - timedelta(minutes=10 * number),
            "reported_means": "end",
            "track_name": f"Song {number}",
            "artist_name": "An Artist",
        }
        told = Told(import_id=f"day-{number}", source="spotify_poll", rows=1)
        reports = as_reports([row], source=told.source, import_id="1", received_at=NOW)
        platform.listening.add(account, reports, told)


if __name__ == "__main__":
    what, account, *numbers = sys.argv[1:]
    made = Platform(load_settings())
    if what == "add":
        add(made, account, *map(int, numbers))
    elif made.listening_sync.sync(account, ["listenbrainz"]).troubles:
        sys.exit(1)
