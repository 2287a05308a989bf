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
from rich.markup import escape

from showlist_assets.domain.states import parse_states
from showlist_assets.errors import ShowlistError
from showlist_assets.settings import load_settings

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
AccountName = Annotated[str, typer.Argument(help="What recipes call the listener.")]
Quota = Annotated[int, typer.Option(min=0, help="Spotify calls the sandbox allows in 24 hours.")]
RecipeNames = Annotated[
    list[str] | None, typer.Argument(help="Recipes by name; all of the folder if left out.")
]
OfDemo = Annotated[bool, typer.Option("--sandbox", help="Of the demo.")]
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
    from showlist_assets.cli.demo import run_demo

    with exit_on_failure():
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
    from showlist_assets.cli.ui import run_ui

    with exit_on_failure():
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
        typer.Option(
            help="Where the sandbox's clock stands (UTC); else SHOWLIST_NOW, or the present."
        ),
    ] = None,
    running: Annotated[bool, typer.Option("--running", help="Let that clock run on.")] = False,
    rotate: Annotated[
        bool, typer.Option(help="Give a new refresh token with each renewal.")
    ] = False,
) -> None:
    """Serve SeatGeek, Spotify and ReccoBeats on this machine until interrupted."""
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.sandbox.server import serve

    with exit_on_failure():
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
                clock=clock or load_settings().now,
                running=running,
                rotate=rotate,
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
    from showlist_assets.cli.review import list_cases, review_cases
    from showlist_assets.storage.tables import open_tables

    with exit_on_failure():
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
    from showlist_assets.cli.status import print_status

    with exit_on_failure():
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
    from showlist_assets.cli.cache import drop_answers, print_shelves

    with exit_on_failure():
        settings = _settings_of(home, world, sandbox=sandbox)
        if clear is None:
            print_shelves(settings, console)
        else:
            drop_answers(settings, clear, console)


@app.command()
def login(
    name: AccountName = "me",
    port: Annotated[
        int | None,
        typer.Option(
            help="Port of this machine for Spotify's answer; else SHOWLIST_LOGIN_PORT, or 8888.",
            min=1,
            max=65535,
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option(help="Without: open the page anywhere, and paste the answer.")
    ] = True,
) -> None:
    """Let a listener agree that Showlist writes their playlists."""
    from showlist_assets.services.listeners.login import log_in

    with exit_on_failure():
        log_in(load_settings(), name, console, port=port, browser=browser)


@app.command()
def logout(name: AccountName = "me") -> None:
    """Delete a listener's tokens; what was written for them stays on record."""
    from showlist_assets.services.listeners.login import how_to_withdraw, log_out

    with exit_on_failure():
        was_there = log_out(load_settings(), name)
        console.print(f"Logged out {name}." if was_there else f"There is no account {name}.")
        console.print(how_to_withdraw(), soft_wrap=True)


@app.command()
def forget(
    name: AccountName = "me",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete all that is kept of a listener; their playlists at Spotify stay."""
    from showlist_assets.services.listeners.login import forget as forget_listener
    from showlist_assets.services.listeners.login import how_to_withdraw
    from showlist_assets.services.playlists.workflow import history_in

    with exit_on_failure():
        settings = load_settings()
        if not yes:
            typer.confirm(f"Delete the tokens and the history of {name}?", abort=True)
        was_there = forget_listener(settings, name, also=[history_in(settings).forget])
        account = "" if was_there else f" There was no account {name}."
        console.print(f"Nothing is kept of {name} any more.{account}")
        console.print(how_to_withdraw(), soft_wrap=True)


@app.command()
def accounts() -> None:
    """List who has logged in, and how long each permission lasts."""
    from showlist_assets.services.listeners.login import list_accounts

    with exit_on_failure():
        list_accounts(load_settings(), console)


@app.command()
def plan(names: RecipeNames = None, sandbox: OfDemo = False, home: Base = _BASE) -> None:
    """Show what recipes make of the upcoming shows, and what a push would change."""
    from showlist_assets.cli.playlists import show_plans

    with exit_on_failure():
        show_plans(_settings_of(home, None, sandbox=sandbox), names or [], console)


@app.command()
def push(
    names: RecipeNames = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only read, and say.")] = False,
    recreate: Annotated[
        bool, typer.Option("--recreate", help="A new playlist where the old one was deleted.")
    ] = False,
) -> None:
    """Write the difference between plan and playlist to the listener's account."""
    from showlist_assets.cli.playlists import push_recipes

    with exit_on_failure():
        well = push_recipes(
            load_settings(), names or [], console, dry_run=dry_run, recreate=recreate
        )
        raise typer.Exit(0 if well else 1)


@app.command()
def history(
    name: Annotated[str | None, typer.Argument(help="A recipe; all if left out.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many pushes.")] = 20,
    sandbox: OfDemo = False,
    home: Base = _BASE,
) -> None:
    """List what was pushed, when, by whom, and what it cost."""
    from showlist_assets.cli.playlists import show_history

    with exit_on_failure():
        show_history(_settings_of(home, None, sandbox=sandbox), name, console, limit=limit)


@app.command()
def rollback(
    name: Annotated[str, typer.Argument(help="A recipe.")],
    to: Annotated[int, typer.Option(help="The push to go back to (see `showlist history`).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only read, and say.")] = False,
) -> None:
    """Bring back what an earlier push left; the listener's own tracks stay."""
    from showlist_assets.cli.playlists import roll_recipe_back

    with exit_on_failure():
        roll_recipe_back(load_settings(), name, to, console, dry_run=dry_run)


@app.command()
def doctor() -> None:
    """Say what is configured, what is missing and what that costs, and try the keys."""
    from showlist_assets.cli.doctor import examine

    with exit_on_failure():
        raise typer.Exit(0 if examine(console) else 1)


def _settings_of(home: Path, world: Path | None, *, sandbox: bool) -> Settings:
    """The settings of this process, or those of a demo's home."""
    if not (sandbox or world):
        return load_settings()
    from showlist_assets.cli.homes import sandbox_home

    chosen = sandbox_home(home, world)
    return load_settings(
        data_root=str(chosen.data),
        call_store=str(chosen.calls),
        accounts=str(chosen.accounts),
        overrides=str(chosen.overrides),
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

    return SandboxConfig(
        world=world,
        seed=seed,
        events=events,
        mode=mode,
        daily_quota=quota,
        clock=load_settings().now,
    )


class PortTakenError(ShowlistError):
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
def exit_on_failure() -> Iterator[None]:
    """Turn a foreseen failure into one sentence and exit status 1."""
    try:
        yield
    except ShowlistError as failure:
        Console(stderr=True, highlight=False).print(
            f"[red]Error:[/red] {escape(str(failure))}", soft_wrap=True
        )
        raise typer.Exit(1) from None


if __name__ == "__main__":
    app()
