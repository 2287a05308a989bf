"""What the tokens of an app and of a listener have in common: how they get into a request."""

from __future__ import annotations

from abc import abstractmethod
from threading import local
from typing import TYPE_CHECKING

import requests.auth
from typing_extensions import override

if TYPE_CHECKING:
    import requests


class BearerToken(requests.auth.AuthBase):
    """Puts a token into each request, another one after the API has refused it."""

    def __init__(self) -> None:
        self._refused: str | None = None
        # Threads share a token, yet each may refuse only the one that its own request carried: a
        # slower thread would throw away the new one.
        self._here = local()

    @abstractmethod
    def usable(self) -> str | None:
        """A token that was not refused.

        Raises:
            SourceError: none can be had.
        """

    @override
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Authorize ``request``.

        Raises:
            SourceError: as ``usable``.
        """
        token = self.usable()
        self._here.given = token
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    @property
    def given(self) -> str | None:
        """The token that the last request of this thread got."""
        token: str | None = getattr(self._here, "given", None)
        return token

    def refuse(self, token: str | None) -> None:
        """Do not use ``token`` again: the API does not take it."""
        self._refused = token
