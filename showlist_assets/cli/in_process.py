"""Jobs of the platform that are executed in this process, without a daemon.

What belongs here: executing, and where the runs are kept. What does not: which job when (``demo``,
``tick``).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypedDict

from typing_extensions import Unpack

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import dagster as dg
    from rich.console import Console

    from showlist_assets.wiring import Platform


class RunFailedError(ShowlistError):
    """A run failed; the message is the asset's own."""


def instance_in(dagster_home: Path) -> dg.DagsterInstance:
    """The instance of a home, that keeps runs, with their files, and not what steps print.

    Dagster tails that by processes which share the terminal, and tell Ctrl-C by a stack each. In
    this process nothing is printed but to the terminal; each run's log says so (``run_origin``).
    """
    import dagster as dg
    from dagster._core.instance.ref import InstanceRef, compute_logs_directory

    from showlist_assets.defs.downloads import FilesWithoutOutput
    from showlist_assets.defs.instance import AS_CONFIGURED

    files_alone = {
        "module": FilesWithoutOutput.__module__,
        "class": FilesWithoutOutput.__name__,
        "config": {"base_dir": compute_logs_directory(str(dagster_home))},
    }
    with _told_plainly(dagster_home):
        overrides = {"compute_logs": files_alone, "instance_class": AS_CONFIGURED}
        reference = InstanceRef.from_dir(str(dagster_home), overrides=overrides)
        return dg.DagsterInstance.from_ref(reference)


def configured_instance() -> dg.DagsterInstance:
    """That of DAGSTER_HOME; what steps print is kept only where logs go elsewhere than to its disk.

    As ``instance_in`` says.
    """
    import os
    from pathlib import Path

    import dagster as dg
    from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager

    home = Path(os.environ["DAGSTER_HOME"]).expanduser().absolute()
    with _told_plainly(home):
        instance = dg.DagsterInstance.get()
    if not isinstance(instance.compute_log_manager, LocalComputeLogManager):
        return instance
    instance.dispose()
    return instance_in(home)


@contextmanager
def _told_plainly(home: Path) -> Iterator[None]:
    """Say in a sentence why the instance of ``home`` cannot be opened.

    Raises:
        UnusableInstanceError: it cannot.
    """
    from showlist_assets.defs.instance_facts import UnusableInstanceError, why_unusable

    try:
        yield
    # Its parts come from any package, and raise what they like.
    except Exception as error:
        raise UnusableInstanceError(
            f"Dagster's instance of {home} cannot be opened ({why_unusable(error)}). `showlist "
            "doctor --production` looks at it; DAGSTER_HOME names another."
        ) from error


class RunOptions(TypedDict, total=False):
    """What a run is of.

    Attributes:
        tags: Of the run.
        partition_key: Its partition, where the job has some.
        ops: Configuration by op.
        only: The names of those of the job's assets that are made; by default all.
    """

    tags: dict[str, str] | None
    partition_key: str | None
    ops: dict[str, Any] | None
    only: Sequence[str] | None


class Jobs:
    """Runs jobs of the platform in this process, and keeps the runs where the UI finds them."""

    def __init__(
        self,
        platform: Platform,
        instance: dg.DagsterInstance,
        console: Console,
        *,
        brief: bool = False,
        command: str = "demo",
    ) -> None:
        """Run nothing yet.

        Args:
            platform: Whose jobs.
            instance: Keeps the runs.
            console: Where progress is printed.
            brief: Whether only what went wrong and what was pushed is.
            command: Whose process this is, for the runs' logs.
        """
        from showlist_assets.cli.run_progress import progress_logger
        from showlist_assets.definitions import build_definitions
        from showlist_assets.defs.run_logging import json_logger
        from showlist_assets.services.log_lines import logs_as_json

        self.platform, self.instance, self.console = platform, instance, console
        self._command = command
        progress = json_logger() if logs_as_json() else progress_logger(console, brief=brief)
        self._definitions = build_definitions(platform=platform, loggers={"console": progress})

    def at(self, platform: Platform) -> Jobs:
        """The same over another platform, with little to read."""
        return Jobs(platform, self.instance, self.console, brief=True, command=self._command)

    def run(self, job: str, **options: Unpack[RunOptions]) -> dg.ExecuteInProcessResult:
        """Run ``job``, or ``only`` these of its assets, to its end.

        Raises:
            RunFailedError: a step failed.
            KeyboardInterrupt: somebody pressed Ctrl-C, which Dagster tells as a failure.
        """
        result = self.execute(job, **options)
        if not result.success:
            raise RunFailedError(why_failed(result))
        return result

    def execute(self, job: str, **options: Unpack[RunOptions]) -> dg.ExecuteInProcessResult:
        """The same, and a step that failed is told by the result.

        Raises:
            KeyboardInterrupt: somebody pressed Ctrl-C, which Dagster tells as a failure.
        """
        import dagster as dg

        from showlist_assets.cli.run_origin import show_on_timeline, tell_where_output_went
        from showlist_assets.cli.run_progress import was_interrupted

        only = options.get("only")
        result = self._definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            tags=options.get("tags"),
            partition_key=options.get("partition_key"),
            run_config={"loggers": {"console": {}}, "ops": options.get("ops") or {}},
            raise_on_error=False,
            asset_selection=[dg.AssetKey(name) for name in only] if only else None,
        )
        show_on_timeline(self.instance, result.run_id)
        tell_where_output_went(self.instance, result.run_id, command=self._command)
        if any(map(was_interrupted, result.get_step_failure_events())):
            raise KeyboardInterrupt
        return result


def why_failed(result: dg.ExecuteInProcessResult) -> str:
    """What the first failed step said, without its stack."""
    from showlist_assets.defs.failures import why_step_failed

    for event in result.get_step_failure_events():
        if said := why_step_failed(event):
            return said
    return "The run failed; its log in the UI says why."
