"""The console of a command that logs, where a machine reads the log."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from rich.console import Console

    from showlist_assets.settings import Settings


def log_console(settings: Settings, name: str) -> Console | None:
    """A console each of whose lines is logged by the logger ``name``; None where logs are plain.

    From then on the whole process logs for a machine.
    """
    if settings.log_format != "json":
        return None
    from rich.console import Console

    from showlist_assets.services.log_lines import LinesLogged, log_as_json

    log_as_json()
    lines = cast("IO[str]", LinesLogged(name))
    return Console(file=lines, color_system=None, highlight=False, emoji=False, width=1000)
