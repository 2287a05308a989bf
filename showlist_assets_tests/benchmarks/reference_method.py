"""The method we compare ourselves with: no cache, no batches, every billed row from scratch.

    python -m showlist_assets_tests.benchmarks.reference_method URL --states CA,NY [--paging]

For each billed row: one search for the genres, one search for the artist, one call for the top
tracks and one per track for its audio features, thirteen calls for an artist with ten tracks. It
reads the first ten events of a state; with ``--paging`` all of them, which is the fair comparison.
It needs a Spotify app in Extended Quota. Prints one line of JSON (``Outcome``).
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import requests
from rapidfuzz.fuzz import partial_ratio

from showlist_assets.sandbox import config
from showlist_assets_tests.clock import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

Event = dict[str, Any]

ENOUGH_ALIKE = 80
_PER_PAGE = 10
_TIMEOUT = 30


@dataclass
class Outcome:
    """What a run did.

    Attributes:
        events: Events read.
        rows: Performers billed on them, looked up one by one.
        performers: Different performers among the rows.
        matched: Different performers for whom an artist was taken.
        tracks: Tracks whose features were asked for, however often.
        seconds: How long it took.
    """

    events: int = 0
    rows: int = 0
    performers: int = 0
    matched: int = 0
    tracks: int = 0
    seconds: float = 0.0


def upcoming_events(url: str, state: str, *, paging: bool) -> Iterator[Event]:
    """The concerts of a state that lie ahead: the first page, or all pages."""
    query: dict[str, str | int] = {
        "client_id": config.SEATGEEK_CLIENT_ID,
        "venue.state": state,
        "taxonomies.name": "concert",
        "datetime_utc.gte": f"{NOW:%Y-%m-%dT%H:%M:%S}",
        "per_page": _PER_PAGE,
    }
    for page in count(1):
        answer = requests.get(
            f"{url}/seatgeek/2/events", params={**query, "page": page}, timeout=_TIMEOUT
        )
        answer.raise_for_status()
        found = answer.json()["events"]
        yield from found
        if not paging or len(found) < _PER_PAGE:
            return


class Spotify:
    """The Web API as a beginner calls it; when told to wait, it waits."""

    def __init__(self, url: str) -> None:
        """Fetch a token for the app."""
        self._url, self._session = url, requests.Session()
        answer = self._session.post(
            f"{url}/accounts/api/token",
            data={"grant_type": "client_credentials"},
            auth=(config.SPOTIFY_CLIENT_ID, config.SPOTIFY_CLIENT_SECRET),
            timeout=_TIMEOUT,
        )
        answer.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def artists_called(self, name: str) -> list[dict[str, Any]]:
        """The first results of a search; none where it is refused for good."""
        answer = self._get("search", q=name, type="artist")
        found: list[dict[str, Any]] = answer["artists"]["items"] if answer else []
        return found

    def top_tracks(self, artist_id: str) -> list[dict[str, Any]]:
        """Up to ten."""
        found: list[dict[str, Any]] = self._get(f"artists/{artist_id}/top-tracks")["tracks"]
        return found

    def audio_features(self, track_id: str) -> dict[str, Any] | None:
        """Of one track; None where Spotify has none."""
        known: dict[str, Any] | None = self._get(f"audio-features/{track_id}")
        return known

    def _get(self, path: str, **query: str) -> Any:
        while True:
            answer = self._session.get(
                f"{self._url}/spotify/v1/{path}",
                params={"market": "US", **query},
                timeout=_TIMEOUT,
            )
            if answer.status_code == 429:
                time.sleep(int(answer.headers["Retry-After"]))
            # A whole bill is too long a query.
            elif answer.status_code in (400, 404):
                return None
            else:
                answer.raise_for_status()
                return answer.json()


def look_up(spotify: Spotify, name: str) -> tuple[bool, int]:
    """Ask everything about one billed row: whether an artist was taken, and how many tracks."""
    genres = [artist.get("genres") for artist in spotify.artists_called(name)[:1]]
    found = spotify.artists_called(name)
    best = max(found, key=lambda artist: partial_ratio(name, artist["name"]), default=None)
    if not genres or best is None or partial_ratio(name, best["name"]) <= ENOUGH_ALIKE:
        return False, 0
    tracks = spotify.top_tracks(best["id"])
    for track in tracks:
        spotify.audio_features(track["id"])
    return True, len(tracks)


def run(url: str, states: list[str], *, paging: bool, rows: int | None = None) -> Outcome:
    """Look up every billed row of ``states``, or the first ``rows`` of them."""
    began, done = time.monotonic(), Outcome()
    performers, matched = set(), set()
    spotify = Spotify(url)
    for state in states:
        for event in upcoming_events(url, state, paging=paging):
            if rows is not None and done.rows >= rows:
                break
            done.events += 1
            for performer in event["performers"]:
                is_found, tracks = look_up(spotify, performer["name"])
                done.rows += 1
                done.tracks += tracks
                performers.add(performer["id"])
                if is_found:
                    matched.add(performer["id"])
    done.performers, done.matched = len(performers), len(matched)
    done.seconds = time.monotonic() - began
    return done


def main() -> None:
    """Run it and print the outcome."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("url", help="where a sandbox in Extended Quota answers")
    arguments.add_argument("--states", required=True, help="USPS codes, with commas")
    arguments.add_argument("--paging", action="store_true", help="read all events of a state")
    arguments.add_argument("--rows", type=int, help="stop after so many billed rows")
    options = arguments.parse_args()
    states = options.states.split(",")
    print(json.dumps(asdict(run(options.url, states, paging=options.paging, rows=options.rows))))


if __name__ == "__main__":
    main()
