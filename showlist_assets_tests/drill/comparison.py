"""Whether two worlds have the same tables, and where they differ first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.tables.registry import TABLES

if TYPE_CHECKING:
    from showlist_assets.storage.tables import TableStore

_SHOWN: Final = 3

_MAY_DIFFER: Final[dict[str, dict[str, str]]] = {
    "raw_events": {"fetched_at": "when the event source was asked"},
    "matched_artists": {
        "asked_at": "when Spotify was asked",
        "decided_at": "when the answer was judged",
        "misses": "whoever is looked for from another day on is looked for another number of times",
        "ask_again_at": "counted from asked_at and misses",
        "method": "whichever state comes first searches, the others know it from there",
    },
    "top_tracks": {"ranked_at": "the asked_at of the artist"},
    "audio_features": {"asked_at": "when ReccoBeats was asked"},
}


def differences(expected: TableStore, found: TableStore) -> list[str]:
    """The tables that differ, each with its first differing rows; none if all are equal."""
    said = []
    for table, schema in TABLES.items():
        left_out = list(_MAY_DIFFER.get(table, {}))
        keys = ["state", *schema.primary_key()]
        ours, theirs = (
            store.read_all(table).drop(left_out).sort(keys) for store in (found, expected)
        )
        if not ours.equals(theirs):
            said.append(f"{table}: {_first_difference(ours, theirs, keys)}")
    return said


def _first_difference(ours: pl.DataFrame, theirs: pl.DataFrame, keys: list[str]) -> str:
    missing = theirs.join(ours, on=keys, how="anti")
    surplus = ours.join(theirs, on=keys, how="anti")
    if missing.height or surplus.height:
        first = pl.concat([missing.select(keys), surplus.select(keys)]).head(_SHOWN).rows()
        return f"{missing.height} rows missing, {surplus.height} too many: {first}"
    both = ours.join(theirs, on=keys, suffix=" expected")
    for column in ours.columns:
        if column in keys:
            continue
        differing = both.filter(pl.col(column).ne_missing(pl.col(f"{column} expected")))
        if differing.height:
            rows = differing.select(*keys, column, f"{column} expected").head(_SHOWN).rows()
            return f"{differing.height} rows differ in {column}: {rows}"
    return "the rows come in another order"
