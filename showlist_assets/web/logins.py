"""How somebody logs in at the page: who may, where Spotify sends them, and what comes of it.

What belongs here: what the pages ``login`` and ``save`` share. What does not: the steps at Spotify
(``services.listeners.login``) and the session that follows (``visitors``).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from starlette.responses import RedirectResponse

from showlist_assets.errors import ShowlistError
from showlist_assets.services.listeners.account_key import AccountError
from showlist_assets.services.playlists.save_words import problem_of, told_of
from showlist_assets.sources.spotify.login import LoginError
from showlist_assets.web.site import LOOPBACK
from showlist_assets.web.visitors import log_in, visitor_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from showlist_assets.services.listeners.login_attempts import Pending
    from showlist_assets.web.site import Site

PASTED_FROM: Final = "http://127.0.0.1:8888/callback"
"""Where Spotify sends a browser that cannot come back to the page; as ``showlist login`` has it."""
_BROWSER: Final = "browser"
_WAS: Final = "was"
_OWNERS_NAME: Final = "me"


# No page that does something, and nothing that a browser could take for another host.
_GOES_ON: Final = re.compile(r"/(?:taste|me|playlists(?:/[a-z0-9][a-z0-9._-]*(?:/[a-z-]+)?)?)")
_USUALLY: Final = "/playlists"


class LoginRefused(ShowlistError):
    """Nobody is logged in; the message is for whoever tried."""


@dataclass(frozen=True)
class Finished:
    """Who has logged in, and the page's own path where they go on."""

    account: str
    return_to: str


def goes_on_at(path: str) -> str:
    """Where a login leads that was asked for at ``path``: there, if it is a listener's own page."""
    return path if _GOES_ON.fullmatch(path) else _USUALLY


def needs_pasting(site: Site) -> bool:
    """Whether Spotify refuses to send a browser to the page: plain HTTP in a network."""
    return not site.options.is_led_back_to


def redirect_uri(site: Site) -> str:
    """What has to be among the app's redirect URIs at Spotify."""
    return PASTED_FROM if needs_pasting(site) else site.options.redirect_uri


def at_own_name(request: Request, site: Site) -> RedirectResponse | None:
    """The way to 127.0.0.1 for who came as localhost; None for everybody else.

    Spotify sends them there, and a browser keeps the cookies of the two names apart. By a GET: a
    form may not lead to another name.
    """
    here, own = request.url.hostname, urlsplit(site.options.address)
    if here == own.hostname or not {here, own.hostname} <= set(LOOPBACK):
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{site.options.address}{request.url.path}{query}", 303)


def is_open(site: Site) -> bool:
    """Whether anybody at this machine may try it out: listeners of the sandbox are made up."""
    return site.options.is_made_up and site.options.host in LOOPBACK


def account_to_be(request: Request, site: Site, *, invitation: str, named: str) -> str | None:
    """As whom the visitor may log in; None: not at all, and Spotify is not asked.

    Args:
        request: Of the visitor.
        site: Where.
        invitation: The token that was given, if any.
        named: What somebody says who has been here before.
    """
    visitor = visitor_of(request, site)
    if visitor.account is not None:
        return visitor.account
    if invitation:
        found = site.invitations.find(invitation)
        return found.account if found else None
    known = site.platform.accounts.names()
    if named.strip().lower() in known:
        return named.strip().lower()
    if named or not (visitor.is_owner or is_open(site)):
        return None
    return _free_name(site, known)


def _free_name(site: Site, known: list[str]) -> str:
    """The owner's own name first; whoever is known to Spotify gets their old one all the same."""
    reserved = {one.account for one in site.invitations.open()}
    names = (_OWNERS_NAME, *(f"listener-{number}" for number in range(2, 9)))
    return next(one for one in names if one not in known and one not in reserved)


def begin(request: Request, site: Site, account: str, *, return_to: str, invitation: str) -> str:
    """The address at Spotify where the visitor agrees; only this browser can use its answer.

    Raises:
        LoginRefused: it could not be finished.
    """
    try:
        attempt = site.platform.login.begin(account, redirect_uri=redirect_uri(site))
    except AccountError as failure:
        raise LoginRefused(
            "There is no room for another listener here: Spotify lets an app like this one have "
            "five. If you have been here before, write your name."
        ) from failure
    except ShowlistError as failure:
        raise LoginRefused(told_of(problem_of(failure)).words) from failure
    # Whoever is known already uses up nobody's invitation.
    invited = site.invitations.find(invitation) if invitation else None
    request.session.setdefault(_BROWSER, secrets.token_urlsafe(32))
    site.platform.login_attempts.begin(
        attempt,
        account=account,
        return_to=return_to,
        browser=str(request.session[_BROWSER]),
        invitation=invitation if invited and invited.account == account else "",
    )
    return attempt.url


def finish(request: Request, site: Site, answer: str) -> Finished:
    """Log in whoever agreed, by the address to which Spotify sent them.

    Raises:
        LoginRefused: it came to nothing.
    """
    state = parse_qs(urlsplit(answer).query).get("state", [""])[-1]
    browser = str(request.session.get(_BROWSER, ""))
    pending = site.platform.login_attempts.take(state, browser) if state and browser else None
    if pending is None:
        raise LoginRefused(
            "This answer of Spotify's belongs to no login that was begun in this browser within "
            "the last ten minutes. Each works once; begin again."
        )
    may_be_new = visitor_of(request, site).is_owner or is_open(site)
    account = _kept(site, pending, answer, may_be_new=may_be_new)
    if pending.invitation and account == pending.account:
        site.invitations.use(pending.invitation)
    # Whatever the browser's cookie said before is void: a login gives another one.
    log_in(request, site, account)
    return Finished(account, pending.return_to)


def _kept(site: Site, pending: Pending, answer: str, *, may_be_new: bool) -> str:
    try:
        code = pending.attempt.code_in(answer)
    except LoginError as failure:
        raise LoginRefused("You did not agree at Spotify, so nothing was changed.") from failure
    if pending.invitation and site.invitations.find(pending.invitation) is None:
        raise LoginRefused("The invitation was withdrawn or is used up. Ask for another one.")
    # Whoever was forgotten after the login began comes back by an invitation only.
    known = site.platform.accounts.names()
    if not (pending.invitation or may_be_new or pending.account in known):
        raise LoginRefused("This account was deleted meanwhile. Ask for an invitation.")
    try:
        login = site.platform.login
        return login.finish(pending.account, pending.attempt, code, or_as_known=True).name
    except LoginError as failure:
        raise LoginRefused(
            "Spotify does not take this answer any more: each works once, for a few minutes. "
            "Begin again."
        ) from failure
    except AccountError as failure:
        raise LoginRefused(
            "Another listener has this account here, and the one who has just agreed has none. "
            "Log out at Spotify and agree as yourself, or ask the owner for an invitation."
        ) from failure
    except ShowlistError as failure:
        raise LoginRefused(told_of(problem_of(failure)).words) from failure


def remembered_name(request: Request) -> str:
    """As whom the browser was here before; empty where it was not."""
    return str(request.session.get(_WAS, ""))


def remember_name(request: Request, name: str) -> None:
    """Let a browser that has logged out be asked with its old name."""
    request.session[_WAS] = name
