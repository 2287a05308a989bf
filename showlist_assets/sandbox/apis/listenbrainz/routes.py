"""ListenBrainz' API: a user's listens, songs by their names, and how many people play an artist.

https://listenbrainz.readthedocs.io/en/latest/users/api/
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sandbox.apis.listenbrainz.pacing import RefusedError, posting, reading
from showlist_assets.sandbox.apis.listenbrainz.payloads import listen, mapping
from showlist_assets.sandbox.config import LISTENBRAINZ_PRIVATE_TOKEN, LISTENBRAINZ_TOKEN
from showlist_assets.sandbox.state.listening import LISTENBRAINZ_USER, PRIVATE_USER
from showlist_assets.sandbox.state.search import Query
from showlist_assets.sandbox.state.service import Service

if TYPE_CHECKING:
    from starlette.requests import Request

    from showlist_assets.sandbox.state.limits import RollingLimit
    from showlist_assets.sandbox.state.state import SandboxState
    from showlist_assets.sandbox.world.entities import Track
    from showlist_assets.sandbox.world.listening import Play

# These and the next: its source, ``MAX_ITEMS_PER_GET``, ``DEFAULT_ITEMS_PER_GET``, and the views.
_MOST_LISTENS, _LISTENS = 1000, 25
_MOST_LOOKUPS, _LONGEST_NAMES, _MOST_ARTISTS = 50, 250, 1000
_USERS: Final = {
    LISTENBRAINZ_TOKEN: LISTENBRAINZ_USER,
    LISTENBRAINZ_PRIVATE_TOKEN: PRIVATE_USER,
}


def _listens(request: Request, state: SandboxState) -> dict[str, Any]:
    name = request.path_params["user_name"]
    # A token that is sent must be good, also where none is needed.
    caller = _caller(request, is_needed=False)
    user_id = state.listening.user_behind(name)
    if user_id is None:
        raise RefusedError(404, f"Cannot find user: {name}")
    if user_id == PRIVATE_USER and caller != PRIVATE_USER:
        raise RefusedError(403, "The listens of this user are private.")
    count = min(_number(request, "count") or _LISTENS, _MOST_LISTENS)
    older_than, newer_than = _number(request, "max_ts"), _number(request, "min_ts")
    if older_than is not None and newer_than is not None and newer_than >= older_than:
        raise RefusedError(400, "max_ts should be greater than min_ts")
    told = [play for play in state.listening.plays(user_id) if play.is_heard and not play.incognito]
    page = _page(told, count, older_than, newer_than)
    printed = [listen(play, name, state.listening.mbids) for play in page]
    return {
        "payload": {
            "count": len(printed),
            "latest_listen_ts": int(told[-1].ended_at.timestamp()) if told else 0,
            "listens": printed,
            "oldest_listen_ts": int(told[0].ended_at.timestamp()) if told else 0,
            "user_id": name,
        }
    }


def _page(
    told: list[Play], count: int, older_than: int | None, newer_than: int | None
) -> list[Play]:
    """The newest first; both ends are exclusive, in the whole seconds that are printed."""
    seconds = [int(play.ended_at.timestamp()) for play in told]
    first = 0 if newer_than is None else bisect_right(seconds, newer_than)
    last = len(told) if older_than is None else bisect_left(seconds, older_than)
    # With min_ts alone it begins at that end (its source, ``fetch_listens``).
    chosen = (
        told[first : min(first + count, last)]
        if newer_than is not None and older_than is None
        else told[max(first, last - count) : last]
    )
    return chosen[::-1]


def _validate(request: Request, _: SandboxState) -> dict[str, Any]:
    token = _token(request)
    if token is None:
        raise RefusedError(400, "You need to provide anOrization token.".replace("Or", "Author"))
    if user := _USERS.get(token):
        return {"code": 200, "message": "Token valid.", "user_name": user, "valid": True}
    return {"code": 200, "message": "Token invalid.", "valid": False}


def _look_up(request: Request, state: SandboxState, text: str) -> list[dict[str, Any]]:
    # Since the scrapers came, for users only.
    _caller(request, is_needed=True)
    asked = _sent(text, "recordings")
    if len(asked) > _MOST_LOOKUPS:
        raise RefusedError(400, f"The maximum number of recordings is {_MOST_LOOKUPS}.")
    return [_found(one, state) for one in asked]


def _found(asked: Any, state: SandboxState) -> dict[str, Any]:
    """What is known of a song; where nothing is, only what was asked."""
    if not isinstance(asked, dict) or not asked.get("artist_name"):
        raise RefusedError(400, "artist_name is missing.")
    artist_name, title = str(asked["artist_name"]), str(asked.get("recording_name") or "")
    if not title:
        raise RefusedError(400, "recording_name is missing.")
    if len(artist_name) + len(title) > _LONGEST_NAMES:
        raise RefusedError(400, "artist_name and recording_name are too long.")
    told = {"artist_credit_arg": artist_name, "recording_arg": title}
    track = _song(artist_name, title, state)
    found = mapping(track, state.listening.mbids) if track else None
    if track is None or found is None:
        return told
    return {
        **told,
        "artist_credit_name": ", ".join(artist.name for artist in track.artists),
        "artist_mbids": found["artist_mbids"],
        "recording_mbid": found["recording_mbid"],
        "recording_name": found["recording_name"],
        "release_mbid": found["release_mbid"],
        "release_name": track.album.name,
    }


def _song(artist_name: str, title: str, state: SandboxState) -> Track | None:
    """The song of an artist named so, whatever the case; among namesakes, who has it."""
    for artist in state.search.artists(Query.parse(f'artist:"{artist_name}"'))[:20]:
        if artist.name.casefold() not in artist_name.casefold():
            continue
        for track in state.world.catalog.tracks_of(artist.id):
            if track.name.casefold() == title.casefold():
                return track
    return None


def _popularity(request: Request, state: SandboxState, text: str) -> list[dict[str, Any]]:
    _caller(request, is_needed=False)
    asked = _sent(text, "artist_mbids")
    if len(asked) > _MOST_ARTISTS:
        raise RefusedError(400, f"Too many artist_mbids, at most {_MOST_ARTISTS}.")
    return [_counts(str(mbid), state) for mbid in asked]


def _counts(mbid: str, state: SandboxState) -> dict[str, Any]:
    artist = state.listening.mbids.artist(mbid)
    together = state.listening.together
    return {
        "artist_mbid": mbid,
        "total_listen_count": (together.listens(artist) or None) if artist else None,
        "total_user_count": (together.listeners(artist) or None) if artist else None,
    }


def _sent(text: str, name: str) -> list[Any]:
    try:
        body = json.loads(text)
        asked = body[name]
    except (ValueError, KeyError, TypeError):
        asked = None
    if not isinstance(asked, list) or not asked:
        raise RefusedError(400, f"JSON document must contain a list of {name}.")
    return asked


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name)
    if value is None:
        return None
    try:
        number = int(value)
        if name != "count":
            datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError):
        raise RefusedError(400, f"Invalid {name} argument: {value}") from None
    if number < 0:
        raise RefusedError(400, f"Invalid {name} argument: {value}")
    return number


def _token(request: Request) -> str | None:
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token if scheme.casefold() == "token" else ""


def _caller(request: Request, *, is_needed: bool) -> str | None:
    """Whose token it is."""
    token = _token(request)
    if token is None:
        if is_needed:
            raise RefusedError(401, "You need to provide an Authorization header.")
        return None
    if token not in _USERS:
        raise RefusedError(401, "Invalid authorization token.")
    return _USERS[token]


def _limit(state: SandboxState) -> RollingLimit:
    return state.paced_limits.listenbrainz


SERVICE = Service(
    name="listenbrainz",
    handlers={
        "/1/user/{user_name}/listens": reading(_listens, _limit),
        "/1/validate-token": reading(_validate, _limit),
    },
    writes={
        ("POST", "/1/metadata/lookup/"): posting(_look_up, _limit),
        ("POST", "/1/popularity/artist"): posting(_popularity, _limit),
    },
    url_variable="SHOWLIST_LISTENBRAINZ_URL",
    credentials={"LISTENBRAINZ_TOKEN": LISTENBRAINZ_TOKEN},
)
