"""Access tokens the sandbox has handed out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from showlist_assets.sandbox.ids import spotify_id

TOKEN_LIFETIME = timedelta(seconds=3600)

TokenVerdict = Literal["valid", "expired", "unknown"]


class TokenBook:
    """Tokens with their hour of life; the same calls yield the same tokens."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._issued: dict[str, datetime] = {}

    def issue(self, now: datetime) -> str:
        """A new token, good for an hour from ``now``."""
        number = len(self._issued)
        token = "BQ" + "".join(spotify_id(self._seed, number, part) for part in range(4))
        self._issued[token] = now + TOKEN_LIFETIME
        return token

    def verdict(self, token: str, now: datetime) -> TokenVerdict:
        """Whether ``token`` is good at ``now``."""
        expires_at = self._issued.get(token)
        if expires_at is None:
            return "unknown"
        return "valid" if now < expires_at else "expired"

    def clear(self) -> None:
        """Every token is unknown from now on."""
        self._issued.clear()
