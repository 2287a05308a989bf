"""What a listener played, as Spotify tells it: the last fifty plays, and three lists of artists.

What belongs here: one method per request. What does not: when it is asked (``services.listening``)
and what the rows become (``domain.listening``). Nothing here is cached.

The list of plays is Spotify's memory of fifty and no more: ``after`` and ``before`` reach no
further (spotify/web-api#627, #1405), and plays come late or never (#666, #918).
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from showlist_assets.sources.failures import NeedsScope
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.json_values import boolean, mapping, mappings, text, whole, within
from showlist_assets.sources.spotify.session import SpotifySession, unreadable

if TYPE_CHECKING:
    from collections.abc import Collection

    from showlist_assets.sources.http.session import ApiSession

_log = logging.getLogger(__name__)

TimeRange = Literal["short_term", "medium_term", "long_term"]
TOP_SCOPE: Final = "user-top-read"
PLAYED_SCOPE: Final = "user-read-recently-played"
# The most that both give (OpenAPI description).
MOST: Final = 50
_LONGEST_MS: Final = 86_400_000


class SpotifyListening:
    """The plays of the listener whose token the session holds.

    Attributes:
        malformed: How many items could not be read and were passed over.
    """

    def __init__(
        self,
        session: ApiSession,
        api_url: str,
        *,
        account: str = "NAME",
        scopes: Collection[str] | None = None,
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            session: Authorizes and sends the requests.
            api_url: Without the version, such as https://api.spotify.com.
            account: What the listener's account is called, for messages.
            scopes: What the listener agreed to, so that no call is made in vain; None if unknown.
        """
        self._session, self._api = SpotifySession(session), f"{api_url.rstrip('/')}/v1/me"
        self._account, self._scopes = account, scopes
        self.malformed = 0

    @property
    def usage(self) -> ApiUsage:
        """What was sent, requests for a token included."""
        return self._session.http.usage + ApiUsage(malformed=self.malformed)

    def top_artists(self, time_range: TimeRange) -> list[tuple[str, str]]:
        """(Spotify id, name) of up to fifty artists, the most played first; one call.

        ``short_term`` is about four weeks, ``medium_term`` six months, ``long_term`` a year.

        Raises:
            NeedsScope: the listener did not agree to this.
            SourceError: as ``failures`` says.
        """
        told = self._ask("top/artists", TOP_SCOPE, {"time_range": time_range, "limit": MOST})
        found = [artist for item in told if (artist := _artist(item)) is not None]
        self._count(told, found, "top artists")
        return list(dict.fromkeys(found))

    def recently_played(self, limit: int = MOST) -> list[dict[str, Any]]:
        """Rows of the last plays for ``domain.listening.reports.as_reports``; one call.

        Podcasts and plays of less than thirty seconds are not among them; a file of the listener's
        own is left out.

        Raises:
            NeedsScope: the listener did not agree to this.
            SourceError: as ``failures`` says.
        """
        # Without ``after``: Spotify cuts its milliseconds, and what came late would be missed.
        told = self._ask("player/recently-played", PLAYED_SCOPE, {"limit": limit})
        own = [item for item in told if _is_own_file(item)]
        told = [item for item in told if not _is_own_file(item)]
        found = [row for item in told if (row := _played(item)) is not None]
        self._count(told, found, "plays")
        if own:
            _log.info("Spotify: %d plays were of the listener's own files", len(own))
        return found

    def _ask(self, path: str, scope: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        if self._scopes is not None and scope not in self._scopes:
            raise self._needs(scope)
        try:
            response = self._session.request("GET", f"{self._api}/{path}", params=params)
        except NeedsScope:
            missing = self._needs(scope)
        else:
            told = mapping(response.json()).get("items")
            if not isinstance(told, list):
                raise unreadable("a list of what was played")
            # Whatever is no object cannot be read, but is counted.
            return [mapping(item) for item in told]
        raise missing

    def _needs(self, scope: str) -> NeedsScope:
        what = "whom they play" if scope == TOP_SCOPE else "what they play"
        return NeedsScope(
            f"The listener has agreed to playlists, but not that Showlist reads {what} "
            f"({scope}): run `showlist login {self._account}` and agree. Playlists go on "
            "as before.",
            service="spotify",
            what=f"reading {what}",
            status=403,
        )

    def _count(self, told: list[dict[str, Any]], found: list[Any], what: str) -> None:
        if told and not found:
            raise unreadable(what)
        if malformed := len(told) - len(found):
            self.malformed += malformed
            _log.warning("Spotify: %d of %d %s were malformed", malformed, len(told), what)


def _artist(item: dict[str, Any]) -> tuple[str, str] | None:
    # In Development Mode there are neither genres nor popularity; nothing else is needed.
    artist_id, name = text(item.get("id")), text(item.get("name"))
    return (artist_id, name) if artist_id and name else None


def _is_own_file(item: dict[str, Any]) -> bool:
    track = mapping(item.get("track"))
    return boolean(track.get("is_local")) is True or (
        track.get("id") is None and (text(track.get("uri")) or "").startswith("spotify:local:")
    )


def _played(item: dict[str, Any]) -> dict[str, Any] | None:
    track = mapping(item.get("track"))
    artists = [artist for one in mappings(track.get("artists")) if (artist := _artist(one))]
    name, at = text(track.get("name")), _instant(item.get("played_at"))
    if name is None or at is None or not artists:
        return None
    duration = within(1, whole(track.get("duration_ms")), _LONGEST_MS)
    return {
        "reported_at": at,
        # The end but for some old versions of the app (spotify/web-api#613, #1083).
        "reported_means": "end",
        "track_name": name,
        "artist_name": artists[0][1],
        "album_name": text(mapping(track.get("album")).get("name")),
        "spotify_track_id": text(track.get("id")),
        # Gone in Development Mode for a month in 2026.
        "isrc": text(mapping(track.get("external_ids")).get("isrc")),
        "spotify_artist_ids": [artist_id for artist_id, _ in artists],
        "duration_ms": None if duration is None else int(duration),
        "context_uri": text(mapping(item.get("context")).get("uri")),
    }


def _instant(value: object) -> datetime | None:
    """An instant of ISO 8601; without a zone it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        told = datetime.fromisoformat(value)
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
