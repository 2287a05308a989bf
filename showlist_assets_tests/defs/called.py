"""Assets called directly, as the functions they are: frames in, rows and what is recorded out."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import dagster as dg

from showlist_assets.defs.contexts import OF_PARTITIONS
from showlist_assets.domain.catalog import FoundArtist, FoundTrack, SearchAnswer
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.domain.tables.measures import measures
from showlist_assets.settings import Settings
from showlist_assets.sources.event_source import StateListings
from showlist_assets.sources.failures import NotFound
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.seatgeek import reader
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.rows import found_track

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from showlist_assets.sources.failures import SourceError
    from showlist_assets.sources.features import Features


@dataclass
class FakeSeatGeek:
    """Events by state; a failure instead of a list is raised."""

    lists: dict[str, list[Any] | SourceError]
    usage: ApiUsage = field(default_factory=ApiUsage)
    name: str = "seatgeek"
    states_at_once: int = 1
    outdated: str = ""

    def listings(self, state: str, since: datetime) -> StateListings:
        self.usage += ApiUsage(sent=1)
        found = self.lists.get(state, [])
        if isinstance(found, Exception):
            raise found
        rows = reader.read_events(found, state=state, fetched_at=since)
        return StateListings(rows, complete_through=date.max, outdated=self.outdated)


class FakeSpotify:
    """Knows some artists, and fails as it is told to; remembers every question.

    Attributes:
        drowned: Whose songs only a search for that artist's songs brings.
        silent: Who has no song.
        failures: What becomes of the questions in turn; None is an answer, and so is the rest.
        share: What the asset asked for when it was made.
    """

    batch_size = 100

    def __init__(
        self, *artists: FoundArtist, features: Mapping[str, Features] | None = None
    ) -> None:
        self.artists, self._features = list(artists), features or {}
        self.drowned: list[FoundArtist] = []
        self.silent: list[FoundArtist] = []
        self.failures: list[SourceError | None] = []
        self.share: int | None = None
        self.asked: list[str] = []

    @property
    def usage(self) -> ApiUsage:
        return ApiUsage(sent=len(self.asked))

    def calls_left(self) -> int | None:
        """None to spare, so that whoever asks does so one after the other."""
        return 0

    def search(self, name: str, *, newer_than: datetime | None = None) -> SearchAnswer:  # noqa: ARG002
        self._ask(name)
        found = [artist for artist in self.artists if name.startswith(artist.name)]
        heard = [artist for artist in found if artist not in (*self.drowned, *self.silent)]
        return SearchAnswer(
            tuple(found), tuple(song for artist in heard for song in songs_of(artist, 2))
        )

    def search_tracks(self, query: str) -> list[FoundTrack]:
        self._ask(query)
        return [
            song
            for artist in self.artists
            if query == f'artist:"{artist.name}"' and artist not in self.silent
            for song in songs_of(artist, 2)
        ]

    def artist(self, artist_id: str) -> FoundArtist:
        self._ask(artist_id)
        for artist in self.artists:
            if artist.artist_id == artist_id:
                return artist
        raise NotFound(f"No artist {artist_id}.")

    def top_tracks(self, artist_id: str) -> list[FoundTrack]:
        self._ask(artist_id)
        return [
            song
            for artist in self.artists
            if artist.artist_id == artist_id
            for song in songs_of(artist, 3)
        ]

    def audio_features(
        self,
        track_ids: list[str],
        *,
        newer_than: datetime,  # noqa: ARG002
    ) -> dict[str, Features]:
        self._ask(f"features of {len(track_ids)}")
        return {track: self._features[track] for track in track_ids if track in self._features}

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        failure = self.failures.pop(0) if self.failures else None
        if failure:
            raise failure


def artist(name: str, artist_id: str | None = None) -> FoundArtist:
    return FoundArtist(artist_id or f"id of {name}", name, ("indie",), None, None, None)


def songs_of(artist: FoundArtist, count: int) -> list[FoundTrack]:
    return [
        FoundTrack(
            **found_track(
                f"{artist.artist_id} {number}",
                artist_ids=(artist.artist_id,),
                artist_names=(artist.name,),
            )
        )
        for number in range(1, count + 1)
    ]


@dataclass
class FakeReccoBeats:
    """Features by track; a failure instead is raised."""

    known: Mapping[str, Features] | SourceError = field(default_factory=dict)
    batch_size: int = 40
    batches: list[list[str]] = field(default_factory=list)

    @property
    def usage(self) -> ApiUsage:
        return ApiUsage(sent=len(self.batches))

    def calls_left(self) -> int | None:
        """None to spare, so that whoever asks does so one after the other."""
        return 0

    def audio_features(self, track_ids: list[str], *, newer_than: datetime) -> dict[str, Features]:  # noqa: ARG002
        self.batches.append(track_ids)
        if isinstance(self.known, Exception):
            raise self.known
        return {track: self.known[track] for track in track_ids if track in self.known}


class FakePlatform(Platform):
    """Real tables in a folder, and fakes for whatever answers over a network."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        super().__init__(
            Settings(
                **{
                    "data_root": str(folder / "data"),
                    "overrides": str(folder / "overrides.yaml"),
                    "recipes": str(folder / "recipes"),
                    "show_decisions": str(folder / "shows.yaml"),
                    "feeds": str(folder / "feeds"),
                    "retries": 0,
                    **settings,
                }
            ),
            clock=lambda: self.at,
        )
        self.at = NOW
        self.fakes: dict[str, Any] = {}

    def stored(self, table: str, *states: str) -> pl.DataFrame:
        return self.tables.read(table, states or ["NY"])

    def store(self, table: str, frame: pl.DataFrame, *states: str) -> None:
        """Keep rows as a run does: all of NY by default."""
        self.tables.write_states(table, states or ["NY"], frame)

    @property
    def event_source_names(self) -> tuple[str, ...]:
        return ("seatgeek",)

    def event_sources(self) -> list[Any]:
        return [self.fakes[name] for name in self.event_source_names]

    def spotify(self, *, share: int | None = None) -> Any:
        self.fakes["spotify"].share = share
        return self.fakes["spotify"]

    def reccobeats(self) -> Any:
        return self.fakes["reccobeats"]


