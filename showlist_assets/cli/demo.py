"""``showlist demo``: the whole pipeline against the sandbox, with no keys and no account."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from showlist_assets.cli.homes import sandbox_home
from showlist_assets.cli.options import (
    ALL_SOURCES,
    BASE,
    Base,
    Events,
    Mode,
    Quota,
    Seed,
    Sources,
    World,
    sandbox_config,
)
from showlist_assets.cli.options import console as terminal
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    import dagster as dg
    from rich.console import Console

    from showlist_assets.cli.demo_summary import Summary
    from showlist_assets.cli.homes import Home
    from showlist_assets.sandbox.server import Sandbox
    from showlist_assets.wiring import Platform


_NAMES: Final = {
    "ticketmaster": "Ticketmaster",
    "seatgeek": "SeatGeek",
    "feeds": "the pages of venues",
}


class RunFailedError(ShowlistError):
    """A run of the demo failed; the message is the asset's own."""


def demo(
    states: Annotated[str, typer.Option(help="USPS codes, with commas.")] = "CA,NY,TX",
    world: World = None,
    home: Base = BASE,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the summary to this file, too.")
    ] = None,
    seed: Seed = 1,
    events: Events = 600,
    mode: Mode = "development",
    quota: Quota = 1000,
    sources: Sources = ALL_SOURCES,
) -> None:
    """Run the whole pipeline against the sandbox: no key, no account."""
    from showlist_assets.cli.demo_summary import print_summary, write_json
    from showlist_assets.domain.states import parse_states
    from showlist_assets.sandbox.server import run_sandbox
    from showlist_assets.settings import load_settings
    from showlist_assets.wiring import Platform

    began, wanted = time.monotonic(), parse_states(states)
    config = sandbox_config(
        world=world, seed=seed, events=events, mode=mode, quota=quota, sources=sources
    )
    own = sandbox_home(home, world)
    served = [_NAMES[name] for name in config.sources]
    terminal.print(
        f"Starting the sandbox: {', '.join(served)}, Spotify and ReccoBeats on this machine"
    )
    with run_sandbox(config) as running:
        # Not before: a world that cannot be served leaves no home behind.
        own.prepare()
        if "feeds" in config.sources:
            own.describe_feeds(running.feed_files())
        terminal.print(f"  {running.url}")
        platform = Platform(load_settings(**own.sandbox_settings(running)))
        summary = run_demo(wanted, running, platform, home=own, console=terminal)
    summary.seconds = round(time.monotonic() - began, 1)
    print_summary(summary, terminal, open_ui=ui_command(world, home))
    if json_file:
        write_json(json_file, summary)


def run_demo(
    states: list[str], sandbox: Sandbox, platform: Platform, *, home: Home, console: Console
) -> Summary:
    """Materialize every asset for ``states``, push a playlist, and read back what came out.

    Args:
        states: USPS codes.
        sandbox: Answers for the APIs.
        platform: Over that sandbox and ``home``.
        home: Keeps the runs.
        console: Where progress is printed.

    Raises:
        RunFailedError: an asset failed.
        StorageError: the home cannot be written.
    """
    import dagster as dg

    from showlist_assets.cli.demo_summary import summarize
    from showlist_assets.settings import EVENT_SOURCES
    from showlist_assets.storage.warehouse import EXAMPLE_QUERY
    from showlist_assets.wiring import SERVICES

    started = platform.now()
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        jobs = _Jobs(platform, instance, console)
        _materialize(states, jobs, console)
        not_asked = set(EVENT_SOURCES) - set(platform.event_source_names)
        asked = sorted({*SERVICES, "feeds"} - not_asked)
        calls: dict[str, int] = {name: sandbox.requests(name) for name in asked}
        playlist = _push(states, sandbox, platform, jobs, console)
    summary = summarize(platform.tables, states, started=started)
    summary.calls, summary.playlist = calls, playlist
    summary.warehouse, summary.query = str(platform.warehouse_file), EXAMPLE_QUERY
    summary.dagster_home = str(home.dagster)
    return summary


