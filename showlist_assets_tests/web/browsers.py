"""Somebody's browser at a page over a sandbox that runs: it keeps cookies and agrees at Spotify."""

from __future__ import annotations

import json
from base64 import b64decode
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import html5lib
import requests
from starlette.testclient import TestClient

from showlist_assets.web.app import build_app
from showlist_assets_tests.web.markup import Markup, well_made

if TYPE_CHECKING:
    import httpx

    from showlist_assets.web.site import Site


class Browser:
    """One browser.

    Attributes:
        site: What it looks at.
        client: Sends its requests; no redirect is followed.
    """

    def __init__(self, site: Site, address: str = "http://127.0.0.1:8300") -> None:
        self.site = site
        self.client = TestClient(build_app(site), base_url=address, follow_redirects=False)

    def get(self, path: str, status: int = 200) -> Markup:
        """The page at ``path``, well made."""
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:300])
        return well_made(answer.text)

    def post(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form as the page's own would be."""
        return self.client.post(path, data=fields)

    def follow(self, answer: httpx.Response, status: int = 200) -> Markup:
        """The page that an answer leads to, on this site."""
        assert answer.status_code == 303, (answer.status_code, answer.text[:500])
        leads_to = urlsplit(answer.headers["location"])
        assert not leads_to.netloc, "It leads away."
        return self.get(f"{leads_to.path}?{leads_to.query}", status)

    def agree(
        self, to_spotify: httpx.Response, *, listener: str = "listener", decision: str = "agree"
    ) -> str:
        """Press a button at Spotify; returns the path by which it sends the browser back."""
        assert to_spotify.status_code == 303, to_spotify.text[:500]
        form = {"listener": listener, "decision": decision}
        page = to_spotify.headers["location"]
        back = requests.post(page, form, timeout=5, allow_redirects=False).headers["location"]
        parts = urlsplit(back)
        return f"{parts.path}?{parts.query}"

    def log_in(self, listener: str = "listener", **fields: str) -> httpx.Response:
        """A whole login; returns the answer that Spotify's answer got."""
        return self.client.get(self.agree(self.post("/login", **fields), listener=listener))

    def become_owner(self) -> None:
        """By the address that the command prints."""
        key = self.site.sessions.owner_link_token()
        assert self.post("/owner/enter", key=key).status_code == 303

    @property
    def cookie(self) -> dict[str, Any]:
        """What the session's cookie says; it is signed, not encrypted."""
        (value,) = [one.value for one in self.client.cookies.jar if "showlist" in one.name]
        said: dict[str, Any] = json.loads(b64decode(str(value).split(".")[0]))
        return said


def hidden(text: str, name: str) -> str:
    """The value of a form's hidden field."""
    root = html5lib.parse(text, namespaceHTMLElements=False)
    found = [one.get("value") for one in root.iter("input") if one.get("name") == name]
    return unescape(str(found[0]))
