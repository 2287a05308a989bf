"""What commands share: their options, the console, and the platform that the options choose.

What belongs here: whatever two groups of commands ask a person for. What does not: a command (its
group's module), and registering it (``app``).
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer
from rich.console import Console

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.wiring import Platform

console: Final = Console(highlight=False)

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
Sources = Annotated[
    str,
    typer.Option(
        help="Where concerts are looked for, the preferred one first: ticketmaster, seatgeek, "
        "feeds (the pages of venues)."
    ),
]
ALL_SOURCES: Final = "ticketmaster,seatgeek,feeds"
OfDemo = Annotated[bool, typer.Option("--sandbox", help="Of the demo.")]
BASE: Final = Path(".showlist")


class PortTakenError(ShowlistError):
    """Somebody else listens on the port."""


class UnknownSourceError(ShowlistError):
    """Concerts cannot be looked for there."""


class NoHomeError(ShowlistError):
    """Nothing was ever kept in the folder that was named."""


def platform_of(home: Path = BASE, world: Path | None = None, *, sandbox: bool = False) -> Platform:
    """The platform that this process's settings configure, or that of a demo's home.

    Raises:
        NoHomeError: there is no such home.
        SettingsError: a setting is unknown or cannot be used.
    """
    from showlist_assets.settings import load_settings
    from showlist_assets.wiring import Platform

    if not (sandbox or world):
        return Platform(load_settings())
    from showlist_assets.cli.homes import sandbox_home

    own = sandbox_home(home, world)
    if not own.root.is_dir():
        raise NoHomeError(
            f"No demo has kept anything in {own.root}: run `showlist demo` first, or correct "
            "--home or --world."
        )
    return Platform(load_settings(**own.settings()))


def sandbox_config(
    *,
    world: Path | None,
    seed: int,
    events: int,
    mode: Literal["development", "extended"],
    quota: int,
    sources: str = ALL_SOURCES,
) -> SandboxConfig:
    """The sandbox of a demo, whose clock stands where the platform's does.

    With two ticket sites, each lists some concerts that the other one does not.

    Raises:
        SettingsError: a setting is unknown or cannot be used.
    """
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.settings import load_settings

    chosen = _chosen_sources(sources)
    return SandboxConfig(
        world=world,
        sources=chosen,
        dealt="split" if {"ticketmaster", "seatgeek"} <= set(chosen) else "both",
        seed=seed,
        events=events,
        mode=mode,
        daily_quota=quota,
        clock=load_settings().now,
    )


def _chosen_sources(names: str) -> tuple[str, ...]:
    """What ``--sources`` says.

    Raises:
        UnknownSourceError: a name that is none, or comes twice, or no name.
    """
    from showlist_assets.settings import EVENT_SOURCES

    chosen = [name.strip().lower() for name in names.split(",") if name.strip()]
    if not chosen or len(set(chosen)) < len(chosen) or set(chosen) - set(EVENT_SOURCES):
        raise UnknownSourceError(
            f"--sources {names!r} cannot be used: name {', '.join(EVENT_SOURCES)} or some of them, "
            "each once, with commas between."
        )
    return tuple(chosen)


def refuse_taken_port(port: int) -> None:
    """Say at once what a server would say after seconds.

    Raises:
        PortTakenError: another program listens there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortTakenError(
                f"Port {port} is taken by another program: choose another one with --port."
            ) from None
