"""What a run achieved, read back from the stored tables, as figures.

How they are printed is ``demo_page``'s.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.cli.demo_listener import ACCOUNT, RECIPE
from showlist_assets.domain.tables.measures import share
from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from showlist_assets.services.playlists.history import PushRow
    from showlist_assets.storage.tables import TableStore
    from showlist_assets.wiring import Platform


@dataclass
class Summary:
    """The figures of some states.

    ``listings`` are those of the shows by source, ``listed_twice`` the shows that have several, and
    ``calls`` API calls by service, playlists and the ``story`` left out. ``told_before`` is the day
    (ISO 8601) on which an earlier story ended, ``pages`` where the playlist's calendar and digest
    lie. ``taste`` is what was learned of the listener (``demo_taste``), ``discovered`` the playlist
    of songs that they do not play yet, with why its first one is there.
    """

    states: list[str]
    shows: int = 0
    listings: dict[str, int] = field(default_factory=dict)
    listed_twice: int = 0
    performers: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    tracks: int = 0
    feature_coverage: float = 1.0
    upcoming_rows: int = 0
    rejected_rows: dict[str, int] = field(default_factory=dict)
    reused: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    next_shows: list[dict[str, Any]] = field(default_factory=list)
    playlist: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    warehouse: str = ""
    query: str = ""
    dagster_home: str = ""
    story: dict[str, Any] = field(default_factory=dict)
    told_before: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    taste: dict[str, Any] = field(default_factory=dict)
    discovered: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The summary with plain types only."""
        return asdict(self)


def summarize(store: TableStore, states: list[str], *, started: datetime) -> Summary:
    """Read the figures of ``states`` back from the record.

    Args:
        store: The record.
        states: USPS codes.
        started: When the run began (UTC): what was decided before it was reused.
    """
    people, features = _performers(store, states), _features(store, states)
    upcoming = store.read("upcoming_shows", states)
    rejected = store.read_rejected().filter(pl.col("state").is_in(states))
    shows = store.read("shows", states)
    refused = people.filter(pl.col("outcome") != "matched")
    return Summary(
        states=states,
        shows=shows.height,
        listings=_counts(
            shows.get_column("listings").explode().drop_nulls().struct.field("source")
        ),
        listed_twice=shows.filter(pl.col("listings").list.len() > 1).height,
        performers=people.height,
        outcomes={
            name: people.filter(pl.col("outcome") == name).height
            for name in ("matched", "rejected", "pending")
        },
        reasons=_counts(refused.get_column("reason")),
        tracks=features.height,
        feature_coverage=share(features.filter("is_known").height, features.height),
        upcoming_rows=upcoming.height,
        rejected_rows=_counts(rejected.get_column("table")),
        reused=_reused(people, features, started),
        next_shows=_next_shows(upcoming),
    )


def reused_since(store: TableStore, states: list[str], *, started: datetime) -> dict[str, int]:
    """How many decisions and audio features of ``states`` are older than ``started`` (UTC)."""
    return _reused(_performers(store, states), _features(store, states), started)


def _performers(store: TableStore, states: list[str]) -> pl.DataFrame:
    matched = store.read("matched_artists", states)
    return matched.sort("decided_at").unique("performer_key", keep="last")


def _features(store: TableStore, states: list[str]) -> pl.DataFrame:
    return store.read("audio_features", states).unique("track_id")


def _reused(people: pl.DataFrame, features: pl.DataFrame, started: datetime) -> dict[str, int]:
    decided = pl.col("outcome") != "pending"
    return {
        "decisions": people.filter(decided & (pl.col("decided_at") < started)).height,
        "audio_features": features.filter(pl.col("asked_at") < started).height,
    }


def _counts(values: pl.Series) -> dict[str, int]:
    counted = values.alias("value").value_counts(sort=True)
    return dict(counted.iter_rows())


def _next_shows(upcoming: pl.DataFrame) -> list[dict[str, Any]]:
    """The ten soonest shows as a listener meets them, each by its headliner's best-known track."""
    by_time = ["local_date", "starts_at_local", "state", "venue_name", "show_id"]
    evening = ["local_date", "state", "venue_name", "performer_name"]
    soonest = (
        upcoming.filter(pl.col("local_date").is_not_null() & pl.col("track_id").is_not_null())
        .sort(*by_time, "billing", "track_rank", nulls_last=True)
        .unique("show_id", keep="first", maintain_order=True)
        .with_columns(of=pl.len().over(evening), number=pl.int_range(1, pl.len() + 1).over(evening))
        .head(10)
    )
    return [
        {
            "date": row["local_date"].isoformat(),
            "time": f"{start:%H:%M}" if (start := row["starts_at_local"]) else "",
            "doors": f"{doors:%H:%M}" if (doors := row["doors_at_local"]) else "",
            "performer": row["performer_name"],
            # An early and a late show have the same bill and, where no time is known, nothing else.
            "set": f"show {row['number']} of {row['of']} that evening" if row["of"] > 1 else "",
            "venue": row["venue_name"],
            "city": row["venue_city"],
            "state": row["state"],
            "lowest_price": row["lowest_price"],
            "top_track": row["track_name"],
            "track_url": row["track_url"],
            "ticket_url": row["ticket_url"],
        }
        for row in soonest.iter_rows(named=True)
    ]


def playlist_of(
    platform: Platform,
    *,
    of: str = RECIPE,
    before: PushRow | None = None,
    requests: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """The demo's playlist as it was written last, with the show behind each song.

    Args:
        platform: Whose history of pushes.
        of: The recipe.
        before: The last push before this one, if any: what it wrote is no news.
        requests: What the push took; entered as given.
    """
    row = platform.history.last(of, ACCOUNT)
    if row is None or row.playlist_id is None:
        return {}
    same = before is not None and before.playlist_id == row.playlist_id
    were = {track.uri for track in before.ours} if before and same else set()
    are = {track.uri for track in row.ours}
    news = {"added": len(are - were), "removed": len(were - are), "kept": len(were & are)}
    return {
        "title": row.details.title,
        "url": row.playlist_url,
        "tracks": [track.label for track in row.ours],
        "songs": [
            {
                "song": track.label,
                "date": track.local_date.isoformat(),
                "venue": track.venue_name,
                "city": track.venue_city or "",
                "state": track.state,
            }
            for track in row.ours
        ],
        # Without a push there is nothing to compare.
        **({**news, **requests} if requests else {}),
    }


def write_json(path: Path, summary: Summary) -> None:
    """Write ``summary`` for a machine.

    Raises:
        StorageError: the file cannot be written.
    """
    try:
        path.write_text(json.dumps(summary.as_json(), indent=2, ensure_ascii=False))
    except OSError as error:
        raise StorageError(
            f"Cannot write the summary to {path}: {error.strerror}. The run itself succeeded; give "
            "--json a file in a folder that exists."
        ) from error
