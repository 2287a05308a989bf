"""What a run achieved, read back from the stored tables, for people and for machines."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.domain.tables.measures import share
from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from rich.console import Console

    from showlist_assets.storage.tables import TableStore


@dataclass
class Summary:
    """The figures of some states.

    ``listings`` are those of the shows by source, ``listed_twice`` the shows that have several, and
    ``calls`` API calls by service, playlists left out.
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
    matched = store.read("matched_artists", states)
    people = matched.sort("decided_at").unique("performer_key", keep="last")
    features = store.read("audio_features", states).unique("track_id")
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
        reused={
            "decisions": people.filter(
                (pl.col("outcome") != "pending") & (pl.col("decided_at") < started)
            ).height,
            "audio_features": features.filter(pl.col("asked_at") < started).height,
        },
        next_shows=_next_shows(upcoming),
    )


def _counts(values: pl.Series) -> dict[str, int]:
    counted = values.alias("value").value_counts(sort=True)
    return dict(counted.iter_rows())


def _next_shows(upcoming: pl.DataFrame) -> list[dict[str, Any]]:
    """The ten soonest shows, each by its headliner's best-known track."""
    soonest = (
        upcoming.filter(pl.col("local_date").is_not_null() & pl.col("track_id").is_not_null())
        .sort("local_date", "starts_at", "billing", "track_rank", nulls_last=True)
        .unique("show_id", keep="first", maintain_order=True)
        .head(10)
    )
    return [
        {
            "date": row["local_date"].isoformat(),
            "time": f"{start:%H:%M}" if (start := row["starts_at_local"]) else "",
            "performer": row["performer_name"],
            "venue": row["venue_name"],
            "city": row["venue_city"],
            "state": row["state"],
            "top_track": row["track_name"],
            "track_url": row["track_url"],
            "ticket_url": row["ticket_url"],
        }
        for row in soonest.iter_rows(named=True)
    ]


def print_summary(summary: Summary, console: Console, *, open_ui: str) -> None:
    """Print ``summary``; ``open_ui`` is the command that shows the runs in Dagster's UI."""
    console.print()
    console.rule(f"Showlist: {', '.join(summary.states)} in {summary.seconds:.0f} s")
    console.print(_figures(summary))
    if summary.reasons:
        console.print(_reasons(summary))
    if summary.next_shows:
        console.print(_shows_table(summary))
    else:
        console.print("No upcoming show with a track was found in these states.")
    if summary.playlist:
        console.print(_playlist_table(summary))
    console.print(f"Tables   [bold]{summary.warehouse}[/bold]", soft_wrap=True, highlight=False)
    one_liner = (
        f"import duckdb; print(duckdb.connect('{summary.warehouse}', read_only=True)"
        f".sql('{summary.query}'))"
    )
    console.print(f'Try      {sys.executable} -c "{one_liner}"', soft_wrap=True, highlight=False)
    console.print(f"See it   [bold]{open_ui}[/bold]", soft_wrap=True, highlight=False)


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


def _figures(summary: Summary) -> Any:
    from rich.table import Table

    figures = Table.grid(padding=(0, 2))
    outcomes, reused = summary.outcomes, summary.reused
    rows = {
        "Listings": ", ".join(f"{n} of {name}" for name, n in summary.listings.items()) or "none",
        "Shows": f"{summary.shows} became of these, {summary.listed_twice} of them of several; "
        f"{summary.upcoming_rows} rows in upcoming_shows",
        "Performers": f"{summary.performers}: {outcomes['matched']} matched, "
        f"{outcomes['rejected']} rejected, {outcomes['pending']} pending",
        "Tracks": f"{summary.tracks}, audio features for {summary.feature_coverage:.0%}",
        "API calls": ", ".join(f"{name} {count}" for name, count in summary.calls.items())
        or "none",
        "Reused": f"{reused['decisions']} decisions and {reused['audio_features']} tracks' "
        "features from earlier runs"
        if any(reused.values())
        else "nothing yet: this was the first run",
        "Set aside": ", ".join(f"{n} rows of {t}" for t, n in summary.rejected_rows.items())
        or "no bad rows",
    }
    for name, text in rows.items():
        figures.add_row(f"[bold]{name}[/bold]", text)
    return figures


def _reasons(summary: Summary) -> Any:
    from rich.table import Table

    table = Table(title="Why performers were not matched", title_justify="left", box=None)
    table.add_column("performers", justify="right")
    table.add_column("reason")
    for reason, count in list(summary.reasons.items())[:6]:
        table.add_row(str(count), reason)
    left = sum(list(summary.reasons.values())[6:])
    if left:
        table.add_row(str(left), "other reasons: see the view unmatched_performers")
    return table


def _playlist_table(summary: Summary) -> Any:
    from rich.markup import escape
    from rich.table import Table

    tracks = summary.playlist["tracks"]
    title = f"The listener's playlist: {escape(summary.playlist['title'])} ({len(tracks)} tracks)"
    table = Table(title=title, title_justify="left", box=None, show_header=False)
    for position, label in enumerate(tracks[:10], start=1):
        table.add_row(str(position), escape(label))
    if len(tracks) > 10:
        table.add_row("", f"... and {len(tracks) - 10} more")
    return table


def _shows_table(summary: Summary) -> Any:
    from rich.table import Table

    table = Table(title="The next shows", title_justify="left", box=None)
    for column in ("date", "performer", "where", "listen to"):
        table.add_column(column)
    for show in summary.next_shows:
        where = f"{show['venue']}, {show['city']} {show['state']}"
        table.add_row(f"{show['date']} {show['time']}", show["performer"], where, show["top_track"])
    return table
