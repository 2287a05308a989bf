"""Days and evenings of a listener, who lives in one time zone; elsewhere instants stay UTC."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from showlist_assets.errors import ShowlistError

EVENING_BEGINS: Final = 18
_UTC: Final = pl.Datetime("us", "UTC")


class ZoneError(ShowlistError):
    """No such time zone is known; the message says how zones are written."""


def zone_of(name: str) -> ZoneInfo:
    """The zone called ``name``.

    Raises:
        ZoneError: there is none.
    """
    try:
        # Files of the system that are no zones ("localtime") are none of Polars'.
        pl.select(pl.lit(0).cast(_UTC).dt.convert_time_zone(name))
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, pl.exceptions.ComputeError):
        raise ZoneError(
            f"{name!r} is no time zone: write it as America/New_York (the IANA names)."
        ) from None


def with_days(listens: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    """``listens`` with ``local_date`` and ``is_evening``, by the clock of ``zone``."""
    local = pl.col("started_at").dt.convert_time_zone(zone.key)
    # What is played after midnight belongs to the evening before.
    evening = (local.dt.hour() >= EVENING_BEGINS) | (local.dt.hour() < 4)
    return listens.with_columns(local_date=local.dt.date(), is_evening=evening)
