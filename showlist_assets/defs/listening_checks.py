"""The checks of what listeners play and may like: counts, and no name of anybody played."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import dagster as dg
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from showlist_assets.domain.listening.accounting import Accounting

_MOST_OVERLAP: Final = timedelta(seconds=60)
_ROUNDED: Final = 5_000
_MOST_NOT_FOUND: Final = 0.2
_LEAST_SCORED: Final = 0.1

LISTENS_CHECKS: Final = [
    dg.AssetCheckSpec(
        "no_overlap",
        asset="listens",
        description="No two plays of a listener overlap by more than a minute.",
    ),
    dg.AssetCheckSpec(
        "none_in_the_future", asset="listens", description="Every play is over by now."
    ),
    dg.AssetCheckSpec(
        "not_longer_than_the_song",
        asset="listens",
        description="Nobody heard more of a song than there is, but for five seconds.",
    ),
    dg.AssetCheckSpec(
        "most_songs_found",
        asset="listens",
        description="Of all that was told, at most a fifth ended as not found.",
    ),
]
SHOW_TASTE_CHECKS: Final = [
    dg.AssetCheckSpec(
        "coverage",
        asset="show_taste",
        description="Of the performers of upcoming shows, at least a tenth could be scored.",
    )
]


def listens_results(
    listens: pl.DataFrame, ended: Accounting, now: datetime
) -> list[dg.AssetCheckResult]:
    """What the checks of ``Listens`` say."""
    in_order = listens.sort("started_at", "ended_at")
    before = pl.col("ended_at").cum_max().shift(1)
    overlapping = in_order.filter(
        # The first has none before it; the smaller of nothing and an end would be the end.
        before.is_not_null(),
        pl.min_horizontal(before, "ended_at") - pl.col("started_at") > _MOST_OVERLAP,
    ).height
    future = listens.filter(pl.col("ended_at") > now).height
    too_long = listens.filter(pl.col("ms_played") > pl.col("duration_ms") + _ROUNDED).height
    share = ended.share("not found")
    return [
        _warning("listens", "no_overlap", overlapping == 0, plays=overlapping),
        _warning("listens", "none_in_the_future", future == 0, plays=future),
        _warning("listens", "not_longer_than_the_song", too_long == 0, plays=too_long),
        _warning("listens", "most_songs_found", share <= _MOST_NOT_FOUND, not_found_share=share),
    ]


def show_taste_results(by_basis: Mapping[str, int]) -> list[dg.AssetCheckResult]:
    """What the checks of ``ShowTaste`` say of the numbers of performers by basis."""
    performers = sum(by_basis.values())
    scored = performers - by_basis.get("none", 0)
    share = scored / performers if performers else 1.0
    return [_warning("show_taste", "coverage", share >= _LEAST_SCORED, scored_share=share)]


def _warning(asset: str, check: str, passed: bool, **told: float) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey(asset),
        check_name=check,
        passed=bool(passed),
        severity=dg.AssetCheckSeverity.WARN,
        metadata=dict(told),
    )
