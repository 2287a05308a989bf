"""The sensor that brings each listener's history and taste up to date. Off until it is wanted."""

# Dagster reads the annotation of a resource unevaluated, so annotations are not postponed here.
import json
from datetime import datetime, timedelta
from typing import Any, Final

import dagster as dg

from showlist_assets.defs.changes import Changes, EventLog
from showlist_assets.defs.jobs import refresh_taste, sync_listening
from showlist_assets.defs.partitions import listeners_partitions
from showlist_assets.errors import ShowlistError
from showlist_assets.wiring import Platform

_HALF_AN_HOUR: Final = 1800
_WEEK: Final = timedelta(days=7)
# Every look at what was played changes the plays.
_BETWEEN_RANKINGS: Final = timedelta(hours=6)


@dg.sensor(
    jobs=[sync_listening, refresh_taste],
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Asks the services that listeners have connected when they are due (ListenBrainz "
    "daily, Spotify's recently played tracks before fifty can have been played, top artists "
    "weekly), and ranks who plays soon when shows, plays or what a listener said have changed.",
)
def listening_sensor(
    context: dg.SensorEvaluationContext, platform: dg.ResourceParam[Platform]
) -> dg.SensorResult:
    """At most a run of each job per listener and half an hour; a tick only reads."""
    return due_for_listeners(context, platform, EventLog(context.instance))


def due_for_listeners(
    context: dg.SensorEvaluationContext, platform: Platform, changes: Changes
) -> dg.SensorResult:
    """What is due by ``changes``, whoever asks: the daemon or ``showlist tick``."""
    listeners = platform.listening.listeners()
    seen: dict[str, dict[str, str]] = json.loads(context.cursor) if context.cursor else {}
    # As text, and none as nothing: so it stands in cursors.
    shows, now = str(changes.newest_shows() or ""), platform.now()
    slot = int(now.timestamp()) // _HALF_AN_HOUR
    requests, now_seen = [], {}
    for account in listeners:
        before = seen.get(account, {})
        now_seen[account] = before
        try:
            if platform.listening_sync.due(account):
                requests.append(_run(sync_listening.name, account, slot))
            inputs = _inputs(platform, account, shows)
        except ShowlistError as failure:
            # One listener's broken file costs no other one.
            context.log.warning(str(failure))
            continue
        if _is_wanted(before, inputs, now):
            requests.append(_run(refresh_taste.name, account, slot))
            now_seen[account] = {**inputs, "at": now.isoformat()}
    return dg.SensorResult(
        run_requests=requests,
        skip_reason=None if requests else "Nothing is due for any listener.",
        cursor=json.dumps(now_seen),
        dynamic_partitions_requests=_in_step(
            listeners, context.instance.get_dynamic_partitions("listeners")
        ),
    )


def _inputs(platform: Platform, account: str, shows: str) -> dict[str, str]:
    """What a ranking is made of, as it is now."""
    version = platform.listening_store.version
    return {
        "shows": shows,
        "listens": version(account, "listens"),
        "top_artists": version(account, "top_artists"),
        "feedback": version(account, "taste_feedback"),
    }


def _is_wanted(before: dict[str, str], inputs: dict[str, str], now: datetime) -> bool:
    if not any(inputs[name] for name in ("listens", "top_artists", "feedback")):
        # Nothing is known of the listener.
        return False
    if "at" not in before:
        return True
    age = now - datetime.fromisoformat(before["at"])
    changed = {name for name, version in inputs.items() if before.get(name) != version}
    if changed & {"feedback"}:
        return True
    return age >= _WEEK or (bool(changed) and age >= _BETWEEN_RANKINGS)


def _run(job: str, account: str, slot: int) -> dg.RunRequest:
    # Evaluated twice, a tick starts nothing twice; what failed is tried again in the next slot.
    return dg.RunRequest(run_key=f"{job}:{account}:{slot}", partition_key=account, job_name=job)


def _in_step(listeners: list[str], known: Any) -> list[Any]:
    new, gone = sorted(set(listeners) - set(known)), sorted(set(known) - set(listeners))
    return [
        *([listeners_partitions.build_add_request(new)] if new else []),
        *([listeners_partitions.build_delete_request(gone)] if gone else []),
    ]
