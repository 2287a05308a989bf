"""The demo over each choice of event sources, in this process."""

from __future__ import annotations

import inspect
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
import yaml
from rich.console import Console

from showlist_assets.cli.demo import demo, run_demo
from showlist_assets.cli.demo_story import told_before
from showlist_assets.cli.homes import Home
from showlist_assets.cli.options import UnknownSourceError, sandbox_config
from showlist_assets.cli.templates import example_recipes
from showlist_assets.domain.playlists.recipe import parse_recipe
from showlist_assets.sandbox.world.cities import CITIES
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from showlist_assets.cli.demo_summary import Summary
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.sandbox.server import Sandbox

_STATE = "TX"


def _config(sources: str) -> SandboxConfig:
    return sandbox_config(
        world=None, seed=1, events=600, mode="development", quota=1000, sources=sources
    )


def _ran(
    sandbox: Sandbox, home: Home, states: Sequence[str] = (_STATE,), *, story: bool | None = None
) -> tuple[Summary, Platform]:
    home.prepare()
    if "feeds" in sandbox.state.config.sources:
        home.describe_feeds(sandbox.feed_files())
    platform = Platform(load_settings(**home.sandbox_settings(sandbox)))
    quiet = Console(file=StringIO())
    told = run_demo([*states], sandbox, platform, home=home, console=quiet, story=story)
    return told, platform


@pytest.mark.slow
@pytest.mark.usefixtures("months_of_listening")
@pytest.mark.parametrize("sources", ["seatgeek", "feeds"])
def test_whatever_source_is_chosen_its_shows_become_a_playlist_and_without_a_story_no_week_passes(
    sources: str, start_sandbox: Callable[..., Sandbox], tmp_path
):
    config, home = _config(sources), Home(tmp_path / "home")
    # A smaller world has no venue in the state that tells of its own nights.
    events = 600 if "feeds" in sources else 250
    sandbox = start_sandbox(sources=config.sources, dealt=config.dealt, events=events)
    told, _ = _ran(sandbox, home, story=False)
    _tells_of(told, config)
    assert not told.story
    assert sandbox.state.clock.now() == NOW
    assert not sandbox.state.event_changes
    assert told_before(home.root) == ""


def _tells_of(told: Summary, config: SandboxConfig) -> None:
    assert set(told.listings) == set(config.sources)
    assert 0 < told.shows <= sum(told.listings.values())
    assert told.upcoming_rows > 0
    assert told.playlist["tracks"]
    assert {name for name, count in told.calls.items() if count} == {
        *config.sources, "spotify", "reccobeats",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.usefixtures("months_of_listening")
def test_a_second_demo_of_several_states_and_sources_finds_nobody_new_and_writes_nothing(
    start_sandbox: Callable[..., Sandbox], tmp_path
):
    config, home = _config("ticketmaster,seatgeek,feeds"), Home(tmp_path / "home")
    sandbox = start_sandbox(sources=config.sources, dealt=config.dealt, events=500)
    states = ["NY", "TX"]
    first, platform = _ran(sandbox, home, states, story=False)
    _tells_of(first, config)
    assert first.listed_twice > 0
    acts = platform.tables.read_all("expanded_artists")
    assert acts.filter(pl.col("billed_text").is_not_null()).height > 0, "a bill was taken apart"
    changes = platform.tables.read_all("show_changes").height
    second, platform = _ran(sandbox, home, states, story=False)
    assert (second.shows, second.listings) == (first.shows, first.listings)
    assert platform.tables.read_all("show_changes").height == changes
    # Bills were taken apart by what the first had learned, until nothing more was.
    assert acts.equals(platform.tables.read_all("expanded_artists"))
    assert second.calls["spotify"] == second.calls["reccobeats"] == 0
    assert second.playlist["tracks"] == first.playlist["tracks"]
    assert first.taste["calls"]["listenbrainz_labs"] > 0
    assert second.taste["calls"] == {}
    did = {name: second.playlist[name] for name in ("added", "removed", "kept", "writes")}
    assert did == {"added": 0, "removed": 0, "kept": len(first.playlist["tracks"]), "writes": 0}


def test_only_the_chosen_sources_are_asked_whatever_keys_there_are(
    start_sandbox: Callable[..., Sandbox], tmp_path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TICKETMASTER_API_KEY", "of-the-operator")
    monkeypatch.setenv("SHOWLIST_EVENT_SOURCES", "ticketmaster")
    home = Home(tmp_path)
    for sources in ("seatgeek", "feeds", "feeds,ticketmaster"):
        config = _config(sources)
        sandbox = start_sandbox(sources=config.sources)
        home.describe_feeds(sandbox.feed_files())
        platform = Platform(load_settings(**home.sandbox_settings(sandbox)))
        assert [each.name for each in platform.event_sources()] == sources.split(",")
        assert ("SEATGEEK_CLIENT_ID" in sandbox.env()) == ("seatgeek" in sources)
        assert ("TICKETMASTER_API_KEY" in sandbox.env()) == ("ticketmaster" in sources)


def test_feeds_are_described_anew_and_what_a_person_added_stays(sandbox: Sandbox, tmp_path):
    home = Home(tmp_path)
    files = sandbox.feed_files()
    home.describe_feeds(files)
    (home.feeds / "mine.yaml").write_text("from: mine.ics\n")
    kept = dict(list(files.items())[:2])
    home.describe_feeds(kept)
    assert {file.name for file in home.feeds.iterdir()} == {*kept, "mine.yaml"}
    for name, text in kept.items():
        assert yaml.safe_load((home.feeds / name).read_text()) == yaml.safe_load(text)


def test_two_ticket_sites_share_the_concerts_and_one_alone_has_them_all():
    assert _config("ticketmaster, SeatGeek").sources == ("ticketmaster", "seatgeek")
    assert _config("ticketmaster,seatgeek").dealt == "split"
    assert _config("seatgeek,feeds").dealt == _config("ticketmaster").dealt == "both"
    assert _config("seatgeek").clock == NOW


@pytest.mark.parametrize("sources", ["", ",", "songkick", "seatgeek,seatgeek"])
def test_a_source_that_is_none_is_refused(sources: str):
    with pytest.raises(UnknownSourceError, match="ticketmaster, seatgeek, feeds"):
        _config(sources)


def test_the_shipped_recipes_ask_for_what_the_demo_has():
    default = set(inspect.signature(demo).parameters["states"].default.split(","))
    for file, text in example_recipes().items():
        if not file.endswith(".yaml"):
            continue
        recipe = parse_recipe(text.decode(), name=Path(file).stem, source=file)
        # A circle reaches into states that the demo does not fetch; it tells so.
        assert {circle.state for circle in recipe.near} <= default
        assert recipe.near or set(recipe.states) <= default
        for circle in recipe.near:
            cities = {city.name for city in CITIES[circle.state]}
            # Made-up houses are in each city only by chance.
            assert circle.at is not None or circle.city in cities
