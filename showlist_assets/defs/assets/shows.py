"""What is really on, each show once; what has changed about it; and who is on the bill."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from showlist_assets.defs.previews import doubtful_previews
from showlist_assets.defs.publishing import NewRows
from showlist_assets.defs.table_asset import table_asset
from showlist_assets.domain.events import bill_texts, billing
from showlist_assets.domain.events.merged_shows import merged_shows
from showlist_assets.domain.events.show_changes import NEWS
from showlist_assets.domain.events.show_changes import show_changes as told_changes
from showlist_assets.domain.events.show_decisions import listing_id
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.parquet import read_columns
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from showlist_assets.domain.events.show_changes import FoundChanges


@table_asset(group="events", kinds={"polars", "parquet"}, code_version="1")
def shows(
    context: dg.AssetExecutionContext,
    raw_events: pl.DataFrame,
    platform: dg.ResourceParam[Platform],
) -> NewRows:
    """Every real show once, however many listings tell of it, with all of them as provenance.

    Listings of one show are told by venue, acts, start and what kind of ticket they sell; each says
    why it is this show. The preferred source's words are taken, cancelled anywhere beats on sale
    elsewhere, and the id outlives the listings. What shows.yaml says always wins; doubtful
    merges are in the metadata, and the command showlist review --shows asks about them.
    """
    states = context.partition_keys
    merged = merged_shows(
        raw_events,
        preferred=platform.event_source_names,
        decisions=platform.show_decisions.read(),
        earlier=_earlier_shows(context, platform),
    )
    return NewRows(
        merged.shows,
        of_state=_doubts(merged.doubtful, raw_events, states),
    )


def _earlier_shows(context: dg.AssetExecutionContext, platform: Platform) -> pl.DataFrame | None:
    """The shows as they were last, whose ids are kept."""
    try:
        return platform.tables.read("shows", context.partition_keys)
    except StorageError as error:
        # This very step writes the table anew, and must not need it.
        context.log.warning(f"Shows are known under new ids where listings changed: {error}")
        return None


def _doubts(
    doubtful: pl.DataFrame, raw_events: pl.DataFrame, states: Sequence[str]
) -> dict[str, dict[str, int | dg.MarkdownMetadataValue]]:
    """By state how many pairs are in doubt, and some of them."""
    pairs = doubtful_previews(doubtful, raw_events, states)
    counts = Counter(doubtful.select("state", "merged").iter_rows())
    return {
        state: {
            "doubtful_merges": counts[state, True],
            "near_merges": counts[state, False],
            "doubtful": dg.MetadataValue.md(pairs[state]),
        }
        for state in states
    }


@table_asset(group="upcoming", kinds={"polars", "parquet"}, code_version="1")
def show_changes(
    context: dg.AssetExecutionContext,
    shows: pl.DataFrame,
    platform: dg.ResourceParam[Platform],
) -> NewRows:
    """What happened to each show since it was first seen: the history, only ever added to.

    Announced, moved, line-up, postponed, cancelled, back, and vanished, which presumes that a show
    no source lists any more is cancelled. That takes a complete walk of its sources; a source that
    drops half of a state at once is doubted, not believed.
    """
    states = context.partition_keys
    history = _history(platform, states)
    found = told_changes(
        history,
        shows,
        covered=platform.fetch_record.covered(states),
        feeds_read=platform.fetch_record.feeds_read(states),
        now=platform.now(),
    )
    for one in found.doubted:
        context.log.warning(
            f"{one.state}: {one.source} does not list {one.gone} of {one.of} coming shows any "
            "more. That is no news of shows but a doubtful answer: none is presumed cancelled."
        )
    return NewRows(
        pl.concat([history, found.rows]),
        of_state=_counted(found, states),
    )


def _history(platform: Platform, states: Sequence[str]) -> pl.DataFrame:
    """The history of what is not forgotten: a listing that had to be removed has not vanished."""
    forgotten = [listing_id(*one) for one in platform.show_decisions.read().forgotten]
    history = platform.tables.read("show_changes", states)
    gone = history.filter(pl.col("listing").is_in(forgotten)).select("show_id")
    return history.join(gone, on="show_id", how="anti")


def _counted(found: FoundChanges, states: Sequence[str]) -> dict[str, dict[str, int]]:
    """By state the changes of each kind this run told, and the shows it would not believe lost."""
    told = Counter(found.rows.select("state", "change").iter_rows())
    gone: Counter[str] = Counter()
    for one in found.doubted:
        gone[one.state] += one.gone
    return {
        state: {
            **{f"{change}_in_this_run": told[state, change] for change in NEWS},
            "shows_not_believed_gone": gone[state],
        }
        for state in states
    }


@table_asset(group="events", kinds={"polars", "parquet"}, code_version="3")
def expanded_artists(
    context: dg.AssetExecutionContext,
    shows: pl.DataFrame,
    platform: dg.ResourceParam[Platform],
) -> NewRows:
    """One row per performer on each show: the headliner and everybody who supports.

    The same act has the same key on every show and in every state, however it is spelled. Tribute
    acts, and festivals or venues that pose as performers, are told apart from artists. A name that
    bills several acts ("A w/ B") has a row for each once searches show that it is no act's name.
    """
    return NewRows(billing.expand_artists(shows, _known_acts(context, shows, platform)))


def _known_acts(
    context: dg.AssetExecutionContext, shows: pl.DataFrame, platform: Platform
) -> bill_texts.KnownActs:
    """What the run's own bills and the tables of earlier runs say of the names billed now."""
    printed = [
        name
        for title, bill in shows.select("title", "performers").iter_rows()
        for name in [*(one["name"] for one in bill), *([] if bill else [title])]
    ]
    wanted = bill_texts.names_in(printed)
    if not wanted:
        return bill_texts.KnownActs()
    earlier = platform.tables.read_all(
        "matched_artists",
        columns=["performer_key", "candidates"],
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
        before = read_columns(
            platform.files,
            "expanded_artists",
            ["performer_name"],
            # Before bills were taken apart, every text stood for itself.
            optional={"billed_text": pl.String()},
        )
    except StorageError as error:
        # A table of an older version is mended by this very step, which must not need it.
        context.log.warning(f"Earlier bills tell nothing of the names billed now: {error}")
        return [], []
    if before is None:
        return [], []
    themselves = before.filter(pl.col("billed_text").is_null()).get_column("performer_name")
    apart = before.get_column("billed_text").drop_nulls()
    return themselves.unique().to_list(), apart.unique().to_list()
