"""``showlist cache``: what the response cache holds, and dropping it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.defs.resources import cache_in
from showlist_assets.errors import ShowlistError
from showlist_assets.sources.failures import name_of
from showlist_assets.sources.http.call_store import open_call_store

if TYPE_CHECKING:
    from rich.console import Console

    from showlist_assets.settings import Settings

_SERVICES: Final = ("seatgeek", "spotify", "reccobeats")
_ALL: Final = "all"


class UnknownServiceError(ShowlistError):
    """There is no such service; the message names those there are."""


def print_shelves(settings: Settings, console: Console) -> None:
    """Print one line per service and endpoint.

    Raises:
        CallStoreError: the cache cannot be read.
    """
    from rich.table import Table

    store = open_call_store(settings.call_store_place)
    entries = cache_in(store, settings).entries()
    if not entries:
        console.print(f"No answer is kept in {store}.", soft_wrap=True)
        return
    table = Table(title=f"Kept in {store}", title_justify="left", box=None)
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


def drop_answers(settings: Settings, service: str, console: Console) -> None:
    """Drop the answers of ``service``, or of all.

    Raises:
        UnknownServiceError: ``service`` is neither.
        CallStoreError: the cache cannot be written.
    """
    if service not in (*_SERVICES, _ALL):
        raise UnknownServiceError(
            f"{service!r} is no service whose answers are kept: use {', '.join(_SERVICES)} or "
            f"{_ALL}."
        )
    answers = cache_in(open_call_store(settings.call_store_place), settings)
    dropped = answers.clear(None if service == _ALL else service)
    console.print(f"Dropped {dropped:,} answers.")
