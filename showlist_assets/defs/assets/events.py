"""The first step: what every source lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from showlist_assets.defs.assets.external import FEEDS, SEATGEEK, TICKETMASTER
from showlist_assets.defs.publishing import NewRows
from showlist_assets.defs.table_asset import table_asset
from showlist_assets.domain.events.changes import count_changes
from showlist_assets.domain.events.merged_shows import without_forgotten
from showlist_assets.domain.tables.raw_events import RawEvents
from showlist_assets.services.event_fetching import fetch_events
from showlist_assets.storage.fetch_record import in_words
from showlist_assets.storage.files import StorageError
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from showlist_assets.services.event_fetching import FetchedEvents
    from showlist_assets.storage.fetch_record import FetchRecord


@table_asset(
    group="events",
    kinds={"polars", "parquet"},
    code_version="2",
    pool="events",
    deps=[SEATGEEK, TICKETMASTER, FEEDS],
)
def raw_events(context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]) -> NewRows:
    """Every upcoming concert and music festival of a state, as the event sources tell it.

    One row is one listing of one source with its venue, times, prices, ticket link and the whole
    bill. A start time that is not announced yet is empty, never a source's placeholder. When a
    source does not answer for a state, its last good listings are kept, the other sources' are
    new, and the state is named as stale; a state that was never fetched is named as missing. Both
    are asked for again every hour.
    """
    now, states, record = platform.now(), context.partition_keys, platform.fetch_record
    # First what a person wrote: a mistake in it should not cost a fetch.
    decisions, sources = platform.show_decisions.read(), platform.event_sources()
    at_once = platform.settings.lookup_threads > 1
    fetched = fetch_events(sources, states, now=now, log=context.log, at_once=at_once)
    unanswered = {**fetched.failures, **fetched.outdated}
    missing = record.note_failures(unanswered, stored=platform.tables.states("raw_events"), at=now)
    if fetched.first_failure and not fetched.answers and not fetched.outdated:
        raise fetched.first_failure
    _tell(context, fetched, missing)
    before = _stored(context, platform, needed=bool(fetched.failures))
    _tell_who_is_left_out(context, before, platform.event_source_names)
    frame = without_forgotten(fetched.with_kept(before), decisions)
    changed = count_changes(before, frame, states, today=now.date())
    fresh = _freshness(states, fetched, record)
    return NewRows(
        frame,
        rejected=pl.concat(fetched.rejected),
        stale=fetched.stale,
        missing=missing,
        once_written=lambda: record.note_answers(fetched.answers),
        of_state={
            state: {**changed[state], "sources": dg.MetadataValue.json(fresh[state])}
            for state in states
        },
        of_run={
            name: number
            for source, usage in fetched.usage.items()
            for name, number in usage.as_numbers(source).items()
        },
    )


def _stored(context: dg.AssetExecutionContext, platform: Platform, *, needed: bool) -> pl.DataFrame:
    """The listings of the last run; ``needed`` where a source did not answer, so that its are kept.

    Raises:
        StorageError: they are needed and cannot be read: better no new table than one that lost
            what a source cannot tell again now.
    """
    try:
        return platform.tables.read("raw_events", context.partition_keys)
    except StorageError as error:
        if needed:
            raise
        # This very step writes the table anew, and must not need it.
        context.log.warning(f"What was listed before is not kept: {error}")
        return RawEvents.create_empty()


def _tell_who_is_left_out(
    context: dg.AssetExecutionContext, before: pl.DataFrame, sources: Collection[str]
) -> None:
    """Say whose listings go because nobody is to ask them any more; that is no news of shows."""
    gone = before.filter(~pl.col("source").is_in(list(sources)))
    for source, count in gone.group_by("source").len().sort("source").iter_rows():
        context.log.warning(
            f"{count} listings of {source} are left out: it has no key any more, or "
            "SHOWLIST_EVENT_SOURCES does not name it."
        )


def _freshness(
    states: Sequence[str], fetched: FetchedEvents, record: FetchRecord
) -> dict[str, dict[str, str]]:
    """By state and source, what it is worth: when it answered last, or why it did not."""
    fresh: dict[str, dict[str, str]] = {state: {} for state in states}
    # In their order, where a newer word takes the place of an older one.
    for one in [*record.fetches(states), *fetched.answers]:
        fresh[one.state][one.source] = in_words(one)
    return fresh


def _tell(
    context: dg.AssetExecutionContext, fetched: FetchedEvents, missing: Collection[str]
) -> None:
    """Warn of each failure once, with the states that it kept from being fetched."""
    for failure in dict.fromkeys(fetched.failures.values()):
        here = [state for (state, _), words in fetched.failures.items() if words == failure]
        for has, words in (
            ([state for state in here if state in missing], "never fetched, so still missing"),
            ([state for state in here if state not in missing], "kept the last good events"),
        ):
            if has:
                context.log.warning(f"{', '.join(has)}: {words}. {failure}")
    for trouble in dict.fromkeys(each for some in fetched.troubles.values() for each in some):
        context.log.warning(trouble)
