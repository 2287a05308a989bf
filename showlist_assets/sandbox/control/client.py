"""A sandbox that another process serves, as far as it is steered through ``/_sandbox``.

``Sandbox`` (``server``) has the same methods for whoever serves it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class SandboxElsewhere:
    """A sandbox in another process.

    Attributes:
        url: where it answers.
        environment: the settings that point a platform at it.
        sources: the event sources that it wants to be asked.
    """

    url: str
    environment: dict[str, str]
    sources: tuple[str, ...]

    def env(self) -> dict[str, str]:
        """The environment variables that point the platform at this sandbox."""
        return dict(self.environment)

    def answers(self) -> bool:
        """Whether it is still there."""
        import requests

        try:
            self._control("GET", "clock")
        except requests.RequestException:
            return False
        return True

    def requests(self, service: str) -> int:
        """How many requests a service answered."""
        return sum(row["count"] for row in self._rows(service))

    def writes(self, service: str = "spotify") -> int:
        """How many requests that change something a service answered, refusals included."""
        return sum(row["count"] for row in self._rows(service) if row["method"] != "GET")

    def consent(self, scopes: Iterable[str], user_id: str) -> str:
        """A refresh token, as if the listener had agreed to ``scopes`` in the browser."""
        answer = self._control("POST", f"listeners/{user_id}/consent", scopes=list(scopes))
        return str(answer["refresh_token"])

    def consent_holds(self, refresh_token: str) -> bool:
        """Whether a listener's permission is still good."""
        answer = self._control("POST", "consents", refresh_token=refresh_token)
        return bool(answer["holds"])

    def display_name(self, user_id: str) -> str:
        """What a listener is called."""
        everyone = self._control("GET", "listeners")["listeners"]
        return next(str(one["display_name"]) for one in everyone if one["user_id"] == user_id)

    def spotify_export(self, user_id: str) -> bytes:
        """The zip of a listener's extended streaming history."""
        answer = self._control("GET", f"listeners/{user_id}/spotify-export")
        return base64.b64decode(answer["base64"])

    def _rows(self, service: str) -> list[dict[str, Any]]:
        rows = self._control("GET", "requests")["requests"]
        return [row for row in rows if row["service"] == service]

    def _control(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        import requests

        answer = requests.request(
            method, f"{self.url}/_sandbox/{path}", json=body, timeout=_SECONDS
        )
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told
