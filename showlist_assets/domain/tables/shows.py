"""The table of shows: what is really on, each once, however many listings tell of it.

What belongs here: the table's schema. What does not: which listings are one show
(``domain.events.merging``) and which listing each column is taken from
(``domain.events.show_rows``).
"""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import (
    made_from,
    one_of,
    price,
    state_code,
    text,
    unit_interval,
    utc,
)
from showlist_assets.domain.tables.raw_events import PERFORMER, STATUSES

_LISTING = dy.Struct(
    {
        "source": dy.String(nullable=False),
        "event_id": dy.String(nullable=False),
        "platform": dy.String(nullable=False),
        "is_resale": dy.Bool(nullable=False),
        "title": dy.String(nullable=False),
        "status": dy.String(nullable=False),
        "ticket_url": dy.String(nullable=True),
        "lowest_price": dy.Float64(nullable=True),
        "highest_price": dy.Float64(nullable=True),
        "seen_at": dy.Datetime(nullable=False, time_unit="us", time_zone="UTC"),
        "why": dy.String(nullable=False),
        "is_sure": dy.Bool(nullable=False),
    },
    nullable=False,
)


class Shows(dy.Schema):
    """One real show, with every listing behind it."""

    state = state_code("raw_events.state")
    # Made of the first listing that told of the show, and kept when that one disappears: whoever
    # was decided, withheld or announced under it stays so.
    show_id = text(
        "Our id of the show: it survives new listings and ones that disappear.",
        "raw_events.source",
        "raw_events.event_id",
        primary_key=True,
    )
    title = text("The title of the preferred listing.", "raw_events.title", nullable=False)
    kind = dy.String(
        nullable=False,
        check=one_of(("concert", "music_festival")),
        description="A concert, or a festival of several acts.",
        metadata=made_from("raw_events.kind"),
    )
    status = dy.String(
        nullable=False,
        check=one_of(STATUSES),
        description="Whether the show is scheduled, cancelled, postponed or rescheduled; cancelled "
        "on one platform beats on sale on another.",
        metadata=made_from("raw_events.status", "raw_events.title"),
    )
    starts_at = utc(
        "When it starts; null while the time or the date is not announced.",
        "raw_events.starts_at",
        nullable=True,
    )
    starts_at_local = dy.Datetime(
        nullable=True,
        time_unit="us",
        description="Wall-clock start at the venue; null while the time is not announced.",
        metadata=made_from("raw_events.starts_at_local"),
    )
    doors_at_local = dy.Datetime(
        nullable=True,
        time_unit="us",
        description="Wall-clock time at the venue when the doors open: of the listing that tells "
        "the start, else of the preferred one whose doors agree with it; null where none says.",
        metadata=made_from("raw_events.doors_at_local", "raw_events.starts_at_local"),
    )
    local_date = dy.Date(
        nullable=True,
        description="Calendar date at the venue; null while the date is not announced.",
        metadata=made_from("raw_events.local_date"),
    )
    ends_at = utc("When it ends; null where no source says.", "raw_events.ends_at", nullable=True)
    last_date = dy.Date(
        nullable=True,
        description="Calendar date at the venue of the last day; null for a show of one day.",
        metadata=made_from("raw_events.last_date"),
    )
    venue_timezone = text("IANA time zone of the venue.", "raw_events.venue_timezone")
    performers = dy.List(
        PERFORMER,
        nullable=False,
        description="Everyone on the bill, the headliner first; those of all listings together.",
        metadata=made_from("raw_events.performers"),
    )
    venue_name = text("Name of the venue.", "raw_events.venue_name", nullable=False)
    venue_address = text("Street and number.", "raw_events.venue_address")
    venue_city = text("City of the venue.", "raw_events.venue_city")
    venue_postal_code = text("ZIP code of the venue.", "raw_events.venue_postal_code")
    latitude = dy.Float64(
        nullable=True,
        min=-90,
        max=90,
        description="Latitude of the venue, degrees north.",
        metadata=made_from("raw_events.latitude"),
    )
    longitude = dy.Float64(
        nullable=True,
        min=-180,
        max=180,
        description="Longitude of the venue, degrees east.",
        metadata=made_from("raw_events.longitude"),
    )
    venue_capacity = dy.Int64(
        nullable=True,
        min=0,
        description="How many people the venue holds.",
        metadata=made_from("raw_events.venue_capacity"),
    )
    event_score = unit_interval(
        "The source's own popularity of the event, 0 to 1.", "raw_events.event_score"
    )
    lowest_price = price("Cheapest ticket of any listing in US dollars.", "raw_events.lowest_price")
    average_price = price(
        "Mean price of the preferred listing that has one, in US dollars.",
        "raw_events.average_price",
    )
    median_price = price(
        "Median price of the preferred listing that has one, in US dollars.",
        "raw_events.median_price",
    )
    highest_price = price(
        "Dearest ticket of any listing in US dollars.", "raw_events.highest_price"
    )
    listing_count = dy.Int64(
        nullable=True,
        min=0,
        description="How many tickets are for sale, as far as a source counts them.",
        metadata=made_from("raw_events.listing_count"),
    )
    ticket_url = text(
        "Where to buy a ticket: the preferred listing's page.", "raw_events.ticket_url"
    )
    source = text(
        "Where the preferred listing was found.",
        "raw_events.source",
        nullable=False,
    )
    announced_at = utc(
        "When the show was announced, by the first source that knew.",
        "raw_events.announced_at",
        nullable=True,
    )
    fetched_at = utc("When a source told us last.", "raw_events.fetched_at")
    listings = dy.List(
        _LISTING,
        nullable=False,
        description="Every listing of the show, the preferred one first: source, id, platform, "
        "title, status, link, prices, when it was seen, and why it is this show.",
        metadata=made_from("raw_events.source", "raw_events.event_id", "raw_events.platform"),
    )
