"""Ticketmaster Discovery v2: the list of events, and one of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from showlist_assets.sandbox.apis.ticketmaster.listings import Listing, ListingIndex
from showlist_assets.sandbox.apis.ticketmaster.payloads import listing_payload
from showlist_assets.sandbox.config import TICKETMASTER_API_KEY
from showlist_assets.sandbox.state.clock import machine_time
from showlist_assets.sandbox.state.event_index import EventIndex
from showlist_assets.sandbox.state.service import Service, json_answer
from showlist_assets.sandbox.world.cities import country_of_venue
from showlist_assets.sandbox.world.dealing import lot

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.sandbox.state.service import Handler
    from showlist_assets.sandbox.state.state import SandboxState

_Key = Callable[[Listing], Any]
_LARGEST_PAGE = 200
_DEFAULT_PAGE = 20
_SORTS: dict[str, _Key] = {
    "date": lambda listing: listing.event.starts_at_utc,
    "name": lambda listing: listing.event.title,
    "id": lambda listing: listing.id,
}
# An index for each of the sandbox's, which is made anew when an event changes.
_INDEXES: WeakKeyDictionary[EventIndex, ListingIndex] = WeakKeyDictionary()


class _RefusedError(ValueError):
    """A parameter cannot be used: a 400 with Ticketmaster's code and words."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def listing_index(state: SandboxState) -> ListingIndex:
    """What Ticketmaster lists now."""
    if state.events not in _INDEXES:
        _INDEXES[state.events] = ListingIndex(state.events.events, state.config.dealt)
    return _INDEXES[state.events]


