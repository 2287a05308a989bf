"""Calls made before their turn by a few threads, and used in their turn.

While one answer is used, the next ones are on their way. Whoever uses them goes through the same
order as without threads, so that nothing depends on which answer came first.

What belongs here: the threads. What does not: which calls are certain to be wanted, and what
becomes of their answers (``artist_matching``, ``event_fetching``, ``defs.assets.tracks``).
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from contextvars import copy_context
from threading import Event
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from typing_extensions import override

from showlist_assets.sources.http.waiting import wanted_until

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Hashable, Iterable

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")

# A request that fails in transit or meets a full window costs another call. So many of those before
# the last calls of a budget do not change who gets these.
ROOM_FOR_REPETITIONS: Final = 10
# Between two looks at the ledger, other processes spend as well.
_CALLS_BETWEEN_LOOKS: Final = 50
_LOOKED_AT_EACH_TIME: Final = 200


class CallsAhead(AbstractContextManager["CallsAhead[_Answer]"], Generic[_Answer]):
    """Up to as many calls on their way as there are threads; with one thread, none ever is.

    A context: at its end, calls that nobody took are dropped. Those that wait are not made any
    more, and of those that were sent the answer stays in the cache.
    """

    def __init__(self, threads: int) -> None:
        self._most = threads if threads > 1 else 0
        self._calls: dict[Hashable, Future[_Answer]] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._unwanted = Event()

    @override
    def __exit__(self, *_: object) -> None:
        self.drop()

    def __contains__(self, name: Hashable) -> bool:
        return name in self._calls

    @property
    def has_room(self) -> bool:
        """Whether another call may be started."""
        return len(self._calls) < self._most

    def start(self, name: Hashable, call: Callable[[], _Answer]) -> None:
        """Make ``call``, whose answer is to be taken under ``name``."""
        self._pool = self._pool or ThreadPoolExecutor(self._most, thread_name_prefix="ahead")
        # What surrounds a call, such as which answers of the cache count, surrounds it there, too.
        self._calls[name] = self._pool.submit(copy_context().run, self._made, call)

    def _made(self, call: Callable[[], _Answer]) -> _Answer:
        with wanted_until(self._unwanted):
            return call()

    def take(self, name: Hashable) -> _Answer:
        """The answer of the call ``name``, once; raises what the call raised."""
        return self._calls.pop(name).result()

    def wait_for(self, name: Hashable) -> None:
        """Come back when the call ``name`` has ended; it is still to be taken."""
        wait([self._calls[name]])

    def drop(self) -> None:
        """Forget the calls that nobody took; none of them begins any more."""
        if self._pool:
            self._unwanted.set()
            # Not waited for: a server may take half a minute to answer.
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._calls, self._pool, self._unwanted = {}, None, Event()


class CallsLeft:
    """How many calls a budget still allows, without a look at the ledger for each."""

    def __init__(self, left: Callable[[], int | None], sent: Callable[[], int]) -> None:
        """Look at nothing yet.

        Args:
            left: Looks at the ledger; None where nobody counts.
            sent: How many calls were made so far.
        """
        self._look, self._sent = left, sent
        self._left: int | None = None
        self._looked_at = -1

    def cover(self, calls: int) -> bool:
        """Whether so many more are free, with room for some that have to be repeated."""
        left = self._left_now()
        return left is None or left >= calls + ROOM_FOR_REPETITIONS

    def _left_now(self) -> int | None:
        """As the last look told, less what was sent since; never too many of our own."""
        sent = self._sent()
        since = sent - self._looked_at
        is_close = self._left is not None and self._left - since <= _LOOKED_AT_EACH_TIME
        if self._looked_at < 0 or since >= _CALLS_BETWEEN_LOOKS or (is_close and since):
            self._looked_at, self._left = sent, self._look()
            since = 0
        return None if self._left is None else self._left - since


def in_order(
    items: Iterable[_Item],
    call: Callable[[_Item], _Answer],
    *,
    threads: int,
    left: CallsLeft | None = None,
) -> Generator[tuple[_Item, Callable[[], _Answer]], None, None]:
    """Each of ``items`` with what gives its answer, or raises its failure, in the given order.

    Whoever stops in the middle has had up to ``threads`` calls made for nothing; their answers are
    in the cache for the next run.

    Args:
        items: Whom or what to ask about; different ones.
        call: Asks.
        threads: How many calls may be on their way.
        left: Calls of the budget, if there is one: its last ones are made one after the other, so
            that they go to whoever comes first.
    """
    coming, waiting = iter(items), deque[tuple[int, _Item]]()
    with CallsAhead[_Answer](threads) as ahead:
        for number, item in enumerate(coming):
            waiting.append((number, item))
            if ahead.has_room and (left is None or left.cover(len(waiting))):
                ahead.start(number, _bound(call, item))
                if ahead.has_room:
                    continue
            yield _next(waiting, ahead, call)
        while waiting:
            yield _next(waiting, ahead, call)


def _next(
    waiting: deque[tuple[int, _Item]],
    ahead: CallsAhead[_Answer],
    call: Callable[[_Item], _Answer],
) -> tuple[_Item, Callable[[], _Answer]]:
    number, item = waiting.popleft()
    if number in ahead:
        return item, lambda: ahead.take(number)
    return item, _bound(call, item)


def _bound(call: Callable[[_Item], _Answer], item: _Item) -> Callable[[], _Answer]:
    return lambda: call(item)
