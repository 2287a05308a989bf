"""The week that the demo tells: what happens in the sandbox's world, and the playlist after it."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING

import polars as pl
import pytest
from rich.console import Console

from showlist_assets.cli.demo import run_demo
from showlist_assets.cli.demo_listener import RECIPE
from showlist_assets.cli.demo_story import PASSES, Story, remember, told_before
from showlist_assets.cli.homes import Home
from showlist_assets.cli.options import sandbox_config
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.cli.demo_summary import Summary
    from showlist_assets.sandbox.server import Sandbox

_STATES = ["NY"]


class Told:
    """Demos in one home, over one sandbox, and what they printed."""

    def __init__(self, sandbox: Sandbox, home: Home) -> None:
        self.sandbox, self.home = sandbox, home
        home.prepare()
        if "feeds" in sandbox.sources:
            home.describe_feeds(sandbox.feed_files())

    def demo(self, *, story: bool | None = None) -> tuple[Summary, str]:
        console = Console(file=StringIO(), width=80)
        summary = run_demo(
            _STATES, self.sandbox, self.platform, home=self.home, console=console, story=story
        )
        return summary, console.file.getvalue()

    @property
    def platform(self) -> Platform:
        """As the next process has it: its clock is the sandbox's."""
        settings = load_settings(**self.home.sandbox_settings(self.sandbox))
        return Platform(settings, clock=self.sandbox.state.clock.now)


@pytest.fixture
def told(start_sandbox: Callable[..., Sandbox], tmp_path) -> Told:
    config = sandbox_config(
        world=None, seed=1, events=600, mode="development", quota=1000,
        sources="ticketmaster,seatgeek,feeds",
    )  # fmt: skip
    sandbox = start_sandbox(sources=config.sources, dealt=config.dealt)
    return Told(sandbox, Home(tmp_path / "home"))


@pytest.mark.slow
@pytest.mark.usefixtures("months_of_listening")
def test_a_week_passes_and_the_playlist_follows_with_the_reasons(told: Told):
    summary, said = told.demo()
    story = summary.story
    assert told.sandbox.state.clock.now() == NOW + PASSES
    assert story["now"] == (NOW + PASSES).date().isoformat()
    assert "Materializing New York" in said
    assert "Left because" in said

    # What the platform has learned of it, in its own tables.
    changes = told.platform.tables.read_all("show_changes")
    for news in ("cancelled", "announced"):
        rows = changes.filter(pl.col("change") == news, pl.col("changed_at") > NOW)
        days = set(rows.get_column("local_date").to_list())
        assert story[news]["date"] in {day.isoformat() for day in days}

    gone = {song["song"]: song["why"] for song in story["removed"]}
    assert gone[_song_of(story["cancelled"], gone)] == "cancelled"
    assert "over" in gone.values()
    come = {song["song"]: song["why"] for song in story["added"]}
    assert come[_song_of(story["announced"], come)] == "announced"
    assert set(come.values()) == {"announced", "next in line"}
    assert story["kept"] + len(come) == len(summary.playlist["tracks"])
    assert story["writes"] > 0
    assert story["calls"]["spotify"] > 0
    assert 0 < story["reused"]["decisions"] < summary.performers
    assert story["reused"]["audio_features"] > 0
    assert not any(summary.reused.values())

    # What the listener has.
    row = told.platform.history.last(RECIPE, "me")
    (playlist,) = (one for one in told.sandbox.listeners.playlists() if one.id == row.playlist_id)
    assert playlist.uris == [track.uri for track in row.ours]
    assert [track.label for track in row.ours] == summary.playlist["tracks"]
    assert {song["song"] for song in summary.playlist["songs"]} == set(summary.playlist["tracks"])
    assert not set(gone) & set(summary.playlist["tracks"])

    # A second demo: it was told, and nothing is new.
    again, said = told.demo()
    assert not again.story
    assert again.told_before == story["now"]
    assert "Nothing to do: 0 added, 0 removed" in said
    assert again.playlist["added"] == again.playlist["removed"] == again.playlist["writes"] == 0
    assert again.playlist["kept"] == len(summary.playlist["tracks"])
    assert again.playlist["tracks"] == summary.playlist["tracks"]
    assert told.sandbox.state.clock.now() == NOW + PASSES

    # What the listener plays is of after the week, too, and learned once.
    assert summary.taste["calls"]["listenbrainz"] > 0
    assert again.taste["calls"] == {}
    assert [show["why"] for show in again.taste["closest"]] == [
        show["why"] for show in summary.taste["closest"]
    ]
    assert again.discovered["tracks"] == summary.discovered["tracks"]
    assert again.discovered["writes"] == 0

    # Whoever wants another week says so.
    third, _ = told.demo(story=True)
    assert third.story["began"] == story["now"]
    assert third.story["cancelled"] != story["cancelled"]
    assert told.sandbox.state.clock.now() == NOW + 2 * PASSES


def _song_of(news: dict[str, str], songs: dict[str, str]) -> str:
    (found,) = [song for song in songs if song.startswith(f"{news['act']} - ")]
    return found


@pytest.mark.parametrize("kept", [None, "", "{}", "[]", '"x"', "{"])
def test_a_home_that_remembers_no_story_is_told_one(kept, tmp_path):
    if kept is not None:
        (tmp_path / "story.json").write_text(kept)
    assert told_before(tmp_path) == ""
    day = (NOW + timedelta(days=7)).date().isoformat()
    remember(tmp_path, Story(began=NOW.date().isoformat(), now=day))
    assert told_before(tmp_path) == day
    assert json.loads((tmp_path / "story.json").read_text())["now"] == day
