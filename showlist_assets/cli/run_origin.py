"""What Dagster's UI needs to know of a run of this process: where it belongs, where output went.

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


_OUTPUT: Final = (
    "This run was executed inside `showlist {0}`. What it printed went to the {0}'s terminal, so "
    "there is no stdout or stderr of its steps to show; what the assets say stands in this log."
)


def tell_where_output_went(instance: dg.DagsterInstance, run_id: str, *, command: str) -> None:
    """Note in the log of the run ``run_id`` of ``command`` why its steps have no stdout."""
    run = instance.get_run_by_id(run_id)
    if run is not None:
        instance.report_engine_event(_OUTPUT.format(command), run)


def show_on_timeline(instance: dg.DagsterInstance, run_id: str) -> None:
    """Enter the run ``run_id`` as one of the code location that ``showlist ui`` loads."""
    run = instance.get_run_by_id(run_id)
    if run is None:
        return
    origin = RemoteJobOrigin(_REPOSITORY, run.job_name)
    # The tag is what the UI asks for; replacing the origin renews it only where it stands already.
    instance.add_run_tags(run_id, {REPOSITORY_LABEL_TAG: _REPOSITORY.get_label()})
    instance.run_storage.replace_job_origin(run, origin)
