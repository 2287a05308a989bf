"""SeatGeek Platform API v2: events, performers, venues and taxonomies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from showlist_assets.sandbox.apis.basic_auth import basic_credentials
from showlist_assets.sandbox.apis.seatgeek.filters import BadFilterError, matching_events
from showlist_assets.sandbox.apis.seatgeek.payloads import (
    TAXONOMIES,
    event_payload,
    performer_payload,
    taxonomy,
    venue_payload,
)
from showlist_assets.sandbox.config import SEATGEEK_CLIENT_ID, SEATGEEK_CLIENT_SECRET
from showlist_assets.sandbox.state.service import Service, json_answer
from showlist_assets.sandbox.world.dealing import is_listed
from showlist_assets.sandbox.world.text import slug, words

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.sandbox.state.service import Handler
    from showlist_assets.sandbox.state.state import SandboxState
    from showlist_assets.sandbox.world.entities import Event

_Item = TypeVar("_Item")
# The real service's own error text (seatgeek/api-support#12, 2016). Later pages were cut to 1,000
# (#29) and 50 (#158), so clients must count what comes.
_MOST_PER_PAGE = 5000
# Pages past this many items come back empty with a total of 0 (seatgeek/api-support#63).
_DEEPEST_ITEM = 10_000

_SORT_KEYS: dict[str, Callable[[Event], Any]] = {
    "datetime_utc": lambda event: event.starts_at_utc,
    "datetime_local": lambda event: event.starts_at_local,
    "announce_date": lambda event: event.announced_at,
    "score": lambda event: event.score,
    "id": lambda event: event.id,
}


def _events(request: Request, state: SandboxState) -> Response:
    query = request.query_params
    events = [
        event
        for event in matching_events(state.events, query.multi_items())
        if is_listed(event.id, "seatgeek", state.config.dealt)
    ]
    field, _, direction = query.get("sort", "datetime_utc.asc").partition(".")
    if field not in _SORT_KEYS:
        raise BadFilterError(f"sort: unknown field {field!r}")
    events.sort(key=_SORT_KEYS[field], reverse=direction == "desc")
    links = state.config.spotify_links
    page, meta = _page(request, events)
    shown = [event_payload(one, state.events, spotify_links=links) for one in page]
    return json_answer({"meta": meta, "in_hand": {}, "events": shown})


def _event(request: Request, state: SandboxState) -> Response:
    event = state.events.by_id.get(_number(request.path_params["id"]))
    if event is None or not is_listed(event.id, "seatgeek", state.config.dealt):
        return _error(404, f"Event '{request.path_params['id']}' not found", 404)
    links = state.config.spotify_links
    return json_answer(event_payload(event, state.events, spotify_links=links))


def _performers(request: Request, state: SandboxState) -> Response:
    wanted = _named(request)
    found = [one for one in state.events.performers.values() if wanted(one.id, one.name)]
    found.sort(key=lambda one: (-one.score, one.id))
    page, meta = _page(request, found)
    shown = [performer_payload(one, state.events) for one in page]
    return json_answer({"meta": meta, "performers": shown})


def _performer(request: Request, state: SandboxState) -> Response:
    performer = state.events.performers.get(_number(request.path_params["id"]))
    if performer is None:
        return _error(404, f"Performer '{request.path_params['id']}' not found", 404)
    return json_answer(performer_payload(performer, state.events))


def _venues(request: Request, state: SandboxState) -> Response:
    wanted, query = _named(request), request.query_params
    found = [
        venue
        for venue in state.events.venues.values()
        if wanted(venue.id, venue.name)
        and query.get("state", venue.state).upper() == venue.state
        and query.get("city", venue.city).casefold() == venue.city.casefold()
        and query.get("country", venue.country).casefold() == venue.country.casefold()
    ]
    page, meta = _page(request, sorted(found, key=lambda venue: venue.id))
    return json_answer(
        {"meta": meta, "venues": [venue_payload(venue, state.events) for venue in page]}
    )


def _venue(request: Request, state: SandboxState) -> Response:
    venue = state.events.venues.get(_number(request.path_params["id"]))
    if venue is None:
        return _error(404, f"Venue '{request.path_params['id']}' not found", 404)
    return json_answer(venue_payload(venue, state.events))


def _taxonomies(request: Request, state: SandboxState) -> Response:
    page, meta = _page(request, [taxonomy(name) for name in TAXONOMIES])
    shown = [
        {
            **one,
            "slug": one["name"].replace("_", "-"),
            "short_name": None,
            "is_visible": True,
            "stats": {
                "event_count": sum(event.type == one["name"] for event in state.events.events),
                "performer_count": 0,
            },
        }
        for one in page
    ]
    return json_answer({"meta": meta, "taxonomies": shown})


def _named(request: Request) -> Callable[[int, str], bool]:
    """Filters by ``id``, ``slug`` and ``q``, for what has an id and a name."""
    ids = {_number(value) for value in _values(request, "id")}
    slugs = set(_values(request, "slug"))
    asked = set(words(request.query_params.get("q", "")))

    def passes(identifier: int, name: str) -> bool:
        return (
            (not ids or identifier in ids)
            and (not slugs or slug(name) in slugs)
            and asked <= set(words(name))
        )

    return passes


def _values(request: Request, name: str) -> list[str]:
    return [one for value in request.query_params.getlist(name) for one in value.split(",")]


def _page(request: Request, items: Sequence[_Item]) -> tuple[Sequence[_Item], dict[str, Any]]:
    per_page = _whole(request, "per_page", 10)
    page = _whole(request, "page", 1)
    if per_page > _MOST_PER_PAGE:
        raise BadFilterError(f"per_page must be at most {_MOST_PER_PAGE}")
    first = (page - 1) * per_page
    too_deep = first >= _DEEPEST_ITEM
    meta = {
        "total": 0 if too_deep else len(items),
        "took": 7,
        "page": page,
        "per_page": per_page,
        "geolocation": None,
    }
    return ([] if too_deep else items[first : first + per_page]), meta


def _whole(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, str(default))
    if not value.isdecimal() or int(value) < 1:
        raise BadFilterError(f"{name} must be a whole number above 0, not {value!r}")
    return int(value)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else -1


def _for_clients(handler: Handler) -> Handler:
    """Lets only the sandbox's client in, and turns unreadable filters into a 400."""

    def answer(request: Request, state: SandboxState) -> Response:
        # Status, code and words as the real service answers (seatgeek/api-support).
        if not _is_client(request):
            return _error(
                403,
                "Client is required. Visit https://seatgeek.com/account/develop to create one.",
                40307,
            )
        try:
            return handler(request, state)
        except BadFilterError as error:
            return _error(400, str(error), 40001)

    return answer


