"""Log lines for a machine: one JSON object a line on stderr (``SHOWLIST_LOG_FORMAT=json``).

What belongs here: what a line holds, and that every logger of the process writes such. What does
not: the loggers that Dagster makes itself (``defs.run_logging``), and what is logged.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

from showlist_assets.sources.failures import without_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping

# They have handlers of their own, which write for a person.
_WITH_HANDLERS: Final = ("dagster", "dagster-webserver", "dagit", "uvicorn", "uvicorn.error")
_PARTITION: Final = "dagster/partition"
_RANGE: Final = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object; of Dagster's also run, job, step, partition and event."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        meta = getattr(record, "dagster_meta", None) or {}
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            # Google's logs know severities by Python's names.
            "severity": record.levelname,
            "message": without_secrets(str(meta.get("orig_message") or record.getMessage())),
            "logger": record.name,
            **_of_dagster(meta),
        }
        if record.exc_info:
            line["error"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps({name: said for name, said in line.items() if said}, ensure_ascii=False)


def _of_dagster(meta: Mapping[str, Any]) -> dict[str, str | None]:
    if not meta:
        return {}
    event, tags = meta.get("dagster_event"), meta.get("job_tags") or {}
    first, last = (tags.get(name) for name in _RANGE)
    data = getattr(event, "event_specific_data", None)
    failed = getattr(data, "error_display_string", None) if getattr(data, "error", None) else None
    return {
        "run_id": meta.get("run_id"),
        "job": meta.get("job_name"),
        "step": meta.get("step_key"),
        "partition": tags.get(_PARTITION) or (f"{first} to {last}" if first else None),
        "event": getattr(event, "event_type_value", None),
        "error": without_secrets(failed) if failed else None,
    }


def json_handler() -> logging.Handler:
    """Writes JSON lines to stderr, as the process has it now."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    return handler


def log_as_json() -> None:
    """From now on whatever this process logs is a JSON line; a second call changes nothing."""
    for name in _WITH_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.basicConfig(handlers=[json_handler()], force=True)
    logging.getLogger("showlist_assets").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


def logs_as_json() -> bool:
    """Whether ``log_as_json`` was called in this process."""
    return any(isinstance(each.formatter, JsonLines) for each in logging.getLogger().handlers)


class LinesLogged(io.TextIOBase):
    """A text file, each of whose lines becomes a record of the logger ``name``."""

    def __init__(self, name: str) -> None:
        """Nothing is written yet."""
        self._logger, self._begun = logging.getLogger(name), ""

    @override
    def write(self, text: str, /) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            if line.strip():
                self._logger.info("%s", line.strip())
        return len(text)
