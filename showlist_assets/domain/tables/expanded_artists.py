"""The table of bills: who plays on which show.

What belongs here: the table's schema. What does not: reading a bill (``domain.events.billing``).
"""

from __future__ import annotations

from typing import Final

import dataframely as dy

from showlist_assets.domain.tables.columns import made_from, one_of, state_code, text, unit_interval

ACT_KINDS: Final = ("artist", "tribute", "festival", "other")
ROLES: Final = ("headliner", "support")


class ExpandedArtists(dy.Schema):
    """One performer on one show, headliner and support alike."""

    state = state_code("shows.state")
    show_id = text("Our id of the show.", "shows.show_id", primary_key=True)
    performer_key = text(
        "Equal for the same act across shows, states and sources, however it is spelled.",
        "shows.performers",
        primary_key=True,
    )
    performer_name = text("The name as billed.", "shows.performers", nullable=False)
    billing = dy.Int32(
        nullable=False,
        min=1,
        description="Place on the bill: 1 is the headliner.",
        metadata=made_from("shows.performers"),
    )
    role = dy.String(
        nullable=False,
        check=one_of(ROLES),
        description="Headliner or support.",
        metadata=made_from("shows.performers"),
    )
    act_kind = dy.String(
        nullable=False,
        check=one_of(ACT_KINDS),
        description="An artist, a tribute act, the festival itself, or something else "
        "(a venue that poses as a performer, say).",
        metadata=made_from("shows.performers", "shows.title", "shows.venue_name"),
    )
    genres = dy.List(
        dy.String(nullable=False),
        nullable=False,
        description="Genres the event source prints for the performer, main one first.",
        metadata=made_from("shows.performers"),
    )
    event_kind = text("Concert or music festival.", "shows.kind", nullable=False)
    local_date = dy.Date(
        nullable=True,
        description="Date of the show at the venue; null while not announced.",
        metadata=made_from("shows.local_date"),
    )
    last_date = dy.Date(
        nullable=True,
        description="Date at the venue of the last day; null for a show of one day.",
        metadata=made_from("shows.last_date"),
    )
    venue_city = text("City of the show.", "shows.venue_city")
    performer_score = unit_interval(
        "The source's own popularity of the performer, 0 to 1.", "shows.performers"
    )
    image_url = text("Picture of the performer from the event source.", "shows.performers")
    # In the documentation, in no answer since 2017 that is known (seatgeek/api-support#39).
    source_spotify_artist_id = text(
        "Spotify artist that the event source links to; hardly ever known.",
        "shows.performers",
    )
    billed_text = text(
        "The whole printed name, where it bills several acts and this is one; else null.",
        "shows.performers",
    )
