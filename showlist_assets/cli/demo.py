"""``showlist demo``: the whole pipeline against the sandbox, with no keys and no account."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from showlist_assets.cli.homes import sandbox_home
from showlist_assets.cli.options import (
    BASE,
    Base,
    HomesEvents,
    HomesMode,
    HomesQuota,
    HomesSeed,
    HomesSources,
    World,
    sandbox_config,
)
from showlist_assets.cli.options import console as terminal

if TYPE_CHECKING:
    from rich.console import Console

    from showlist_assets.cli.demo_story import Story
    from showlist_assets.cli.demo_summary import Summary
    from showlist_assets.cli.home_sandbox import RunningSandbox
    from showlist_assets.cli.homes import Home
    from showlist_assets.cli.in_process import Jobs
    from showlist_assets.sandbox.server import Sandbox
    from showlist_assets.wiring import Platform


_NAMES: Final = {
    "ticketmaster": "Ticketmaster",
    "seatgeek": "SeatGeek",
    "feeds": "the pages of venues",
}


DEFAULT_STATES: Final = "CA,NY,TX"
_NO_STORY: Final = (
    "No week passes: that takes a made-up world which nobody else looks at, such as `showlist ui`."
)
_BILLS: Final = "expanded_artists"
_AFTER_THE_BILLS: Final = ("matched_artists", "top_tracks", "audio_features", "upcoming_shows")
# An act of a bill may be what another bill was waiting for; two rounds are usual.
_MOST_ROUNDS: Final = 5
# One refresh asks a bounded number of questions.
_MOST_REFRESHES: Final = 5
_WAITING: Final = ("ids_left", "neighbours_left")


def demo(
    states: Annotated[
        str, typer.Option(help="USPS codes, with commas; or Canada's, such as ON.")
    ] = DEFAULT_STATES,
    world: World = None,
    home: Base = BASE,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the summary to this file, too.")
    ] = None,
    seed: HomesSeed = None,
    events: HomesEvents = None,
    mode: HomesMode = None,
    quota: HomesQuota = None,
    sources: HomesSources = None,
    story: Annotated[
        bool | None,
        typer.Option(
            "--story/--no-story",
            help="Let a week pass afterwards, with news. By default once in each home.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Run the whole pipeline against the sandbox: no key, no account."""
    from showlist_assets.cli.demo_page import print_summary
    from showlist_assets.cli.demo_summary import write_json
    from showlist_assets.cli.home_sandbox import sandbox_of
    from showlist_assets.domain.states import country_of, parse_states
    from showlist_assets.sandbox.control.client import SandboxElsewhere
    from showlist_assets.settings import load_settings
    from showlist_assets.wiring import Platform

    began, wanted = time.monotonic(), parse_states(states)
    own = sandbox_home(home, world)
    config = sandbox_config(
        world=world,
        seed=seed,
        events=events,
        mode=mode,
        quota=quota,
        sources=sources,
        countries=[country_of(state).code for state in wanted],
        home=own,
    )
    served = [_NAMES[name] for name in config.sources]
    terminal.print(
        f"Starting the sandbox: {', '.join(served)}, Spotify and ReccoBeats on this machine"
    )
    with sandbox_of(own, config) as running:
        # Not before: a world that cannot be served leaves no home behind.
        own.prepare()
        served_elsewhere = isinstance(running, SandboxElsewhere)
        beside = ", as `showlist ui` serves it: no week passes meanwhile"
        terminal.print(f"  {running.url}{beside if served_elsewhere else ''}", soft_wrap=True)
        platform = Platform(load_settings(**own.sandbox_settings(running)))
        summary = run_demo(wanted, running, platform, home=own, console=terminal, story=story)
    summary.seconds = round(time.monotonic() - began, 1)
    print_summary(
        summary, terminal, open_ui=ui_command(world, home), of_home=home_options(world, home)
    )
    if json_file:
        write_json(json_file, summary)


