"""Requests to Spotify's Web API, whose tokens end in the middle of things.

What belongs here: what a 401 leads to, and what is said of an answer that cannot be read. What does
not: sending (``http.session``) and where a token comes from (``app_token``, ``user_token``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from showlist_assets.sources.failures import BadAnswer, TokenExpired, Transient, addresses_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from showlist_assets.sources.http.session import ApiSession

_T = TypeVar("_T")


class SpotifySession:
    """An ``ApiSession`` that gets a new token, once, for a request whose token is not taken."""

    def __init__(self, http: ApiSession) -> None:
        """Send over ``http``, whose ``authorize`` holds the token by the first request."""
        self.http = http

    def request(self, verb: str, url: str, **content: Any) -> requests.Response:
        """The answer to one request; also to a write, since one with a 401 had no effect.

        Raises:
            Transient: the new token is not taken either.
            SourceError: as ``failures`` says.
        """
        return self.renewing(lambda: self.http.request(verb, url, **content))

    def renewing(self, send: Callable[[], _T]) -> _T:
        """What ``send`` gives; it is called again, once, if its token is not taken.

        Raises:
            Transient: the new token is not taken either.
            SourceError: as ``failures`` says.
        """
        # Not only an hour's end is a 401: stray ones come for minutes, with "Access token missing"
        # (SpotifyWebApiPython 1.0.276, July 2026), and a new token answers them as well.
        try:
            return send()
        except TokenExpired:
            from showlist_assets.sources.http.bearer_token import BearerToken

            token = self.http.authorize
            if not isinstance(token, BearerToken):
                raise
            token.refuse(token.given)
        try:
            return send()
        except TokenExpired as failure:
            what, status = failure.what, failure.status
        raise Transient(
            f"Spotify does not take the token that it has just given, while {what}. This passes "
            f"within minutes, as a rule; if not, check that {addresses_of('spotify')} belong "
            "together.",
            service="spotify",
            what=what,
            status=status,
        )


def unreadable(expected: str, *, what: str = "") -> BadAnswer:
    """The failure of an answer that is not ``expected``, while doing ``what``."""
    return BadAnswer(
        f"Spotify answered with something that is not {expected}. Run it again later; if it stays "
        f"so, check {addresses_of('spotify')}.",
        service="spotify",
        what=what or f"reading {expected}",
    )
