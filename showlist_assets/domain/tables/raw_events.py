"""The table of events as their sources tell them, the same for every source.

What belongs here: the table's schema. What does not: reading a source's documents into it, and
which of their fields each column comes from (``sources.*.reader``).
"""

from __future__ import annotations

from typing import Final

import dataframely as dy

from showlist_assets.domain.tables.columns import (
    before_it_came,
    one_of,
    price,
    state_code,
    text,
    unit_interval,
    utc,
)

SOURCES: Final = ("seatgeek", "ticketmaster", "feeds")
STATUSES: Final = ("scheduled", "cancelled", "postponed", "rescheduled")

PERFORMER: Final = dy.Struct(
    {
        "performer_id": dy.String(nullable=True),
        "name": dy.String(nullable=False),
        "kind": dy.String(nullable=True),
        "genres": dy.List(dy.String(nullable=False), nullable=False),
        "is_primary": dy.Bool(nullable=False),
        "score": dy.Float64(nullable=True),
        "image_url": dy.String(nullable=True),
        "url": dy.String(nullable=True),
        "spotify_artist_id": dy.String(nullable=True),
        "musicbrainz_id": dy.String(nullable=True),
    },
    nullable=False,
)


class RawEvents(dy.Schema):
    """One concert or music festival as its source tells it, normalised."""

    state = state_code()
    source = dy.String(
        primary_key=True,
        check=one_of(SOURCES),
        description="Where the event was found: an API, or the feeds of venues.",
    )
    event_id = text("The source's own id of the event.", primary_key=True)
    platform = dy.String(
        nullable=False,
        description="Who sells the tickets there: a shop of the source, such as ticketweb, or the "
        "feed's name.",
        metadata=before_it_came("seatgeek"),
    )
    is_resale = dy.Bool(
        nullable=False,
        description="Whether somebody sells again what another shop sold.",
        metadata=before_it_came(value=False),
    )
    title = text("The event's title as printed.", nullable=False)
    kind = dy.String(
        nullable=False,
        check=one_of(("concert", "music_festival")),
        description="A concert, or a festival of several acts.",
    )
    status = dy.String(
        nullable=False,
        check=one_of(STATUSES),
        description="Whether the event is scheduled, cancelled, postponed or rescheduled.",
    )
    # Never the 03:30 that SeatGeek prints for a time that is not announced.
    starts_at = utc(
        "When it starts; null while the time or the date is not announced.",
        nullable=True,
    )
    starts_at_local = dy.Datetime(
        nullable=True,
        time_unit="us",
        description="Wall-clock start at the venue; null while the time is not announced.",
    )
    doors_at_local = dy.Datetime(
        nullable=True,
        time_unit="us",
        description="Wall-clock time at the venue when the doors open, at most six hours before "
        "the start; null where the source does not say, or not clearly.",
    )
    local_date = dy.Date(
        nullable=True,
        description="Calendar date at the venue; null while the date is not announced.",
    )
    ends_at = utc(
        "When it ends; null where the source does not say.",
        nullable=True,
    )
    last_date = dy.Date(
        nullable=True,
        description="Calendar date at the venue of the last day; null for a show of one day.",
    )
    venue_timezone = text("IANA time zone of the venue.")
    performers = dy.List(
        PERFORMER,
        nullable=False,
        description="Everyone on the bill, the headliner first, then in the source's order.",
    )
    venue_id = text("The source's own id of the venue.")
    venue_name = text("Name of the venue.", nullable=False)
    venue_address = text("Street and number.")
    venue_city = text("City of the venue.")
    venue_postal_code = text("ZIP code of the venue.")
    latitude = dy.Float64(
        nullable=True,
        min=-90,
        max=90,
        description="Latitude of the venue, degrees north.",
    )
    longitude = dy.Float64(
        nullable=True,
        min=-180,
        max=180,
        description="Longitude of the venue, degrees east.",
    )
    venue_capacity = dy.Int64(
        nullable=True,
        min=0,
        description="How many people the venue holds.",
    )
    event_score = unit_interval("The source's own popularity of the event, 0 to 1.")
    # Price statistics come empty to many clients since February 2026 (seatgeek/api-support#191).
    lowest_price = price("Cheapest listing in US dollars.")
    average_price = price("Mean listing in US dollars.")
    median_price = price("Median listing in US dollars.")
    highest_price = price("Dearest listing in US dollars.")
    listing_count = dy.Int64(
        nullable=True,
        min=0,
        description="How many listings are for sale.",
    )
    ticket_url = text("Where to buy a ticket: the source's own page.")
    announced_at = utc("When the event was announced.", nullable=True)
    fetched_at = utc("When the source told us.")
