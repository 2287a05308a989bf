"""Measures the matcher on labelled real listings.

Run ``python -m showlist_assets_tests.benchmarks.matching``.

The listings, the catalogue, the simulated search and the scorer are shared data that may not be
shipped (see ``shared_data``). What decides is the loop of production, ``ArtistMatcher``, with the
simulated search in Spotify's place. ``measure()`` returns the figures, ``main()`` prints them.
"""

from __future__ import annotations

import gc
import importlib
import logging
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from math import isnan
from typing import Any

from rich.console import Console
from rich.table import Table

from showlist_assets.domain import names
from showlist_assets.domain.catalog import FoundArtist, FoundTrack, SearchAnswer
from showlist_assets.domain.matching import equality as matching_equality
from showlist_assets.domain.matching import genres as matching_genres
from showlist_assets.domain.matching import readings as matching_readings
from showlist_assets.domain.matching.due import Performer
from showlist_assets.domain.matching.evidence import candidate_of
from showlist_assets.domain.matching.ladder import decide, first_query
from showlist_assets.services.artist_matching import ArtistMatcher
from showlist_assets.sources.failures import NotFound
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.shared_data import shared

Listing = dict[str, str]
Hits = list[dict[str, Any]]
NO_ACT = ("tribute", "festival", "event", "orchestra", "dj", "not-on-catalogue")


@dataclass(frozen=True)
class Setting:
    """What the search tells: how many candidates, and whether it tells their popularity."""

    limit: int = 10
    popularity: bool = True
    without_rule: str = ""

    def search(self) -> SimulatedSearch:
        """The search that tells just this."""
        return SimulatedSearch(self.limit, popularity=self.popularity)


@dataclass(frozen=True)
class Decided:
    """What is measured of the row that production would store of a listing.

    Attributes:
        artist_id: The artist it names; None where it names nobody.
        searches: How many searches it took.
        pages: The name of every artist in their answers, by id.
    """

    artist_id: str | None
    rule: str
    level: str
    confidence: float
    searches: int
    pages: dict[str, str]


@dataclass(frozen=True)
class Figures:
    """One line of the table; rates are shares of 1."""

    rows: int
    precision: float
    recall: float
    f1: float
    wrong: float


@dataclass(frozen=True)
class Measurement:
    """The figures of one setting, by "all", "real", "derived", "no act" and by kind."""

    setting: Setting
    figures: dict[str, Figures]
    searches_per_name: float


