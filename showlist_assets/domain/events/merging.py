"""One show, told once: which listings of all sources are the same show.

What belongs here: the rule as one function, from ``RawEvents`` to groups with reasons. What does
not: reading names (``listing_names``, ``venue_names``), the evidence between two listings
(``listing_pairs``, ``merging_rules``), forming groups (``listing_groups``), and which listing a
show's columns are taken from (``show_rows``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import polars as pl

from showlist_assets.domain.events.listing_groups import ListingDecision, grouped
from showlist_assets.domain.events.listing_names import read_names
from showlist_assets.domain.events.listing_pairs import listing_pairs
from showlist_assets.domain.events.merging_reasons import StateShows
from showlist_assets.domain.events.merging_rules import Listing
from showlist_assets.domain.events.venue_names import VenueAliases, read_venue
from showlist_assets.domain.links import web_address
from showlist_assets.domain.tables.raw_events import SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ListingDecision", "Merged", "VenueAliases", "merge_listings"]

LISTINGS_SCHEMA: Final = pl.Schema(
    {
        "state": pl.String(),
        "source": pl.String(),
        "event_id": pl.String(),
        "group": pl.Int64(),
        "why": pl.String(),
        "is_sure": pl.Boolean(),
    }
)
DOUBTFUL_SCHEMA: Final = pl.Schema(
    {
        "state": pl.String(),
        "one_source": pl.String(),
        "one_event_id": pl.String(),
        "other_source": pl.String(),
        "other_event_id": pl.String(),
        "merged": pl.Boolean(),
        "why": pl.String(),
    }
)


@dataclass(frozen=True)
class Merged:
    """Which listings are one show.

    Attributes:
        listings: Each listing's ``group``, equal for listings of one show; why it is that show;
            whether nobody needs to look.
        doubtful: Pairs that a person may look at: merged on weak evidence, or nearly merged.
    """

    listings: pl.DataFrame
    doubtful: pl.DataFrame


def merge_listings(
    raw_events: pl.DataFrame,
    *,
    preferred: Sequence[str] = SOURCES,
    decided: Sequence[ListingDecision] = (),
    aliases: VenueAliases = VenueAliases(),  # noqa: B008  frozen
) -> Merged:
    """Puts each listing into the group of its show; the order of the rows does not matter.

    Listings of two states are never one show, and without a date only those that are sold under one
    address are. What an operator decided always wins; of contradicting decisions the ones to part.

    Args:
        raw_events: ``RawEvents``.
        preferred: Sources, the one whose listing the others are compared with first.
        decided: What an operator decided.
        aliases: Names of one venue.
    """
    listings: list[dict[str, Any]] = []
    doubtful: list[dict[str, Any]] = []
    columns = raw_events.select(_COLUMNS).sort("state", "source", "event_id")
    for state in columns.partition_by("state"):
        code = state["state"][0]
        listed = [_read(row) for row in state.iter_rows(named=True)]
        pairs = list(listing_pairs(code, listed, aliases))
        # As many groups as listings at most, so no number comes twice.
        told = StateShows(code, listed, grouped(listed, pairs, decided), pairs, preferred, decided)
        first = len(listings)
        listings.extend({**row, "group": first + row["group"]} for row in told.listings())
        doubtful.extend(told.doubtful())
    return Merged(
        pl.DataFrame(listings, schema=LISTINGS_SCHEMA, orient="row"),
        pl.DataFrame(doubtful, schema=DOUBTFUL_SCHEMA, orient="row"),
    )


_COLUMNS: Final = [
    "state", "source", "event_id", "platform", "is_resale", "title", "performers", "local_date",
    "last_date", "starts_at_local", "venue_id", "venue_name", "venue_address", "venue_city",
    "latitude", "longitude", "ticket_url",
]  # fmt: skip


def _read(row: Mapping[str, Any]) -> Listing:
    venue, city = row["venue_name"], row["venue_city"]
    source, platform = row["source"], row["platform"]
    day, last_day = row["local_date"], row["last_date"]
    known = row["latitude"] is not None and row["longitude"] is not None
    return Listing(
        key=(source, row["event_id"]),
        lister=f"{source}:{platform}" if source == "feeds" else source,
        platform=platform,
        is_resale=row["is_resale"],
        day=day,
        last_day=last_day if last_day != day else None,
        start=row["starts_at_local"],
        venue=read_venue(venue, city, row["state"], row["venue_address"]),
        venue_id=row["venue_id"],
        position=(row["latitude"], row["longitude"]) if known else None,
        names=read_names(row["title"], [act["name"] for act in row["performers"]], venue, city),
        url=_address(row["ticket_url"]),
    )


def _address(url: str | None) -> str:
    """The page that ``url`` leads to, without what only counts visitors.

    "" for a front page, and for what no page has for an address.
    """
    parts = urlsplit(web_address(url))
    path = parts.path.rstrip("/")
    return f"{parts.netloc.lower().removeprefix('www.')}{path}" if path else ""
