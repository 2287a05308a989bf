"""A made-up listener, and what three sources tell of two years of plays, with their faults.

Every fault was reported of a real source: doubles and late rows of Spotify's files, plays without a
connection that carry the time of their upload, missing rows and starts told as ends among recently
played tracks, starts or ends and other names at ListenBrainz.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import polars as pl

from showlist_assets.domain.listening.reports import SHORTEST_PLAY_MS, as_reports

BEGIN: Final = datetime(2024, 1, 1, tzinfo=UTC)
_TRACKS: Final = 2400
_ARTISTS: Final = 420


@dataclass(frozen=True)
class Faults:
    """Shares of rows, and how late what is late comes."""

    poll_at_start: float = 0.05
    poll_missing: float = 0.02
    poll_missing_offline: float = 0.5
    export_doubles: float = 0.015
    export_late_doubles: float = 0.03
    offline: float = 0.06
    listenbrainz_at_end: float = 0.3
    listenbrainz_missing: float = 0.01
    listenbrainz_renamed: float = 0.03
    listenbrainz_without_id: float = 0.6


@dataclass(frozen=True)
class Track:
    """A song with an id on Spotify; on MusicBrainz, as mostly, it has one of its own."""

    track_id: str
    artist: str
    title: str
    duration_ms: int
    mbid: str | None


@dataclass(frozen=True)
class Play:
    """What really happened."""

    track: Track
    started_at: datetime
    ms_played: int
    offline: bool

    @property
    def ended_at(self) -> datetime:
        return self.started_at + timedelta(milliseconds=self.ms_played)

    @property
    def counts(self) -> bool:
        return self.ms_played >= SHORTEST_PLAY_MS


@dataclass
class GeneratedListener:
    """Plays and what each source told of them.

    Attributes:
        plays: In order of time, also those that are too short to count.
        reports: ``ListenReports`` by source.
    """

    seed: int
    days: int = 730
    plays_a_day: float = 18.7
    faults: Faults = Faults()
    plays: list[Play] = field(init=False)
    reports: dict[str, pl.DataFrame] = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        tracks = [self._track(number) for number in range(_TRACKS)]
        self.plays = list(self._played(tracks))
        told = {
            "spotify_poll": self._polled(),
            "spotify_export": self._exported(),
            "listenbrainz": self._scrobbled(),
        }
        self.reports = {
            source: as_reports(rows, source=source, import_id=source, received_at=BEGIN)
            for source, rows in told.items()
        }

    @property
    def truth(self) -> pl.DataFrame:
        """track (Spotify's id) and started_at of every play that counts."""
        rows = [(play.track.track_id, play.started_at) for play in self.plays if play.counts]
        return pl.DataFrame(rows, schema=["track", "started_at"], orient="row").with_columns(
            pl.col("started_at").cast(pl.Datetime("us", "UTC"))
        )

    def _track(self, number: int) -> Track:
        rng = self._random
        duration = int(min(900, max(45, rng.gauss(215, 60))) * 1000)
        mbid = f"00000000-0000-4000-8000-{number:012d}" if rng.random() < 0.85 else None
        artist = f"Act {rng.randrange(_ARTISTS)}"
        return Track(f"{number:022d}", artist, f"Song {number}", duration, mbid)

    def _played(self, tracks: list[Track]) -> Any:
        rng = self._random
        weights = [1 / (1 + rank) ** 0.7 for rank in range(len(tracks))]
        for day in range(self.days):
            left = int(rng.expovariate(1 / self.plays_a_day))
            while left > 0:
                at = BEGIN + timedelta(days=day, hours=rng.uniform(6, 24))
                session = min(left, 1 + int(rng.expovariate(1 / 8)))
                is_offline = rng.random() < self.faults.offline
                left -= session
                chosen = rng.choices(tracks, weights, k=session)
                for number, track in enumerate(chosen):
                    # Now and then somebody hears a song again at once.
                    one = chosen[number - 1] if number and rng.random() < 0.02 else track
                    heard = one.duration_ms if rng.random() < 0.8 else self._cut_short(one)
                    yield Play(one, at, heard, is_offline)
                    at += timedelta(milliseconds=heard + rng.choice((0, 0, 500, 2000)))

    def _cut_short(self, track: Track) -> int:
        if self._random.random() < 0.72:
            return self._random.randrange(1000, SHORTEST_PLAY_MS)
        return self._random.randrange(SHORTEST_PLAY_MS, track.duration_ms)

    def _polled(self) -> list[dict[str, Any]]:
        faults, rng, rows = self.faults, self._random, []
        for play in self.plays:
            missing = faults.poll_missing_offline if play.offline else faults.poll_missing
            if not play.counts or rng.random() < missing:
                continue
            at_start = rng.random() < faults.poll_at_start
            rows.append(
                {
                    "reported_at": play.started_at if at_start else play.ended_at,
                    "reported_means": "end",
                    "track_name": play.track.title,
                    "artist_name": play.track.artist,
                    "spotify_track_id": play.track.track_id,
                    "duration_ms": play.track.duration_ms,
                }
            )
        # What was looked at before is told again.
        return rows + rng.sample(rows, len(rows) // 20)

    def _exported(self) -> list[dict[str, Any]]:
        faults, rng, rows = self.faults, self._random, []
        for play in self.plays:
            if not play.counts:
                continue
            # The file knows seconds.
            end = play.ended_at.replace(microsecond=0)
            told_at = end + timedelta(hours=rng.uniform(0.1, 72)) if play.offline else end
            row = {
                "reported_at": told_at,
                "reported_means": "end",
                "offline_at": end if play.offline else None,
                "track_name": play.track.title,
                "artist_name": play.track.artist,
                "spotify_track_id": play.track.track_id,
                "ms_played": play.ms_played,
            }
            rows.append(row)
            if rng.random() < faults.export_doubles:
                rows.append(row)
            elif rng.random() < faults.export_late_doubles:
                late = timedelta(seconds=rng.uniform(1, 60))
                rows.append(row | {"reported_at": told_at + late, "offline_at": row["offline_at"]})
        rng.shuffle(rows)
        return rows

    def _scrobbled(self) -> list[dict[str, Any]]:
        faults, rng, rows = self.faults, self._random, []
        for play in self.plays:
            if not play.counts or rng.random() < faults.listenbrainz_missing:
                continue
            track, at_end = play.track, rng.random() < faults.listenbrainz_at_end
            title = track.title
            if rng.random() < faults.listenbrainz_renamed:
                added = (" - 2011 Remaster", " (feat. Guest)", " (Deluxe Version)", " Pt. 2")
                title += rng.choice(added)
            moment = play.ended_at if at_end else play.started_at
            has_id = rng.random() >= faults.listenbrainz_without_id
            rows.append(
                {
                    "reported_at": moment.replace(microsecond=0),
                    "reported_means": "start",
                    "track_name": title,
                    "artist_name": track.artist,
                    "spotify_track_id": track.track_id if has_id else None,
                    "recording_mbid": track.mbid,
                    "duration_ms": track.duration_ms if rng.random() < 0.7 else None,
                }
            )
        return rows


@dataclass(frozen=True)
class Outcome:
    """Shares of the true plays: told more than once, and not told."""

    doubles: float
    lost: float


def compare(listens: pl.DataFrame, truth: pl.DataFrame) -> Outcome:
    """How many of the plays in ``truth`` are in ``listens`` twice, or not at all.

    A play counts as found by the nearest listen of its track that is not another play's, within a
    song's length of it.
    """
    found: dict[str, list[float]] = {}
    names = listens.select("spotify_track_id", "track_name", "started_at")
    for track, name, at in names.iter_rows():
        found.setdefault(track or _numbered(name), []).append(at.timestamp())
    lost = extra = 0
    wanted: dict[str, list[float]] = {}
    for track, at in truth.iter_rows():
        wanted.setdefault(track, []).append(at.timestamp())
    for track in wanted.keys() | found.keys():
        missed, over = _matched(sorted(wanted.get(track, [])), sorted(found.get(track, [])))
        lost, extra = lost + missed, extra + over
    return Outcome(extra / len(truth), lost / len(truth))


def _numbered(title: str) -> str:
    """The id of a generated song by its title, whatever a source adds to it."""
    number = title.split()[1:2]
    return f"{int(number[0]):022d}" if number and number[0].isdecimal() else title


def _matched(wanted: list[float], found: list[float]) -> tuple[int, int]:
    used: set[int] = set()
    lost = 0
    for at in wanted:
        near = [
            (abs(one - at), number)
            for number, one in enumerate(found)
            if number not in used and abs(one - at) <= 1200
        ]
        if near:
            used.add(min(near)[1])
        else:
            lost += 1
    return lost, len(found) - len(used)
