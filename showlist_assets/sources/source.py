"""What every source can do, whatever it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from showlist_assets.sources.http.usage import ApiUsage


class Source(Protocol):
    """A client of one API."""

    @property
    def usage(self) -> ApiUsage:
        """What was sent so far, and what the cache spared."""
        ...

    def check(self) -> None:
        """See whether the API answers and takes the credentials, at the cost of one call or two.

        Raises:
            SourceError: it does not; the message says why, and what to do.
        """
        ...
