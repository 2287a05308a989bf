"""The checks of each table: blocking ones for schema and keys, warnings for what looks poor.

They run inside the asset's own step, on the frame in hand: a separate check on a partitioned asset
would load every partition. Dagster 1.13 holds no result per partition for a run of several
(``docs/adr``), so a check speaks for all states at once: it fails as long as any state's last
result fails, and its metadata names those states. Otherwise Vermont passing would hide New York.

What belongs here: Dagster's words for checks, and what each state's last result was. What does not:
what is expected of a table (``domain.tables.expectations``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dagster as dg
from dagster import AssetCheckSeverity
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from showlist_assets.domain.tables.expectations import EXPECTATIONS
from showlist_assets.domain.tables.registry import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from showlist_assets.domain.tables.measures import Numbers

SCHEMA: Final = "schema"
KEYS: Final = "keys"

_JUDGED: Final = "states_of_this_run"
_FAILING: Final = "failing_states"
# Private: Dagster 1.13 exports no name for a check's status, and its public methods read the newest
# evaluation only.
_EVALUATED: Final = {
    AssetCheckExecutionRecordStatus.SUCCEEDED,
    AssetCheckExecutionRecordStatus.FAILED,
}
# Each evaluation repeats what it knew of the other states. More than one is read because runs of
# different states overlap, and neither has seen the other's result; so many never run at once.
_EVALUATIONS_READ: Final = 12


def check_specs(table: str) -> list[dg.AssetCheckSpec]:
    """The specs of every check of ``table``, derived from its schema and its expectations."""
    key = ", ".join(TABLES[table].primary_key())
    return [
        dg.AssetCheckSpec(
            SCHEMA,
            asset=table,
            blocking=True,
            description="Columns and types are as declared, and most rows keep the rules. "
            "Otherwise nothing is written and the partitions stay as they were.",
        ),
        dg.AssetCheckSpec(
            KEYS,
            asset=table,
            blocking=True,
            description=f"No two rows of a state share a key ({key}). Otherwise nothing is "
            "written and the partitions stay as they were.",
        ),
        *(
            dg.AssetCheckSpec(expectation.name, asset=table, description=expectation.description)
            for expectation in EXPECTATIONS[table]
        ),
    ]


def blocking_results(
    instance: dg.DagsterInstance,
    table: str,
    states: Sequence[str],
    *,
    schema_faults: Mapping[str, str],
    key_faults: Mapping[str, str],
) -> list[dg.AssetCheckResult]:
    """The results of the checks that keep a table from being written.

    Args:
        instance: Remembers what was found of other states.
        table: Whose checks.
        states: Those of the run.
        schema_faults: By state, what is wrong with its rows.
        key_faults: By state, that rows share a key.
    """
    return [
        _result(instance, table, name, states, faults, AssetCheckSeverity.ERROR)
        for name, faults in ((SCHEMA, schema_faults), (KEYS, key_faults))
    ]


def expectation_results(
    instance: dg.DagsterInstance, table: str, numbers: Mapping[str, Numbers]
) -> list[dg.AssetCheckResult]:
    """Warnings for the states that fall short.

    Args:
        instance: Remembers what was found of other states.
        table: Whose checks.
        numbers: By state of the run, what was measured.
    """
    return [
        _result(
            instance,
            table,
            expectation.name,
            list(numbers),
            expectation.shortfalls(numbers),
            AssetCheckSeverity.WARN,
        )
        for expectation in EXPECTATIONS[table]
    ]


def _result(
    instance: dg.DagsterInstance,
    table: str,
    name: str,
    states: Sequence[str],
    failing_here: Mapping[str, Any],
    severity: AssetCheckSeverity,
) -> dg.AssetCheckResult:
    earlier = failing_states(_evaluations(instance, table, name))
    elsewhere = {state: value for state, value in earlier.items() if state not in states}
    failing = {**failing_here, **elsewhere}
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=table,
        passed=not failing,
        # What another run found must be seen, but must not stop the states of this one.
        severity=severity if failing_here else AssetCheckSeverity.WARN,
        description=_in_words(failing_here, elsewhere),
        # In metadata, because an evaluation of a run of several partitions names none of them.
        metadata={
            # The only number, for the page to plot.
            "states_that_fail": len(failing),
            _JUDGED: dg.MetadataValue.json(list(states)),
            _FAILING: dg.MetadataValue.json(failing),
        },
    )


def _in_words(here: Mapping[str, Any], elsewhere: Mapping[str, Any]) -> str | None:
    """Which states fail; those of other runs apart, which this run cannot have mended."""
    parts = []
    if here:
        parts.append(f"Fails in {_listed(here)}.")
    if elsewhere:
        parts.append(f"Failed when last run: {_listed(elsewhere)}.")
    return " ".join(parts) or None


def _listed(failing: Mapping[str, Any]) -> str:
    return ", ".join(f"{state} ({value})" for state, value in failing.items())


def failing_states(
    evaluations: Iterable[tuple[Sequence[str], Mapping[str, Any]]],
) -> dict[str, Any]:
    """The states whose last result failed, each with what was found.

    Args:
        evaluations: The newest ones of a check, oldest first: the states that it judged, and every
            state that failed as far as it knew.
    """
    failing: dict[str, Any] = {}
    for number, (judged, known) in enumerate(evaluations):
        if number == 0:
            failing = dict(known)
            continue
        failing = {state: value for state, value in failing.items() if state not in judged}
        failing |= {state: known[state] for state in judged if state in known}
    return failing


def _evaluations(
    instance: dg.DagsterInstance, table: str, name: str
) -> list[tuple[Sequence[str], Mapping[str, Any]]]:
    records = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(dg.AssetKey(table), name), limit=_EVALUATIONS_READ, status=_EVALUATED
    )
    found: list[tuple[Sequence[str], Mapping[str, Any]]] = []
    for record in reversed(records):
        event = record.event.dagster_event if record.event else None
        metadata = event.asset_check_evaluation_data.metadata if event else {}
        if _JUDGED in metadata and _FAILING in metadata:
            judged, failing = metadata[_JUDGED].value, metadata[_FAILING].value
            found.append((list(judged), dict(failing)))  # type: ignore[arg-type]
    return found
