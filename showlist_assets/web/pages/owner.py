"""``/owner``: who is here, what is left of today's calls, how fresh the shows are; owner only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from showlist_assets.services.listeners.accounts import MOST_ACCOUNTS, AccountError
from showlist_assets.storage.published.freshness import freshness
from showlist_assets.web.logins import redirect_uri
from showlist_assets.web.pages.me import forget_listener, is_being_written
from showlist_assets.web.rendering import Page, answer, frame_of, redirect, to_outside
from showlist_assets.web.routing import does, field, shows
from showlist_assets.web.views.owner import Calls, Enter, Invited, owner_of
from showlist_assets.web.visitors import become_owner, required_owner, visitor_of

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.storage.published.freshness import StateFreshness
    from showlist_assets.web.site import Site

_OWN_HEADERS: Final = {"Cache-Control": "no-store"}


def ask(request: Request, site: Site) -> Response:
    """The button that the one-time address leads to: whoever only looks uses nothing up."""
    frame = frame_of(request, site, title="Owner")
    view = Enter(request.query_params.get("key", "")[:100], is_refused=False)
    return answer(site, Page("enter.html", frame, view, headers=_OWN_HEADERS))


def enter(request: Request, site: Site, form: FormData) -> Response:
    """Make the browser the owner's, once for each address."""
    if site.sessions.redeem_owner_link(field(form, "key")):
        become_owner(request, site)
        return redirect(site, "/owner?did=owner")
    frame = frame_of(request, site, title="Owner")
    return answer(site, Page("enter.html", frame, Enter("", is_refused=True), 403, _OWN_HEADERS))


def owner(request: Request, site: Site) -> Response:
    """All that an owner looks after."""
    required_owner(visitor_of(request, site))
    return _page(request, site)


def _page(request: Request, site: Site, *, problem: str = "") -> Response:
    platform = site.platform
    view = owner_of(
        accounts=platform.accounts.all(),
        invitations=site.invitations.open(),
        calls=_calls(site),
        states=_states(site),
        reports=len(platform.reports.read()),
        redirect_uri=redirect_uri(site),
        problem=problem,
        now=site.now(),
    )
    frame = frame_of(request, site, title="Owner", section="owner")
    return answer(site, Page("owner.html", frame, view, 400 if problem else 200))


def _calls(site: Site) -> Calls:
    lookup = site.platform.ledger("spotify")
    writing = site.platform.ledger("spotify", purpose="playlist")
    allowance = site.platform.spotify_allowance
    return Calls(
        spent=dict(lookup.spent()),
        day=allowance.day,
        reserve=allowance.reserve,
        free=writing.free(),
        free_for_lookups=lookup.free(),
        back_at=writing.free_at(),
        paused_until=writing.paused_until(),
    )


def _states(site: Site) -> tuple[StateFreshness, ...]:
    publication = site.publications.current()
    if publication is None:
        return ()
    with publication.cursor() as cursor:
        return freshness(cursor)


def invite(request: Request, site: Site, form: FormData) -> Response:
    """A new invitation, whose address is shown this once."""
    required_owner(visitor_of(request, site))
    name = field(form, "name").strip().lower()
    try:
        token = site.invitations.invite(name)
    except AccountError:
        return _page(request, site, problem=_why_no_invitation(site, name))
    view = Invited(name, f"{site.options.address}/login?invite={token}")
    frame = frame_of(request, site, title="Invitation", section="owner")
    # Pressed together with what strangers wrote, a secret could be guessed from the length.
    headers = {"Content-Encoding": "identity", "Cache-Control": "no-store"}
    return answer(site, Page("invited.html", frame, view, headers=headers))


def _why_no_invitation(site: Site, name: str) -> str:
    expected = [one.account for one in site.invitations.open()]
    if len({*site.platform.accounts.names(), *expected} - {name}) >= MOST_ACCOUNTS:
        return (
            "There is no room: an app in Spotify's Development Mode has five users at most. Remove "
            "a listener, or withdraw an invitation."
        )
    return "A name has up to 40 small letters, digits, hyphens and underscores, such as robin."


def withdraw(request: Request, site: Site, form: FormData) -> Response:
    """Let an invitation work no more."""
    required_owner(visitor_of(request, site))
    site.invitations.withdraw(field(form, "name"))
    return redirect(site, "/owner?did=withdrawn")


def remove(request: Request, site: Site, form: FormData) -> Response:
    """Log a listener out, and delete all that is kept of them."""
    required_owner(visitor_of(request, site))
    name = field(form, "name")
    if name not in site.platform.accounts.names():
        raise HTTPException(404)
    if is_being_written(site, name):
        raise HTTPException(400, "A playlist of theirs is being written right now. Try again soon.")
    forget_listener(site, name)
    return redirect(site, "/owner?did=removed")


def leave(request: Request, site: Site, _form: FormData) -> Response:
    """Let no browser be the owner's any more, nor an address that was printed."""
    required_owner(visitor_of(request, site))
    site.sessions.end_owner()
    return to_outside(site, "out")


ROUTES = [
    shows("/owner", owner, to_anybody=True),
    shows("/owner/enter", ask, to_anybody=True, pace="login"),
    does("/owner/enter", enter, pace="login"),
    does("/owner/invite", invite),
    does("/owner/withdraw", withdraw),
    does("/owner/remove", remove),
    does("/owner/leave", leave),
]
