"""A catalogue of one's own: it knows everybody by name, and refuses a query that is too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from showlist_assets_tests.sources.clients import spotify
from showlist_assets_tests.sources.conftest import OwnServer, Reply, Request

if TYPE_CHECKING:
    from showlist_assets.sources.spotify.catalog import SpotifyCatalog


class SearchServer:
    """A server between entering and leaving the context.

    Attributes:
        asked: The query of every search.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self.asked: list[str] = []

    def __enter__(self) -> Self:
        self._server = OwnServer(self._answer)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def client(self) -> SpotifyCatalog:
        return spotify(self._server.url)

    def _answer(self, request: Request) -> Reply:
        if request.path.endswith("/token"):
            return Reply({"access_token": "t", "token_type": "Bearer", "expires_in": 3600})
        query = request.query.get("q", "")
        self.asked.append(query)
        if len(query) > self._longest:
            words = f"Query exceeds maximum length of {self._longest} characters"
            return Reply({"error": {"status": 400, "message": words}}, status=400)
        page = {"id": f"{abs(hash(query)):022}"[:22], "name": query, "type": "artist"}
        return Reply({"artists": {"items": [page]}, "tracks": {"items": []}})
