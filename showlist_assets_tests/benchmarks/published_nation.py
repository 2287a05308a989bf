"""What a page's questions cost on a published file of the whole country.

    python -m showlist_assets_tests.benchmarks.published_nation FILE [--copies 380] [--rounds 40]

``FILE`` is a published file, such as the demo's. Its rows are repeated in another one over all
states, the heaviest with a tenth of them, and half a year, with ids of their own; venues lie in
the largest cities of their state. Then each function of
``storage.published`` is asked ``--rounds`` times with other places, artists, shows and texts, and
one Markdown table row is printed for each: the first time, the median, the 95th percentile and the
median of the processors' time, all in milliseconds.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

import duckdb

from showlist_assets.domain.gazetteer import every_zip
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.storage.published import (
    artists,
    changes,
    counts,
    freshness,
    search,
    shows,
    venues,
)
from showlist_assets.storage.published.publication import Publications
from showlist_assets.storage.published.summaries import Circle, Region

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duckdb import DuckDBPyConnection

# A performer and a venue come back in so many copies of the world: people tour.
_ARTIST_COPIES: Final = 90
_VENUE_COPIES: Final = 230
_DAYS: Final = 170

# Spots of a city are its ZIP codes, so that the largest ones have most venues.
_CITIES: Final = 12
_SPOT: Final = f"1 + (hash(venue_name, i % {_VENUE_COPIES}) % len(spots.spots))::integer"
_OF_A_SPOT: Final = {"venue_city": "city", "latitude": "latitude", "longitude": "longitude"}

# What differs in the copy ``i`` of each table; the other columns are repeated as they are.
_OF_THE_SHOW: Final = {
    "state": "home",
    "show_id": "show_id || '-' || i",
    "local_date": f"local_date + (i * 7 % {_DAYS})::integer",
    "last_date": f"last_date + (i * 7 % {_DAYS})::integer",
    "starts_at": f"starts_at + to_days((i * 7 % {_DAYS})::integer)",
    "starts_at_local": f"starts_at_local + to_days((i * 7 % {_DAYS})::integer)",
    "venue_name": f"venue_name || ' ' || (i % {_VENUE_COPIES})",
}
_AT_A_SPOT: Final = {column: f"spots.spots[{_SPOT}].{part}" for column, part in _OF_A_SPOT.items()}
_OF_THE_ARTIST: Final = {
    "performer_key": f"performer_key || ' ' || (i % {_ARTIST_COPIES})",
    "performer_name": f"performer_name || ' ' || (i % {_ARTIST_COPIES})",
    "spotify_artist_id": f"spotify_artist_id || '-' || (i % {_ARTIST_COPIES})",
    "spotify_artist_name": f"spotify_artist_name || ' ' || (i % {_ARTIST_COPIES})",
    "track_id": f"track_id || '-' || (i % {_ARTIST_COPIES})",
}
_CHANGES: Final = "['announced', 'moved', 'cancelled', 'line_up', 'vanished', 'known', 'known']"
_COPIED: Final[dict[str, dict[str, str]]] = {
    "shows_with_listings": {**_OF_THE_SHOW, **_AT_A_SPOT},
    "expanded_artists": {**_OF_THE_SHOW, **_OF_THE_ARTIST},
    "upcoming_shows": {**_OF_THE_SHOW, **_AT_A_SPOT, **_OF_THE_ARTIST},
    "show_changes": {
        **_OF_THE_SHOW,
        **_AT_A_SPOT,
        "change": f"({_CHANGES})[(1 + hash(show_id, i) % 7)::integer]",
        "changed_at": "changed_at - to_hours((hash(i, show_id) % 700)::integer)",
    },
    "matched_artists": _OF_THE_ARTIST,
    "top_tracks": _OF_THE_ARTIST,
    "audio_features": _OF_THE_ARTIST,
    "source_fetches": {"state": "home"},
}
_ONCE_AN_ARTIST: Final = ("matched_artists", "top_tracks", "audio_features")


def repeat_world(source: Path, target: Path, copies: int) -> None:
    """Write the published file ``source`` to ``target``, so many times over."""
    shutil.copyfile(source, target)
    with duckdb.connect(target) as connection:
        connection.register("zip_codes", every_zip().rename({"name": "city"}).to_arrow())
        connection.execute(_SPOTS)
        for table, changed in _COPIED.items():
            columns = [name for name, *_ in connection.sql(f"describe {table}").fetchall()]
            told = ", ".join(f'{changed.get(name, f"{name}")} as "{name}"' for name in columns)
            connection.execute(f"create temp table repeated as select * from {table}")  # noqa: S608
            connection.execute(f"delete from {table}")  # noqa: S608  our own names
            connection.execute(
                f"insert into {table} by name select {told} "  # noqa: S608  our own names
                "from repeated, (select unnest($states) as place, unnest(range(len($states))) as i)"
                " join spots on home = place "
                # As it is published: state after state.
                "order by home",
                {"states": _states_of(table, copies)},
            )
            connection.execute("drop table repeated")


_SPOTS: Final = f"""
    create temp table spots as
    with largest as (
        select state, city from zip_codes group by state, city
        qualify row_number() over (partition by state order by count(*) desc, city) <= {_CITIES}
    )
    select state as home, list({{city: city, latitude: latitude, longitude: longitude}}
                       order by city, latitude, longitude) as spots
    from zip_codes semi join largest using (state, city) group by state
