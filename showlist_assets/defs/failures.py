"""How a foreseen failure reaches Dagster: in its own words, without a stack, and with a verdict.

A run's retry policy would try again whatever is raised; trying again cannot mend a wrong key, a
full disk or a corrupt file, so such a failure says that it wants no retry.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def as_dagster_failure() -> Iterator[None]:
    """Turn a foreseen failure into a ``dagster.Failure`` with the same words."""
    try:
        yield
    except ShowlistError as failure:
        raise dg.Failure(str(failure), allow_retries=failure.retryable) from None
