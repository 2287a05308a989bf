"""A few rows of each table as a Markdown table, for the asset's page in the UI.

Titles link back to where they come from, as SeatGeek's and Spotify's terms ask.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from showlist_assets.domain.links import web_address

_ROWS: Final = 8
# Whoever plays next is what a person looks for first.
_DATES: Final = {
    "raw_events": "local_date",
    "shows": "local_date",
    "expanded_artists": "local_date",
    "matched_artists": "next_show_on",
}
# Longer than any link with its text: one that is cut short leads nowhere.
_LONGEST_CELL: Final = 2_000


def preview(table: str, frame: pl.DataFrame) -> str:
    """The first rows of ``frame`` (rows of ``table``) in the columns a person wants to see."""
    if frame.is_empty():
        return "*No rows.*"
    if table in _DATES:
        soonest = pl.arg_sort_by(_DATES[table], nulls_last=True, maintain_order=True)
        frame = frame.select(pl.all().gather(soonest.head(_ROWS)))
    if table == "show_changes":
        # The news, newest first; what was there from the beginning is none.
        frame = frame.filter(pl.col("change") != "known").sort("changed_at", descending=True)
    return _markdown(frame.head(_ROWS).select(_COLUMNS[table]))


def _markdown(shown: pl.DataFrame) -> str:
    with pl.Config(
        tbl_formatting="MARKDOWN",
        tbl_hide_column_data_types=True,
        tbl_hide_dataframe_shape=True,
        tbl_rows=_ROWS,
        tbl_cols=-1,
        tbl_width_chars=-1,
        fmt_str_lengths=_LONGEST_CELL,
        fmt_table_cell_list_len=3,
    ):
        return str(shown.with_columns(pl.col(pl.String).fill_null("")))


def _plain(column: str) -> pl.Expr:
    """Text that cannot break out of a Markdown table cell."""
    return _in_one_cell(pl.col(column))


def _in_one_cell(text: pl.Expr) -> pl.Expr:
    # Names come from strangers' sites: a bar would end the cell, a bracket begin a link.
    return text.str.replace_all(r"[|\[\]\s]", " ")


def _link(text: str, url: pl.Expr) -> pl.Expr:
    """``text`` as a link, or plain where there is nothing to link to."""
    return pl.coalesce(_linked(_plain(text), url), _plain(text)).alias(text)


def _linked(text: pl.Expr, url: pl.Expr) -> pl.Expr:
    # The source's own URL: a bracket in it would end the link, a bar the cell.
    address = url.map_elements(lambda one: web_address(one) or None, return_dtype=pl.String)
    return pl.concat_str(pl.lit("["), text, pl.lit("]("), address, pl.lit(")"))


def _spotify(kind: str, column: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"https://open.spotify.com/{kind}/"), pl.col(column))


def _joined(column: str, name: pl.Expr | None = None) -> pl.Expr:
    """The items of a list (``name`` of each), with commas between them."""
    items = pl.element() if name is None else name
    return pl.col(column).list.eval(_in_one_cell(items)).list.join(", ")


_COLUMNS: Final[dict[str, list[pl.Expr]]] = {
    "raw_events": [
        pl.col("local_date"),
        _link("title", pl.col("ticket_url")),
        pl.col("kind", "status"),
        _plain("venue_name"),
        _plain("venue_city"),
        pl.col("state"),
        _joined("performers", pl.element().struct.field("name")),
        pl.col("lowest_price"),
    ],
    "shows": [
        pl.col("local_date"),
        _link("title", pl.col("ticket_url")),
        pl.col("status"),
        _plain("venue_name"),
        _plain("venue_city"),
        pl.col("state"),
        _joined("performers", pl.element().struct.field("name")),
        _joined("listings", pl.element().struct.field("platform")),
        pl.col("lowest_price"),
    ],
    "show_changes": [
        pl.col("changed_at").dt.strftime("%Y-%m-%d %H:%M"),
        pl.col("change"),
        _link("title", pl.col("ticket_url")),
        _plain("was"),
        _plain("becomes"),
        pl.col("local_date"),
        _plain("venue_name"),
        pl.col("state"),
    ],
    "expanded_artists": [
        pl.col("local_date"),
        _plain("performer_name"),
        pl.col("billing", "role", "act_kind"),
        _joined("genres"),
        _plain("venue_city"),
        pl.col("state"),
        _plain("performer_key"),
    ],
    "matched_artists": [
        _plain("performer_name"),
        pl.col("outcome"),
        _link("spotify_artist_name", _spotify("artist", "spotify_artist_id")),
        pl.col("confidence", "method"),
        _plain("reason"),
        pl.col("next_show_on"),
    ],
    "top_tracks": [
        _joined("artist_names"),
        pl.col("rank"),
        _link("track_name", _spotify("track", "track_id")),
        _plain("album_name"),
        pl.col("release_date", "ranking_source"),
    ],
    "audio_features": [
        _link("track_id", _spotify("track", "track_id")),
        pl.col("is_known", "danceability", "energy", "valence", "tempo", "features_source"),
    ],
    "upcoming_shows": [
        pl.col("local_date"),
        _plain("performer_name"),
        pl.col("role"),
        _plain("venue_name"),
        _plain("venue_city"),
        pl.col("state"),
        _link("track_name", pl.col("track_url")),
        _plain("why_no_track"),
        pl.col("energy"),
        _linked(pl.lit("tickets"), pl.col("ticket_url")).alias("tickets"),
    ],
}


def doubtful_preview(pairs: pl.DataFrame) -> str:
    """Pairs of listings that a person may look at (``merging.Merged.doubtful``)."""
    if pairs.is_empty():
        return "*Nothing is in doubt.*"
    shown = pairs.head(_ROWS).select(
        one=_in_one_cell(pl.concat_str("one_source", "one_event_id", separator="-")),
        other=_in_one_cell(pl.concat_str("other_source", "other_event_id", separator="-")),
        merged=pl.col("merged"),
        why=_in_one_cell(pl.col("why")),
    )
    return _markdown(shown)


def review_preview(cases: pl.DataFrame) -> str:
    """The decisions most worth a look (``matching.review.to_review``), with their candidates."""
    if cases.is_empty():
        return "*Nothing to review.*"
    names = pl.col("candidates").list.head(3).list.eval(pl.element().struct.field("name"))
    shown = cases.head(_ROWS).select(
        pl.col("next_show_on"),
        _plain("performer_name"),
        pl.col("outcome"),
        _link("spotify_artist_name", _spotify("artist", "spotify_artist_id")),
        _plain("why"),
        _plain("reason"),
        _in_one_cell(names.list.join(", ")).alias("candidates"),
    )
    return _markdown(shown)
