"""Spotify Accounts: access tokens for the app (client credentials) and for listeners (PKCE)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from showlist_assets.sandbox.apis.accounts.authorize import show_page, take_decision
from showlist_assets.sandbox.apis.basic_auth import basic_credentials
from showlist_assets.sandbox.config import SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET
from showlist_assets.sandbox.state.consents import GrantError
from showlist_assets.sandbox.state.service import Service, json_answer
from showlist_assets.sandbox.state.tokens import TOKEN_LIFETIME

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.sandbox.state.consents import Consent
    from showlist_assets.sandbox.state.state import SandboxState

Form = dict[str, str]
Grant = Callable[[Form, "SandboxState"], dict[str, Any]]


class _RefusedError(Exception):
    """The request gets 400 with this error and description."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error, self.description = error, description


def _token(request: Request, state: SandboxState, body: str) -> Response:
    form = {name: values[0] for name, values in parse_qs(body).items()}
    try:
        _check_client(request, form)
        return json_answer(_grant(form)(form, state))
    except _RefusedError as refused:
        return _error(refused.error, refused.description)
    except GrantError as error:
        return _error("invalid_grant", str(error))


def _check_client(request: Request, form: Form) -> None:
    """Only a listener's grant may do without the secret: the code's verifier stands for it."""
    basic = basic_credentials(request.headers.get("authorization"))
    client, secret = basic or (form.get("client_id", ""), form.get("client_secret"))
    if client != SPOTIFY_CLIENT_ID:
        raise _RefusedError("invalid_client", "Invalid client")
    may_lack_secret = form.get("grant_type") in ("authorization_code", "refresh_token")
    if secret != SPOTIFY_CLIENT_SECRET and not (secret is None and may_lack_secret):
        raise _RefusedError("invalid_client", "Invalid client secret")


def _grant(form: Form) -> Grant:
    name = form.get("grant_type")
    if name is None:
        raise _RefusedError("unsupported_grant_type", "grant_type parameter is missing")
    if name not in _GRANTS:
        raise _RefusedError("unsupported_grant_type", f"grant_type {name} is not supported")
    return _GRANTS[name]


def _for_the_app(_form: Form, state: SandboxState) -> dict[str, Any]:
    return _issued(state, None)


def _for_a_code(form: Form, state: SandboxState) -> dict[str, Any]:
    code, redirect_uri = _needed(form, "code"), _needed(form, "redirect_uri")
    verifier = _needed(form, "code_verifier")
    consent = state.consents.redeem(code, redirect_uri, verifier, state.clock.now())
    return {**_issued(state, consent), "refresh_token": state.consents.refresh_token(consent)}


def _for_a_refresh_token(form: Form, state: SandboxState) -> dict[str, Any]:
    given = _needed(form, "refresh_token")
    answer = _issued(state, state.consents.consent_of(given, state.clock.now()))
    # Spotify may answer a refresh with a new token or without one; the old one is kept then
    # (https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens).
    if state.config.rotate:
        answer["refresh_token"] = state.consents.replace(given)
    return answer


def _issued(state: SandboxState, consent: Consent | None) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "access_token": state.tokens.issue(state.clock.now(), consent),
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIFETIME.total_seconds()),
    }
    if consent:
        answer["scope"] = " ".join(sorted(consent.scopes))
    return answer


def _needed(form: Form, name: str) -> str:
    if not form.get(name):
        raise _RefusedError("invalid_request", f"{name} must be supplied")
    return form[name]


def _error(error: str, description: str) -> Response:
    return json_answer({"error": error, "error_description": description}, 400)


_GRANTS: dict[str, Grant] = {
    "client_credentials": _for_the_app,
    "authorization_code": _for_a_code,
    "refresh_token": _for_a_refresh_token,
}

SERVICE = Service(
    name="accounts",
    handlers={"/authorize": show_page},
    writes={("POST", "/authorize"): take_decision, ("POST", "/api/token"): _token},
    url_variable="SHOWLIST_SPOTIFY_ACCOUNTS_URL",
)
