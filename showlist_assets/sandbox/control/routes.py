"""``/_sandbox/*``: how a test or a person looks into the sandbox and disturbs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from showlist_assets.sandbox.control.listeners import LISTENER_ACTIONS
from showlist_assets.sandbox.state.faults import Fault
from showlist_assets.sandbox.state.service import json_answer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.sandbox.state.state import SandboxState
    from showlist_assets.sandbox.world.entities import Event

Action = Callable[["SandboxState", dict[str, Any]], dict[str, Any]]


def control_routes(state: SandboxState) -> list[Route]:
    """The routes of the control surface; they are neither counted, limited nor spoilt."""
    return [
        Route(f"/_sandbox/{path}", _endpoint(action, state), methods=[method])
        for (method, path), action in _ACTIONS.items()
    ]


def _endpoint(action: Action, state: SandboxState) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        try:
            text = await request.body()
            body = json.loads(text) if text else {}
            return json_answer(action(state, body | dict(request.path_params)))
        except (ValueError, TypeError) as error:
            return json_answer({"error": str(error)}, 400)

    return answer


def _requests(state: SandboxState, _: dict[str, Any]) -> dict[str, Any]:
    return {"requests": state.log.rows()}


def _forget_requests(state: SandboxState, _: dict[str, Any]) -> dict[str, Any]:
    state.log.clear()
    return {"requests": []}


def _faults(state: SandboxState, _: dict[str, Any]) -> dict[str, Any]:
    return {"faults": state.faults.pending()}


def _add_fault(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    state.faults.add(Fault(**body))
    return _faults(state, body)


def _forget_faults(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    state.faults.clear()
    return _faults(state, body)


def _clock(state: SandboxState, _: dict[str, Any]) -> dict[str, Any]:
    return {"now": state.clock.now().isoformat()}


def _move_clock(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    match body:
        case {"now": str(moment)}:
            state.clock.set(datetime.fromisoformat(moment))
        case {"advance_seconds": int() | float() as seconds}:
            state.clock.advance(timedelta(seconds=seconds))
        case _:
            raise ValueError('Send {"now": "2026-12-01T00:00:00Z"} or {"advance_seconds": 60}.')
    return _clock(state, body)


def _limits(state: SandboxState, _: dict[str, Any]) -> dict[str, Any]:
    now, limits = state.clock.now(), state.limits
    return {
        "window": {"limit": limits.window.limit, "used": limits.window.used(now)},
        "daily": {"limit": limits.daily.limit, "used": limits.daily.used(now)},
    }


def _events(state: SandboxState, _: dict[str, Any]) -> dict[str, Any]:
    """Every event as it is now, in order of time."""
    return {
        "events": [
            {
                **_told(event),
                "type": event.type,
                "title": event.title,
                "performers": [performer.name for performer in event.performers],
                "venue": event.venue.name,
                "venue_id": event.venue.id,
                "city": event.venue.city,
                "state": event.venue.state,
                "starts_at_local": event.starts_at_local.isoformat(),
                "starts_at_utc": event.starts_at_utc.isoformat(),
            }
            for event in state.events.events
        ]
    }


def _change_event(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    """Cancels, moves or removes an event, as happens between two looks at a ticket site."""
    event = state.change_event({**body, "id": int(body["id"])})
    return {"removed": event.id} if body.get("removed") else _told(event)


def _announce_event(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    """Takes the bill of an event as ``bill_of``, a ``venue`` (id) and a ``date``."""
    now = {"announced_at": state.clock.now().isoformat()}
    return _told(state.change_event({**now, **body}))


def _told(event: Event) -> dict[str, Any]:
    return {"id": event.id, "status": event.status}


def _reset(state: SandboxState, body: dict[str, Any]) -> dict[str, Any]:
    """Takes the listeners' playlists and logins back to the start as well, and says so."""
    who = [one.user_id for one in state.listeners.everyone()]
    lost = {"playlists": len({one.id for user in who for one in state.listeners.playlists(user)})}
    state.reset()
    return {**_clock(state, body), "forgotten": lost, "words": _RESET}


_RESET = (
    "As just started: events and clock are as they were, nothing is counted or ordered, and logins "
    "and playlists are gone."
)
_ACTIONS: dict[tuple[str, str], Action] = {
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _forget_requests,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _forget_faults,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _move_clock,
    ("GET", "limits"): _limits,
    ("GET", "events"): _events,
    ("POST", "events/{id}"): _change_event,
    ("POST", "events"): _announce_event,
    ("POST", "reset"): _reset,
    **LISTENER_ACTIONS,
}
