"""Days and evenings are those of the listener."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from showlist_assets.domain.listening.days import ZoneError, with_days, zone_of


def _days(zone: str, *starts: datetime) -> list[tuple[date, bool]]:
    listens = pl.DataFrame({"started_at": starts}, schema={"started_at": pl.Datetime("us", "UTC")})
    local = with_days(listens, zone_of(zone))
    return list(local.select("local_date", "is_evening").iter_rows())


def test_an_evening_in_new_york_is_the_next_day_in_utc() -> None:
    at = datetime(2026, 3, 8, 1, 30, tzinfo=UTC)
    assert _days("America/New_York", at) == [(date(2026, 3, 7), True)]
    assert _days("UTC", at)[0][0] == date(2026, 3, 8)


def test_the_hour_that_is_there_twice_is_two_plays_of_one_day() -> None:
    first, second = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6))
    assert _days("America/New_York", first, second) == [(date(2026, 11, 1), True)] * 2


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "EST5EDT4,M3", "localtime"])
def test_no_zone_is_told_in_a_sentence(name: str) -> None:
    with pytest.raises(ZoneError, match="America/New_York"):
        zone_of(name)