class _Jobs:
    """Runs jobs of the platform in this process, and keeps the runs where the UI finds them."""

    def __init__(self, platform: Platform, instance: dg.DagsterInstance, console: Console) -> None:
        from showlist_assets.cli.run_progress import progress_logger
        from showlist_assets.definitions import build_definitions

        self.instance = instance
        self._definitions = build_definitions(
            platform=platform, loggers={"console": progress_logger(console)}
        )

    def run(
        self,
        job: str,
        *,
        tags: dict[str, str] | None = None,
        partition_key: str | None = None,
        ops: dict[str, Any] | None = None,
    ) -> None:
        """Run ``job`` to its end.

        Raises:
            RunFailedError: a step failed.
            KeyboardInterrupt: somebody pressed Ctrl-C, which Dagster tells as a failure.
        """
        from showlist_assets.cli.run_origin import show_on_timeline

        result = self._definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            tags=tags,
            partition_key=partition_key,
            run_config={"loggers": {"console": {}}, "ops": ops or {}},
            raise_on_error=False,
        )
        show_on_timeline(self.instance, result.run_id)
        if _was_interrupted(result):
            raise KeyboardInterrupt
        if not result.success:
            raise RunFailedError(_why(result))


def _materialize(states: list[str], jobs: _Jobs, console: Console) -> None:
    """One run per contiguous range of ``states``, as the weekly schedule starts them.

    The DuckDB file follows by itself where Dagster's daemon runs; here none does.
    """
    from showlist_assets.defs.partitions import range_tags, ranges_covering

    for first, last in ranges_covering(states):
        console.print(f"Materializing {first if first == last else f'{first} to {last}'}")
        jobs.run("refresh_states", tags=range_tags(first, last))
    console.print("Publishing the DuckDB file")
    jobs.run("rebuild_warehouse")


def _push(
    states: list[str], sandbox: Sandbox, platform: Platform, jobs: _Jobs, console: Console
) -> dict[str, Any]:
    """Log the sandbox's listener in, push a playlist, and read it as the listener sees it."""
    from showlist_assets.cli.demo_listener import RECIPE, connect_listener, write_recipe

    connect_listener(sandbox, platform)
    write_recipe(platform.recipes.folder, states)
    console.print("Pushing a playlist to the sandbox's listener")
    asked = sandbox.requests("spotify")
    jobs.instance.add_dynamic_partitions("recipes", [RECIPE])
    # The sandbox of the last demo is gone, and its playlists with it.
    anew = {"playlists": {"config": {"recreate": True}}}
    jobs.run("push_playlists", partition_key=RECIPE, ops=anew)
    row = platform.history.last(RECIPE, "me")
    if row is None or row.playlist_id is None:
        return {}
    return {
        "title": sandbox.listeners.playlist(row.playlist_id).name,
        "url": row.playlist_url,
        "tracks": [track.label for track in row.ours],
        "spotify_calls": sandbox.requests("spotify") - asked,
    }


def _was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    import dagster as dg

    errors = [event.step_failure_data.error for event in result.get_step_failure_events()]
    name = dg.DagsterExecutionInterruptedError.__name__
    return any(error is not None and error.cls_name == name for error in errors)


def _why(result: dg.ExecuteInProcessResult) -> str:
    """What the first failed step said, without its stack."""
    for event in result.get_step_failure_events():
        failure = event.step_failure_data
        told = failure.user_failure_data
        if told and told.description:
            return f"{event.step_key}: {told.description}"
        error = failure.error
        while error and error.cause:
            error = error.cause
        if error:
            return f"{event.step_key}: {error.message.strip()}"
    return "The run failed; its log in the UI says why."


def ui_command(world: Path | None, base: Path) -> str:
    """What opens the UI over the demo's home: make's target in a clone, else the command itself."""
    import shlex

    flags = [] if base == BASE else ["--home", shlex.quote(str(base))]
    where = [] if world is None else [shlex.quote(str(world))]
    if not Path("Makefile").is_file() or not Path("workspace.yaml").is_file():
        return " ".join(["showlist ui", *(f"--world {folder}" for folder in where), *flags])
    parts = ["make ui", *(f"WORLD={folder}" for folder in where)]
    return " ".join([*parts, f'FLAGS="{" ".join(flags)}"'] if flags else parts)
