"""ListenBrainz Labs: who and what is played by the same people, and songs' ids on Spotify.

No credentials; each question takes its parameters in the address, or as a list of them by POST.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sandbox.apis.listenbrainz.pacing import RefusedError, posting, reading
from showlist_assets.sandbox.state.service import Service
from showlist_assets.sandbox.world.mbids import release_mbid, share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from starlette.requests import Request

    from showlist_assets.sandbox.state.limits import RollingLimit
    from showlist_assets.sandbox.state.service import Handler, WriteHandler
    from showlist_assets.sandbox.state.state import SandboxState
    from showlist_assets.sandbox.world.entities import Track

    _Answer = Callable[["SandboxState", list[Mapping[str, Any]]], list[dict[str, Any]]]

_OF_SONGS: Final = (
    "session_based_days_9000_session_300_contribution_5_threshold_15_limit_50_skip_30"
)
# What a 400 of the real one listed in 2026; the list changes.
ALGORITHMS: Final = {
    "similar-artists": (
        "session_based_days_1825_session_300_contribution_3_threshold_10_limit_100_filter_True_skip_30",
        "session_based_days_7500_session_300_contribution_3_threshold_10_limit_100_filter_True_skip_30",
        _OF_SONGS,
        "session_based_days_75_session_300_contribution_5_threshold_10_limit_100_filter_True_skip_30",
        "session_based_days_7500_session_300_contribution_5_threshold_10_limit_100_filter_True_skip_30",
        "session_based_days_1800_session_300_contribution_3_threshold_10_limit_100_filter_True_skip_30",
    ),
    "similar-recordings": (_OF_SONGS,),
}
_MOST_ARTISTS, _MOST_SONGS = 100, 50
_SONGS_OF_NEIGHBOUR, _NEIGHBOURS_WITH_SONGS = 3, 30
# Of songs that MusicBrainz knows, Labs has no Spotify id of this share.
_WITHOUT_SPOTIFY: Final = 0.07


def _similar_artists(state: SandboxState, asked: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for one in asked:
        _algorithm("similar-artists", one)
        for reference in _ids(one, "artist_mbids"):
            for row in _neighbours(state, reference):
                # A neighbour of two is kept for one of them only, as at the real one.
                rows[row["artist_mbid"]] = row
    return sorted(rows.values(), key=lambda row: -row["score"])


def _neighbours(state: SandboxState, reference: str) -> Iterator[dict[str, Any]]:
    listening = state.listening
    artist = listening.mbids.artist(reference)
    for other, score in listening.together.neighbours(artist)[:_MOST_ARTISTS] if artist else ():
        mbid = listening.mbids.of_artist(other.id)
        if mbid is not None:
            yield {
                "artist_mbid": mbid,
                "name": other.name,
                "comment": "",
                "type": "Person" if share("person", other.id) < 0.4 else "Group",
                "gender": None,
                "score": score,
                "reference_mbid": reference,
            }


def _similar_recordings(
    state: SandboxState, asked: list[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for one in asked:
        _algorithm("similar-recordings", one)
        for reference in _ids(one, "recording_mbids"):
            track = state.listening.mbids.track(reference)
            rows += _played_with(state, track, reference) if track else ()
    return rows


def _played_with(state: SandboxState, track: Track, reference: str) -> list[dict[str, Any]]:
    """The best known songs of the neighbours, and the artist's own, who is played along most."""
    artist, catalog = track.artists[0], state.world.catalog
    together = state.listening.together.neighbours(artist)
    if not together:
        return []
    scored = [
        (song, round(count * (0.2 + song.popularity / 100) / (1 + number)))
        for other, count in ((artist, 2 * together[0][1]), *together[:_NEIGHBOURS_WITH_SONGS])
        for number, song in enumerate(catalog.tracks_of(other.id)[:_SONGS_OF_NEIGHBOUR])
        if song.id != track.id
    ]
    scored.sort(key=lambda pair: (-pair[1], pair[0].id))
    printed = (_recording(state, song, score, reference) for song, score in scored if score)
    return [row for row in printed if row][:_MOST_SONGS]


def _recording(
    state: SandboxState, song: Track, score: int, reference: str
) -> dict[str, Any] | None:
    mbids = state.listening.mbids
    recording = mbids.of_track(song)
    if recording is None:
        return None
    artists = [found for artist in song.artists if (found := mbids.of_artist(artist.id))]
    return {
        "recording_mbid": recording,
        "recording_name": song.name,
        "artist_credit_name": ", ".join(artist.name for artist in song.artists),
        "[artist_credit_mbids]": artists,
        "release_name": song.album.name,
        "release_mbid": release_mbid(song.album.id),
        "caa_id": None,
        "caa_release_mbid": None,
        "score": score,
        "reference_mbid": reference,
    }


def _spotify_ids(state: SandboxState, asked: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [_on_spotify(state, mbid) for one in asked for mbid in _ids(one, "recording_mbid")]


def _on_spotify(state: SandboxState, mbid: str) -> dict[str, Any]:
    track = state.listening.mbids.track(mbid)
    if track is None:
        return {"recording_mbid": mbid, "spotify_track_ids": []}
    is_there = share("at spotify", track.id) >= _WITHOUT_SPOTIFY
    return {
        "recording_mbid": mbid,
        "artist_name": ", ".join(artist.name for artist in track.artists),
        "track_name": track.name,
        "release_name": track.album.name,
        "spotify_track_ids": [track.id] if is_there else [],
    }


def _algorithm(question: str, asked: Mapping[str, Any]) -> None:
    """Refuses what is not on the list, and tells the list."""
    allowed = ALGORITHMS[question]
    if asked.get("algorithm") not in allowed:
        permitted = ", ".join(f"'{one}'" for one in allowed)
        raise RefusedError(
            400, f"algorithm: value is not a valid enumeration member; permitted: {permitted}"
        )


def _ids(asked: Mapping[str, Any], name: str) -> list[str]:
    value = asked.get(name)
    ids = [value] if isinstance(value, str) else value
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
        raise RefusedError(400, f"{name}: field required")
    return ids


def _asked(answer: _Answer) -> tuple[Handler, WriteHandler]:
    """The same question as a GET and as a POST."""

    def get(request: Request, state: SandboxState) -> list[dict[str, Any]]:
        asked = request.query_params
        lists = {name: asked[name].split(",") for name in asked if name != "algorithm"}
        return answer(state, [{**lists, "algorithm": asked.get("algorithm")}])

    def post(_: Request, state: SandboxState, text: str) -> list[dict[str, Any]]:
        try:
            sent = json.loads(text)
        except ValueError:
            sent = None
        if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
            raise RefusedError(400, "POST data must be a list of objects.")
        return answer(state, sent)

    return reading(get, _limit), posting(post, _limit)


def _limit(state: SandboxState) -> RollingLimit:
    return state.paced_limits.listenbrainz_labs


_QUESTIONS: Final = {
    "/similar-artists/json": _asked(_similar_artists),
    "/similar-recordings/json": _asked(_similar_recordings),
    "/spotify-id-from-mbid/json": _asked(_spotify_ids),
}
SERVICE = Service(
    name="listenbrainz_labs",
    handlers={path: get for path, (get, _) in _QUESTIONS.items()},
    writes={("POST", path): post for path, (_, post) in _QUESTIONS.items()},
    url_variable="SHOWLIST_LISTENBRAINZ_LABS_URL",
)
