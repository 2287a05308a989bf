"""Reports become plays, each once, whoever told of them and in whatever order."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.listening.merging import merge_reports
from showlist_assets.domain.listening.reports import as_reports
from showlist_assets.domain.tables.listening.listen_reports import ListenReports
from showlist_assets.domain.tables.listening.listens import Listens
from showlist_assets_tests.domain.listening.told import (
    EVENING,
    LENGTH,
    exported,
    polled,
    report,
    scrobbled,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def _merged(*told: pl.DataFrame) -> pl.DataFrame:
    return Listens.validate(merge_reports(pl.concat(told)))


def test_nothing_told_is_nothing_played() -> None:
    assert merge_reports(ListenReports.create_empty()).is_empty()


def test_a_play_that_three_sources_tell_is_one_with_all_their_ids() -> None:
    listens = _merged(
        exported(EVENING + LENGTH),
        polled(EVENING + LENGTH + SECOND, context_uri="spotify:album:1", isrc="QZ1"),
        scrobbled(EVENING, recording_mbid="m1", artist_mbids=["am1"]),
    )
    (play,) = listens.iter_rows(named=True)
    assert (play["started_at"], play["ended_at"]) == (EVENING, EVENING + LENGTH)
    assert play["exact"] == "interval"
    assert play["identified_by"] == "id"
    assert (play["isrc"], play["recording_mbid"]) == ("QZ1", "m1")
    assert play["artist_mbids"] == ["am1"]
    assert (play["ms_played"], play["duration_ms"]) == (240_000, 240_000)
    assert play["sources"] == ["spotify_export", "spotify_poll", "listenbrainz"]


@pytest.mark.parametrize("late", [0, 1, 30, 60])
def test_a_row_that_the_file_repeats_within_a_minute_is_one_play(late: int) -> None:
    end = EVENING + LENGTH
    again = exported(end + late * SECOND).with_columns(occurrence=pl.lit(1, pl.Int32))
    assert len(_merged(exported(end), again)) == 1


@pytest.mark.parametrize("seconds", range(0, 60, 7))
def test_a_start_to_the_minute_is_of_the_play_that_began_in_it(seconds: int) -> None:
    starts = [EVENING + seconds * SECOND + number * LENGTH for number in range(3)]
    told = [report("lastfm", one.replace(second=0), "minute_start") for one in starts]
    assert len(_merged(*(exported(one + LENGTH) for one in starts), *told)) == 3
    assert len(_merged(*(scrobbled(one) for one in starts), *told)) == 3


@pytest.mark.parametrize("length", [31, 45, 60, 100])
def test_a_short_song_on_repeat_loses_no_play(length: int) -> None:
    ends = [EVENING + number * length * SECOND for number in range(20)]
    told = [exported(one, ms_played=length * 1000 + 400) for one in ends]
    scrobbles = [scrobbled(one - length * SECOND) for one in ends]
    assert len(_merged(*told)) == 20
    assert len(_merged(*told, *scrobbles)) == 20


@pytest.mark.parametrize("length", [45, 60, 100])
def test_nor_does_it_where_a_second_file_tells_minutes(length: int) -> None:
    ends = [EVENING + number * length * SECOND for number in range(20)]
    told = [exported(one, ms_played=length * 1000) for one in ends]
    rows = [
        {
            "reported_at": one.replace(second=0),
            "reported_means": "minute_end",
            "track_name": "Heaven",
            "artist_name": "Mitski",
            "ms_played": length * 1000,
        }
        for one in ends
    ]
    minutes = as_reports(rows, source="spotify_account", import_id="2", received_at=EVENING)
    assert len(_merged(*told, minutes)) == 20


def test_a_song_heard_twice_in_a_row_is_two_plays() -> None:
    first, second = EVENING + LENGTH, EVENING + 2 * LENGTH
    told = (
        exported(first), exported(second), polled(first), polled(second),
        scrobbled(EVENING), scrobbled(first),
    )  # fmt: skip
    assert _merged(*told)["started_at"].to_list() == [EVENING, first]


def test_a_look_that_tells_the_start_as_the_end_is_of_the_same_play() -> None:
    assert len(_merged(exported(EVENING + LENGTH), polled(EVENING))) == 1


def test_a_listen_told_at_its_end_is_of_the_same_play() -> None:
    assert len(_merged(exported(EVENING + LENGTH), scrobbled(EVENING + LENGTH))) == 1


def test_a_play_without_a_connection_is_when_it_was_heard_not_when_it_was_uploaded() -> None:
    heard, uploaded = EVENING + LENGTH, EVENING + timedelta(days=2)
    listens = _merged(
        exported(uploaded, offline_at=heard),
        scrobbled(EVENING),
        scrobbled(uploaded + LENGTH, track_name="Other"),
        scrobbled(EVENING - LENGTH, track_name="Other"),
    )
    assert listens.filter(track_name="Heaven")["ended_at"].to_list() == [heard]


def test_an_offline_time_that_is_the_start_is_understood() -> None:
    uploaded = EVENING + timedelta(days=2)
    told = (exported(uploaded, offline_at=EVENING), scrobbled(EVENING), polled(EVENING + LENGTH))
    other = scrobbled(EVENING - timedelta(hours=1), track_name="Other")
    assert len(_merged(*told, other).filter(track_name="Heaven")) == 1


def test_an_offline_time_within_the_play_changes_nothing() -> None:
    told = exported(EVENING + LENGTH, offline_at=EVENING)
    earlier = scrobbled(EVENING - timedelta(hours=1), track_name="Other")
    assert _merged(told, earlier)["started_at"].to_list()[-1] == EVENING


def test_an_offline_time_of_1970_is_nonsense() -> None:
    epoch = EVENING.replace(year=1970)
    assert _merged(exported(EVENING, offline_at=epoch))["ended_at"].to_list() == [EVENING]


def test_the_exact_end_counts_where_the_other_file_tells_minutes() -> None:
    end = EVENING + LENGTH + 59 * SECOND
    minute = report("spotify_account", EVENING + LENGTH, "minute_end", ms_played=240_000)
    listens = _merged(minute, exported(end), polled(end))
    assert listens["ended_at"].to_list() == [end]


def test_a_minute_holds_whatever_was_told_within_it() -> None:
    minute = report("spotify_account", EVENING + LENGTH, "minute_end", ms_played=240_000)
    assert len(_merged(minute, polled(EVENING + LENGTH + 55 * SECOND))) == 1


@pytest.mark.parametrize(
    "title",
    ["Heaven - 2011 Remaster", "Heaven (feat. Somebody)", "HEAVEN", "Heaven [Mono Version]"],
)
def test_a_source_may_print_the_title_otherwise(title: str) -> None:
    listens = _merged(exported(EVENING + LENGTH), scrobbled(EVENING, track_name=title))
    assert listens["track_name"].to_list() == ["Heaven"]


def test_the_artist_of_a_compilation_is_whom_another_source_names() -> None:
    told = exported(EVENING + LENGTH, artist_name="Various Artists")
    by_id = polled(EVENING + LENGTH)
    assert _merged(told, by_id)["artist_name"].to_list() == ["Mitski"]


def test_other_songs_at_the_same_time_stay_apart() -> None:
    other = scrobbled(EVENING, track_name="Kyoto", artist_name="Phoebe Bridgers")
    assert len(_merged(exported(EVENING + LENGTH), other)) == 2


def test_an_assumed_length_ends_where_the_next_play_begins() -> None:
    second = scrobbled(EVENING + MINUTE, track_name="Kyoto", artist_name="Phoebe Bridgers")
    listens = _merged(scrobbled(EVENING, duration_ms=240_000), second)
    assert listens["ended_at"].to_list()[0] == EVENING + MINUTE
    assert listens["exact"].to_list() == ["point", "point"]


def test_a_song_is_known_by_its_name_where_nobody_has_an_id() -> None:
    play = _merged(scrobbled(EVENING)).row(0, named=True)
    assert play["identified_by"] == "name"
    assert play["track_key"] == "name:mitski\nheaven"


_SONGS = (
    {"track_name": "Heaven", "artist_name": "Mitski"},
    {"track_name": "Kyoto", "artist_name": "Phoebe Bridgers"},
)
_PLAYS = st.lists(
    st.tuples(
        st.sampled_from((exported, polled, scrobbled)),
        st.integers(0, 3600),
        st.integers(0, 1),
        st.booleans(),
    ),
    min_size=1,
    max_size=14,
)


def _told(plays: list[tuple]) -> pl.DataFrame:
    reports: list[pl.DataFrame] = []
    for tell, seconds, song, has_id in plays:
        ids = {} if has_id and tell is scrobbled else {"spotify_track_id": str(song) * 22}
        reports.append(tell(EVENING + seconds * SECOND, **_SONGS[song], **ids))
    keys = ["source", "source_key", "occurrence"]
    return pl.concat(reports).unique(keys, keep="first", maintain_order=True)


@given(_PLAYS, st.randoms())
def test_the_order_of_the_reports_changes_nothing(plays: list[tuple], random: object) -> None:
    told = _told(plays)
    rows = list(range(len(told)))
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert merge_reports(told).equals(merge_reports(told[rows]))


@given(_PLAYS, st.integers(0, 14))
def test_neither_does_into_how_many_imports_they_were_split(plays: list[tuple], at: int) -> None:
    told = _told(plays)
    other = pl.concat([told.head(at), told.slice(at).with_columns(import_id=pl.lit("later"))]).sort(
        "import_id", descending=True
    )
    assert merge_reports(told).equals(merge_reports(other))


@given(_PLAYS)
def test_every_play_is_told_and_valid(plays: list[tuple]) -> None:
    told = _told(plays)
    listens = Listens.validate(merge_reports(told))
    assert 1 <= len(listens) <= len(told)
    assert {one for told_by in listens["sources"] for one in told_by} == set(told["source"])
    assert (listens["started_at"] < listens["ended_at"]).all()


@given(_PLAYS, st.integers(-400, 400))
def test_half_a_year_earlier_nothing_is_different(plays: list[tuple], days: int) -> None:
    """Nothing is read in a local time, in which hours are missing and there twice."""
    shift = pl.duration(days=days)
    told = _told(plays)
    moved = merge_reports(told.with_columns(pl.col("reported_at") + shift))
    times = ["started_at", "ended_at"]
    assert merge_reports(told).select(pl.col(times) + shift).equals(moved.select(times))


def test_nor_does_it_with_the_plays_of_a_day() -> None:
    """A loop of half a minute, told by two sources, one of them under another title."""

    def seconds(count: int) -> float:
        number = pl.int_range(count)
        loop = [
            pl.concat([one] * count).with_columns(
                pl.col("reported_at") + timedelta(seconds=31) * number,
                source_key=number.cast(pl.String),
            )
            for one in (
                exported(EVENING + timedelta(seconds=31), ms_played=31_000),
                scrobbled(EVENING),
                report("lastfm", EVENING - timedelta(hours=1), "start", track_name="Himmel"),
            )
        ]
        told = pl.concat(loop)
        began = time.process_time()
        merge_reports(told)
        return time.process_time() - began

    seconds(100)
    # The best of several: what the process does beside counts, too.
    few, many = (min(seconds(count) for _ in range(3)) for count in (1_500, 9_000))
    assert many < 28 * max(few, 0.02)


@pytest.mark.parametrize("apart", [timedelta(minutes=5), timedelta()])
@pytest.mark.parametrize("told", [exported, scrobbled])
def test_the_time_it_takes_grows_with_the_reports_not_with_their_square(
    told: Callable[[datetime], pl.DataFrame], apart: timedelta
) -> None:
    def seconds(count: int) -> float:
        many = pl.concat([told(EVENING)] * count).with_columns(
            pl.col("reported_at") + apart * pl.int_range(count),
            source_key=pl.int_range(count).cast(pl.String),
        )
        began = time.process_time()
        assert len(merge_reports(many)) == (count if apart else 1)
        return time.process_time() - began

    seconds(500)
    assert seconds(40_000) < 80 * max(seconds(2_000), 0.01)
