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

    What runs have said of plans and pushes stays with the runs; who deletes them deletes it.

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
            if forgotten.account in told.get_dynamic_partitions("listeners"):
                told.delete_dynamic_partition("listeners", forgotten.account)
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


def _delete_copies(instance: dg.DagsterInstance, recipes: Iterable[str]) -> None:
    from showlist_assets.defs.downloads import delete_downloads

    for recipe in recipes:
        delete_downloads(instance, recipe)
