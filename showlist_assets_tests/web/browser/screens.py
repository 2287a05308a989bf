"""Every screen of the page, and an address of the demo's world at which it is seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from showlist_assets.web.pages import ROUTES

if TYPE_CHECKING:
    from showlist_assets_tests.web.sites import ServedSite

ALL_OF_NEW_YORK: Final = "/?where=NY&when=any+time"

SCREENS: Final = {
    "home": "/",
    "home_state": ALL_OF_NEW_YORK,
    "home_many_wishes": "/?where=Albany,+NY&radius=200&when=any+time&genre=folk&genre=rock"
    "&without=metal&day=fri&day=sat&price=80&bands=Alma+and+the+Crickets&order=popularity&most=oops",
    "home_nothing": "/?where=Albany,+NY&genre=polka",
    "home_several_places": "/?where=Portland",
    "unknown_place": "/?where=Albny,+NY",
    "not_found": "/nowhere",
    "show": "/shows/{show}",
    "artist": "/artists/{artist}",
    "artist_far": "/artists/{artist}?where=10001",
    "artist_unheard": "/artists/{unheard}",
    "venue": "/venues/{venue}",
    "new": "/new",
    "announced": "/announced",
    "announced_state": "/announced?where=NY&days=30",
    "moved": "/moved",
    "cancelled": "/cancelled",
    "gone": "/gone",
    "line_ups": "/line-ups",
    "leaving": "/leaving",
    "leaving_near": "/leaving?where=NY",
    "search": "/search",
    "search_found": "/search?q=al",
    "search_nothing": "/search?q=zzqqxx",
    "about": "/about",
    "save": "/save?where=NY&when=any+time",
    "playlists_of_nobody": "/playlists",
    "login": "/login",
}
"""By name; what stands in braces is found on the demo's pages."""


def address_of(name: str, site: ServedSite) -> str:
    """Where the screen is seen; things of the world are those that the first page links to."""
    path = SCREENS[name]
    if "{" not in path:
        return path
    page = site.get(ALL_OF_NEW_YORK).text
    linked = {
        "show": re.search(r'href="/shows/([^"]+)"', page),
        "artist": re.search(r'act-name"><a href="/artists/([^"]+)"', page),
        "unheard": re.search(r'<li><a href="/artists/([^"]+)"', page),
        "venue": re.search(r'href="/venues/([^"]+)"', page),
    }
    return path.format(**{kind: found[1] for kind, found in linked.items() if found})


def is_there(path: str) -> bool:
    """Whether the page has the address."""
    return path == "/nowhere" or any(
        route.path_regex.fullmatch(path.partition("?")[0]) for route in ROUTES
    )
