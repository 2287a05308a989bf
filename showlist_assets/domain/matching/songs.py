"""What there is to hear of a performer: songs, an artist without one, nobody, or not known yet.

In Development Mode an artist's songs come with the search that found it. Where all of them are
other artists', one further search asks for the artist's own; it is remembered among the row's
queries, whatever it found, so that nobody is asked about twice.

What belongs here: telling who lacks a song, and adding songs to decisions. What does not: asking
(``services.artist_matching``) and ranking songs (``domain.tracks``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.matching.replaced_rows import with_decisions
from showlist_assets.domain.tables.from_rows import frame_of_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

SONGS: Final = "songs"
NO_SONG: Final = "no_song"
NOBODY: Final = "nobody"
UNKNOWN: Final = "unknown"
"""What there is to hear of a performer; ``UNKNOWN`` is pending, or without a further search yet."""

_SONG_QUERY: Final = 'artist:"'
_AT_ONCE: Final = 2_000
_ARTIST: Final = ["state", "spotify_artist_id"]


@dataclass(frozen=True)
class FoundSongs:
    """Tracks that a search brought of an artist, perhaps none, and when it was asked.

    Attributes:
        tracks: As ``MatchedArtists.found_tracks`` keeps them.
        query: The further search; None where the one that found the artist had brought them.
    """

    tracks: list[dict[str, Any]]
    asked_at: datetime
    query: str | None = None


def is_song_query(query: str) -> bool:
    """Whether ``query`` asked for the songs of an artist that was already decided on."""
    return query.startswith(_SONG_QUERY)


def artists_with_songs(matched_artists: pl.DataFrame) -> pl.DataFrame:
    """``state`` and ``spotify_artist_id`` of artists credited on a track that a search brought."""
    # A part at a time: answers are most of what a run holds, and a filter copies them.
    parts = [
        matched_artists.slice(first, _AT_ONCE)
        .filter(pl.col("outcome") == "matched")
        .select(*_ARTIST, credited=_credited())
        .filter(pl.col("credited").list.contains(pl.col("spotify_artist_id")))
        .select(_ARTIST)
        for first in range(0, max(1, matched_artists.height), _AT_ONCE)
    ]
    return pl.concat(parts).unique(maintain_order=True)


def waits_for_songs() -> pl.Expr:
    """Whether a row of ``MatchedArtists`` is matched, and its artist's songs were never asked for.

    Of Development Mode: with Extended Quota nobody waits. Another row of the artist may have them;
    then the next run takes them from there without a call.
    """
    has_song = _credited().list.contains(pl.col("spotify_artist_id"))
    asked = pl.col("queries").list.contains(_query())
    return (pl.col("outcome") == "matched") & ~has_song & ~asked


def with_what_to_hear(
    matched_artists: pl.DataFrame, with_songs: pl.DataFrame, *, further_search: bool
) -> pl.DataFrame:
    """The decisions with a column ``to_hear``, in their order.

    Args:
        matched_artists: At least ``state``, ``outcome``, ``spotify_artist_id``,
            ``spotify_artist_name`` and ``queries``.
        with_songs: ``state`` and ``spotify_artist_id`` of artists who have a song.
        further_search: Whether whoever has none is asked about once more (Development Mode).
    """
    has = with_songs.select(_ARTIST).unique().with_columns(has_songs=pl.lit(value=True))
    asked = pl.col("queries").list.contains(_query()) if further_search else pl.lit(value=True)
    return (
        matched_artists.join(has, on=_ARTIST, how="left", maintain_order="left")
        .with_columns(
            to_hear=pl.when(pl.col("outcome") == "pending")
            .then(pl.lit(UNKNOWN))
            .when(pl.col("outcome") == "rejected")
            .then(pl.lit(NOBODY))
            .when(pl.col("has_songs"))
            .then(pl.lit(SONGS))
            .when(asked)
            .then(pl.lit(NO_SONG))
            .otherwise(pl.lit(UNKNOWN))
        )
        .drop("has_songs")
    )


def artists_to_ask(to_hear: pl.DataFrame) -> pl.DataFrame:
    """Artists whose songs are still to be asked for, soonest show first, each once.

    Columns: ``spotify_artist_id`` and ``query``. ``to_hear`` is as ``with_what_to_hear`` gives it.
    """
    return (
        to_hear.filter((pl.col("outcome") == "matched") & (pl.col("to_hear") == UNKNOWN))
        .sort("next_show_on", "performer_key", nulls_last=True)
        .unique("spotify_artist_id", keep="first", maintain_order=True)
        .select("spotify_artist_id", query=_query())
    )


def without_song(to_hear: pl.DataFrame) -> list[str]:
    """Ids of the artists who are known to have no song, soonest show first, each once."""
    return _without_song(to_hear, ["spotify_artist_id"]).to_series().to_list()


def without_song_by_state(to_hear: pl.DataFrame) -> pl.DataFrame:
    """``without_song`` of each state alone: ``state`` and ``spotify_artist_id``."""
    return _without_song(to_hear, _ARTIST)


def _without_song(to_hear: pl.DataFrame, of: list[str]) -> pl.DataFrame:
    # A state that was not run lately may lack the songs that another one found since.
    told = to_hear.lazy()
    heard = told.filter(pl.col("to_hear") == SONGS).select(of)
    return (
        told.filter(pl.col("to_hear") == NO_SONG)
        .join(heard, on=of, how="anti")
        .sort("next_show_on", "performer_key", nulls_last=True)
        .select(of)
        .unique(maintain_order=True)
        .collect()
    )


def songs_known(stored: pl.DataFrame, wanted: pl.DataFrame) -> dict[str, FoundSongs]:
    """What is stored of the songs of the ``wanted`` artists, by artist id.

    Another state, or another name of the artist, may have brought songs or been asked already.

    Args:
        stored: ``MatchedArtists`` of these artists, in any state.
        wanted: As ``artists_to_ask`` gives them.
    """
    query_of = dict(wanted.select("spotify_artist_id", "query").iter_rows())
    found: dict[str, FoundSongs] = {}
    for row in stored.filter(pl.col("spotify_artist_id").is_in(list(query_of))).iter_rows(
        named=True
    ):
        artist_id = row["spotify_artist_id"]
        tracks = [track for track in row["found_tracks"] if artist_id in track["artist_ids"]]
        query = query_of[artist_id] if query_of[artist_id] in row["queries"] else None
        most = len(found[artist_id].tracks) if artist_id in found else 0
        if len(tracks) > most or (query and not most):
            found[artist_id] = FoundSongs(tracks, row["asked_at"] or row["decided_at"], query)
    return found


def add_songs(matched_artists: pl.DataFrame, found: Mapping[str, FoundSongs]) -> pl.DataFrame:
    """``MatchedArtists`` with the songs that were ``found``, by state and performer."""
    of_these = pl.col("spotify_artist_id").is_in(list(found))
    rows = matched_artists.filter(of_these).iter_rows(named=True)
    changed = [_with_songs(row, found[row["spotify_artist_id"]]) for row in rows]
    changed_rows = frame_of_rows(changed, matched_artists.schema)
    return with_decisions(matched_artists, changed_rows, instead_of=changed_rows)


def _with_songs(row: dict[str, Any], songs: FoundSongs) -> dict[str, Any]:
    known = {track["track_id"] for track in row["found_tracks"]}
    new = [track for track in songs.tracks if track["track_id"] not in known]
    is_new_query = songs.query and songs.query not in row["queries"]
    return {
        **row,
        "queries": [*row["queries"], songs.query] if is_new_query else row["queries"],
        "found_tracks": [*row["found_tracks"], *new],
        "asked_at": max(songs.asked_at, row["asked_at"] or songs.asked_at),
    }


def _credited() -> pl.Expr:
    """Ids of all artists credited on a row's tracks."""
    artists = pl.element().struct.field("artist_ids").list.explode()
    return pl.col("found_tracks").list.eval(artists)


def _query() -> pl.Expr:
    # A quote within the name would end the filter.
    name = pl.col("spotify_artist_name").fill_null("").str.replace_all('"', " ", literal=True)
    return pl.concat_str(pl.lit(_SONG_QUERY), name, pl.lit('"'))