"""  # noqa: S608  our own words


def _states_of(table: str, copies: int) -> list[str]:
    """Where each copy lies: in the heaviest state a tenth of them, in the lightest a few."""
    if table == "source_fetches":
        return list(STATE_CODES)
    if table in _ONCE_AN_ARTIST:
        return list(STATE_CODES[:1]) * min(copies, _ARTIST_COPIES)
    shares = [1 / (rank + 3) for rank in range(len(STATE_CODES))]
    each = copies / sum(shares)
    many = [state for state, share in zip(STATE_CODES, shares, strict=True)
            for _ in range(max(1, round(share * each)))]  # fmt: skip
    # Copies of an act and of a venue are numbered by their place here, so they must be mixed.
    return Random(copies).sample(many, len(many))


def questions(cursor: DuckDBPyConnection) -> dict[str, list[Callable[[], Any]]]:
    """Each function with several sets of arguments, taken from the file itself."""
    sample = cursor.execute(
        """
        select show_id, performer_key, spotify_artist_id, venue_name, venue_city, state, latitude,
               longitude, local_date, performer_name
        from upcoming_shows using sample reservoir(25 rows) repeatable (7)
        """
    ).fetchall()
    return _by_function(cursor, [row for row in sample if row[2] and row[8]][:12])


def _by_function(
    cursor: DuckDBPyConnection, sample: list[tuple[Any, ...]]
) -> dict[str, list[Callable[[], Any]]]:
    first = min(row[8] for row in sample)
    fortnight, season = first + timedelta(days=14), first + timedelta(days=90)
    since = cursor.execute("select max(changed_at) from show_changes").fetchall()[0][0]
    found: dict[str, list[Callable[[], Any]]] = {}

    def ask(name: str, function: Callable[..., Any], *given: Any, **named: Any) -> None:
        found.setdefault(name, []).append(lambda: function(cursor, *given, **named))

    for show, key, artist, house, city, state, lat, lon, _, name in sample:
        near = Region(circle=Circle(lat, lon, 100))
        ask("show", shows.show, show)
        ask("shows_near 25 mi, 90 days", shows.shows_near, lat, lon, 25, first, season)
        ask("shows_near 200 mi, 14 days", shows.shows_near, lat, lon, 200, first, fortnight)
        ask("states_with_shows", counts.states_with_shows, first=first)
        ask("genre_counts of a state", counts.genre_counts, Region((state,)), first, season)
        ask("genre_counts, the country", counts.genre_counts, Region(), first, season)
        ask("days_counts, 100 mi", counts.days_counts, near, first, season)
        ask("artist", artists.artist, key)
        ask("artist_by_spotify_id", artists.artist_by_spotify_id, artist)
        ask("venue", venues.venue, venues.venue_key(house, city, state))
        ask("venues_near 100 mi", venues.venues_near, lat, lon, 100, first, season)
        week = since - timedelta(days=7)
        ask("changes of a week", changes.changes, since=week)
        ask("changes, ahead, a state", changes.changes, changes.ANNOUNCED, states=[state],
            first=first, ahead_only=True)  # fmt: skip
        ask("change_counts", changes.change_counts, since=week)
        ask("leaving_soon of a state", changes.leaving_soon, Region((state,)), first, fortnight)
        ask("leaving_soon, 100 mi", changes.leaving_soon, near, first, fortnight)
        ask("search", search.search, name.split()[0][:5], today=first)
        ask("did_you_mean", search.did_you_mean, name[1:] + "x")
        ask("freshness", freshness.freshness)
        ask("missing_states", freshness.missing_states, [state])
    return found


def seconds_of(asked: list[Callable[[], Any]], rounds: int) -> list[tuple[float, float]]:
    """How long each of ``rounds`` questions took, by the clock and of the processors."""
    took = []
    for number in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        asked[number % len(asked)]()
        took.append((time.perf_counter() - began, time.process_time() - used))
    return took


def _measured(path: Path, rounds: int) -> Iterator[str]:
    publication = Publications(path).current()
    assert publication is not None
    with publication.cursor() as cursor:
        for name, asked in questions(cursor).items():
            (first, _), *warm = seconds_of(asked, rounds + 1)
            wall, used = (
                sorted(1000 * each for each in column) for column in zip(*warm, strict=True)
            )
            yield (
                f"| {name} | {1000 * first:.0f} | {statistics.median(wall):.1f} | "
                f"{wall[int(len(wall) * 0.95)]:.1f} | {statistics.median(used):.1f} |"
            )
    yield f"\nRSS {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--copies", type=int, default=380)
    arguments.add_argument("--rounds", type=int, default=40)
    arguments.add_argument("--keep", type=Path, help="where the repeated file stays")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        target = options.keep or Path(folder) / "nation.duckdb"
        if not target.exists():
            repeat_world(options.file.resolve(), target, options.copies)
        print(f"{target.stat().st_size / 1e6:.0f} MB\n")
        print("| question | first ms | median | p95 | CPU median |")
        print("|---|---|---|---|---|")
        for line in _measured(target, options.rounds):
            print(line, flush=True)


if __name__ == "__main__":
    main()
