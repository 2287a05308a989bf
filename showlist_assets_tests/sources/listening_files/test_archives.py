"""Files, folders and zips, also those that somebody made to do harm."""

from __future__ import annotations

import json
import os
import zipfile
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

import pytest

from showlist_assets.sources.listening_files.archives import (
    LIMITS,
    Found,
    Limits,
    Opened,
    Refused,
    files_in,
    shown,
)
from showlist_assets.sources.listening_files.reading import is_known
from showlist_assets_tests.sources.listening_files.written import extended

if TYPE_CHECKING:
    from pathlib import Path

_HISTORY = json.dumps([extended()]).encode()
_SMALL = Limits(file=200_000, total=300_000, files=5)


def found_in(path: Path, limits: Limits = LIMITS) -> tuple[dict[str, bytes | None], list[str]]:
    """Contents by name, and sentences."""
    told = list(files_in(path, is_known, limits=limits))
    contents = {one.name: one.content for one in told if isinstance(one, Found)}
    return contents, [one.words for one in told if isinstance(one, Refused)]


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_what_is_in_a_file_decides_and_not_its_name(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(_HISTORY)
    (tmp_path / "endsong_0.json").write_bytes(b"{}")
    contents, refused = found_in(tmp_path)
    assert contents == {"photo.jpg": _HISTORY, "endsong_0.json": None}
    assert not refused


def test_folders_and_zips_in_them_are_searched(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    zipped(tmp_path / "a" / "b" / "my.zip", **{"x/1.json": _HISTORY, "y/1.json": _HISTORY})
    (tmp_path / "a" / "1.json").write_bytes(_HISTORY)
    contents, _ = found_in(tmp_path)
    assert set(contents) == {"a/1.json", "x/1.json", "y/1.json"}


def test_a_file_that_is_open_is_read_and_stays_open(tmp_path: Path) -> None:
    path = zipped(tmp_path / "my.zip", **{"1.json": _HISTORY})
    for content in (_HISTORY, path.read_bytes()):
        with SpooledTemporaryFile(max_size=1) as sent:
            sent.write(content)
            (found,) = files_in(Opened("sent\n.json", sent), is_known)
            assert isinstance(found, Found)
            assert found.content == _HISTORY
            assert not sent.closed


def test_a_zip_within_a_zip_is_to_be_unpacked(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", **{"1.json": _HISTORY}).read_bytes()
    outer = zipped(tmp_path / "outer.zip", **{"my.zip": inner, "2.json": _HISTORY})
    contents, refused = found_in(outer)
    assert set(contents) == {"2.json"}
    assert refused == ["my.zip is a zip within a zip: unpack the outer one first."]


def test_a_link_to_the_folder_itself_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "1.json").write_bytes(_HISTORY)
    assert set(found_in(tmp_path)[0]) == {"1.json"}


def test_a_zip_without_plays_is_told_by_its_name(tmp_path: Path) -> None:
    path = zipped(tmp_path / "wrong.zip", **{"Playlist1.json": b"{}"})
    told = list(files_in(path, is_known))
    assert told[-1] == Found("wrong.zip", None, is_named=True)


def test_no_name_in_a_zip_leads_anywhere(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    path = zipped(inside / "evil.zip", **{"../../evil.json": _HISTORY, "/etc/evil": _HISTORY})
    contents, _ = found_in(path)
    assert len(contents) == 2
    assert {one.name for one in tmp_path.rglob("*")} == {"inside", "evil.zip"}


def test_a_bomb_is_refused_and_the_rest_read(tmp_path: Path) -> None:
    bomb = _HISTORY + b" " * 50_000_000
    path = zipped(tmp_path / "my.zip", **{"1.json": _HISTORY, "bomb.json": bomb})
    contents, refused = found_in(path, _SMALL)
    assert contents == {"1.json": _HISTORY}
    assert "bomb.json has more than" in refused[0]


def test_a_bomb_that_declares_to_be_small_is_refused(tmp_path: Path) -> None:
    bomb = _HISTORY + b" " * 5_000_000
    path = zipped(tmp_path / "my.zip", **{"bomb.json": bomb})
    written = path.read_bytes()
    size = len(bomb).to_bytes(4, "little")
    path.write_bytes(written.replace(size, (len(_HISTORY) + 9).to_bytes(4, "little")))
    contents, refused = found_in(path, _SMALL)
    assert not any(contents.values())
    assert len(refused) == 1


def test_many_small_bombs_are_one(tmp_path: Path) -> None:
    member = _HISTORY + b" " * 150_000
    path = zipped(tmp_path / "my.zip", **{f"{n}.json": member for n in range(4)})
    contents, refused = found_in(path, _SMALL)
    assert (len(contents), len(refused)) == (1, 3)


def test_no_history_has_so_many_files(tmp_path: Path) -> None:
    path = zipped(tmp_path / "my.zip", **{f"{n}.json": b"" for n in range(6)})
    assert "holds 6 files" in found_in(path, _SMALL)[1][0]


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_bytes(_HISTORY + b" " * 300_000)
    assert "1.json has more than" in found_in(tmp_path, _SMALL)[1][0]


def test_a_member_that_is_locked_or_broken_costs_itself(tmp_path: Path) -> None:
    plain = {"1.json": _HISTORY, "2.json": _HISTORY, "3.json": _HISTORY}
    path = zipped(tmp_path / "my.zip", **plain)
    content = bytearray(path.read_bytes())
    central = [at for at in range(len(content)) if content[at : at + 4] == b"PK\x01\x02"]
    local = [at for at in range(len(content)) if content[at : at + 4] == b"PK\x03\x04"]
    # Bit 0 of the flags says that a member is encrypted.
    content[central[0] + 8] |= 1
    content[local[1] + 60 : local[1] + 80] = b"\0" * 20
    path.write_bytes(content)
    contents, refused = found_in(path)
    assert contents == {"3.json": _HISTORY}
    assert "1.json is locked with a password" in refused[0]
    assert "2.json is damaged" in refused[1]


def test_half_a_zip_is_told_as_damaged(tmp_path: Path) -> None:
    path = zipped(tmp_path / "my.zip", **{"1.json": _HISTORY})
    path.write_bytes(path.read_bytes()[:-30])
    assert found_in(path)[1] == ["my.zip is a damaged zip: download it again."]


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    ((words,),) = (found_in(tmp_path / "nowhere")[1],)
    assert words.startswith("There is no ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read any file")
def test_what_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "1.json"
    path.write_bytes(_HISTORY)
    path.chmod(0)
    assert "cannot be read" in found_in(path)[1][0]


def test_a_name_moves_no_cursor() -> None:
    assert shown("a\x1b[2Jb\nc") == "a?[2Jb?c"
    assert len(shown("x" * 500)) <= 83
