"""Whole states as Polars frames, kept while they are asked for: the planner takes no less."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

import polars as pl

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.show_changes import ShowChanges
from showlist_assets.domain.tables.upcoming_shows import UpcomingShows

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

# Named are those that stay behind: a column that the planner reads one day comes by itself, or a
# preview would differ from the push.
NOT_PLANNED_WITH: Final = (
    "artist_image_url", "artist_url", "album_name", "track_popularity", "track_url",
)  # fmt: skip
PLANNED_WITH: Final = {
    name: dtype
    for name, dtype in polars_schema(UpcomingShows).items()
    if name not in NOT_PLANNED_WITH
}
"""The columns of ``UpcomingShows`` that a plan is made of, and their types."""


def shows_of_state(cursor: DuckDBPyConnection, state: str) -> pl.DataFrame:
    """The upcoming shows of a state, as far as plans are made of them."""
    return _of_state(cursor, "upcoming_shows", state, PLANNED_WITH)


def changes_of_state(cursor: DuckDBPyConnection, state: str) -> pl.DataFrame:
    """The history of a state's shows (``ShowChanges``)."""
    return _of_state(cursor, "show_changes", state, dict(polars_schema(ShowChanges)))


def _of_state(
    cursor: DuckDBPyConnection, table: str, state: str, schema: dict[str, pl.DataType]
) -> pl.DataFrame:
    columns = ", ".join(f'"{name}"' for name in schema)
    found = cursor.sql(
        f"select {columns} from {table} where state = $state",  # noqa: S608  our own names
        params={"state": state},
    )
    frame = pl.from_arrow(found.to_arrow_table())
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(f"{table} came as {type(frame).__name__}.")
    return frame.cast(pl.Schema(schema))


class Sized(Protocol):
    """What a cache can weigh."""

    def estimated_size(self) -> int | float:
        """Bytes."""


_Kept = TypeVar("_Kept", bound=Sized)


class FrameCache(Generic[_Kept]):
    """Frames by state, the last ones asked for; whoever asks for one being read waits for it."""

    def __init__(self, *, states: int, size: int) -> None:
        """Keep at most so many ``states``, and of several at most ``size`` bytes."""
        self._states, self._size, self._lock = states, size, Lock()
        self._kept: OrderedDict[str, Future[_Kept]] = OrderedDict()

    def frame(self, state: str, read: Callable[[str], _Kept]) -> _Kept:
        """The frame that ``read`` makes of ``state``; what it raises is raised and not kept."""
        with self._lock:
            others = self._kept.get(state)
            mine: Future[_Kept] = Future()
            if others is None:
                self._kept[state] = mine
            else:
                self._kept.move_to_end(state)
        return others.result() if others is not None else self._fill(state, mine, read)

    def _fill(self, state: str, mine: Future[_Kept], read: Callable[[str], _Kept]) -> _Kept:
        try:
            frame = read(state)
        except BaseException as error:
            with self._lock:
                del self._kept[state]
            mine.set_exception(error)
            raise
        mine.set_result(frame)
        self._discard_oldest()
        return frame

    def _discard_oldest(self) -> None:
        with self._lock:
            # One that is being read has no size yet, and somebody waits for it.
            sizes = {
                state: kept.result().estimated_size()
                for state, kept in self._kept.items()
                if kept.done()
            }
            while len(sizes) > self._states or (
                len(sizes) > 1 and sum(sizes.values()) > self._size
            ):
                oldest = next(iter(sizes))
                del sizes[oldest], self._kept[oldest]
