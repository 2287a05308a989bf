"""The page on which a listener lets the app in, or does not (authorization code with PKCE).

The sandbox knows nobody's password: whoever opens the page says which listener they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.responses import PlainTextResponse, RedirectResponse

from showlist_assets.sandbox.apis.html_pages import page
from showlist_assets.sandbox.config import SPOTIFY_APP_NAME, SPOTIFY_CLIENT_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.sandbox.state.consents import Consent
    from showlist_assets.sandbox.state.state import SandboxState

_COOKIE = "sandbox-listener"
_LOOPBACKS = ("127.0.0.1", "::1")
# Names: https://developer.spotify.com/documentation/web-api/concepts/scopes
_SCOPES: Final = {
    "playlist-read-private": "see your private playlists",
    "playlist-read-collaborative": "see your collaborative playlists",
    "playlist-modify-private": "make and change private playlists",
    "playlist-modify-public": "make and change public playlists",
    "ugc-image-upload": "upload pictures",
    "user-library-read": "see what you saved",
    "user-library-modify": "change what you saved",
    "user-follow-read": "see whom you follow",
    "user-follow-modify": "change whom you follow",
    "user-read-recently-played": "see what you played lately",
    "user-top-read": "see your top artists and tracks",
    "user-read-private": "see your account's type",
    "user-read-email": "see your e-mail address",
}
_MAY_BE_LEFT_OUT: Final = ("user-read-recently-played", "user-top-read")
_BODY: Final = """<p class="kind">{app} asks</p>
<h1>Let {app} in?</h1>
<p>It asks to know who you are and to:</p>
<ul class="asks">{asks}</ul>
<form method="post" id="decision">
<label>You are <select name="listener">{listeners}</select></label>
<button class="agree" name="decision" value="agree">Agree</button>
<button name="decision" value="cancel">Cancel</button>
</form>
<p class="soft">You go back to {app} at <b>{back}</b> either way.</p>"""
_WHERE: Final = "Listeners are made up, and no real account is involved."
# What a host of a redirect can be, so that it can stand in a policy.
_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")


# RFC 6749, section 4.1.2.1: an address that cannot be trusted must get no redirect.
class _RefusedOnPageError(Exception):
    """Whoever asks cannot be trusted with an answer, so the listener is told instead."""


class _RefusedToAppError(Exception):
    """The app gets this error at its address (RFC 6749, section 4.1.2.1)."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The parameters of a request whose client and address are good."""

    redirect_uri: str
    scopes: frozenset[str]
    challenge: str
    show_dialog: bool


def show_page(request: Request, state: SandboxState) -> Response:
    """The page; or at once the way back, for a listener who agreed to the same before.

    A consent that still stands is used as it is, with its six months counted from its beginning:
    only ``show_dialog=true`` makes sure of a new one.
    """
    return _answered(request, state, None)


def take_decision(request: Request, state: SandboxState, body: str) -> Response:
    """A button was pressed: sends the listener back to the app with a code or an error."""
    return _answered(request, state, parse_qs(body))


def _answered(request: Request, state: SandboxState, form: dict[str, list[str]] | None) -> Response:
    try:
        redirect_uri = _redirect_uri(request.query_params)
    except _RefusedOnPageError as refused:
        return PlainTextResponse(str(refused), 400)
    try:
        asked = _asked(request.query_params, redirect_uri)
        if form is None:
            return _page_or_way_back(request, state, asked)
        return _decided(request, state, asked, form)
    except _RefusedToAppError as refused:
        error, _, description = str(refused).partition(": ")
        about = {"error": error, "error_description": description}
        return _back(request, redirect_uri, **{name: text for name, text in about.items() if text})


