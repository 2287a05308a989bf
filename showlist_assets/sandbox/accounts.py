"""Spotify Accounts: access tokens by client credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from showlist_assets.sandbox.basic_auth import basic_credentials
from showlist_assets.sandbox.config import SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET
from showlist_assets.sandbox.service import Service, json_answer
from showlist_assets.sandbox.tokens import TOKEN_LIFETIME

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.sandbox.state import SandboxState


def _token(request: Request, state: SandboxState, body: str) -> Response:
    form = {name: values[0] for name, values in parse_qs(body).items()}
    basic = basic_credentials(request.headers.get("authorization"))
    client, secret = basic or (form.get("client_id", ""), form.get("client_secret", ""))
    if client != SPOTIFY_CLIENT_ID:
        return _error("invalid_client", "Invalid client")
    if secret != SPOTIFY_CLIENT_SECRET:
        return _error("invalid_client", "Invalid client secret")
    grant = form.get("grant_type")
    if grant is None:
        return _error("unsupported_grant_type", "grant_type parameter is missing")
    if grant != "client_credentials":
        return _error("unsupported_grant_type", f"grant_type {grant} is not supported")
    return json_answer(
        {
            "access_token": state.tokens.issue(state.clock.now()),
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LIFETIME.total_seconds()),
        }
    )


def _error(error: str, description: str) -> Response:
    return json_answer({"error": error, "error_description": description}, 400)


SERVICE = Service(
    name="accounts",
    handlers={},
    posts={"/api/token": _token},
    url_variable="SHOWLIST_SPOTIFY_ACCOUNTS_URL",
)
