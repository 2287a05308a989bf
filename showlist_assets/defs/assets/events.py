"""The first two steps: what plays where, and who is on the bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from showlist_assets.defs.assets.external import SEATGEEK
from showlist_assets.defs.publishing import NewRows
from showlist_assets.defs.table_asset import table_asset
from showlist_assets.domain.events import billing, changes
from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.raw_events import RawEvents
from showlist_assets.sources.failures import SourceError
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.seatgeek import reader
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from showlist_assets.sources.seatgeek.client import SeatGeek


@table_asset(
    group="events",
    kinds={"seatgeek", "polars", "parquet"},
    code_version="1",
    pool="events",
    deps=[SEATGEEK],
)
def raw_events(context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]) -> NewRows:
    """Every upcoming concert and music festival of a state, as the event source tells it.

    One row is one event with its venue, times, prices, ticket link and the whole bill. A start
    time that is not announced yet is empty, never the source's placeholder of 03:30. When the
    source does not answer for a state, its last good events are kept and the state is named as
    stale.
    """
    now, states = platform.now(), context.partition_keys
    before = platform.tables.read("raw_events", states)
    fetched = _fetch(context, platform.seatgeek(), now)
    kept = before.filter(pl.col("state").is_in(fetched.failed))
    frame = pl.concat([kept, *fetched.good])
    return NewRows(
        frame,
        rejected=pl.concat([quality.no_rejected_rows(), *fetched.rejected]),
        stale=fetched.stale,
        of_state={
            state: changes.count_changes(
                before.filter(pl.col("state") == state),
                frame.filter(pl.col("state") == state),
                today=now.date(),
            )
            for state in states
        },
        of_run=fetched.usage.as_numbers("seatgeek"),
    )


@table_asset(group="events", kinds={"polars", "parquet"}, code_version="1")
def expanded_artists(
    context: dg.AssetExecutionContext,  # noqa: ARG001  names the states to whoever records the rows
    raw_events: pl.DataFrame,
    platform: dg.ResourceParam[Platform],  # noqa: ARG001  holds the tables
) -> NewRows:
    """One row per performer on each show: the headliner and everybody who supports.

    The same act has the same key on every show and in every state, however it is spelled. Tribute
    acts, and festivals or venues that pose as performers, are told apart from artists.
    """
    return NewRows(billing.expand_artists(raw_events))


class FetchedEvents:
    """What the event source gave, state by state."""

    def __init__(self) -> None:
        self.good: list[pl.DataFrame] = [RawEvents.create_empty()]
        self.rejected: list[pl.DataFrame] = []
        self.stale: dict[str, str] = {}
        self.failed: list[str] = []
        self.usage = ApiUsage()


def _fetch(context: dg.AssetExecutionContext, source: SeatGeek, now: datetime) -> FetchedEvents:
    """Ask for every state of the run; one that fails does not stop the others.

    Raises:
        SourceError: no state could be fetched.
    """
    fetched = FetchedEvents()
    states = context.partition_keys
    for index, state in enumerate(states):
        try:
            documents = source.upcoming_concerts(state, since=now)
        except SourceError as failure:
            # A wrong key or an unreachable host fails alike for every other state.
            hopeless = states[index:] if failure.source_is_down else [state]
            fetched.stale |= dict.fromkeys(hopeless, str(failure))
            fetched.failed += hopeless
            context.log.warning(f"{', '.join(hopeless)}: kept the last good events. {failure}")
            _raise_if_nothing_came(failure, fetched, states)
            if failure.source_is_down:
                break
            continue
        if source.usage.outdated > fetched.usage.outdated:
            # Kept answers stood in for an API that is down: told, though the state did not fail.
            fetched.stale[state] = f"From earlier answers. {source.usage.failed}"
        fetched.usage = source.usage
        rows = reader.read_events(documents, state=state, fetched_at=now)
        fetched.good.append(rows.good)
        fetched.rejected.append(rows.rejected)
        context.log.info(f"{state}: {rows.good.height} events")
    fetched.usage = source.usage
    return fetched


def _raise_if_nothing_came(
    failure: SourceError, fetched: FetchedEvents, states: Sequence[str]
) -> None:
    if len(fetched.failed) == len(states):
        raise failure
