"""Spotify's two kinds of files, with what each year wrote otherwise."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets_tests.sources.listening_files.written import (
    EVENING,
    SECOND,
    SECRETS,
    TRACK,
    account,
    extended,
    play_of,
    plays_of,
)


def test_a_row_tells_the_end_the_names_and_the_track() -> None:
    row = play_of([extended()])
    assert row["reported_at"] == EVENING
    assert row["reported_means"] == "end"
    assert (row["track_name"], row["artist_name"]) == ("Heaven", "Mitski")
    assert row["album_name"] == "The Land"
    assert row["spotify_track_id"] == TRACK.rpartition(":")[2]
    assert row["ms_played"] == 200_000
    assert row["offline_at"] is None


def test_nothing_of_the_listener_is_read() -> None:
    told = str(plays_of([extended()]).rows.to_dicts())
    assert not [secret for secret in SECRETS.values() if secret in told]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (None, None),
        (0, None),
        (SECOND, EVENING),
        (SECOND * 1000, EVENING),
        (SECOND * 1000 + 250, EVENING + timedelta(milliseconds=250)),
        (-1, None),
        (10**15, None),
        (10**30, None),
    ],
)
def test_the_time_without_a_connection_is_in_seconds_or_milliseconds_or_none(
    written: int | None, meant: datetime | None
) -> None:
    assert play_of([extended(offline_timestamp=written)])["offline_at"] == meant


def test_the_rows_of_2021_wrote_numbers_as_text() -> None:
    row = play_of([extended(ts="2021-09-05 12:34:56 UTC", ms_played="200000")])
    assert row["reported_at"] == datetime(2021, 9, 5, 12, 34, 56, tzinfo=UTC)
    assert row["ms_played"] == 200_000


@pytest.mark.parametrize("told", ["True", 1, "1", "yes", 1.0, {"since": 5}], ids=str)
def test_whatever_may_be_a_private_session_is_one(told: object) -> None:
    assert plays_of([extended(), extended(incognito_mode=told)]).incognito == 1


@pytest.mark.parametrize("told", [None, False, "false", "False", 0, "0", ""], ids=repr)
def test_what_is_said_not_to_be_private_is_kept(told: object) -> None:
    assert len(plays_of([extended(incognito_mode=told), extended()]).rows) == 2


def test_a_row_that_another_program_has_saved_again_is_read() -> None:
    rows = [
        extended(ms_played=200_000.0),
        extended(ts="2023-03-19T18:31:37+00:00"),
        extended(ts="2023-03-19T13:31:37.000-05:00"),
    ]
    plays = plays_of(rows).rows
    assert plays["reported_at"].to_list() == [EVENING] * 3
    assert plays["ms_played"].to_list() == [200_000] * 3


def test_a_file_that_knows_no_ids_at_all_keeps_its_songs_by_name() -> None:
    rows = [extended(), extended(master_metadata_track_name="Other")]
    for row in rows:
        del row["spotify_track_uri"]
    plays = plays_of(rows)
    assert plays.rows["track_name"].to_list() == ["Heaven", "Other"]
    assert plays.rows["spotify_track_id"].to_list() == [None, None]


@pytest.mark.parametrize(
    "told",
    [
        {
            "master_metadata_track_name": None,
            "master_metadata_album_artist_name": None,
            "spotify_track_uri": None,
            "episode_name": "An episode",
            "spotify_episode_uri": "spotify:episode:1",
        },
        {"spotify_track_uri": None, "master_metadata_track_name": None, "audiobook_uri": "x"},
        {"spotify_track_uri": "spotify:local:Mitski::Heaven:200"},
        {"spotify_track_uri": None},
        {"master_metadata_track_name": "  "},
    ],
    ids=["podcast", "audiobook", "local", "no id among ids", "blank"],
)
def test_what_is_no_song_of_spotifys_is_counted_as_such(told: dict[str, object]) -> None:
    plays = plays_of([extended(), extended(**told)])
    assert (plays.read, plays.not_music, len(plays.rows)) == (2, 1, 1)


def test_private_sessions_and_short_plays_are_counted_and_dropped() -> None:
    plays = plays_of(
        [extended(incognito_mode=True), extended(ms_played=29_999), extended(ms_played=30_000)]
    )
    assert (plays.incognito, plays.too_short, len(plays.rows)) == (1, 1, 1)


@pytest.mark.parametrize(
    "told",
    [
        {"ts": "1970-01-01T00:00:00Z"},
        {"ts": "2031-01-01T00:00:00Z"},
        {"ts": "yesterday"},
        {"ts": None},
        {"ts": 5},
        {"ms_played": -1},
        {"ms_played": None},
        {"ms_played": 10**40},
        {"ms_played": 10**400},
        {"ms_played": float("nan")},
        {"ms_played": float("inf")},
        {"ms_played": 86_400_001},
        {"ms_played": {"a": 1}},
    ],
    ids=str,
)
def test_an_impossible_row_costs_itself_and_is_told_by_its_number(told: dict[str, object]) -> None:
    plays = plays_of([extended(), extended(**told), extended()])
    assert plays.bad_rows == (2,)
    assert len(plays.rows) == 2


def test_what_is_no_row_at_all_is_told_by_its_number() -> None:
    assert plays_of([extended(), 7, None, extended(), "x"]).bad_rows == (2, 3, 5)


def test_a_file_that_breaks_off_keeps_what_came_before() -> None:
    whole = json.dumps([extended(), extended(), extended()])
    plays = plays_of(whole[: len(whole) * 5 // 6])
    assert (len(plays.rows), plays.bad_rows) == (2, (3,))


def test_a_broken_row_costs_itself() -> None:
    text = json.dumps([extended(), extended(reason_end="here"), extended()])
    plays = plays_of(text.replace('"here"', 'nonsense "'))
    assert (len(plays.rows), plays.bad_rows) == (2, (2,))


def test_half_of_a_letter_is_no_reason_to_lose_a_file() -> None:
    text = json.dumps([extended(), extended(master_metadata_track_name="HALF")])
    plays = plays_of(text.replace("HALF", r"\ud83d"))
    assert len(plays.rows) == 2


@pytest.mark.parametrize("title", ["Für Élise", "Heaven"])
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"],
)
def test_a_file_that_was_opened_and_saved_is_read_in_any_encoding(
    encoding: str, title: str
) -> None:
    text = json.dumps([extended(master_metadata_track_name=title)], ensure_ascii=False)
    assert play_of(text.encode(encoding))["track_name"] == title


@pytest.mark.parametrize("begun", ['{"a":[{},', '{"a":"},{'])
def test_what_is_broken_from_beginning_to_end_takes_no_longer(begun: str) -> None:
    def seconds(breaks: int) -> float:
        text = json.dumps([extended()])[:-1] + "," + begun * breaks + "1," * 400_000
        began = time.process_time()
        assert len(plays_of(text).rows) == 1
        return time.process_time() - began

    assert seconds(300) < 20 * max(seconds(1), 0.05)


def test_the_account_data_tells_ends_to_the_minute_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    row = play_of([account()])
    assert row["reported_at"] == EVENING.replace(second=0)
    assert row["reported_means"] == "minute_end"


@pytest.mark.parametrize(
    "row",
    [
        account(artistName="Unknown Artist", trackName="Unknown Track"),
        {"endTime": "2023-03-19 18:31", "podcastName": "P", "episodeName": "E", "msPlayed": 99_999},
    ],
    ids=["nameless", "podcast"],
)
def test_the_account_data_has_podcasts_too(row: dict[str, object]) -> None:
    assert plays_of([account(), row]).not_music == 1


_VALUE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]),
    st.just({"a": [1]}),
)  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from(sorted(extended())), _VALUE), max_size=5))
def test_whatever_stands_in_a_row_each_is_accounted_for(rows: list[dict[str, object]]) -> None:
    told = [extended(**row) for row in rows]
    assert plays_of([extended(), *told]).read == 1 + len(told)
