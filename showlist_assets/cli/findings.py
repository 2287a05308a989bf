"""What the doctor found: one thing that was looked at, and the trying of a client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.sources.source import Source

Verdict = Literal["ok", "missing", "broken", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing the doctor looked at."""

    subject: str
    verdict: Verdict
    words: str


def tried(
    subject: str,
    make: Callable[[], Source],
    words: str = "answers, and takes the configured credentials.",
) -> Finding:
    """What becomes of one cheap call to the source that ``make`` makes."""
    from showlist_assets.settings import SettingsError
    from showlist_assets.sources.failures import SourceError
    from showlist_assets.sources.http.call_store import CallStoreError

    try:
        make().check()
    except (CallStoreError, SourceError, SettingsError) as failure:
        return Finding(subject, "broken", str(failure))
    return Finding(subject, "ok", words)
