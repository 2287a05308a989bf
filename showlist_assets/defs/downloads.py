"""Files that a person opens from an asset's page.

The browser does not follow a path on disk. Dagster's webserver hands out what lies among a run's
logs, so a copy is put there: it is as old as the materialization beside it, and goes when the run
is deleted.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

# Not among Dagster 1.13's public names (test_downloads.py asks the webserver itself).
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager

from showlist_assets.defs.contexts import run_id

if TYPE_CHECKING:
    import dagster as dg

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
