"""The sensors: from changed shows to pushed playlists, and to the DuckDB file.

The one that pushes is off until an operator turns it on; the others have modules of their own.
"""

# Dagster reads the annotation of a resource unevaluated, so annotations are not postponed here.
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

import dagster as dg

from showlist_assets.defs.automation import automation_sensor
from showlist_assets.defs.changes import Changes, EventLog
from showlist_assets.defs.jobs import push_playlists
from showlist_assets.defs.listening_sensor import listening_sensor
from showlist_assets.defs.partitions import recipes_partitions
from showlist_assets.domain.playlists.recipe import Recipe, RecipeError
from showlist_assets.domain.playlists.refresh import (
    HeldChanges,
    is_due,
    refresh_week,
    with_changes,
)
from showlist_assets.storage.recipes import RecipesFolder
from showlist_assets.wiring import Platform


@dataclass
class _Seen:
    """What the sensor has dealt with: the cursor.

    Attributes:
        upto: Number of the last change (``Changes``), such as the storage id of a materialization
            of ``upcoming_shows`` or ``track_suggestions``.
        recipes: Digest of each recipe's file.
        ticks: How many asked for runs.
        held: Changes that a weekly recipe has not been pushed for yet.
        weeks: In which week each weekly recipe was last pushed.
    """

    upto: int = 0
    recipes: dict[str, str] = field(default_factory=dict)
    ticks: int = 0
    held: dict[str, HeldChanges] = field(default_factory=dict)
    weeks: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: str | None) -> "_Seen":
        # Cursors of earlier versions lack the last fields.
        seen = json.loads(cursor) if cursor else {}
        held = {name: _held(**one) for name, one in seen.pop("held", {}).items()}
        return cls(**seen, held=held)

    def write(self) -> str:
        return json.dumps(asdict(self))

    def within(self, newest: int) -> "_Seen":
        """The same; anew where ``upto`` is none of this event log, which then was wiped."""
        return self if self.upto <= newest else replace(self, upto=0)


def _why_nothing(held: Iterable[str]) -> str:
    if waiting := ", ".join(sorted(held)):
        return f"What has changed waits for the weekly push of {waiting}."
    return "Nothing has changed that a recipe looks at."


def _held(upto: int, week: str, states: Iterable[str]) -> HeldChanges:
    return HeldChanges(upto, week, tuple(states))


@dg.sensor(
    job=push_playlists,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Plans and pushes the playlists of every recipe whose states have new shows, or "
    "whose file has changed; of one with 'refresh: weekly' once a week, of one with 'refresh: "
    "never' not at all. Waits until an account is connected with the command showlist login.",
)
def playlist_refresh_sensor(
    context: dg.SensorEvaluationContext, platform: dg.ResourceParam[Platform]
) -> dg.SensorResult:
    """One run per recipe and change; a tick that is evaluated twice starts nothing twice.

    Every materialization since the last tick counts, not only the newest: 51 states may finish
    between two ticks (dagster#32853 is what an asset sensor would lose).
    """
    return due_pushes(context, platform, EventLog(context.instance)).result


class DuePushes(NamedTuple):
    """What the sensor answers, and what is wrong with recipes that are left out."""

    result: dg.SensorResult
    mistakes: list[str]


def due_pushes(
    context: dg.SensorEvaluationContext, platform: Platform, changes: Changes
) -> DuePushes:
    """The pushes that are due by ``changes``, whoever asks: the daemon or ``showlist tick``."""
    folder = platform.recipes
    names = folder.names()
    partitions = _in_step(names, context.instance.get_dynamic_partitions("recipes"))
    if not platform.accounts.names():
        none = dg.SensorResult(
            skip_reason="No account is connected: run the command showlist login. Nothing is "
            "pushed before.",
            dynamic_partitions_requests=partitions,
        )
        return DuePushes(none, _usable(folder, names)[1])
    # Only reads of the event log and of files from here on: a tick must end within 60 s
    # (DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS), so Spotify is asked in the run.
    seen = _Seen.read(context.cursor).within(changes.newest())
    changed = changes.since(seen.upto)
    recipes, mistakes = _usable(folder, names)
    now_seen = _Seen(
        max((seen.upto, *changed.values())),
        {name: folder.digest(name) for name in recipes},
        seen.ticks,
    )
    requests = list(_requests(recipes, changed, seen, now_seen, platform.now()))
    now_seen.ticks += bool(requests)
    told = " ".join(mistakes) or _why_nothing(now_seen.held)
    if mistakes:
        context.log.warning(told)
    result = dg.SensorResult(
        run_requests=requests,
        skip_reason=None if requests else told,
        cursor=now_seen.write(),
        dynamic_partitions_requests=partitions,
    )
    return DuePushes(result, mistakes)


def _in_step(names: Iterable[str], known: Iterable[str]) -> list[Any]:
    """Requests that make the partitions the recipes of the folder."""
    new, gone = sorted(set(names) - set(known)), sorted(set(known) - set(names))
    return [
        *([recipes_partitions.build_add_request(new)] if new else []),
        *([recipes_partitions.build_delete_request(gone)] if gone else []),
    ]


def _usable(folder: RecipesFolder, names: Iterable[str]) -> tuple[dict[str, Recipe], list[str]]:
    """The recipes that can be used, and what is wrong with the others."""
    recipes: dict[str, Recipe] = {}
    mistakes = folder.strays()
    for name in names:
        try:
            recipes[name] = folder.read(name)
        except RecipeError as error:
            mistakes.append(str(error))
    return recipes, mistakes


def _requests(
    recipes: dict[str, Recipe],
    changed: Mapping[str, int],
    seen: _Seen,
    now_seen: _Seen,
    now: datetime,
) -> Iterable[dg.RunRequest]:
    """A run for each recipe that is due; what is held back is written into ``now_seen``."""
    for name, recipe in recipes.items():
        held = with_changes(seen.held.get(name), changed, recipe, now=now)
        edited = bool(now_seen.upto) and seen.recipes.get(name) != now_seen.recipes[name]
        week = seen.weeks.get(name)
        due = is_due(recipe, held, edited=edited, pushed_in=week, now=now)
        if recipe.refresh == "weekly":
            week = refresh_week(now) if due else week
            now_seen.weeks |= {name: week} if week else {}
            now_seen.held |= {name: held} if held and not due else {}
        if not due:
            continue
        # The tick names the run, so that a tick that is evaluated again starts nothing twice. A
        # sensor's run keys are used up for ever: without the tick, whoever changes a recipe back
        # would get no push.
        newest = held.upto if held else now_seen.upto
        run_key = f"{name}:{newest}:{now_seen.recipes[name]}:{seen.ticks}"
        yield dg.RunRequest(run_key=run_key, partition_key=name)


default_sensors = [playlist_refresh_sensor, listening_sensor, automation_sensor]
