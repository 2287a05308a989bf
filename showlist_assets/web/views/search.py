"""What is called as somebody typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.playlists.wish import Wish, query_of
from showlist_assets.domain.quantities import counted
from showlist_assets.web import wording
from showlist_assets.web.paths import show_path
from showlist_assets.web.rendering import segment
from showlist_assets.web.views.home import Other
from showlist_assets.web.views.listing import city_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from showlist_assets.domain.gazetteer import Area, Place
    from showlist_assets.storage.published.search import Kind, SearchHit

_HEADINGS: Final[dict[Kind, str]] = {
    "artist": "Artists",
    "city": "Cities",
    "venue": "Venues",
    "show": "Shows",
}
_MOST_PLACES: Final = 3


@dataclass(frozen=True)
class HitLine:
    """Something found."""

    path: str
    name: str
    facts: str


@dataclass(frozen=True)
class SearchView:
    """The page of a search.

    Attributes:
        text: What was searched for; empty: nothing yet.
        found: By kind; kinds of which nothing was found are left out.
        places: Where concerts could be looked for, whatever is on there.
        meant: Names like it, where nothing was found.
    """

    text: str
    found: tuple[tuple[str, tuple[HitLine, ...]], ...]
    places: tuple[Other, ...]
    meant: tuple[str, ...]


def search_of(
    text: str,
    found: Mapping[Kind, Sequence[SearchHit]],
    places: Iterable[Place | Area] = (),
    meant: Sequence[str] = (),
) -> SearchView:
    """What a search for ``text`` found."""
    lists = [
        (heading, tuple(map(_line, found.get(kind, ())))) for kind, heading in _HEADINGS.items()
    ]
    known = list(places)[:_MOST_PLACES]
    return SearchView(
        text=wording.printed(text),
        found=tuple((heading, lines) for heading, lines in lists if lines),
        places=tuple(Other(one.label, query_of(Wish(where=one.label))) for one in known),
        meant=tuple(map(wording.printed, meant)),
    )


def _line(hit: SearchHit) -> HitLine:
    at = city_in_words(hit.city, hit.state) if hit.state else ""
    when = f"next {wording.full_day(hit.next_show)}" if hit.next_show else ""
    facts = ("" if hit.kind == "city" else at, counted(hit.shows, "show"), when)
    if hit.kind == "show":
        facts = (at, "", when.removeprefix("next "))
    name = at if hit.kind == "city" else wording.printed(hit.name)
    return HitLine(_path(hit), name or "?", " · ".join(filter(None, facts)))


def _path(hit: SearchHit) -> str:
    if hit.kind == "city":
        return f"/?{query_of(Wish(where=hit.key[:80]))}"
    if hit.kind == "show":
        return show_path(hit.key)
    return f"/{'artists' if hit.kind == 'artist' else 'venues'}/{segment(hit.key)}"
