"""What a person at a terminal sees of a run: one line per step, and what the assets say."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import dagster as dg
from rich.padding import Padding

from showlist_assets.domain.states import BY_CODE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

_STEP_EVENTS = {
    "STEP_START": "[bold]{step}[/bold]",
    "STEP_UP_FOR_RETRY": "[yellow]{step} failed and is tried again[/yellow]",
    "STEP_FAILURE": "[red]{step} failed[/red]",
}
_INTERRUPTED: Final = dg.DagsterExecutionInterruptedError.__name__
_TOLD_IN_BRIEF: Final = "playlists"
_STATES_NAMED: Final = 5


class _ConsoleHandler(logging.Handler):
    def __init__(self, console: Console, *, brief: bool) -> None:
        super().__init__(logging.DEBUG)
        self._console, self._brief = console, brief

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        if event is not None and was_interrupted(event):
            # It has not failed, and the sentence on Ctrl-C says what there is to say.
            return
        if event is not None:
            line = _STEP_EVENTS.get(event.event_type_value)
            if line and not (self._brief and event.event_type_value == "STEP_START"):
                self._console.print("  " + line.format(step=event.step_key))
        elif record.levelno == logging.WARNING:
            self._say(f"[yellow]{_said(record)}[/yellow]")
        elif record.levelno == logging.INFO and (
            not self._brief or meta.get("step_key") == _TOLD_IN_BRIEF
        ):
            self._say(f"[dim]{_said(record)}[/dim]")

    def _say(self, markup: str) -> None:
        self._console.print(Padding(markup, (0, 0, 0, 4), expand=False), highlight=False)


def was_interrupted(event: dg.DagsterEvent) -> bool:
    """Whether ``event`` tells that a step failed, which is how Dagster tells of Ctrl-C."""
    if event.event_type_value != "STEP_FAILURE":
        return False
    error, interruptions = event.step_failure_data.error, (_INTERRUPTED, KeyboardInterrupt.__name__)
    while error is not None and error.cls_name not in interruptions:
        # Where it met a step that reads or writes, Dagster tells of that first.
        error = error.cause
    return error is not None


def _said(record: logging.LogRecord) -> str:
    """The asset's own words; Dagster puts run and step in front of them."""
    said = getattr(record, "dagster_meta", {}).get("orig_message") or record.getMessage()
    return str(said).replace("[", r"\[")


def states_in_words(states: Sequence[str]) -> str:
    """The names of ``states`` (USPS codes) as far as they fit into a line."""
    names = [BY_CODE[state].name for state in states]
    if len(names) > _STATES_NAMED + 1:
        return f"{', '.join(names[:_STATES_NAMED])} and {len(names) - _STATES_NAMED} more states"
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def progress_logger(console: Console, *, brief: bool = False) -> dg.LoggerDefinition:
    """A Dagster logger that prints the progress of a run to ``console``.

    With ``brief``, only what went wrong and what was pushed.
    """

    def progress(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.getLogger("showlist.progress")
        logger.handlers = [_ConsoleHandler(console, brief=brief)]
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        return logger

    return dg.LoggerDefinition(progress, description="Progress for a person at a terminal.")
