"""The venues of a lineup, for the map."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.gazetteer import Place
from showlist_assets.domain.places import KILOMETRES_PER_MILE
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.web import wording
from showlist_assets.web.map import Dot, circle_map, state_map
from showlist_assets.web.paths import venue_path

if TYPE_CHECKING:
    from showlist_assets.domain.gazetteer import Area
    from showlist_assets.domain.playlists.plan import Plan, PlannedShow
    from showlist_assets.domain.playlists.wish import Wish
    from showlist_assets.web.map import MapView

_WIDTH: Final = 880
_HEIGHT: Final = 360


def map_of(wish: Wish, place: Place | Area, plan: Plan, prefix: str) -> MapView | None:
    """The circle or the state that the wish names, with the venues of the plan's shows.

    None of a state that the atlas has no outline of: then the list tells all.
    ``prefix`` is the path under which the page lies.
    """
    dots = _dots(plan, prefix)
    if isinstance(place, Place):
        kilometres = wish.radius * KILOMETRES_PER_MILE
        return circle_map(
            place.latitude,
            place.longitude,
            kilometres,
            dots,
            place=place.label,
            # Low, so that the first shows stand on the first screen.
            width=_WIDTH,
            height=_HEIGHT,
        )
    return state_map(place.state, dots) if place.state in STATE_CODES else None


def _dots(plan: Plan, prefix: str) -> list[Dot]:
    venues: dict[str, list[tuple[PlannedShow, float, float]]] = {}
    for show in (*plan.shows, *plan.songless):
        if show.latitude is not None and show.longitude is not None:
            path = venue_path(show.venue_name, show.venue_city, show.state)
            venues.setdefault(path, []).append((show, show.latitude, show.longitude))
    return [
        Dot(
            name=wording.printed(shows[0][0].venue_name),
            latitude=median(latitude for _, latitude, _ in shows),
            longitude=median(longitude for _, _, longitude in shows),
            shows=len(shows),
            href=f"{prefix}{path}",
            city=wording.printed(shows[0][0].venue_city or ""),
        )
        for path, shows in venues.items()
    ]
