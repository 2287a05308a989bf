"""The one taxonomy of what an API can do to us, and what each failure means for a run.

| failure          | how it looks                                     | what follows               |
|------------------|--------------------------------------------------|----------------------------|
| Transient        | 5xx, 408, time-out, reset, cut body              | retried within seconds     |
| Unreachable      | no such host, refused, TLS, unusable address     | retried; source is down    |
| BadAnswer        | 200 with what is no answer to the question       | retried                    |
| RateLimited      | 429 with a short Retry-After                     | waited for, retried        |
| QuotaExceeded    | 429 QUOTA_EXCEEDED, or a long Retry-After        | ends the day; rest pending |
| TokenExpired     | Spotify answers 401                              | a new token, once          |
| WrongKey         | our credentials are refused, or cannot be sent   | final; source is down      |
| NotPremium       | plain-text 403 about the app owner's subscription | final; source is down     |
| NotAllowlisted   | plain-text 403 about a user not registered       | final; source is down      |
| EndpointGone     | Spotify answers 403 JSON "Forbidden", twice      | final for the endpoint     |
| BotWall          | a web page instead of data                       | final; source is down      |
| NotFound         | 404                                              | final for this thing       |
| Permanent        | any other refusal                                | final for the request      |

What belongs here: the classes, what they ask of a caller, and how messages name a service. What
does not: telling which one an answer means (``diagnosis``) and trying again (``http``).

Every message says what failed, for which input, and what to do. None holds a secret: credentials
are blotted out of whatever an API says, and headers are never quoted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMED_SECRETS: Final = re.compile(
    r"""((?:client_id|client_secret|api_?key|access_token|refresh_token)["']?\s*[=:]\s*["']?)"""
    r"""[^&\s"',}]+""",
    re.IGNORECASE,
)
_AUTHORIZATION: Final = re.compile(r"\b(basic|bearer)\s+[\w.~+/=-]{8,}", re.IGNORECASE)


def without_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` with ``secrets``, and whatever is named like a credential, blotted out."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return _AUTHORIZATION.sub(r"\1 ***", _NAMED_SECRETS.sub(r"\1***", text))


class SourceError(RuntimeError):
    """An API did not give what was asked for.

    Attributes:
        service: "seatgeek", "spotify" or "reccobeats".
        what: What we were doing, in words.
        status: HTTP status, where there was one.
        retry_after: Seconds the API asks to wait, where it does.
    """

    retryable = False
    """Whether trying the same again within minutes makes sense."""
    source_is_down = False
    """Whether every other request to the source would fail alike."""
    ends_the_day = False
    """Whether the source gives nothing more for hours."""

    def __init__(
        self,
        message: str,
        *,
        # Python makes an exception that crosses processes anew from its message alone.
        service: str = "",
        what: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(without_secrets(message))
        self.service, self.what = service, without_secrets(what)
        self.status, self.retry_after = status, retry_after


class Transient(SourceError):
    """It may work the next moment."""

    retryable = True


class Unreachable(Transient):
    """Nobody answers at the base URL."""

    source_is_down = True


class BadAnswer(Transient):
    """An answer came, but it is none to the question."""


class RateLimited(Transient):
    """Too many requests within seconds."""


class QuotaExceeded(SourceError):
    """The day's calls are spent."""

    ends_the_day = True


class WrongKey(SourceError):
    """Our credentials are refused."""

    source_is_down = True


class TokenExpired(SourceError):
    """The access token is no longer taken; a new one is fetched, once."""


class NotPremium(SourceError):
    """The owner of the Spotify app has no Premium subscription."""

    source_is_down = True


class NotAllowlisted(SourceError):
    """The user is not registered with the Spotify app."""

    source_is_down = True


class EndpointGone(SourceError):
    """The endpoint exists no more for this app."""


class BotWall(SourceError):
    """A web page, probably a captcha, stands before the API."""

    source_is_down = True


class NotFound(SourceError):
    """There is no such thing."""


class Permanent(SourceError):
    """The request is refused, and asking again will not change that."""


_NAMES: Final = {"seatgeek": "SeatGeek", "spotify": "Spotify", "reccobeats": "ReccoBeats"}
_KEYS: Final = {
    "seatgeek": "SEATGEEK_CLIENT_ID and SEATGEEK_CLIENT_SECRET",
    "spotify": "SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET",
}
_ADDRESSES: Final = {"spotify": "SHOWLIST_SPOTIFY_URL and SHOWLIST_SPOTIFY_ACCOUNTS_URL"}


def name_of(service: str) -> str:
    """The service as people write it."""
    return _NAMES.get(service, service)


def keys_of(service: str) -> str:
    """The settings that hold the credentials of ``service``."""
    return _KEYS.get(service, "the credentials")


def addresses_of(service: str) -> str:
    """The settings that say where ``service`` is."""
    return _ADDRESSES.get(service, f"SHOWLIST_{service.upper()}_URL")


def refuse_unusable_keys(service: str, *keys: str) -> None:
    """Stops credentials that cannot be sent before a library stumbles over them.

    Raises:
        WrongKey: one is empty or holds blanks, line ends or characters outside ASCII, as a
            careless copy does.
    """
    if not all(re.fullmatch(r"[!-~]+", key) for key in keys):
        raise WrongKey(
            f"The credentials of {name_of(service)} are empty or hold blanks or odd characters. "
            f"Check {keys_of(service)} in .env or the environment.",
            service=service,
            what="reading the credentials",
        )
