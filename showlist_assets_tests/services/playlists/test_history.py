from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from showlist_assets.services.playlists.history import (
    ROWS_KEPT,
    Details,
    PlaylistHistory,
    PushRow,
    WrittenTrack,
    history_rows,
)
from showlist_assets.storage.files import LocalFiles, StorageError

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SONG = WrittenTrack(
    uri="spotify:track:a", show_id="s1", local_date=date(2026, 12, 1), label="A - a"
)


def row(number=1, **fields):
    given = {
        "recipe": "nyc",
        "account": "me",
        "user_id": "robin",
        "run_id": "run-1",
        "started_at": NOON.replace(minute=number % 60),
        "details": Details(title="Live", description="", public=False),
    }
    return PushRow(number=number, **(given | fields))


@pytest.fixture
def history(tmp_path):
    return PlaylistHistory(LocalFiles(tmp_path))


def test_a_row_comes_back_as_it_was_stored(history):
    stored = row(before=("spotify:track:b",), ours=(SONG,), withheld=(SONG,), playlist_id="p1")
    history.save(stored)
    assert history.rows("nyc") == [stored]
    assert history.last("nyc", "me") == stored
    assert history.last("nyc", "sam") is None


def test_a_row_with_a_known_number_takes_the_place_of_the_old_one(history):
    history.save(row(1))
    history.save(row(2))
    history.save(row(1, status="done"))
    assert [(one.number, one.status) for one in history.rows("nyc")] == [
        (1, "done"),
        (2, "started"),
    ]
    assert history.next_number("nyc") == 3


def test_a_push_whose_number_another_one_took_gets_the_next_and_goes_on_with_it(history):
    history.save(row(1, run_id="run-2"))
    noted = history.save(row(1))
    done = history.save(noted.model_copy(update={"status": "done"}))
    assert [(one.number, one.run_id, one.status) for one in history.rows("nyc")] == [
        (1, "run-2", "started"),
        (2, "run-1", "done"),
    ]
    assert done == history.row("nyc", 2)


def test_only_the_newest_pushes_are_kept(history):
    for number in range(1, ROWS_KEPT + 3):
        history.save(row(number))
    assert [one.number for one in history.rows("nyc")][:1] == [3]
    assert history.row("nyc", 1) is None


def test_who_writes_to_a_playlist_is_told_by_the_newest_rows(history):
    history.save(row(1, playlist_id="p1"))
    history.save(row(1, recipe="texas", playlist_id="p1"))
    history.save(row(2, recipe="texas", playlist_id="p2"))
    assert history.writers_of("p1") == ["nyc"]


def test_forgetting_an_account_leaves_the_rows_of_others(history):
    history.save(row(1))
    history.save(row(2, account="sam"))
    history.forget("nyc", "me")
    assert [one.account for one in history.rows("nyc")] == ["sam"]


def test_what_is_restored_is_withheld_no_longer(history):
    other = SONG.model_copy(update={"uri": "spotify:track:b", "label": "B - b", "artist_id": "b"})
    all_of_b = other.model_copy(update={"with_artist": True})
    twin = all_of_b.model_copy(update={"uri": "spotify:track:c", "label": "B - c"})
    history.save(row(1, withheld=(SONG, all_of_b, twin)))
    assert history.restore("nyc", "me", "nothing") == []
    assert history.restore("nyc", "me", "b - B") == [all_of_b]
    assert history.rows("nyc")[-1].withheld == (
        SONG,
        twin.model_copy(update={"with_artist": False}),
    )
    assert len(history.restore("nyc", "me", None)) == 2
    assert history.rows("nyc")[-1].withheld == ()


def at_a_show(number: int, **fields) -> WrittenTrack:
    facts = {
        "uri": f"spotify:track:{number}",
        "show_id": f"seatgeek-{number}",
        "local_date": date(2026, 12, 1),
        "venue_name": "The Boiler Room",
        "venue_city": "St. Charles",
        "state": "MO",
        "label": f"A - {number}",
        "artist_id": "a",
    }
    return WrittenTrack(**{**facts, **fields})


def test_a_show_is_known_again_under_another_id_and_spelling():
    relisted = at_a_show(2, venue_name="BOILER ROOM", venue_city="Saint Charles")
    assert at_a_show(1).show == relisted.show
    assert at_a_show(1, with_show=True).keeps_out(relisted)
    assert not at_a_show(1).keeps_out(relisted)


@pytest.mark.parametrize(
    "other",
    [
        {"artist_id": "b"},
        {"venue_name": "The Cellar"},
        {"venue_city": "Fulton"},
        {"state": "IL"},
        {"local_date": date(2026, 12, 2)},
        {"venue_name": ""},
        {"artist_id": ""},
    ],
)
def test_another_act_place_or_day_is_another_show(other):
    assert not at_a_show(1, with_show=True).keeps_out(at_a_show(2, **other))


def test_rows_that_tell_no_venue_name_no_show():
    old = SONG.model_copy(update={"with_show": True, "artist_id": "a"})
    assert old.show is None
    assert not old.keeps_out(old.model_copy(update={"uri": "spotify:track:b"}))


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("USABC1234567", "us-abc-12-34567", True),
        ("USABC1234567", "USABC1234568", False),
        ("", "", False),
        (None, None, False),
        (None, "USABC1234567", False),
    ],
)
def test_a_recording_code_tells_a_song_however_it_is_printed(one, other, is_one):
    song = at_a_show(1, isrc=one)
    assert song.is_song(at_a_show(2, isrc=other)) is is_one


def test_who_brings_one_song_of_a_show_back_lets_the_show_back_in(history):
    first, second = (at_a_show(number, with_show=True) for number in (1, 2))
    history.save(row(1, withheld=(first, second)))
    history.restore("nyc", "me", "A - 1")
    (left,) = history.rows("nyc")[-1].withheld
    assert not left.with_show
    assert not left.keeps_out(at_a_show(1))


def test_a_row_of_an_earlier_version_is_read(history, tmp_path):
    old = row(ours=(SONG,), additions=("spotify:track:z",)).model_dump(
        mode="json", exclude={"items", "steps", "sent"}
    )
    for song in old["ours"]:
        for name in set(song) - {"uri", "show_id", "local_date", "label"}:
            del song[name]
    history.save(row())
    (tmp_path / "playlist_history" / "nyc.json").write_text(json.dumps([old]))
    (read,) = history.rows("nyc")
    assert read.after == ("spotify:track:a", "spotify:track:z")


def test_a_private_folder_is_for_its_owner_only(tmp_path):
    PlaylistHistory(LocalFiles(tmp_path, private=True)).save(row())
    assert (tmp_path / "playlist_history" / "nyc.json").stat().st_mode & 0o777 == 0o600


def test_an_unreadable_history_is_refused_with_its_place(history, tmp_path):
    history.save(row())
    (tmp_path / "playlist_history" / "nyc.json").write_text("[{]")
    with pytest.raises(StorageError, match=r"nyc\.json"):
        history.rows("nyc")


def test_the_table_counts_what_came_and_went_newest_first(history):
    history.save(row(1))
    history.save(
        row(2, recipe="texas", ours=(SONG,), before=("spotify:track:b", "spotify:track:c"))
    )
    table = history_rows(history)
    columns = ("recipe", "number", "added", "removed", "tracks")
    assert [tuple(line[column] for column in columns) for line in table] == [
        ("texas", 2, 1, 2, 1),
        ("nyc", 1, 0, 0, 0),
    ]
    assert len(history_rows(history, "nyc")) == 1
    assert history_rows(history, "unknown") == []
