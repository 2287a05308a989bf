"""``/api/shows``, ``artists``, ``venues``, ``search``, ``changes``, ``freshness``: the tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fastapi import APIRouter, HTTPException

from showlist_assets.domain.playlists.wish_model import cleaned
from showlist_assets.domain.states import BY_CODE
from showlist_assets.storage.published import artists, changes, freshness, search, shows, venues
from showlist_assets.web.addresses import number_of
from showlist_assets.web.api import models
from showlist_assets.web.api.calls import Admitted

router = APIRouter()

_LONGEST: Final = 100
_DAYS: Final = 7
_MOST_DAYS: Final = 90
_CHANGES: Final = 50
_MOST_CHANGES: Final = 500
_MOST_PASSED_OVER: Final = 10_000
_HITS: Final = 8
_MOST_HITS: Final = 50


@router.get("/shows/{show_id:path}")
def show(show_id: str, call: Admitted) -> models.Show:
    """A show with its whole bill, its listings and its history."""
    with call.publication.cursor() as cursor:
        found = shows.show(cursor, show_id)
    if found is None:
        raise HTTPException(404, "No show here ever had this id.")
    return models.Show.model_validate(found)


@router.get("/artists/{key:path}")
def artist(key: str, call: Admitted) -> models.Artist:
    """A performer by its key, its id on Spotify, or its name as billed."""
    with call.publication.cursor() as cursor:
        found = artists.find_artist(cursor, key)
    if found is None:
        raise HTTPException(404, "Nobody of that name plays anywhere that is known here.")
    return models.Artist.model_validate(found)


@router.get("/venues/{key:path}")
def venue(key: str, call: Admitted) -> models.Venue:
    """A venue by its key."""
    with call.publication.cursor() as cursor:
        found = venues.venue(cursor, key)
    if found is None:
        raise HTTPException(404, "No venue with shows ahead has this key.")
    return models.Venue.model_validate(found)


@router.get("/search")
def find(call: Admitted, q: str = "", limit: str = "") -> models.Found:
    """Artists, venues, cities and shows by name; `limit` of each, 8 or up to 50."""
    text = cleaned(q[: 4 * _LONGEST])[:_LONGEST].rstrip()
    most = number_of(limit, _HITS, least=1, most=_MOST_HITS)
    with call.publication.cursor() as cursor:
        found = search.search(cursor, text, today=call.site.now().date(), limit=most)
        meant = () if any(found.values()) else search.did_you_mean(cursor, text)
    return models.Found.model_validate(
        {
            "artists": found["artist"],
            "venues": found["venue"],
            "cities": found["city"],
            "shows": found["show"],
            "did_you_mean": meant,
        }
    )


@router.get("/changes")
def news(
    call: Admitted,
    kind: str = "",
    state: str = "",
    days: str = "",
    limit: str = "",
    offset: str = "",
) -> tuple[models.Change, ...]:
    """What happened to shows that are not over, the newest first.

    `kind`: announced, moved, back, cancelled, postponed, vanished, line_up; all without one.
    `state`: USPS code; everywhere without one. `days`: how far back, 7 or up to 90.
    """
    kinds = (kind,) if kind in changes.NEWS else changes.NEWS
    code, now = state.strip().upper(), call.site.now()
    back = timedelta(days=number_of(days, _DAYS, least=1, most=_MOST_DAYS))
    with call.publication.cursor() as cursor:
        found = changes.changes(
            cursor,
            kinds,
            states=(code,) if code in BY_CODE else (),
            since=now - back,
            first=now.date(),
            limit=number_of(limit, _CHANGES, least=1, most=_MOST_CHANGES),
            offset=number_of(offset, 0, most=_MOST_PASSED_OVER),
        )
    return tuple(map(models.Change.model_validate, found))


@router.get("/freshness")
def how_fresh(call: Admitted, state: str = "") -> models.Freshness:
    """How old the shows of each state are, and which source does not answer."""
    code = state.strip().upper()
    with call.publication.cursor() as cursor:
        found = freshness.freshness(cursor, (code,) if code in BY_CODE else ())
    return models.Freshness.model_validate(
        {"published_at": call.publication.published_at, "states": found}
    )