@dataclass
class Called:
    """What a call of an asset gave, up to the failure that ended it."""

    results: list[Any]
    of_state: dict[str, dict[str, Any]]
    of_run: dict[str, Any]
    failure: dg.Failure | dg.RetryRequested | None = None

    @property
    def frame(self) -> pl.DataFrame:
        (made,) = [each for each in self.results if isinstance(each, dg.MaterializeResult)]
        return made.value

    @property
    def checks(self) -> dict[str, dg.AssetCheckResult]:
        found = [each for each in self.results if isinstance(each, dg.AssetCheckResult)]
        for each in self.results:
            if isinstance(each, dg.MaterializeResult):
                found += each.check_results or []
        return {check.check_name: check for check in found}


def call(
    asset: dg.AssetsDefinition,
    platform: Platform,
    *states: str,
    instance: dg.DagsterInstance | None = None,
    run_tags: dict[str, str] | None = None,
    **frames: pl.DataFrame,
) -> Called:
    """Call ``asset`` for neighbouring ``states``, NY alone by default; it must not fail."""
    called = try_to_call(asset, platform, *states, instance=instance, run_tags=run_tags, **frames)
    if called.failure:
        raise called.failure
    return called


def try_to_call(
    asset: dg.AssetsDefinition,
    platform: Platform,
    *states: str,
    instance: dg.DagsterInstance | None = None,
    run_tags: dict[str, str] | None = None,
    **frames: pl.DataFrame,
) -> Called:
    """Call ``asset`` as ``call`` does, and keep the failure that Dagster is told."""
    wanted = sorted(states or ("NY",), key=STATE_CODES.index)
    results: list[Any] = []
    failure = None
    with nullcontext(instance) if instance else dg.DagsterInstance.ephemeral() as remembers:
        context = dg.build_asset_context(
            partition_key=wanted[0] if len(wanted) == 1 else None,
            partition_key_range=(
                dg.PartitionKeyRange(wanted[0], wanted[-1]) if len(wanted) > 1 else None
            ),
            instance=remembers,
            run_tags=run_tags,
        )
        try:
            results.extend(asset(context, platform=platform, **frames))
        except (dg.Failure, dg.RetryRequested) as error:
            failure = error
    made = [each for each in results if isinstance(each, dg.MaterializeResult)]
    return Called(
        results,
        of_state=made[0].metadata[OF_PARTITIONS] if made else {},
        of_run={
            name: entry.value
            for event in context.op_execution_context.get_events()
            if isinstance(event, dg.AssetObservation)
            for name, entry in event.metadata.items()
        },
        failure=failure,
    )


def sums_agree(called: Called, table: str) -> bool:
    """Whether the numbers of the partitions, where they can be added, are those of the frame."""
    whole = measures(table, called.frame)
    countable = [name for name, value in whole.items() if isinstance(value, int)]
    return all(
        sum(of_state[name] for of_state in called.of_state.values()) == whole[name]
        for name in countable
    )
