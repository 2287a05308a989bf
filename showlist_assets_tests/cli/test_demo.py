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
    from collections.abc import Callable

    from showlist_assets.cli.demo_summary import Summary
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.sandbox.server import Sandbox

_STATE = "TX"
_MOST_SEARCHES = 3


def _config(sources: str) -> SandboxConfig:
    return sandbox_config(
        world=None, seed=1, events=600, mode="development", quota=1000, sources=sources
    )


def _ran(sandbox: Sandbox, home: Home) -> tuple[Summary, Platform]:
    home.prepare()
    if "feeds" in sandbox.state.config.sources:
        home.describe_feeds(sandbox.feed_files())
    platform = Platform(load_settings(**home.sandbox_settings(sandbox)))
    quiet = Console(file=StringIO())
    return run_demo([_STATE], sandbox, platform, home=home, console=quiet), platform


@pytest.mark.slow
@pytest.mark.parametrize(
    "sources", ["ticketmaster", "seatgeek", "ticketmaster,seatgeek,feeds", "feeds"]
)
def test_whatever_sources_are_chosen_shows_become_a_playlist_and_a_second_demo_adds_nothing(
    sources: str, start_sandbox: Callable[..., Sandbox], tmp_path
):
    config, home = _config(sources), Home(tmp_path / "home")
    sandbox = start_sandbox(sources=config.sources, dealt=config.dealt)
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
    # Nobody is new but who stood on a bill that was taken apart by what the first has learned.
    acts = platform.tables.read_all("expanded_artists")
    apart = acts.filter(pl.col("billed_text").is_not_null()).get_column("performer_key")
    new = set(acts.get_column("performer_key")) - known
    assert new <= set(apart)
    assert second.calls["spotify"] <= _MOST_SEARCHES * len(new)


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
        assert set(recipe.states) <= default
        for circle in recipe.near:
            cities = {city.name for city in CITIES[circle.state]}
            # Made-up houses are in each city only by chance.
            assert circle.at is not None or circle.city in cities
