"""Dagster's own console loggers, writing JSON lines (``services.log_lines``).

Dagster makes a console logger for each run that names none in its configuration, and for each look
of a sensor or schedule; both by one function of ``coloredlogs``. A logger of ``Definitions`` would
be used only by runs that are configured with it, which those of the UI are not.
"""

from __future__ import annotations

import logging
from typing import Any

import coloredlogs
import dagster as dg

from showlist_assets.services.log_lines import json_handler, log_as_json


def log_all_as_json() -> None:
    """From now on this process logs JSON lines, those of runs, sensors and schedules included."""
    log_as_json()
    # Called by Dagster alone, and by the name of the module (test_upstream_facts.py).
    coloredlogs.install = _install


def _install(*, logger: logging.Logger, level: int | str, **_colors: Any) -> None:
    logger.handlers = [json_handler()]
    logger.setLevel(level)


def json_logger() -> dg.LoggerDefinition:
    """A logger of runs that are executed in this process."""

    def lines(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.getLoggerClass()("dagster", level=logging.INFO)
        logger.addHandler(json_handler())
        return logger

    return dg.LoggerDefinition(lines, description="A JSON object a line.")
