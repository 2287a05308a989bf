"""Calls and wall time of looking performers up, beside the reference method (``call_economy``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets_tests.benchmarks.call_economy import (
    Bench,
    our_development_passes,
    our_pass,
    reference_pass,
    sandbox,
)
from showlist_assets_tests.benchmarks.suite.figures import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from showlist_assets_tests.benchmarks.call_economy_figures import Limits, Pass
    from showlist_assets_tests.benchmarks.suite.sizes import Size


def measure(size: Size, folder: Path) -> Mapping[str, Reading]:
    """Our passes, under the limits; what the reference costs is another part."""
    bench = _bench(size, folder)
    with sandbox(bench, "extended") as served:
        extended = our_pass(bench, served, "ours")
    first, again, newcomers = our_development_passes(bench)
    found = our_readings(extended, first, again, newcomers, size.limits)
    # Only the long form has the reference's pace to lay beside it.
    return found | ({"wall_reference": Reading(extended.seconds)} if size.reference_rows else {})


def measure_reference(size: Size, folder: Path) -> Mapping[str, Reading]:
    """The reference's calls for every row without limits; its pace under them in the long form."""
    found = reference_pass(_bench(size, folder), paging=True)
    return {
        "calls_extended": Reading(reference=found.per_performer),
        "calls_development": Reading(reference=found.per_performer),
        "wall_reference": Reading(reference=found.seconds or None),
    }


def our_readings(
    extended: Pass, first: Pass, again: Pass, newcomers: Pass, limits: Limits
) -> dict[str, Reading]:
    """The figures of our four passes."""
    batches = sum(one.feature_calls for one in (extended, first, newcomers))
    features = sum(one.reccobeats for one in (extended, first, newcomers))
    return {
        "calls_extended": Reading(extended.per_performer),
        "calls_development": Reading(first.per_new),
        "calls_newcomers": Reading(newcomers.per_new, first.per_new),
        "calls_nothing_new": Reading(_asked(again), _asked(first)),
        "calls_features": Reading(features, batches),
        "wall_extended": Reading(extended.seconds, limits.seconds(extended.spotify)),
        "wall_development": Reading(first.seconds, limits.seconds(first.spotify)),
        "wall_nothing_new": Reading(again.seconds, first.seconds),
    }


def _asked(one: Pass) -> int:
    return one.spotify + one.refused + one.reccobeats


def _bench(size: Size, folder: Path) -> Bench:
    bench = Bench(folder, size.states, size.limits, size.reference_rows)
    bench.write_world(size.performers)
    return bench
