"""What a person at a terminal sees of a run: one line per step, and what the assets say."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from rich.console import Console

_STEP_EVENTS = {
    "STEP_START": "[bold]{step}[/bold]",
    "STEP_UP_FOR_RETRY": "[yellow]{step} failed and is tried again[/yellow]",
    "STEP_FAILURE": "[red]{step} failed[/red]",
}


class _ConsoleHandler(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__(logging.DEBUG)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        if event is not None:
            line = _STEP_EVENTS.get(event.event_type_value)
            if line:
                self._console.print("  " + line.format(step=event.step_key))
        elif not logging.INFO <= record.levelno <= logging.WARNING:
            return
        elif record.levelno == logging.WARNING:
            self._console.print(f"    [yellow]{_said(record)}[/yellow]", highlight=False)
        else:
            self._console.print(f"    [dim]{_said(record)}[/dim]", highlight=False)


def _said(record: logging.LogRecord) -> str:
    """The asset's own words; Dagster puts run and step in front of them."""
    said = getattr(record, "dagster_meta", {}).get("orig_message") or record.getMessage()
    return str(said).replace("[", r"\[")


def progress_logger(console: Console) -> dg.LoggerDefinition:
    """A Dagster logger that prints the progress of a run to ``console``."""

    def progress(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.getLogger("showlist.progress")
        logger.handlers = [_ConsoleHandler(console)]
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        return logger

    return dg.LoggerDefinition(progress, description="Progress for a person at a terminal.")
