"""A module a screen: the request in, the page out. Each names its addresses in ``ROUTES``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.web.pages import (
    about,
    artist,
    feeds,
    health,
    home,
    login,
    me,
    news,
    owner,
    playlist,
    playlists,
    review,
    save,
    saving,
    search,
    show,
    taste,
    venue,
)

if TYPE_CHECKING:
    from starlette.routing import Route

ROUTES: list[Route] = [
    route
    for screen in (
        home,
        show,
        artist,
        venue,
        news,
        search,
        about,
        feeds,
        login,
        me,
        taste,
        owner,
        playlist,
        playlists,
        review,
        save,
        saving,
        health,
    )
    for route in screen.ROUTES
]
