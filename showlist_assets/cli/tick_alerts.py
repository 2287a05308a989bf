"""What ``showlist tick`` tells whoever runs it: failures, and a sign of life for an outside watch.

What belongs here: what of a tick's report is worth a message. What does not: the words of a failed
run (``defs.watching``), to whom and how often (``services.alerts``, ``services.heartbeat``).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from showlist_assets.defs.ticking import StepDone
    from showlist_assets.services.alerts import Alert
    from showlist_assets.wiring import Platform

_log = logging.getLogger(__name__)
_AGAIN = "The next tick tries again; it is told once more only after it went well."


def tell_of_tick(
    platform: Platform, steps: Iterable[StepDone], *, failed: bool, failure: str
) -> None:
    """Tell of what failed, of what lasts, and that a tick has ended; nothing of it fails.

    Args:
        platform: Whose tick.
        steps: What it has looked after.
        failed: Whether anything failed.
        failure: Why not everything was looked at; empty where it was.
    """
    try:
        _alert(platform, list(steps), failure)
    except ShowlistError as error:
        _log.warning("It could not be told what failed: %s", error)
    if failed:
        platform.heartbeat.bad()
    else:
        platform.heartbeat.good()


def _alert(platform: Platform, steps: list[StepDone], failure: str) -> None:
    alerts = platform.alerts
    if alerts is None:
        return
    # Until a tick goes well, as each would fail of the same.
    lasting = {"tick": list(_of_the_tick(steps, failure))}
    if alerts.is_time_to_look():
        lasting["standing"] = platform.troubles()
    alerts.tell(_of_runs(platform, steps), lasting=lasting)


def _of_runs(platform: Platform, steps: list[StepDone]) -> Iterator[Alert]:
    from showlist_assets.defs.watching import failure_alert

    for step in steps:
        for run in step.runs:
            if run.ok is False:
                yield failure_alert(
                    platform,
                    # One that never began has no id, and is told of each time.
                    key=f"run {run.run_id or f'{platform.now()} {run.job} {run.of} {run.states}'}",
                    job=run.job,
                    states=run.states,
                    of=run.of,
                    why=run.why,
                    run_id=run.run_id,
                )


def _of_the_tick(steps: list[StepDone], failure: str) -> Iterator[Alert]:
    from showlist_assets.services.alerts import Alert

    for step in steps:
        if not step.ok and all(run.ok is not False for run in step.runs):
            yield Alert(f"step {step.name}", f"{step.name} failed", f"{step.why}\n{_AGAIN}")
    if failure:
        yield Alert("all", "showlist tick failed", f"{failure}\n{_AGAIN}")
