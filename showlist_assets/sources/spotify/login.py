"""A listener's consent at Spotify: authorization code with PKCE, and the tokens that come of it.

What belongs here: the address that the listener opens, reading where Spotify sends them back to,
and the token requests. What does not: opening a browser (``login``), keeping tokens (``accounts``)
and renewing them in time (``user_token``).

Rules: Spotify's "Authorization Code with PKCE Flow" and "Redirect URIs" pages (``localhost`` is
refused, 127.0.0.1 is not), RFC 7636. No client secret is sent.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from showlist_assets.errors import ShowlistError
from showlist_assets.sources.failures import NeedsConsent, SourceError, without_secrets
from showlist_assets.sources.json_values import mapping, string, text, whole, within
from showlist_assets.sources.spotify.session import unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from showlist_assets.sources.http.session import ApiSession

# Without playlist-modify-private a playlist could only be public; without playlist-read-private
# the listener's own changes to a private one could not be seen (Spotify's page "Scopes").
_PLAYLIST_SCOPES: Final = (
    "playlist-modify-private",
    "playlist-modify-public",
    "playlist-read-private",
    "ugc-image-upload",
)
LISTENING_SCOPES: Final = ("user-read-recently-played", "user-top-read")
"""What reading a listener's plays needs. Consents of before lack them, and stay good for playlists;
so does one that Spotify grants without them."""
SCOPES: Final = (*_PLAYLIST_SCOPES, *LISTENING_SCOPES)
"""What a listener is asked for: to write playlists, to read them back, to set a cover, and to read
what they play."""

# A token lasts an hour; beyond a year it is nonsense, and a date that far ahead may not exist.
_LONGEST_SECONDS: Final = 366 * 24 * 3600


class LoginError(ShowlistError):
    """A login came to nothing; the message says why, and what to do."""


class NotThisLogin(LoginError):
    """What came does not answer this login, whose own answer may still come."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Spotify gives for a consent.

    Attributes:
        access_token: Goes into requests, for an hour; None before the first.
        expires_at: When that hour is over (UTC).
        refresh_token: Fetches the next access token, for six months from the consent.
        scopes: What the listener agreed to.
    """

    access_token: str | None = field(repr=False)
    expires_at: datetime | None
    refresh_token: str = field(repr=False)
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listener:
    """Who a token belongs to."""

    user_id: str
    display_name: str


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """One login: its address, and the two secrets that tie Spotify's answer to it."""

    accounts_url: str
    client_id: str = field(repr=False)
    redirect_uri: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    # 86 characters; RFC 7636 allows 43 to 128.
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64), repr=False)

    @property
    def url(self) -> str:
        """The page where the listener agrees."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(SCOPES),
            "state": self.state,
            # The only method Spotify takes (its page "Authorization Code with PKCE Flow").
            "code_challenge_method": "S256",
            "code_challenge": challenge_of(self.verifier),
            # Whether a consent that is not asked for anew begins another six months, nobody says.
            "show_dialog": "true",
        }
        return f"{self.accounts_url}/authorize?{urlencode(asked)}"

    def code_in(self, redirect: str) -> str:
        """The code in the address that Spotify sent the listener to.

        Raises:
            NotThisLogin: it is no answer to this attempt.
            LoginError: the listener declined.
        """
        answer = {name: found[-1] for name, found in parse_qs(urlsplit(redirect).query).items()}
        if not answer.keys() & {"code", "error"}:
            raise NotThisLogin(
                "This is no answer of Spotify's: it holds neither a code nor an error. Run "
                "`showlist login` again and paste the whole address; it begins with "
                f"{self.redirect_uri}?"
            )
        # Whoever sends the listener another code must not get their playlists (RFC 6749, 10.12).
        if not secrets.compare_digest(answer.get("state", "").encode(), self.state.encode()):
            raise NotThisLogin(
                "This is the answer to another login: its state is not the one that was sent. "
                "Close older login pages and run `showlist login` again."
            )
        if "error" in answer:
            raise _refused(answer["error"])
        return answer["code"]

    def tokens_for(self, session: ApiSession, code: str, *, now: datetime) -> Tokens:
        """Exchange ``code``, which works once and for minutes.

        Raises:
            LoginError: Spotify does not take the code.
            SourceError: as ``failures`` says.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self.client_id,
            "code_verifier": self.verifier,
        }
        try:
            answer = _ask_for_tokens(session, self.accounts_url, form)
        except NeedsConsent:
            raise LoginError(
                "Spotify does not take the code of this login: each works once, for a few minutes. "
                "Run `showlist login` again."
            ) from None
        return _tokens(answer, now=now, refresh_token=None, scopes=SCOPES)


