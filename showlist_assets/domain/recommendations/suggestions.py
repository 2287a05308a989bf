"""Songs that a listener may like and does not play, by who plays what they played last.

What belongs here: which songs it begins with, the score, and which suggestions are of no use. What
does not: asking who plays what (``services.taste.suggestions``) and the playlist that is made of
it (``domain.playlists.discovering``).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.names import normalize
from showlist_assets.domain.recommendations.artist_keys import ids_of
from showlist_assets.domain.recommendations.neighbours import parts_of_scores

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

SEEDS_SINCE: Final = timedelta(days=30)
"""How far back the songs go that it begins with."""
HEARD_SINCE: Final = timedelta(days=90)
"""What was played since then needs no suggestion."""
_HALF_LIFE_DAYS: Final = 30
_NAMED: Final = 3
_BETWEEN_NAMES: Final = re.compile(
    r"\s*[,;&+/\u00d7]\s*|\s+(?:and|feat|ft|featuring|with|vs|x)\b\.?\s*", re.IGNORECASE
)


def seeds_of(
    listens: pl.DataFrame, recording_ids: pl.DataFrame, *, as_of: datetime
) -> pl.DataFrame:
    """The songs that suggestions begin with, the one that counts most first.

    Args:
        listens: ``Listens``.
        recording_ids: ``RecordingIds``: what songs are on MusicBrainz that no source said it of.
        as_of: The present (UTC).

    Returns:
        recording, artist_name, track_name, artist (its first MBID, null where unknown), weight.
    """
    age = (pl.lit(as_of) - pl.col("started_at")).dt.total_seconds() / 86_400
    recent = _identified(listens, recording_ids).filter(
        pl.col("started_at") > as_of - SEEDS_SINCE, pl.col("started_at") <= as_of
    )
    return (
        recent.drop_nulls("recording")
        .with_columns(plays=(-age / _HALF_LIFE_DAYS * pl.lit(2.0).log()).exp())
        .sort("started_at", "listen_id")
        .group_by("recording", maintain_order=True)
        .agg(
            pl.col("artist_name", "track_name").last(),
            artist=pl.col("artists").list.first().drop_nulls().last(),
            weight=pl.col("plays").sum().log1p(),
        )
        .sort("weight", "recording", descending=[True, False])
    )


def suggest(
    seeds: pl.DataFrame,
    neighbours: pl.DataFrame,
    listeners: pl.DataFrame,
    *,
    heard: pl.DataFrame,
    blocked: Collection[str],
) -> pl.DataFrame:
    """Every song that is played together with one of ``seeds``, the best first.

    A song's popularity is not told by anybody: its artist's stands for it.

    Args:
        seeds: Of ``seeds_of``.
        neighbours: ``RecordingNeighbours``.
        listeners: ``ArtistListeners``.
        heard: Of ``heard_lately``.
        blocked: MBIDs of artists, and their names as ``normalize`` leaves them.

    Returns:
        recording_mbid, track_name, artist_name, artist_mbids, score, because, and status, which is
        ``no id`` where nothing else speaks against the song: nobody was asked for its id yet.
    """
    songs = _songs(neighbours).filter(~pl.col("recording_mbid").is_in(seeds["recording"].implode()))
    parts = parts_of_scores(
        seeds.select("weight", artist="recording"),
        neighbours.select("score", artist="recording_mbid", neighbour="neighbour_mbid"),
        _listeners_of_songs(seeds, songs, listeners),
        songs["recording_mbid"],
    )
    scored = _scored(parts, seeds)
    found = songs.join(scored, left_on="recording_mbid", right_on="candidate", how="inner")
    return (
        found.with_columns(status=_status(found, heard, blocked))
        .sort("score", "recording_mbid", descending=[True, False])
        .select(
            "recording_mbid",
            "track_name",
            "artist_name",
            "artist_mbids",
            "score",
            "because",
            "status",
        )
    )


def _scored(parts: pl.DataFrame, seeds: pl.DataFrame) -> pl.DataFrame:
    """candidate, score, because: each seed gives away its weight and no more.

    Otherwise the one seed whose artist hardly anybody plays would choose the whole playlist.
    """
    told = seeds.select(
        "artist_name",
        "weight",
        artist="recording",
        song=pl.format("{}: {}", pl.col("artist_name"), pl.col("track_name")),
    )
    share = pl.col("part") / pl.col("part").sum().over("artist")
    given = parts.join(told, on="artist").with_columns(given=pl.col("weight") * share)
    best_first = given.sort("candidate", "given", "artist", descending=[False, True, False])
    # A song of each artist: three songs of one would say little more than one.
    named = best_first.unique(["candidate", "artist_name"], keep="first", maintain_order=True)
    songs = named.group_by("candidate", maintain_order=True).agg(
        because=pl.col("song").head(_NAMED)
    )
    scores = best_first.group_by("candidate", maintain_order=True).agg(score=pl.col("given").sum())
    return scores.join(songs, on="candidate")


def blocked_artists(
    feedback: pl.DataFrame, taste: pl.DataFrame, artist_ids: pl.DataFrame
) -> set[str]:
    """MBIDs and names (``normalize``) of the artists whom a listener never wants.

    Args:
        feedback: ``TasteFeedback``: what was said counts at once.
        taste: ``Taste`` as it was made last, which knows more ids of an artist than was said.
        artist_ids: ``ArtistIds``.
    """
    said = feedback.filter(pl.col("verdict") == "block")
    names = {normalize(name) for name in said["artist_name"]}
    ids = [ids_of(key) for key in said["artist_key"]]
    of_names = pl.Series([normalize(name) for name in taste["artist_name"]], dtype=pl.String)
    spotify_ids = [spotify for _, spotify in ids if spotify]
    known = taste.filter(
        of_names.is_in(list(names)) | pl.col("spotify_artist_id").is_in(spotify_ids)
    )
    spotify_ids += known["spotify_artist_id"].drop_nulls().to_list()
    linked = artist_ids.filter(pl.col("spotify_artist_id").is_in(spotify_ids))
    mbids = {*known["artist_mbid"].drop_nulls(), *linked["artist_mbid"].drop_nulls()}
    return names | mbids | {mbid for mbid, _ in ids if mbid}


def are_by_any_of(songs: pl.DataFrame, artists: Collection[str]) -> pl.Series:
    """Whether each of ``songs`` is by one of ``artists`` (MBIDs and names), or one takes part."""
    rows = songs.select("artist_name", "artist_mbids").iter_rows()
    wanted = frozenset(artists)
    return pl.Series(
        [
            not wanted.isdisjoint(mbids or ())
            or any(normalize(one) in wanted for one in _credited(name, len(mbids or ())))
            for name, mbids in rows
        ],
        dtype=pl.Boolean,
    )


def _credited(credit: str, artists: int) -> list[str]:
    """Whatever may be a name in ``credit``, which names so many ``artists``."""
    if artists < 2:
        # "Simon & Garfunkel" is one artist, and no song of Simon's.
        return [credit]
    gaps = [found.span() for found in _BETWEEN_NAMES.finditer(credit)]
    begins, ends = [0, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(credit)]
    # A name may hold a comma itself: "Tyler, The Creator".
    return [credit[a:b] for n, a in enumerate(begins) for b in ends[n:]]


def heard_lately(
    listens: pl.DataFrame, recording_ids: pl.DataFrame, *, as_of: datetime
) -> pl.DataFrame:
    """What was played of late: recording (null where unknown) and name_key."""
    lately = _identified(listens, recording_ids).filter(pl.col("started_at") > as_of - HEARD_SINCE)
    return lately.select("recording", name_key=_name_keys(lately)).unique()


def _identified(listens: pl.DataFrame, recording_ids: pl.DataFrame) -> pl.DataFrame:
    """``listens`` with recording and artists, as far as a source or ListenBrainz told them."""
    looked_up = recording_ids.select(
        "track_key", looked_up="recording_mbid", looked_up_artists="artist_mbids"
    )
    told = pl.col("artist_mbids")
    return listens.join(looked_up, on="track_key", how="left").with_columns(
        recording=pl.coalesce("recording_mbid", "looked_up"),
        artists=pl.when(told.list.len() > 0).then(told).otherwise(pl.col("looked_up_artists")),
    )


def _songs(neighbours: pl.DataFrame) -> pl.DataFrame:
    """Each neighbour once, with what it is called."""
    return (
        neighbours.filter(pl.col("recording_mbid") != pl.col("neighbour_mbid"))
        .drop_nulls(["neighbour_name", "artist_name"])
        .sort("neighbour_mbid", "fetched_at", "recording_mbid")
        .unique("neighbour_mbid", keep="last", maintain_order=True)
        .select(
            "artist_name",
            "artist_mbids",
            recording_mbid="neighbour_mbid",
            track_name="neighbour_name",
        )
    )


def _listeners_of_songs(
    seeds: pl.DataFrame, songs: pl.DataFrame, listeners: pl.DataFrame
) -> pl.DataFrame:
    """How many people play the first artist of each song."""
    of_seeds = seeds.select(song="recording", artist_mbid="artist")
    of_songs = songs.select(song="recording_mbid", artist_mbid=pl.col("artist_mbids").list.first())
    each = pl.concat([of_seeds, of_songs]).unique("song", keep="first", maintain_order=True)
    return each.join(listeners, on="artist_mbid", how="left").select("listeners", artist="song")


def _status(songs: pl.DataFrame, heard: pl.DataFrame, blocked: Collection[str]) -> pl.Series:
    of_blocked = are_by_any_of(songs, blocked)
    was_heard = songs["recording_mbid"].is_in(heard["recording"].drop_nulls().implode()) | (
        _name_keys(songs).is_in(heard["name_key"].implode())
    )
    status = pl.when(of_blocked).then(pl.lit("blocked"))
    return songs.select(
        status.when(was_heard).then(pl.lit("heard")).otherwise(pl.lit("no id")).alias("status")
    ).to_series()


def _name_keys(rows: pl.DataFrame) -> pl.Series:
    """What the same song of the same artist has in common under any id."""
    keys = [
        f"{normalize(artist)}\n{normalize(title)}"
        for artist, title in rows.select("artist_name", "track_name").iter_rows()
    ]
    return pl.Series("name_key", keys, dtype=pl.String)
