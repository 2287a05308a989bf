"""Saves: playlists that are written into an account while somebody at the page waits.

What belongs here: that a save runs beside the page, that nothing is saved twice at once or too
often, and what is known of each. What does not: the steps (``refreshing``), the words
(``save_words``) and who may save what (the page).

A save that dies with its process is not lost: the history holds what was intended, and the next
save or run goes on from there (``push``).
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import OrderedDict, defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event, Lock
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from showlist_assets.errors import ShowlistError
from showlist_assets.services.playlists.save_words import (
    SaveProblem,
    Told,
    WayOut,
    problem_of,
    told_of,
    told_of_push,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.playlists.history import PlaylistHistory
    from showlist_assets.services.playlists.push_result import PushResult
    from showlist_assets.services.playlists.refreshing import PlaylistRefresh, Refreshed

_log = logging.getLogger("showlist.saves")

RUN_ID: Final = "web page"
"""What the history calls the run of a save."""
SAVES_AN_HOUR: Final = 6
"""Of one account."""
_HOUR: Final = 3600.0
_AT_ONCE: Final = 2
_FINISHED_KEPT: Final = 100
_DIFFERENCES_KEPT: Final = 32
# A page that is looked at again within a minute costs no call.
_DIFFERENCE_LASTS: Final = 60.0
_PATIENCE_OF_A_LOOK: Final = 1.0


@dataclass(frozen=True)
class Saving:
    """A save, as far as it is.

    Attributes:
        id: Names it; hard to guess.
        recipe: The recipe's name.
        account: Whose playlist it is; nobody else is told of it.
        state: "failed" where the playlist is not as it was wanted.
        words: What happened, for the listener.
        result: What the push did; None where it did not get so far.
        plan: What the playlist should hold; None until it is known.
        problem: What is wrong; None where nothing is.
        way_out: What the listener can do next.
    """

    id: str
    recipe: str
    account: str
    state: Literal["running", "done", "failed"] = "running"
    words: str = "Your playlist is being written."
    result: PushResult | None = None
    plan: Plan | None = None
    problem: SaveProblem | None = None
    way_out: WayOut | None = None

    def told(self, told: Told) -> Saving:
        """The same at its end."""
        return replace(
            self,
            state="failed" if told.problem else "done",
            words=told.words,
            problem=told.problem,
            way_out=told.way_out,
        )


@dataclass(frozen=True)
class Difference:
    """What a save would do; ``result`` is None where that cannot be told."""

    words: str
    result: PushResult | None = None
    problem: SaveProblem | None = None
    way_out: WayOut | None = None


@dataclass(frozen=True)
class LastPush:
    """How the last push of a recipe ended, whoever pushed it.

    Attributes:
        number: In the history.
        at: When it began (UTC).
        state: "interrupted": its process died, or Spotify ended it; the next one goes on.
        words: The same, for the listener.
        playlist_url: Where the playlist is; empty where it was not made.
    """

    number: int
    at: datetime
    state: Literal["done", "running", "interrupted", "differs"]
    words: str
    playlist_url: str = ""


@dataclass
class _Job:
    """A save and what is needed to do it."""

    saving: Saving
    order: Recipe
    recreate: bool
    ended_at: float | None = None

    def __post_init__(self) -> None:
        self.over = Event()


class Saves:
    """The saves of one process."""

    def __init__(
        self,
        refresh: PlaylistRefresh,
        history: PlaylistHistory,
        *,
        calls_back_at: Callable[[], datetime | None],
        report: Callable[[Recipe, Refreshed], object] | None = None,
        clock: Callable[[], datetime],
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start no thread yet.

        Args:
            refresh: Does it.
            history: What was pushed before.
            calls_back_at: When Spotify may be called for playlists again (UTC).
            report: Tells others of a save that was done, when the listener knows of it already.
            clock: The present (UTC).
            elapsed: Seconds that go on whatever ``clock`` shows.
        """
        self._refresh, self._history = refresh, history
        self._calls_back_at, self._report = calls_back_at, report
        self._clock, self._elapsed = clock, elapsed
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="save")
        self._lock = Lock()
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._started: defaultdict[str, deque[float]] = defaultdict(deque)
        self._differences: OrderedDict[str, tuple[float, Difference]] = OrderedDict()

    def start(self, recipe: Recipe, *, recreate: bool = False) -> str:
        """Begin a save, and return its id at once.

        The same save that is under way is not begun again: its id is returned. Another one of the
        same recipe waits for it.

        Args:
            recipe: What the playlist should become.
            recreate: Make a new playlist where the listener has deleted the old one.
        """
        with self._lock:
            self._drop_old()
            before = self._under_way(recipe.name)
            if before and before.order == recipe and before.recreate == recreate:
                return before.saving.id
            saving = Saving(secrets.token_urlsafe(12), recipe.name, recipe.account)
            job = _Job(saving, recipe, recreate)
            self._jobs[saving.id] = job
            free_in = self._seconds_until_free(recipe.account)
            if not free_in:
                self._started[recipe.account].append(self._elapsed())
            self._differences.pop(_key(recipe), None)
        if free_in:
            until = self._clock() + timedelta(seconds=free_in)
            self._end(job, told_of(SaveProblem.TOO_MANY_SAVES, until=until, zone=_zone(recipe)))
        else:
            self._threads.submit(self._run, job, before)
        return saving.id

    def find(self, saving_id: str) -> Saving | None:
        """The save of that id, as far as it is; None where there is none (any more)."""
        with self._lock:
            job = self._jobs.get(saving_id)
        return job.saving if job else None

    def wait(self, saving_id: str, seconds: float) -> Saving | None:
        """The save of that id once it is over, or after ``seconds``."""
        with self._lock:
            job = self._jobs.get(saving_id)
        if job:
            job.over.wait(seconds)
        return self.find(saving_id)

    def under_way(self, account: str) -> frozenset[str]:
        """The recipes of ``account`` whose saves are not over, also those that have yet to begin.

        The lock of a push tells less: a save waits for its turn, and publishes its plan, before it.
        """
        with self._lock:
            jobs = tuple(self._jobs.values())
        return frozenset(
            job.saving.recipe
            for job in jobs
            if job.ended_at is None and job.saving.account == account
        )

    def difference(self, recipe: Recipe) -> Difference:
        """What a save would do now, told again for a minute without another look.

        It costs two calls where the playlist is as the last push left it, none where nothing was
        ever pushed.

        Raises:
            RecipeError: a place of the recipe is not known.
            StorageError: the shows cannot be read.
        """
        key = _key(recipe)
        with self._lock:
            known = self._differences.get(key)
            if known and self._elapsed() - known[0] < _DIFFERENCE_LASTS:
                return known[1]
        found = self._difference(recipe)
        with self._lock:
            self._differences[key] = (self._elapsed(), found)
            while len(self._differences) > _DIFFERENCES_KEPT:
                self._differences.popitem(last=False)
        return found

    def last_push(self, recipe: Recipe) -> LastPush | None:
        """How the last push of ``recipe`` ended, even if its process died; None: none ever began.

        Raises:
            StorageError: the history cannot be read.
        """
        row = self._history.last(recipe.name, recipe.account)
        if row is None:
            return None
        state: Literal["done", "running", "interrupted", "differs"] = (
            "interrupted" if row.status == "started" else row.status
        )
        if state == "interrupted" and self._refresh.workflow.is_under_way(recipe.name):
            state = "running"
        words = _LAST_PUSH[state]
        return LastPush(row.number, row.started_at, state, words, row.playlist_url or "")

    def close(self) -> None:
        """Begin no more; what is under way ends by itself, or with the process."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _run(self, job: _Job, before: _Job | None) -> None:
        """Do the save; whatever happens, it is over afterwards."""
        if before:
            before.over.wait()
        recipe, refreshed = job.order, None
        try:
            refreshed = self._refresh.refresh(recipe, run_id=RUN_ID, recreate=job.recreate)
            told = _told(refreshed)
        except ShowlistError as failure:
            told = self._told_of_failure(recipe, failure)
        except Exception:  # noqa: BLE001 (it is logged with its stack)
            number = secrets.token_hex(3)
            _log.exception("%s: saving %s failed", number, recipe.name)
            told = told_of(SaveProblem.FAULT, number=number)
        self._end(job, told, refreshed)
        if refreshed and self._report:
            self._tell(recipe, refreshed)

    def _end(self, job: _Job, told: Told, refreshed: Refreshed | None = None) -> None:
        ended = job.saving.told(told)
        if refreshed:
            result = refreshed.pushed.result
            plan = (result and result.plan) or refreshed.published.plan
            ended = replace(ended, result=result, plan=plan)
        with self._lock:
            job.saving, job.ended_at = ended, self._elapsed()
            self._differences.pop(_key(job.order), None)
        job.over.set()

    def _tell(self, recipe: Recipe, refreshed: Refreshed) -> None:
        if self._report is None:
            return
        try:
            self._report(recipe, refreshed)
        except Exception as failure:  # noqa: BLE001
            # The playlist is written; who else hears of it is no concern of the listener's.
            _log.warning("The save of %s could not be reported: %r", recipe.name, failure)

    def _told_of_failure(self, recipe: Recipe, failure: ShowlistError) -> Told:
        problem = problem_of(failure)
        # What it says names commands and files: it is for whoever reads the log.
        number = secrets.token_hex(3)
        _log.warning("%s: saving %s: %s", number, recipe.name, failure)
        return told_of(
            problem,
            until=self._calls_back_at() if problem is SaveProblem.QUOTA_SPENT else None,
            zone=_zone(recipe),
            number=number if problem is SaveProblem.OWNER else "",
        )

    def _difference(self, recipe: Recipe) -> Difference:
        workflow = self._refresh.workflow
        plan = workflow.plan(recipe)
        try:
            result = workflow.push(
                recipe, plan, run_id=RUN_ID, dry_run=True, patience=_PATIENCE_OF_A_LOOK
            )
        except ShowlistError as failure:
            told = self._told_of_failure(recipe, failure)
            return Difference(told.words, None, told.problem, told.way_out)
        told = told_of_push(result) if result else told_of(SaveProblem.NO_ACCOUNT)
        return Difference(told.words, result, told.problem, told.way_out)

    def _under_way(self, recipe: str) -> _Job | None:
        """The newest save of the recipe that is not over."""
        jobs = (job for job in reversed(self._jobs.values()) if job.saving.recipe == recipe)
        return next((job for job in jobs if job.ended_at is None), None)

    def _seconds_until_free(self, account: str) -> float:
        """After how many seconds the account may save again; 0: now."""
        started, now = self._started[account], self._elapsed()
        while started and now - started[0] >= _HOUR:
            started.popleft()
        return 0.0 if len(started) < SAVES_AN_HOUR else _HOUR - (now - started[0])

    def _drop_old(self) -> None:
        """Forget saves that ended an hour ago, and the oldest of too many."""
        now = self._elapsed()
        over = [key for key, job in self._jobs.items() if job.ended_at is not None]
        old = [key for key in over if now - (self._jobs[key].ended_at or 0.0) >= _HOUR]
        surplus = over[: max(0, len(over) - _FINISHED_KEPT)]
        for key in {*old, *surplus}:
            del self._jobs[key]


_LAST_PUSH: Final = {
    "done": "Your playlist is as it was saved last.",
    "running": "Your playlist is being written right now.",
    "interrupted": "A save was interrupted before it was done. Save again; that goes on from what "
    "is there, and nothing comes twice.",
    "differs": "Spotify showed another list than was written last. Save again; that goes on from "
    "what is there.",
}


def _told(refreshed: Refreshed) -> Told:
    result = refreshed.pushed.result
    return told_of_push(result) if result else told_of(SaveProblem.NO_ACCOUNT)


def _zone(recipe: Recipe) -> ZoneInfo:
    return ZoneInfo(recipe.timezone)


def _key(recipe: Recipe) -> str:
    return recipe.model_dump_json()
