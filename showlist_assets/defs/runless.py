"""What Dagster is told of that happened outside its runs: a playlist that was saved at the page.

Asset, partition and metadata are those of a run, so that lineage, history and checks go on. What
belongs here: telling, and taking back what is kept of a listener who goes. What does not: saving
(``services.playlists.saving``).

Nothing here imports Dagster before it is needed: the page's process may never.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import dagster as dg

    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.forgetting_listeners import Forgotten
    from showlist_assets.services.playlists.refreshing import Refreshed

_log = logging.getLogger(__name__)

_HOME: Final = "DAGSTER_HOME"
# Dagster's own tag.
_PARTITION: Final = "dagster/partition"
LISTENERS_JOBS: Final = ("sync_listening", "refresh_taste")
LISTENERS_ASSETS: Final = ("listen_reports", "listens", "taste", "show_taste", "track_suggestions")
"""Whose partitions are listeners."""


def report_refresh(
    recipe: Recipe,
    refreshed: Refreshed,
    *,
    by: str,
    instance: dg.DagsterInstance | None = None,
) -> bool:
    """Record a save as materializations of ``playlist_plans`` and ``playlists``.

    Args:
        recipe: Its name is the partition.
        refreshed: What was done.
        by: Who did it, such as "web".
        instance: Whom to tell; by default that of DAGSTER_HOME.

    Returns:
        Whether it was recorded. A failure is logged and never raised: the playlist is written.
    """
    if instance is None and not os.environ.get(_HOME):
        return False
    try:
        with _instance(instance) as told:
            told.add_dynamic_partitions("recipes", [recipe.name])
            for event in _events(recipe, refreshed, by):
                told.report_runless_asset_event(event)
    except Exception as failure:  # noqa: BLE001
        _log.warning("Dagster was not told of the save of %s: %r", recipe.name, failure)
        return False
    return True


def forget_in_dagster(forgotten: Forgotten, instance: dg.DagsterInstance | None = None) -> bool:
    """Delete the copies of calendars and digests that runs keep, and partitions without a recipe.

    And of the listener's own partition all that is there: runs, with what they counted. What other
    runs have said of plans and pushes stays with the runs; who deletes them deletes it.

    Returns:
        Whether that could be done; a failure is logged and never raised.
    """
    nothing = not (forgotten.recipes or forgotten.account)
    if nothing or (instance is None and not os.environ.get(_HOME)):
        return False
    try:
        with _instance(instance) as told:
            _delete_copies(told, forgotten.recipes)
            for recipe in set(forgotten.recipes) - set(forgotten.left):
                told.delete_dynamic_partition("recipes", recipe)
            _delete_listener(told, forgotten.account)
    except Exception as failure:  # noqa: BLE001
        _log.warning("Dagster still keeps copies of what was forgotten: %r", failure)
        return False
    return True


@contextmanager
def _instance(given: dg.DagsterInstance | None) -> Iterator[dg.DagsterInstance]:
    import dagster as dg

    with nullcontext(given) if given else dg.DagsterInstance.get() as instance:
        yield instance


def _events(
    recipe: Recipe, refreshed: Refreshed, by: str
) -> Iterable[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
    import dagster as dg

    from showlist_assets.defs.playlist_metadata import plan_metadata, push_checks, push_metadata

    published, pushed = refreshed.published, refreshed.pushed
    of_plan = plan_metadata(recipe, published, pushed.result)
    of_push = {"account": recipe.account, **push_metadata(recipe, pushed)}
    for asset, metadata in (("playlist_plans", of_plan), ("playlists", of_push)):
        yield dg.AssetMaterialization(
            asset, partition=recipe.name, metadata={**metadata, "from": by}
        )
    for check in push_checks(recipe, pushed.result):
        yield dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey("playlists"),
            check_name=str(check.check_name),
            passed=check.passed,
            severity=check.severity,
            description=check.description,
            metadata={**check.metadata, "from": dg.MetadataValue.text(by)},
        )


def _delete_listener(instance: dg.DagsterInstance, account: str) -> None:
    """Delete the partition with its finished runs; one that is under way is left."""
    import dagster as dg

    if account in instance.get_dynamic_partitions("listeners"):
        instance.delete_dynamic_partition("listeners", account)
    # Dagster deletes what was materialized with its run, and not a partition of it
    # (``wipe_asset_partitions`` of its SQL storages).
    for run in instance.get_runs(dg.RunsFilter(tags={_PARTITION: account})):
        if run.is_finished and _is_of_listeners(run):
            instance.delete_run(run.run_id)
    for asset in map(dg.AssetKey, LISTENERS_ASSETS):
        # What it keeps of the newest one goes with the last partition.
        if instance.has_asset_key(asset) and not instance.get_materialized_partitions(asset):
            instance.wipe_assets([asset])


def _is_of_listeners(run: dg.DagsterRun) -> bool:
    """Whether its partition is a listener; a recipe may be called the same."""
    chosen = {key.to_user_string() for key in run.asset_selection or ()}
    return run.job_name in LISTENERS_JOBS or (bool(chosen) and chosen <= set(LISTENERS_ASSETS))


def _delete_copies(instance: dg.DagsterInstance, recipes: Iterable[str]) -> None:
    from showlist_assets.defs.downloads import delete_downloads

    for recipe in recipes:
        delete_downloads(instance, recipe)
