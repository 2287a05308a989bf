"""The command line: arguments in, exit status out. What the commands do lies in their own modules.

A foreseen failure is one sentence on stderr and exit status 1; a wrong argument is status 2.
"""

from __future__ import annotations

import socket
import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from showlist_assets.domain.states import UnknownStateError, parse_states
from showlist_assets.settings import SettingsError, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.settings import Settings

app = typer.Typer(
    help="Every concert near you, matched to Spotify: a Dagster data platform.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
console = Console(highlight=False)

World = Annotated[
    Path | None,
    typer.Option(
        help="Serve real data from this folder (docs/sandbox.md) instead of a made-up world."
    ),
]
Base = Annotated[Path, typer.Option("--home", help="Folder that keeps runs and tables.")]
Seed = Annotated[int, typer.Option(help="Which made-up world.")]
Events = Annotated[int, typer.Option(min=1, help="How many concerts the made-up world has.")]
Mode = Annotated[
    Literal["development", "extended"], typer.Option(help="What the sandbox's Spotify app may do.")
]
Quota = Annotated[int, typer.Option(min=0, help="Spotify calls the sandbox allows in 24 hours.")]
_BASE = Path(".showlist")


@app.command()
def demo(
    states: Annotated[str, typer.Option(help="USPS codes, with commas.")] = "CA,NY,TX",
    world: World = None,
    home: Base = _BASE,
    json: Annotated[
        Path | None,
        typer.Option(help="Write the summary to this file, too."),
    ] = None,
    seed: Seed = 1,
    events: Events = 600,
    mode: Mode = "development",
    quota: Quota = 1000,
) -> None:
    """Run the whole pipeline against the sandbox: no key, no account."""
    from showlist_assets.demo import run_demo

    with _plain_failures():
        config = _sandbox_config(world=world, seed=seed, events=events, mode=mode, quota=quota)
        run_demo(parse_states(states), config, base=home, console=console, json_file=json)


@app.command()
def ui(
    world: World = None,
    home: Base = _BASE,
    port: Annotated[int, typer.Option(help="Port of the UI.", min=1, max=65535)] = 3000,
    live: Annotated[bool, typer.Option(help="Use the real APIs, with the keys of .env.")] = False,
    seed: Seed = 1,
    events: Events = 600,
    mode: Mode = "development",
    quota: Quota = 1000,
) -> None:
    """Open the Dagster UI over the sandbox, or over the real APIs."""
    from showlist_assets.ui import run_ui

    with _plain_failures():
        _refuse_taken_port(port)
        sandbox = (
            None
            if live
            else _sandbox_config(world=world, seed=seed, events=events, mode=mode, quota=quota)
        )
        raise typer.Exit(run_ui(base=home, port=port, console=console, sandbox=sandbox))


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 8321,
    world: World = None,
    seed: Seed = 1,
    events: Events = 600,
    mode: Mode = "development",
    quota: Quota = 1000,
    window_limit: Annotated[int, typer.Option(help="Spotify calls in 30 seconds.")] = 1000,
    latency_ms: Annotated[int, typer.Option(help="Added to every answer.")] = 0,
    spotify_links: Annotated[
        bool, typer.Option(help="Give some performers Spotify links.")
    ] = False,
    clock: Annotated[
        datetime | None,
        typer.Option(help="Where the sandbox's clock stands (UTC)."),
    ] = None,
) -> None:
    """Serve SeatGeek, Spotify and ReccoBeats on this machine until interrupted."""
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.sandbox.server import serve

    with _plain_failures():
        _refuse_taken_port(port)
        serve(
            SandboxConfig(
                port=port,
                world=world,
                seed=seed,
                events=events,
                mode=mode,
                daily_quota=quota,
                window_limit=window_limit,
                latency_ms=latency_ms,
                spotify_links=spotify_links,
                clock=clock,
            )
        )


