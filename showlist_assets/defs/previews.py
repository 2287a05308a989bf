"""A few rows of each table as a Markdown table, for the asset's page in the UI.

Titles link back to where they come from, as SeatGeek's and Spotify's terms ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.clock_times import CLOCK_TIME
from showlist_assets.domain.links import web_address
from showlist_assets.domain.tables.by_state import rows_by_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ROWS: Final = 8
# Whoever plays next is what a person looks for first; of changes, the newest.
_ORDER: Final = {
    "raw_events": "local_date",
    "shows": "local_date",
    "show_changes": "changed_at",
    "expanded_artists": "local_date",
    "matched_artists": "next_show_on",
}
# Longer than any link with its text: one that is cut short leads nowhere.
_LONGEST_CELL: Final = 2_000
# With no-break spaces between.
_DAY: Final = "%a\N{NO-BREAK SPACE}%d\N{NO-BREAK SPACE}%b\N{NO-BREAK SPACE}%Y"
_CANDIDATES: Final = 3


def previews(table: str, frame: pl.DataFrame, states: Sequence[str]) -> dict[str, str]:
    """By state the first rows of ``table`` in ``frame``, in the columns a person wants to see."""
    first = pl.all().gather(_first_rows(table, frame))
    # As one query, which takes none of the wide columns that nobody sees.
    shown = frame.lazy().select(first).select(_COLUMNS[table]).collect()
    empty = {*states} - {*frame.get_column("state").unique()}
    told = _markdown_by_state(shown, frame.select("state").select(first).to_series(), states)
    return told | dict.fromkeys(empty, "*No rows.*")


def _first_rows(table: str, frame: pl.DataFrame) -> pl.Series:
    """The places of each state's rows that come first; those of a state stand together."""
    # Only what tells the order is sorted: the other columns are wide.
    column = _ORDER.get(table, "state")
    order = frame.select({"state", column}).with_row_index("row")
    is_history = table == "show_changes"
    if is_history:
        # What was there from the beginning is no news.
        order = order.filter(frame.get_column("change") != "known")
    order = order.sort(column, descending=is_history, nulls_last=True, maintain_order=True)
    return order.group_by("state", maintain_order=True).head(_ROWS).get_column("row")


def _day(column: str) -> pl.Expr:
    """A date that stays on one line: the UI breaks it at its hyphens."""
    return pl.col(column).dt.strftime(_DAY)


def _markdown_by_state(shown: pl.DataFrame, of: pl.Series, states: Iterable[str]) -> dict[str, str]:
    """The rows of each state as a table of its own.

    Args:
        shown: The rows of all of them, in the columns that are shown.
        of: The state of each row.
        states: Each has a table, though it be without a row.
    """
    rows = rows_by_state(pl.DataFrame({"state": of, "shown": _in_text(shown).to_struct()}), states)
    # Setting the format and taking it back costs as much as ten tables.
    with _as_markdown():
        return {
            state: str(some.get_column("shown").struct.unnest()) for state, some in rows.items()
        }


def _in_text(shown: pl.DataFrame) -> pl.DataFrame:
    # A number's "null" says less than nothing.
    return shown.with_columns(pl.exclude(pl.List).cast(pl.String).fill_null(""))


def _as_markdown() -> pl.Config:
    return pl.Config(
        tbl_formatting="MARKDOWN",
        tbl_hide_column_data_types=True,
        tbl_hide_dataframe_shape=True,
        tbl_rows=_ROWS,
        tbl_cols=-1,
        tbl_width_chars=-1,
        fmt_str_lengths=_LONGEST_CELL,
        fmt_table_cell_list_len=3,
    )


def _plain(column: str) -> pl.Expr:
    """Text that cannot break out of a Markdown table cell."""
    return _in_one_cell(pl.col(column))


def _in_one_cell(text: pl.Expr) -> pl.Expr:
    # Names come from strangers' sites: a bar would end the cell, a bracket begin a link.
    return text.str.replace_all(r"[|\[\]\s]", " ")


