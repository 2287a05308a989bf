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
OfDemo = Annotated[bool, typer.Option("--sandbox", help="Of the demo.")]
BASE: Final = Path(".showlist")


class PortTakenError(ShowlistError):
    """Somebody else listens on the port."""


def platform_of(home: Path = BASE, world: Path | None = None, *, sandbox: bool = False) -> Platform:
    """The platform that this process's settings configure, or that of a demo's home.

    Raises:
        SettingsError: a setting is unknown or cannot be used.
    """
    from showlist_assets.settings import load_settings
    from showlist_assets.wiring import Platform

    if not (sandbox or world):
        return Platform(load_settings())
    from showlist_assets.cli.homes import sandbox_home

    return Platform(load_settings(**sandbox_home(home, world).settings()))


def sandbox_config(
    *,
    world: Path | None,
    seed: int,
    events: int,
    mode: Literal["development", "extended"],
    quota: int,
) -> SandboxConfig:
    """The sandbox of a demo, whose clock stands where the platform's does.

    Raises:
        SettingsError: a setting is unknown or cannot be used.
    """
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.settings import load_settings

    return SandboxConfig(
        world=world,
        seed=seed,
        events=events,
        mode=mode,
        daily_quota=quota,
        clock=load_settings().now,
    )


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