@app.command()
def review(
    limit: Annotated[int, typer.Option(min=1, help="How many decisions to look at.")] = 20,
    sandbox: Annotated[bool, typer.Option(help="Those of the demo, to practise.")] = False,
    world: World = None,
    home: Base = _BASE,
    listing: Annotated[bool, typer.Option("--list", help="Print them, ask nothing.")] = False,
) -> None:
    """Look at the weakest and most visible matches, and correct them in overrides.yaml."""
    from showlist_assets.review import list_cases, review_cases
    from showlist_assets.tables import open_tables

    with _plain_failures():
        settings = _settings_of(home, world, sandbox=sandbox)
        overrides = Path(settings.overrides).expanduser()
        store, now = open_tables(settings.data_root), settings.current_time()
        if listing or not sys.stdin.isatty():
            list_cases(store, console, now=now, limit=limit, path=overrides)
        else:
            review_cases(store, overrides, console, now=now, limit=limit)


@app.command()
def status(
    sandbox: Annotated[bool, typer.Option(help="Of the demo.")] = False,
    world: World = None,
    home: Base = _BASE,
) -> None:
    """Say how complete the tables are, when the rest will be done, and what was spent."""
    from showlist_assets.status import print_status

    with _plain_failures():
        print_status(_settings_of(home, world, sandbox=sandbox), console)


@app.command()
def cache(
    clear: Annotated[
        str | None,
        typer.Option(help="Drop the answers of seatgeek, spotify or reccobeats, or all."),
    ] = None,
    sandbox: Annotated[bool, typer.Option(help="Of the demo.")] = False,
    world: World = None,
    home: Base = _BASE,
) -> None:
    """Look at the answers that are kept, or drop them."""
    from showlist_assets.kept_answers import drop_answers, print_shelves

    with _plain_failures():
        settings = _settings_of(home, world, sandbox=sandbox)
        if clear is None:
            print_shelves(settings, console)
        else:
            drop_answers(settings, clear, console)


@app.command()
def doctor() -> None:
    """Say what is configured, what is missing and what that costs, and try the keys."""
    from showlist_assets.doctor import examine

    with _plain_failures():
        raise typer.Exit(0 if examine(console) else 1)


def _settings_of(home: Path, world: Path | None, *, sandbox: bool) -> Settings:
    """The settings of this process, or those of a demo's home."""
    if not (sandbox or world):
        return load_settings()
    from showlist_assets.home import sandbox_home

    chosen = sandbox_home(home, world)
    return load_settings(
        data_root=str(chosen.data), call_store=str(chosen.calls), overrides=str(chosen.overrides)
    )


def _sandbox_config(
    *,
    world: Path | None,
    seed: int,
    events: int,
    mode: Literal["development", "extended"],
    quota: int,
) -> SandboxConfig:
    from showlist_assets.sandbox.config import SandboxConfig

    return SandboxConfig(world=world, seed=seed, events=events, mode=mode, daily_quota=quota)


class PortTakenError(RuntimeError):
    """Somebody else listens on the port."""


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortTakenError(
                f"Port {port} is taken by another program: choose another one with --port."
            ) from None


@contextmanager
def _plain_failures() -> Iterator[None]:
    """Turn a foreseen failure into one sentence and exit status 1."""
    from showlist_assets.demo import RunFailedError
    from showlist_assets.domain.overrides import OverridesError
    from showlist_assets.kept_answers import UnknownServiceError
    from showlist_assets.sandbox.world import WorldError
    from showlist_assets.sources.call_store import CallStoreError
    from showlist_assets.sources.failures import SourceError
    from showlist_assets.tables import StorageError

    foreseen = (
        SettingsError, StorageError, SourceError, WorldError, UnknownStateError, RunFailedError,
        PortTakenError, OverridesError, CallStoreError, UnknownServiceError,
    )  # fmt: skip
    try:
        yield
    except foreseen as failure:
        Console(stderr=True, highlight=False).print(
            f"[red]Error:[/red] {str(failure).replace('[', chr(92) + '[')}", soft_wrap=True
        )
        raise typer.Exit(1) from None


if __name__ == "__main__":
    app()
