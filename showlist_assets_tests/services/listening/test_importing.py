"""Files become plays, each once, and every row of them is accounted for."""

from __future__ import annotations

import json
import zipfile
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showlist_assets.domain.tables.listening.listening_imports import ListeningImports
from showlist_assets.domain.tables.listening.registry import LISTENER_TABLES
from showlist_assets.services.listeners.accounts import AccountStore
from showlist_assets.services.listening.history import ListeningHistory
from showlist_assets.services.listening.importing import Imported, import_files
from showlist_assets.sources.listening_files.contents import ListeningFileError
from showlist_assets.storage.files import LocalFiles
from showlist_assets.storage.listening import ListeningStore
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sources.listening_files.written import (
    RECORDING,
    SECOND,
    SECRETS,
    account,
    extended,
    lastfm_row,
    lastfm_table,
    listen,
    maloja,
    maloja_row,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def history_at(folder: Path) -> ListeningHistory:
    accounts = AccountStore(folder / "accounts")
    store = ListeningStore(LocalFiles(folder / "data", private=True), accounts)
    return ListeningHistory(store, accounts, clock=lambda: NOW)


@pytest.fixture
def history(tmp_path: Path) -> ListeningHistory:
    """One without a play."""
    return history_at(tmp_path / "home")


def imported(history: ListeningHistory, *paths: Path) -> Imported:
    came = import_files(paths, "me", history, now=NOW)
    ListeningImports.validate(came.files.unique("import_id", keep="first"))
    assert came.files.filter(
        pl.col("rows")
        != pl.sum_horizontal("added", "known", "too_short", "not_music", "incognito", "bad_rows")
    ).is_empty()
    return came


def written(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text)
    return path


def test_the_same_file_twice_adds_nothing(history: ListeningHistory, tmp_path: Path) -> None:
    path = written(tmp_path / "1.json", [extended(), extended(ms_played=5), extended()])
    first = imported(history, path)
    assert first.files.select("rows", "added", "known", "too_short").row(0) == (3, 2, 0, 1)
    assert (first.listens, first.new_listens) == (1, 1)
    again = imported(history, path, path)
    assert again.files["added"].sum() == 0
    assert (again.listens, again.new_listens) == (1, 0)


def test_two_files_of_one_name_are_two(history: ListeningHistory, tmp_path: Path) -> None:
    one = written(tmp_path / "a" / "1.json", [extended(), 7])
    other = written(tmp_path / "b" / "1.json", [extended(), extended(), extended(), 8])
    came = imported(history, one, other)
    bad = {row["rows"]: came.bad_rows[row["import_id"]] for row in came.files.to_dicts()}
    assert {rows: found.numbers for rows, found in bad.items()} == {2: (2,), 4: (4,)}


def test_a_month_of_each_year_has_its_folder_in_its_name(
    history: ListeningHistory, tmp_path: Path
) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("listens/2023/3.jsonl", json.dumps(listen()))
        archive.writestr("listens/2024/3.jsonl", json.dumps(listen(listened_at=SECOND + 9_999)))
        archive.writestr("user.json", "{}")
    came = imported(history, path)
    assert came.files["file_name"].to_list() == ["listens/2023/3.jsonl", "listens/2024/3.jsonl"]
    assert (came.listens, came.others) == (2, ["user.json"])


def test_what_is_loved_and_hated_is_told_of_artists_by_their_songs(
    history: ListeningHistory, tmp_path: Path
) -> None:
    written(tmp_path / "e" / "1.jsonl", json.dumps(listen()))
    feedback = [
        {"recording_msid": "m", "recording_mbid": RECORDING, "score": score, "created": SECOND + n}
        for n, score in enumerate((1, 1, -1))
    ]
    written(tmp_path / "e" / "feedback.jsonl", "\n".join(map(json.dumps, feedback)))
    came = imported(history, tmp_path / "e")
    # Of one song the last word counts, not the sum.
    assert came.liked == {"Mitski": False}


def test_a_file_that_was_named_and_tells_nothing_is_told_what_was_expected(
    history: ListeningHistory, tmp_path: Path
) -> None:
    good = written(tmp_path / "1.json", [extended()])
    wrong = written(tmp_path / "Playlist1.json", {"playlists": []})
    came = imported(history, good, wrong, tmp_path / "nowhere.zip")
    assert came.listens == 1
    assert "Playlist1.json tells of no plays: what can be read is Spotify's" in came.refused[0]
    assert "There is no" in came.refused[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "tells of no plays"),
        ("[]", "tells of no plays"),
        ([extended(ts="x"), 7], "none of its 2 rows can be read"),
    ],
)
def test_where_nothing_at_all_is_usable_it_fails_and_keeps_nothing(
    history: ListeningHistory, tmp_path: Path, content: object, words: str
) -> None:
    path = written(tmp_path / "1.json", content)
    with pytest.raises(ListeningFileError, match=words):
        import_files([path], "me", history, now=NOW)
    assert history.accounts() == []