def _events(request: Request, state: SandboxState) -> Response:
    found = _matching(request, state)
    field, _, direction = request.query_params.get("sort", "date,asc").partition(",")
    if field not in _SORTS or direction not in ("asc", "desc"):
        raise _RefusedError("DIS1013", f"Unsupported sort: {field},{direction}")
    found.sort(key=_SORTS[field], reverse=direction == "desc")
    size, number = _whole(request, "size", _DEFAULT_PAGE), _whole(request, "page", 0)
    if size > _LARGEST_PAGE:
        raise _RefusedError("DIS1016", "Query param size must be less than 200")
    cap = state.config.ticketmaster_cap
    if size * number >= cap:
        raise _RefusedError(
            "DIS1035",
            f"API Limits Exceeded: Max paging depth exceeded. (page * size) must be less than "
            f"{cap:,}",
        )
    page = found[size * number : size * (number + 1)]
    total, pages = len(found), -(-len(found) // size) if size else 0
    body: dict[str, Any] = {
        "_links": _links(request, number, pages),
        "page": {"size": size, "totalElements": total, "totalPages": pages, "number": number},
    }
    if page:
        shown = [listing_payload(listing, state.world.catalog) for listing in page]
        body = {"_embedded": {"events": shown}, **body}
    return json_answer(body)


def _event(request: Request, state: SandboxState) -> Response:
    name = request.path_params["id"].removesuffix(".json")
    listing = listing_index(state).by_id.get(name)
    if listing is None:
        return _errors(404, "DIS1004", f"Resource not found with provided criteria ({name})")
    return json_answer(listing_payload(listing, state.world.catalog))


def _matching(request: Request, state: SandboxState) -> list[Listing]:
    query = request.query_params
    country = query.get("countryCode", "US").upper()
    start, end = _moment(request, "startDateTime"), _moment(request, "endDateTime")
    found = listing_index(state).between(query.get("stateCode"), start, end)
    # What is over is in no list, whatever was asked for.
    over = (state.clock.now() - timedelta(days=1)).replace(tzinfo=None)
    is_dated = bool(start or end)
    return [
        listing
        for listing in found
        if _country(listing) == country
        and (listing.event.ends_at_utc or listing.event.starts_at_utc) >= over
        and _is_of(listing, query.get("classificationName"))
        and _is_of_test(listing, query.get("includeTest", "no"))
        and _is_asked_for(listing, request, is_dated=is_dated)
    ]


def _country(listing: Listing) -> str | None:
    venue = listing.event.venue
    return country_of_venue(venue.country, venue.state)


def _is_of(listing: Listing, classification: str | None) -> bool:
    """Some of other segments are found as music, too."""
    if classification is None:
        return True
    is_music = listing.segment == "Music" or lot("found as music", listing.event.id) < 15
    return is_music and classification.lower() == "music"


def _is_asked_for(listing: Listing, request: Request, *, is_dated: bool) -> bool:
    """What has no date is in no period, and in a list without one where it is asked for.

    Measured by a third party in October 2026: it is left out by default either way, and "only" of
    both kinds finds nothing.
    """
    is_undated = listing.event.date_tbd
    query = request.query_params
    tba, tbd = (query.get(name, "no") for name in ("includeTBA", "includeTBD"))
    if tba == "only":
        return False
    if tbd == "only":
        return is_undated and not is_dated
    return not is_undated or (tbd == "yes" and not is_dated)


def _is_of_test(listing: Listing, wanted: str) -> bool:
    is_test = listing.is_flagged_as_test
    return {"no": not is_test, "only": is_test}.get(wanted, True)


def _moment(request: Request, name: str) -> datetime | None:
    value = request.query_params.get(name)
    if value is None:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007
    except ValueError:
        raise _RefusedError(
            "DIS1015", f"Query param with date must be of valid format YYYY-MM-DDTHH:mm:ssZ: {name}"
        ) from None


def _whole(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, str(default))
    if not value.isdecimal():
        raise _RefusedError("DIS1011", f"Query param {name} must be a whole number")
    return int(value)


def _links(request: Request, number: int, pages: int) -> dict[str, Any]:
    kept = [
        pair for pair in request.query_params.multi_items() if pair[0] not in ("apikey", "page")
    ]
    numbers = {"first": 0, "self": number, "last": max(0, pages - 1)}
    if number:
        numbers["prev"] = number - 1
    if number + 1 < pages:
        numbers["next"] = number + 1
    return {
        name: {"href": f"/discovery/v2/events.json?{urlencode([*kept, ('page', page)])}"}
        for name, page in numbers.items()
    }


def _for_keys(handler: Handler) -> Handler:
    """Lets only the sandbox's key in, counts its calls, and tells what cannot be used."""

    def answer(request: Request, state: SandboxState) -> Response:
        # Status, codes and words of the gateway (developer.ticketmaster.com, "Getting started").
        key = request.query_params.get("apikey")
        if key is None:
            words = "Failed to resolve API Key variable request.queryparam.apikey"
            return _fault(401, words, "steps.oauth.v2.FailedToResolveAPIKey")
        if key != TICKETMASTER_API_KEY:
            return _fault(401, "Invalid ApiKey", "oauth.v2.InvalidApiKey")
        refusal = _limited(state, key)
        if refusal:
            return refusal
        try:
            response = handler(request, state)
        except _RefusedError as refused:
            # It counts, but tells nothing of the count (measured as above).
            return _errors(400, refused.code, str(refused))
        response.headers.update(_count(state))
        return response

    return answer


def _limited(state: SandboxState, key: str) -> Response | None:
    now, limits = state.clock.now(), state.ticketmaster_limits
    if limits.is_too_fast(now):
        words = f"Spike arrest violation. Allowed rate : {state.config.ticketmaster_pace}ps"
        return _fault(429, words, "policies.ratelimit.SpikeArrestViolation")
    if limits.daily.wait(now):
        words = f"Rate limit quota violation. Quota limit  exceeded. Identifier : {key}"
        response = _fault(429, words, "policies.ratelimit.QuotaViolation")
        response.headers.update(_count(state))
        return response
    limits.daily.record(now)
    return None


def _count(state: SandboxState) -> dict[str, str]:
    now, daily = state.clock.now(), state.ticketmaster_limits.daily
    left = max(0, daily.limit - daily.used(now))
    # By the clock that the server tells in ``Date``, which is the machine's.
    reset = machine_time() + timedelta(seconds=daily.wait(now) or 3600)
    return {
        "Rate-Limit": str(daily.limit),
        "Rate-Limit-Available": str(left),
        "Rate-Limit-Over": "0",
        "Rate-Limit-Reset": str(int(reset.timestamp() * 1000)),
    }


def _fault(status: int, words: str, code: str) -> Response:
    return json_answer({"fault": {"faultstring": words, "detail": {"errorcode": code}}}, status)


def _errors(status: int, code: str, detail: str) -> Response:
    about = {"about": {"href": f"/discovery/v2/errors.html#{code}"}}
    error = {"code": code, "detail": detail, "status": str(status), "_links": about}
    return json_answer({"errors": [error]}, status)


SERVICE = Service(
    name="ticketmaster",
    handlers={
        "/v2/events.json": _for_keys(_events),
        "/v2/events": _for_keys(_events),
        "/v2/events/{id}": _for_keys(_event),
    },
    url_variable="SHOWLIST_TICKETMASTER_URL",
    credentials={"TICKETMASTER_API_KEY": TICKETMASTER_API_KEY},
)
