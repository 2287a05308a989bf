"""``showlist status``: how complete the tables are, when the rest will be done, what was spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from showlist_assets.defs.resources import cache_in, ledger_of, spotify_allowance
from showlist_assets.domain.matching.backlog import (
    HORIZONS,
    done_by,
    pending_performers,
    resolved_shows,
)
from showlist_assets.sources.failures import name_of
from showlist_assets.sources.http.call_store import open_call_store
from showlist_assets.sources.http.ledger import Allowance, Ledger
from showlist_assets.storage.tables import open_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rich.console import Console

    from showlist_assets.settings import Settings


@dataclass(frozen=True)
class Line:
    """One line of the status."""

    subject: str
    words: str


def print_status(settings: Settings, console: Console) -> None:
    """Print every line.

    Raises:
        StorageError: a table cannot be read.
        CallStoreError: the ledger cannot be read.
    """
    for line in status_lines(settings):
        console.print(f"[bold]{line.subject:<12}[/bold]{line.words}", soft_wrap=True)


def status_lines(settings: Settings) -> Iterator[Line]:
    """Progress first, then the ledgers, then the cache."""
    now = settings.current_time()
    store = open_call_store(settings.call_store_place)
    ledgers = {
        service: ledger_of(service, url, settings, store=store)
        for service, url in {
            "spotify": settings.spotify_url,
            "seatgeek": settings.seatgeek_url,
            "reccobeats": settings.reccobeats_url,
        }.items()
    }
    yield from _progress(settings, ledgers["spotify"], now)
    for service, ledger in ledgers.items():
        yield Line(name_of(service), _spent(ledger, settings if service == "spotify" else None))
        for endpoint, until in ledger.gone_endpoints().items():
            yield Line("", f"{endpoint} is gone; tried again after {_words(until)}")
    configured = {ledger.api for ledger in ledgers.values()}
    for api in store.buckets():
        # A sandbox that is gone, or another address that was configured.
        elsewhere = Ledger(store, api, Allowance(), clock=settings.current_time)
        if api not in configured and elsewhere.spent():
            service, _, address = api.partition("@")
            yield Line(name_of(service), f"{_spent(elsewhere, None)} at {address}")
    entries = cache_in(store, settings).entries()
    kept, size = sum(entry.answers for entry in entries), sum(entry.bytes for entry in entries)
    yield Line("Cache", f"{kept:,} answers, {size / 1e6:.1f} MB; `showlist cache` looks inside")


def _progress(settings: Settings, spotify: Ledger, now: datetime) -> Iterator[Line]:
    tables = open_tables(settings.data_root)
    matched = tables.read_all("matched_artists")
    if matched.is_empty():
        yield Line("Resolved", "nothing yet: no state was materialized")
        return
    shows = resolved_shows(tables.read_all("expanded_artists"), matched, today=now.date())
    yield Line(
        "Resolved",
        "; ".join(
            f"{_share(int(shows[f'resolved_{days}'].sum()), int(shows[f'shows_{days}'].sum()))} "
            f"of the next {days} days"
            for days in HORIZONS
        ),
    )
    pending = pending_performers(matched).height
    yield Line("Waiting", _waiting(pending, settings, spotify, now))


def _share(resolved: int, shows: int) -> str:
    return f"{resolved:,} of {shows:,} shows ({resolved / shows:.0%})" if shows else "no show"


def _waiting(pending: int, settings: Settings, spotify: Ledger, now: datetime) -> str:
    if not pending:
        return "nobody: every performer has been looked up"
    a_day = spotify_allowance(settings).for_purpose("lookup")
    until = done_by(pending, free=spotify.free() or 0, per_day=a_day, now=now)
    if until is None:
        return f"{pending:,} performers, and no budget for them: SHOWLIST_SPOTIFY_BUDGET is too low"
    when = "with the next catch-up" if until == now else f"by about {until:%a %-d %B}"
    return f"{pending:,} performers; done {when} at {a_day} lookups a day"


def _spent(ledger: Ledger, settings: Settings | None) -> str:
    spent = ledger.spent()
    total = f"{sum(spent.values()):,}"
    limit = f" of {settings.spotify_budget:,}" if settings else ""
    purposes = ", ".join(f"{purpose} {count:,}" for purpose, count in sorted(spent.items()))
    words = f"{total}{limit} calls in 24 hours" + (f" ({purposes})" if purposes else "")
    paused, free_at = ledger.paused_until(), ledger.free_at()
    if paused:
        return f"{words}; asked to pause until {_words(paused)}"
    if settings and ledger.free() == 0 and free_at:
        return f"{words}; the next lookup is free at {_words(free_at)}"
    return words


def _words(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
