"""The checks of each table: blocking ones for schema and keys, warnings for what looks poor.

They run inside the asset's own step, on the frame in hand: a separate check on a partitioned asset
would load every partition (``docs/architecture.md``). One evaluation speaks for all states of the
run; its metadata names the states that fall short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import dagster as dg

from showlist_assets.domain.tables.schemas import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from showlist_assets.domain.tables.measures import Numbers

SCHEMA: Final = "schema"
KEYS: Final = "keys"

# A few odd rows are the source's daily untidiness; most of a state's rows at once mean that the
# source changed its format, and then yesterday's table is worth more than today's remnant.
_MOST_ROWS: Final = 0.5
_FEW_ROWS: Final = 10


@dataclass(frozen=True)
class Expectation:
    """A measure that should stay within bounds in every state; a warning where it does not."""

    name: str
    measure: str
    description: str
    at_least: float | None = None
    at_most: float | None = None

    def holds(self, numbers: Numbers) -> bool:
        """Whether a state's numbers are as expected."""
        value = numbers[self.measure]
        return not (
            (self.at_least is not None and value < self.at_least)
            or (self.at_most is not None and value > self.at_most)
        )


def _any(name: str, measure: str, description: str) -> Expectation:
    return Expectation(name, measure, description, at_least=1)


EXPECTATIONS: Final[dict[str, tuple[Expectation, ...]]] = {
    "raw_events": (
        _any("has_events", "events", "The state has at least one upcoming event."),
        Expectation(
            "source_answered",
            "stale",
            "The event source answered for the state; otherwise its last good events are kept.",
            at_most=0,
        ),
    ),
    "expanded_artists": (
        _any("has_performers", "performers", "The state has at least one performer."),
    ),
    "matched_artists": (
        Expectation(
            "match_rate",
            "match_rate",
            "At least half of the performers that were looked up are on Spotify.",
            at_least=0.5,
        ),
        Expectation(
            "few_pending",
            "share_pending",
            "At most a tenth of the performers still wait for free Spotify calls.",
            at_most=0.1,
        ),
        Expectation(
            "overrides_are_known",
            "unknown_overrides",
            "Spotify knows every artist that overrides.yaml names.",
            at_most=0,
        ),
    ),
    "top_tracks": (_any("has_tracks", "tracks", "The state has at least one track."),),
    "audio_features": (
        Expectation(
            "feature_coverage",
            "feature_coverage",
            "Audio features are known for at least half of the tracks.",
            at_least=0.5,
        ),
    ),
    "upcoming_shows": (
        _any("has_shows", "shows", "The state has at least one future show with a track."),
    ),
}


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


def most_rows_hold(good: int, rejected: int) -> bool:
    """Whether a state's table is fit to replace the last one."""
    return rejected < _FEW_ROWS or rejected <= _MOST_ROWS * (good + rejected)


def blocking_result(table: str, name: str, faults: Mapping[str, str]) -> dg.AssetCheckResult:
    """The result of a blocking check; ``faults`` says per state what is wrong."""
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=table,
        passed=not faults,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"faults": dict(faults)} if faults else {},
    )


def expectation_results(table: str, numbers: Mapping[str, Numbers]) -> list[dg.AssetCheckResult]:
    """Warnings for the states whose ``numbers`` fall short."""
    results = []
    for expectation in EXPECTATIONS[table]:
        short = {
            state: values[expectation.measure]
            for state, values in numbers.items()
            if not expectation.holds(values)
        }
        results.append(
            dg.AssetCheckResult(
                check_name=expectation.name,
                asset_key=table,
                passed=not short,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={
                    "states_checked": len(numbers),
                    "states_short": len(short),
                    **({expectation.measure: short} if short else {}),
                },
            )
        )
    return results
