"""The one taxonomy of what an API can do to us, and what each failure means for a run.

Every class says in ``looks_like`` how it is told and in ``what_follows`` what comes of it;
``docs/failures.md`` is written from that.

What belongs here: the classes, what they ask of a caller, and how messages name a service. What
does not: telling which one an answer means (``http.diagnosis``) and trying again
(``http.session``).

Every message says what failed, for which input, and what to do. None holds a secret: credentials
are blotted out of whatever an API says, and headers are never quoted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterable

# requests quotes whole addresses in its messages, and some APIs repeat what they were sent.
_NAMED_SECRETS: Final = re.compile(
    r"""((?:client_id|client_secret|api_?key|access_token|refresh_token)["']?\s*[=:]\s*["']?)"""
    r"""[^&\s"',}]+""",
    re.IGNORECASE,
)
# A token of ListenBrainz is a UUID; "token" alone is a word of many sentences.
_AUTHORIZATION: Final = re.compile(
    r"\b(basic|bearer|token(?=\s+[\da-f]{8}-))\s+[\w.~+/=-]{8,}", re.IGNORECASE
)


def without_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` with ``secrets``, and whatever is named like a credential, blotted out."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return _AUTHORIZATION.sub(r"\1 ***", _NAMED_SECRETS.sub(r"\1***", text))


class SourceError(ShowlistError):
    """An API did not give what was asked for.

    Attributes:
        service: As ``wiring.SERVICES`` names it, or "feeds".
        what: What we were doing, in words.
        status: HTTP status, where there was one.
        retry_after: Seconds the API asks to wait, where it does.
    """

    needs_confirming: ClassVar[bool] = False
    """Whether it is believed only when it is said twice: single ones come astray."""
    source_is_down: ClassVar[bool] = False
    """Whether every other request to the source would fail alike."""
    ends_the_day: ClassVar[bool] = False
    """Whether the source gives nothing more for hours."""
    looks_like: ClassVar[str]
    """How it is told from the others."""
    what_follows: ClassVar[str]
    """What a run does, and what a person should."""

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
    looks_like = "5xx, 408, a time-out, a reset or cut connection; a 401 for a token just given"
    what_follows = "this one thing waits for the next run"


class Unreachable(Transient):
    """Nobody answers at the base URL."""

    source_is_down = True
    looks_like = (
        "no such host, connection refused, no trustworthy certificate, redirects in circles"
    )
    what_follows = "check the network and the `SHOWLIST_..._URL` of the source"


class BadAnswer(Transient):
    """An answer came, but it is none to the question."""

    looks_like = "2xx with cut JSON, no JSON, other types, or pages that do not add up"
    what_follows = "this one thing waits for the next run"


class RateLimited(Transient):
    """Too many requests within seconds."""

    # Spotify counts the calls of any 30 seconds (its page "Rate limits"), so a short wait ends it.
    looks_like = "429 with a `Retry-After` of up to a minute, or none"
    what_follows = (
        "the pause is slept, for all processes, and uses up no try; beyond our patience the thing "
        "waits"
    )


class QuotaExceeded(SourceError):
    """The API gives no more answers today."""

    ends_the_day = True
    # Waits of 48,925 to 86,400 s were measured (GuessSong#27, spotDL#2585).
    looks_like = (
        "429 with reason `QUOTA_EXCEEDED` or a `Retry-After` of more than a minute; Ticketmaster's "
        "`QuotaViolation`, or an answer that says it was the last (`Rate-Limit-Available: 0`)"
    )
    what_follows = "nobody asks until then; the rest is pending and comes first"


class BudgetSpent(SourceError):
    """Our own ledger has no call left for this purpose."""

    ends_the_day = True
    looks_like = "nothing is sent: the budget of 24 hours or the run's share is spent"
    what_follows = "the rest is pending; the next catch-up goes on with it"


class WrongKey(SourceError):
    """Our credentials are refused."""

    source_is_down = True
    looks_like = (
        "`invalid_client`; SeatGeek's 401 or 403 about the client; Ticketmaster's 401; a key with "
        "blanks"
    )
    what_follows = "correct the credentials in `.env`"


class TokenExpired(SourceError):
    """The access token is no longer taken."""

    # A token lasts an hour (Spotify's page "Client Credentials Flow").
    looks_like = "401 from Spotify's Web API"
    what_follows = "a new token is fetched and the request sent again, once"


class NeedsConsent(SourceError):
    """The listener's permission has ended; Spotify ends each after six months."""

    # Since June 2026, however often it was renewed (Spotify's blog, 2026-06-18).
    looks_like = "400 `invalid_grant` from Spotify Accounts"
    what_follows = "the listener logs in again; until then nothing is done for them"


class NeedsScope(SourceError):
    """The listener never gave the permission that this request needs."""

    looks_like = "403 that speaks of a scope"
    what_follows = "the listener logs in again and agrees"


class NotOwner(SourceError):
    """The playlist is somebody else's."""

    needs_confirming = True
    # Only owners and collaborators may read the items of a playlist (OpenAPI description).
    looks_like = "403 that speaks of an owner, or 403 `Forbidden` on a playlist or its items"
    what_follows = "the playlist is left alone"


class NotPremium(SourceError):
    """The owner of the Spotify app has no Premium subscription."""

    source_is_down = True
    # Required of the owner of a Development Mode app since February 2026 (migration guide).
    looks_like = "403 that speaks of Premium, in plain text"
    what_follows = "renew the subscription; it counts after some hours"


class NotAllowlisted(SourceError):
    """The user is not registered with the Spotify app."""

    source_is_down = True
    # A Development Mode app has five users, added by hand (Spotify's page "Quota modes").
    looks_like = "403 that speaks of a user who is not registered, in plain text"
    what_follows = "add the user in the developer dashboard"


class EndpointGone(SourceError):
    """The endpoint exists no more for this app."""

    needs_confirming = True
    # What February 2026 removed answers so (bjarneo/cliamp#54).
    looks_like = "any other 403 `Forbidden` from Spotify"
    what_follows = "the endpoint is not asked for 1 hour, then 1, 7, 30 days; others are"


class BotWall(SourceError):
    """A web page, probably a captcha, stands before the API."""

    # Single pages come among good answers; a wall is one that stands when asked again.
    needs_confirming = True
    source_is_down = True
    looks_like = "HTML, with 2xx or 4xx"
    what_follows = "try later, or from another network address"


class NotFound(SourceError):
    """There is no such thing."""

    looks_like = "404"
    what_follows = "it is told by name, and the run goes on without it"


class Permanent(SourceError):
    """The request is refused, and asking again will not change that."""

    looks_like = "any other answer outside 2xx"
    what_follows = "the API's own words are told, and the run goes on without it"


class WrongSetting(SourceError):
    """The service does not know what a setting names."""

    source_is_down = True
    # The names come and go with Labs' experiments, and a closed list is checked at its door.
    looks_like = "400 of ListenBrainz Labs that lists the algorithms it has"
    what_follows = (
        "put one of those it lists into the setting; what was learned with another one serves"
    )


_NAMES: Final = {
    "seatgeek": "SeatGeek",
    "ticketmaster": "Ticketmaster",
    "spotify": "Spotify",
    "reccobeats": "ReccoBeats",
    "feeds": "The calendar's host",
    "listenbrainz": "ListenBrainz",
    "listenbrainz_labs": "ListenBrainz Labs",
    "musicbrainz": "MusicBrainz",
}
_KEYS: Final = {
    "seatgeek": "SEATGEEK_CLIENT_ID and SEATGEEK_CLIENT_SECRET",
    "ticketmaster": "TICKETMASTER_API_KEY",
    "spotify": "SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET",
    "listenbrainz": "LISTENBRAINZ_TOKEN",
}
_HOW_TO_GET_KEYS: Final = {
    "ticketmaster": " A key takes a minute: register at https://developer.ticketmaster.com, and "
    'copy the "Consumer Key" of your app.',
    "listenbrainz": " A token is free: it is at https://listenbrainz.org/settings of whoever is "
    "logged in there.",
}
_ADDRESSES: Final = {
    "spotify": "SHOWLIST_SPOTIFY_URL and SHOWLIST_SPOTIFY_ACCOUNTS_URL",
    "feeds": "`from` of the feed",
}


def name_of(service: str) -> str:
    """The service as people write it."""
    return _NAMES.get(service, service)


def keys_of(service: str) -> str:
    """The settings that hold the credentials of ``service``."""
    return _KEYS.get(service, "the credentials")


def how_to_get_keys(service: str) -> str:
    """A sentence behind a blank, where a new key is easily had; else ""."""
    return _HOW_TO_GET_KEYS.get(service, "")


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
            f"Check {keys_of(service)} in .env or the environment.{how_to_get_keys(service)}",
            service=service,
            what="reading the credentials",
        )
