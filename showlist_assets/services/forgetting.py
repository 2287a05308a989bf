"""Removing an event from everything that is stored, because its owner asked for it.

Ticketmaster's terms give 24 hours (docs/TERMS.md). What belongs here: the tables. What does not:
the answers that are kept (``sources.http.cache``) and the published file (``storage.warehouse``),
which whoever calls clears and builds anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from showlist_assets.domain.events.merged_shows import merged_shows, without_forgotten
from showlist_assets.domain.events.show_decisions import forget_entry, listing_id, parse_listing
from showlist_assets.domain.shows import join_upcoming_shows
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from showlist_assets.domain.events.show_decisions import ShowDecisions
    from showlist_assets.storage.show_decisions import ShowDecisionsFile
    from showlist_assets.storage.tables import TableStore

# What is made of the shows, by the column that names the show.
_MADE_OF_SHOWS = ("expanded_artists", "show_changes")
_JOINED = ("expanded_artists", "matched_artists", "top_tracks", "audio_features")


class NoListingError(ShowlistError):
    """The text names no listing; the message says how one is written."""


def forget_listing(
    tables: TableStore,
    decisions: ShowDecisionsFile,
    text: str,
    *,
    preferred: Sequence[str],
    now: datetime,
) -> list[str]:
    """Remove a listing from every table, and see that it never comes back.

    A show that other listings tell of as well stays, in their words.

    Args:
        tables: The record.
        decisions: Remembers that the listing is not to be stored again.
        text: The listing: its source, a hyphen and its id.
        preferred: Sources, the one to believe first.
        now: The present (UTC).

    Returns:
        The states that held it.

    Raises:
        NoListingError: ``text`` names none.
        ShowDecisionsError, StorageError: as their messages say.
    """
    listing = parse_listing(text)
    if listing is None:
        raise NoListingError(
            f"{text!r} is no listing: write its source, a hyphen and its id, such as "
            "ticketmaster-G5vYZ9 (the column `listings` of the table shows has them)."
        )
    if listing not in decisions.read().forgotten:
        decisions.add(forget_entry(listing_id(*listing)))
    said = decisions.read()
    held = [state for state in tables.states("raw_events") if _holds(tables, state, listing)]
    for state in held:
        _remove(tables, state, listing, said, preferred, now)
    return held


def _holds(tables: TableStore, state: str, listing: tuple[str, str]) -> bool:
    """Whether a table has it: also one that the source has dropped since."""
    source, event_id = listing
    listed = tables.read("raw_events", [state]).filter(source=source, event_id=event_id)
    told = tables.read("shows", [state]).explode("listings").select("listings").unnest("listings")
    history = tables.read("show_changes", [state]).filter(_is_of(listing))
    return bool(
        listed.height or told.filter(source=source, event_id=event_id).height or history.height
    )


def _is_of(listing: tuple[str, str]) -> pl.Expr:
    """Rows of the history that the listing told, or whose show is named after it."""
    name = listing_id(*listing)
    return (pl.col("listing") == name) | (pl.col("show_id") == name)


def _remove(
    tables: TableStore,
    state: str,
    listing: tuple[str, str],
    decisions: ShowDecisions,
    preferred: Sequence[str],
    now: datetime,
) -> None:
    raw = without_forgotten(tables.read("raw_events", [state]), decisions)
    earlier = tables.read("shows", [state])
    shows = merged_shows(raw, preferred=preferred, decisions=decisions, earlier=earlier).shows
    kept = shows.select("show_id")
    tables.write("raw_events", state, raw)
    tables.write("shows", state, shows)
    history = tables.read("show_changes", [state]).filter(_is_of(listing)).select("show_id")
    # The history of other shows that are over by now stays.
    named = pl.concat([earlier.select("show_id"), history]).unique()
    gone = named.join(kept, on="show_id", how="anti")
    for table in _MADE_OF_SHOWS:
        rows = tables.read(table, [state])
        tables.write(table, state, rows.join(gone, on="show_id", how="anti"))
    joined = (tables.read(table, [state]) for table in _JOINED)
    tables.write("upcoming_shows", state, join_upcoming_shows(shows, *joined, now=now))
