"""The periods that a list of events is cut into where its pages do not reach all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterator

# Most shows are announced for the next months: the first period is short, each other twice as long.
_LENGTHS: Final = (timedelta(days=64), timedelta(days=128), timedelta(days=256))
_OPEN_ENDED: Final = timedelta(days=730)
# Dates beyond stand for none.
_LAST_YEAR: Final = 2100
# Below, it is one time of day that has too many.
_SHORTEST: Final = timedelta(minutes=1)
# A cut falls on the largest of these of which the period has more than one.
_UNITS: Final = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1))


@dataclass(frozen=True)
class Period:
    """From ``start`` to ``end`` (UTC), both included; without an end, for all time.

    Neighbours share an instant, since what lies on it is in both and nothing is in neither.
    """

    start: datetime
    end: datetime | None

    def halves(self) -> tuple[Period, ...]:
        """Two shorter ones; none where it is as short as can be."""
        if self.end is None:
            if self.start.year >= _LAST_YEAR:
                return ()
            middle = self.start + _OPEN_ENDED
            return Period(self.start, middle), Period(middle, None)
        length = self.end - self.start
        if length <= _SHORTEST:
            return ()
        unit = next(unit for unit in _UNITS if length > unit)
        middle = self.start + max(unit, length / 2 // unit * unit)
        return Period(self.start, middle), Period(middle, self.end)

    def as_query(self) -> dict[str, Any]:
        """The parameters of a request for it."""
        query = {"startDateTime": _written(self.start)}
        return query if self.end is None else {**query, "endDateTime": _written(self.end)}

    @override
    def __str__(self) -> str:
        until = "" if self.end is None else f" to {_written(self.end)}"
        return f"from {_written(self.start)}{until}"


def periods_from(start: datetime) -> Iterator[Period]:
    """All time from ``start`` on, in periods that hold about as many shows each."""
    for length in _LENGTHS:
        end = start + length
        yield Period(start, end)
        start = end
    yield Period(start, None)


def _written(moment: datetime) -> str:
    """As Ticketmaster reads it: with a Z, without fractions."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
