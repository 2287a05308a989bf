"""How a foreseen failure reaches Dagster: in its own words, without a stack, and with a verdict.

Trying again cannot mend a wrong key, a full disk or a corrupt file, so such a failure wants no
retry. What may pass by itself is tried again as often as the settings say. The settings of this
very platform, so it is no ``RetryPolicy``: that one is fixed when the asset is defined, for every
platform of the process.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

from showlist_assets.defs.contexts import attempts_before
from showlist_assets.defs.plain_text import plain_text
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def as_dagster_failure() -> Iterator[None]:
    """Turn a foreseen failure into a ``dagster.Failure`` with the same words."""
    try:
        yield
    except ShowlistError as failure:
        # Dagster prints every cause with its stack: a foreseen failure is to be told in its words.
        raise dg.Failure(plain_text(str(failure)), allow_retries=failure.retryable) from None


@contextmanager
def tried_again(context: dg.AssetExecutionContext, *, times: int, after: float) -> Iterator[None]:
    """Tell a foreseen failure in its words, and have the step tried again where that makes sense.

    Args:
        context: Of the step.
        times: How often.
        after: Seconds before the first of these attempts; each further wait doubles.

    Raises:
        dg.Failure: trying again mends nothing.
        dg.RetryRequested: it may; the cause is the failure, which is told when tries are used up.
    """
    try:
        with as_dagster_failure():
            yield
    except dg.Failure as failure:
        if not failure.allow_retries:
            raise
        raise dg.RetryRequested(times, _wait(context, after)) from failure
    except Exception as error:
        raise dg.RetryRequested(times, _wait(context, after)) from error


def why_step_failed(event: dg.DagsterEvent) -> str:
    """What the step of ``event`` said when it failed, without its stack; "" if nothing."""
    failure = event.step_failure_data
    told = failure.user_failure_data
    if told and told.description:
        return f"{event.step_key}: {told.description}"
    error = failure.error
    while error and error.cause:
        error = error.cause
    return f"{event.step_key}: {error.message.strip()}" if error else ""


def _wait(context: dg.AssetExecutionContext, after: float) -> float:
    doubled: float = after * 2.0 ** attempts_before(context)
    return doubled
