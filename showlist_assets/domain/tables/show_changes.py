"""The history of shows: what was announced, moved, changed, called off or lost, and when.

What belongs here: the table's schema. What does not: telling changes
(``domain.events.show_changes``).
"""

from __future__ import annotations

from typing import Final

import dataframely as dy

from showlist_assets.domain.tables.columns import made_from, one_of, state_code, text
from showlist_assets.domain.tables.raw_events import STATUSES

CHANGES: Final = (
    "known",
    "announced",
    "moved",
    "line_up",
    "postponed",
    "cancelled",
    "back",
    "vanished",
    "details",
)


class ShowChanges(dy.Schema):
    """One change of one show; the rows of a state are its history and are only ever added to."""

    state = state_code("shows.state")
    show_id = text("The show.", "shows.show_id", primary_key=True)
    changed_at = dy.Datetime(
        primary_key=True,
        time_unit="us",
        time_zone="UTC",
        description="When we learnt of it (UTC).",
        metadata=made_from("shows.fetched_at"),
    )
    change = dy.String(
        primary_key=True,
        check=one_of(CHANGES),
        description="known: was there when the history began, or was off when first met; "
        "announced: is new; moved: another date, time or house; line_up: acts joined or left; "
        "postponed, cancelled; back: goes ahead after all; vanished: no source lists it any more, "
        "so it is presumed cancelled; details: what is no news, such as a start that was open or "
        "another source.",
        metadata=made_from("shows.status", "shows.local_date", "shows.venue_name"),
    )
    was = text("What it was before, in words; null where nothing was.", "shows.title")
    becomes = text("What it is now, in words.", "shows.title")
    # The facts after the change: the last row of a show is what the next change is told from.
    title = text("The title after the change.", "shows.title", nullable=False)
    status = dy.String(
        nullable=False,
        check=one_of((*STATUSES, "vanished")),
        description="The status after the change.",
        metadata=made_from("shows.status"),
    )
    local_date = dy.Date(
        nullable=True,
        description="Date at the venue after the change.",
        metadata=made_from("shows.local_date"),
    )
    last_date = dy.Date(
        nullable=True,
        description="Last day after the change; null for a show of one day.",
        metadata=made_from("shows.last_date"),
    )
    starts_at_local = dy.Datetime(
        nullable=True,
        time_unit="us",
        description="Wall-clock start after the change.",
        metadata=made_from("shows.starts_at_local"),
    )
    venue_name = text("The house after the change.", "shows.venue_name", nullable=False)
    venue_city = text("Its city.", "shows.venue_city")
    acts = dy.List(
        dy.String(nullable=False),
        nullable=False,
        description="Names on the bill after the change, in order.",
        metadata=made_from("shows.performers"),
    )
    sources = dy.List(
        dy.String(nullable=False),
        nullable=False,
        description="Sources that listed the show at the time; none once the show goes on under "
        "another id.",
        metadata=made_from("shows.listings"),
    )
    # A start or a house that another listing tells otherwise is another spelling, not a move.
    listing = text(
        "The preferred listing at the time: its source, a hyphen, its id.",
        "shows.listings",
        nullable=False,
    )
    ticket_url = text("Where tickets were sold.", "shows.ticket_url")
