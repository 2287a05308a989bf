"""The one taxonomy of what an API can do to us, and what each failure means for a run.

| failure          | how it looks                                       | what follows             |
|------------------|----------------------------------------------------|--------------------------|
| Transient        | 5xx, time-out, reset, cut body, stray 401, 403     | retried within seconds   |
| Unreachable      | no such host, connection refused                   | retried; source is down |
| RateLimited      | 429 with a short Retry-After                       | waited for, retried     |
| QuotaExceeded    | 429 QUOTA_EXCEEDED, or a long Retry-After          | ends the day; rest pending |
| TokenExpired     | Spotify answers 401                                | a new token, once        |
| WrongKey         | our credentials are refused                        | final; source is down |
| NotPremium       | plain-text 403 about the app owner's subscription  | final; source is down |
| NotAllowlisted   | plain-text 403 about a user not registered         | final; source is down |
| EndpointGone     | 403 JSON "Forbidden", twice                        | final for the endpoint   |
| BotWall          | an HTML captcha                                    | final; source is down |
| NotFound         | 404                                                | final for this thing |
| BadAnswer        | 200 with what is no answer to the question         | retried                  |
| Permanent        | any other 4xx                                      | final for the request    |

Every message says what failed, for which input, and what to do. None holds a secret: query values
of credentials are blotted out, headers are never quoted.

Sources: Spotify's February and July 2026 changes, zmb3/spotify#301 and spotipy#1233 (plain-text
403), SpotifyWebApiPython 1.0.276 (stray 401 and 403), seatgeek/api-support#104 (captcha).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

_SECRETS: Final = re.compile(
    r"(client_id|client_secret|apikey|api_key|access_token|refresh_token|code)=[^&\s'\"]+", re.I
)


def without_secrets(text: str) -> str:
    """``text`` with the values of credentials in URLs blotted out."""
    return _SECRETS.sub(r"\1=***", text)


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
        service: str,
        what: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(without_secrets(message))
        self.service, self.what, self.status, self.retry_after = service, what, status, retry_after


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
    """A captcha stands before the API."""

    source_is_down = True


class NotFound(SourceError):
    """There is no such thing."""


class Permanent(SourceError):
    """The request is refused, and asking again will not change that."""


_KEYS: Final = {
    "seatgeek": "SEATGEEK_CLIENT_ID and SEATGEEK_CLIENT_SECRET",
    "spotify": "SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET",
}
_NAMES: Final = {"seatgeek": "SeatGeek", "spotify": "Spotify", "reccobeats": "ReccoBeats"}
LONG_WAIT: Final = 60.0
"""Seconds: a Retry-After beyond this is not a pause but a lockout (22 h were measured)."""


def name_of(service: str) -> str:
    """The service as people write it."""
    return _NAMES.get(service, service)


def keys_of(service: str) -> str:
    """The settings that hold the credentials of ``service``."""
    return _KEYS.get(service, "the credentials")


def failure_from(response: requests.Response, *, service: str, what: str) -> SourceError:
    """The failure that an answer outside 2xx means."""
    status, name = response.status_code, name_of(service)
    details: dict[str, Any] = {"service": service, "what": what, "status": status}
    told = f"{name} answered {status} while {what}"
    if _is_html(response):
        return BotWall(
            f"{told}: a web page instead of data, probably a captcha for bots. Try again later "
            "from another network address, or ask the service to let this client through.",
            **details,
        )
    body = _json_object(response)
    if status == 429:
        return _too_many(response, body, told, details)
    if status >= 500 or status == 408:
        return Transient(
            f"{told}. It is tried again; if it lasts, the service has an outage.", **details
        )
    if status == 401 and service == "spotify":
        return TokenExpired(f"{told}: the access token is not taken.", **details)
    if _is_about_our_key(status, body, response.text):
        return WrongKey(
            f"{name} refuses the credentials ({status}) while {what}. Check {keys_of(service)} in "
            ".env or the environment.",
            **details,
        )
    if status == 403:
        return _forbidden(response.text, body, told, details)
    if status == 404:
        return NotFound(f"{told}: there is no such thing.", **details)
    return Permanent(f"{told}: {_message(body) or 'no reason given'}.", **details)


def _too_many(
    response: requests.Response, body: Mapping[str, Any], told: str, details: dict[str, Any]
) -> SourceError:
    wait = retry_after(response)
    details["retry_after"] = wait
    error = body.get("error")
    reason = error.get("reason") if isinstance(error, dict) else None
    if reason == "QUOTA_EXCEEDED" or (wait or 0) > LONG_WAIT:
        until = f" for {_hours(wait)}" if wait else ""
        return QuotaExceeded(
            f"{name_of(details['service'])} gives no more answers{until}: the day's calls are "
            "spent. What is left stays pending and comes first next time.",
            **details,
        )
    return RateLimited(f"{told}: too many requests at once. It is tried again.", **details)


def _forbidden(
    text: str, body: Mapping[str, Any], told: str, details: dict[str, Any]
) -> SourceError:
    lowered = text.lower()
    if "premium" in lowered:
        return NotPremium(
            "Spotify refuses the app because its owner has no active Premium subscription. Renew "
            "it; requests are allowed again within a few hours.",
            **details,
        )
    if "not registered" in lowered or "not be registered" in lowered:
        return NotAllowlisted(
            "Spotify does not know this user: add name and e-mail under User Management of your "
            "app in the developer dashboard (five users at most).",
            **details,
        )
    if _message(body).lower() == "forbidden":
        return EndpointGone(
            f"{told}: this app may not use the endpoint. If it is a Development Mode app, set "
            "SHOWLIST_SPOTIFY_MODE=development.",
            **details,
        )
    return Permanent(f"{told}: {_message(body) or 'no reason given'}.", **details)


def _is_about_our_key(status: int, body: Mapping[str, Any], text: str) -> bool:
    """SeatGeek: 403 "Client is required" (40307) and its kin; Spotify: 400 invalid_client."""
    if body.get("error") in ("invalid_client", "unauthorized_client"):
        return True
    if status == 401:
        return True
    return status == 403 and "client" in text.lower() and "errors" in body


def _is_html(response: requests.Response) -> bool:
    return "html" in response.headers.get("Content-Type", "") and response.status_code < 500


def _json_object(response: requests.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _message(body: Mapping[str, Any]) -> str:
    error = body.get("error")
    if isinstance(error, dict):
        return str(error.get("message") or "")
    return str(error or body.get("message") or "")


def retry_after(response: requests.Response) -> float | None:
    """Seconds of the ``Retry-After`` header; None where it is absent or no number."""
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours" if seconds >= 3600 else f"{seconds / 60:.0f} minutes"