def run_demo(
    states: list[str],
    sandbox: RunningSandbox,
    platform: Platform,
    *,
    home: Home,
    console: Console,
    story: bool | None = False,
) -> Summary:
    """Materialize every asset for ``states``, push a playlist, and read back what came out.

    Args:
        states: USPS codes.
        sandbox: Answers for the APIs.
        platform: Over that sandbox and ``home``.
        home: Keeps the runs.
        console: Where progress is printed.
        story: Let a week pass then, and push again; None does so once in a home.

    Raises:
        RunFailedError: an asset failed.
        StorageError: the home cannot be written.
    """
    from showlist_assets.cli.daemon_cursors import begin_after_runs_so_far
    from showlist_assets.cli.demo_listener import ACCOUNT, RECIPE, connect_listener, write_recipe
    from showlist_assets.cli.demo_story import told_before
    from showlist_assets.cli.demo_summary import playlist_of, summarize
    from showlist_assets.cli.in_process import Jobs, instance_in
    from showlist_assets.sandbox.server import Sandbox
    from showlist_assets.storage.warehouse import EXAMPLE_QUERY

    started, told, week = platform.now(), told_before(home.root), None
    if story is None:
        story = not told
    with instance_in(home.dagster) as instance:
        jobs = Jobs(platform, instance, console)
        asked = _calls(sandbox, platform)
        _materialize(states, jobs, console)
        _take_bills_apart(states, jobs)
        calls = _calls_since(asked, sandbox, platform)
        connect_listener(sandbox, platform)
        write_recipe(Path(platform.recipes.uri), states)
        console.print("Pushing a playlist to the sandbox's listener")
        before, pushed = platform.history.last(RECIPE, ACCOUNT), _push(sandbox, jobs, RECIPE)
        playlist = playlist_of(platform, before=before, requests=pushed)
        if story and playlist:
            # News of real acts are not made up, nor is the clock of a UI moved that runs meanwhile.
            if isinstance(sandbox, Sandbox) and not sandbox.config.world:
                week, platform = _tell_story(states, sandbox, jobs, home=home)
            else:
                console.print(_NO_STORY)
        taste, discovered = _recommend(states, sandbox, jobs.at(platform))
        _publish(jobs, console)
        # For the UI, which people open next.
        begin_after_runs_so_far(instance)
    summary = summarize(platform.tables, states, started=started)
    summary.calls, summary.playlist = calls, playlist
    summary.taste, summary.discovered = taste, discovered
    if week:
        summary.story = week.as_json()
        summary.playlist = {**playlist, **playlist_of(platform)}
    summary.told_before = told
    summary.warehouse, summary.query = str(platform.warehouse_file), EXAMPLE_QUERY
    summary.dagster_home = str(home.dagster)
    summary.pages = platform.plans.places(RECIPE)
    return summary


def _calls(sandbox: RunningSandbox, platform: Platform) -> dict[str, int]:
    """The requests so far, by each service that is asked."""
    from showlist_assets.settings import EVENT_SOURCES
    from showlist_assets.wiring import SERVICES

    not_asked = set(EVENT_SOURCES) - set(platform.event_source_names)
    return {name: sandbox.requests(name) for name in sorted({*SERVICES, "feeds"} - not_asked)}


def _calls_since(
    before: dict[str, int], sandbox: RunningSandbox, platform: Platform
) -> dict[str, int]:
    """The requests since ``before`` (``_calls``), by each service that is asked about shows."""
    since = {name: n - before[name] for name, n in _calls(sandbox, platform).items()}
    # Only a listener with a history is a reason to ask the others.
    return {name: n for name, n in since.items() if n or "brainz" not in name}


def _materialize(states: list[str], jobs: Jobs, console: Console) -> None:
    """One run per contiguous range of ``states``, as the weekly schedule starts them."""
    from showlist_assets.cli.run_progress import states_in_words
    from showlist_assets.defs.partitions import range_tags, ranges_covering, states_between

    covered = jobs.platform.states
    for first, last in ranges_covering(states, among=covered):
        between = states_between(first, last, among=covered)
        console.print(f"Materializing {states_in_words(between)}")
        jobs.run("refresh_states", tags=range_tags(first, last))


def _take_bills_apart(states: list[str], jobs: Jobs) -> None:
    """What the next weeks' runs would do with the bills of which the last one has learned.

    Until nothing more is learned: otherwise a demo over an unchanged world would find new acts, and
    add their songs.
    """
    from showlist_assets.defs.partitions import range_tags, ranges_covering

    jobs = jobs.at(jobs.platform)
    jobs.console.print("Reading the bills again: by the answers, some may list several acts")
    ranges = ranges_covering(states, among=jobs.platform.states)
    for _ in range(_MOST_ROUNDS):
        before = _acts(states, jobs.platform)
        for first, last in ranges:
            jobs.run("refresh_states", tags=range_tags(first, last), only=[_BILLS])
        if _acts(states, jobs.platform) == before:
            return
        for first, last in ranges:
            jobs.run("refresh_states", tags=range_tags(first, last), only=_AFTER_THE_BILLS)


def _acts(states: list[str], platform: Platform) -> set[tuple[str, str, str]]:
    """Who plays which show, as the bills were read last."""
    billed = platform.tables.read(_BILLS, states).select("state", "show_id", "performer_key")
    return set(billed.iter_rows())


def _publish(jobs: Jobs, console: Console) -> None:
    """The DuckDB file follows by itself where Dagster's daemon runs; here none does."""
    console.print("Publishing the DuckDB file")
    jobs.run("rebuild_warehouse")


