"""Lengths of time in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from showlist_assets.domain.playlists.durations import DurationError, duration


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30 min", timedelta(minutes=30)),
        ("3 h", timedelta(hours=3)),
        ("3h", timedelta(hours=3)),
        ("1 Hour", timedelta(hours=1)),
        ("2 days", timedelta(days=2)),
        ("1 week", timedelta(days=7)),
    ],
)
def test_a_length_of_time_is_read(text, length):
    assert duration(text) == length


@pytest.mark.parametrize("text", ["", "3", "h", "3 moons", "-3 h", "1.5 h", "0 min", "5 weeks"])
def test_what_is_none_is_refused_with_what_would_be_one(text):
    with pytest.raises(DurationError, match=r"write 30 min|out of range"):
        duration(text)
