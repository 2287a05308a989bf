"""Which tracks stand for an artist, and which of them still lack audio features.

What belongs here: picking and ranking tracks out of what a search or Spotify's top tracks said.
What does not: asking for them (``sources.spotify``, ``sources.reccobeats``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import compress, groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.names import normalize
from showlist_assets.domain.tables.audio_features import AudioFeatures
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.top_tracks import TopTracks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Spotify's own top tracks are ten, and so is the most that a search gives in Development Mode.
TRACKS_PER_ARTIST: Final = 10
_ARTIST: Final = ("state", "spotify_artist_id")
SEARCH_COLUMNS: Final = (*_ARTIST, "outcome", "found_tracks", "asked_at", "decided_at")
"""What is taken of ``MatchedArtists`` here."""
WANTED_COLUMNS: Final = ("state", "track_id", "rank")
"""What is taken of ``TopTracks`` to tell which features are wanted."""

# ReccoBeats learns new releases with time ("thin for 2026 releases"): an unknown track is asked
# again after this long, a known one never, because a recording does not change.
ASK_AGAIN_AFTER: Final = timedelta(days=30)

# Whoever is asked again after that long must not get the answer of the last time.
KEPT_ANSWER_HOLDS: Final = ASK_AGAIN_AFTER - timedelta(days=1)


def release_year(release_date: str | None) -> str | None:
    """The year of a release date of any precision; None for "0000", which is Spotify's unknown."""
    year = (release_date or "")[:4]
    return year if year.isdecimal() and year.strip("0") else None


def tracks_from_search(matched_artists: pl.DataFrame) -> pl.DataFrame:
    """``TopTracks`` of the matched artists out of the tracks that their own search returned.

    Development Mode has neither top tracks nor popularity: the order of the answer is the only
    signal. A search for a name mixes in strangers' songs, so a track counts only if the matched
    artist is credited on it.
    """
    own = _own_tracks(matched_artists)
    return _ranked(own, source="spotify_search").filter(pl.col("rank") <= TRACKS_PER_ARTIST)


def tracks_by_popularity(matched_artists: pl.DataFrame) -> pl.DataFrame:
    """``TopTracks`` of the artists whose own search brought ten different songs, best-known first.

    That is as many as Spotify's own top tracks are, so that these need not be asked for
    (docs/adr/0028). A song counts where the artist is credited first and its popularity is told,
    which it is with Extended Quota; of several versions, the best-known one.
    """
    own = (
        _own_tracks(matched_artists)
        .filter(
            (pl.col("artist_ids").list.first() == pl.col("spotify_artist_id"))
            & pl.col("popularity").is_not_null()
        )
        .sort(*_ARTIST, "popularity", descending=[False, False, True], maintain_order=True)
    )
    ranked = _ranked(own, source="spotify_search_by_popularity")
    enough = pl.col("rank").max().over(_ARTIST) >= TRACKS_PER_ARTIST
    return ranked.filter(enough & (pl.col("rank") <= TRACKS_PER_ARTIST))


def _own_tracks(matched_artists: pl.DataFrame) -> pl.DataFrame:
    """Tracks of each matched artist that one search returned, in its order, sorted by artist."""
    found = (
        matched_artists.filter(pl.col("outcome") == "matched")
        .select(*_ARTIST, "found_tracks", ranked_at=pl.coalesce("asked_at", "decided_at"))
        .with_row_index("answer")
        .explode("found_tracks")
        .unnest("found_tracks")
        # Even ``artist:"X"`` mixes strangers in (spotify/web-api#1066, #1227, #1490).
        .filter(pl.col("artist_ids").list.contains(pl.col("spotify_artist_id")))
        .with_columns(credited=pl.len().over("answer"))
        .sort(*_ARTIST, maintain_order=True)
    )
    # Two billed names may mean one artist; the search that found more of it speaks for both.
    speaks = pl.col("answer").sort_by("credited", "answer", descending=[True, False]).first()
    return found.filter(pl.col("answer") == speaks.over(_ARTIST))


def _ranked(own: pl.DataFrame, *, source: str) -> pl.DataFrame:
    """``TopTracks`` of ``own`` tracks in their order, each song once; any number of an artist."""
    songs = own.select(*_ARTIST, "track_name", "isrc").iter_rows()
    by_artist = groupby(songs, key=itemgetter(0, 1))
    is_new = [new for _, group in by_artist for new in _first_hearings(row[2:] for row in group)]
    return (
        own.filter(pl.Series(is_new, dtype=pl.Boolean))
        .with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(_ARTIST))
        .with_columns(track_popularity="popularity", ranking_source=pl.lit(source))
        .select(polars_schema(TopTracks).names())
    )


def _first_hearings(songs: Iterable[tuple[str, str | None]]) -> Iterator[bool]:
    """Whether each song (title, ISRC) is another one than all before it.

    The same recording on a single and on an album is one song: same ISRC, or same title.
    """
    seen: set[str] = set()
    for title, isrc in songs:
        marks = {f"title:{normalize(title)}"}
        if isrc:
            marks.add(f"isrc:{isrc}")
        is_new = not marks & seen
        if is_new:
            seen |= marks
        yield is_new


