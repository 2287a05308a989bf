"""``showlist tick``: what a daemon would do, once, for another scheduler (cron, Cloud Run)."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from showlist_assets.cli.log_console import log_console
from showlist_assets.cli.options import BASE, Base, OfDemo, World, platform_asking
from showlist_assets.cli.tick_alerts import tell_of_tick
from showlist_assets.domain.quantities import counted
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import dagster as dg
    from rich.console import Console
    from sqlalchemy.exc import SQLAlchemyError

    from showlist_assets.cli.homes import Home
    from showlist_assets.cli.in_process import Jobs
    from showlist_assets.defs.ticking import RunDone, Runner, RunWanted, StepDone, Tick
    from showlist_assets.wiring import Platform

_STDOUT: Final = Path("-")


def tick(
    json_file: Annotated[
        Path | None,
        typer.Option(
            "--json", help="Write what was done to this file, too; - for the standard output."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done; nothing is written.")
    ] = False,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Do what is due, once: for cron or another scheduler, where Dagster's daemon does not run."""
    from rich.console import Console
    from sqlalchemy.exc import SQLAlchemyError

    from showlist_assets.cli.homes import live_home, sandbox_home

    if json_file:
        _refuse_to_write(json_file)
    with platform_asking(home, world, sandbox=sandbox) as platform, _ended_by_sigterm():
        console = log_console(platform.settings, __name__)
        if console is None:
            # A machine reads the standard output.
            console = Console(highlight=False, emoji=False, stderr=json_file == _STDOUT)
        own = sandbox_home(home, world) if sandbox or world else None
        report = Report(platform.now().isoformat(), dry_run=dry_run)
        try:
            _look(platform, own, live_home(home), report, console)
        except KeyboardInterrupt:
            from showlist_assets.cli.interruption import EXIT_STATUS

            report.exit_code = EXIT_STATUS
            raise
        except ShowlistError as failure:
            report.exit_code, report.failure = 1, str(failure)
            raise
        except SQLAlchemyError as fault:
            report.exit_code, report.failure = 1, _of_dagster_s_tables(fault)
            raise TickFailedError(report.failure) from fault
        except Exception as fault:
            # One of ours, which keeps its stack.
            report.exit_code, report.failure = 1, f"{type(fault).__name__}: {fault}"
            raise
        finally:
            # Who is told to end has some seconds; of a sandbox there is nothing to tell.
            if not (dry_run or report.skipped or own) and report.exit_code in (0, 1):
                failed = bool(report.exit_code)
                tell_of_tick(platform, report.steps, failed=failed, failure=report.failure)
            report.finish(platform)
            if json_file:
                write_json(json_file, report)
        print_summary(report, console)
        if report.exit_code:
            raise _failed(report)


def _failed(report: Report) -> TickFailedError:
    steps = [step.name for step in report.steps if not step.ok]
    return TickFailedError(
        f"Something of {', '.join(steps)} failed; what it said stands above. The rest was done, "
        "and the next tick goes on from there."
    )


def _of_dagster_s_tables(fault: SQLAlchemyError) -> str:
    """What its storage said, where that holds no address: SQLite's own words, else the kind."""
    import sqlite3

    said = getattr(fault, "orig", None)
    words = str(said) if isinstance(said, sqlite3.Error) else type(fault).__name__
    return f"Dagster's own tables cannot be read or written: {words}. The next tick tries again."


class TickFailedError(ShowlistError):
    """A run or a step of the tick failed; the others went on."""


