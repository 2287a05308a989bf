"""``showlist status``: how complete the tables are, when the rest will be done, what was spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.cli.options import BASE, Base, OfDemo, World, platform_of
from showlist_assets.cli.options import console as terminal
from showlist_assets.cli.to_hear import COLUMNS, what_to_hear
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import polars as pl
    from rich.console import Console

    from showlist_assets.sources.http.ledger import Ledger
    from showlist_assets.wiring import Platform

_EXPANDED: Final = ("state", "show_id", "performer_key", "local_date")


def status(sandbox: OfDemo = False, world: World = None, home: Base = BASE) -> None:
    """Say how complete the tables are, when the rest will be done, and what was spent."""
    print_status(platform_of(home, world, sandbox=sandbox), terminal)


@dataclass(frozen=True)
class Line:
    """One line of the status."""

    subject: str
    words: str


# Not everybody has a history; of these there is a line only where they were asked.
_ASKED_FOR_TASTE: Final = ("listenbrainz", "listenbrainz_labs", "musicbrainz")
# Names that a line has room for.
_NAMED: Final = 3
_NOTHING: Final = Line("Resolved", "nothing yet: no state was materialized")


def print_status(platform: Platform, console: Console) -> None:
    """Print every line.

    Raises:
        StorageError: at the end: a table cannot be read.
        CallStoreError: the ledger cannot be read.
    """
    from rich.markup import escape

    for line in status_lines(platform):
        subject = f"{line.subject:<12} "
        console.print(f"[bold]{subject}[/bold]{escape(line.words)}", soft_wrap=True)


def status_lines(platform: Platform) -> Iterator[Line]:
    """Progress first, then what was not fetched, then the ledgers, then the cache.

    Raises:
        StorageError: at the end: a table cannot be read, so there is no or only some progress.
        CallStoreError: the ledger cannot be read.
    """
    from showlist_assets.sources.failures import name_of
    from showlist_assets.storage.files import StorageError
    from showlist_assets.wiring import SERVICES

    ledgers = {service: platform.ledger(service) for service in SERVICES}
    damaged: StorageError | None = None
    try:
        yield from _progress(platform, ledgers["spotify"])
    except StorageError as error:
        # Told last: what was fetched and spent is in other files.
        damaged = error
    yield from _unanswered(platform)
    budget = platform.spotify_allowance.day
    for service, ledger in ledgers.items():
        if service in _ASKED_FOR_TASTE and not ledger.spent():
            continue
        yield Line(name_of(service), _spent(ledger, budget if service == "spotify" else None))
        for endpoint, until in ledger.gone_endpoints().items():
            yield Line("", f"{endpoint} is gone; tried again after {_words(until)}")
    configured = {ledger.api for ledger in ledgers.values()}
    # What a sandbox was asked at other ports, before it had a name, is not worth a line.
    others = [] if platform.settings.apis_known_as else platform.call_store.buckets()
    for api in others:
        # A sandbox that is gone, or another address that was configured.
        elsewhere = platform.ledger_elsewhere(api)
        if api not in configured and elsewhere.spent():
            service_name, _, address = api.partition("@")
            yield Line(name_of(service_name), f"{_spent(elsewhere)} at {address}")
    kept, size = platform.cache.extent()
    room = "" if size is None else f", {size / 1e6:.1f} MB"
    yield Line("Cache", f"{counted(kept, 'answer')}{room}; `showlist cache` looks inside")
    if damaged is not None:
        raise damaged


def _progress(platform: Platform, spotify: Ledger) -> Iterator[Line]:
    if not platform.files.names("matched_artists"):
        yield _NOTHING
        return
    import polars as pl

    from showlist_assets.domain.matching.backlog import (
        HORIZONS,
        pending_performers,
        resolved_shows,
    )
    from showlist_assets.storage.parquet import read_columns

    # Not the whole tables with their rules, which take a second to load.
    matched = read_columns(platform.files, "matched_artists", COLUMNS)
    # Tables of before festivals had a last day are told of, too.
    since = {"last_date": pl.Date()}
    expanded = read_columns(platform.files, "expanded_artists", _EXPANDED, optional=since)
    if matched is None or expanded is None or matched.is_empty():
        yield _NOTHING
        return
    to_hear = what_to_hear(platform, matched)
    shows = resolved_shows(expanded, to_hear, today=platform.now().date())
    yield Line("Resolved", "; ".join(_resolved(shows, days) for days in HORIZONS))
    yield from _without_song(to_hear)
    yield Line("Waiting", _waiting(pending_performers(matched).height, platform, spotify))


def _resolved(shows: pl.DataFrame, days: int) -> str:
    """How many of the next shows are resolved, and how."""
    counted = (f"{kind}_{days}" for kind in ("with_songs", "nobody_to_hear", "shows"))
    with_songs, nobody, ahead = (int(shows.get_column(name).sum()) for name in counted)
    how = f", {with_songs:,} with songs and {nobody:,} with nobody to hear" if ahead else ""
    return f"{_share(with_songs + nobody, ahead)} of the next {days} days{how}"


def _without_song(to_hear: pl.DataFrame) -> Iterator[Line]:
    """How many artists were found without a song, and the names of those who play soonest."""
    from showlist_assets.domain.matching.songs import without_song

    artists = without_song(to_hear)
    if not artists:
        return
    name_of = dict(to_hear.select("spotify_artist_id", "spotify_artist_name").iter_rows())
    names = ", ".join(name_of[artist] or artist for artist in artists[:_NAMED])
    more = f" and {len(artists) - _NAMED:,} more" if len(artists) > _NAMED else ""
    yield Line(
        "Songless",
        f"{counted(len(artists), 'artist')} found, but no song: "
        f"{names}{more}; `showlist review` shows them",
    )


def _unanswered(platform: Platform) -> Iterator[Line]:
    """Which states are missing and which are stale, since when, and the latest reason."""
    failed = platform.fetch_record.unanswered().values()
    for subject, words, some in (
        ("Missing", "never fetched", [one for one in failed if one.missing]),
        ("Stale", "last good events kept", [one for one in failed if not one.missing]),
    ):
        if some:
            states = ", ".join(one.state for one in some)
            latest = max(some, key=lambda one: one.tried_at)
            yield Line(
                subject,
                f"{states}: {words}, no answer since {_words(min(one.since for one in some))}; "
                f"daily_catch_up asks every hour. {latest.because}",
            )


def _share(resolved: int, shows: int) -> str:
    return (
        f"{resolved:,} of {counted(shows, 'show')} ({resolved / shows:.0%})" if shows else "no show"
    )


def _waiting(pending: int, platform: Platform, spotify: Ledger) -> str:
    from showlist_assets.domain.matching.backlog import done_by

    if not pending:
        return "nobody: every performer has been looked up"
    a_day, now = platform.spotify_allowance.for_purpose("lookup"), platform.now()
    who = counted(pending, "performer")
    until = done_by(pending, free=spotify.free() or 0, per_day=a_day, now=now)
    if until is None:
        return f"{who}, and no budget for them: SHOWLIST_SPOTIFY_BUDGET is too low"
    when = "with the next catch-up" if until == now else f"by about {until:%a %-d %B}"
    return f"{who}; done {when} at {counted(a_day, 'lookup')} a day"


def _spent(ledger: Ledger, budget: int | None = None) -> str:
    spent = ledger.spent()
    total = f"{sum(spent.values()):,}"
    limit = "" if budget is None else f" of {budget:,}"
    noun = "call" if (sum(spent.values()) if budget is None else budget) == 1 else "calls"
    purposes = ", ".join(f"{purpose} {count:,}" for purpose, count in sorted(spent.items()))
    words = f"{total}{limit} {noun} in 24 hours" + (f" ({purposes})" if purposes else "")
    paused, free_at = ledger.paused_until(), ledger.free_at()
    if paused:
        return f"{words}; asked to pause until {_words(paused)}"
    if budget is not None and ledger.free() == 0 and free_at:
        return f"{words}; the next lookup is free at {_words(free_at)}"
    return words


def _words(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
