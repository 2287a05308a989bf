"""ReccoBeats: audio features by Spotify id, without credentials."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from random import Random
from typing import TYPE_CHECKING, Any

from showlist_assets.sandbox.state.service import Service, json_answer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.sandbox.state.state import SandboxState
    from showlist_assets.sandbox.world.entities import Features, Track

# What clients use; a 41st id is dropped without a word (a third party's report).
_MOST_IDS = 40


def _audio_features(request: Request, state: SandboxState) -> Response:
    text = ",".join(request.query_params.getlist("ids"))
    ids = [one for one in text.split(",") if one][:_MOST_IDS]
    if not ids:
        # The codes are ReccoBeats' own (https://reccobeats.com/docs).
        return _error(4001, "ids: must not be empty")
    content = []
    for identifier in dict.fromkeys(ids):
        track = state.world.catalog.track(identifier)
        # The real one leaves out what it does not know (BFox010/Music-Enrichment#37: thin for
        # 2026).
        if track and track.features:
            content.append(_item(track, track.features))
    # The order is not promised; the same request gets the same one here.
    Random(text).shuffle(content)
    return json_answer({"content": content})


def _item(track: Track, features: Features) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, track.id)),
        "href": f"https://open.spotify.com/track/{track.id}",
        "isrc": track.isrc,
        **asdict(features),
    }


def _error(code: int, message: str) -> Response:
    return json_answer({"timestamp": None, "error": message, "status": code}, 400)


SERVICE = Service(
    name="reccobeats",
    handlers={"/v1/audio-features": _audio_features},
    url_variable="SHOWLIST_RECCOBEATS_URL",
)
