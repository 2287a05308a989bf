"""``showlist demo``: the whole pipeline against the sandbox, with no keys and no account."""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from showlist_assets.cli.demo_summary import Summary, print_summary, summarize
from showlist_assets.cli.homes import sandbox_home
from showlist_assets.cli.run_progress import progress_logger
from showlist_assets.defs.partitions import range_tags, ranges_covering
from showlist_assets.errors import ShowlistError
from showlist_assets.services.playlists.history import PlaylistHistory
from showlist_assets.settings import load_settings
from showlist_assets.storage.tables import StorageError, open_files, open_tables
from showlist_assets.storage.warehouse import EXAMPLE_QUERY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import dagster as dg
    from rich.console import Console

    from showlist_assets.cli.homes import Home
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.sandbox.server import Sandbox


class RunFailedError(ShowlistError):
    """A run of the demo failed; the message is the asset's own."""


def run_demo(
    states: list[str],
    config: SandboxConfig,
    *,
    base: Path,
    console: Console,
    json_file: Path | None = None,
) -> Summary:
    """Start a sandbox, materialize every asset for ``states``, and say what came out.

    Args:
        states: USPS codes.
        config: What the sandbox is to be.
        base: Folder of the homes, ``.showlist`` by default.
        console: Where progress and summary are printed.
        json_file: Where the summary is written for machines, too.

    Raises:
        RunFailedError: an asset failed.
        StorageError: the home cannot be written.
        WorldError: the world folder cannot be served.
    """
    from showlist_assets.sandbox.server import run_sandbox

    home = sandbox_home(base, config.world)
    home.prepare()
    began, started = time.monotonic(), load_settings().current_time()
    console.print("Starting the sandbox: SeatGeek, Spotify and ReccoBeats on this machine")
    with (
        run_sandbox(config) as sandbox,
        _environment(
            {**sandbox.env(), **home.environment(), "SHOWLIST_RECIPES": str(home.recipes)}
        ),
    ):
        console.print(f"  {sandbox.url}")
        _materialize(states, console)
        calls = {name: sandbox.requests(name) for name in ("seatgeek", "spotify", "reccobeats")}
        playlist = _push(states, sandbox, home, console)
    summary = summarize(open_tables(str(home.data)), states, started=started)
    summary.calls, summary.playlist = calls, playlist
    summary.seconds = round(time.monotonic() - began, 1)
    summary.warehouse = str(home.data / "showlist.duckdb")
    summary.query = EXAMPLE_QUERY
    summary.dagster_home = str(home.dagster)
    print_summary(summary, console, open_ui=_ui_command(config))
    if json_file:
        _write_json(json_file, summary)
    return summary


def _write_json(path: Path, summary: Summary) -> None:
    try:
        path.write_text(json.dumps(summary.as_json(), indent=2, ensure_ascii=False))
    except OSError as error:
        raise StorageError(
            f"Cannot write the summary to {path}: {error.strerror}. The run itself succeeded; give "
            "--json a file in a folder that exists."
        ) from error


def _materialize(states: list[str], console: Console) -> None:
    """One run per contiguous range of ``states``, just as the weekly schedule starts them."""
    import dagster as dg

    from showlist_assets.definitions import build_definitions

    defs = build_definitions(loggers={"console": progress_logger(console)})
    job = defs.resolve_job_def("refresh_states")
    with dg.DagsterInstance.get() as instance:
        for first, last in ranges_covering(states):
            console.print(f"Materializing {first if first == last else f'{first} to {last}'}")
            result = job.execute_in_process(
                instance=instance,
                tags=range_tags(first, last),
                run_config={"loggers": {"console": {}}},
                raise_on_error=False,
            )
            if not result.success:
                raise RunFailedError(_why(result))


def _push(states: list[str], sandbox: Sandbox, home: Home, console: Console) -> dict[str, Any]:
    """Log the sandbox's listener in, push a playlist, and read it as the listener sees it."""
    from showlist_assets.cli.demo_listener import RECIPE, connect_listener, write_recipe

    settings = load_settings()
    connect_listener(sandbox, settings)
    write_recipe(home.recipes, states)
    console.print("Pushing a playlist to the sandbox's listener")
    asked = sandbox.requests("spotify")
    _materialize_playlist(RECIPE, console)
    row = PlaylistHistory(open_files(settings.data_root)).last(RECIPE, "me")
    if row is None or row.playlist_id is None:
        return {}
    return {
        "title": sandbox.listeners.playlist(row.playlist_id).name,
        "url": row.playlist_url,
        "tracks": [track.label for track in row.ours],
        "spotify_calls": sandbox.requests("spotify") - asked,
    }


def _materialize_playlist(recipe: str, console: Console) -> None:
    import dagster as dg

    from showlist_assets.definitions import build_definitions

    defs = build_definitions(loggers={"console": progress_logger(console)})
    with dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions("recipes", [recipe])
        result = defs.resolve_job_def("push_playlists").execute_in_process(
            instance=instance,
            partition_key=recipe,
            # The sandbox of the last demo is gone, and its playlists with it.
            run_config={
                "loggers": {"console": {}},
                "ops": {"playlists": {"config": {"recreate": True}}},
            },
            raise_on_error=False,
        )
        if not result.success:
            raise RunFailedError(_why(result))


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


def _ui_command(config: SandboxConfig) -> str:
    return "make ui" + (f" WORLD={config.world}" if config.world else "")


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set ``variables`` for this process, and put back what was there before."""
    before: dict[str, Any] = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
