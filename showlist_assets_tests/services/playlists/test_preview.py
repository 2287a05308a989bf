"""Whose taste a preview and a push are planned with, and who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from showlist_assets.domain.playlists.planner import plan_of
from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.domain.playlists.upcoming import Upcoming, upcoming_of
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.taste_feedback import TasteFeedback
from showlist_assets.services.playlists.listeners_taste import ListenersTaste, no_taste, taste_for
from showlist_assets.services.playlists.preview import Previews
from showlist_assets.storage.files import LocalFiles
from showlist_assets.storage.listening import ListeningStore
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.playlists.show_rows import show_row, shows_of
from showlist_assets_tests.domain.playlists.taste_rows import taste_of, taste_row
from showlist_assets_tests.domain.recommendations.listening_rows import frame

_TASTES = {
    "me": taste_of(
        taste_row("ada", 1.0), taste_row("bea", 2.0), taste_row("cleo", verdict="block")
    ),
    "you": taste_of(taste_row("ada", 3.0), taste_row("cleo", 9.0)),
}


class _Plain:
    """Encrypts nothing."""

    def seal(self, plain: bytes) -> bytes:
        return plain

    def unseal(self, sealed: bytes, _name: str) -> bytes:
        return sealed


@dataclass
class _Published:
    """Three acts, on the day of the clock."""

    id: str = "one"

    def upcoming(self, _state: str) -> Upcoming:
        rows = [show_row(one, one, local_date=NOW.date()) for one in ("ada", "bea", "cleo")]
        return upcoming_of(shows_of(*rows), ShowFates())

    def missing(self, _states: Any) -> frozenset[str]:
        return frozenset()


def _recipe(**wishes: Any) -> Recipe:
    return Recipe(name="mine", **{"states": "NY", "when": "any time", **wishes})


def _heard(previews: Previews, recipe: Recipe, **how: Any) -> list[str]:
    return [track.artist_name for track in previews.of(_Published(), recipe, **how).plan.tracks]


def test_a_preview_is_to_the_taste_of_its_reader_and_shows_nobody_else_s():
    previews = Previews(lambda: NOW, _TASTES.get)
    recipe = _recipe(order="taste")
    assert _heard(previews, recipe, reader="me") == ["Bea", "Ada"]
    for reader in (None, "you"):
        assert _heard(previews, recipe, reader=reader) == ["Ada", "Bea", "Cleo"]


def test_a_new_taste_shows_at_once():
    tastes = dict(_TASTES)
    previews = Previews(lambda: NOW, tastes.get)
    assert _heard(previews, _recipe(order="taste"), reader="me") == ["Bea", "Ada"]
    tastes["me"] = taste_of(taste_row("ada", 5.0), taste_row("bea", 2.0))
    assert _heard(previews, _recipe(order="taste"), reader="me") == ["Ada", "Bea", "Cleo"]


@pytest.mark.parametrize(
    ("wish", "artists"),
    [
        ({}, {"ada", "bea", "cleo"}),
        ({"taste": {"listener": "you"}}, {"ada", "cleo"}),
        ({"account": "you"}, {"ada", "cleo"}),
    ],
)
def test_a_recipe_is_planned_with_the_taste_of_its_listener(wish, artists):
    found = taste_for(_recipe(**wish), _TASTES.get)
    assert set(found["performer_key"]) == artists
    blocked = set(found.filter(pl.col("verdict") == "block")["performer_key"])
    assert blocked == (set() if wish == {"account": "you"} else {"cleo"})


def test_who_is_blocked_is_blocked_at_once_whoever_is_announced_later(tmp_path):
    store = ListeningStore(LocalFiles(tmp_path, private=True), _Plain())
    kept = ListenersTaste(store)
    assert kept.of("me") is None
    store.write("me", "show_taste", _TASTES["you"])
    said = {"verdict": "block", "said_by": "command", "said_at": NOW}
    rows = [
        {"artist_key": "spotify:id of ada", "artist_name": "ADA", **said},
        {"artist_key": "name:bea", "artist_name": "Bea", **said},
        {"artist_key": "name:cleo", "artist_name": "Cleo", **said, "verdict": "less"},
    ]
    schema = pl.Schema(polars_schema(TasteFeedback))
    store.write("me", "taste_feedback", pl.DataFrame(rows, schema=schema))
    previews = Previews(lambda: NOW, kept.of)
    assert _heard(previews, _recipe(), reader="me") == ["Cleo"]
    assert kept.of("you") is None


@pytest.mark.parametrize(
    ("wish", "day"),
    [
        # Half past five in the morning (UTC) is the evening before in Los Angeles.
        ({"account": "me"}, "31 October 2026"),
        ({"account": "you"}, "1 November 2026"),
        ({"account": "you", "taste": {"listener": "me"}}, "31 October 2026"),
        ({"account": "me", "taste": {"listener": "you"}}, "1 November 2026"),
    ],
)
def test_days_are_those_of_whose_plays_they_tell(tmp_path, wish, day):
    store = ListeningStore(LocalFiles(tmp_path, private=True), _Plain())
    zones = {"me": "America/Los_Angeles"}
    kept = ListenersTaste(store, zone_of=zones.get)
    played = {"basis": "known", "plays": 2, "last_at": datetime(2026, 11, 1, 5, 30, tzinfo=UTC)}
    for account in ("me", "you"):
        blocked = taste_row("bea", verdict="block")
        store.write(account, "show_taste", taste_of(taste_row("ada", 1.0, **played), blocked))
    recipe = _recipe(order="taste", **wish)
    shows = _Published().upcoming("NY")
    plan = plan_of(recipe, shows, today=NOW.date(), taste=taste_for(recipe, kept.of))
    why = {track.artist_name: track.taste.words for track in plan.tracks}
    assert why["Ada"] == f"You played them, last on {day}."


def test_without_any_taste_there_is_none():
    assert taste_for(_recipe(taste={"listener": "you"}), no_taste) is None


_LINKED, _HERS = "1" * 22, "6ae3b4f2-5b1f-4d6e-9d4a-0a1b2c3d4e5f"


@pytest.mark.parametrize(
    ("key", "name", "blocked"),
    [
        ("name:dora", "Dora", ["Cleo & Dora"]),
        ("name:cleo", "Cleo", ["Cleo & Dora"]),
        ("name:ada", "Ada", []),
        ("name:tyler the creator", "Tyler, The Creator", ["Eve feat. Tyler, The Creator"]),
        # Nobody knows the name of this link; how it is linked is known to all listeners together.
        (f"spotify:{_LINKED}", _LINKED, ["Cleo & Dora"]),
        # The taste knows the id of what was blocked by its name.
        ("name:kleo", "Kleo", ["Cleo & Dora"]),
    ],
)
def test_a_block_counts_at_once_for_songs_of_several_artists(tmp_path, key, name, blocked):
    store = ListeningStore(LocalFiles(tmp_path, private=True), _Plain())
    songs = {
        "Ada & Bea": ["one artist of two names"],
        "Cleo & Dora": [_HERS, "another"],
        "Eve feat. Tyler, The Creator": ["one", "two"],
    }
    common = {"track_name": "Song", "score": 1.0, "because": ["A: B"], "status": "id"}
    rows = [
        {**common, "recording_mbid": one, "artist_name": one, "artist_mbids": mbids}
        for one, mbids in songs.items()
    ]
    store.write("me", "track_suggestions", frame("track_suggestions", [
        {**row, "spotify_track_id": row["recording_mbid"], "computed_at": NOW} for row in rows
    ]))  # fmt: skip
    store.write("me", "taste", frame("taste", [
        {"artist_key": f"mbid:{_HERS}", "artist_name": "Kleo", "artist_mbid": _HERS, "plays": 1,
         "weight": 1.0, "verdict": "none"}
    ]))  # fmt: skip
    word = {"verdict": "block", "said_by": "command", "said_at": NOW}
    said = [{"artist_key": key, "artist_name": name, **word}]
    store.write("me", "taste_feedback", frame("taste_feedback", said))
    link = {"spotify_artist_id": _LINKED, "artist_mbid": _HERS, "how": "listens", "asked_at": NOW}
    kept = ListenersTaste(store, artist_ids=lambda: frame("artist_ids", [link]))
    found = kept.suggestions("me").songs.filter(pl.col("status") == "blocked")
    assert found["artist_name"].to_list() == blocked
