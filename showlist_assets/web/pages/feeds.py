"""A playlist's shows for other programs: ``/calendar/TOKEN.ics``, ``/feed/TOKEN.json|csv|xml``.

Such programs cannot log in, so the address itself is the key: it is in no log, it is told to no
other site, and every wrong one is answered alike.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl
from starlette.responses import PlainTextResponse, Response

from showlist_assets.domain.playlists.calendar_entries import calendar_entries
from showlist_assets.domain.playlists.calendar_file import calendar_file
from showlist_assets.domain.playlists.calendar_shows import (
    calendar_shows,
    calendar_title,
    songs_to_hear,
)
from showlist_assets.domain.playlists.export_formats import as_csv, as_json, as_rss
from showlist_assets.domain.playlists.exports import export_of
from showlist_assets.domain.playlists.recipe import RecipeError
from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.web.rendering import is_known
from showlist_assets.web.routing import shows

if TYPE_CHECKING:
    from starlette.requests import Request

    from showlist_assets.domain.playlists.exports import Export
    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.storage.published.publication import Publication
    from showlist_assets.web.site import Site

_HEADERS: Final = {
    # Asked for anew each time, which costs nothing while nothing has changed.
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
}
_MEDIA_TYPES: Final = {
    "ics": "text/calendar; charset=utf-8",
    "json": "application/feed+json",
    "csv": "text/csv; charset=utf-8; header=present",
    "xml": "application/rss+xml; charset=utf-8",
}


class _Made(NamedTuple):
    """A plan that nobody has saved yet, made of what is published."""

    plan: Plan
    recipe: Recipe
    publication: Publication


def calendar(request: Request, site: Site) -> Response:
    """The calendar as it was written last; before the first time, as it would be."""
    recipe = _recipe_of(request, site)
    if recipe is None:
        return _not_there()
    content = site.platform.plans.read_calendar(recipe)
    if content is None:
        made = _made(site, recipe)
        if made is None:
            return _not_there()
        content = _first_calendar(site, made)
    return _answer(request, recipe, "ics", content)


def feed(ending: str, request: Request, site: Site) -> Response:
    """The shows and songs as they were planned last; before the first time, as they would be."""
    recipe = _recipe_of(request, site)
    export = _export(site, recipe) if recipe else None
    if recipe is None or export is None:
        return _not_there()
    address = site.options.address
    if ending == "csv":
        content = as_csv(export)
    elif ending == "json":
        content = as_json(export, site=address)
    else:
        content = as_rss(export, site=address)
    return _answer(request, recipe, ending, content)


def _recipe_of(request: Request, site: Site) -> str | None:
    name = site.feed_links.recipe_of(request.path_params["token"])
    # Whoever deletes the file of a recipe has ended its feeds, too.
    return name if name in site.platform.recipes.names() else None


def _export(site: Site, recipe: str) -> Export | None:
    plan = site.platform.plans.read(recipe)
    if plan is not None:
        entries = site.platform.plans.read_entries(recipe) or ()
        return export_of(plan, entries, made_at=plan.published_at or site.now())
    made = _made(site, recipe)
    return export_of(made.plan, made_at=made.publication.published_at) if made else None


def _made(site: Site, name: str) -> _Made | None:
    """None where nothing is published, or the recipe cannot be used."""
    publication = site.publications.current()
    if publication is None:
        return None
    try:
        recipe = site.platform.recipes.read(name)
        plan = site.previews.of(publication, recipe, reader=recipe.account).plan
    except RecipeError:
        return None
    which = recipe.calendar.shows
    songless = plan.songless if which == "all" else ()
    plan = replace(plan, calendar_shows=which, songless=songless)
    return _Made(plan, recipe, publication)


def _first_calendar(site: Site, made: _Made) -> bytes:
    plan, publication = made.plan, made.publication
    history = pl.concat([publication.changes(state) for state in made.recipe.states])
    # Not the present: an unchanged calendar has an unchanged tag.
    now = publication.published_at
    entries = calendar_entries(
        (),
        calendar_shows(plan),
        ShowFates(history),
        today=site.now().date(),
        now=now,
        songs=songs_to_hear(plan),
    )
    return calendar_file(entries, name=calendar_title(plan), now=now, alarm=plan.alarm)


def _answer(request: Request, recipe: str, ending: str, content: bytes) -> Response:
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**_HEADERS, "ETag": tag}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{recipe}.{ending}"'
    return Response(content, media_type=_MEDIA_TYPES[ending], headers=headers)


def _not_there() -> Response:
    words = (
        "There is nothing at this address. It may have been replaced: the playlist's page shows "
        "how to make a new one.\n"
    )
    return PlainTextResponse(words, 404, _HEADERS)


ROUTES = [
    shows("/calendar/{token}.ics", calendar, to_anybody=True, pace="feed"),
    *(
        shows(f"/feed/{{token}}.{ending}", partial(feed, ending), to_anybody=True, pace="feed")
        for ending in ("json", "csv", "xml")
    ),
]
