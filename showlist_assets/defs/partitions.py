"""The partitions: one per state, heaviest first, and one per recipe of a playlist.

What does not belong here: the states themselves (``domain.states``). There is no dimension of
time: a week is not a partition but a run, or the graph would grow by 2,652 partitions a year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import dagster as dg

from showlist_assets.domain.states import STATE_CODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

states_partitions = dg.StaticPartitionsDefinition(STATE_CODES)
"""Of the US, as assets are declared; ``definitions`` gives them those of the settings' countries.

Functions below take the partitions of one Showlist as ``among``.
"""

# Dynamic: recipes are files of the operator, and change without a new deployment.
recipes_partitions = dg.DynamicPartitionsDefinition(name="recipes")
"""One per recipe; the sensor and the command line keep them in step with the folder."""

listeners_partitions = dg.DynamicPartitionsDefinition(name="listeners")
"""One per listener of whom anything is kept; the sensor keeps them in step."""


def state_ranges(states_per_run: int, *, among: Sequence[str]) -> list[tuple[str, str]]:
    """First and last state of each run: contiguous ranges, which is what Dagster can express."""
    return [
        (chunk[0], chunk[-1])
        for start in range(0, len(among), states_per_run)
        if (chunk := among[start : start + states_per_run])
    ]


def ranges_covering(
    states: Iterable[str], *, at_most: int | None = None, among: Sequence[str]
) -> list[tuple[str, str]]:
    """The fewest contiguous ranges that cover ``states`` and nothing else, heaviest first.

    None has more than ``at_most`` states. Raises ValueError where one is none of ``among``.
    """
    indices = sorted(among.index(state) for state in set(states))
    longest = at_most or len(among)
    ranges: list[tuple[int, int]] = []
    for index in indices:
        if ranges and ranges[-1][1] == index - 1 and index - ranges[-1][0] < longest:
            ranges[-1] = (ranges[-1][0], index)
        else:
            ranges.append((index, index))
    return [(among[first], among[last]) for first, last in ranges]


def states_between(first: str, last: str, *, among: Sequence[str]) -> list[str]:
    """The states of a range, both ends included."""
    return list(among[among.index(first) : among.index(last) + 1])


def runs_around(
    wanted: Iterable[str],
    materialized: Iterable[str],
    states_per_run: int,
    *,
    among: Sequence[str],
) -> list[list[str]]:
    """The states of each run that together cover ``wanted`` in as few runs as can be.

    A run is a stretch of neighbours; states in between are taken along if they are among the
    ``materialized`` ones, because a state that was never asked for must not come into being.
    """
    asked, known = set(wanted), set(materialized)
    stretches: list[list[str]] = [[]]
    for state in among:
        full = len(stretches[-1]) == states_per_run
        if state not in known or full:
            stretches.append([])
        if state in known:
            stretches[-1].append(state)
    return [_trimmed(stretch, asked) for stretch in stretches if asked & set(stretch)]


def _trimmed(stretch: list[str], wanted: set[str]) -> list[str]:
    """``stretch`` without the states at its ends that nobody wants."""
    indices = [index for index, state in enumerate(stretch) if state in wanted]
    return stretch[indices[0] : indices[-1] + 1]


# The names are Dagster's own, without a public constant (test_upstream_facts.py).
_RANGE_START: Final = "dagster/asset_partition_range_start"
_RANGE_END: Final = "dagster/asset_partition_range_end"


def range_tags(first: str, last: str) -> dict[str, str]:
    """Tags that make one run cover the states from ``first`` to ``last``."""
    return {_RANGE_START: first, _RANGE_END: last}


def states_of(tags: Mapping[str, str], *, among: Sequence[str]) -> list[str]:
    """The states that a run with ``tags`` covers; none where they name none."""
    if _RANGE_START not in tags:
        return []
    return states_between(tags[_RANGE_START], tags[_RANGE_END], among=among)
