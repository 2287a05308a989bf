"""From a view to an answer: the templates, what each page shares, and when a page is unchanged.

What belongs here: Jinja's environment and the frame of every page. What does not: what a page says
(``views``) and how it words numbers and days (``wording``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from showlist_assets.domain.links import web_address
from showlist_assets.web import wording
from showlist_assets.web.visitors import visitor_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from showlist_assets.web.site import Site
    from showlist_assets.web.visitors import Visitor

_HERE: Final = Path(__file__).parent
TEMPLATES: Final = _HERE / "templates"
STATIC: Final = _HERE / "static"
_SPOTIFY_ID: Final = re.compile(r"[0-9A-Za-z]{8,40}")

# What was just done, by the word that the way back carries: no text of an address is printed.
NOTICES: Final[Mapping[str, str]] = {
    "stopped": "This playlist is not kept up to date any more. It stays in your account as it is.",
    "kept": "This playlist is kept up to date from now on.",
    "undone": "Brought back. What you see is in your account now.",
    "told": "Thank you. The owner will look at it.",
    "decided": "Decided. It holds for every state from the next refresh on, and for good.",
    "said": "Noted. It counts at once.",
    "unsaid": "Taken back. It counts as if nothing had been said.",
    "connected": "Kept. The next look asks ListenBrainz what you play.",
    "disconnected": "ListenBrainz is not asked any more. What is known of you stays.",
    "unheard": "What you play, and all that was made of it, is deleted.",
    "taken_back": "Taken back. The next refresh finds out by itself again who this is.",
    "forgotten": "Everything that was kept of you here is deleted.",
    "out": "You are logged out.",
    "in": "You are logged in.",
    "owner": "You are this Showlist's owner in this browser.",
    "invited": "The invitation is made. Copy its address now: it is shown once.",
    "withdrawn": "The invitation is withdrawn.",
    "restored": "It may come back with the next update.",
    "unsubscribed": "The calendar's address leads nowhere any more.",
    "deleted": "Deleted here. In your Spotify account it stays as it is.",
    "everywhere": "You are logged out in every browser.",
    "removed": "The listener is logged out, and everything that was kept of them is deleted.",
}


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What stands around every page.

    Attributes:
        title: Of the page, as the browser's tab shows it.
        visitor: Who sees it.
        section: The part of the page's menu that it belongs to; empty: none.
        search: What the search box holds.
        is_made_up: Whether the shows are the sandbox's.
        dagster_url: Of the operator's UI; empty where it is not known or not for this visitor.
        listen_at: Where songs, artists and playlists are opened; without a slash at the end.
        notice: What was just done, in a sentence.
        refresh: After how many seconds a browser without scripts asks again; 0: never.
    """

    title: str
    visitor: Visitor
    section: str = ""
    search: str = ""
    is_made_up: bool = False
    dagster_url: str = ""
    listen_at: str = "https://open.spotify.com"
    notice: str = ""
    refresh: int = 0


@dataclass(frozen=True)
class Page:
    """A template, what stands around it and what it prints."""

    template: str
    frame: Frame
    view: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@cache
def environment() -> Environment:
    """Jinja's, strict: what a template asks for must be there."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        # An update of Showlist under a running page must not mix its templates with older views.
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(wording.FILTERS)
    made.filters["web"] = web_address
    made.globals["version_of"] = version_of
    return made


@cache
def version_of(name: str) -> str:
    """What changes whenever a file of ``static`` does, so that browsers may keep it for ever."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


@cache
def _templates_version() -> str:
    """What changes with any template, so that an update of Showlist is seen at once."""
    files = sorted(TEMPLATES.rglob("*.html"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def path_in(prefix: str, path: str) -> str:
    """``path`` of this page as a link; parts that others wrote are quoted by the caller."""
    return f"{prefix}{path}"


def segment(text: str) -> str:
    """``text`` as one part of a path."""
    return quote(text, safe="")


def frame_of(
    request: Request,
    site: Site,
    *,
    title: str,
    section: str = "",
    search: str = "",
    refresh: int = 0,
) -> Frame:
    """What stands around a page for whoever sent ``request``."""
    visitor = visitor_of(request, site)
    options = site.options
    return Frame(
        title=title,
        visitor=visitor,
        section=section,
        search=search,
        is_made_up=options.is_made_up,
        dagster_url=options.dagster_url if visitor.is_owner else "",
        listen_at=options.listen_at,
        notice=NOTICES.get(request.query_params.get("did", ""), ""),
        refresh=refresh,
    )


def answer(site: Site, page: Page) -> Response:
    """The page as an answer that browsers ask for anew, and that no cache shares."""
    headers = {"Cache-Control": "private, no-cache", "Vary": "Cookie", **page.headers}
    return HTMLResponse(render(site, page), page.status, headers)


def render(site: Site, page: Page) -> str:
    """The page as HTML."""
    prefix = site.options.prefix

    def at(path: str) -> str:
        return path_in(prefix, path)

    def listen(kind: str, spotify_id: str) -> str:
        return listening_address(page.frame.listen_at, kind, spotify_id)

    template = environment().get_template(page.template)
    return template.render(frame=page.frame, view=page.view, at=at, segment=segment, listen=listen)


def listening_address(base: str, kind: str, spotify_id: str) -> str:
    """Where a track, an artist or a playlist is heard; empty for what is no id of Spotify's."""
    return f"{base}/{kind}/{spotify_id}" if _SPOTIFY_ID.fullmatch(spotify_id) else ""


def redirect(site: Site, path: str) -> RedirectResponse:
    """The way to another page, with a GET; no page is left in the history to be sent twice."""
    return RedirectResponse(path_in(site.options.prefix, path), 303)


def to_outside(site: Site, did: str) -> RedirectResponse:
    """The way to what somebody sees who is not logged in; ``did`` is one of ``NOTICES``."""
    return redirect(site, f"{'/' if site.options.guests else '/login'}?did={did}")


def tag_of(request: Request, site: Site, *parts: object) -> str:
    """An ETag: the same while the address, the visitor, their taste, the date and ``parts`` are.

    The publication's id belongs among ``parts`` wherever its shows are printed.
    """
    visitor = visitor_of(request, site)
    depends_on = (
        request.url.path,
        request.url.query,
        visitor,
        site.taste_version(visitor.account),
        site.now().date(),
    )
    text = "\x1f".join(map(str, (_templates_version(), *depends_on, *parts)))
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def unchanged(request: Request, tag: str) -> Response | None:
    """The answer to somebody who has the page already; None for everybody else."""
    if is_known(request, tag):
        return Response(status_code=304, headers={"ETag": tag, "Vary": "Cookie"})
    return None


def is_known(request: Request, tag: str) -> bool:
    """Whether whoever asks has the answer of ``tag`` already."""
    known = request.headers.get("if-none-match", "")
    return tag in (each.strip() for each in known.split(","))