def _is_client(request: Request) -> bool:
    query = request.query_params
    # Both forms are documented (https://platform.seatgeek.com, "Authentication").
    basic = basic_credentials(request.headers.get("authorization"))
    client, secret = basic or (query.get("client_id", ""), query.get("client_secret", ""))
    return client == SEATGEEK_CLIENT_ID and secret in ("", SEATGEEK_CLIENT_SECRET)


def _error(status: int, message: str, code: int) -> Response:
    return json_answer(
        {
            "status": status,
            "message": message,
            "errors": [{"code": code, "message": message}],
            "meta": {"status": status},
        },
        status,
    )


SERVICE = Service(
    name="seatgeek",
    handlers={
        "/2/events": _for_clients(_events),
        "/2/events/{id}": _for_clients(_event),
        "/2/performers": _for_clients(_performers),
        "/2/performers/{id}": _for_clients(_performer),
        "/2/venues": _for_clients(_venues),
        "/2/venues/{id}": _for_clients(_venue),
        "/2/taxonomies": _for_clients(_taxonomies),
    },
    url_variable="SHOWLIST_SEATGEEK_URL",
    credentials={
        "SEATGEEK_CLIENT_ID": SEATGEEK_CLIENT_ID,
        "SEATGEEK_CLIENT_SECRET": SEATGEEK_CLIENT_SECRET,
    },
)
