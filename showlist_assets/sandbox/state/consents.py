"""What listeners have agreed to: authorization codes, consents and their refresh tokens.

Not decided here: how a listener is asked (``authorize``), and how a client proves who it is
(``accounts``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from showlist_assets.sandbox.world.ids import spotify_id

if TYPE_CHECKING:
    from collections.abc import Mapping

CODE_LIFETIME = timedelta(minutes=10)
# Six months after the listener agreed; a refresh does not extend them
# (https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration). Half a year is 181 to
# 184 days: the sandbox ends a consent before the earliest of them.
CONSENT_LIFETIME = timedelta(days=180)


class GrantError(Exception):
    """A code or refresh token is no good: what Spotify says as ``invalid_grant``."""


@dataclass(slots=True, eq=False)
class Consent:
    """What one listener once agreed to; it ends ``CONSENT_LIFETIME`` after ``given_at``."""

    user_id: str
    scopes: frozenset[str]
    given_at: datetime
    revoked: bool = False

    def is_live(self, now: datetime) -> bool:
        """Whether it still holds."""
        return not self.revoked and now < self.given_at + CONSENT_LIFETIME


@dataclass(frozen=True, slots=True)
class _Code:
    consent: Consent
    redirect_uri: str
    challenge: str
    expires_at: datetime


class Consents:
    """Codes and refresh tokens handed out; the same calls yield the same ones."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._made = 0
        self._codes: dict[str, _Code] = {}
        self._refresh_tokens: dict[str, Consent] = {}
        self._replaced: set[str] = set()

    def give(self, user_id: str, scopes: frozenset[str], now: datetime) -> Consent:
        """A listener agrees."""
        return Consent(user_id, scopes, now)

    def standing(self, user_id: str, scopes: frozenset[str], now: datetime) -> Consent | None:
        """The listener's newest live consent that covers ``scopes``."""
        live = [
            consent
            for consent in self._refresh_tokens.values()
            if consent.user_id == user_id and consent.is_live(now) and scopes <= consent.scopes
        ]
        return max(live, key=lambda consent: consent.given_at, default=None)

    def code(self, consent: Consent, redirect_uri: str, challenge: str, now: datetime) -> str:
        """An authorization code, good once and for ten minutes."""
        code = self._secret("AQ")
        self._codes[code] = _Code(consent, redirect_uri, challenge, now + CODE_LIFETIME)
        return code

    def redeem(self, code: str, redirect_uri: str, verifier: str, now: datetime) -> Consent:
        """The consent behind a code, which is used up.

        Raises:
            GrantError: the code is unknown, used, revoked or too old, the address is another, or
                ``verifier`` is not what the challenge was made from.
        """
        # Good once, also where what follows is refused (RFC 6749, section 4.1.2).
        known = self._codes.pop(code, None)
        if known is None or known.consent.revoked:
            raise GrantError("Invalid authorization code")
        if now >= known.expires_at:
            raise GrantError("Authorization code expired")
        if redirect_uri != known.redirect_uri:
            raise GrantError("Invalid redirect URI")
        if not hmac.compare_digest(challenge_of(verifier), known.challenge):
            raise GrantError("code_verifier was incorrect")
        return known.consent

    def refresh_token(self, consent: Consent) -> str:
        """A new refresh token of ``consent``."""
        token = self._secret("AQ")
        self._refresh_tokens[token] = consent
        return token

    def consent_of(self, refresh_token: str, now: datetime) -> Consent:
        """The live consent behind a refresh token.

        Raises:
            GrantError: the token is unknown, replaced, revoked, or older than six months.
        """
        consent = self._refresh_tokens.get(refresh_token)
        if consent is None:
            raise GrantError("Invalid refresh token")
        if consent.revoked or refresh_token in self._replaced:
            raise GrantError("Refresh token revoked")
        if not consent.is_live(now):
            raise GrantError("Refresh token expired")
        return consent

    def holds(self, refresh_token: str, now: datetime) -> bool:
        """Whether ``consent_of`` would find one."""
        try:
            self.consent_of(refresh_token, now)
        except GrantError:
            return False
        return True

    def replace(self, refresh_token: str) -> str:
        """A new refresh token for the consent of this one, which is no good any more."""
        self._replaced.add(refresh_token)
        return self.refresh_token(self._refresh_tokens[refresh_token])

    def revoke(self, user_id: str) -> None:
        """Ends everything the listener agreed to, as on Spotify's page of connected apps."""
        pending = (code.consent for code in self._codes.values())
        for consent in (*self._refresh_tokens.values(), *pending):
            if consent.user_id == user_id:
                consent.revoked = True

    def kept(self) -> dict[str, Any]:
        """Consents and refresh tokens, as ``restore`` takes them; codes are gone in minutes."""
        tokens = dict(self._refresh_tokens)
        consents = list(dict.fromkeys(tokens.values()))
        return {
            "made": self._made,
            "consents": [
                {
                    "user_id": consent.user_id,
                    "scopes": sorted(consent.scopes),
                    "given_at": consent.given_at.isoformat(),
                    "revoked": consent.revoked,
                }
                for consent in consents
            ],
            "refresh_tokens": {token: consents.index(one) for token, one in tokens.items()},
            "replaced": sorted(self._replaced),
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Whoever agreed before has agreed."""
        self.clear()
        consents = [
            Consent(
                one["user_id"],
                frozenset(one["scopes"]),
                datetime.fromisoformat(one["given_at"]),
                one["revoked"],
            )
            for one in kept["consents"]
        ]
        self._made = kept["made"]
        self._refresh_tokens = {
            token: consents[index] for token, index in kept["refresh_tokens"].items()
        }
        self._replaced = set(kept["replaced"])

    def clear(self) -> None:
        """Nobody has agreed to anything."""
        self._codes.clear()
        self._refresh_tokens.clear()
        self._replaced.clear()

    def _secret(self, prefix: str) -> str:
        self._made += 1
        return prefix + "".join(spotify_id(self._seed, self._made, part) for part in range(5))


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636, section 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
