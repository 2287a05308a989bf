"""The server: all services behind one port, run here or in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette

from showlist_assets.errors import ShowlistError
from showlist_assets.sandbox.apis import feeds, listening, musicbrainz, reccobeats
from showlist_assets.sandbox.apis.accounts import routes as accounts
from showlist_assets.sandbox.apis.listenbrainz import labs as listenbrainz_labs
from showlist_assets.sandbox.apis.listenbrainz import routes as listenbrainz
from showlist_assets.sandbox.apis.seatgeek import routes as seatgeek
from showlist_assets.sandbox.apis.spotify import routes as spotify
from showlist_assets.sandbox.apis.ticketmaster import routes as ticketmaster
from showlist_assets.sandbox.apis.ticketmaster.listings import first_listed
from showlist_assets.sandbox.config import SandboxConfig
from showlist_assets.sandbox.control.routes import control_routes
from showlist_assets.sandbox.state.clock import Clock
from showlist_assets.sandbox.state.faults import Fault, FaultyAnswers
from showlist_assets.sandbox.state.lasting import CLOCK_AHEAD, LastingWorld
from showlist_assets.sandbox.state.listeners import DEFAULT_LISTENER
from showlist_assets.sandbox.state.request_log import CountedAnswers, endpoint_finder
from showlist_assets.sandbox.state.state import SandboxState
from showlist_assets.sandbox.world.dealing import is_listed
from showlist_assets.sandbox.world.generator import generate_world
from showlist_assets.sandbox.world.spotify_export import spotify_export

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import date

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from showlist_assets.sandbox.state.listeners import Listeners
    from showlist_assets.sandbox.state.service import Service
    from showlist_assets.sandbox.world.world import World

SERVICES: tuple[Service, ...] = (
    seatgeek.SERVICE,
    ticketmaster.SERVICE,
    spotify.SERVICE,
    accounts.SERVICE,
    reccobeats.SERVICE,
    listenbrainz.SERVICE,
    listenbrainz_labs.SERVICE,
    musicbrainz.SERVICE,
    feeds.SERVICE,
    listening.SERVICE,
)
_NAMES = tuple(service.name for service in SERVICES)
_EVENT_SOURCES = (seatgeek.SERVICE.name, ticketmaster.SERVICE.name)
_HOST = "127.0.0.1"
# The sandbox is in no hurry, and a clock that stands still never ends a second.
_ANY_PACE = "1000"


class RunningElsewhereError(ShowlistError):
    """Another process serves the sandbox of that folder."""


def services_environment(url: str, sources: Collection[str] = ("seatgeek",)) -> dict[str, str]:
    """The environment variables that point the platform at the services of a sandbox.

    Args:
        url: Of the sandbox.
        sources: The event sources that are to be asked; the others' credentials are left out.
    """
    variables = {"SHOWLIST_LISTENBRAINZ_PACE": _ANY_PACE, "SHOWLIST_MUSICBRAINZ_PACE": _ANY_PACE}
    for service in SERVICES:
        if service.url_variable:
            variables[service.url_variable] = f"{url}/{service.name}"
        if service.name not in _EVENT_SOURCES or service.name in sources:
            variables.update(service.credentials)
    if ticketmaster.SERVICE.name in sources:
        variables["SHOWLIST_TICKETMASTER_PACE"] = _ANY_PACE
    return variables


class Sandbox:
    """A running sandbox, as whoever started it holds it."""

    def __init__(self, state: SandboxState, port: int, lasting: LastingWorld | None = None) -> None:
        self.state = state
        self._lasting = lasting
        self.url = f"http://{_HOST}:{port}"
        self.world: World = state.world
        self._server: _ThreadedServer | None = None

    def env(self) -> dict[str, str]:
        """The environment variables that point the platform at this sandbox."""
        config = self.state.config
        variables = {
            "SHOWLIST_COUNTRIES": ",".join(config.countries),
            "SHOWLIST_SPOTIFY_MODE": config.mode,
            "SHOWLIST_SPOTIFY_BUDGET": str(config.daily_quota),
            "SHOWLIST_SPOTIFY_RESERVE": str(config.daily_quota // 10),
            "SHOWLIST_SPOTIFY_WINDOW": str(max(1, config.window_limit)),
        }
        variables |= services_environment(self.url, config.sources)
        accounts_url = self.url.replace(_HOST, config.accounts_host)
        variables[accounts.SERVICE.url_variable] = f"{accounts_url}/{accounts.SERVICE.name}"
        if self._lasting:
            # By its name and not by its port, which is another one next time.
            variables["SHOWLIST_APIS_KNOWN_AS"] = self._lasting.name
            if ahead := round(self.state.clock.ahead.total_seconds()):
                variables[CLOCK_AHEAD] = f"PT{ahead}S"
        return variables

    @property
    def config(self) -> SandboxConfig:
        """How it was set up."""
        return self.state.config

    @property
    def sources(self) -> tuple[str, ...]:
        """The event sources that it wants to be asked."""
        return self.state.config.sources

    def consent_holds(self, refresh_token: str) -> bool:
        """Whether a listener's permission is still good."""
        return self.state.consents.holds(refresh_token, self.state.clock.now())

    def consent(self, scopes: Iterable[str], user_id: str) -> str:
        """A refresh token, as if the listener had agreed to ``scopes`` in the browser."""
        token = self.listeners.consent(scopes, user_id)
        self.keep()
        return token

    def display_name(self, user_id: str) -> str:
        """What a listener is called."""
        return self.listeners.listener(user_id).display_name

    def spotify_export(self, user_id: str = DEFAULT_LISTENER) -> bytes:
        """The zip of a listener's extended streaming history until now, as Spotify sends it."""
        return spotify_export(self.state.listening.plays(user_id))

    def listed_shows(self) -> dict[tuple[str, str], str]:
        """By source and id of each listing, the show that it is truly of.

        Empty text where it is of none, as what somebody tried Ticketmaster's system out with.
        """
        state = self.state
        firsts = first_listed(state.events.events)
        shows = {
            ("seatgeek", str(event.id)): str(firsts[event.id])
            for event in state.events.events
            if is_listed(event.id, "seatgeek", state.config.dealt)
        }
        for listing in ticketmaster.listing_index(state).by_id.values():
            shows["ticketmaster", listing.id] = listing.show
        return shows

    def feed_files(self, *, broken: bool = False) -> dict[str, str]:
        """Descriptions of the feeds of its venues, by file name; with ``broken``, of one more."""
        return feeds.feed_files(self.state, self.url, broken=broken)

    def requests(
        self, service: str, path: str | None = None, status: int | str | None = None
    ) -> int:
        """How many requests a service, one of its endpoints, answered (with ``status``)."""
        return self.state.log.count(service, path, status)

    def writes(self, service: str = "spotify") -> int:
        """How many requests that change something a service answered, refusals included."""
        return sum(
            row["count"]
            for row in self.state.log.rows()
            if row["service"] == service and row["method"] != "GET"
        )

    def fault(self, service: str, kind: Any, **options: Any) -> None:
        """Orders a fault; ``options`` are the fields of ``Fault``."""
        self.state.faults.add(Fault(service, kind, **options))

    def advance(self, **by: float) -> None:
        """Moves the clock by what ``timedelta`` takes: ``advance(hours=1)``."""
        self.state.clock.advance(timedelta(**by))
        self.keep()

    def keep(self) -> None:
        """Writes down what has changed, where it is to last."""
        if self._lasting:
            self._lasting.keep(self.state)

    @property
    def listeners(self) -> Listeners:
        """The people with an account, and what they do in Spotify's own app."""
        return self.state.listeners

    def reset(self) -> None:
        """As just started; the world stays."""
        self.state.reset()

    def stop(self) -> None:
        """Ends the server; a second call does nothing."""
        if self._server:
            self._server.stop()
            self._server = None
        if self._lasting:
            try:
                self.keep()
            finally:
                self._lasting.release()
                self._lasting = None

    def _serve_in_thread(self, server: _ThreadedServer) -> None:
        self._server = server
        server.start()
        self.announce()

    def announce(self) -> None:
        """Tells whoever opens the same folder where it answers."""
        if self._lasting:
            self._lasting.announce(self.url, self.env(), stays=self.state.config.stays)
            self.keep()


