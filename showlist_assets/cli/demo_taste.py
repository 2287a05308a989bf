"""What the demo tells of the listener's taste: who plays soon, and is closest to what they play.

What belongs here: reading it back from what the platform stored. What does not: how the runs are
started (``demo``), and how it is printed (``demo_page``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.cli.demo_listener import ACCOUNT, DISCOVERED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from showlist_assets.wiring import Platform

_SHOWS_TOLD: Final = 5
_NEW_TOLD: Final = 2


def taste_of(platform: Platform, states: list[str]) -> dict[str, Any]:
    """The shows of ``states`` that fit the listener best, with why; empty if nothing is known.

    ``closest`` are the best of all, ``new`` the best of those whom the listener does not play.

    Raises:
        AccountError, StorageError: something cannot be read.
    """
    from showlist_assets.domain.listening.days import zone_of

    fits = platform.tastes.show_taste(ACCOUNT)
    if fits is None:
        return {}
    played = platform.tastes.taste(ACCOUNT)
    by_name = {row["artist_name"]: row for row in played.iter_rows(named=True)}
    zone = zone_of(platform.listening_profiles.read(ACCOUNT).timezone or "UTC")
    ranked = _ranked(fits, platform.tables.read("upcoming_shows", states))
    closest = ranked.head(_SHOWS_TOLD)
    rest = ranked.join(closest.select("show_id"), on="show_id", how="anti", maintain_order="left")
    new = rest.filter(pl.col("basis") != "known").head(_NEW_TOLD)
    return {
        "plays": platform.listening.read(ACCOUNT, "listens").height,
        "artists": played.height,
        "by_basis": dict(fits.group_by("basis").len().sort("basis").iter_rows()),
        "closest": [_show(row, by_name, zone) for row in closest.iter_rows(named=True)],
        "new": [_show(row, by_name, zone) for row in new.iter_rows(named=True)],
    }


def why_discovered(platform: Platform) -> dict[str, str]:
    """The first song that was found for the listener, and why; empty if none was."""
    plan = platform.plans.read(DISCOVERED)
    if plan is None or not plan.tracks:
        return {}
    first = plan.tracks[0]
    why = first.taste.words if first.taste else first.why
    return {"song": f"{first.artist_name} - {first.track_name}", "why": why}


def _ranked(fits: pl.DataFrame, upcoming: pl.DataFrame) -> pl.DataFrame:
    """Each show once, by whoever on its bill fits best; each performer once, by the next show."""
    next_shows = (
        upcoming.filter(pl.col("local_date").is_not_null())
        .sort("local_date", "show_id", "row_number")
        .unique("performer_key", keep="first", maintain_order=True)
    )
    columns = ("show_id", "local_date", "venue_name", "venue_city", "state")
    return (
        fits.filter(pl.col("score").is_not_null(), pl.col("verdict") != "block")
        .join(next_shows.select("performer_key", *columns), on="performer_key")
        .sort("score", "local_date", "performer_key", descending=[True, False, False])
        .unique("show_id", keep="first", maintain_order=True)
    )


def _show(
    row: Mapping[str, Any], played: Mapping[str, Mapping[str, Any]], zone: ZoneInfo
) -> dict[str, Any]:
    from showlist_assets.domain.recommendations.explanations import explain

    return {
        "performer": row["performer_name"],
        "date": row["local_date"].isoformat(),
        "venue": row["venue_name"],
        "city": row["venue_city"],
        "state": row["state"],
        "score": row["score"],
        "basis": row["basis"],
        "why": explain(row, played=played, zone=zone),
    }
