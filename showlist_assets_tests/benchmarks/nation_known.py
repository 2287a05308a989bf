"""A nation that is known already: the tables as an earlier refresh would have left them.

Looking up thirty thousand performers over HTTP takes an hour and measures the sandbox. Here the
platform's own matcher asks the sandbox's world in this very process; the events, the rules of
matching and the tables are the platform's.
"""

from __future__ import annotations

import argparse
import logging
from dataclasses import asdict
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.domain import shows, tracks
from showlist_assets.domain.catalog import FoundArtist, FoundTrack, SearchAnswer
from showlist_assets.domain.events import bill_texts
from showlist_assets.domain.events.billing import expand_artists
from showlist_assets.domain.events.merged_shows import merged_shows
from showlist_assets.domain.events.show_changes import show_changes
from showlist_assets.domain.events.show_decisions import ShowDecisions
from showlist_assets.domain.matching import songs
from showlist_assets.domain.matching.due import (
    decisions_that_hold,
    performers_by_urgency,
    performers_to_decide,
)
from showlist_assets.domain.matching.rows import decisions_frame
from showlist_assets.domain.names import normalize
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.domain.tables.raw_events import SOURCES
from showlist_assets.domain.tables.show_changes import ShowChanges
from showlist_assets.sandbox.world.generator import generate_world
from showlist_assets.services.artist_matching import ArtistMatcher
from showlist_assets.settings import load_settings
from showlist_assets.sources.failures import NotFound
from showlist_assets.sources.features import features_from
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.seatgeek.reader import read_events
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from showlist_assets.sandbox.world.entities import Artist, Track
    from showlist_assets.sandbox.world.world import World
    from showlist_assets.sources.features import Features
    from showlist_assets.storage.tables import TableStore

SEED = 1
_ANSWER = 10
"""Artists, and tracks, of a search in Development Mode."""


def main() -> None:
    """Fill the record that the settings name from a world of so many events."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--events", type=int, required=True)
    arguments.add_argument("--today", type=date.fromisoformat, required=True)
    options = arguments.parse_args()
    platform = Platform(load_settings())
    now, source = platform.now(), platform.seatgeek()
    world = generate_world(SEED, options.events, options.today)
    documents = {state: source.upcoming_concerts(state, since=now) for state in STATE_CODES}
    fill(platform.tables, WorldCatalog(world), documents, now)


def fill(
    store: TableStore,
    catalog: WorldCatalog,
    documents: dict[str, list[dict[str, Any]]],
    now: datetime,
) -> None:
    """Write all tables: ``documents`` are SeatGeek's events by state."""
    raw = pl.concat(
        read_events(found, state=state, fetched_at=now).good for state, found in documents.items()
    )
    told = merged_shows(raw, preferred=SOURCES, decisions=ShowDecisions()).shows
    walks = {(state, "seatgeek"): date.max for state in documents}
    news = show_changes(ShowChanges.create_empty(), told, covered=walks, now=now).rows
    acts, matched = _acts_and_decisions(told, catalog, now)
    top = tracks.tracks_from_search(matched)
    features = _features(top, catalog, now)
    upcoming = shows.join_upcoming_shows(told, acts, matched, top, features, now=now)
    frames = {
        "raw_events": raw,
        "shows": told,
        "show_changes": news,
        "expanded_artists": acts,
        "matched_artists": matched,
        "top_tracks": top,
        "audio_features": features,
        "upcoming_shows": upcoming,
    }
    for table, frame in frames.items():
        store.write_states(table, STATE_CODES, frame)


