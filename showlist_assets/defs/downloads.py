"""Files that a person opens from an asset's page.

The browser does not follow a path on disk. Dagster's webserver hands out what lies among a run's
logs, so a copy is put there: it is as old as the materialization beside it, and goes when the run
is deleted.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

# Not among Dagster 1.13's public names (test_downloads.py asks the webserver itself).
from dagster._core.storage.compute_log_manager import CapturedLogContext
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager

from showlist_assets.defs.contexts import run_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import dagster as dg
    from dagster._serdes import ConfigurableClassData

_FOLDER: Final = "files"


def download_link(context: dg.AssetExecutionContext, name: str, content: bytes) -> str | None:
    """An address of ``content`` within Dagster's UI, whatever its port; None where it has none.

    Only logs on this machine's disk are handed out under any name: with logs in a bucket, or kept
    nowhere, there is none.

    Args:
        context: Of the step.
        name: What the file is called, with its ending.
        content: The file.
    """
    logs = context.instance.compute_log_manager
    stem, _, ending = name.rpartition(".")
    if not isinstance(logs, LocalComputeLogManager):
        return None
    log_key = [run_id(context), _FOLDER, stem]
    place = Path(logs.get_captured_local_path(log_key, ending))
    place.parent.mkdir(parents=True, exist_ok=True)
    # What is about a listener is for the owner of the files only.
    place.touch(mode=0o600)
    place.write_bytes(content)
    return "/logs/" + "/".join(quote(part, safe="") for part in (*log_key, ending))


def delete_downloads(instance: dg.DagsterInstance, stem: str) -> int:
    """Delete every run's files that are called ``stem``, whatever their ending; returns how many.

    Logs that are not on this machine's disk never held one.
    """
    logs = instance.compute_log_manager
    if not isinstance(logs, LocalComputeLogManager):
        return 0
    # Where a run's would be tells where all runs' are.
    of_a_run = Path(logs.get_captured_local_path(["*", _FOLDER, stem], "*"))
    found = [
        file
        for file in _below(of_a_run)
        if file.stem == stem and file.parent.name == _FOLDER and file.is_file()
    ]
    for file in found:
        file.unlink(missing_ok=True)
    return len(found)


def _below(pattern: Path) -> list[Path]:
    """The files that fit a path of which some steps are ``*``."""
    parts = pattern.parts
    first = next(number for number, part in enumerate(parts) if "*" in part)
    return list(Path(*parts[:first]).glob("/".join((*parts[first:-1], "*"))))


class FilesWithoutOutput(LocalComputeLogManager):
    """Keeps the files that assets link to where Dagster does, and nothing of what steps print."""

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> FilesWithoutOutput:
        """As Dagster makes it of an instance's settings; its own makes one that keeps output."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def capture_logs(self, log_key: Sequence[str]) -> Iterator[CapturedLogContext]:
        """What is printed goes where it goes."""
        yield CapturedLogContext(log_key)
