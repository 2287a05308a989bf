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
    "shows": {
        "fetched_at": "when the event source was asked",
        "listings": "each tells when it was seen; raw_events holds the rest of it",
    },
    "show_changes": {"changed_at": "when the change was learnt"},
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
# A change is told in the words of the sources that were up when it was learnt.
_WORDS_OF_A_SOURCE: Final = (
    "was", "becomes", "title", "starts_at_local", "venue_name", "venue_city", "acts", "sources",
    "listing", "ticket_url",
)  # fmt: skip
# Of a show that one source drops while another one, which is down, still has it, the history keeps
# who lists it: no news, and only there where somebody was down.
_COMPARED: Final = {"show_changes": pl.col("change") != "details"}


def differences(expected: TableStore, found: TableStore) -> list[str]:
    """The tables that differ, each with its first differing rows; none if all are equal."""
    said = []
    names = {id(store): _names_of_shows(store) for store in (expected, found)}
    has_several_sources = expected.read_all("raw_events")["source"].n_unique() > 1
    for table, schema in TABLES.items():
        left_out = list(_MAY_DIFFER.get(table, {}))
        if table == "show_changes" and has_several_sources:
            left_out += _WORDS_OF_A_SOURCE
        keys = ["state", *(key for key in schema.primary_key() if key not in left_out)]
        ours, theirs = (
            _renamed(store.read_all(table), names[id(store)])
            .filter(_COMPARED.get(table, True))
            .drop(left_out)
            .sort(keys)
            for store in (found, expected)
        )
        if not ours.equals(theirs):
            said.append(f"{table}: {_first_difference(ours, theirs, keys)}")
    return said


def _names_of_shows(store: TableStore) -> pl.DataFrame:
    """A name of each show that does not tell which of its listings was seen first, as its id does.

    Where one source was down when a show was announced, the other one's listing named it.
    """
    first = pl.col("listings").list.first()
    name = pl.concat_str(first.struct["source"], first.struct["event_id"], separator="-")
    return store.read_all("shows").select("state", "show_id", name=name)


def _renamed(rows: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    if "show_id" not in rows.columns:
        return rows
    told = rows.join(names, on=["state", "show_id"], how="left", maintain_order="left")
    return told.with_columns(show_id=pl.coalesce("name", "show_id")).drop("name")


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