def _recommend(
    states: list[str], sandbox: RunningSandbox, jobs: Jobs
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Learn the listener's taste, and push songs by it; returns what is told of both."""
    from showlist_assets.cli.demo_listener import (
        ACCOUNT,
        DISCOVERED,
        connect_listening,
        write_discovering_recipe,
    )
    from showlist_assets.cli.demo_summary import playlist_of
    from showlist_assets.cli.demo_taste import taste_of, why_discovered

    platform, asked = jobs.platform, _calls(sandbox, jobs.platform)
    jobs.console.print("Reading what the listener plays, and ranking who plays soon")
    connect_listening(platform)
    _learn_taste(ACCOUNT, jobs)
    calls = _calls_since(asked, sandbox, platform)
    taste = taste_of(platform, states)
    taste["calls"] = {name: n for name, n in calls.items() if n}
    write_discovering_recipe(Path(platform.recipes.uri))
    jobs.console.print("Pushing the playlist that is made for the listener")
    before = platform.history.last(DISCOVERED, ACCOUNT)
    pushed = _push(sandbox, jobs, DISCOVERED)
    playlist = playlist_of(platform, of=DISCOVERED, before=before, requests=pushed)
    # There is no show behind its songs.
    playlist.pop("songs", None)
    return taste, {**playlist, "reason": why_discovered(platform)} if playlist else {}


def _learn_taste(account: str, jobs: Jobs) -> None:
    """What the sensor would start, until nothing waits: otherwise the next demo would ask on."""
    jobs.instance.add_dynamic_partitions("listeners", [account])
    if jobs.platform.listening_sync.due(account):
        jobs.run("sync_listening", partition_key=account)
    for _ in range(_MOST_REFRESHES):
        done = jobs.run("refresh_taste", partition_key=account)
        told = [event.materialization.metadata for event in done.get_asset_materialization_events()]
        if not any(one[name].value for one in told for name in _WAITING if name in one):
            return


def _push(sandbox: RunningSandbox, jobs: Jobs, recipe: str) -> dict[str, int]:
    """Push a playlist of the demo's listener; returns how many requests it took."""
    asked, written = sandbox.requests("spotify"), sandbox.writes()
    jobs.instance.add_dynamic_partitions("recipes", [recipe])
    # Whoever deletes the playlist and runs the demo again wants to see one.
    anew = {"playlists": {"config": {"recreate": True}}}
    jobs.run("push_playlists", partition_key=recipe, ops=anew)
    return {
        "spotify_calls": sandbox.requests("spotify") - asked,
        "writes": sandbox.writes() - written,
    }


def _tell_story(
    states: list[str], sandbox: Sandbox, jobs: Jobs, *, home: Home
) -> tuple[Story, Platform]:
    """Let a week pass, refresh, and push again; returns also the platform of a week later."""
    from showlist_assets.cli import demo_story
    from showlist_assets.cli.demo_listener import RECIPE
    from showlist_assets.cli.demo_summary import reused_since
    from showlist_assets.wiring import Platform

    now, console = jobs.platform.now, jobs.console
    week_later = now() + demo_story.PASSES
    story = demo_story.let_a_week_pass(sandbox, jobs.platform, states)
    before = jobs.platform.history.last(RECIPE, "me")
    # Nothing, where the clock is the sandbox's own.
    ahead = week_later - now()
    later = Platform(jobs.platform.settings, clock=lambda: now() + ahead)
    jobs, asked = jobs.at(later), _calls(sandbox, later)
    console.print("A week passes in the sandbox; then everything is looked at again")
    _materialize(states, jobs, console)
    _take_bills_apart(states, jobs)
    story.calls = _calls_since(asked, sandbox, later)
    console.print("Pushing what has changed")
    story.writes = _push(sandbox, jobs, RECIPE)["writes"]
    story.reused = reused_since(later.tables, states, started=week_later)
    after = later.history.last(RECIPE, "me")
    if before and after:
        demo_story.follow_playlist(story, later, before, after)
    demo_story.remember(home.root, story)
    return story, later


def ui_command(world: Path | None, base: Path) -> str:
    """What opens the UI over the demo's home: make's target in a clone, else the command itself."""
    import shlex

    flags = [] if base == BASE else ["--home", shlex.quote(str(base))]
    where = [] if world is None else [shlex.quote(str(world))]
    if not Path("Makefile").is_file() or not Path("workspace.yaml").is_file():
        return " ".join(["showlist ui", *(f"--world {folder}" for folder in where), *flags])
    parts = ["make ui", *(f"WORLD={folder}" for folder in where)]
    return " ".join([*parts, f'FLAGS="{" ".join(flags)}"'] if flags else parts)


def home_options(world: Path | None, base: Path) -> str:
    """The options by which other commands find the demo's home."""
    import shlex

    which = "--sandbox" if world is None else f"--world {shlex.quote(str(world))}"
    return which if base == BASE else f"{which} --home {shlex.quote(str(base))}"
