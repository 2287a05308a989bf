"""Where a wish leaves nothing: what would, and what a place that nobody knows may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.domain.gazetteer import Place
from showlist_assets.domain.playlists.wish import Wish, query_of
from showlist_assets.domain.quantities import counted
from showlist_assets.domain.states import BY_CODE
from showlist_assets.storage.published.counts import states_with_shows
from showlist_assets.web.rendering import Page, frame_of
from showlist_assets.web.tastes import visitors_taste
from showlist_assets.web.views.form import form_of
from showlist_assets.web.views.home import Other
from showlist_assets.web.views.lineup import songs_in_words
from showlist_assets.web.views.unknown_place import UnknownPlace
from showlist_assets.web.wishes import preview_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from showlist_assets.domain.gazetteer import Area
    from showlist_assets.storage.published.publication import Publication
    from showlist_assets.web.site import Site
    from showlist_assets.web.wishes import Wished

_WIDE: Final = 100
_LONG: Final = "next 3 months"
_STATES_NAMED: Final = 6
_OF_TASTE: Final = ("fit", "known", "unknown_taste")


def ways_out_of(
    site: Site,
    publication: Publication,
    wish: Wish,
    place: Place | Area,
    *,
    account: str | None = None,
) -> tuple[Other, ...]:
    """Wishes near ``wish`` that leave something, and what each would play to ``account``."""
    found: list[Other] = []
    for label, other in _others(wish, place):
        plan = preview_of(site, publication, other, place, account=account).plan
        note = songs_in_words(plan)
        # What brings no more than another one is no way of its own.
        if plan.tracks and note not in (one.note for one in found):
            found.append(Other(label, query_of(other), note))
    return tuple(found) or _known_states(site, publication)


def _known_states(site: Site, publication: Publication) -> tuple[Other, ...]:
    """Where shows are known at all, the state with most in front."""
    with publication.cursor() as cursor:
        states = states_with_shows(cursor, first=site.now().date())[:_STATES_NAMED]
    return tuple(
        Other(
            f"What plays in {BY_CODE[one.state].name}",
            query_of(Wish(where=one.state, when=_LONG)),
            counted(one.shows, "show"),
        )
        for one in states
    )


def _others(wish: Wish, place: Place | Area) -> Iterator[tuple[str, Wish]]:
    """One loosened field each, then all of them."""
    widest = Wish(where=wish.where, radius=wish.radius, when=wish.when)
    if isinstance(place, Place) and wish.radius < _WIDE:
        widest = widest.model_copy(update={"radius": _WIDE})
        yield f"Within {_WIDE} miles", wish.model_copy(update={"radius": _WIDE})
    if wish.when not in (_LONG, "any time"):
        widest = widest.model_copy(update={"when": _LONG})
        yield "In the next 3 months", wish.model_copy(update={"when": _LONG})
    if wish.genre or wish.without:
        yield "Every genre", wish.model_copy(update={"genre": (), "without": ()})
    if wish.loud != "any":
        yield "Any volume", wish.model_copy(update={"loud": "any"})
    if wish.bands and wish.bands_are == "only":
        yield "Other bands too", wish.model_copy(update={"bands_are": "first"})
    if wish.fit or wish.known in ("only", "never") or wish.unknown_taste == "leave out":
        any_taste = {name: Wish.model_fields[name].default for name in _OF_TASTE}
        yield "Any taste", wish.model_copy(update=any_taste)
    yield "Everything there is", widest


def unknown_place(request: Request, site: Site, asks: Wished) -> Page:
    """A page for a place that nobody knows: what may have been meant."""
    wish, hints = asks.wish, asks.asked.hints if asks.asked else ()
    view = UnknownPlace(
        text=wish.where,
        meant=tuple(
            Other(hint, query_of(wish.model_copy(update={"where": hint}))) for hint in hints
        ),
        form=form_of(wish, (), taste=visitors_taste(request, site)),
    )
    frame = frame_of(request, site, title="Where is that?", section="home")
    return Page("unknown_place.html", frame, view, 404)
