"""``/v1/me/top/artists`` and ``/v1/me/player/recently-played``: what the listener plays."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from showlist_assets.sandbox.apis.spotify.gate import (
    ListenerCall,
    RefusedError,
    paging,
    reading,
    whole_number,
)
from showlist_assets.sandbox.apis.spotify.payloads import Payloads, links
from showlist_assets.sandbox.state.service import json_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from showlist_assets.sandbox.state.service import Handler
    from showlist_assets.sandbox.world.entities import Artist
    from showlist_assets.sandbox.world.listening import Play

# Four weeks, half a year, a year (OpenAPI description of `/me/top/{type}`).
_SPANS: Final = {
    "short_term": timedelta(days=28),
    "medium_term": timedelta(days=182),
    "long_term": timedelta(days=365),
}
# Whatever is asked for: nothing older is told (Yooooomi/your_spotify#88).
_WALL: Final = 50


def _top_artists(call: ListenerCall) -> Response:
    call.require("user-top-read")
    span = call.request.query_params.get("time_range", "medium_term")
    if span not in _SPANS:
        raise RefusedError(400, "Invalid time range")
    limit = whole_number(call.request, "limit", 20, range(1, 51))
    offset = whole_number(call.request, "offset", 0, range(1001))
    since = call.state.clock.now() - _SPANS[span]
    counted: Counter[Artist] = Counter(
        play.track.artists[0]
        for play in call.state.listening.plays(call.listener.user_id)
        if play.is_heard and not play.incognito and play.ended_at >= since
    )
    ranked = sorted(counted, key=lambda artist: (-counted[artist], artist.id))
    payloads = Payloads(call.state.config.mode)
    shown = [_item(payloads.artist(one)) for one in ranked[offset : offset + limit]]
    return json_answer(paging(call.request, shown, len(ranked), limit, offset))


def _item(artist: dict[str, Any]) -> dict[str, Any]:
    # Absent in Development Mode (marcelmarais/spotify-mcp-server#73).
    return {name: told for name, told in artist.items() if name != "genres" or told}


def _recently_played(call: ListenerCall) -> Response:
    call.require("user-read-recently-played")
    limit = whole_number(call.request, "limit", 20, range(1, _WALL + 1))
    asked = call.request.query_params
    if "after" in asked and "before" in asked:
        raise RefusedError(400, "Only one of 'before' and 'after' may be specified")
    told = call.state.listening.recently_told(call.listener.user_id)[:_WALL]
    after, before = _milliseconds(call, "after"), _milliseconds(call, "before")
    if after is not None:
        told = [play for play in told if _cursor(call, play) > after]
    if before is not None:
        told = [play for play in told if _cursor(call, play) < before]
    return json_answer(_page(call, told[:limit], limit))


def _page(call: ListenerCall, plays: Sequence[Play], limit: int) -> dict[str, Any]:
    here = str(call.request.url.replace(query=""))
    body: dict[str, Any] = {
        "items": [_played(call, play) for play in plays],
        "next": None,
        "cursors": None,
        "limit": limit,
        "href": f"{here}?{call.request.url.query}" if call.request.url.query else here,
    }
    if plays:
        newest, oldest = _cursor(call, plays[0]), _cursor(call, plays[-1])
        body["cursors"] = {"after": str(newest), "before": str(oldest)}
        # It names a next page also where the wall is behind it, and that one is empty.
        body["next"] = f"{here}?{urlencode({'before': oldest, 'limit': limit})}"
    return body


def _played(call: ListenerCall, play: Play) -> dict[str, Any]:
    album = links("album", play.track.album.id)
    return {
        "track": Payloads(call.state.config.mode).track(play.track),
        "played_at": f"{_at(call, play):%Y-%m-%dT%H:%M:%S}.{_cursor(call, play) % 1000:03}Z",
        "context": {name: album[name] for name in ("external_urls", "href", "type", "uri")},
    }


def _at(call: ListenerCall, play: Play) -> datetime:
    is_start = call.state.listening.quirks.stamps == "start"
    return (play.started_at if is_start else play.ended_at).astimezone(UTC)


def _cursor(call: ListenerCall, play: Play) -> int:
    """Its time in milliseconds."""
    at = _at(call, play)
    return int(at.timestamp()) * 1000 + at.microsecond // 1000


def _milliseconds(call: ListenerCall, name: str) -> int | None:
    value = call.request.query_params.get(name)
    if value is None:
        return None
    if not value.isdecimal():
        raise RefusedError(400, f"Invalid {name}")
    return int(value)


READS: dict[str, Handler] = {
    "/v1/me/top/artists": reading(_top_artists),
    "/v1/me/player/recently-played": reading(_recently_played),
}
