"""``showlist reset``: begin anew with one home, after a question that says what goes.

What belongs here: the words and the question. What does not: which folder a home is (``homes``).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from uuid import uuid4

import typer

from showlist_assets.cli.backup import refuse_while_running
from showlist_assets.cli.options import BASE, Base, World
from showlist_assets.cli.options import console as terminal
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from showlist_assets.cli.homes import Home

# Where in a home, and what it means to a person; the rest is told as such.
_MEANINGS: Final = {
    "accounts": "listeners who logged in: each has to log in again",
    "accounts.key": "the key of their tokens",
    "data/playlist_history": "what was pushed: a push takes every song of a playlist for the "
    "listener's own afterwards, and removes none",
    "data/listening": "what listeners play and like, encrypted: what was not imported from a file "
    "comes from no source again",
    "data/show_changes": "what became of shows: comes from no source again",
    "data/matched_artists": "artists that were looked up: each costs a Spotify call again",
    "calls": "answers that are kept, and the ledger: calls of the last 24 hours are not known any "
    "more, and Spotify may lock an app out that makes too many",
    "dagster": "runs, and which schedules and sensors are on",
    "overrides.yaml": "matches decided by hand",
    "shows.yaml": "what was decided by hand of shows",
    "world": "the sandbox's listeners and their playlists",
    "recipes": "recipes of playlists",
    "feeds": "calendars of venues",
}
_REST: Final = "the rest: tables, plans, calendars and digests"


def reset(
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="The demo's home, or with --world that of a world.")
    ] = False,
    live: Annotated[bool, typer.Option("--live", help="The home that real keys filled.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Remove all that a home holds, to begin anew; asks first."""
    from showlist_assets.cli.homes import live_home, sandbox_home

    if sandbox == live or (live and world):
        raise typer.BadParameter("say which home: --sandbox (with --world or without), or --live.")
    own = live_home(home) if live else sandbox_home(home, world)
    if not own.root.is_dir():
        terminal.print(f"Nothing is kept in {own.root}.", soft_wrap=True, markup=False)
        return
    if not live:
        refuse_while_running(own)
    print_contents(own, terminal)
    if live:
        terminal.print(
            "`showlist backup FILE` keeps what cannot be had again. What your settings keep "
            "elsewhere stays, such as recipes/ and overrides.yaml.",
            soft_wrap=True,
        )
    if not yes:
        typer.confirm(f"Remove {own.root}?", abort=True)
    remove(own.root)
    terminal.print(f"Removed {own.root}.", soft_wrap=True, markup=False)


def print_contents(home: Home, console: Console) -> None:
    """Print what ``home`` holds, and what it means to lose it."""
    console.print(f"{home.root} holds:", soft_wrap=True, markup=False)
    for words, files, size in contents(home.root):
        console.print(
            f"  {counted(files, 'file'):>12}  {size / 1e6:8.1f} MB  {words}",
            soft_wrap=True,
            markup=False,
        )


def contents(root: Path) -> Iterator[tuple[str, int, int]]:
    """What lies under ``root``, in words, with the number of files and their bytes."""
    left = [path for path in root.rglob("*") if path.is_file() or path.is_symlink()]
    for place, words in _MEANINGS.items():
        here = root / place
        found = [path for path in left if path == here or path.is_relative_to(here)]
        if found:
            yield words, len(found), _bytes(found)
            left = [path for path in left if path not in set(found)]
    if left:
        yield _REST, len(left), _bytes(left)


def _bytes(files: list[Path]) -> int:
    return sum(path.lstat().st_size for path in files)


def remove(root: Path) -> None:
    """Remove ``root`` as a whole.

    Raises:
        StorageError: it cannot be removed; all of it, or what is named, is still there.
    """
    from showlist_assets.storage.files import StorageError

    # A rename is one step: whoever is interrupted has the home or none, and no half of one.
    aside = root.with_name(f".{root.name}.removed-{uuid4().hex[:8]}")
    try:
        root.rename(aside)
        shutil.rmtree(aside)
    except OSError as error:
        raise StorageError(
            f"Cannot remove {error.filename or root}: {error.strerror or error}. Remove it as the "
            "user whom it belongs to."
        ) from error
