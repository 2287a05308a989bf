"""Which failure an answer means, or the lack of one.

Where the bodies are known from: Spotify's changes of February and July 2026 (QUOTA_EXCEEDED),
zmb3/spotify#301 and spotipy#1233 (plain-text 403), bjarneo/cliamp#54 (403 "Forbidden"),
seatgeek/api-support#104 (captcha), Ticketmaster's "Getting started" (``fault``, Rate-Limit-...).
"""

from __future__ import annotations

import base64
import binascii
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

import requests
from urllib3.exceptions import HTTPError, InvalidHeader, NewConnectionError
from urllib3.util import Retry

from showlist_assets.sources.failures import (
    BadAnswer,
    BotWall,
    EndpointGone,
    NeedsConsent,
    NeedsScope,
    NotAllowlisted,
    NotFound,
    NotOwner,
    NotPremium,
    Permanent,
    QuotaExceeded,
    RateLimited,
    SourceError,
    TokenExpired,
    Transient,
    Unreachable,
    WrongKey,
    WrongSetting,
    addresses_of,
    how_to_get_keys,
    keys_of,
    name_of,
    without_secrets,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONG_WAIT: Final = 60.0
"""Seconds: a Retry-After beyond this is not a pause but a lockout (22 h were measured)."""
_EXCERPT: Final = 200
# A quota of a day is never farther from its reset; an hour is for clocks that differ.
_FARTHEST_RESET: Final = 90_000.0
# Blanks, and the mark that some programs begin UTF-8 with.
_BEFORE_A_PAGE: Final = b"\xef\xbb\xbf \t\r\n"
# urllib3 would cut what it reads to six hours. Nobody has reported more than a day; a slip of the
# API must not close it for years, since the ledger remembers.
_RETRY: Final = Retry(retry_after_max=172_800)
# Such as session_based_days_7500_session_300_contribution_5_threshold_10_limit_100_...
_ALGORITHM: Final = re.compile(r"\bsession_based_\w{10,150}\b")
# Other paths below a playlist are removed for everybody.
_OF_A_PLAYLIST: Final = re.compile(r"/playlists/[^/]+(/items|/images)?/?$")
_ABOUT_AN_OWNER: Final = re.compile(r"\b(own|owns|owned|owner|another user)\b")


def failure_from(response: requests.Response, *, service: str, what: str) -> SourceError:
    """The failure that an answer means: any outside 2xx, or one in 2xx that is no JSON."""
    status, name, body = response.status_code, name_of(service), _json_object(response)
    details: dict[str, Any] = {"service": service, "what": what, "status": status}
    details["retry_after"] = _retry_after(response)
    if details["retry_after"] is None and status == 429:
        details["retry_after"] = _window_reset(response)
    summary = f"{name} answered {status} while {what}"
    if status == 429:
        return _too_many(response, body, summary, details)
    # HTTP itself lets a client repeat a 408 (RFC 9110, 15.5.9).
    if status >= 500 or status == 408:
        return Transient(f"{summary}. This passes, as a rule; if not, it is an outage.", **details)
    # Before the web page: a 404 is often one, and still says that there is nothing.
    if status == 404:
        return NotFound(
            f"{summary}: there is no such thing. If nothing is ever found, check "
            f"{addresses_of(service)}.",
            **details,
        )
    choices = _algorithms_in(response) if service == "listenbrainz_labs" and status == 400 else []
    if choices:
        kind = "RECORDINGS_ALGORITHM" if "recordings" in (response.url or "") else "ALGORITHM"
        return WrongSetting(
            f"{name} does not know the algorithm that SHOWLIST_LISTENBRAINZ_{kind} names. Set it "
            f"to one of: {', '.join(choices)}.",
            **details,
        )
    if _is_web_page(response):
        return BotWall(
            f"{summary}: a web page instead of data, probably a captcha for bots. Try again later, "
            f"from another network address if it lasts, and check {addresses_of(service)}.",
            **details,
        )
    if response.ok:
        return BadAnswer(
            f"{summary}, with something that is no JSON: {_excerpt(response)!r}. Try again later; "
            f"if it stays so, check {addresses_of(service)}.",
            **details,
        )
    return _refusal(response, body, summary, details)


def quota_told(response: requests.Response, *, service: str, what: str) -> QuotaExceeded | None:
    """The end of the day's calls, where a good answer tells that it was the last."""
    if _left(response) != 0:
        return None
    return _quota({"service": service, "what": what, "retry_after": _until_reset(response)})


def window_told(response: requests.Response, *, service: str, what: str) -> RateLimited | None:
    """The pause before the next call, where a good answer tells that its window is full.

    ListenBrainz publishes no numbers: "use the headers" (its page "Rate limiting").
    """
    wait = _window_reset(response)
    if response.headers.get("X-RateLimit-Remaining", "").strip() != "0" or not wait:
        return None
    return RateLimited(
        f"{name_of(service)} wants a pause of {wait:.0f} s.",
        service=service,
        what=what,
        retry_after=wait,
    )


def _quota(details: dict[str, Any]) -> QuotaExceeded:
    wait = details["retry_after"]
    until = f" for {_span(wait)}" if wait else ""
    return QuotaExceeded(
        f"{name_of(details['service'])} gives no more answers{until}: the day's calls are "
        "spent. What is left stays pending and comes first next time.",
        **details,
    )


def _is_day_spent(response: requests.Response, body: Mapping[str, Any]) -> bool:
    """Spotify's reason of July 2026; Apigee's error code, whose text quotes the key; the count."""
    error = body.get("error")
    if isinstance(error, dict) and error.get("reason") == "QUOTA_EXCEEDED":
        return True
    code = _fault_code(body)
    return code.endswith("QuotaViolation") or (not code and _left(response) == 0)


def _too_many(
    response: requests.Response, body: Mapping[str, Any], summary: str, details: dict[str, Any]
) -> SourceError:
    wait = details["retry_after"]
    # Before July 2026, only the length of the wait told the two apart at Spotify.
    if _is_day_spent(response, body) or (wait or 0) > LONG_WAIT:
        return _quota({**details, "retry_after": wait or _until_reset(response)})
    return RateLimited(
        f"{summary}: too many requests at once. Run it again in a minute.", **details
    )


def _refusal(
    response: requests.Response, body: Mapping[str, Any], summary: str, details: dict[str, Any]
) -> SourceError:
    """What a 4xx means whose reason is in the body."""
    service, status = details["service"], details["status"]
    if _is_about_our_key(service, status, body):
        return WrongKey(
            f"{name_of(service)} refuses the credentials ({status}) while {details['what']}. Check "
            f"{keys_of(service)} in .env or the environment.{how_to_get_keys(service)}",
            **details,
        )
    if service == "spotify" and body.get("error") == "invalid_grant":
        return NeedsConsent(
            f"{summary}: the listener's permission has ended, as each does after six months. Log "
            "in to Spotify again.",
            **details,
        )
    if service == "spotify" and status == 401:
        return TokenExpired(f"{summary}: the access token is not taken.", **details)
    known = _forbidden(response, body, summary, details) if service == "spotify" else None
    return known or Permanent(
        f"{summary}: {_excerpt(response, _message(body)) or 'no reason given'}. Asking again does "
        "not help.",
        **details,
    )


def _is_about_our_key(service: str, status: int, body: Mapping[str, Any]) -> bool:
    """Spotify Accounts: invalid_client (RFC 6749); SeatGeek: 403 "Client is required" (40307)."""
    if body.get("error") in ("invalid_client", "unauthorized_client"):
        return True
    if service == "spotify":
        return False
    return status == 401 or (status == 403 and "client" in _message(body).lower())


def _forbidden(
    response: requests.Response, body: Mapping[str, Any], summary: str, details: dict[str, Any]
) -> SourceError | None:
    """Which of Spotify's 403s this is, which have one status in common and nothing else."""
    if response.status_code != 403:
        return None
    # These two come as plain text, not as JSON (zmb3/spotify#301, spotipy#1233).
    about_the_app = _forbidden_to_the_app(_text(response).lower(), details)
    if about_the_app:
        return about_the_app
    words = _message(body).lower().strip(". ")
    if "scope" in words:
        return NeedsScope(
            f"{summary}: the listener has not agreed to this. Log in to Spotify again and agree.",
            **details,
        )
    is_bare = words == "forbidden"
    path = urlsplit(response.url or "").path
    if _ABOUT_AN_OWNER.search(words) or (is_bare and _OF_A_PLAYLIST.search(path)):
        return NotOwner(f"{summary}: the playlist is somebody else's.", **details)
    if is_bare:
        return EndpointGone(
            f"{summary}: this app may not use the endpoint. If it is a Development Mode app, set "
            "SHOWLIST_SPOTIFY_MODE=development.",
            **details,
        )
    return None


def _forbidden_to_the_app(words: str, details: dict[str, Any]) -> SourceError | None:
    if "premium" in words:
        return NotPremium(
            "Spotify refuses the app because its owner has no active Premium subscription. Renew "
            "it; requests are allowed again within a few hours.",
            **details,
        )
    # Two wordings are known, from issues of several clients.
    if "not registered" in words or "not be registered" in words:
        return NotAllowlisted(
            "Spotify does not know this user: add name and e-mail under User Management of your "
            "app in the developer dashboard (five users at most).",
            **details,
        )
    return None


def failure_without_answer(
    error: requests.RequestException | HTTPError, *, service: str, what: str, address: str
) -> SourceError:
    """The failure that a request means to which no whole answer came."""
    details: dict[str, Any] = {"service": service, "what": what}
    name, base = name_of(service), _base(address)
    check = f"Check the network, and the setting {addresses_of(service)}."
    if isinstance(error, ValueError):
        # The classes for addresses that cannot be used, and only those, are ValueErrors too.
        return Unreachable(f"{name}: {base} is not a usable address. {check}", **details)
    if isinstance(error, requests.TooManyRedirects):
        return Unreachable(f"{name} redirects in circles at {base}. {check}", **details)
    if isinstance(error, requests.exceptions.SSLError):
        return Unreachable(f"{name} has no trustworthy certificate at {base}. {check}", **details)
    if _never_connected(error):
        return Unreachable(f"{name} cannot be reached at {base}. {check}", **details)
    trouble = "took too long" if isinstance(error, requests.Timeout) else "broke off its answer"
    return Transient(
        f"{name} {trouble} while {what}. This passes, as a rule; if not, it is an outage.",
        **details,
    )


def _never_connected(error: Exception) -> bool:
    """Whether the connection itself failed: no such host, refused, no route, a dead proxy."""
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError)):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _base(address: str) -> str:
    """Scheme, host and port, without the user and password that an address can hold."""
    scheme, separator, rest = address.rpartition("://")
    return f"{scheme}{separator}{rest.partition('/')[0].rpartition('@')[2]}"


