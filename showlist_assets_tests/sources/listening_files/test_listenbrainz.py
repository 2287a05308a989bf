"""ListenBrainz' exports: a line or an element a listen, and what is said of songs."""

from __future__ import annotations

import json

import pytest

from showlist_assets.sources.listening_files.contents import Liked
from showlist_assets_tests.sources.listening_files.written import (
    EVENING,
    RECORDING,
    SECOND,
    listen,
    play_of,
    plays_of,
)


def lines(*values: object) -> str:
    return "".join(f"{json.dumps(value)}\n" for value in values)


@pytest.mark.parametrize("written", [lines(listen()), json.dumps([listen()])])
def test_a_listen_is_read_from_lines_and_from_an_array(written: str) -> None:
    row = play_of(written)
    assert (row["reported_at"], row["reported_means"]) == (EVENING, "start")
    assert (row["track_name"], row["artist_name"]) == ("Heaven", "Mitski")
    assert (row["recording_mbid"], row["duration_ms"]) == (RECORDING, 220_000)


def test_a_broken_line_costs_itself_and_is_told_by_its_number() -> None:
    text = f"\n{lines(listen())}\n{{broken\n{lines(listen(listened_at=5), listen())}"
    plays = plays_of(text)
    assert (plays.bad_rows, plays.counted) == ((4, 5), "line")
    assert len(plays.rows) == 2


def test_a_listen_of_tomorrow_is_none() -> None:
    plays = plays_of(lines(listen(), listen(listened_at=SECOND + 10**9)))
    assert plays.bad_rows == (2,)


def test_what_is_said_of_songs_is_no_play() -> None:
    said = {"recording_msid": "m", "recording_mbid": RECORDING, "created": SECOND}
    unknown = {"recording_msid": "m", "recording_mbid": None, "score": 1, "created": SECOND}
    plays = plays_of(lines({**said, "score": -1}, unknown, {**said, "score": 7}))
    assert plays.liked == (Liked(RECORDING, -1, SECOND), Liked(None, 1, SECOND))
    assert (len(plays.rows), plays.bad_rows) == (0, (3,))
