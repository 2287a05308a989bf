"""Spotify's search over the catalogue: artists by name, tracks by artist or title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING

from showlist_assets.sandbox.state.name_index import NameIndex
from showlist_assets.sandbox.world.text import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.sandbox.world.catalog import Catalog
    from showlist_assets.sandbox.world.entities import Artist, Track

_FILTER = re.compile(r'\b(artist|track|album|genre|year|isrc|upc|tag):(?:"([^"]*)"|(\S+))')
_ARTISTS_WITH_TRACKS = 12
_TITLED_ARTISTS = 300
# A filter narrows, but not so far that a stranger's hit never comes in between.
_FILTERED, _PLAIN = 1.3, 1.0
# A plain search for the name of a little-known artist brings the songs of a far more popular one
# with a longer name, and none of its own ("Travis").
_DROWNED, _FAR_MORE_POPULAR = 0.0, 70


@dataclass(frozen=True, slots=True)
class Query:
    """A search query taken apart: free words, and the filters that narrow them."""

    text: str
    artist: str | None = None
    track: str | None = None
    isrc: str | None = None

    @classmethod
    def parse(cls, query: str) -> Query:
        """Reads ``artist:"X"``, ``track:"X"`` and ``isrc:X``; other filters are ignored."""
        found = {name: quoted or bare for name, quoted, bare in _FILTER.findall(query)}
        return cls(
            text=_FILTER.sub("", query).strip(),
            artist=found.get("artist"),
            track=found.get("track"),
            isrc=found.get("isrc"),
        )


class CatalogSearch:
    """Answers like the real one: never empty-handed for a plausible name, never with a score."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._artist_names = NameIndex(
            [artist.name for artist in catalog.artists],
            [artist.popularity for artist in catalog.artists],
        )

    def artists(self, query: Query) -> list[Artist]:
        """Artists whose name answers the query, the best first."""
        asked = query.artist or " ".join(filter(None, (query.text, query.track)))
        hits = self._artist_names.search_all(asked)
        return [self._catalog.artists[hit.position] for hit in hits]

    def tracks(self, query: Query) -> list[Track]:
        """Tracks by whoever the query may mean, and strangers' among them.

        The real order is undocumented and only roughly that of popularity, and ``artist:"X"`` does
        not keep other artists out (spotify/web-api#1066, #1227, #1490).
        """
        if query.track and not query.artist:
            return self._titled(f"{query.track} {query.text}".strip())
        found = sorted(self._of_artists_like(query), key=_best_first)
        tracks = [track for _, track in found]
        if query.track:
            wanted = set(words(query.track))
            tracks = [track for track in tracks if wanted <= set(words(track.name))]
        elif not query.artist:
            # A plain query answers with titles, too: songs called like the artist.
            tracks = _unique([*tracks[:6], *self._titled(query.text)[:4], *tracks[6:]])
        return [track for track in tracks if query.isrc in (None, track.isrc)]

    def _of_artists_like(self, query: Query) -> Iterator[tuple[float, Track]]:
        name = query.artist or query.text
        own = _FILTERED if query.artist else _PLAIN
        hits = self._artist_names.search(name, _ARTISTS_WITH_TRACKS)
        asked = "".join(words(name)) or name.strip()
        loudest = self._loudest_of_longer_name(name)
        for rank, hit in enumerate(hits):
            artist = self._catalog.artists[hit.position]
            same = ("".join(words(artist.name)) or artist.name.strip()) == asked
            closeness = own if same else 0.45 / (1 + rank)
            if same and not query.artist and loudest > artist.popularity + _FAR_MORE_POPULAR:
                closeness = _DROWNED
            for track in self._catalog.tracks_of(artist.id):
                yield closeness + track.popularity / 100 + _whim(track.id), track

    def _loudest_of_longer_name(self, name: str) -> int:
        """The popularity of the most popular artist whose name begins with ``name`` and goes on."""
        asked = words(name)
        found = (
            self._catalog.artists[hit.position]
            for hit in self._artist_names.search(name, _ARTISTS_WITH_TRACKS)
        )
        longer = (
            artist.popularity
            for artist in found
            if asked and words(artist.name)[: len(asked)] == asked != words(artist.name)
        )
        return max(longer, default=0)

    def _titled(self, title: str) -> list[Track]:
        tracks, index = self._titles
        return [tracks[hit.position] for hit in index.search(title, 50)]

    @cached_property
    def _titles(self) -> tuple[list[Track], NameIndex]:
        """Titles of the most popular artists only: a large world's are made up on demand."""
        popular = sorted(self._catalog.artists, key=lambda artist: -artist.popularity)
        tracks = [
            track
            for artist in islice(popular, _TITLED_ARTISTS)
            for track in self._catalog.tracks_of(artist.id)
        ]
        return tracks, NameIndex([one.name for one in tracks], [one.popularity for one in tracks])


def _whim(track_id: str) -> float:
    """A fixed number from 0 to 0.6 per track: enough to lift a stranger's hit now and then."""
    return blake2b(track_id.encode(), digest_size=1).digest()[0] / 255 * 0.6


def _best_first(scored: tuple[float, Track]) -> tuple[float, str]:
    score, track = scored
    return -score, track.id


def _unique(tracks: list[Track]) -> list[Track]:
    return list({track.id: track for track in tracks}.values())