@contextlib.contextmanager
def run_sandbox(config: SandboxConfig | None = None) -> Iterator[Sandbox]:
    """A sandbox for as long as the block lasts, in a thread of this process.

    Raises:
        WorldError: ``config.world`` is not a world folder.
        OSError: the port is taken.
    """
    sandbox = start_sandbox(config)
    try:
        yield sandbox
    finally:
        sandbox.stop()


def start_sandbox(config: SandboxConfig | None = None) -> Sandbox:
    """Like ``run_sandbox``, for whoever calls ``stop`` themselves."""
    config = config or SandboxConfig()
    with _opened(config) as (sandbox, app, listener):
        sandbox._serve_in_thread(_ThreadedServer(app, listener))  # noqa: SLF001
        return sandbox


@contextlib.contextmanager
def _opened(config: SandboxConfig) -> Iterator[tuple[Sandbox, ASGIApp, socket.socket]]:
    """All that is to be served, and where; given up where that comes to nothing."""
    with contextlib.ExitStack() as undone:
        lasting = None
        if config.folder is not None:
            lasting = LastingWorld(config.folder)
            if not lasting.claim():
                raise RunningElsewhereError(
                    f"Another process serves the sandbox of {config.folder.parent}: end it, or "
                    "choose another home with --home."
                )
            undone.callback(lasting.release)
        listener = _listen_near(config.port, lasting.port() if lasting else 0)
        undone.callback(listener.close)
        state = _state(config, lasting)
        sandbox = Sandbox(state, listener.getsockname()[1], lasting)
        app = build_app(state)
        yield sandbox, _Kept(app, state, lasting) if lasting else app, listener
        undone.pop_all()