def acts_billed(told: pl.DataFrame, before: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Who plays the shows: names that are whole bills are taken apart, as the pipeline does.

    Args:
        told: ``Shows``.
        before: ``ExpandedArtists`` of every state so far.
        decided: ``MatchedArtists`` of every state.
    """
    printed = [
        name
        for title, bill in told.select("title", "performers").iter_rows()
        for name in [*(one["name"] for one in bill), *([] if bill else [title])]
    ]
    wanted = bill_texts.names_in(printed)
    searched = decided.filter(
        pl.col("performer_key").is_in(wanted) & pl.col("asked_at").is_not_null()
    )
    themselves = before.filter(pl.col("billed_text").is_null()).get_column("performer_name")
    apart = before.get_column("billed_text").drop_nulls().unique()
    known = bill_texts.known_acts([*printed, *themselves.unique()], searched, apart=apart, whole=())
    return expand_artists(told, known)


def _acts_and_decisions(
    told: pl.DataFrame, catalog: WorldCatalog, now: datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """As refreshes leave them of which the last has learned nothing more of any bill."""
    acts, decided = expand_artists(told), decisions_frame([])
    quiet = logging.getLogger("showlist.nation")
    while True:
        performers = performers_by_urgency(acts, today=now.date())
        matcher = ArtistMatcher(
            lambda: catalog, earlier={}, due={}, overrides={}, now=now, log=quiet
        )
        wanted = performers_to_decide(performers, decided)
        decided = pl.concat([decided, decisions_frame(matcher.decide_all(wanted))])
        again = acts_billed(told, acts, decided)
        if again.equals(acts):
            return acts, _with_songs(decisions_that_hold(performers, decided), now)
        acts = again


def _with_songs(decided: pl.DataFrame, now: datetime) -> pl.DataFrame:
    # Whose songs no search brought was asked about once more, or the measured run would ask.
    to_hear = songs.with_what_to_hear(
        decided, songs.artists_with_songs(decided), further_search=True
    )
    asked = songs.artists_to_ask(to_hear).iter_rows()
    return songs.add_songs(
        decided, {artist_id: songs.FoundSongs([], now, query) for artist_id, query in asked}
    )


def _features(top: pl.DataFrame, catalog: WorldCatalog, now: datetime) -> pl.DataFrame:
    # In the order of the artists, whose songs the catalogue makes up together.
    asked = top.get_column("track_id").unique(maintain_order=True).to_list()
    answers = {track_id: asdict(found) for track_id, found in catalog.features(asked)}
    return tracks.features_frame(top, answers, asked, source="reccobeats", asked_at=now)


class WorldCatalog:
    """Answers searches from a world as Spotify in Development Mode would, without its index.

    The artist that bears the name comes first, and strangers fill the page: as many candidates and
    tracks as a real answer has.
    """

    usage = ApiUsage()

    def __init__(self, world: World) -> None:
        self._catalog = world.catalog

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for index, artist in enumerate(self._catalog.artists):
            found.setdefault(normalize(artist.name), []).append(index)
        return found

    def search(self, query: str, *, newer_than: datetime | None = None) -> SearchAnswer:
        """Whoever is called so, and neighbours in the catalogue."""
        del newer_than
        artists = self._catalog.artists
        named = self._by_name.get(normalize(query), [])
        first = named[0] if named else sum(map(ord, query)) * 31 % len(artists)
        strangers = (index % len(artists) for index in range(first + 1, first + 1 + _ANSWER))
        indices = list(dict.fromkeys([*named, *strangers]))[:_ANSWER]
        page = [artists[index] for index in indices]
        songs = [song for one in page[:4] for song in self._catalog.tracks_of(one.id)]
        return SearchAnswer(
            artists=tuple(map(_found_artist, page)),
            tracks=tuple(map(_found_track, songs[:_ANSWER])),
        )

    def search_tracks(self, query: str) -> tuple[FoundTrack, ...]:
        """None: a search for songs decides nobody."""
        del query
        return ()

    def artist(self, artist_id: str) -> FoundArtist:
        """Nobody: only overrides name artists, and there are none here."""
        raise NotFound(f"No artist {artist_id}.", service="spotify")

    def features(self, track_ids: Iterable[str]) -> Iterator[tuple[str, Features]]:
        """What ReccoBeats knows of the tracks."""
        for track_id in track_ids:
            track = self._catalog.track(track_id)
            if track and track.features:
                yield track_id, features_from(asdict(track.features))


def _found_artist(artist: Artist) -> FoundArtist:
    return FoundArtist(artist.id, artist.name, (), None, None, _image(artist.id))


def _found_track(track: Track) -> FoundTrack:
    return FoundTrack(
        track_id=track.id,
        track_name=track.name,
        artist_ids=tuple(artist.id for artist in track.artists),
        artist_names=tuple(artist.name for artist in track.artists),
        album_name=track.album.name,
        album_image_url=_image(track.album.id),
        release_date=track.album.released_on.isoformat(),
        duration_ms=track.duration_ms,
        explicit=track.explicit,
        isrc=track.isrc,
        popularity=None,
    )


def _image(identifier: str) -> str:
    return f"https://i.scdn.co/image/ab67{identifier * 2:.36}"


if __name__ == "__main__":
    main()
