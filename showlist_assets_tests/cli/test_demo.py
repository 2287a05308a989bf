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
    sandbox: Sandbox, home: Home, states: Sequence[str] = (_STATE,)
) -> tuple[Summary, Platform]:
    home.prepare()
    if "feeds" in sandbox.state.config.sources:
        home.describe_feeds(sandbox.feed_files())
    platform = Platform(load_settings(**home.sandbox_settings(sandbox)))
    quiet = Console(file=StringIO())
    return run_demo([*states], sandbox, platform, home=home, console=quiet), platform


@pytest.mark.slow
@pytest.mark.parametrize("sources", ["seatgeek", "ticketmaster,seatgeek,feeds", "feeds"])
def test_whatever_sources_are_chosen_shows_become_a_playlist_and_a_second_demo_adds_nothing(
    sources: str, start_sandbox: Callable[..., Sandbox], tmp_path
):
    config, home = _config(sources), Home(tmp_path / "home")
    # A smaller world has no venue in the state that tells of its own nights.
    events = 600 if "feeds" in sources else 250
    sandbox = start_sandbox(sources=config.sources, dealt=config.dealt, events=events)
    first, platform = _ran(sandbox, home)
    assert set(first.listings) == set(sources.split(","))
    assert 0 < first.shows <= sum(first.listings.values())
    assert first.upcoming_rows > 0
    assert first.playlist["tracks"]
    assert {name for name, count in first.calls.items() if count} == {
        *config.sources, "spotify", "reccobeats",
    }  # fmt: skip
    if len(config.sources) > 1:
        assert first.listed_twice > 0
    changes = platform.tables.read_all("show_changes").height
    known = set(platform.tables.read_all("expanded_artists").get_column("performer_key"))
    sandbox.reset()
    second, platform = _ran(sandbox, home)
    assert (second.shows, second.listings) == (first.shows, first.listings)
    assert platform.tables.read_all("show_changes").height == changes
    # Bills were taken apart by what the first had learned, until nothing more was.
    assert known == set(platform.tables.read_all("expanded_artists").get_column("performer_key"))
    assert second.calls["spotify"] == second.calls["reccobeats"] == 0


@pytest.mark.slow
def test_a_second_demo_of_several_states_finds_nobody_new_and_writes_nothing(
    start_sandbox: Callable[..., Sandbox], tmp_path
):
    config, home = _config("ticketmaster,seatgeek,feeds"), Home(tmp_path / "home")
    sandbox = start_sandbox(sources=config.sources, dealt=config.dealt, events=500)
    states = ["CA", "NY", "TX"]
    first, platform = _ran(sandbox, home, states)
    acts = platform.tables.read_all("expanded_artists")
    assert acts.filter(pl.col("billed_text").is_not_null()).height > 0, "a bill was taken apart"
    second, platform = _ran(sandbox, home, states)
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
