"""ReccoBeats: audio features by Spotify track id, without a key (https://reccobeats.com/docs)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sources.failures import BadAnswer
from showlist_assets.sources.features import Features, features_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from showlist_assets.sources.http import ApiSession


class ReccoBeats:
    """A client; no credentials are needed."""

    batch_size: Final = 40
    """Ids beyond this are dropped silently, as users of the service report."""

    def __init__(self, session: ApiSession, base_url: str) -> None:
        """Make a client of the service at ``base_url``, which has no version in it."""
        self._session, self._url = session, f"{base_url.rstrip('/')}/v1/audio-features"

    @property
    def calls(self) -> int:
        """Requests sent so far."""
        return self._session.calls.total()

    def check(self) -> None:
        """One cheap call, to see whether the service answers."""
        self.audio_features(["4cOdK2wGLETKBW3PvgPWqT"])

    def audio_features(self, track_ids: Sequence[str]) -> dict[str, Features]:
        """Features by Spotify track id; a track the service does not know is missing.

        Args:
            track_ids: Any number; they are asked by forty, each once.

        Raises:
            SourceError: as ``failures`` says.
        """
        known: dict[str, Features] = {}
        asked = list(dict.fromkeys(track_ids))
        for start in range(0, len(asked), self.batch_size):
            batch = asked[start : start + self.batch_size]
            answer = self._session.get_object(self._url, {"ids": ",".join(batch)})
            for track_id, features in _items(answer):
                if track_id in batch:
                    # One recording can have several rows; the first is the one asked for.
                    known.setdefault(track_id, features)
        return known


def _items(answer: dict[str, Any]) -> Iterator[tuple[str, Features]]:
    """(Spotify id, features) of an answer; the order is not promised, the id is in ``href``."""
    content = answer.get("content")
    if not isinstance(content, list):
        raise BadAnswer(
            "ReccoBeats answered without a list of features. Try again later.",
            service="reccobeats",
            what="asking for audio features",
        )
    for item in content:
        if isinstance(item, dict) and isinstance(item.get("href"), str):
            path = item["href"].partition("?")[0]
            yield path.rstrip("/").rpartition("/")[2], features_from(item)
