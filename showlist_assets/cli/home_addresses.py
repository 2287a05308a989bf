"""Where the page and Dagster's UI of a home answer, so that each can name the other.

What belongs here: a note in the home for as long as one runs. What does not: the sandbox, which
keeps its own (``sandbox.state.lasting``).
"""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from showlist_assets.cli.homes import Home

    Server: TypeAlias = Literal["page", "ui"]

_SECONDS: Final = 1.0


@contextmanager
def announced(home: Home, server: Server, url: str) -> Iterator[None]:
    """Note for as long as the block lasts that ``server`` answers at ``url``."""
    note = _note(home, server)
    # What only makes a link is no reason to fail.
    with suppress(OSError):
        note.write_text(json.dumps({"url": url}), encoding="utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            note.unlink()


def address_of(home: Home, server: Server) -> str | None:
    """Where ``server`` answers; None where it does not run, or was killed."""
    try:
        url = str(json.loads(_note(home, server).read_text(encoding="utf-8"))["url"])
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_SECONDS):
            return url
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _note(home: Home, server: Server) -> Path:
    return home.root / f"{server}.json"