def challenge_of(verifier: str) -> str:
    """The S256 challenge (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def renewed(
    session: ApiSession, accounts_url: str, client_id: str, tokens: Tokens, *, now: datetime
) -> Tokens:
    """``tokens`` with a new access token, and the new refresh token if Spotify gives one.

    Raises:
        NeedsConsent: the refresh token is dead, for good.
        SourceError: as ``failures`` says.
    """
    form = {
        "grant_type": "refresh_token",
        "refresh_token": tokens.refresh_token,
        "client_id": client_id,
    }
    answer = _ask_for_tokens(session, accounts_url, form)
    return _tokens(answer, now=now, refresh_token=tokens.refresh_token, scopes=tokens.scopes)


def listener_of(session: ApiSession, api_url: str, tokens: Tokens) -> Listener:
    """Who ``tokens`` belong to: one call.

    Raises:
        NotAllowlisted: the app's owner has not registered this listener.
        NotPremium: the app's owner has no Premium.
        SourceError: as ``failures`` says.
    """
    bearer = {"Authorization": f"Bearer {tokens.access_token}"}
    body = session.get_object(f"{api_url}/v1/me", {}, headers=bearer)
    user_id, display_name = text(body.get("id")), string(body.get("display_name"))
    if user_id is None:
        raise unreadable("a user", what="asking whose account it is")
    # A display name may be null (OpenAPI description).
    return Listener(user_id, user_id if display_name is None else display_name)


def _ask_for_tokens(
    session: ApiSession, accounts_url: str, form: Mapping[str, str]
) -> dict[str, Any]:
    try:
        body = session.post(f"{accounts_url}/api/token", data=dict(form)).json()
    except SourceError as failure:
        # A service may repeat what it was sent, under any name.
        proofs = (form[name] for name in ("code", "code_verifier", "refresh_token") if name in form)
        failure.args = (without_secrets(str(failure), proofs),)
        raise
    except ValueError:
        body = None
    return mapping(body)


def _tokens(
    answer: Mapping[str, Any],
    *,
    now: datetime,
    refresh_token: str | None,
    scopes: tuple[str, ...],
) -> Tokens:
    """The tokens of an answer; what it leaves out stays as it was.

    "You may receive a new refresh token": where there is none, the old one stays good (Spotify's
    page "Refreshing tokens").
    """
    access, granted = text(answer.get("access_token")), string(answer.get("scope"))
    seconds = within(1, whole(answer.get("expires_in")), _LONGEST_SECONDS)
    refresh = text(answer.get("refresh_token")) or refresh_token
    if access is None or seconds is None or not refresh:
        raise unreadable("tokens", what="fetching a listener's token")
    return Tokens(
        access_token=access,
        expires_at=now + timedelta(seconds=seconds),
        refresh_token=refresh,
        scopes=scopes if granted is None else tuple(sorted(granted.split())),
    )


def _refused(error: str) -> LoginError:
    if error == "access_denied":
        return LoginError(
            "The permission was declined, and nothing was changed. Run `showlist login` again if "
            "that was a mistake."
        )
    word = error if re.fullmatch(r"[\w.-]{1,40}", error) else "an unknown reason"
    return LoginError(
        f"Spotify ended the login ({word}). Check the app in the developer dashboard, and run "
        "`showlist login` again."
    )
