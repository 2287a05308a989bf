"""ReccoBeats: audio features by Spotify track id, without a key (https://reccobeats.com/docs)."""

from __future__ import annotations

import logging
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sources.failures import BadAnswer
from showlist_assets.sources.features import Features, features_from
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.json_values import mapping, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from showlist_assets.sources.http.session import ApiSession

_log = logging.getLogger(__name__)

# Unknown ids are simply missing, so an outage that answers with nothing looks like ten unknown
# tracks; of ten, one is known as a rule.
_SURELY_KNOWS_ONE_OF: Final = 10


class ReccoBeats:
    """A client; no credentials are needed.

    Attributes:
        malformed: How many rows could not be read and were passed over.
    """

    batch_size: Final = 40
    """Ids beyond this are dropped silently, as users of the service report."""

    def __init__(self, session: ApiSession, base_url: str) -> None:
        """Make a client of the service at ``base_url``, which has no version in it."""
        self._session, self._url = session, f"{base_url.rstrip('/')}/v1/audio-features"
        self.malformed = 0
        self._lock = Lock()

    @property
    def usage(self) -> ApiUsage:
        """What was sent and what was spared."""
        return self._session.usage + ApiUsage(malformed=self.malformed)

    def calls_left(self) -> int | None:
        """How many more calls its ledger allows now; None where nobody counts."""
        return self._session.calls_left()

    def check(self) -> None:
        """One cheap call, to see whether the service answers."""
        with self._session.bypassing_cache():
            # Any well-known track ("Never Gonna Give You Up").
            self.audio_features(["4cOdK2wGLETKBW3PvgPWqT"])

    def audio_features(
        self, track_ids: Sequence[str], *, newer_than: datetime | None = None
    ) -> dict[str, Features]:
        """Features by Spotify track id; a track the service does not know is missing.

        Args:
            track_ids: Any number; they are asked by forty, each once.
            newer_than: A cached answer counts only if it was given after this moment.

        Raises:
            SourceError: as ``failures`` says.
        """
        known: dict[str, Features] = {}
        # A track can be on several shows; asking twice would fill batches with what is known.
        asked = list(dict.fromkeys(track_ids))
        for start in range(0, len(asked), self.batch_size):
            batch = asked[start : start + self.batch_size]
            for track_id, features in self._ask(batch, newer_than):
                if track_id in batch:
                    # One recording can have several rows; the first is the one asked for.
                    known.setdefault(track_id, features)
        return known

    def _ask(self, batch: list[str], newer_than: datetime | None) -> list[tuple[str, Features]]:
        """The rows of one answer; an odd one is not believed before it is repeated."""
        with self._session.request_scope(newer_than=newer_than):
            rows, malformed = self._rows(
                self._session.get_object(self._url, {"ids": ",".join(batch)})
            )
        knows_nobody = not rows and len(batch) >= _SURELY_KNOWS_ONE_OF
        if malformed or knows_nobody:
            with self._session.bypassing_cache():
                rows, _ = self._rows(self._session.get_object(self._url, {"ids": ",".join(batch)}))
        return rows

    def _rows(self, answer: dict[str, Any]) -> tuple[list[tuple[str, Features]], int]:
        """The rows of an answer by Spotify id, and how many name no track and are passed over.

        Raises:
            BadAnswer: there is no list, or not one of its rows names a track. The tracks would
                count as unknown for a month.
        """
        content = answer.get("content")
        rows = [row for item in content if (row := _row(item))] if isinstance(content, list) else []
        if not isinstance(content, list) or (content and not rows):
            raise BadAnswer(
                "ReccoBeats answered without a list of features. Try again later.",
                service="reccobeats",
                what="asking for audio features",
            )
        if malformed := len(content) - len(rows):
            with self._lock:
                self.malformed += malformed
            _log.warning("ReccoBeats: %d of %d rows were malformed", malformed, len(content))
        return rows, malformed


def _row(item: object) -> tuple[str, Features] | None:
    """(Spotify id, features)."""
    fields = mapping(item)
    # The order is not promised and "id" is ReccoBeats' own; Spotify's is in the link to the track.
    href = text(fields.get("href"))
    if href is None:
        return None
    return href.partition("?")[0].rstrip("/").rpartition("/")[2], features_from(fields)
