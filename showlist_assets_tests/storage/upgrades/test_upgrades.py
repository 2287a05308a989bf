"""The tables of every version are read by this one, and nobody is looked up again."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
import pytest

from showlist_assets.defs.assets.artists import matched_artists
from showlist_assets.defs.assets.events import raw_events
from showlist_assets.defs.assets.shows import expanded_artists, show_changes, shows
from showlist_assets.defs.assets.tracks import audio_features, top_tracks
from showlist_assets.defs.assets.upcoming import upcoming_shows
from showlist_assets.domain.tables.listening.registry import LISTENER_TABLES
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.similarity.registry import SIMILARITY_TABLES
from showlist_assets.domain.tables.versions import current_version
from showlist_assets.sandbox.server import start_sandbox
from showlist_assets.storage.parquet import partition_file
from showlist_assets.storage.similarity import SimilarityStore
from showlist_assets_tests.defs.called import call
from showlist_assets_tests.platform_under_test import PlatformUnderTest
from showlist_assets_tests.storage.upgrades.make_set import LISTENER, STATE, WORLD

if TYPE_CHECKING:
    from showlist_assets.wiring import Platform

_SETS: Final = sorted(Path(__file__).parent.glob("*.tar.xz"))
_FIRST_WITH_LISTENERS: Final = "2026-11-26"
_STEPS: Final = (
    raw_events, shows, show_changes, expanded_artists, matched_artists, top_tracks,
    audio_features, upcoming_shows,
)  # fmt: skip


@pytest.fixture(scope="module")
def world():
    running = start_sandbox(WORLD)
    yield running
    running.stop()


@pytest.fixture(params=_SETS, ids=lambda file: file.name.removesuffix(".tar.xz"))
def kept(request, world, tmp_path):
    """A platform whose tables are those of one set, and which knows nothing else."""
    world.reset()
    made = PlatformUnderTest(world, tmp_path)
    with tarfile.open(request.param) as packed:
        packed.extractall(made.root, filter="data")
    store = made.platform.listening_store
    for plain in made.root.glob("listening/*.parquet"):
        store.write_object(LISTENER, plain.stem, plain.read_bytes())
        plain.unlink()
    made.name = request.param.name
    return made


def test_every_table_of_every_version_is_read_with_the_columns_and_rules_of_today(kept):
    own = kept.platform
    for table, schema in TABLES.items():
        assert schema.is_valid(own.tables.read(table, [STATE])), table
    for table, schema in LISTENER_TABLES.items():
        assert schema.is_valid(own.listening_store.read(LISTENER, table)), table
    for table, schema in SIMILARITY_TABLES.items():
        assert schema.is_valid(SimilarityStore(own.files).read(table)), table
    assert own.tables.read("matched_artists", [STATE]).height > 5
    heard = own.listening_store.read(LISTENER, "listens").height
    assert heard or kept.name < _FIRST_WITH_LISTENERS


def test_nobody_who_was_known_is_looked_up_again_and_every_file_is_of_today_afterwards(kept):
    own = kept.platform
    before = _decided(own)
    for step in _STEPS:
        _materialize(step, own)
    after = _decided(own)
    assert before
    assert before.items() <= after.items()
    # A bill is read better than it was, and names somebody who was not known.
    assert kept.sandbox.requests("spotify") <= len(after) - len(before)
    shown = own.tables.read("upcoming_shows", [STATE])
    assert shown["track_id"].drop_nulls().len() > 20
    for table in TABLES:
        metadata = pl.read_parquet_metadata(kept.root / partition_file(table, STATE))
        assert metadata["showlist.version"] == str(current_version(table)), table


def _decided(platform: Platform) -> dict[str, tuple[str, str | None]]:
    rows = platform.tables.read("matched_artists", [STATE])
    chosen = rows.select("performer_key", "outcome", "spotify_artist_id")
    return {key: (outcome, artist) for key, outcome, artist in chosen.iter_rows()}


def _materialize(step, platform: Platform) -> None:
    table = step.key.path[-1]
    upstream = [name for name in step.keys_by_input_name if name in TABLES]
    frames = {name: platform.tables.read(name, [STATE]) for name in upstream}
    rows = call(step, platform, STATE, **frames).frame
    platform.tables.write_states(table, [STATE], rows)
