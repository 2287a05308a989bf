"""Whether anything has become worse: by the ratios of two runs, whatever machines they were on."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from showlist_assets_tests.benchmarks.suite.figures import FIGURES, Reading
from showlist_assets_tests.benchmarks.suite.parts import Outcome
from showlist_assets_tests.benchmarks.suite.report import ratio_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class CannotCompareError(Exception):
    """There is no run of that name and size, or none that can be read."""


def regressions(now: Outcome, before: Outcome) -> list[str]:
    """What is worse than ``before``, a run of the same size, by more than chance explains.

    In words. A figure that only one of them has is no regression.
    """
    return list(_worse(now, before))


def _worse(now: Outcome, before: Outcome) -> Iterator[str]:
    for figure in FIGURES:
        ratio, earlier = (one.readings.get(figure.key, Reading()).ratio for one in (now, before))
        if ratio is None or earlier is None:
            continue
        allowed = earlier * (1 + figure.tolerance)
        if ratio > allowed:
            yield (
                f"{figure.name}: {ratio_in_words(ratio)} times the reference "
                f"({figure.reference}), {ratio_in_words(earlier)} before, at most "
                f"{ratio_in_words(allowed)} by chance"
            )


def as_json(outcome: Outcome) -> dict[str, Any]:
    """What ``--json`` writes; the ratios are for readers."""
    found = asdict(outcome)
    for key, reading in outcome.readings.items():
        found["readings"][key]["ratio"] = reading.ratio
    return found


def from_json(found: dict[str, Any]) -> Outcome:
    """What ``as_json`` gave."""
    readings = {
        key: Reading(one["measured"], one["reference"]) for key, one in found["readings"].items()
    }
    told = {name: found[name] for name in ("size", "failed", "seconds", "load")}
    return Outcome(readings=readings, **told)


def read_run(file: Path) -> Outcome:
    """The run that ``--json`` wrote into ``file``.

    Raises:
        FileNotFoundError: there is no such file.
        CannotCompareError: it holds no run.
    """
    try:
        return from_json(json.loads(file.read_text()))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise CannotCompareError(
            f"{file} holds no run ({type(error).__name__}); give a file that --json wrote."
        ) from None
