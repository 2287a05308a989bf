"""The table of shows: a row for each group of listings that are one show.

What belongs here: making the rows. What does not: which listings are one show (``merging``), which
of them a column is taken from (``show_facts``), and the shows' ids (``show_ids``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.events.show_facts import LISTING_COLUMNS, show_facts
from showlist_assets.domain.events.show_ids import show_ids
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.from_rows import frame_of_rows
from showlist_assets.domain.tables.shows import Shows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_GROUP: Final = ["state", "group"]
_LISTING: Final = ["state", "source", "event_id"]


def show_rows(
    raw_events: pl.DataFrame,
    listings: pl.DataFrame,
    *,
    preferred: Sequence[str],
    earlier: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """``Shows``: one row for each show, whatever the order of the rows that it is made of.

    A show of one listing is told as that listing tells it.

    Args:
        raw_events: ``RawEvents``, of several states at once if you like.
        listings: ``merging.Merged.listings``; a listing that is missing there is a show of its own.
        preferred: Sources, the one to believe first.
        earlier: ``Shows`` as they were last, whose ids are kept.
    """
    listed = _grouped(raw_events, listings)
    alone = listed.filter(pl.len().over(_GROUP) == 1)
    several = listed.filter(pl.len().over(_GROUP) > 1)
    shows = pl.concat([_of_one_listing(alone), _of_several(several, preferred)])
    ids = _ids(shows, earlier)
    return (
        shows.join(ids, on=_GROUP, how="left")
        .select(polars_schema(Shows).names())
        .sort("state", "local_date", "starts_at", "show_id", nulls_last=True)
    )


def _grouped(raw_events: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
    told = listings.select(*_LISTING, pl.col("group").cast(pl.Int64), "why", "is_sure")
    # Sorted, so that the number of an ungrouped listing depends on no order either.
    return (
        raw_events.sort(_LISTING)
        .join(told, on=_LISTING, how="left", maintain_order="left")
        .with_columns(
            pl.col("group").fill_null(-1 - pl.int_range(pl.len())),
            pl.col("why").fill_null("no other listing is this show"),
            pl.col("is_sure").fill_null(value=True),
        )
    )


def _schema() -> pl.Schema:
    columns = {name: kind for name, kind in polars_schema(Shows).items() if name != "show_id"}
    return pl.Schema({**columns, "group": pl.Int64()})


def _of_one_listing(alone: pl.DataFrame) -> pl.DataFrame:
    listing = [
        pl.col("fetched_at").alias("seen_at") if name == "seen_at" else pl.col(name)
        for name in LISTING_COLUMNS
    ]
    schema = _schema()
    told = alone.with_columns(listings=pl.concat_list(pl.struct(listing)))
    return told.select(schema.names()).cast(schema)


def _of_several(several: pl.DataFrame, preferred: Sequence[str]) -> pl.DataFrame:
    groups: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for row in several.iter_rows(named=True):
        groups.setdefault((row["state"], row["group"]), []).append(row)
    rows = [
        {**show_facts(listed, preferred), "group": group}
        for (_, group), listed in sorted(groups.items())
    ]
    return frame_of_rows(rows, _schema())


def _ids(shows: pl.DataFrame, earlier: pl.DataFrame | None) -> pl.DataFrame:
    before: dict[str, dict[str, list[str]]] = {}
    if earlier is not None:
        for state, show_id, names in earlier.select("state", "show_id", _names()).iter_rows():
            before.setdefault(state, {})[show_id] = names
    now: dict[str, dict[int, list[str]]] = {}
    for state, group, names in shows.select("state", "group", _names()).iter_rows():
        now.setdefault(state, {})[group] = names
    rows = [
        (state, group, show_id)
        for state, listed in now.items()
        for group, show_id in show_ids(listed, before.get(state, {})).items()
    ]
    schema = {"state": pl.String(), "group": pl.Int64(), "show_id": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _names() -> pl.Expr:
    """Each listing as ``billing.show_id`` names it."""
    listing = pl.element().struct
    name = pl.concat_str(listing.field("source"), listing.field("event_id"), separator="-")
    return pl.col("listings").list.eval(name)
