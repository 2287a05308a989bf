"""What the doctor says of Dagster's instance: would it run a production, unattended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.cli.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from showlist_assets.defs.instance_facts import InstanceFacts
    from showlist_assets.wiring import Platform

_LONGEST_DEATH: Final = 1800
_PASSWORD_KEYS: Final = re.compile(
    r"password|passwd|secret|token|api_key|private_key", re.IGNORECASE
)
_PASSWORD_IN_URL: Final = re.compile(r"://[^/@:\s]*:[^/@\s]+@")
# Shorter ones stand in any text.
_LONG_ENOUGH: Final = 8


def instance_findings(platform: Platform, home: Path) -> Iterator[Finding]:
    """Everything about the instance of the Dagster ``home``."""
    from showlist_assets.definitions import build_definitions
    from showlist_assets.defs.instance_facts import (
        UnusableInstanceError,
        configuration,
        instance_facts,
    )

    try:
        yield _passwords(platform, home, configuration(home))
        facts = instance_facts(home, build_definitions(platform=platform))
    except UnusableInstanceError as error:
        yield Finding("Dagster", "broken", f"{error} {_OPENED_BY}")
        return
    yield from facts_judged(facts)


def facts_judged(facts: InstanceFacts) -> Iterator[Finding]:
    """What ``facts`` mean for an installation that nobody watches."""
    yield _tables(facts.outdated)
    yield _pools(facts)
    yield _dead_workers(facts)
    yield _retries(facts)
    yield from _daemons(facts)


_OPENED_BY: Final = (
    "DAGSTER_HOME must name the folder of dagster.yaml, whatever that refers to by `env:` must be "
    "set, and its database must answer."
)


def upgrade_findings(home: Path) -> Iterator[Finding]:
    """Whether an upgrade of the Dagster ``home`` was left half done; nothing where it was not."""
    from showlist_assets.defs.instance_facts import (
        CONFIGURATION,
        UnusableInstanceError,
        outdated_storage,
    )

    if not (home / CONFIGURATION).is_file():
        return
    try:
        if outdated := outdated_storage(home):
            yield _tables(outdated)
    except UnusableInstanceError as error:
        yield Finding("Dagster", "broken", f"{error} {_OPENED_BY}")


def _tables(outdated: Collection[str]) -> Finding:
    if not outdated:
        return Finding("Dagster's tables", "ok", "are as this version makes them.")
    return Finding(
        "Dagster's tables",
        "broken",
        f"those of {', '.join(outdated)} are of another version of Dagster. Stop its processes, "
        "run `showlist migrate`, and start them again. (Where Dagster was downgraded, go back to "
        "the later one, or bring its database back as it was.)",
    )


def _pools(facts: InstanceFacts) -> Finding:
    missing = sorted(facts.pools - facts.limited_pools)
    if not missing:
        return Finding("Pools", "ok", f"{', '.join(sorted(facts.pools))} have a limit each.")
    if not facts.is_postgres:
        words = "the default limit of dagster.yaml holds, which suffices on SQLite."
        return Finding("Pools", "ok", words)
    commands = "; ".join(f"dagster instance concurrency set {pool} 1" for pool in missing)
    return Finding(
        "Pools",
        "broken",
        f"{', '.join(missing)} have no limit of their own. On Postgres the first two runs that "
        "want a pool at once write its default limit both, and one of them fails "
        f"(dagster-io/dagster#33552). Once, before the first run: showlist migrate; or {commands}",
    )


def _dead_workers(facts: InstanceFacts) -> Finding:
    if not facts.monitors:
        return Finding(
            "Run monitoring",
            "broken",
            "is off, so a run whose machine died stays started for ever and keeps its pools. In "
            "dagster.yaml: run_monitoring: {enabled: true, max_runtime_seconds: "
            f"{_LONGEST_DEATH}}}",
        )
    if facts.sees_dead_workers:
        return Finding("Run monitoring", "ok", f"{facts.launcher} is asked about each run.")
    if 0 < facts.max_runtime <= _LONGEST_DEATH:
        words = f"a run ends after {facts.max_runtime} seconds, also one whose worker died."
        return Finding("Run monitoring", "ok", words)
    lasts = f"{facts.max_runtime} seconds" if facts.max_runtime else "for ever"
    return Finding(
        "Run monitoring",
        "broken",
        f"{facts.launcher} does not tell when the worker of a run was killed with its machine: the "
        f"run stays started {lasts} and keeps its pools. In dagster.yaml: run_monitoring: "
        f"{{max_runtime_seconds: {_LONGEST_DEATH}}}",
    )


def _retries(facts: InstanceFacts) -> Finding:
    if facts.retries:
        times = "once" if facts.retries == 1 else f"{facts.retries} times"
        return Finding("Run retries", "ok", f"a crashed run is started again, {times}.")
    return Finding(
        "Run retries",
        "broken",
        "are off, so the states of a crashed run wait for the next schedule. In dagster.yaml: "
        "run_retries: {enabled: true, max_retries: 1, retry_on_asset_or_op_failure: false}",
    )


def _daemons(facts: InstanceFacts) -> Iterator[Finding]:
    if not facts.has_daemon:
        yield Finding(
            "Daemon",
            "missing",
            "no daemon has ever run here, so no schedule and no sensor does: run `dagster-daemon "
            "run`, or have a scheduler run `showlist tick`, which needs neither.",
        )
        return
    if facts.late_daemons:
        yield Finding(
            "Daemon",
            "broken",
            f"nothing was heard lately of {', '.join(facts.late_daemons)}, so runs are not started "
            "or not watched. Start `dagster-daemon run` again, and have what runs it do so.",
        )
    else:
        yield Finding("Daemon", "ok", "all its parts were heard of lately.")
    if facts.stopped:
        starts = "`dagster schedule start NAME`, `dagster sensor start NAME`"
        yield Finding(
            "Schedules and sensors",
            "missing",
            f"{', '.join(facts.stopped)} are stopped, so what they do is not done. Start them in "
            f"the UI, or by {starts} (-w workspace.yaml).",
        )
    else:
        yield Finding("Schedules and sensors", "ok", "all are started.")


def _passwords(platform: Platform, home: Path, said: Mapping[str, Any]) -> Finding:
    """Whether dagster.yaml holds what ``ps`` then shows of a code server (``--instance-ref``)."""
    found = sorted(set(_literals(said, "", _secrets(platform))))
    if not found:
        return Finding("dagster.yaml", "ok", "holds no password.")
    return Finding(
        "dagster.yaml",
        "broken",
        f"{home / 'dagster.yaml'} holds a password at {', '.join(found)}. Dagster hands the file "
        "to its processes as an argument, which `ps` shows to every user of the machine. Write "
        "{env: NAME} there, and set NAME.",
    )


def _secrets(platform: Platform) -> set[str]:
    from showlist_assets.settings import secret_names, setting_names

    fields = setting_names()
    values = (getattr(platform.settings, fields[name]) for name in secret_names())
    hidden = (value.get_secret_value() for value in values if hasattr(value, "get_secret_value"))
    return {value for value in hidden if len(value) >= _LONG_ENOUGH}


def _literals(said: object, path: str, secrets: set[str]) -> Iterator[str]:
    """Where, below ``path``, a password stands as such."""
    if isinstance(said, dict):
        for key, value in said.items():
            place = f"{path}.{key}" if path else str(key)
            if isinstance(value, str) and value and _PASSWORD_KEYS.search(str(key)):
                # Not what only says where it is, such as Kubernetes' secretName.
                if not str(key).lower().endswith(("name", "ref", "env")):
                    yield place
            elif key != "env":
                yield from _literals(value, place, secrets)
    elif isinstance(said, list):
        for number, value in enumerate(said):
            yield from _literals(value, f"{path}[{number}]", secrets)
    elif isinstance(said, str) and (
        _PASSWORD_IN_URL.search(said) or any(secret in said for secret in secrets)
    ):
        yield path
