"""Keeps the tables that this version writes, for the versions to come.

python -m showlist_assets_tests.storage.upgrades.make_set 1.0.0
"""

from __future__ import annotations

import io
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.listening.reports import as_reports
from showlist_assets.domain.tables.listening.registry import LISTENER_TABLES
from showlist_assets.sandbox.config import SandboxConfig
from showlist_assets.sandbox.server import Sandbox, start_sandbox
from showlist_assets.services.listening.history import Told
from showlist_assets_tests import clock
from showlist_assets_tests.platform_under_test import PlatformUnderTest

if TYPE_CHECKING:
    from showlist_assets.wiring import Platform

WORLD: Final = SandboxConfig(clock=clock.NOW, events=300)
STATE: Final = "AZ"
_PLAYS: Final = 15
LISTENER: Final = "me"


def make_set(file: Path) -> None:
    """Run everything for ``STATE`` and for ``LISTENER``, and pack the tables into ``file``."""
    clock.pin()
    sandbox = start_sandbox(WORLD)
    try:
        with tempfile.TemporaryDirectory() as folder:
            under_test = PlatformUnderTest(sandbox, Path(folder))
            under_test.must_run(STATE)
            _listen(under_test.platform, sandbox)
            _pack(under_test, file)
    finally:
        sandbox.stop()


def _listen(platform: Platform, sandbox: Sandbox) -> None:
    heard = [play for play in sandbox.state.listening.plays() if play.is_heard][-_PLAYS:]
    rows = [
        {
            "reported_at": play.ended_at,
            "reported_means": "end",
            "track_name": play.track.name,
            "artist_name": play.track.artists[0].name,
            "spotify_track_id": play.track.id,
            "spotify_artist_ids": [artist.id for artist in play.track.artists],
            "ms_played": play.track.duration_ms,
            "duration_ms": play.track.duration_ms,
        }
        for play in heard
    ]
    reports = as_reports(rows, source="spotify_export", import_id="one", received_at=clock.NOW)
    told = Told(import_id="one", source="spotify_export", rows=len(rows), sha256="0" * 64)
    platform.listening.add(LISTENER, reports, told)
    platform.listening.rebuild(LISTENER)
    platform.tastes.refresh(LISTENER)
    platform.recording_lookups.ask(LISTENER, most_calls=1)
    platform.suggestions.refresh(LISTENER)
    act = platform.tables.read_all("matched_artists")["performer_name"][0]
    platform.taste_feedback.say(LISTENER, act, "more")


def _pack(made: PlatformUnderTest, file: Path) -> None:
    contents = {
        str(each.relative_to(made.root)): each.read_bytes() for each in made.root.rglob("*.parquet")
    }
    for table in LISTENER_TABLES:
        # As it was before it was encrypted, because what is encrypted cannot be packed.
        content = made.platform.listening_store.read_object(LISTENER, table)
        if content is not None:
            contents[f"listening/{table}.parquet"] = content
    with tarfile.open(file, "w:xz") as packed:
        for name, content in sorted(contents.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))


if __name__ == "__main__":
    make_set(Path(__file__).with_name(f"{sys.argv[1]}.tar.xz"))