def serve(config: SandboxConfig) -> None:
    """Serves until interrupted; prints one line once it answers.

    Raises:
        WorldError: ``config.world`` is not a world folder.
        OSError: the port is taken.
    """
    with _opened(config) as (sandbox, app, listener), listener:
        world = sandbox.world
        counts = f"{len(world.events)} events, {len(world.catalog.artists)} artists"

        def tell() -> None:
            sandbox.announce()
            print(f"Sandbox at {sandbox.url} ({counts}). Ctrl-C ends it.", flush=True)

        try:
            _TellingServer(_uvicorn_config(app), tell).run(sockets=[listener])
        finally:
            sandbox.stop()


class _TellingServer(uvicorn.Server):
    """Tells when it answers: whoever presses Ctrl-C then is heard."""

    def __init__(self, config: uvicorn.Config, tell: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell()


def build_app(state: SandboxState) -> ASGIApp:
    """The ASGI application over ``state``."""
    routes = [route for service in SERVICES for route in service.routes(state)]
    fallbacks = [route for service in SERVICES for route in service.fallback_routes(state)]
    app = Starlette(routes=[*control_routes(state), *routes, *fallbacks])
    endpoint_of = endpoint_finder(_NAMES, routes)
    delayed = _Delayed(app, state.config.latency_ms / 1000)
    counted = CountedAnswers(delayed, log=state.log, endpoint_of=endpoint_of)
    return FaultyAnswers(counted, faults=state.faults, log=state.log, endpoint_of=endpoint_of)


class _Delayed:
    """Answers of the services take a while, as over a network."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._seconds and scope["type"] == "http" and scope["path"][:2] != "/_":
            await asyncio.sleep(self._seconds)
        await self._app(scope, receive, send)


class _Kept:
    """Writes down what an answer tells: what a listener did before it is told, counts soon."""

    def __init__(self, app: ASGIApp, state: SandboxState, lasting: LastingWorld) -> None:
        self._app, self._state, self._lasting = app, state, lasting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start":
                keep = self._lasting.keep_soon if scope["method"] == "GET" else self._lasting.keep
                keep(self._state)
            await send(message)

        await self._app(scope, receive, kept)


class _ThreadedServer:
    """uvicorn in a thread, which cannot be interrupted by signals and so is told to stop."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        self._listener = listener
        self._server = uvicorn.Server(_uvicorn_config(app))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True
        )

    def start(self) -> None:
        # The socket listens already: a request sent before the loop runs waits in its queue.
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._listener.close()


def _uvicorn_config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        # By default uvicorn waits for open connections without end, and clients keep theirs alive.
        timeout_graceful_shutdown=1,
    )


def _listen_near(port: int, usual: int) -> socket.socket:
    """At ``port``; where any will do, at the ``usual`` one, if it is free."""
    if port or not usual:
        return _listen(port)
    try:
        return _listen(usual)
    except OSError:
        return _listen(0)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A port just left is in TIME_WAIT for a minute; without this, no sandbox could start on it.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
    except OSError:
        listener.close()
        raise
    listener.listen(128)
    return listener


def _state(config: SandboxConfig, lasting: LastingWorld | None) -> SandboxState:
    ahead = lasting.clock_ahead() if lasting else timedelta()
    today = (Clock(config.clock).now() + ahead).date()
    if lasting:
        today = lasting.begins_on(config, today)
    state = SandboxState(config, _world(config, today), _NAMES)
    if lasting:
        state.clock.advance(ahead)
        lasting.restore(state)
    return state


def _world(config: SandboxConfig, today: date) -> World:
    if config.world is None:
        return generate_world(config.seed, config.events, today, countries=config.countries)
    # Reading real data takes polars, which takes longer to import than a generated world takes to
    # make.
    from showlist_assets.sandbox.world.world_folder import read_world

    return read_world(config.world, today)
