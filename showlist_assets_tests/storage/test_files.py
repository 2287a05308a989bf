"""Reading several files: one after the other in a folder, some at once in a bucket."""

from __future__ import annotations

import threading

import pytest

from showlist_assets.storage.files import StorageError
from showlist_assets.storage.gcs_files import GcsFiles


def test_several_files_come_in_the_order_asked_for_without_those_that_are_not_there(files):
    for number in range(6):
        files.write(f"a/{number}", str(number).encode())
    names = ["a/5", "a/none", *(f"a/{number}" for number in range(5)), "a/5"]
    expected = [(name, name[-1:].encode()) for name in names if name != "a/none"]
    assert list(files.read_each(iter(names))) == expected
    assert list(files.read_each([])) == []


class _Slow(GcsFiles):
    """A bucket each of whose answers waits until another one is asked for."""

    def __init__(self):
        super().__init__("gs://never-asked")
        self.together, self.read_names = threading.Barrier(2, timeout=10), []

    def read(self, name):
        self.read_names.append(name)
        self.together.wait()
        return name.encode()


def test_in_a_bucket_some_are_asked_for_at_once_and_never_all():
    files, names = _Slow(), [str(number) for number in range(8)]
    found = files.read_each(names)
    assert next(found) == ("0", b"0")
    assert len(files.read_names) < len(names), "a nation's files would all be in memory"
    assert [name for name, _ in found] == names[1:]


def test_a_file_that_cannot_be_read_is_told_in_its_turn_and_nobody_waits():
    class Broken(GcsFiles):
        def read(self, name):
            if name == "2":
                raise StorageError("no answer for 2")
            return b""

    found = Broken("gs://never-asked").read_each(map(str, range(9)))
    assert [next(found)[0], next(found)[0]] == ["0", "1"]
    with pytest.raises(StorageError, match="for 2"):
        next(found)
