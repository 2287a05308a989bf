"""Shows a run of this process where Dagster's UI looks for the runs of its code location.

The UI's timeline lists the runs of each job of a workspace. A run that was executed in process
belongs to no workspace, so it appears in the list of runs only. Dagster has no public way to say
where it belongs; the parts used here are those by which Dagster itself moves a run from one
location to another (``dagster run migrate-repository``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.storage.tags import REPOSITORY_LABEL_TAG

if TYPE_CHECKING:
    import dagster as dg

# As workspace.yaml calls it, and as Dagster calls the one repository of a ``Definitions``.
_REPOSITORY: Final = RemoteRepositoryOrigin(
    RegisteredCodeLocationOrigin("showlist"), "__repository__"
)


def show_on_timeline(instance: dg.DagsterInstance, run_id: str) -> None:
    """Enter the run ``run_id`` as one of the code location that ``showlist ui`` loads."""
    run = instance.get_run_by_id(run_id)
    if run is None:
        return
    origin = RemoteJobOrigin(_REPOSITORY, run.job_name)
    # The tag is what the UI asks for; replacing the origin renews it only where it stands already.
    instance.add_run_tags(run_id, {REPOSITORY_LABEL_TAG: _REPOSITORY.get_label()})
    instance.run_storage.replace_job_origin(run, origin)
