"""Access tokens the sandbox has handed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from showlist_assets.sandbox.state.consents import Consent
from showlist_assets.sandbox.world.ids import spotify_id

# ``expires_in`` of every answer of Spotify Accounts.
TOKEN_LIFETIME = timedelta(seconds=3600)

TokenVerdict = Literal["valid", "expired", "unknown"]


@dataclass(frozen=True, slots=True)
class _Token:
    expires_at: datetime
    consent: Consent | None


class TokenBook:
    """Tokens with their hour of life; the same calls yield the same tokens.

    Attributes:
        made: how many there ever were, so that none is given twice.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._issued: dict[str, _Token] = {}
        self.made = 0

    def issue(self, now: datetime, consent: Consent | None = None) -> str:
        """A new token, good for an hour from ``now``: the app's own, or one for a listener."""
        token = "BQ" + "".join(spotify_id(self._seed, self.made, part) for part in range(4))
        self.made += 1
        self._issued[token] = _Token(now + TOKEN_LIFETIME, consent)
        return token

    def verdict(self, token: str, now: datetime) -> TokenVerdict:
        """Whether ``token`` is good at ``now``."""
        issued = self._issued.get(token)
        if issued is None or (issued.consent and issued.consent.revoked):
            return "unknown"
        return "valid" if now < issued.expires_at else "expired"

    def consent_of(self, token: str) -> Consent | None:
        """What the listener agreed to; ``None`` for the app's own token."""
        return self._issued[token].consent

    def clear(self) -> None:
        """Every token is unknown from now on."""
        self._issued.clear()
        self.made = 0
