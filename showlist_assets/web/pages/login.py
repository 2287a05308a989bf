"""``/login``, ``/auth/callback``, ``/login/paste``, ``/logout``: from a stranger to a listener."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from showlist_assets.web import logins
from showlist_assets.web.pages.saving_steps import save_after_login
from showlist_assets.web.rendering import Page, answer, frame_of, redirect, to_outside
from showlist_assets.web.routing import does, field, shows
from showlist_assets.web.site import CALLBACK
from showlist_assets.web.views.login import LoginView, PasteView
from showlist_assets.web.visitors import log_out, visitor_of

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.web.site import Site


def login(request: Request, site: Site) -> Response:
    """What happens next, said before it does; with ?invite= for whoever was invited."""
    if elsewhere := logins.at_own_name(request, site):
        return elsewhere
    asked = request.query_params
    return _page(request, site, invitation=asked.get("invite", ""), to=asked.get("to", ""))


def _page(
    request: Request,
    site: Site,
    *,
    invitation: str = "",
    to: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    visitor = visitor_of(request, site)
    found = site.invitations.find(invitation) if invitation else None
    view = LoginView(
        account=visitor.account or "",
        invited_as=found.account if found else "",
        invitation=invitation if found else "",
        is_spent=bool(invitation) and found is None,
        may_begin=visitor.is_owner or logins.is_open(site),
        name=logins.remembered_name(request),
        problem=problem,
        is_pasted=logins.needs_pasting(site),
        goes_on_at=logins.goes_on_at(to),
    )
    frame = frame_of(request, site, title="Log in")
    # What the form holds works once.
    headers = {"Cache-Control": "no-store"}
    return answer(site, Page("login.html", frame, view, status, headers))


def begin(request: Request, site: Site, form: FormData) -> Response:
    """To Spotify, if the visitor may."""
    return begun(request, site, form, return_to=logins.goes_on_at(field(form, "to")))


def begun(request: Request, site: Site, form: FormData, *, return_to: str) -> Response:
    """The way to Spotify and back to ``return_to``; or why there is none."""
    invitation, named = field(form, "invite"), field(form, "name")
    account = logins.account_to_be(request, site, invitation=invitation, named=named)
    if account is None:
        return _page(
            request,
            site,
            invitation=invitation,
            to=return_to,
            problem=_why_not(named),
            status=403,
        )
    try:
        leads_to = logins.begin(request, site, account, return_to=return_to, invitation=invitation)
    except logins.LoginRefused as refused:
        return _page(
            request, site, invitation=invitation, to=return_to, problem=str(refused), status=503
        )
    if logins.needs_pasting(site):
        frame = frame_of(request, site, title="Agree at Spotify")
        return answer(site, Page("paste.html", frame, PasteView(leads_to, logins.PASTED_FROM)))
    return RedirectResponse(leads_to, 303)


def _why_not(named: str) -> str:
    if named:
        return "Nobody is known here by that name. Names are as the owner or your invitation says."
    return (
        "Playlists here are for whoever was invited. Ask the owner for an invitation: Spotify lets "
        "an app like this one have five listeners. Looking around needs none."
    )


def callback(request: Request, site: Site) -> Response:
    """Spotify sends the browser here, with its answer in the address, which is left at once."""
    return _finished(request, site, f"?{request.url.query}")


def paste(request: Request, site: Site, form: FormData) -> Response:
    """The same answer, pasted by somebody whose browser could not come back."""
    return _finished(request, site, "".join(field(form, "address").split()))


def _finished(request: Request, site: Site, spotifys_answer: str) -> Response:
    try:
        finished = logins.finish(request, site, spotifys_answer)
    except logins.LoginRefused as refused:
        return _page(request, site, problem=str(refused), status=400)
    path, _, query = finished.return_to.partition("?")
    if path == "/save":
        return save_after_login(request, site, finished.account, query)
    return redirect(site, f"{path}?did=in")


def leave(request: Request, site: Site, _form: FormData) -> Response:
    """Log this browser out."""
    account = visitor_of(request, site).account
    log_out(request)
    if account:
        logins.remember_name(request, account)
    return to_outside(site, "out")


ROUTES = [
    shows("/login", login, to_anybody=True),
    does("/login", begin, pace="login"),
    does("/login/paste", paste, pace="login"),
    shows(CALLBACK, callback, to_anybody=True, pace="login"),
    does("/logout", leave),
]
