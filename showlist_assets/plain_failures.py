"""How a foreseen failure reaches Dagster: in its own words, without a stack, and with a verdict.

A run's retry policy would try again whatever is raised; trying again cannot mend a wrong key, a
full disk or a corrupt file, so such a failure says that it wants no retry.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import dagster as dg

from showlist_assets.account_key import AccountError
from showlist_assets.cover import CoverError
from showlist_assets.domain.overrides import OverridesError
from showlist_assets.domain.recipes import RecipeError
from showlist_assets.playlist_push import PushError
from showlist_assets.settings import SettingsError
from showlist_assets.sources.call_store import CallStoreError
from showlist_assets.sources.failures import SourceError
from showlist_assets.tables import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator


# Trying again within minutes mends none of these.
_FINAL: Final = (
    AccountError,
    CallStoreError,
    CoverError,
    OverridesError,
    PushError,
    RecipeError,
    SettingsError,
    StorageError,
)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn a foreseen failure into a ``dagster.Failure`` with the same words."""
    try:
        yield
    except SourceError as failure:
        raise dg.Failure(str(failure), allow_retries=failure.retryable) from None
    except _FINAL as failure:
        raise dg.Failure(str(failure), allow_retries=False) from None
