"""The sandbox of a home: served by this process, or found where another one serves it.

What belongs here: which of the two, and as what world. What does not: what is kept of it
(``sandbox.state.lasting``), and the commands that ask it.
"""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from threading import Event, Thread
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from showlist_assets.cli.homes import Home
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.sandbox.control.client import SandboxElsewhere
    from showlist_assets.sandbox.server import Sandbox

    RunningSandbox: TypeAlias = Sandbox | SandboxElsewhere

# How long whoever serves it for a command alone may take: a demo takes the longest.
_PATIENCE: Final = 60.0
_STEP: Final = 0.2


@contextmanager
def sandbox_of(home: Home, config: SandboxConfig) -> Iterator[RunningSandbox]:
    """The home's sandbox for as long as the block lasts, as it was left.

    Where another process serves it until a person ends that, such as ``showlist ui``, that one is
    asked, and ``config`` is not; a command that serves it for itself is waited for. One that is to
    ``stay`` is shared as well, if it is the same world, and served here once the other one ends.

    Raises:
        WorldError: ``config.world`` is not a world folder.
        LastingWorldError: what is kept of the sandbox cannot be read or written.
        RunningElsewhereError: another process serves it for too long.
    """
    from showlist_assets.sandbox.state.lasting import Choices, LastingWorld

    elsewhere = running_elsewhere(home)
    if elsewhere is not None and not config.stays:
        yield elsewhere
        return
    if elsewhere is not None and LastingWorld(home.world).choices() == Choices.of(config):
        with _served_on(home, config, elsewhere):
            yield elsewhere
        return
    sandbox = _started(home, config)
    try:
        if "feeds" in sandbox.sources:
            # Their addresses are the sandbox's, whose port may be another one today.
            home.describe_feeds(sandbox.feed_files())
        yield sandbox
    finally:
        sandbox.stop()


def _started(home: Home, config: SandboxConfig) -> Sandbox:
    from showlist_assets.sandbox.server import RunningElsewhereError, start_sandbox

    until = time.monotonic() + _PATIENCE
    told = False
    while True:
        try:
            return start_sandbox(replace(config, folder=home.world))
        except RunningElsewhereError:
            if time.monotonic() > until or running_elsewhere(home) is not None:
                raise
            if not told:
                sys.stderr.write("Waiting for another command, which uses this home's sandbox.\n")
                told = True
            time.sleep(_STEP)


@contextmanager
def _served_on(home: Home, config: SandboxConfig, elsewhere: SandboxElsewhere) -> Iterator[None]:
    """Serve the sandbox at the same address as soon as whoever serves it ends, as long as needed.

    Without, the page would stand there without a Spotify once ``showlist ui`` is ended.
    """
    from showlist_assets.sandbox.server import start_sandbox

    over, own = Event(), ExitStack()
    port = urlsplit(elsewhere.url).port or 0

    def take_over() -> None:
        while not over.wait(_STEP):
            # Still there, or its port is not free yet.
            with suppress(ShowlistError, OSError):
                sandbox = start_sandbox(replace(config, folder=home.world, port=port))
                own.callback(sandbox.stop)
                return

    successor = Thread(target=take_over, name="sandbox-successor", daemon=True)
    successor.start()
    try:
        yield
    finally:
        over.set()
        successor.join()
        own.close()


def running_elsewhere(home: Home) -> SandboxElsewhere | None:
    """The home's sandbox in another process; ``None`` where none answers."""
    from showlist_assets.sandbox.control.client import SandboxElsewhere
    from showlist_assets.sandbox.state.lasting import LastingWorld

    lasting = LastingWorld(home.world)
    url, choices = lasting.address(), lasting.choices()
    if url is None or choices is None:
        return None
    found = SandboxElsewhere(url, lasting.environment(), choices.sources)
    return found if found.answers() else None