def _redirect_uri(asked: Mapping[str, str]) -> str:
    """Where the answer goes, for a client that is known.

    Plain HTTP is for loopback addresses only, and the name ``localhost`` is none
    (https://developer.spotify.com/documentation/web-api/concepts/redirect_uri).
    """
    if asked.get("client_id") != SPOTIFY_CLIENT_ID:
        raise _RefusedOnPageError("INVALID_CLIENT: Invalid client")
    redirect_uri = asked.get("redirect_uri", "")
    try:
        parts = urlsplit(redirect_uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    is_address = host and _ORIGIN.fullmatch(f"{parts.scheme}://{parts.netloc}")
    if not is_address or parts.fragment:
        raise _RefusedOnPageError("INVALID_CLIENT: Invalid redirect URI")
    if host == "localhost" or (parts.scheme == "http" and host not in _LOOPBACKS):
        raise _RefusedOnPageError("INVALID_CLIENT: Insecure redirect URI")
    return redirect_uri


def _asked(asked: Mapping[str, str], redirect_uri: str) -> _Asked:
    if asked.get("response_type") != "code":
        raise _RefusedToAppError("unsupported_response_type: response_type must be code")
    challenge = asked.get("code_challenge", "")
    if not challenge:
        raise _RefusedToAppError("invalid_request: code_challenge is missing")
    # Spotify takes no other
    # (https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow).
    if asked.get("code_challenge_method") != "S256":
        raise _RefusedToAppError("invalid_request: code_challenge_method must be S256")
    scopes = frozenset(asked.get("scope", "").split())
    if not scopes <= _SCOPES.keys():
        raise _RefusedToAppError("invalid_scope: Invalid scope")
    return _Asked(redirect_uri, scopes, challenge, asked.get("show_dialog") == "true")


def _page_or_way_back(request: Request, state: SandboxState, asked: _Asked) -> Response:
    known = request.cookies.get(_COOKIE)
    if known and not asked.show_dialog:
        consent = state.consents.standing(known, asked.scopes, state.clock.now())
        if consent:
            return _with_code(request, state, asked, consent)
    return _page(state, asked, known)


def _decided(
    request: Request, state: SandboxState, asked: _Asked, form: dict[str, list[str]]
) -> Response:
    if form.get("decision") != ["agree"]:
        raise _RefusedToAppError("access_denied")
    user_id = form.get("listener", [""])[0]
    if user_id not in (listener.user_id for listener in state.listeners.everyone()):
        return PlainTextResponse("There is no such listener.", 400)
    # Who asked learns what was agreed to from the token's ``scope`` only (RFC 6749, section 5.1).
    agreed = asked.scopes - set(form.get("without", ()))
    consent = state.consents.give(user_id, agreed, state.clock.now())
    answer = _with_code(request, state, asked, consent)
    answer.set_cookie(_COOKIE, user_id, httponly=True, samesite="lax")
    return answer


def _with_code(request: Request, state: SandboxState, asked: _Asked, consent: Consent) -> Response:
    now = state.clock.now()
    code = state.consents.code(consent, asked.redirect_uri, asked.challenge, now)
    return _back(request, asked.redirect_uri, code=code)


def _back(request: Request, redirect_uri: str, **answer: str) -> Response:
    """Sends the browser to the app with the answer, and with ``state`` where it was given."""
    if "state" in request.query_params:
        answer["state"] = request.query_params["state"]
    separator = "&" if urlsplit(redirect_uri).query else "?"
    # 303, so that the browser comes back with a GET after the form's POST.
    return RedirectResponse(f"{redirect_uri}{separator}{urlencode(answer)}", 303)


def _ask(scope: str) -> str:
    """One thing that is asked for; what the app can do without may be left out."""
    if scope not in _MAY_BE_LEFT_OUT:
        return f"<li>{_SCOPES[scope]}</li>"
    box = f'<input type="checkbox" form="decision" name="without" value="{scope}">'
    return f"<li>{_SCOPES[scope]} <label>{box} not this</label></li>"


def _page(state: SandboxState, asked: _Asked, known: str | None) -> Response:
    parts = urlsplit(asked.redirect_uri)
    back = f"{parts.scheme}://{parts.netloc}"
    asks = "".join(_ask(scope) for scope in _SCOPES if scope in asked.scopes)
    listeners = "".join(
        f'<option value="{escape(one.user_id)}"{" selected" * (one.user_id == known)}>'
        f"{escape(one.display_name)}</option>"
        for one in state.listeners.everyone()
    )
    app = escape(SPOTIFY_APP_NAME)
    body = _BODY.format(app=app, asks=asks, listeners=listeners, back=escape(back))
    return page(f"Let {SPOTIFY_APP_NAME} in?", body, where=_WHERE, form_leads_to=back)
