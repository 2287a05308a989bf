"""The requests these tests make of a sandbox, with its credentials filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from showlist_assets.sandbox.server import Sandbox


def seatgeek(sandbox: Sandbox, path: str = "/2/events", **query: object) -> requests.Response:
    env = sandbox.env()
    query = {"client_id": env["SEATGEEK_CLIENT_ID"], **query}
    return requests.get(env["SHOWLIST_SEATGEEK_URL"] + path, params=query, timeout=10)


def events(sandbox: Sandbox, **query: object) -> list[dict]:
    """Every event that passes the filters, page by page."""
    found, page = [], 1
    while batch := seatgeek(sandbox, per_page=500, page=page, **query).json()["events"]:
        found += batch
        page += 1
    return found


def token_answer(sandbox: Sandbox, secret: str | None = None, **form: str) -> requests.Response:
    env = sandbox.env()
    return requests.post(
        env["SHOWLIST_SPOTIFY_ACCOUNTS_URL"] + "/api/token",
        data={"grant_type": "client_credentials", **form},
        auth=(env["SPOTIFY_CLIENT_ID"], secret or env["SPOTIFY_CLIENT_SECRET"]),
        timeout=10,
    )


def token(sandbox: Sandbox) -> str:
    return token_answer(sandbox).json()["access_token"]


def spotify(
    sandbox: Sandbox, path: str, *, bearer: str | None = None, **query: object
) -> requests.Response:
    bearer = token(sandbox) if bearer is None else bearer
    headers = {"Authorization": f"Bearer {bearer}"}
    url = sandbox.env()["SHOWLIST_SPOTIFY_URL"] + path
    return requests.get(url, params={"market": "US", **query}, headers=headers, timeout=10)


def search(sandbox: Sandbox, q: str, kind: str = "artist", **query: object) -> list[dict]:
    answer = spotify(sandbox, "/v1/search", q=q, type=kind, limit=10, **query)
    return answer.json()[f"{kind}s"]["items"]


def features(sandbox: Sandbox, ids: list[str]) -> list[dict]:
    url = sandbox.env()["SHOWLIST_RECCOBEATS_URL"] + "/v1/audio-features"
    return requests.get(url, params={"ids": ",".join(ids)}, timeout=10).json()["content"]


def control(sandbox: Sandbox, method: str, path: str, **body: object) -> dict:
    url = f"{sandbox.url}/_sandbox/{path}"
    return requests.request(method, url, json=body or None, timeout=10).json()