def _id_in_one_cell(source: str, event_id: str) -> pl.Expr:
    """A listing's id as code: a feed's may look like an e-mail address, which becomes a link."""
    text = _in_one_cell(pl.concat_str(source, event_id, separator="-"))
    return pl.concat_str(pl.lit("`"), text.str.replace_all("`", " ", literal=True), pl.lit("`"))


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
        _day("local_date"),
        _link("title", pl.col("ticket_url")),
        pl.col("kind", "status"),
        _plain("venue_name"),
        _plain("venue_city"),
        pl.col("state"),
        _joined("performers", pl.element().struct.field("name")),
        pl.col("lowest_price"),
    ],
    "shows": [
        _day("local_date"),
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
        pl.col("changed_at").dt.strftime(f"{_DAY} %H:%M"),
        pl.col("change"),
        _link("title", pl.col("ticket_url")),
        _plain("was"),
        _plain("becomes"),
        _day("local_date"),
        _plain("venue_name"),
        pl.col("state"),
    ],
    "expanded_artists": [
        _day("local_date"),
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
        _day("next_show_on"),
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
        _day("local_date"),
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


def doubtful_previews(
    pairs: pl.DataFrame, listings: pl.DataFrame, states: Sequence[str]
) -> dict[str, str]:
    """By state its pairs of listings that a person may look at.

    Args:
        pairs: ``merging.Merged.doubtful``.
        listings: ``RawEvents``, which tells what each listing says and where it is.
        states: Each is told of, though there be no pair.
    """
    told: dict[str, str] = dict.fromkeys(states, "*Nothing is in doubt.*")
    if pairs.is_empty():
        return told
    first = pairs.group_by("state", maintain_order=True).head(_ROWS)
    for side in ("one", "other"):
        words = _in_words(listings, first, side)
        first = first.join(words, on=words.columns[:-1], how="left", maintain_order="left")
    shown = first.select(
        pl.when("merged").then(pl.lit("one show")).otherwise(pl.lit("two shows")).alias("now"),
        # A listing that the table does not hold has its id, at least.
        pl.coalesce("one", _listing_id("one")).alias("one"),
        pl.coalesce("other", _listing_id("other")).alias("other"),
        why=_in_one_cell(pl.col("why")),
    )
    found = first.get_column("state")
    return told | _markdown_by_state(shown, found, found.unique(maintain_order=True))


def _in_words(listings: pl.DataFrame, pairs: pl.DataFrame, side: str) -> pl.DataFrame:
    """What there is to say of the listings that stand on one ``side`` of ``pairs``."""
    keys = ["state", f"{side}_source", f"{side}_event_id"]
    told = listings.rename({"source": keys[1], "event_id": keys[2]})
    words = _listing_in_words(*keys[1:]).alias(side)
    return told.join(pairs, on=keys, how="semi").select(*keys, words)


def _listing_id(side: str) -> pl.Expr:
    return _id_in_one_cell(f"{side}_source", f"{side}_event_id")


def _listing_in_words(source: str, event_id: str) -> pl.Expr:
    """A listing's title with its link, the day and time, the venue, and its id."""
    at = pl.coalesce(
        pl.col("starts_at_local").dt.strftime(f"{_DAY} {CLOCK_TIME}"),
        _day("local_date"),
        pl.lit("no day"),
    )
    return pl.concat_str(
        _link("title", pl.col("ticket_url")),
        at,
        _plain("venue_name").fill_null("no venue"),
        _id_in_one_cell(source, event_id),
        separator=", ",
    )


def review_previews(cases: pl.DataFrame, states: Sequence[str]) -> dict[str, str]:
    """By state the decisions most worth a look, with their candidates.

    Args:
        cases: As ``matching.review.to_review_by_state`` gives them.
        states: Each is told of, though there be no case.
    """
    told = dict.fromkeys(states, "*Nothing to review.*")
    first = cases.group_by("state", maintain_order=True).head(_ROWS)
    candidates = pl.col("candidates").list.head(_CANDIDATES)
    shown = first.select(
        _day("next_show_on"),
        _plain("performer_name"),
        pl.col("outcome"),
        _link("spotify_artist_name", _spotify("artist", "spotify_artist_id")),
        _plain("why"),
        _plain("reason"),
        candidates.list.eval(_candidate()).list.join(", ").alias("candidates"),
    )
    found = first.get_column("state")
    return told | _markdown_by_state(shown, found, found.unique(maintain_order=True))


def _candidate() -> pl.Expr:
    """The name of a candidate, the element of a list, as a link to its page."""
    page = pl.lit("https://open.spotify.com/artist/") + pl.element().struct.field("artist_id")
    return _linked(_in_one_cell(pl.element().struct.field("name")), page)
