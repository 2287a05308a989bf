"""What every source of events can do, whatever it calls them: the port that ``raw_events`` asks.

What belongs here: the answer's shape. What does not: reading one source's documents
(``sources.*.reader``) and which source is believed (``domain.events.show_rows``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.source import Source

if TYPE_CHECKING:
    from datetime import date, datetime

    from showlist_assets.domain.tables.quality import CheckedRows
    from showlist_assets.sources.failures import SourceError


@dataclass(frozen=True)
class StateListings:
    """What a source lists of one state.

    Attributes:
        rows: ``RawEvents`` rows, and those that were set aside.
        complete_through: The last date at the venue up to which every listing was met; None where
            the walk left something out, so that a listing which did not come may still be there.
        troubles: What was left out and why, in words; a broken feed, for instance.
        feeds: The names of the feeds that were read; None where the source has none. Of what
            another feed listed once, this answer says nothing.
        outdated: Why earlier answers stand in for new ones; empty if they do not.
    """

    rows: CheckedRows
    complete_through: date | None
    troubles: tuple[str, ...] = ()
    feeds: tuple[str, ...] | None = None
    outdated: str = ""


class EventSource(Source, Protocol):
    """A source of events, asked state by state."""

    @property
    def name(self) -> str:
        """As in ``RawEvents.source``."""
        ...

    @property
    def states_at_once(self) -> int:
        """How many threads may ask for a state each."""
        ...

    def listings(self, state: str, since: datetime) -> StateListings:
        """Everything that is on in ``state`` from ``since`` on.

        Args:
            state: USPS code.
            since: The present (UTC).

        Raises:
            SourceError: nothing can be told of this state; what is stored stays.
        """
        ...


@dataclass(frozen=True)
class UnusableSource:
    """A source whose key cannot even be sent: it costs itself, and the others are asked.

    Attributes:
        name: As in ``RawEvents.source``.
        failure: Why it cannot be asked.
    """

    name: str
    failure: SourceError
    states_at_once: int = 1

    @property
    def usage(self) -> ApiUsage:
        """Nothing is ever sent."""
        return ApiUsage()

    def check(self) -> None:
        """Say why it cannot be asked."""
        raise self.failure

    def listings(self, state: str, since: datetime) -> StateListings:  # noqa: ARG002
        """Say why it cannot be asked."""
        raise self.failure
