"""Cases about what a playlist holds and what is written into it."""

from __future__ import annotations

import re
import tempfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import requests.auth

from showlist_assets.domain.playlists.diff import applied, edits, target_list
from showlist_assets.domain.playlists.plan import Plan, PlannedTrack
from showlist_assets.errors import ShowlistError
from showlist_assets.services.listeners.accounts import Account
from showlist_assets.services.playlists.changes import target_of
from showlist_assets.services.playlists.history import PlaylistHistory, PushRow
from showlist_assets.services.playlists.push import push
from showlist_assets.sources.spotify.playlists import SpotifyPlaylists
from showlist_assets.storage.files import LocalFiles
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.reported_cases.cases import Case, Found, unclear
from showlist_assets_tests.sources.clients import session
from showlist_assets_tests.sources.conftest import OwnServer, Reply, Request

if TYPE_CHECKING:
    from collections.abc import Callable


class _Bearer(requests.auth.AuthBase):
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = "Bearer a-token"
        return request


def _over(server: OwnServer) -> SpotifyPlaylists:
    sending = session("spotify")
    sending.authorize = _Bearer()
    return SpotifyPlaylists(sending, server.url)


def _uri(name: str) -> str:
    return name if ":" in name or not name else f"spotify:track:{name}"


# A case: {"live": [...], "ours": [...], "planned": [...], "right": "no request names URI"}
def writes(case: Case) -> Found:
    """Which items the writes name, and whether they end at what is wanted."""
    live, ours, wanted = ([_uri(one) for one in case[key]] for key in ("live", "ours", "planned"))
    target = target_list(wanted, live, ours=set(ours))
    made, after = edits(live, target), list(live)
    for edit in made:
        after = applied(edit, after)
    named = [uri for edit in made for uri in getattr(edit, "uris", ())]
    told = re.search(r"names? (\S+)", str(case.right))
    if not told:
        return unclear("the sentence names no item")
    uri = _uri(told[1].rstrip(".,;"))
    denied = str(case.right).startswith("no ")
    # Nobody could bring back what the listener has put there.
    is_kept = (uri in after) or uri not in live
    return Found(
        f"{[type(edit).__name__ for edit in made]} name {named}",
        is_right=(uri in named) != denied and is_kept,
    )


# A case: {"page": {"items": [...], "total": n}, "right": [uri, ...]}
def items_of_a_page(case: Case) -> Found:
    """What is read of a page of items."""
    server = OwnServer(lambda _: Reply(case["page"]))
    try:
        seen: Any = _over(server).items("p")
    except ShowlistError as error:
        return Found(f"{type(error).__name__}: {error}", is_right=case.right == "refused")
    finally:
        server.stop()
    return Found(seen, is_right=seen == case.right)


# A case: {"own": n, "planned": n, "right": "told before sending: ..."}
def too_many(case: Case) -> Found:
    """Whether a push to a list of that length is refused before anything is sent."""
    own = [f"spotify:track:own{number}" for number in range(case["own"])]
    server = OwnServer(_playlist_of(own))
    try:
        words = _refusal(server, case["planned"])
    finally:
        server.stop()
    sent = sum(request.method != "GET" for request in server.requests)
    told = str(case.right).startswith("told before")
    limit = re.search(r"\d[\d,]{2,}", str(case.right)) if told else None
    names_limit = limit is None or limit[0].replace(",", "") in words.replace(",", "")
    is_told = bool(words) and not sent
    seen = f"told: {words}" if is_told else f"{sent} writes sent. {words}"
    return Found(seen, is_right=is_told == told and names_limit)


def _refusal(server: OwnServer, planned: int) -> str:
    """What a push says that does not send everything; "" where it does."""
    plan = Plan("mine", "Live", "", tuple(map(_track, range(planned))), {})
    details = target_of(plan, public=False).details
    with tempfile.TemporaryDirectory() as folder:
        history = PlaylistHistory(LocalFiles(folder))
        known = {"recipe": "mine", "account": "me", "user_id": "listener", "run_id": "before"}
        history.save(
            PushRow(
                number=1, status="done", started_at=NOW, playlist_id="p", details=details, **known
            )
        )
        account = Account(
            name="me",
            user_id="listener",
            display_name="Robin",
            refresh_token="none",
            scopes=(),
            consented_at=NOW,
        )
        try:
            push(
                plan, client=_over(server), history=history, account=account, now=NOW, run_id="run"
            )
        except ShowlistError as error:
            return str(error)
    return ""


def _track(number: int) -> PlannedTrack:
    return PlannedTrack(
        track_id=f"planned{number}",
        track_name=f"Song {number}",
        artist_name=f"Band {number}",
        spotify_artist_id=f"artist{number}",
        show_id=f"seatgeek-{number}",
        local_date=NOW.date() + timedelta(days=5),
        starts_at_local=None,
        venue_timezone=None,
        venue_name="Hall",
        venue_city=None,
        state="NY",
        ticket_url=None,
        billing=1,
        why="",
    )


def _playlist_of(uris: list[str]) -> Callable[[Request], Reply]:
    """A listener's playlist, which takes every write and stays as it is."""

    def answer(request: Request) -> Reply:
        if request.method != "GET":
            return Reply({"snapshot_id": "after"})
        if request.path.endswith("/contains"):
            return Reply([True])
        if request.path.endswith("/items"):
            first = int(request.query["offset"])
            page = uris[first : first + int(request.query["limit"])]
            return Reply({"items": [{"item": {"uri": uri}} for uri in page], "total": len(uris)})
        return Reply(
            {
                "id": "p",
                "name": "Live",
                "description": "(showlist: mine)",
                "public": False,
                "snapshot_id": "before",
                "owner": {"id": "listener"},
            }
        )

    return answer