def _is_web_page(response: requests.Response) -> bool:
    # SeatGeek's wall answers with a page where JSON was asked for, by User-Agent (api-support#104,
    # #123, #165).
    kind = response.headers.get("Content-Type", "").lower()
    return "html" in kind or response.content[:100].lstrip(_BEFORE_A_PAGE)[:1] == b"<"


def _json_object(response: requests.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    # JSON that is nested thousands deep exhausts the stack.
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _text(response: requests.Response) -> str:
    """The body as text, whatever charset it claims to have."""
    try:
        return response.text
    except ValueError:
        return response.content.decode(errors="replace")


def _message(body: Mapping[str, Any]) -> str:
    """Spotify: error.message; Accounts: error_description; SeatGeek: message.

    Ticketmaster: errors[].detail; the gateway before it: fault.faultstring.
    """
    error, fault, errors = body.get("error"), body.get("fault"), body.get("errors")
    if isinstance(error, dict):
        return str(error.get("message") or "")
    if isinstance(fault, dict):
        return str(fault.get("faultstring") or "")
    first = errors[0] if isinstance(errors, list) and errors else None
    if isinstance(first, dict) and first.get("detail"):
        return str(first["detail"])
    return str(body.get("error_description") or error or body.get("message") or "")


def _excerpt(response: requests.Response, text: str = "") -> str:
    """The service's words in one line, without the credentials that some services repeat."""
    # Bodies can be long and of many lines; a message is one line.
    words = " ".join((text or _text(response)).split())
    return without_secrets(words, _credentials(response.request))[:_EXCERPT].rstrip(". ")


def _credentials(request: requests.PreparedRequest) -> Iterator[str]:
    """What the request proved itself with, in every form in which it could be repeated."""
    for name, value in parse_qsl(urlsplit(request.url or "").query):
        if name.lower() == "apikey":
            yield from (value, quote(value, safe=""))
    scheme, _, proof = str(request.headers.get("Authorization", "")).partition(" ")
    if proof:
        yield proof
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(proof).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return
        yield from (part for part in pair[::2] if part)


def _fault_code(body: Mapping[str, Any]) -> str:
    """The error code of Apigee, the gateway before Ticketmaster; "" where there is none."""
    fault = body.get("fault")
    detail = fault.get("detail") if isinstance(fault, dict) else None
    return str(detail.get("errorcode") or "") if isinstance(detail, dict) else ""


def _left(response: requests.Response) -> int | None:
    """Calls that are left of the day, where the answer tells: never below 0."""
    told = response.headers.get("Rate-Limit-Available", "").strip()
    # More digits are no count, and Python refuses thousands of them.
    return max(0, int(told)) if re.fullmatch(r"-?\d{1,9}", told) else None


def _until_reset(response: requests.Response) -> float | None:
    """Seconds until the day's calls are counted anew; None where the answer does not tell.

    ``Rate-Limit-Reset`` is an instant in Unix milliseconds, and ``Date`` the present by the same
    clock, which ours need not agree with.
    """
    told = response.headers.get("Rate-Limit-Reset", "").strip()
    if not re.fullmatch(r"\d{1,15}", told):
        return None
    try:
        now = parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        return None
    wait = int(told) / 1000 - now
    return wait if 0 < wait <= _FARTHEST_RESET else None


def _window_reset(response: requests.Response) -> float | None:
    """Seconds until ListenBrainz counts anew; None where the answer does not tell, or nonsense."""
    told = response.headers.get("X-RateLimit-Reset-In", "").strip()
    return float(told) if re.fullmatch(r"\d{1,2}", told) else None


def _algorithms_in(response: requests.Response) -> list[str]:
    """The names of a closed list that Labs repeats when it refuses one, as JSON or a page."""
    sent = dict(parse_qsl(urlsplit(response.request.url or "").query)).get("algorithm")
    found = dict.fromkeys(_ALGORITHM.findall(_text(response)))
    return [name for name in found if name != sent]


def _retry_after(response: requests.Response) -> float | None:
    """Seconds of the ``Retry-After`` header, a number or a date; None where it is neither."""
    try:
        return float(_RETRY.parse_retry_after(response.headers["Retry-After"]))
    except (KeyError, InvalidHeader, OverflowError, ValueError):
        return None


def _span(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours" if seconds >= 3600 else f"{max(1, seconds // 60):.0f} min"
