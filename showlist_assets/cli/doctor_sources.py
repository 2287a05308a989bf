"""What the doctor says of the sources of concerts: what each has, lacks and costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.cli.findings import Finding, tried
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from showlist_assets.sources.source import Source
    from showlist_assets.wiring import Platform

_GET_A_KEY: Final = (
    "A key takes a minute: register at https://developer.ticketmaster.com, open My Apps, and put "
    "the Consumer Key of the app that is there into .env as TICKETMASTER_API_KEY."
)
_LACKS: Final = {
    "ticketmaster": f"TICKETMASTER_API_KEY is not set. {_GET_A_KEY}",
    "seatgeek": "SEATGEEK_CLIENT_ID is not set. New SeatGeek accounts wait for approval; existing "
    "ids work, and find more shows beside Ticketmaster.",
    "feeds": "No calendar of a venue is here. `showlist feeds add` takes a club in that no API "
    "lists (docs/feeds.md); no key is needed.",
}
_NAMES: Final = {"ticketmaster": "Ticketmaster", "seatgeek": "SeatGeek", "feeds": "Feeds"}


def source_findings(platform: Platform) -> Iterator[Finding]:
    """Each source of concerts, the preferred one first; then what is missing altogether."""
    from showlist_assets.settings import EVENT_SOURCES

    chosen = platform.event_source_names
    makers: dict[str, Callable[[], Source]] = {
        "ticketmaster": platform.ticketmaster,
        "seatgeek": platform.seatgeek,
        "feeds": platform.feeds,
    }
    for source in (*chosen, *(each for each in EVENT_SOURCES if each not in chosen)):
        if source in chosen:
            yield tried(_NAMES[source], makers[source], _what_it_has(platform, source))
        elif platform.settings.event_sources and platform.can_be_asked(source):
            words = "could be asked, but SHOWLIST_EVENT_SOURCES leaves it out."
            yield Finding(_NAMES[source], "note", words)
        else:
            yield Finding(_NAMES[source], "note", _LACKS[source])
    if not chosen:
        yield Finding("Concerts", "missing", "No concert is found without one of these sources.")


def _what_it_has(platform: Platform, source: str) -> str:
    listings = sum(one.listings for one in platform.fetch_record.fetches() if one.source == source)
    has = (
        f"{counted(listings, 'listing is', 'listings are')} stored."
        if listings
        else "nothing was fetched yet."
    )
    answers = "answers, and takes the configured credentials"
    if source == "feeds":
        answers = "all of them can be read"
    return f"{answers}; {has} {_what_it_costs(platform, source)}"


def _what_it_costs(platform: Platform, source: str) -> str:
    if source == "feeds":
        return "It costs one request a calendar, at most once in its interval."
    if source == "seatgeek":
        return "It costs one call a page of 50; SeatGeek publishes no limit of a day."
    ledger = platform.ledger("ticketmaster")
    spent, budget = sum(ledger.spent().values()), platform.settings.ticketmaster_budget
    return f"All states cost some 300 calls; {spent:,} of {budget:,} were made in 24 hours."
