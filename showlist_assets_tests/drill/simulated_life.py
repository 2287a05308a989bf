"""The driver: a world and the platform in it, day by day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from showlist_assets.defs.partitions import range_tags, ranges_covering
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.sandbox.config import SandboxConfig
from showlist_assets.sandbox.server import run_sandbox
from showlist_assets.storage.tables import TableStore, open_tables
from showlist_assets_tests.drill.changing_world import list_events_of
from showlist_assets_tests.drill.promises import Promises
from showlist_assets_tests.drill.run_process import Daemon, Kill, Request
from showlist_assets_tests.drill.trouble import BadDay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from showlist_assets.sandbox.server import Sandbox

# A Monday, when the weekly refresh is due at nine in New York.
_FIRST_DAY: Final = datetime(2026, 11, 23, tzinfo=UTC)
_REFRESH_AT: Final = timedelta(hours=14)
# Runs are kept as a home of ours keeps them. What steps print is not: Dagster would start four
# processes for each run.
_INSTANCE: Final = """
telemetry:
  enabled: false
instance_class:
  module: showlist_assets.defs.instance
  class: BatchingInstance
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""
_CATCH_UPS_AT: Final = tuple(timedelta(hours=hour, minutes=30) for hour in (1, 7, 15, 20))


@dataclass(frozen=True)
class Drill:
    """What is simulated.

    Attributes:
        states: USPS codes.
        days: Of trouble.
        tail: Quiet days after that; each begins with a refresh, so that all is made good.
        budget: Spotify calls in 24 hours, a tenth of them kept for playlists.
        events: Of the whole made-up country.
        sources: The event sources; two ticket sites share the concerts between them.
    """

    states: tuple[str, ...]
    days: int
    tail: int = 7
    budget: int = 40
    events: int = 600
    sources: tuple[str, ...] = ("seatgeek",)


@dataclass
class Life:
    """A world that was lived through."""

    store: TableStore
    promises: Promises
    calls: int = 0
    kills: int = 0
    failed_runs: int = 0
    said: list[str] = field(default_factory=list)


def live(
    drill: Drill, folder: Path, trouble: Sequence[BadDay], say: Callable[[str], None] = print
) -> Life:
    """Live through all days of ``drill``; those without ``trouble`` are quiet."""
    config = SandboxConfig(
        clock=_FIRST_DAY,
        daily_quota=drill.budget,
        events=drill.events,
        sources=drill.sources,
        dealt="split" if len(drill.sources) > 1 else "both",
    )
    with run_sandbox(config) as sandbox, Daemon() as daemon:
        one = _Simulation(drill, folder, sandbox, daemon)
        for day in range(drill.days + drill.tail):
            one.live_through(day, trouble[day] if day < len(trouble) else BadDay())
            say(one.line)
        one.life.calls = sandbox.requests("spotify")
        return one.life


class _Simulation:
    def __init__(self, drill: Drill, folder: Path, sandbox: Sandbox, daemon: Daemon) -> None:
        self._drill, self._sandbox, self._folder = drill, sandbox, folder
        self._daemon = daemon
        (folder / "dagster").mkdir(parents=True)
        (folder / "dagster" / "dagster.yaml").write_text(_INSTANCE)
        store = open_tables(str(folder / "data"))
        lookups = drill.budget - drill.budget // 10
        self.life = Life(store, Promises(store, sandbox, lookups))
        self.line = ""

    def live_through(self, day: int, trouble: BadDay) -> None:
        """One day: the world changes, faults are ordered, the schedules look."""
        calls, kills, failed = self._counts()
        list_events_of(day, self._sandbox, self._drill.states)
        for fault in trouble.faults:
            self._sandbox.fault(**fault)
        deaths = iter(trouble.kills)
        for name, hour in self._agenda(day):
            self._sandbox.state.clock.set(_FIRST_DAY + timedelta(days=day) + hour)
            for request in self._requests(name):
                self._run(request, deaths)
        self._sandbox.state.faults.clear()
        now = self._counts()
        self.line = (
            f"day {day + 1:2}: {trouble}; {now[1] - kills} killed, {now[2] - failed} failed, "
            f"{now[0] - calls} Spotify calls ({self.life.promises.busiest_day} at most in 24 h), "
            f"{self.life.promises.pending} pending"
        )

    def _counts(self) -> tuple[int, int, int]:
        return self._sandbox.requests("spotify"), self.life.kills, self.life.failed_runs

    def _agenda(self, day: int) -> list[tuple[str, timedelta]]:
        agenda = [("daily_catch_up", hour) for hour in _CATCH_UPS_AT]
        if day % 7 == 0 or day >= self._drill.days:
            agenda.append(("weekly_refresh", _REFRESH_AT))
        return sorted(agenda, key=lambda entry: entry[1])

    def _requests(self, schedule: str) -> Iterator[Request]:
        """What the schedule asks for, as far as it concerns the states of the drill."""
        now = self._sandbox.state.clock.now()
        for request in self._daemon.requests_of(schedule, self._environment, at=now):
            for first, last in ranges_covering(
                _states_of(request) & set(self._drill.states), among=STATE_CODES
            ):
                yield Request(request.job, {**request.tags, **range_tags(first, last)})

    def _run(self, request: Request, deaths: Iterator[Kill | None]) -> None:
        """Run it, and again from where it died for as long as it is killed."""
        goes_on = False
        while True:
            outcome = self._daemon.run(
                request, self._environment, kill=next(deaths, None), goes_on=goes_on
            )
            self.life.promises.look(outcome)
            self.life.failed_runs += bool(outcome.failed)
            if not outcome.killed:
                return
            self.life.kills += 1
            goes_on = True

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **self._sandbox.env(),
            "SHOWLIST_EVENT_SOURCES": ",".join(self._drill.sources),
            "DAGSTER_HOME": str(self._folder / "dagster"),
            # Dagster looks at the machine's clock until a step's next try is due.
            "SHOWLIST_RETRY_DELAY_SECONDS": "0.01",
            "SHOWLIST_DATA_ROOT": str(self._folder / "data"),
            "SHOWLIST_OVERRIDES": str(self._folder / "overrides.yaml"),
            "SHOWLIST_SHOW_DECISIONS": str(self._folder / "shows.yaml"),
            "SHOWLIST_FEEDS": str(self._folder / "feeds"),
            "SHOWLIST_NOW": self._sandbox.state.clock.now().isoformat(),
        }


def _states_of(request: Request) -> set[str]:
    first, last = (
        STATE_CODES.index(request.tags[f"dagster/asset_partition_range_{end}"])
        for end in ("start", "end")
    )
    return set(STATE_CODES[first : last + 1])
