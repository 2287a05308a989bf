"""How often one address may ask for what costs something."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from pyrate_limiter import Duration, InMemoryBucket, Rate, RateItem

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_ADDRESSES: Final = 10_000


class Pace:
    """How often one address may ask for what costs something, by kind; kept in memory.

    Attributes:
        kinds: Requests an address may make in a span, by kind.
    """

    kinds: Final[Mapping[str, Rate]] = {
        "look": Rate(240, Duration.MINUTE),
        "login": Rate(10, Duration.MINUTE),
        "feed": Rate(60, Duration.HOUR),
        "secret": Rate(20, Duration.HOUR),
        # Each costs two of Spotify's calls, which all listeners share.
        "compare": Rate(40, Duration.HOUR),
        "upload": Rate(20, Duration.HOUR),
    }

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], InMemoryBucket] = {}

    def allows(self, kind: str, who: str) -> bool:
        """Whether ``who`` may ask once more; counts it if so."""
        if len(self._buckets) > _MOST_ADDRESSES:
            # Whoever changes addresses by the thousand is no listener; forgetting all is no loss.
            self._buckets.clear()
        bucket = self._buckets.setdefault((kind, who), InMemoryBucket([self.kinds[kind]]))
        now = time.monotonic_ns() // 1_000_000
        bucket.leak(now)
        return bool(bucket.put(RateItem(who, now)))
