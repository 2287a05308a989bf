"""``showlist cache``: what the response cache holds, and dropping it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from showlist_assets.cli.options import BASE, Base, OfDemo, World, platform_of
from showlist_assets.cli.options import console as terminal
from showlist_assets.domain.quantities import counted
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from rich.console import Console

    from showlist_assets.wiring import Platform

_ALL: Final = "all"


class UnknownServiceError(ShowlistError):
    """There is no such service; the message names those there are."""


def cache(
    clear: Annotated[
        str | None,
        typer.Option(help="Drop the answers of one service (seatgeek, spotify ...), or all."),
    ] = None,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Look at the answers that are kept, or drop them."""
    platform = platform_of(home, world, sandbox=sandbox)
    if clear is None:
        print_cache(platform, terminal)
    else:
        clear_cache(platform, clear, terminal)


def print_cache(platform: Platform, console: Console) -> None:
    """Print one line per service and endpoint.

    Raises:
        CallStoreError: the cache cannot be read.
    """
    from rich.table import Table

    from showlist_assets.sources.failures import name_of

    entries = platform.cache.entries()
    if not entries:
        console.print(f"No answer is kept in {platform.call_store}.", soft_wrap=True)
        return
    table = Table(title=f"Kept in {platform.call_store}", title_justify="left", box=None)
    for column in ("service", "endpoint", "answers", "MB", "oldest (UTC)", "newest (UTC)"):
        number = column in ("answers", "MB")
        table.add_column(column, justify="right" if number else "left", overflow="fold")
    for entry in entries:
        table.add_row(
            name_of(entry.service),
            entry.endpoint,
            f"{entry.answers:,}",
            f"{entry.bytes / 1e6:.1f}",
            f"{entry.oldest:%Y-%m-%d %H:%M}",
            f"{entry.newest:%Y-%m-%d %H:%M}",
        )
    console.print(table)


def clear_cache(platform: Platform, service: str, console: Console) -> None:
    """Drop the answers of ``service``, or of all.

    Raises:
        UnknownServiceError: ``service`` is neither.
        CallStoreError: the cache cannot be written.
    """
    from showlist_assets.wiring import SERVICES

    if service not in (*SERVICES, _ALL):
        raise UnknownServiceError(
            f"{service!r} is no service whose answers are kept: use {', '.join(SERVICES)} or "
            f"{_ALL}."
        )
    dropped = platform.cache.clear(None if service == _ALL else service)
    console.print(f"Dropped {counted(dropped, 'answer')}.")
