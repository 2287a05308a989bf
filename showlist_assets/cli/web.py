"""``showlist web``: the listener's page, over the sandbox or over real keys."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

import typer
from rich.markup import escape

from showlist_assets.cli.homes import live_home, sandbox_home
from showlist_assets.cli.log_console import log_console
from showlist_assets.cli.options import BASE, Base, World, live_settings, sandbox_config
from showlist_assets.cli.options import console as terminal
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from socket import socket
    from types import FrameType

    from rich.console import Console

    from showlist_assets.cli.home_sandbox import RunningSandbox
    from showlist_assets.cli.homes import Home
    from showlist_assets.settings import Settings
    from showlist_assets.web.site import Site, SiteOptions
    from showlist_assets.wiring import Platform

_OWNERS_PATH: Final = "/owner/enter"
_ONE_THE_OTHER_SERVES: Final = ", served by the command that was started before"


class UnreachableAddressError(ShowlistError):
    """Browsers would be sent to an address at which the page is not."""


def web(
    live: Annotated[bool, typer.Option(help="Use the real APIs, with the keys of .env.")] = False,
    world: World = None,
    home: Base = BASE,
    port: Annotated[int, typer.Option(help="Port of the page.", min=1, max=65535)] = 8300,
    host: Annotated[
        str, typer.Option(help="Where it listens; 0.0.0.0 for the network (SHOWLIST_WEB_URL).")
    ] = "127.0.0.1",
    browser: Annotated[
        bool | None,
        typer.Option(
            "--open/--no-open",
            help="Open it in the browser. By default where a person types the command at a screen.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Serve the listener's page: who plays near you, heard, saved and kept."""
    from showlist_assets.settings import load_settings
    from showlist_assets.web.server import claim_port

    if live and world is not None:
        raise typer.BadParameter("--world is a sandbox's: leave it out with --live.")
    _refuse_unreachable(host, load_settings().web_url)
    _end_orderly_when_told()
    with ExitStack() as stack:
        # Before the demo, which takes a minute: whoever is early waits for the page meanwhile.
        claimed = stack.enter_context(claim_port(host, port))
        if live:
            own, running = live_home(home), None
            platform = _live_platform(own, live_settings(home))
        else:
            from showlist_assets.cli.home_sandbox import sandbox_of

            own = sandbox_home(home, world)
            before = _world_before(own)
            config = replace(sandbox_config(world=world, home=own), stays=True)
            running = stack.enter_context(sandbox_of(own, config))
            platform = _sandbox_platform(own, running, before=before)
        options = _options(own, platform.settings, host=host, port=port, sandbox=running)
        _serve(own, platform, options, claimed=claimed, browser=browser)


def _serve(
    home: Home,
    platform: Platform,
    options: SiteOptions,
    *,
    claimed: socket,
    browser: bool | None,
) -> None:
    from showlist_assets.cli.home_addresses import announced
    from showlist_assets.web.app import build_app
    from showlist_assets.web.server import serve
    from showlist_assets.web.site import Site

    site = Site(platform, options)
    lines = log_console(platform.settings, __name__)

    def tell() -> None:
        _tell(site, lines or terminal)
        if _is_opened(browser, options):
            _open(options.address)

    with announced(home, "page", options.address):
        serve(
            build_app(site),
            claimed,
            prefix=options.prefix,
            proxies=platform.settings.web_proxies or "",
            on_started=tell,
            own_logs=lines is None,
        )


def _refuse_unreachable(host: str, web_url: str | None) -> None:
    """A page for other machines must know its address: links and Spotify's way back name it.

    Raises:
        UnreachableAddressError: it does not.
    """
    from showlist_assets.web.server import is_loopback

    if not is_loopback(host) and not web_url:
        raise UnreachableAddressError(
            f"--host {host} opens the page to other machines, and they must know its address: set "
            "SHOWLIST_WEB_URL to what their browsers will open, such as "
            "https://music.example.org. Every request for another name is refused, and Spotify "
            "sends listeners back there."
        )


def _end_orderly_when_told() -> None:
    """Let whoever stops a container end it with status 0, and hear Ctrl-C wherever it started."""
    import signal

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    # A shell starts what it leaves in the background deaf to Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _live_platform(home: Home, settings: Settings) -> Platform:
    from showlist_assets.wiring import Platform

    if not os.environ.get("DAGSTER_HOME"):
        home.prepare()
        # What the page saves is told to Dagster, where lineage and history are looked up.
        os.environ["DAGSTER_HOME"] = str(home.dagster)
    return Platform(settings)