@cache
def scorer() -> Any:
    """The shared scorer, which brings the simulated search with it."""
    folder = str(shared("data/matching/evaluate.py").parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module("evaluate")


@cache
def listings() -> list[Listing]:
    return list(scorer().load(shared("data/matching/listings.csv")))


@cache
def _simulator() -> Any:
    return scorer().ArtistSearch(str(shared("data/matching/catalog.csv")))


@cache
def _answer(query: str) -> Hits:
    return list(_simulator().search(query, 10))


def search(query: str, limit: int = 10) -> Hits:
    return _answer(query)[:limit]


class SimulatedSearch:
    """The simulated search as an ``ArtistSearch`` that tells as much as it is said to.

    The simulator says popularity 0 where it knows none.
    """

    usage = ApiUsage()

    def __init__(self, limit: int = 10, *, popularity: bool = True, genres: bool = True) -> None:
        self._limit, self._popularity, self._genres = limit, popularity, genres

    def search(self, name: str, *, newer_than: datetime | None = None) -> SearchAnswer:
        del newer_than
        return SearchAnswer(tuple(map(self._artist, search(name, self._limit))), tracks=())

    def calls_left(self) -> int | None:
        """Any number: it costs none."""
        return None

    def search_tracks(self, query: str) -> tuple[FoundTrack, ...]:
        """None: a search for songs decides nobody."""
        del query
        return ()

    def artist(self, artist_id: str) -> FoundArtist:
        """Nobody: only overrides name artists, and there are none here."""
        raise NotFound(f"No artist {artist_id}.", service="spotify")

    def _artist(self, hit: dict[str, Any]) -> FoundArtist:
        return FoundArtist(
            artist_id=hit["id"],
            name=hit["name"],
            genres=tuple(hit["genres"]) if self._genres else (),
            popularity=(hit["popularity"] or None) if self._popularity else None,
            followers=None,
            image_url=None,
        )


def decide_listings(chosen: Sequence[Listing], catalog: SimulatedSearch) -> list[Decided]:
    """Each of the ``chosen`` listings decided as production would, one after the other."""
    matcher = ArtistMatcher(
        lambda: catalog,
        earlier={},
        due={},
        overrides={},
        now=NOW,
        log=logging.getLogger("showlist.benchmark"),
    )
    rows = matcher.decide_all([_performer(str(n), each) for n, each in enumerate(chosen)])
    return [
        Decided(
            artist_id=row["spotify_artist_id"],
            rule=row["rule"],
            level=row["level"],
            confidence=row["confidence"],
            searches=len(row["queries"]),
            pages={seen["artist_id"]: seen["name"] for seen in row["candidates"]},
        )
        for row in rows
    ]


def _performer(key: str, listing: Listing) -> Performer:
    """The listing as a performer of its own ``key``: an equal one would be decided only once."""
    genre = listing["context_genre"]
    return Performer(
        state="NY",
        key=key,
        name=listing["listing"],
        act_kind="artist",
        genres=(genre,) if genre else (),
        event_kind="concert",
        billing=1,
        city=None,
        score=0.0,
        source_spotify_artist_id=None,
        shows=1,
        next_show_on=None,
    )


def _figures(judged: Sequence[tuple[Listing, str]]) -> Figures:
    m = scorer().metrics(judged)
    return Figures(m["n"], m["precision"], m["recall"], m["f1"], m["wrong_rate"])


def _by_section(judged: list[tuple[Listing, str]]) -> dict[str, Figures]:
    sections: dict[str, Callable[[Listing], bool]] = {
        "all": lambda row: bool(row),
        "real": lambda row: row["origin"].startswith("real"),
        "derived": lambda row: row["origin"].startswith("derived"),
        "no act": lambda row: row["kind"] in NO_ACT,
    }
    for kind in sorted({row["kind"] for row, _ in judged}):
        sections[kind] = lambda row, kind=kind: row["kind"] == kind
    return {
        name: _figures([pair for pair in judged if belongs(pair[0])])
        for name, belongs in sections.items()
    }


def measure(setting: Setting, every: int = 1) -> Measurement:
    """Each ``every``-th listing decided under ``setting``, a left-out rule's matches rejected."""
    chosen = listings()[::every]
    decided = decide_listings(chosen, setting.search())
    judged = [
        (row, scorer().judge(row, None if found.rule == setting.without_rule else found.artist_id))
        for row, found in zip(chosen, decided, strict=True)
    ]
    searches = sum(found.searches for found in decided)
    return Measurement(setting, _by_section(judged), searches / len(judged))


def measure_reference() -> dict[str, Figures]:
    """The rule of the reference implementation on the same listings, by the same sections."""
    return _by_section(scorer().run(listings(), search, scorer().reference))


def rules_used(setting: Setting) -> list[str]:
    decided = decide_listings(listings(), setting.search())
    return sorted({found.rule for found in decided if found.artist_id})


def seconds_per_30_000() -> float:
    """Seconds to decide 30,000 names with 10 candidates each, first answers only, cold caches."""
    catalog = SimulatedSearch()
    cases = [
        (
            _performer("", listing).as_billed,
            [
                candidate_of(artist, rank)
                for rank, artist in enumerate(catalog.search(listing["listing"]).artists, start=1)
            ],
        )
        for listing in listings()
    ]
    for cached in (
        names.normalize,
        matching_equality.bare,
        matching_equality.compact,
        matching_equality._script_halves,
        matching_equality._without_little_words,
        matching_equality._without_group_noun,
        matching_genres._families_of,
        matching_readings.readings,
    ):
        cached.cache_clear()
    # The simulated catalogue is no part of what is measured: the collector would walk through it,
    # and other programs' time does not count.
    gc.collect()
    gc.freeze()
    start = time.process_time()
    for billing, candidates in cases:
        decide(billing, {first_query(billing): candidates})
    seconds = time.process_time() - start
    gc.unfreeze()
    return seconds * 30_000 / len(cases)


def _table(title: str, lines: dict[str, Figures]) -> Table:
    table = Table("", "n", "precision", "recall", "F1", "wrong artist", title=title)
    for name, line in lines.items():
        shares = ("-" if isnan(x) else f"{x:.3f}" for x in (line.precision, line.recall, line.f1))
        table.add_row(name, str(line.rows), *shares, f"{line.wrong:.2%}")
    return table


def main() -> None:
    console = Console()
    full = Setting()
    console.print(_table("the reference's rule", measure_reference()))
    for setting in (full, Setting(5), Setting(10, popularity=False), Setting(5, popularity=False)):
        measured = measure(setting)
        told = "told" if setting.popularity else "not told"
        title = (
            f"matcher, limit {setting.limit}, popularity {told}, "
            f"{measured.searches_per_name:.3f} searches a name"
        )
        kinds = measured.figures if setting == full else dict(list(measured.figures.items())[:4])
        console.print(_table(title, kinds))
    without = {
        rule: measure(replace(full, without_rule=rule)).figures["all"] for rule in rules_used(full)
    }
    console.print(_table("each rule's matches taken away", without))
    console.print(f"30,000 names with 10 candidates each: {seconds_per_30_000():.1f} s")


if __name__ == "__main__":
    main()
