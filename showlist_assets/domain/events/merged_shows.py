"""From the listings of all sources to the shows: merged, made rows of, under ids that last.

What belongs here: putting the steps together, and what an operator decided. What does not: the
steps (``merging``, ``show_rows``).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import polars as pl

from showlist_assets.domain.events.listing_groups import ListingDecision
from showlist_assets.domain.events.merging import merge_listings
from showlist_assets.domain.events.show_rows import show_rows
from showlist_assets.domain.events.venue_names import VenueAlias, VenueAliases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from showlist_assets.domain.events.listing_groups import Key
    from showlist_assets.domain.events.merging import Merged
    from showlist_assets.domain.events.show_decisions import ShowDecisions


@dataclass(frozen=True)
class MergedShows:
    """What the listings make.

    Attributes:
        shows: ``Shows``.
        doubtful: Pairs that a person may look at (``merging.Merged.doubtful``).
    """

    shows: pl.DataFrame
    doubtful: pl.DataFrame


def merged_shows(
    raw_events: pl.DataFrame,
    *,
    preferred: Sequence[str],
    decisions: ShowDecisions,
    earlier: pl.DataFrame | None = None,
) -> MergedShows:
    """Each real show once, in the words of its preferred listing.

    Args:
        raw_events: ``RawEvents`` of the wanted states.
        preferred: Sources, the one to believe first.
        decisions: What an operator said of listings and venues.
        earlier: ``Shows`` as they were last, whose ids are kept.
    """
    listed = without_forgotten(raw_events, decisions)
    merged = merged_listings(listed, preferred=preferred, decisions=decisions)
    shows = show_rows(listed, merged.listings, preferred=preferred, earlier=earlier)
    return MergedShows(shows, merged.doubtful)


def merged_listings(
    raw_events: pl.DataFrame, *, preferred: Sequence[str], decisions: ShowDecisions
) -> Merged:
    """Which listings are one show, as the rules and the operator say; arguments as above."""
    return merge_listings(
        raw_events,
        preferred=preferred,
        decided=[
            *_joins(raw_events, decisions),
            *(ListingDecision(pair.one, pair.other, are_one=False) for pair in decisions.parted),
        ],
        aliases=VenueAliases(
            tuple(
                VenueAlias(venue.state, venue.city, one, other)
                for venue in decisions.venues
                for one, other in combinations(venue.names, 2)
            )
        ),
    )


def _joins(raw_events: pl.DataFrame, decisions: ShowDecisions) -> Iterator[ListingDecision]:
    """Each listing that is still listed with the next one of its entry and state.

    All with all would say no more, and of a long entry take a second for each thousand listings.
    """
    if not decisions.joined:
        return
    listed = raw_events.select("state", "source", "event_id").rows()
    states: defaultdict[Key, set[str]] = defaultdict(set)
    for state, source, event_id in listed:
        states[source, event_id].add(state)
    for entry in decisions.joined:
        by_state: defaultdict[str, list[Key]] = defaultdict(list)
        for key in entry:
            for state in sorted(states.get(key, ())):
                by_state[state].append(key)
        for keys in by_state.values():
            yield from (ListingDecision(one, other, are_one=True) for one, other in pairwise(keys))


def without_forgotten(raw_events: pl.DataFrame, decisions: ShowDecisions) -> pl.DataFrame:
    """``raw_events`` without the listings whose owner asked that they be removed."""
    if not decisions.forgotten:
        return raw_events
    gone = pl.DataFrame(
        sorted(decisions.forgotten),
        schema={"source": pl.String, "event_id": pl.String},
        orient="row",
    )
    return raw_events.join(gone, on=["source", "event_id"], how="anti", maintain_order="left")