def _world_before(home: Home) -> str | None:
    """What the home's sandbox was called when it ran last; None before the first time."""
    from showlist_assets.sandbox.state.lasting import LastingWorld

    return LastingWorld(home.world).environment().get("SHOWLIST_APIS_KNOWN_AS")


def _sandbox_platform(home: Home, sandbox: RunningSandbox, *, before: str | None) -> Platform:
    """The platform over the home's sandbox; where there are no shows of it yet, a demo runs first.

    The demo logs an account "me" in; whoever sits at the page is nobody until they agree there
    themselves, and is that account then, because it is the same listener's.

    Raises:
        RunFailedError: the demo failed.
        StorageError: the home cannot be written.
    """
    from showlist_assets.cli.demo import DEFAULT_STATES, run_demo
    from showlist_assets.domain.states import parse_states
    from showlist_assets.sandbox.control.client import SandboxElsewhere

    # Not before: a world that cannot be served leaves no home behind.
    home.prepare()
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    elsewhere = _ONE_THE_OTHER_SERVES if isinstance(sandbox, SandboxElsewhere) else ""
    terminal.print(f"Sandbox of the APIs: {sandbox.url}{elsewhere}", soft_wrap=True)
    platform = _platform_over(home, sandbox)
    is_another_world = before not in (None, sandbox.env().get("SHOWLIST_APIS_KNOWN_AS"))
    if platform.warehouse_file.exists() and not is_another_world:
        return platform
    terminal.print("There are no shows yet, so the demo runs first: it takes a minute or two.")
    states = parse_states(DEFAULT_STATES)
    run_demo(states, sandbox, platform, home=home, console=terminal, story=None)
    # The week that a demo lets pass has moved the clock.
    return _platform_over(home, sandbox)


def _platform_over(home: Home, sandbox: RunningSandbox) -> Platform:
    from showlist_assets.settings import load_settings
    from showlist_assets.wiring import Platform

    return Platform(load_settings(**home.sandbox_settings(sandbox)))


def _options(
    home: Home, settings: Settings, *, host: str, port: int, sandbox: RunningSandbox | None
) -> SiteOptions:
    from showlist_assets.cli.home_addresses import address_of
    from showlist_assets.web.site import SiteOptions

    heard = {} if sandbox is None else {"listen_at": f"{sandbox.url}/listen"}
    return SiteOptions(
        host=host,
        port=port,
        public_url=settings.web_url or "",
        guests=_are_guests_welcome(settings, host),
        place=settings.web_place,
        dagster_url=settings.dagster_url or address_of(home, "ui") or "",
        is_made_up=sandbox is not None,
        **heard,
    )


def _are_guests_welcome(settings: Settings, host: str) -> bool:
    from showlist_assets.web.server import is_loopback

    if settings.web_guests is not None:
        return settings.web_guests
    known_as = urlsplit(settings.web_url or "").hostname or host
    return is_loopback(host) and is_loopback(known_as)


def _tell(site: Site, console: Console) -> None:
    """Where the page is, and how its owner is known there."""
    from showlist_assets.services.listeners.sessions import OWNER_LINK_LASTS
    from showlist_assets.web.server import is_loopback

    options = site.options
    key = site.platform.web_sessions.owner_link_token()
    minutes = round(OWNER_LINK_LASTS.total_seconds() / 60)
    console.print(
        f"Listener's page: [bold]{escape(options.address)}[/bold] (stop with Ctrl-C)\n"
        f"For its owner:   {escape(options.address)}{_OWNERS_PATH}?key={key}\n"
        f"                 (good once, within {minutes} minutes, to invite listeners and decide)",
        soft_wrap=True,
    )
    if not options.guests:
        console.print("Only who has an account may look (SHOWLIST_WEB_GUESTS).")
    if options.is_made_up and not is_loopback(options.host):
        console.print(
            "The sandbox answers on this machine alone: elsewhere shows are seen, and nobody can "
            "agree or open a song."
        )


def _is_opened(browser: bool | None, options: SiteOptions) -> bool:
    from showlist_assets.web.server import is_loopback

    if browser is not None:
        return browser
    # Without a screen, a browser in the terminal would take it over.
    has_screen = sys.platform == "darwin" or any(
        map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    )
    return sys.stdout.isatty() and has_screen and is_loopback(options.host)


def _open(address: str) -> None:
    import webbrowser
    from threading import Thread

    # Some browsers are waited for until they end.
    Thread(target=webbrowser.open, args=(address,), daemon=True).start()