@dataclass
class Report:
    """What was done, for a machine.

    Attributes:
        started: When (ISO 8601, UTC).
        dry_run: Whether nothing was.
        finished: When.
        skipped: Why nothing was looked at; empty where everything was.
        failure: Why not everything was looked at; what a run failed of stands with the run.
        steps: Each thing that a daemon would look after.
        spotify: Calls of any 24 hours: the budget, used, left for lookups, when one is free.
        next_due: When the schedules are due next.
        exit_code: Of the command.
    """

    started: str
    dry_run: bool = False
    finished: str = ""
    skipped: str = ""
    failure: str = ""
    steps: list[StepDone] = field(default_factory=list)
    spotify: dict[str, Any] = field(default_factory=dict)
    next_due: dict[str, str] = field(default_factory=dict)
    exit_code: int = 0

    def finish(self, platform: Platform) -> None:
        """Say what is left and what comes next."""
        from showlist_assets.defs.schedules import default_schedules
        from showlist_assets.defs.ticking import next_tick

        ledger, now = platform.ledger("spotify"), platform.now()
        free_at = ledger.free_at()
        self.finished = now.isoformat()
        self.spotify = {
            "budget": platform.spotify_allowance.day,
            "used": ledger.spent().total(),
            "left_for_lookups": ledger.free(),
            # Null where a call is free now, and where none ever comes free.
            "next_free_at": free_at.isoformat() if free_at and free_at > now else None,
        }
        self.next_due = {each.name: next_tick(each, now).isoformat() for each in default_schedules}

    @property
    def runs(self) -> list[RunDone]:
        """Those of all steps."""
        return [run for step in self.steps for run in step.runs]


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """While it lasts, a request to end is heard as Ctrl-C is, also in a shell's background."""
    import signal

    heard = {
        each: signal.signal(each, signal.default_int_handler)
        for each in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for each, handler in heard.items():
            signal.signal(each, handler)


def _look(
    platform: Platform, own: Home | None, live: Home, report: Report, console: Console
) -> None:
    from showlist_assets.storage.files import LockTimeout

    # Who only looks excludes nobody.
    lock = nullcontext() if report.dry_run else platform.tick_lock()
    try:
        with lock, _instance(own, live, dry_run=report.dry_run) as instance:
            for step in prepared_tick(platform, instance, console, dry_run=report.dry_run).steps():
                report.steps.append(step)
                print_step(step, console)
    except LockTimeout:
        report.skipped = "Another tick is under way; this one does nothing."
    if not all(step.ok for step in report.steps):
        report.exit_code = 1


def prepared_tick(
    platform: Platform,
    instance: dg.DagsterInstance,
    console: Console,
    *,
    dry_run: bool = False,
    run: Runner | None = None,
) -> Tick:
    """A tick over what was dealt with before; ``steps`` of it does what is due.

    Args:
        platform: Whose schedules and sensors.
        instance: Keeps the runs.
        console: Where their progress is printed.
        dry_run: Whether runs are only named.
        run: Executes them; by default in this process.

    Raises:
        StorageError: what was dealt with cannot be read.
    """
    from showlist_assets.defs.ticking import Tick

    file = platform.tick_file
    record = file.read()
    usual = _only_named if dry_run else _Execution(platform, instance, console)
    return Tick(
        platform,
        instance,
        record,
        platform.table_changes(record),
        run=run or usual,
        save=None if dry_run else lambda: file.write(record),
    )


@contextmanager
def _instance(own: Home | None, live: Home, *, dry_run: bool) -> Iterator[dg.DagsterInstance]:
    """The home's instance, or the one of DAGSTER_HOME; for a dry run before there is one, none."""
    import os
    from tempfile import TemporaryDirectory

    from showlist_assets.cli.daemon_cursors import begin_in_new_home
    from showlist_assets.cli.in_process import configured_instance, instance_in

    if own is None and os.environ.get("DAGSTER_HOME"):
        with configured_instance() as instance:
            yield instance
        return
    home = own or live
    if dry_run and not (home.dagster / "history").exists():
        with TemporaryDirectory() as folder, instance_in(Path(folder)) as instance:
            yield instance
        return
    if not dry_run:
        home.prepare()
        # For the UI, which may be opened over it later.
        begin_in_new_home(home.dagster)
    with instance_in(home.dagster) as instance:
        yield instance


def _only_named(wanted: RunWanted) -> RunDone:
    from showlist_assets.defs.ticking import RunDone

    return RunDone(wanted.job, wanted.states, wanted.partition)


class _Execution:
    """Executes runs in this process, and says what they cost."""

    def __init__(self, platform: Platform, instance: dg.DagsterInstance, console: Console) -> None:
        self._platform, self._instance, self._console = platform, instance, console

    @cached_property
    def _jobs(self) -> Jobs:
        from showlist_assets.cli.in_process import Jobs

        # Most ticks run nothing, and need no definitions.
        return Jobs(self._platform, self._instance, self._console, command="tick")

    def __call__(self, wanted: RunWanted) -> RunDone:
        """Execute it to its end.

        Raises:
            KeyboardInterrupt: the process was told to end; the run is marked.
        """
        from showlist_assets.cli.in_process import why_failed
        from showlist_assets.defs.ticking import RunDone

        self._console.print(f"Running {_run_in_words(wanted.job, wanted.states, wanted.partition)}")
        before, began = self._platform.ledger("spotify").calls(), time.monotonic()
        result = self._jobs.execute(
            wanted.job,
            tags=wanted.tags,
            partition_key=wanted.partition,
            only=wanted.assets,
        )
        made = self._platform.ledger("spotify").calls() - before
        return RunDone(
            wanted.job,
            wanted.states,
            wanted.partition,
            ok=result.success,
            seconds=round(time.monotonic() - began, 1),
            spotify_calls=made.total(),
            why="" if result.success else why_failed(result),
            run_id=result.run_id,
        )


def print_step(step: StepDone, console: Console) -> None:
    """Print what became of ``step``, and of its runs."""
    from rich.markup import escape

    mark = "[green]due[/green]" if step.due else "[dim]not due[/dim]"
    if not step.ok:
        mark = "[red]failed[/red]"
    console.print(f"[bold]{step.name}[/bold] {mark}: {escape(step.why)}", soft_wrap=True)
    for run in step.runs:
        words = _run_in_words(run.job, run.states, run.of)
        cost = f"{run.seconds} s, {counted(run.spotify_calls, 'Spotify call')}"
        if run.ok is None:
            console.print(f"  would run {escape(words)}", soft_wrap=True)
        elif run.ok:
            console.print(f"  [green]done[/green] {escape(words)}: {cost}", soft_wrap=True)
        else:
            console.print(f"  [red]failed[/red] {escape(f'{words}: {run.why}')}", soft_wrap=True)


def _run_in_words(job: str, states: list[str], of: str | None) -> str:
    if of:
        return f"{job} of {of}"
    if not states:
        return job
    first, last = states[0], states[-1]
    return f"{job} of {first}" if first == last else f"{job} of {first} to {last} ({len(states)})"


def print_summary(report: Report, console: Console) -> None:
    """Print how it ended, and what comes next."""
    if report.skipped:
        console.print(report.skipped)
        return
    failed = sum(run.ok is False for run in report.runs)
    spotify = report.spotify
    left = f"{spotify['left_for_lookups']} left for lookups"
    verb = "would be started" if report.dry_run else "started"
    console.print(
        f"{counted(len(report.runs), 'run')} {verb}, {failed} failed. "
        f"Spotify: {spotify['used']} of {spotify['budget']} calls in 24 hours, {left}. "
        f"Next: {', '.join(f'{name} {_words(at)}' for name, at in report.next_due.items())}.",
        soft_wrap=True,
    )


def _words(moment: str) -> str:
    from datetime import datetime

    return f"{datetime.fromisoformat(moment):%a %Y-%m-%d %H:%M} UTC"


def _refuse_to_write(place: Path) -> None:
    """Before anything is done.

    Raises:
        StorageError: ``place`` lies in no folder.
    """
    from showlist_assets.storage.files import StorageError

    if place != _STDOUT and not place.parent.is_dir():
        raise StorageError(
            f"Cannot write what was done to {place}: there is no such folder. Nothing was done; "
            "give --json a file in a folder that exists."
        )


def write_json(place: Path, report: Report) -> None:
    """Write ``report`` for a machine.

    Raises:
        StorageError: the file cannot be written.
    """
    import json

    from showlist_assets.storage.files import StorageError

    text = json.dumps(asdict(report), indent=2, ensure_ascii=False)
    if place == _STDOUT:
        typer.echo(text)
        return
    try:
        place.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"Cannot write what was done to {place}: {error.strerror}. It was done all the same."
        ) from error
