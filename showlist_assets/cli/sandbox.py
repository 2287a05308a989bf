"""``showlist sandbox``: the stand-in for the APIs, on its own (docs/sandbox.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from showlist_assets.cli.options import Events, Mode, Quota, Seed, World, refuse_taken_port


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
    countries: Annotated[
        str, typer.Option(help="Where concerts are: US, or US,CA for Canada's beside them.")
    ] = "US",
    rotate: Annotated[
        bool, typer.Option(help="Give a new refresh token with each renewal.")
    ] = False,
) -> None:
    """Serve the APIs and venues' pages that Showlist asks, on this machine until interrupted."""
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.sandbox.server import serve
    from showlist_assets.settings import load_settings

    refuse_taken_port(port)
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
            countries=_countries(countries),
        )
    )


def _countries(names: str) -> tuple[str, ...]:
    """What ``--countries`` says.

    Raises:
        typer.BadParameter: the world has no other countries, or the US is left out.
    """
    from showlist_assets.sandbox.world.cities import PRINTED_COUNTRIES

    chosen = tuple(name.strip().upper() for name in names.split(",") if name.strip())
    if chosen[:1] != ("US",) or set(chosen) - set(PRINTED_COUNTRIES):
        raise typer.BadParameter(
            f"--countries {names!r} cannot be used: name US first, and then CA or nothing."
        )
    return tuple(dict.fromkeys(chosen))
