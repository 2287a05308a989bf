"""The first two steps: what plays where, and who is on the bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from showlist_assets.defs.assets.external import SEATGEEK
from showlist_assets.defs.publishing import NewRows
from showlist_assets.defs.table_asset import table_asset
from showlist_assets.domain.events import bill_texts, billing, changes
from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.raw_events import RawEvents
from showlist_assets.sources.failures import SourceError
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.seatgeek import reader
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.parquet import read_columns
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from collections.abc import Collection
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
    stale; a state that was never fetched is named as missing. Both are asked for again every hour.
    """
    now, states = platform.now(), context.partition_keys
    before = platform.tables.read("raw_events", states)
    fetched = _fetch(context, platform.seatgeek(), now)
    missing = platform.fetch_record.note_failures(
        fetched.stale, stored=platform.tables.states("raw_events"), at=now
    )
    if fetched.nothing_came:
        raise fetched.nothing_came
    _tell(context, fetched, missing)
    kept = before.filter(pl.col("state").is_in(fetched.failed))
    frame = pl.concat([kept, *fetched.good])
    return NewRows(
        frame,
        rejected=pl.concat([quality.no_rejected_rows(), *fetched.rejected]),
        stale=fetched.stale,
        missing=missing,
        once_written=lambda: platform.fetch_record.note_answers(
            state for state in states if state not in fetched.stale
        ),
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


@table_asset(group="events", kinds={"polars", "parquet"}, code_version="2")
def expanded_artists(
    context: dg.AssetExecutionContext,
    raw_events: pl.DataFrame,
    platform: dg.ResourceParam[Platform],
) -> NewRows:
    """One row per performer on each show: the headliner and everybody who supports.

    The same act has the same key on every show and in every state, however it is spelled. Tribute
    acts, and festivals or venues that pose as performers, are told apart from artists. A name that
    bills several acts ("A w/ B") has a row for each once searches show that it is no act's name.
    """
    return NewRows(billing.expand_artists(raw_events, _known_acts(context, raw_events, platform)))


def _known_acts(
    context: dg.AssetExecutionContext, raw_events: pl.DataFrame, platform: Platform
) -> bill_texts.KnownActs:
    """What the run's own bills and the tables of earlier runs say of the names billed now."""
    printed = [
        name
        for title, bill in raw_events.select("title", "performers").iter_rows()
        for name in [*(one["name"] for one in bill), *([] if bill else [title])]
    ]
    wanted = bill_texts.names_in(printed)
    if not wanted:
        return bill_texts.KnownActs()
    earlier = platform.tables.read_all(
        "matched_artists",
        where=pl.col("performer_key").is_in(wanted) & pl.col("asked_at").is_not_null(),
    )
    billed, apart = _billed_before(context, platform)
    return bill_texts.known_acts(
        [*printed, *billed], earlier, apart=apart, whole=platform.overrides.read()
    )


def _billed_before(
    context: dg.AssetExecutionContext, platform: Platform
) -> tuple[list[str], list[str]]:
    """Names that stood for themselves on earlier bills, and texts that were taken apart."""
    try:
        before = read_columns(platform.files, "expanded_artists", ["performer_name", "billed_text"])
    except StorageError as error:
        # A table of an older version is mended by this very step, which must not need it.
        context.log.warning(f"Earlier bills tell nothing of the names billed now: {error}")
        return [], []
    if before is None:
        return [], []
    themselves = before.filter(pl.col("billed_text").is_null()).get_column("performer_name")
    apart = before.get_column("billed_text").drop_nulls()
    return themselves.unique().to_list(), apart.unique().to_list()


class FetchedEvents:
    """What the event source gave, state by state."""

    def __init__(self) -> None:
        self.good: list[pl.DataFrame] = [RawEvents.create_empty()]
        self.rejected: list[pl.DataFrame] = []
        self.stale: dict[str, str] = {}
        self.failed: list[str] = []
        self.nothing_came: SourceError | None = None
        self.usage = ApiUsage()


def _fetch(context: dg.AssetExecutionContext, source: SeatGeek, now: datetime) -> FetchedEvents:
    """Ask for every state of the run; one that fails does not stop the others."""
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
            if len(fetched.failed) == len(states):
                fetched.nothing_came = failure
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


def _tell(
    context: dg.AssetExecutionContext, fetched: FetchedEvents, missing: Collection[str]
) -> None:
    """Warn of each failure once, with the states that it kept from being fetched."""
    for failure in dict.fromkeys(fetched.stale[state] for state in fetched.failed):
        here = [state for state in fetched.failed if fetched.stale[state] == failure]
        for has, words in (
            ([state for state in here if state in missing], "never fetched, so still missing"),
            ([state for state in here if state not in missing], "kept the last good events"),
        ):
            if has:
                context.log.warning(f"{', '.join(has)}: {words}. {failure}")
