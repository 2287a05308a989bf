"""ListenBrainz Labs: artists and songs that the same people play, and songs' ids on Spotify.

What belongs here: one method per question, over https://labs.api.listenbrainz.org. What does not:
what neighbours are worth (``domain.recommendations``): counts favour whoever everybody plays.

Labs asks for no credentials and promises nothing: its algorithms are a closed list that changes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from showlist_assets.sources.failures import BadAnswer
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.json_values import items, mapping, number, text
from showlist_assets.sources.listenbrainz.reader import mbid, spotify_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from showlist_assets.sources.http.session import ApiSession

_log = logging.getLogger(__name__)

# Users of the service send a hundred at once; it names no limit.
_RECORDINGS: Final = 100
# Portishead, the example of ListenBrainz' own documentation.
_SOMEBODY: Final = "8f6bd1e4-fbe1-4f50-aa9b-94c450ec0f11"

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An artist who is played together with another; ``score`` counts how often."""

    mbid: str
    name: str | None
    score: float


@dataclass(frozen=True, slots=True)
class SimilarRecording:
    """A song that is played together with another; ``score`` counts how often."""

    mbid: str
    name: str
    artist_name: str
    artist_mbids: tuple[str, ...]
    score: float


class Labs:
    """A client; no credentials are needed.

    Attributes:
        algorithm: What counts neighbours.
        malformed: How many rows could not be read and were passed over.
    """

    def __init__(
        self, session: ApiSession, base_url: str, *, algorithm: str, recordings_algorithm: str
    ) -> None:
        """Make a client of the service at ``base_url``.

        Args:
            session: Sends the requests.
            base_url: Such as https://labs.api.listenbrainz.org.
            algorithm: For artists; one of a closed list.
            recordings_algorithm: For songs; of another closed list.
        """
        self._session, self._url = session, base_url.rstrip("/")
        self.algorithm, self._recordings_algorithm = algorithm, recordings_algorithm
        self.malformed = 0

    @property
    def usage(self) -> ApiUsage:
        """What was sent and what was spared."""
        return self._session.usage + ApiUsage(malformed=self.malformed)

    def check(self) -> None:
        """One call, to see whether the service answers and knows the algorithm.

        Raises:
            WrongSetting: it does not know it.
            SourceError: as ``failures`` says.
        """
        with self._session.bypassing_cache():
            self.similar_artists(_SOMEBODY)

    def similar_artists(self, artist_mbid: str) -> list[Neighbour]:
        """Up to a hundred artists who are played together with one, the most often first.

        One artist a call: of several, Labs names a neighbour of two for one of them only. Nobody
        is no failure: it does not know everybody.

        Raises:
            WrongSetting: Labs does not know the algorithm; the message names those it knows.
            SourceError: as ``failures`` says.
        """
        params = {"artist_mbids": artist_mbid, "algorithm": self.algorithm}
        found = self._rows("similar-artists", params, _neighbour)
        return [one for one in _once(found, lambda one: one.mbid) if one.mbid != artist_mbid]

    def similar_recordings(self, recording_mbid: str) -> list[SimilarRecording]:
        """Songs that are played together with one, the most often first.

        Raises:
            WrongSetting, SourceError: as ``similar_artists``.
        """
        params = {"recording_mbids": recording_mbid, "algorithm": self._recordings_algorithm}
        found = self._rows("similar-recordings", params, _similar)
        return [one for one in _once(found, lambda one: one.mbid) if one.mbid != recording_mbid]

    def spotify_ids(self, recording_mbids: Sequence[str]) -> dict[str, list[str]]:
        """The tracks of songs on Spotify by MBID; a song that is not there has none.

        Raises:
            SourceError: as ``failures`` says.
        """
        known: dict[str, list[str]] = {}
        asked = list(dict.fromkeys(recording_mbids))
        for start in range(0, len(asked), _RECORDINGS):
            batch = asked[start : start + _RECORDINGS]
            rows = self._session.post_to_read(
                f"{self._url}/spotify-id-from-mbid/json", [{"recording_mbid": one} for one in batch]
            )
            for recording, tracks in self._read(rows, _tracks, "asking for ids on Spotify"):
                known.setdefault(recording, tracks)
        return {recording: known.get(recording, []) for recording in asked}

    def _rows(
        self, question: str, params: dict[str, Any], read: Callable[[object], _Row | None]
    ) -> list[_Row]:
        """What can be read of an answer; one of which nothing can is not kept."""
        with self._session.request_scope():
            rows = self._session.get_list(f"{self._url}/{question}/json", params)
            return self._read(rows, read, f"asking for {question}")

    def _read(
        self, rows: list[Any], read: Callable[[object], _Row | None], what: str
    ) -> list[_Row]:
        # Where it found nothing, and before the song that was asked about, stands a comment in
        # words: {"comment": "..."} alone.
        told = [row for row in rows if set(mapping(row)) != {"comment"}]
        found = [one for row in told if (one := read(row)) is not None]
        if told and not found:
            raise BadAnswer(
                f"ListenBrainz Labs answered with nothing that can be read while {what}. Try again "
                "later.",
                service="listenbrainz_labs",
                what=what,
            )
        if malformed := len(told) - len(found):
            self.malformed += malformed
            _log.warning("ListenBrainz Labs: %d of %d rows were malformed", malformed, len(told))
        return found


def _neighbour(row: object) -> Neighbour | None:
    fields = mapping(row)
    artist, score = mbid(fields.get("artist_mbid")), number(fields.get("score"))
    if artist is None or score is None or score < 0:
        return None
    return Neighbour(artist, text(fields.get("name")), score)


def _similar(row: object) -> SimilarRecording | None:
    fields = mapping(row)
    recording, score = mbid(fields.get("recording_mbid")), number(fields.get("score"))
    name, artist = text(fields.get("recording_name")), text(fields.get("artist_credit_name"))
    if recording is None or score is None or score < 0 or name is None or artist is None:
        return None
    # Named with brackets, as Labs names lists.
    told = items(fields.get("[artist_credit_mbids]") or fields.get("artist_credit_mbids"))
    artists = tuple(found for value in told if (found := mbid(value)))
    return SimilarRecording(recording, name, artist, artists, score)


def _tracks(row: object) -> tuple[str, list[str]] | None:
    fields = mapping(row)
    recording = mbid(fields.get("recording_mbid"))
    if recording is None:
        return None
    told = items(fields.get("spotify_track_ids"))
    tracks = (spotify_id("track", value) for value in told)
    return recording, list(dict.fromkeys(track for track in tracks if track))


def _once(rows: list[_Row], key: Callable[[_Row], str]) -> list[_Row]:
    """Of several rows of one thing, the first, which has the highest score."""
    first: dict[str, _Row] = {}
    for row in rows:
        first.setdefault(key(row), row)
    return list(first.values())
