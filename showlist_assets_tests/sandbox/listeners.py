"""A listener's way through the sandbox: the consent page, the tokens, and calls with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import requests

from showlist_assets.sandbox.state.consents import challenge_of
from showlist_assets.sandbox.state.listeners import DEFAULT_LISTENER

if TYPE_CHECKING:
    from showlist_assets.sandbox.server import Sandbox

CALLBACK = "http://127.0.0.1:8322/callback"
VERIFIER = "a-verifier-that-is-long-enough-for-the-rfc-7636"
PLAYLIST_SCOPES = (
    "playlist-read-private",
    "playlist-modify-private",
    "playlist-modify-public",
    "ugc-image-upload",
)


def accounts_url(sandbox: Sandbox, path: str) -> str:
    return sandbox.env()["SHOWLIST_SPOTIFY_ACCOUNTS_URL"] + path


def asked(sandbox: Sandbox, **changed: str | None) -> dict[str, Any]:
    """The query of an authorization request in order, with some parameters changed or left out."""
    return {
        "client_id": sandbox.env()["SPOTIFY_CLIENT_ID"],
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": " ".join(PLAYLIST_SCOPES),
        "state": "a-state",
        "code_challenge_method": "S256",
        "code_challenge": challenge_of(VERIFIER),
        **changed,
    }


def open_page(sandbox: Sandbox, **changed: str | None) -> requests.Response:
    url = accounts_url(sandbox, "/authorize")
    return requests.get(url, params=asked(sandbox, **changed), timeout=10, allow_redirects=False)


def press(
    sandbox: Sandbox, decision: str, listener: str = DEFAULT_LISTENER, **changed: str | None
) -> requests.Response:
    return requests.post(
        accounts_url(sandbox, "/authorize"),
        params=asked(sandbox, **changed),
        data={"decision": decision, "listener": listener},
        timeout=10,
        allow_redirects=False,
    )


def sent_back(answer: requests.Response) -> dict[str, str]:
    """What the app finds in the address that the browser is sent to."""
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def code_of(sandbox: Sandbox, listener: str = DEFAULT_LISTENER, **changed: str | None) -> str:
    return sent_back(press(sandbox, "agree", listener, **changed))["code"]


def exchange(sandbox: Sandbox, code: str, **changed: str | None) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "client_id": sandbox.env()["SPOTIFY_CLIENT_ID"],
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **changed,
    }
    return requests.post(accounts_url(sandbox, "/api/token"), data=form, timeout=10)


def refresh(sandbox: Sandbox, refresh_token: str) -> requests.Response:
    form = {
        "grant_type": "refresh_token",
        "client_id": sandbox.env()["SPOTIFY_CLIENT_ID"],
        "refresh_token": refresh_token,
    }
    return requests.post(accounts_url(sandbox, "/api/token"), data=form, timeout=10)


class ListenerClient:
    """The Web API with the token of one listener who agreed to ``scopes``."""

    def __init__(
        self,
        sandbox: Sandbox,
        user_id: str = DEFAULT_LISTENER,
        scopes: tuple[str, ...] = PLAYLIST_SCOPES,
    ) -> None:
        self._url = sandbox.env()["SHOWLIST_SPOTIFY_URL"]
        refresh_token = sandbox.listeners.consent(scopes, user_id)
        self._bearer = refresh(sandbox, refresh_token).json()["access_token"]

    def __call__(
        self, method: str, path: str, *, body: bytes | str | None = None, **query: Any
    ) -> requests.Response:
        return self._send(method, path, params=query, data=body)

    def json(self, method: str, path: str, **sent: Any) -> requests.Response:
        return self._send(method, path, json=sent)

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._bearer}"}
        return requests.request(
            method, f"{self._url}/v1{path}", headers=headers, timeout=10, **options
        )


def tracks(sandbox: Sandbox, count: int, *, skip: int = 0) -> list[str]:
    """URIs of different tracks of the sandbox's world."""
    catalog = sandbox.world.catalog
    found = (track for artist in catalog.artists for track in catalog.tracks_of(artist.id))
    ids: dict[str, None] = {}
    for track in found:
        ids[track.id] = None
        if len(ids) == skip + count:
            break
    return [f"spotify:track:{one}" for one in [*ids][skip:]]
