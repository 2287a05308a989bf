"""``showlist ui``: Dagster's webserver and daemon, over the sandbox or over real keys."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from showlist_assets.cli.dagster_services import serve_dagster
from showlist_assets.cli.homes import live_home, sandbox_home
from showlist_assets.cli.options import (
    BASE,
    Base,
    HomesEvents,
    HomesMode,
    HomesQuota,
    HomesSeed,
    HomesSources,
    World,
    live_settings,
    refuse_taken_port,
    sandbox_config,
)
from showlist_assets.cli.options import console as terminal

if TYPE_CHECKING:
    from showlist_assets.cli.homes import Home
    from showlist_assets.wiring import Platform


def ui(
    world: World = None,
    home: Base = BASE,
    port: Annotated[int, typer.Option(help="Port of the UI.", min=1, max=65535)] = 3000,
    live: Annotated[bool, typer.Option(help="Use the real APIs, with the keys of .env.")] = False,
    seed: HomesSeed = None,
    events: HomesEvents = None,
    mode: HomesMode = None,
    quota: HomesQuota = None,
    sources: HomesSources = None,
) -> None:
    """Open the Dagster UI over the sandbox, or over the real APIs."""
    from showlist_assets.cli.home_addresses import address_of, announced
    from showlist_assets.settings import load_settings
    from showlist_assets.wiring import Platform

    refuse_taken_port(port)
    own = live_home(home) if live else sandbox_home(home, world)
    with ExitStack() as stack:
        if live:
            own.prepare()
            settings = _kept_elsewhere(Platform(live_settings(home)))
        else:
            from showlist_assets.cli.demo_listener import connect_listener, connect_listening
            from showlist_assets.cli.home_sandbox import sandbox_of

            is_new = not own.world.is_dir()
            config = sandbox_config(
                world=world,
                seed=seed,
                events=events,
                mode=mode,
                quota=quota,
                sources=sources,
                home=own,
            )
            # Commands that are typed meanwhile ask this one.
            running = stack.enter_context(sandbox_of(own, replace(config, stays=True)))
            own.prepare()
            terminal.print(f"Sandbox of the APIs: {running.url}")
            settings = own.sandbox_settings(running)
            # Whoever logged out did so to see what that does.
            if is_new:
                platform = Platform(load_settings(**settings))
                connect_listener(running, platform)
                connect_listening(platform)
            # What fails in a sandbox is nobody's trouble, and what goes well no sign of life.
            settings |= {"SHOWLIST_ALERTS": "", "SHOWLIST_HEARTBEAT": ""}
        from showlist_assets.cli.daemon_cursors import begin_in_new_home

        begin_in_new_home(own.dagster)
        url = f"http://127.0.0.1:{port}"
        if page := load_settings().web_url or address_of(own, "page"):
            terminal.print(f"Listener's page: {page}", soft_wrap=True, markup=False)
            # So that a plan in Dagster leads to its playlist there.
            settings["SHOWLIST_WEB_URL"] = page
        terminal.print(f"Dagster UI: [bold]{url}[/bold] (stop with Ctrl-C)")
        stack.enter_context(announced(own, "ui", url))
        raise typer.Exit(serve_dagster(_environment(own, settings), own.root, port))


def _environment(home: Home, settings: dict[str, str]) -> dict[str, str]:
    from dotenv import dotenv_values

    # Dagster reads `.env` from its own working directory, which is the home.
    written = {name: value for name, value in dotenv_values(".env").items() if value}
    return {**written, **os.environ, **home.environment(), **settings}


def _kept_elsewhere(platform: Platform) -> dict[str, str]:
    """Absolute places of what the operator keeps outside the home, which is Dagster's folder.

    Raises:
        StorageError: the bucket cannot be asked.
    """
    from showlist_assets.settings import OPERATORS_WORK

    settings = platform.settings
    places = {
        f"SHOWLIST_{work.upper()}": _absolute(platform.place_of(work).address)
        for work in OPERATORS_WORK
    }
    for field, variable in (
        ("data_root", "SHOWLIST_DATA_ROOT"),
        ("accounts", "SHOWLIST_ACCOUNTS"),
        ("call_store", "SHOWLIST_CALL_STORE"),
        ("warehouse", "SHOWLIST_WAREHOUSE"),
        ("secrets_dir", "SHOWLIST_SECRETS_DIR"),
    ):
        if field in settings.model_fields_set:
            places[variable] = _absolute(getattr(settings, field))
    if "://" in settings.data_root:
        # Nor in the home, then: as every other command finds them.
        places["SHOWLIST_ACCOUNTS"] = settings.accounts_place
        places["SHOWLIST_CALL_STORE"] = _absolute(settings.call_store_place)
    return places


def _absolute(root: str) -> str:
    return root if "://" in root else str(Path(root).expanduser().absolute())
