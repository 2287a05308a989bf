"""Maloja's export."""

from __future__ import annotations

import json

import pytest

from showlist_assets_tests.sources.listening_files.written import (
    EVENING,
    maloja,
    maloja_row,
    play_of,
    plays_of,
)


def test_a_scrobble_tells_the_first_artist_and_how_long_it_was_heard() -> None:
    row = play_of(maloja(maloja_row()))
    assert (row["reported_at"], row["reported_means"]) == (EVENING, "unsure")
    assert (row["track_name"], row["artist_name"]) == ("Heaven", "Mitski")
    assert (row["ms_played"], row["duration_ms"]) == (200_000, 220_000)
    assert row["album_name"] == "The Land"


def test_a_short_one_counts_as_such_and_one_of_unknown_length_as_a_play() -> None:
    plays = plays_of(maloja(maloja_row(duration=29), maloja_row(duration=None)))
    assert (plays.too_short, len(plays.rows)) == (1, 1)


@pytest.mark.parametrize(
    "told",
    [{"time": None}, {"time": 10**30}, {"time": True}, {"time": 0}, {"track": {}}, {"track": 5}],
    ids=str,
)
def test_a_bad_one_costs_itself(told: dict[str, object]) -> None:
    plays = plays_of(maloja(maloja_row(), maloja_row(**told), 7))
    assert (plays.bad_rows, len(plays.rows)) == ((2, 3), 1)


def test_a_file_that_breaks_off_costs_what_is_missing() -> None:
    written = json.dumps(maloja(maloja_row(), maloja_row(), maloja_row()))
    plays = plays_of(written[:-30])
    assert (plays.bad_rows, len(plays.rows)) == ((3,), 2)


def test_broken_json_costs_one_scrobble_and_not_the_file() -> None:
    written = json.dumps({**maloja(maloja_row(), maloja_row(), maloja_row()), "user": "x"})
    plays = plays_of(written.replace('"length": 220', '"length": oops', 1))
    assert (plays.bad_rows, len(plays.rows)) == ((1,), 2)
