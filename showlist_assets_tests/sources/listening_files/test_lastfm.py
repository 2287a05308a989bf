"""Last.fm's plays as CSV with and without a header, as JSON, and as players' logs."""

from __future__ import annotations

import json
import locale

import pytest

from showlist_assets_tests.sources.listening_files.written import (
    EVENING,
    RECORDING,
    SECOND,
    lastfm_row,
    lastfm_table,
    play_of,
    plays_of,
    scrobble,
    table,
)

_MINUTE = EVENING.replace(second=0)


def test_a_table_with_a_header() -> None:
    row = play_of(lastfm_table(lastfm_row()))
    assert (row["reported_at"], row["reported_means"]) == (EVENING, "start")
    assert (row["track_name"], row["artist_name"]) == ("Heaven", "Mitski")
    assert (row["album_name"], row["recording_mbid"]) == ("The Land", RECORDING)
    assert row["ms_played"] is None


def test_columns_may_stand_in_any_order() -> None:
    row = play_of(table(["track", "artist", "uts"], ["Heaven", "Mitski", SECOND]))
    assert (row["track_name"], row["reported_at"]) == ("Heaven", EVENING)


def test_a_table_without_a_header() -> None:
    row = play_of(table(["Mitski", "The Land", "Heaven", "19 Mar 2023 18:31"]))
    assert (row["reported_at"], row["album_name"]) == (_MINUTE, "The Land")
    assert row["reported_means"] == "minute_start"


def test_its_months_are_english_on_any_machine() -> None:
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    before = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("de_DE.UTF-8", "fr_FR.UTF-8"):
            try:
                locale.setlocale(locale.LC_TIME, name)
                break
            except locale.Error:
                continue
        rows = [["Mitski", "", "Heaven", f"1 {name} 2023 18:31"] for name in names]
        months = plays_of(table(*rows)).rows["reported_at"].dt.month()
    finally:
        locale.setlocale(locale.LC_TIME, before)
    assert months.to_list() == list(range(1, 13))


@pytest.mark.parametrize(
    "bad",
    [
        lastfm_row(at="soon"),
        lastfm_row(at=0),
        lastfm_row(at=SECOND + 10**9),
        lastfm_row(at="9" * 5_000),
        lastfm_row(artist=" "),
        lastfm_row(title=""),
        ["only", "three", "fields"],
    ],
)
def test_a_bad_line_costs_itself_and_is_told_by_its_number(bad: list[object]) -> None:
    plays = plays_of(lastfm_table(lastfm_row(), bad, lastfm_row()))
    assert (plays.bad_rows, plays.counted, len(plays.rows)) == ((3,), "line", 2)


def test_a_quote_that_is_never_closed_costs_its_line() -> None:
    good = table(lastfm_row()).strip()
    text = lastfm_table(lastfm_row()) + f'{SECOND},x,"Mitski,,,,Heaven,\n' + f"{good}\n" * 40
    plays = plays_of(text)
    assert (plays.bad_rows, len(plays.rows)) == ((3,), 41)


def test_a_name_may_have_a_comma_a_quote_and_a_line_break() -> None:
    text = lastfm_table(lastfm_row(artist='A, "B"', title="One\nTwo"), lastfm_row(at="x"))
    plays = plays_of(text)
    assert plays.rows["artist_name"].to_list() == ['A, "B"']
    assert plays.rows["track_name"].to_list() == ["One\nTwo"]
    assert plays.bad_rows == (4,)


def test_a_table_of_windows_is_read() -> None:
    row = play_of(lastfm_table(lastfm_row(artist="Beyoncé")).encode("cp1252"))
    assert row["artist_name"] == "Beyoncé"


@pytest.mark.parametrize(
    "document",
    [
        [scrobble()],
        {"recenttracks": {"track": [scrobble()], "@attr": {"page": "1"}}},
        {"recenttracks": {"track": scrobble()}},
        [{"recenttracks": {"track": [scrobble()]}}],
        [{"track": [scrobble()], "@attr": {"page": "1"}}],
        [[scrobble()]],
    ],
    ids=["tracks", "page", "page of one", "pages", "bare pages", "lists"],
)
def test_pages_of_the_api_however_they_were_put_together(document: object) -> None:
    row = play_of(document)
    assert (row["reported_at"], row["track_name"]) == (EVENING, "Heaven")
    assert row["recording_mbid"] == RECORDING


def test_what_plays_now_is_no_play() -> None:
    now = scrobble(**{"@attr": {"nowplaying": "true"}})
    del now["date"]
    plays = plays_of({"recenttracks": {"track": [now, scrobble()]}})
    assert (plays.read, len(plays.rows)) == (1, 1)


def test_a_track_without_a_time_is_a_bad_one() -> None:
    assert plays_of([scrobble(), scrobble(date=None), scrobble(artist=[])]).bad_rows == (2, 3)


def test_the_log_of_a_player() -> None:
    text = (
        "#AUDIOSCROBBLER/1.1\n#TZ/UTC\n#CLIENT/Rockbox\n"
        f"Mitski\tThe Land\tHeaven\t1\t220\tL\t{SECOND}\t{RECORDING}\n"
        f"Mitski\tThe Land\tSkipped\t2\t220\tS\t{SECOND}\t\n"
        f"Mitski\tno time\tHeaven\t1\t220\tL\tsoon\t\n"
    )
    plays = plays_of(text)
    assert plays.rows["reported_at"].to_list() == [EVENING]
    assert plays.rows["duration_ms"].to_list() == [220_000]
    assert (plays.too_short, plays.bad_rows) == (1, (6,))


def test_a_page_that_lacks_its_end_tells_what_is_there_and_that_something_is_missing() -> None:
    text = json.dumps({"recenttracks": {"track": [scrobble()]}})
    plays = plays_of(text[:-3])
    assert (plays.bad_rows, len(plays.rows)) == ((2,), 1)


def test_a_page_without_any_track_to_be_found_is_one_bad_row() -> None:
    text = '{"recenttracks": {"track": oops, "artist": {}, "date": {"uts": "1"}'
    assert plays_of(text).bad_rows == (1,)


def test_broken_json_costs_one_track_of_a_page() -> None:
    page = {"recenttracks": {"track": [scrobble() for _ in range(3)], "@attr": {"page": "1"}}}
    plays = plays_of(json.dumps(page).replace('"name": "Heaven"', '"name": oops', 1))
    assert (plays.bad_rows, len(plays.rows)) == ((1,), 2)


def test_a_page_that_breaks_off_costs_what_is_missing() -> None:
    page = {"recenttracks": {"track": [scrobble() for _ in range(3)]}}
    plays = plays_of(json.dumps(page)[:-20])
    assert (plays.bad_rows, len(plays.rows)) == ((3,), 2)