def ranked_rows(
    state: str,
    artist_id: str,
    tracks: Iterable[Mapping[str, Any]],
    *,
    source: str,
    ranked_at: datetime,
) -> list[dict[str, Any]]:
    """Rows of ``TopTracks``: the first ten different songs of ``tracks``, in order."""
    given = list(tracks)
    is_new = _first_hearings((track["track_name"], track["isrc"]) for track in given)
    songs = islice(compress(given, is_new), TRACKS_PER_ARTIST)
    return [
        {
            "state": state,
            "spotify_artist_id": artist_id,
            "track_id": track["track_id"],
            "rank": rank,
            "track_name": track["track_name"],
            "artist_names": track["artist_names"],
            "album_name": track["album_name"],
            "album_image_url": track["album_image_url"],
            "release_date": track["release_date"],
            "duration_ms": track["duration_ms"],
            "explicit": track["explicit"],
            "isrc": track["isrc"],
            "track_popularity": track["popularity"],
            "ranking_source": source,
            "ranked_at": ranked_at,
        }
        for rank, track in enumerate(songs, start=1)
    ]


def artists_without_top_tracks(
    matched_artists: pl.DataFrame, known: pl.DataFrame
) -> list[tuple[str, str]]:
    """(state, artist id) of matched artists of whom ``known`` has no ranking of its own."""
    ranked = known.filter(pl.col("ranking_source") != "spotify_search")
    missing = _artists(matched_artists).join(ranked, on="spotify_artist_id", how="anti")
    return [(row[0], row[1]) for row in missing.iter_rows()]


def artists_without_tracks(matched_artists: pl.DataFrame, top_tracks: pl.DataFrame) -> pl.DataFrame:
    """State and id of every matched artist of whom ``TopTracks`` has no track in that state."""
    return _artists(matched_artists).join(top_tracks, on=_ARTIST, how="anti")


def known_top_tracks(matched_artists: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Stored ``TopTracks`` from Spotify's own ranking, copied to every state that needs them."""
    newest = (
        known.filter(pl.col("ranking_source") == "spotify_top_tracks")
        # One answer as a whole: of two, each has a track that ranks first.
        .filter(pl.col("ranked_at") == pl.col("ranked_at").max().over("spotify_artist_id"))
        .unique(["spotify_artist_id", "track_id"], maintain_order=True)
    )
    return (
        newest.drop("state")
        .join(_artists(matched_artists), on="spotify_artist_id")
        .select(polars_schema(TopTracks).names())
        .sort("state", "spotify_artist_id", "rank")
    )


def _artists(matched_artists: pl.DataFrame) -> pl.DataFrame:
    """State and id of every matched artist, each once, sorted."""
    matched = matched_artists.filter(pl.col("outcome") == "matched")
    return matched.select("state", "spotify_artist_id").unique().sort("state", "spotify_artist_id")


def features_to_keep(wanted: pl.DataFrame, known: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    """Stored ``AudioFeatures`` that still hold, one row for each (state, track) of ``wanted``.

    Args:
        wanted: ``state`` and ``track_id`` of the tracks the run is about.
        known: Every stored ``AudioFeatures`` row, of any state.
        now: Decides which unknown tracks are asked again (``ASK_AGAIN_AFTER``).
    """
    holding = (
        known.filter(pl.col("is_known") | (pl.col("asked_at") > now - ASK_AGAIN_AFTER))
        .sort("is_known", "asked_at", descending=True)
        .unique("track_id", keep="first", maintain_order=True)
    )
    return (
        holding.drop("state")
        .join(wanted.select("state", "track_id").unique(), on="track_id")
        .select(polars_schema(AudioFeatures).names())
        .sort("state", "track_id")
    )


def tracks_to_ask(wanted: pl.DataFrame, kept: pl.DataFrame) -> list[str]:
    """Track ids of ``wanted`` without a row in ``kept``, each once, best-known tracks first."""
    missing = wanted.join(kept.select("track_id").unique(), on="track_id", how="anti")
    return (
        # Asking may stop early; then the tracks that playlists use have their features.
        missing.sort("rank", "track_id")
        .get_column("track_id")
        .unique(maintain_order=True)
        .to_list()
    )


def features_frame(
    wanted: pl.DataFrame,
    answers: Mapping[str, Mapping[str, float | int | None]],
    asked: Iterable[str],
    *,
    source: str,
    asked_at: datetime,
) -> pl.DataFrame:
    """``AudioFeatures`` of the tracks just asked, in every state of ``wanted`` that has them.

    A track that was asked and is missing from ``answers`` gets a row too, so that nobody asks
    again tomorrow.
    """
    rows = [
        {
            "track_id": track_id,
            "is_known": track_id in answers,
            **answers.get(track_id, {}),
            "features_source": source,
            "asked_at": asked_at,
        }
        for track_id in asked
    ]
    schema = polars_schema(AudioFeatures)
    frame = pl.DataFrame(rows, schema={k: v for k, v in schema.items() if k != "state"})
    states = wanted.select("state", "track_id").unique()
    return frame.join(states, on="track_id").select(schema.names()).sort("state", "track_id")