def test_an_empty_folder_is_told_what_was_expected(
    history: ListeningHistory, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ListeningFileError, match="what can be read is Spotify's"):
        import_files([tmp_path / "empty"], "me", history, now=NOW)


def test_of_the_listener_nothing_but_plays_is_kept(
    history: ListeningHistory, tmp_path: Path
) -> None:
    rows = [extended(), extended(incognito_mode=True, master_metadata_track_name="private-song")]
    imported(history, written(tmp_path / "1.json", rows))
    kept = "".join(history.read("me", table).write_json() for table in LISTENER_TABLES)
    assert "Heaven" in kept
    assert not [word for word in (*SECRETS.values(), "private-song") if word in kept]
    on_disk = b"".join(one.read_bytes() for one in (tmp_path / "home").rglob("*") if one.is_file())
    assert b"Heaven" not in on_disk


_FILES: tuple[Any, ...] = (
    [extended(), extended(), extended(ts="2023-03-19T18:41:37Z")],
    [extended(), extended(ts="2023-03-19T18:31:40Z"), extended(ts="2024-03-19T18:31:37Z")],
    [account(), account(endTime="2023-03-19 18:41")],
    lastfm_table(lastfm_row(), lastfm_row(at=SECOND - 200), lastfm_row(at="x")),
    json.dumps(listen(listened_at=SECOND - 200)),
    maloja(maloja_row(), maloja_row(time=SECOND + 5_000)),
)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(len(_FILES))), st.sets(st.integers(1, len(_FILES) - 1)))
def test_in_whatever_order_files_come_the_plays_are_the_same(
    order: Sequence[int], cuts: set[int]
) -> None:
    with TemporaryDirectory() as folder:
        one, other = (history_at(Path(folder) / name) for name in ("one", "other"))
        paths = [
            written(Path(folder) / f"{number}.txt", content)
            for number, content in enumerate(_FILES)
        ]
        imported(one, *paths)
        # Some together, some one after the other.
        bounds = [0, *sorted(cuts), len(order)]
        for start, end in pairwise(bounds):
            imported(other, *(paths[at] for at in order[start:end]))
        for table in ("listen_reports", "listens"):
            told = [
                each.read("me", table).sort(LISTENER_TABLES[table].primary_key())
                for each in (one, other)
            ]
            same = [each.drop("import_id", strict=False) for each in told]
            assert same[0].equals(same[1])


def test_twice_the_rows_take_about_twice_the_time(
    history: ListeningHistory, tmp_path: Path
) -> None:
    """No step looks at every row again for each one."""
    import time

    def seconds(rows: int, name: str) -> float:
        told = [
            extended(
                ts=f"2023-{1 + n // 28 % 12:02}-{1 + n % 28:02}T{n // 336 % 24:02}:00:{n % 60:02}Z",
                master_metadata_track_name=f"Song {n % 500}",
                spotify_track_uri=f"spotify:track:{n % 500:022}",
            )
            for n in range(rows)
        ]
        path = written(tmp_path / name, told)
        began = time.perf_counter()
        import_files([path], name, history, now=NOW)
        return time.perf_counter() - began

    seconds(500, "warm")
    few = min(seconds(3_000, f"few{n}") for n in range(2))
    many = min(seconds(12_000, f"many{n}") for n in range(2))
    assert many < 12 * few
