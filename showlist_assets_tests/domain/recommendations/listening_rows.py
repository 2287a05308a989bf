"""Rows of the listeners' tables, with what a test does not care about filled in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.registry import LISTENER_TABLES
from showlist_assets.domain.tables.similarity.registry import SIMILARITY_TABLES
from showlist_assets_tests.clock import NOW


def frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of a listener's table, or of one that all listeners share; the rest is null."""
    schema = polars_schema({**LISTENER_TABLES, **SIMILARITY_TABLES}[table])
    return pl.DataFrame(rows, schema=schema)


def listens(*plays: dict[str, Any]) -> pl.DataFrame:
    """Plays: ``artist`` and, where told, ``mbid``, ``spotify``, ``times`` and ``days`` ago."""
    rows: list[dict[str, Any]] = []
    for play in plays:
        for _ in range(play.get("times", 1)):
            number = len(rows)
            started = NOW - timedelta(days=play.get("days", 1), minutes=5 * number)
            rows.append(
                {
                    "listen_id": f"listen-{number}",
                    "track_key": f"name:{play['artist']}|{play.get('title', 'Song')}",
                    "started_at": started,
                    "ended_at": started + timedelta(minutes=3),
                    "exact": "interval",
                    "ms_played": 180_000,
                    "artist_mbids": [play["mbid"]] if play.get("mbid") else [],
                    "spotify_artist_ids": [play["spotify"]] if play.get("spotify") else [],
                    "track_name": play.get("title", "Song"),
                    "artist_name": play["artist"],
                    "sources": ["listenbrainz"],
                    "identified_by": "name",
                }
            )
    return frame("listens", rows)


def top_artists(*names: str, time_range: str = "medium_term") -> pl.DataFrame:
    """Spotify's list, the most played first; each artist's id is sp-NAME."""
    rows = [
        {
            "time_range": time_range,
            "rank": rank,
            "spotify_artist_id": f"sp-{name}",
            "artist_name": name,
            "asked_at": NOW,
        }
        for rank, name in enumerate(names, start=1)
    ]
    return frame("top_artists", rows)


def said(*words: tuple[str, str], said_by: str = "command") -> pl.DataFrame:
    """Feedback as pairs of a name and a verdict."""
    rows = [
        {
            "artist_key": f"name:{name.lower()}",
            "artist_name": name,
            "verdict": verdict,
            "said_by": said_by,
            "said_at": NOW,
        }
        for name, verdict in words
    ]
    return frame("taste_feedback", rows)


def neighbours(*pairs: tuple[str, str, float], algorithm: str = "counted") -> pl.DataFrame:
    """Pairs of MBIDs with how often they are played together; a name is the MBID in capitals."""
    rows = [
        {
            "artist_mbid": one,
            "neighbour_mbid": other,
            "neighbour_name": other.upper(),
            "score": score,
            "algorithm": algorithm,
            "fetched_at": NOW,
        }
        for one, other, score in pairs
    ]
    return frame("artist_neighbours", rows)


def ids(**mbids: str | None) -> pl.DataFrame:
    """MBIDs by Spotify's id, of which the name is without its sp-."""
    rows = [
        {
            "spotify_artist_id": f"sp-{name}",
            "artist_mbid": mbid,
            "how": "spotify_url" if mbid else "none",
            "asked_at": NOW,
        }
        for name, mbid in mbids.items()
    ]
    return frame("artist_ids", rows)


def people(**counts: int | None) -> pl.DataFrame:
    """How many people play each artist, by MBID."""
    rows = [
        {"artist_mbid": mbid, "listeners": count, "listens": None, "fetched_at": NOW}
        for mbid, count in counts.items()
    ]
    return frame("artist_listeners", rows)
